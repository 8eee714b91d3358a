"""Tables in HTML: escaped text, signs with colours, and nothing from outside the page."""

from collections.abc import Iterable
from html import escape
from typing import Final

STYLE: Final = (
    "<style>.layoutplan td,.layoutplan th{text-align:left;vertical-align:top}"
    ".layoutplan td.n,.layoutplan th.n{text-align:right;white-space:nowrap}"
    ".layoutplan td.u{white-space:nowrap}"
    ".layoutplan td:first-child{min-width:12em}"
    ".layoutplan .yes{color:#0072B2;font-weight:bold}"
    ".layoutplan .no{color:#D55E00;font-weight:bold}"
    ".layoutplan .weak{opacity:.75;font-size:90%}</style>"
)
"""How tables look. The two colours are those of Okabe and Ito (2008), which are told
apart with every kind of colour blindness; each stands beside a sign and a word."""

NUMBER: Final = "n"
"""The kind of a cell that holds a number."""

SHORT: Final = "u"
"""The kind of a cell that is not broken into lines."""


def span(text: str, *, kind: str) -> str:
    """Set text apart.

    Parameters
    ----------
    text
        The text; it is escaped.
    kind
        ``yes``, ``no`` or ``weak``.

    Returns
    -------
    str
        The HTML.

    Examples
    --------
    >>> span("a < b", kind="weak")
    '<span class="weak">a &lt; b</span>'
    """
    return f'<span class="{kind}">{escape(text)}</span>'


def cell(html: str, *, kind: str = "") -> str:
    """Make a cell of HTML that is escaped already.

    Parameters
    ----------
    html
        The HTML.
    kind
        `NUMBER`, `SHORT`, a colour, or nothing.

    Returns
    -------
    str
        The cell.
    """
    return f'<td class="{kind}">{html}</td>' if kind else f"<td>{html}</td>"


def said(text: str, *, kind: str = "") -> str:
    """Make a cell of text.

    Parameters
    ----------
    text
        The text; it is escaped.
    kind
        As in `cell`.

    Returns
    -------
    str
        The cell.

    Examples
    --------
    >>> said("<b>", kind="n")
    '<td class="n">&lt;b&gt;</td>'
    """
    return cell(escape(text), kind=kind)


def table(
    titles: Iterable[str], lines: Iterable[str], *, numbers: int = 0, caption: str = ""
) -> str:
    """Make a table of lines of cells.

    Parameters
    ----------
    titles
        The headings; they are escaped.
    lines
        The cells of each line.
    numbers
        How many headings after the first stand above numbers.
    caption
        The heading of the table; it is escaped.

    Returns
    -------
    str
        The table.
    """
    head = "".join(
        f'<th class="{NUMBER}">{escape(t)}</th>' if 0 < i <= numbers else f"<th>{escape(t)}</th>"
        for i, t in enumerate(titles)
    )
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    above = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f'<table border="0">{above}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def page(blocks: Iterable[str]) -> str:
    """Put blocks of HTML into one part of a page, with their style.

    Parameters
    ----------
    blocks
        The blocks.

    Returns
    -------
    str
        The HTML.
    """
    return f'<div class="layoutplan">{STYLE}{"".join(blocks)}</div>'
