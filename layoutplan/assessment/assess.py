"""Assess: measure a plan with all indicators."""

from collections.abc import Iterator

import pandas as pd

from layoutplan.assessment.indicators import INDICATORS
from layoutplan.assessment.noun import Assessment
from layoutplan.assessment.rows import Indicator, Row
from layoutplan.assessment.selections import long_demand, sites
from layoutplan.assessment.worded import unit_text
from layoutplan.plan import Plan
from layoutplan.standards import STATUSES, Standard
from layoutplan.tables import ASSESSMENT
from layoutplan.validation import must_be
from layoutplan.words import Language, say

_MET = {True: "yes", False: "no", None: ""}


def assess(plan: Plan, *, lang: str = "auto") -> Assessment:
    """Measure a plan: access, change, capacity, schools and cost.

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
    _check_sums(plan)
    rows = [
        _as_record(indicator, row, spoken)
        for indicator in INDICATORS
        for row in indicator.measure(plan)
    ]
    table = pd.DataFrame(rows, columns=[c.name for c in ASSESSMENT.columns])
    types = {c.name: "float64" if c.type == "number" else "str" for c in ASSESSMENT.columns}
    return Assessment(
        name=plan.name, lang=spoken, townships=township_names(plan), rows=table.astype(types)
    )


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


def _as_record(indicator: Indicator, row: Row, lang: Language) -> dict[str, object]:
    statuses = [s.status for s in row.standards]
    return {
        "indicator": indicator.name,
        "level": row.level,
        "group": row.group,
        "band": row.band,
        "value": row.value,
        "unit": indicator.unit,
        "limit": row.limit,
        "met": _MET[row.met],
        "source": "; ".join(source_text(s, lang) for s in row.standards),
        "status": max(statuses, key=STATUSES.index) if statuses else "",
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
