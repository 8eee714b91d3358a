"""Sensitivity: the plan again under other assumptions, decision by decision."""

from collections.abc import Callable, Iterable
from types import MappingProxyType

import pandas as pd

from layoutplan.assessment import assess
from layoutplan.assessment.selections import OPEN, all_moves, sites, travel_limits
from layoutplan.measures import site_measures
from layoutplan.plan import Plan, evaluate, propose
from layoutplan.robustness.cases import Case, cases
from layoutplan.robustness.noun import Sensitivity
from layoutplan.robustness.variants import Variant, variant, whole_places
from layoutplan.tables import BANDS

Progress = Callable[[int, int, str], None]

_GIVEN = "given"


def sensitivity(
    plan: Plan,
    *,
    speeds: Iterable[float] | None = None,
    births: Iterable[float] | None = None,
    class_sizes: Iterable[float] | None = None,
    together: bool = False,
    solve: bool | None = None,
    measures: pd.DataFrame | None = None,
    time_limit: float = 10.0,
    gap: float = 0.001,
    lang: str = "auto",
    progress: Progress | None = None,
) -> Sensitivity:
    """Tell which decisions of a plan stay when its assumptions change.

    Every case is the plan's question asked again with one assumption changed: walking
    speed, number of pupils, class size. A decision that is the same in all cases is
    robust; one that is not deserves a second look before it is taken. Roads are not
    read again.

    Parameters
    ----------
    plan
        The plan.
    speeds
        Walking speeds of grades 1-3, km/h; older bands keep their ratio to them. By
        default 3 and 5 beside the 4 of the national standards.
    births
        Pupils as multiples of those of the plan, by default 0.8 and 1.2.
    class_sizes
        Pupils of a class in a complete primary school, by default 40 beside 45; junior
        classes change by the same number. Empty, like the others, for none.
    together
        Whether all combinations are tried, and not one change at a time.
    solve
        Whether the layout is searched for anew in each case; or else the decisions are
        kept, and it is looked at whether they still keep to travel limits and places.
        By default, what was searched for is searched for again.
    measures
        What may be done at each site, where `layoutplan.propose` was given a table.
    time_limit
        Seconds for the search in each case.
    gap
        As in `layoutplan.propose`.
    lang
        The language; that of the county's names where ``"auto"``.
    progress
        Called with cases done, cases in all, and the case.

    Returns
    -------
    Sensitivity
        Decisions with the cases in which they stay, and how the indicators move. Equal
        inputs give equal tables unless the clock cut a search, which ``cases`` tells.

    Raises
    ------
    OptionsError
        If a value is not a number above 0, or walking speeds are varied for given times
        by vehicle, which do not tell how much of them is walked.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=20)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> found = lp.sensitivity(today, births=[1.5], speeds=[], class_sizes=[])
    >>> found.cases["case"].tolist()
    ['births=1.5']
    """
    spoken = plan.county.language(lang)
    asked = cases(
        plan.standards, speeds=speeds, births=births, class_sizes=class_sizes, together=together
    )
    variants = [variant(plan, case) for case in asked]
    search = plan.solver.status != _GIVEN if solve is None else solve
    records, verdicts, actions, values = [], {}, {}, {}
    for number, (case, given) in enumerate(zip(asked, variants, strict=True)):
        if progress is not None:
            progress(number, len(asked), case.words(spoken))
        if search:
            other = _searched(plan, case, given, measures, time_limit=time_limit, gap=gap)
            stays = other.decisions["action"].eq(plan.decisions["action"])
        else:
            other = _kept(plan, case, given)
            stays = keeps_to_rules(other)
        records.append(_record(case, other, int((~stays).sum())))
        verdicts[case.name] = stays.reindex(plan.decisions.index)
        actions[case.name] = other.decisions["action"].reindex(plan.decisions.index)
        values[case.name] = _of_county(other)
    if progress is not None:
        progress(len(asked), len(asked), "")
    columns = list(_record(None, plan, 0))
    return Sensitivity(
        name=plan.name,
        lang=spoken,
        searched=search,
        made=asked,
        tables=MappingProxyType(
            {
                "cases": pd.DataFrame(records, columns=columns),
                "decisions": _decisions(plan, pd.DataFrame(verdicts, index=plan.decisions.index)),
                "actions": pd.DataFrame(actions, index=plan.decisions.index),
                "indicators": _indicators(_of_county(plan), values),
            }
        ),
    )


def keeps_to_rules(plan: Plan) -> pd.Series:
    """Tell which decisions of a plan keep to travel limits and places.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.Series
        By site: False for an open school with more pupils than places, and for a school
        that pupils leave for one beyond their travel limit, or for none, who are within
        it today.
    """
    table = sites(plan)
    crowded = table["action"].isin(OPEN) & (table["pupils"] > table["places"].fillna(0))
    moved = all_moves(plan)
    limit = moved["band"].map({b: s.value for b, s in travel_limits(plan).items()}).astype(float)
    far = ~(moved["after"] <= limit) & ~moved["boards"].astype(bool) & (moved["before"] <= limit)
    left = table["action"].ne("keep") & table.index.isin(moved.loc[far, "from_site"])
    return ~(crowded | left)


_PLACES = ("places", *(f"places_{band}" for band in BANDS), "class_places")
"""Columns of the measures that other class sizes change."""


def _searched(
    plan: Plan,
    case: Case,
    given: Variant,
    measures: pd.DataFrame | None,
    *,
    time_limit: float,
    gap: float,
) -> Plan:
    table = measures
    if measures is not None and "class_size" in case.changed:
        ratio = measures["site_id"].map(given.more_places).to_numpy(dtype=float)
        places = {c: whole_places(measures[c], ratio) for c in _PLACES if c in measures}
        table = measures.assign(**{c: v.astype("int64") for c, v in places.items()})
    return propose(
        given.county,
        given.times,
        standards=given.standards,
        options=plan.options,
        measures=site_measures(given.county, standards=given.standards) if table is None else table,
        bus=plan.bus,
        time_limit=time_limit,
        gap=gap,
        seed=plan.solver.seed,
        name=case.name,
    )


def _kept(plan: Plan, case: Case, given: Variant) -> Plan:
    return evaluate(
        given.county,
        given.times,
        plan.decisions[["action", "extra_classes", "extra_beds"]],
        standards=given.standards,
        options=plan.options,
        bus=plan.bus,
        name=case.name,
    )


def _record(case: Case | None, plan: Plan, changed: int) -> dict[str, object]:
    return {
        "case": case.name if case else "",
        "speed_kmh": case.speed if case else 0.0,
        "births": case.births if case else 0.0,
        "class_size": case.class_size if case else 0.0,
        "pupils": plan.pupils_in,
        "unserved": plan.pupils_unserved,
        "changed": changed,
        "status": plan.solver.status,
        "gap": plan.solver.gap,
        "cut_by_clock": plan.solver.cut_by_clock,
    }


def _of_county(plan: Plan) -> pd.DataFrame:
    rows = assess(plan).table
    return rows[rows["level"] == "county"].set_index("indicator")[["unit", "value"]]


def _decisions(plan: Plan, stays: pd.DataFrame) -> pd.DataFrame:
    count, number = stays.sum(axis=1).astype("int64"), stays.shape[1]
    share = count / number if number else count.astype(float)
    robust = share >= plan.standards.value("robust_share")
    mark = robust.map({True: "robust", False: "sensitive"}) if number else ""
    changes = [
        "; ".join(case for case in stays.columns if not stays.at[site, case])
        for site in stays.index
    ]
    table = plan.decisions[["name", "kind", "township_id", "action"]]
    return table.assign(
        cases=number,
        stays=count,
        mark=mark,
        changes_in=pd.Series(changes, index=stays.index, dtype="str"),
    )


def _indicators(base: pd.DataFrame, values: dict[str, pd.DataFrame]) -> pd.DataFrame:
    by_case = {name: table["value"].reindex(base.index) for name, table in values.items()}
    wide = pd.DataFrame({"plan": base["value"], **by_case})
    table = wide.assign(least=wide.min(axis=1), most=wide.max(axis=1))
    table.insert(0, "unit", base["unit"])
    return table.reset_index()
