"""Labels of forms reduced to what identifies them, and the units they name."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from layoutplan.sources.forms.family import words_of_forms

_EXPORT_MARK = re.compile(r"_x000d_?", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[〔【]([^()\[\]〔〕【】]*)[)\]〕】]")
_NOT_LETTERS = re.compile(r"[\s_]+")
_CACHED: Final = 50_000
"""Labels kept: the forms of a county repeat the same few hundred."""


@lru_cache(maxsize=_CACHED)
def plain_label(text: str) -> str:
    r"""Reduce a label of a form to what identifies it.

    Parameters
    ----------
    text
        The label as it stands in the form.

    Returns
    -------
    str
        Without units and remarks in brackets, numbering, marks of the export, spaces
        and differences of width and case; other words in brackets are kept.

    Examples
    --------
    >>> plain_label("一、教学及辅助_x000D_\n用房（平方米）"), plain_label("#寄宿生")
    ('教学及辅助用房', '寄宿生')
    >>> plain_label("县级及以上骨干教师（小学）"), plain_label("一年级")
    ('县级及以上骨干教师小学', '一年级')
    """
    told = words_of_forms()["labels"]
    dropped = frozenset(told["brackets_dropped"])
    wide = _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", _EXPORT_MARK.sub("", text)))
    wide = wide.lower()

    def inner(match: re.Match[str]) -> str:
        return "" if match[1] in dropped else match[1]

    bare = _BRACKETS.sub(inner, re.sub(told["leading"], "", wide))
    return bare.rstrip(":")


@lru_cache(maxsize=_CACHED)
def unit_in(text: str) -> str:
    """Give the unit that a label names in brackets or that is the label.

    Parameters
    ----------
    text
        The label.

    Returns
    -------
    str
        The unit; empty where it names none that numbers are converted from.

    Examples
    --------
    >>> unit_in("教学仪器设备资产值（元）"), unit_in("万元"), unit_in("图书（册）")
    ('元', '万元', '')
    """
    units = words_of_forms()["units"]
    wide = _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", text))
    inside = [m[1].removeprefix("单位:") for m in _BRACKETS.finditer(wide)]
    return next((u for u in (*inside, wide.removeprefix("单位:")) if u in units), "")
