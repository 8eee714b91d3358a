"""The notice to put something right (整改通知书): what, by whom, until when, on what ground."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from layoutplan.papers.html import write_html
from layoutplan.papers.paper import Block, Grid, Heading, Paper, Seal, Text
from layoutplan.papers.shown import told
from layoutplan.papers.word import write_word
from layoutplan.words import Language, catalogue, language, say

ITEM: Final = ("item_id", "title", "owner", "due", "basis", "indicator", "value", "limit")
"""What a row of the ledger holds."""


def rectification(
    item: Mapping[Any, Any], *, lang: Language, issuer: str = "", number: str = "", date: str = ""
) -> Paper:
    """Write a notice to put something right.

    Parameters
    ----------
    item
        A row of the ledger: item_id, title, owner, due, basis, indicator, value and limit.
        What is missing is said in its place.
    lang
        The language.
    issuer
        Who issues it; a line to fill in where empty.
    number
        The number of the document.
    date
        Its date in words; a line to fill in where empty.

    Returns
    -------
    Paper
        The notice.

    Examples
    --------
    >>> row = {"item_id": "L-1", "title": "Large classes", "owner": "Qiaotou", "due": "2027-06-30"}
    >>> rectification(row, lang="en").title
    'Notice to put right: Large classes'
    """

    def text(key: str) -> str:
        return told(_plain(item.get(key)), lang)

    indicator = _indicator(item.get("indicator"), lang)
    rows = [
        (say(f"papers.rectification.{k}", lang), v)
        for k, v in (
            ("item_id", text("item_id")),
            ("subject", text("title")),
            ("indicator", indicator),
            ("value", text("value")),
            ("limit", text("limit")),
            ("basis", text("basis")),
            ("owner", text("owner")),
            ("due", text("due")),
        )
    ]
    values = {"title": text("title"), "owner": text("owner"), "due": text("due"),
              "basis": text("basis"), "indicator": indicator, "value": text("value"),
              "limit": text("limit")}  # fmt: skip
    blocks: tuple[Block, ...] = (
        Text(text=say("papers.rectification.to", lang, **values), tone="left"),
        Text(text=say("papers.rectification.found", lang, **values)),
        Heading(text=say("papers.rectification.matter", lang)),
        Grid(
            head=(say("papers.column.item", lang), say("papers.column.content", lang)),
            rows=rows,
            widths=(2, 6),
        ),
        Heading(text=say("papers.rectification.asked", lang)),
        Text(text=say("papers.rectification.measures", lang, **values)),
        Text(text=say("papers.rectification.report", lang, **values)),
        Text(text=say("papers.rectification.late", lang, **values)),
        Seal(office=issuer, date=date),
        Heading(text=say("papers.rectification.reply", lang)),
        Text(text=say("papers.rectification.received", lang), tone="left"),
    )
    return Paper(
        title=say("papers.rectification.title", lang, title=text("title")),
        lang=lang,
        blocks=blocks,
        above=told(number, lang) if number else say("papers.rectification.number", lang),
    )


def write_rectification(
    item: Mapping[Any, Any],
    path: str | Path,
    *,
    lang: str = "auto",
    issuer: str = "",
    number: str = "",
    date: str = "",
) -> Path:
    """Write a notice to put something right as a Word document or a page.

    Parameters
    ----------
    item
        A row of the ledger; see `rectification`.
    path
        The file; a page where it ends in ``.html``, else a Word document.
    lang
        The language; that of the item's own words where ``"auto"``.
    issuer, number, date
        As in `rectification`.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    DataError
        If the file cannot be written, as when it is open in Word.

    Examples
    --------
    >>> import tempfile
    >>> row = {"item_id": "L-1", "title": "Large classes", "owner": "Qiaotou", "due": "2027-06-30"}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_rectification(row, Path(folder) / "notice.docx").name
    'notice.docx'
    """
    spoken = language(lang, [str(item.get(k, "")) for k in ("title", "owner", "basis")])
    paper = rectification(item, lang=spoken, issuer=issuer, number=number, date=date)
    path = Path(path)
    return write_html(paper, path) if path.suffix.lower() == ".html" else write_word(paper, path)


def _plain(value: object) -> object:
    """Print a date without its hours and a whole number without a point."""
    if hasattr(value, "strftime"):
        return value if value != value else value.strftime("%Y-%m-%d")  # noqa: PLR0124
    if isinstance(value, float) and value.is_integer():
        return f"{value:,.0f}"
    return f"{value:,.4g}" if isinstance(value, float) and value == value else value  # noqa: PLR0124


def _indicator(name: object, lang: Language) -> str:
    return catalogue(lang).get(f"indicator.{name}", told(name, lang))
