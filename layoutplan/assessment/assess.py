"""Assess: measure a plan with all indicators."""

from collections.abc import Iterator
from typing import Final
from weakref import WeakKeyDictionary

import pandas as pd

from layoutplan.assessment.indicators import INDICATORS
from layoutplan.assessment.noun import LEFT_OUT, Assessment
from layoutplan.assessment.rows import Indicator, LeftOut, Row
from layoutplan.assessment.selections import long_demand, sites
from layoutplan.assessment.worded import unit_text
from layoutplan.plan import Plan
from layoutplan.standards import STATUSES, Standard
from layoutplan.tables import ASSESSMENT
from layoutplan.validation import must_be
from layoutplan.words import Language, say

_MET = {True: "yes", False: "no", None: ""}

_TYPES = {"number": "float64", "count": "int64"}

UNSAID = "unsaid"
"""The reason of a number that is missing without one; no indicator should need it."""


_MADE: Final[WeakKeyDictionary[Plan, dict[Language, Assessment]]] = WeakKeyDictionary()
"""Assessments by plan, which never changes: reports, papers and maps of a plan share them."""


def assess(plan: Plan, *, lang: str = "auto") -> Assessment:
    """Measure a plan: access, change, capacity, schools and cost.

    A plan never changes: it is measured at the first look and the numbers are kept with it.

    Parameters
    ----------
    plan
        The plan; it is only read.
    lang
        The language of sources and words; that of the county's names where
        ``"auto"``.

    Returns
    -------
    Assessment
        The numbers for the county, each township and each band.

    Raises
    ------
    InternalError
        If the plan has lost or made up a pupil.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> done = lp.assess(today, lang="en")
    >>> done.value("pupils") == today.pupils_in
    True
    >>> done.table.loc[0, ["indicator", "level", "unit"]].tolist()
    ['travel_mean', 'county', 'minutes']
    """
    spoken = plan.county.language(lang)
    made = _MADE.setdefault(plan, {})
    if spoken not in made:
        made[spoken] = _assess(plan, spoken)
    return made[spoken]


def _assess(plan: Plan, spoken: Language) -> Assessment:
    _check_sums(plan)
    left_out = left_out_table(plan)
    count = left_out.groupby("indicator")["rows"].sum()
    said: dict[tuple[Standard, ...], tuple[str, str]] = {}
    rows = [
        _as_record(indicator, row, said, lang=spoken, left_out=int(count.get(indicator.name, 0)))
        for indicator in INDICATORS
        for row in indicator.measure(plan)
    ]
    table = pd.DataFrame(rows, columns=[c.name for c in ASSESSMENT.columns])
    types = {c.name: _TYPES.get(c.type, "str") for c in ASSESSMENT.columns}
    return Assessment(
        name=plan.name,
        lang=spoken,
        townships=township_names(plan),
        rows=table.astype(types),
        omitted=left_out,
    )


def left_out_table(plan: Plan) -> pd.DataFrame:
    """Set out what each indicator leaves out, and why.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        indicator, table (``villages`` or ``schools``), reason, rows (how many) and ids
        (text, separated by blanks); nothing for an indicator that counts everything.
    """
    found: dict[object, list[LeftOut]] = {}
    records = []
    for indicator in INDICATORS:
        name_them = indicator.leaves_out
        if name_them is None:
            continue
        if name_them not in found:
            found[name_them] = [part for part in name_them(plan) if part.ids]
        records += [
            (indicator.name, part.table, part.reason, len(part.ids), " ".join(part.ids))
            for part in found[name_them]
        ]
    table = pd.DataFrame(records, columns=list(LEFT_OUT))
    return table.astype({c: "int64" if c == "rows" else "str" for c in LEFT_OUT})


def township_names(plan: Plan) -> dict[str, str]:
    """Give the names of the county's townships.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    dict of str to str
        Id to name; the id where a township has no name.
    """
    townships = plan.county.townships
    if "name" not in townships:
        return {str(i): str(i) for i in townships.index}
    named = zip(townships.index, townships["name"], strict=True)
    return {str(i): str(i if pd.isna(n) else n) for i, n in named}


def source_text(standard: Standard, lang: Language) -> str:
    """Say a standard with its number, unit and document.

    Parameters
    ----------
    standard
        The standard.
    lang
        The language.

    Returns
    -------
    str
        The text.
    """
    return say(
        "assessment.source",
        lang,
        label=standard.label(lang),
        value=f"{standard.value:,g}",
        unit=unit_text(standard.unit, lang),
        citation=standard.citation(lang),
    )


def _as_record(
    indicator: Indicator,
    row: Row,
    said: dict[tuple[Standard, ...], tuple[str, str]],
    *,
    lang: Language,
    left_out: int,
) -> dict[str, object]:
    if row.standards not in said:
        source = "; ".join(source_text(s, lang) for s in row.standards)
        worst = max((s.status for s in row.standards), key=STATUSES.index, default="")
        said[row.standards] = (source, worst)
    source, status = said[row.standards]
    nothing = pd.isna(row.value)
    return {
        "indicator": indicator.name,
        "level": row.level,
        "group": row.group,
        "band": row.band,
        "value": row.value,
        "unit": indicator.unit,
        "limit": row.limit,
        "met": _MET[row.met],
        "source": source,
        "status": status,
        "left_out": left_out if row.level == "county" else 0,
        "reason": (row.reason or UNSAID) if nothing else "",
    }


def _check_sums(plan: Plan) -> None:
    must_be(
        plan.pupils_in == plan.pupils_assigned + plan.pupils_unserved,
        "pupils in = assigned + unserved",
    )
    for what, wrong in _sums_that_differ(plan):
        must_be(not wrong, f"{what}: {wrong}")


def _sums_that_differ(plan: Plan) -> Iterator[tuple[str, list[str]]]:
    """Compare demand with where pupils go, and schools with who comes."""
    keys = ["village_id", "band"]
    placed = pd.concat([plan.assignment[[*keys, "pupils"]], plan.unserved[[*keys, "pupils"]]])
    sums = [t.groupby(keys)["pupils"].sum() for t in (long_demand(plan), placed)]
    both = pd.concat(sums, axis=1, keys=["demand", "gone"]).fillna(0)
    wrong = both.index[both["demand"] != both["gone"]]
    yield "pupils of village and band", [str(i) for i in wrong[:5]]
    came = plan.assignment.groupby("site_id")["pupils"].sum()
    table = pd.concat([sites(plan)["pupils"], came.rename("came")], axis=1).fillna(0)
    yield "pupils of school", [str(i) for i in table.index[table["pupils"] != table["came"]][:5]]
