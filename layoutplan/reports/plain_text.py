"""Text of bureau files in our files: data, never a formula, never a control character."""

import re
from typing import Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the start of a formula, or cuts off before one."""

_MARK: Final = "'"
_ILLEGAL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def legal(text: str) -> str:
    r"""Take out the characters that no spreadsheet file may hold.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The text without control characters; tabs and line breaks stay.

    Examples
    --------
    >>> legal("Long\x00he")
    'Longhe'
    """
    return _ILLEGAL.sub("", text)


def starts_formula(text: str) -> bool:
    """Tell whether a spreadsheet would take a text for a formula.

    Parameters
    ----------
    text
        The text.

    Returns
    -------
    bool
        Whether it starts like one.

    Examples
    --------
    >>> starts_formula("=1+1"), starts_formula("Longhe")
    (True, False)
    """
    return text.startswith(FORMULA_STARTS)


def inert(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula.

    Parameters
    ----------
    text
        The text of a cell of a CSV file.

    Returns
    -------
    str
        The text, made harmless. A text that begins with an apostrophe gets another
        one, so that `as_given` gives back every text as it was.

    Examples
    --------
    >>> inert("=HYPERLINK(1)"), inert("Longhe")
    ("'=HYPERLINK(1)", 'Longhe')
    """
    text = legal(text)
    return _MARK + text if text.startswith((*FORMULA_STARTS, _MARK)) else text


def as_given(text: str) -> str:
    """Undo `inert`.

    Parameters
    ----------
    text
        The text of a cell of a CSV file.

    Returns
    -------
    str
        The text as it was.

    Examples
    --------
    >>> as_given(inert("-5 village")), as_given(inert("'quoted'"))
    ('-5 village', "'quoted'")
    """
    rest = text.removeprefix(_MARK)
    return rest if rest.startswith((*FORMULA_STARTS, _MARK)) else text
