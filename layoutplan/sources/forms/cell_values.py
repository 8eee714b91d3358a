"""Texts of cells as values: numbers, codes, degrees, yes or no."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Final

from layoutplan.sources.forms.family import words_of_forms

_SEPARATED: Final = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")
_DEGREES: Final = re.compile(r"(\d{1,3})[°度](\d{1,2})[\u2032'分](\d{1,2}(?:\.\d+)?)?[\u2033\"秒]*")
_PLAIN: Final = re.compile(r"[+-]?\d+(?:\.\d+)?")
_CODE: Final = re.compile(r"\d{3,}")
_IN_DEGREE: Final = 60
"""Minutes in a degree, and seconds in a minute."""


class NotNumberError(ValueError):
    """A cell that should hold a number holds something else."""


def tidy(text: str) -> str:
    """Give a text without marks of the export and blanks around or doubled inside.

    Parameters
    ----------
    text
        The text of a cell.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> tidy(" 清溪镇_x000D_ 中心小学 ")
    '清溪镇 中心小学'
    """
    return " ".join(re.sub(r"_x000[dD]_?", " ", text).split())


def applies(text: str) -> bool:
    """Tell whether a cell says something.

    Parameters
    ----------
    text
        The text of a cell.

    Returns
    -------
    bool
        False where it is empty or says that it does not apply.

    Examples
    --------
    >>> applies("*"), applies("-1"), applies("0")
    (False, False, True)
    """
    bare = unicodedata.normalize("NFKC", tidy(text))
    return bare != "" and bare not in _not_applicable()


def _not_applicable() -> frozenset[str]:
    words = words_of_forms()["cells"]["not_applicable"]
    return frozenset(unicodedata.normalize("NFKC", w) for w in words)


def number(text: str, *, times: int = 1) -> float | None:
    """Read a number.

    Parameters
    ----------
    text
        The text of a cell.
    times
        What it is multiplied with, exactly.

    Returns
    -------
    float or None
        The number; None where the cell says nothing.

    Raises
    ------
    NotNumberError
        If it is no number from 0.

    Examples
    --------
    >>> number("1,234"), number("12.34", times=10_000), number("*")
    (1234.0, 123400.0, None)
    """
    if not applies(text):
        return None
    bare = _SEPARATED.sub("", unicodedata.normalize("NFKC", tidy(text)).replace(" ", ""))
    try:
        value = Decimal(bare)
    except InvalidOperation:
        raise NotNumberError(text) from None
    if not value.is_finite() or value < 0:
        raise NotNumberError(text)
    return float(value * times)


def degrees(text: str) -> float | None:
    r"""Read a longitude or latitude, decimal or in degrees, minutes and seconds.

    Parameters
    ----------
    text
        The text of a cell.

    Returns
    -------
    float or None
        Degrees; None where the cell says nothing.

    Raises
    ------
    NotNumberError
        If it is neither.

    Examples
    --------
    >>> degrees("110.2513"), degrees("110°15'36\"E")
    (110.2513, 110.26)
    """
    if not applies(text):
        return None
    bare = text.replace(" ", "").upper().strip("东经北纬EN")
    parts = _DEGREES.fullmatch(bare)
    if parts:
        minutes, seconds = float(parts[2]), float(parts[3] or 0)
        return float(parts[1]) + minutes / _IN_DEGREE + seconds / _IN_DEGREE**2
    bare = unicodedata.normalize("NFKC", bare).removesuffix("°")
    if not _PLAIN.fullmatch(bare):
        raise NotNumberError(text)
    return float(bare)


def code(text: str) -> str:
    """Read a code that words may stand beside.

    Parameters
    ----------
    text
        The text of a cell.

    Returns
    -------
    str
        Its digits; the text itself where there are none, empty where it says nothing.

    Examples
    --------
    >>> code("211 小学"), code("2134100001.0"), code("*")
    ('211', '2134100001', '')
    """
    if not applies(text):
        return ""
    bare = unicodedata.normalize("NFKC", tidy(text)).replace(" ", "").removesuffix(".0")
    digits = _CODE.search(bare)
    return digits[0] if digits else bare


def urban_rural(text: str) -> str:
    """Read the code of 城乡分类, which may be given by its words.

    Parameters
    ----------
    text
        The text of a cell.

    Returns
    -------
    str
        The code; empty where the cell names none.

    Examples
    --------
    >>> urban_rural("121 镇中心区"), urban_rural("村庄"), urban_rural("*")
    ('121', '220', '')
    """
    known: dict[str, str] = words_of_forms()["urban_rural"]
    given = code(text)
    return given if given in known else next((c for c, w in known.items() if w in given), "")


def flag(text: str) -> bool | None:
    """Read yes or no.

    Parameters
    ----------
    text
        The text of a cell.

    Returns
    -------
    bool or None
        None where the cell says neither.

    Examples
    --------
    >>> flag("是"), flag("否"), flag("*")
    (True, False, None)
    """
    told = words_of_forms()["cells"]
    bare = unicodedata.normalize("NFKC", tidy(text)).lower()
    if bare in told["yes"]:
        return True
    return False if bare in told["no"] else None


def kind_of(code_text: str, words: str, sheet: str) -> tuple[str | None, bool]:
    """Tell the kind of school from its code, its words and the names of its sheets.

    Parameters
    ----------
    code_text
        The code of 办学类型.
    words
        Its words, in which the code may stand as well.
    sheet
        The kind in the names of the sheets.

    Returns
    -------
    kind : str or None
        One of `layoutplan.tables.KINDS`; empty for a school without compulsory
        stages, None where nothing tells.
    agree : bool
        Whether code, words and sheets say the same, as far as they say anything.

    Examples
    --------
    >>> kind_of("211", "小学", "小学"), kind_of("", "九年一贯制学校", "小学")
    (('primary', True), ('nine_year', False))
    """
    told = words_of_forms()["kinds"]
    codes: dict[str, str] = told["codes"]
    said = [codes[c] for c in (code(code_text), code(words)) if c in codes]
    for text in (words, sheet):
        match = next((w["kind"] for w in told["word"] if w["word"] in text), None)
        if match is not None:
            said.append(match)
    return (said[0] if said else None), len(set(said)) < 2  # noqa: PLR2004 # one answer
