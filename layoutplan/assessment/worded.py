"""Indicators in words: labels instead of codes, numbers as people write them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.words import Language, catalogue, say

DECIMALS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "share": 1,
        "minutes": 1,
        "persons/class": 1,
        "schools/pupil": 1,
        "places/pupil": 2,
        "index": 3,
        "ratio": 3,
    }
)
"""Decimals shown by unit; none for other units. A share is shown in percent."""


def unit_text(unit: str, lang: Language) -> str:
    """Say a unit.

    Parameters
    ----------
    unit
        The unit in tables and standards.
    lang
        The language.

    Returns
    -------
    str
        The unit in words; a unit that words do not know stays as it is.

    Examples
    --------
    >>> unit_text("minutes", "zh")
    '分钟'
    """
    return catalogue(lang).get(f"unit.{unit}", unit)


def number_text(value: float, unit: str) -> str:
    """Write a number as people do.

    Parameters
    ----------
    value
        The number.
    unit
        Its unit; a share is written in percent.

    Returns
    -------
    str
        The number; a dash where there is none.

    Examples
    --------
    >>> number_text(0.9321, "share"), number_text(12345.0, "persons")
    ('93.2 %', '12,345')
    """
    if not np.isfinite(value):
        return "–"
    decimals = DECIMALS.get(unit, 0)
    if unit == "share":
        return f"{value:,.{decimals}%}".replace("%", " %")
    # A number that rounds to nothing has no sign.
    text = f"{value:,.{decimals}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text


def group_text(level: str, group: str, lang: Language, townships: Mapping[str, str]) -> str:
    """Say which part of the county a row is about.

    Parameters
    ----------
    level
        ``county``, ``township`` or ``band``.
    group
        The id of a township, or empty.
    lang
        The language.
    townships
        Names of townships by id.

    Returns
    -------
    str
        The name of the township, or what stands for it.
    """
    if level != "township":
        return say("assessment.whole_county", lang)
    return townships.get(group, group) or say("assessment.no_township", lang)


def worded(rows: pd.DataFrame, *, lang: Language, townships: Mapping[str, str]) -> pd.DataFrame:
    """Put labels instead of codes.

    Parameters
    ----------
    rows
        Rows with the columns of `layoutplan.tables.ASSESSMENT`, or some of them.
    lang
        The language.
    townships
        Names of townships by id.

    Returns
    -------
    pandas.DataFrame
        The same columns, rows and numbers.
    """
    groups = zip(rows["level"], rows["group"], strict=True)
    texts: dict[str, list[str]] = {
        "indicator": [say(f"indicator.{i}", lang) for i in rows["indicator"]],
        "level": [say(f"assessment.level.{v}", lang) for v in rows["level"]],
        "group": [group_text(v, g, lang, townships) for v, g in groups],
        "band": [say(f"band.{b}" if b else "assessment.all_bands", lang) for b in rows["band"]],
        "unit": [unit_text(u, lang) for u in rows["unit"]],
    }
    if "met" in rows:
        texts["met"] = [say(f"assessment.met.{m}", lang) if m else "" for m in rows["met"]]
    if "reason" in rows:
        texts["reason"] = [say(f"assessment.reason.{r}", lang) if r else "" for r in rows["reason"]]
    if "status" in rows:
        texts["status"] = [say(f"status.{s}", lang) if s else "" for s in rows["status"]]
    columns = {k: pd.Series(v, index=rows.index, dtype="str") for k, v in texts.items()}
    return rows.assign(**columns)
