"""Indicators as a table in a notebook: numbers, limits, marks and the document beside each.

A mark is a sign, a word and a colour together, so that whoever cannot tell the colours,
or prints in black, reads the same.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

import numpy as np
import pandas as pd

from layoutplan.assessment.html_table import NUMBER, SHORT, cell, page, said, span, table
from layoutplan.assessment.indicators import INDICATORS
from layoutplan.assessment.rows import FAMILIES
from layoutplan.assessment.worded import number_text, unit_text
from layoutplan.tables import BANDS
from layoutplan.words import Language, catalogue, say

FIRST: Final = (
    "travel_mean",
    "travel_worst_tenth",
    "travel_within",
    "travel_beyond",
    "travel_none_near",
    "pupils_unserved",
    "reach_enhanced_worst_tenth",
    "balance_composite_primary",
    "balance_composite_idle_primary",
    "balance_composite_junior",
    "balance_composite_idle_junior",
    "balance_passing_share_primary",
    "balance_passing_share_junior",
    "gini_minutes",
    "extra_worst_tenth",
    "utilisation",
    "pupils_beyond_places",
    "class_size_largest",
    "classes_large",
    "schools_over_size",
    "schools_open",
    "townships_without_junior",
    "pupils_moved",
    "capital",
    "annual",
)
"""Indicators shown at once; all others fold out. Balance always stands beside access."""

_SIGNS: Final = {"yes": "✓", "no": "✗", "better": "▲", "worse": "▼"}
_COLOURS: Final = {"better": "yes", "worse": "no"}

_DIFFERENCE: Final = "share_difference"
"""The unit of the difference of two shares."""

_BETTER: Final[Mapping[str, str]] = {i.name: i.better for i in INDICATORS}
_FAMILY: Final[Mapping[str, str]] = {i.name: i.family for i in INDICATORS}


def assessment_html(rows: pd.DataFrame, *, title: str, lang: Language) -> str:
    """Set an assessment out as HTML: the county and its grade bands.

    Parameters
    ----------
    rows
        Rows with the columns of `layoutplan.tables.ASSESSMENT`.
    title
        The name of the plan.
    lang
        The language.

    Returns
    -------
    str
        The table. Townships are too many to be looked at; they stand in ``.table``.
    """
    titles = [say("assessment.column.indicator", lang), say("assessment.all_bands", lang)]
    titles += [say(f"band.{b}", lang) for b in BANDS]
    parts = rows[rows["level"] != "township"].groupby("indicator", sort=False)
    lines = {str(name): _assessed(part, lang) for name, part in parts}
    return _folded(_title(title, lang), titles, lines, lang)


def comparison_html(rows: pd.DataFrame, *, names: Sequence[str], lang: Language) -> str:
    """Set a comparison out as HTML: the whole county, plan by plan, better or worse.

    Parameters
    ----------
    rows
        Rows of a comparison.
    names
        The names of the plans; the others are compared with the first.
    lang
        The language.

    Returns
    -------
    str
        The table.
    """
    first, *others = [_title(name, lang) for name in names]
    titles = [say("assessment.column.indicator", lang), first]
    for other in others:
        titles += [other, say("assessment.column.difference", lang, name=first)]
    county = rows[rows["level"] == "county"].to_dict("records")
    lines = {str(r["indicator"]): _compared(r, names=names, lang=lang) for r in county}
    return _folded(" / ".join([first, *others]), titles, lines, lang)


def _assessed(part: pd.DataFrame, lang: Language) -> str:
    by_band = {str(r["band"]): r for r in part.to_dict("records")}
    unit = str(part["unit"].iloc[0])
    cells = [said(say(f"indicator.{part['indicator'].iloc[0]}", lang))]
    for band in ("", *BANDS):
        row = by_band.get(band)
        if row is None:
            cells.append(said("", kind=NUMBER))
            continue
        value = float(row["value"])
        text = escape(number_text(value, unit))
        if np.isnan(value):
            text = span(say(f"assessment.reason.{row['reason']}", lang), kind="weak")
        mark = _mark(str(row["met"]), str(row["status"]), lang)
        cells.append(cell(text + mark, kind=NUMBER))
    limits = [number_text(v, unit) for v in part["limit"].astype(float).dropna().drop_duplicates()]
    # The line of the county names the standards of all bands already.
    named = part[:1] if str(part["source"].iloc[0]) else part
    source = _source(named["source"].astype("str"), named["status"].astype("str"), lang)
    return "".join(
        [
            *cells,
            said(unit_text(unit, lang), kind=SHORT),
            said(" / ".join(limits), kind=SHORT),
            cell(source + _left_out(part, lang)),
        ]
    )


def _compared(row: Mapping[Hashable, Any], *, names: Sequence[str], lang: Language) -> str:
    unit, name = str(row["unit"]), str(row["indicator"])
    cells = [said(say(f"indicator.{name}", lang))]
    for plan in names:
        value, limit = float(row[plan]), float(row.get(f"limit_{plan}", row["limit"]))
        known = np.isfinite(value) and np.isfinite(limit)
        met = ("yes" if value <= limit else "no") if known else ""
        mark = _mark(met, str(row["status"]), lang)
        cells.append(cell(escape(number_text(value, unit)) + mark, kind=NUMBER))
        if plan != names[0]:
            change = float(row[f"difference_{plan}"])
            text = _change(change, unit=unit, better=_BETTER.get(name, ""), lang=lang)
            cells.append(cell(text, kind=NUMBER))
    limit = float(row["limit"])
    return "".join(
        [
            *cells,
            said(unit_text(unit, lang), kind=SHORT),
            said(number_text(limit, unit) if np.isfinite(limit) else "", kind=SHORT),
            cell(_source([str(row["source"])], [str(row["status"])], lang)),
        ]
    )


def _change(value: float, *, unit: str, better: str, lang: Language) -> str:
    """Say a difference, and whether it is for the better."""
    if not np.isfinite(value):
        return escape(number_text(value, unit))
    text = number_text(abs(value), unit).removesuffix(" %")
    if not text.strip("0.,"):
        return span(say("assessment.change.same", lang), kind="weak")
    if unit == "share":
        text = f"{text} {unit_text(_DIFFERENCE, lang)}"
    signed = escape(("+" if value > 0 else "−") + text)  # noqa: RUF001 - a minus sign
    if not better:
        return signed
    verdict = "better" if (value > 0) == (better == "more") else "worse"
    words = f"{_SIGNS[verdict]} {say(f'assessment.change.{verdict}', lang)}"
    return f"{signed} {span(words, kind=_COLOURS[verdict])}"


def _mark(met: str, status: str, lang: Language) -> str:
    """Sign, word and colour; a question mark where the limit itself is not confirmed."""
    if not met:
        return ""
    mark = " " + span(f"{_SIGNS[met]} {say(f'assessment.mark.{met}', lang)}", kind=met)
    if status in ("", "confirmed"):
        return mark
    doubt = escape(say(f"status.{status}", lang))
    return f'{mark}<span class="weak" title="{doubt}">?</span>'


def _source(sources: Iterable[str], statuses: Iterable[str], lang: Language) -> str:
    """Documents beside the marks; a number that is not confirmed says so with a sign."""
    text = escape("; ".join(dict.fromkeys(s for s in sources if s)))
    open_ones = [s for s in dict.fromkeys(statuses) if s not in ("", "confirmed")]
    marks = "".join(f" <b>?</b> {escape(say(f'status.{s}', lang))}" for s in open_ones)
    return f'<span class="weak">{text}{marks}</span>' if text else ""


def _left_out(part: pd.DataFrame, lang: Language) -> str:
    count = int(part["left_out"].astype(int).sum()) if "left_out" in part else 0
    return " " + span(say("assessment.left_out", lang, rows=count), kind="weak") if count else ""


def _folded(title: str, titles: Sequence[str], lines: Mapping[str, str], lang: Language) -> str:
    """Show the first indicators, and fold the others away by family."""
    numbers = len(titles) - 1
    ends = [say(f"assessment.column.{c}", lang) for c in ("unit", "limit", "source")]
    heads = [*titles, *ends]
    shown = [n for n in lines if n in FIRST]
    shown.sort(key=lambda n: FAMILIES.index(_FAMILY[n]))
    blocks = [table(heads, [lines[n] for n in shown], numbers=numbers, caption=title)]
    for family in FAMILIES:
        rest = [n for n in lines if n not in shown and _FAMILY.get(n) == family]
        if rest:
            name = escape(say(f"assessment.family.{family}", lang))
            folded = table(heads, [lines[n] for n in rest], numbers=numbers)
            blocks.append(f"<details><summary>{name}</summary>{folded}</details>")
    return page(blocks)


def _title(name: str, lang: Language) -> str:
    return catalogue(lang).get(f"plan.{name}", name)
