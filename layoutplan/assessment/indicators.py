"""All indicators, in the order in which they are shown.

A new indicator is a function from a plan to rows in one of the families, one
line here, and its text ``indicator.<name>`` in both languages.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from layoutplan.actions import ACTIONS
from layoutplan.assessment import (
    access,
    balance,
    capacity,
    change,
    equity,
    gates,
    network,
    pupil_groups,
)
from layoutplan.assessment.rows import FAMILIES, Indicator, LeftOut, Row
from layoutplan.network.modes import MODES
from layoutplan.plan import Plan
from layoutplan.plan.ways import BOARD
from layoutplan.tables import KINDS

_Measure = Callable[[Plan], Iterable[Row]]
_LeavesOut = Callable[[Plan], Iterable[LeftOut]]


def _of(
    unit: str,
    measures: Mapping[str, _Measure],
    *,
    better: str = "",
    leaves_out: _LeavesOut | None = None,
) -> Iterator[Indicator]:
    """Name measures that share a unit, and what is better and left out."""
    for name, measure in measures.items():
        yield Indicator(name=name, unit=unit, measure=measure, better=better, leaves_out=leaves_out)


def _access() -> Iterator[Indicator]:
    """Minutes, limits, and what is in reach."""
    way, school, times = access.without_way, access.without_school, access.without_minutes
    yield from _of(
        "minutes",
        {
            "travel_mean": access.travel_mean,
            "travel_p95": access.travel_p95,
            "travel_worst": access.travel_worst,
            "travel_worst_tenth": access.travel_worst_tenth,
        },
        better="less",
        leaves_out=way,
    )
    yield from _of(
        "share", {"travel_within": access.travel_within}, better="more", leaves_out=school
    )
    yield from _of(
        "persons", {"travel_beyond": access.travel_beyond}, better="less", leaves_out=way
    )
    yield from _of(
        "persons", {"travel_none_near": access.travel_none_near}, better="less", leaves_out=times
    )
    yield from _of("share", {"covered": access.covered}, better="more", leaves_out=times)
    yield from _of(
        "persons",
        {"travel_unknown": access.travel_unknown, "pupils_unserved": access.pupils_unserved},
        better="less",
    )
    for mode in (*MODES, BOARD):
        yield from _of("persons", {f"pupils_{mode}": access.pupils_by(mode)})
        mean = {f"travel_mean_{mode}": access.travel_mean_by(mode)}
        yield from _of("minutes", mean, better="less", leaves_out=way)
    for what, unit in {
        "schools_within": "schools/pupil",
        "places_within": "places",
        "two_step": "places/pupil",
        "enhanced": "places/pupil",
    }.items():
        reach = {f"reach_{what}": access.in_reach(what)}
        yield from _of(unit, reach, better="more", leaves_out=times)
    least = {"reach_enhanced_worst_tenth": access.in_reach_of_worst_tenth("enhanced")}
    yield from _of("places/pupil", least, better="more", leaves_out=times)


def _balance() -> Iterator[Indicator]:
    """Balance between schools, shown beside access: the one can be bought with the other."""
    for stage in balance.STAGES:
        basic = balance.left_out_of("basic", stage=stage)
        for name, idle in (("composite", False), ("composite_idle", True)):
            measure = {f"balance_{name}_{stage}": balance.composite(stage, idle=idle)}
            yield from _of("ratio", measure, better="less", leaves_out=basic)
        for measured in balance.MEASURED:
            leaves_out = balance.left_out_of("quality", stage=stage, indicator=measured)
            spread = {f"balance_cv_{measured}_{stage}": balance.coefficient(measured, stage)}
            yield from _of("ratio", spread, better="less", leaves_out=leaves_out)
        quality = balance.without_verdict(stage)
        fails = {f"balance_failing_{stage}": balance.failing(stage)}
        yield from _of("schools", fails, better="less", leaves_out=quality)
        share = {f"balance_passing_share_{stage}": balance.passing_share(stage)}
        yield from _of("share", share, better="more", leaves_out=quality)


def _equity() -> Iterator[Indicator]:
    """How unevenly minutes and places are shared, and groups of pupils apart."""
    for of, formula in [(o, f) for o in ("minutes", "places") for f in equity.FORMULAS]:
        yield from _of(
            "index",
            {f"{formula}_{of}": equity.inequality(formula, of=of)},
            better="" if formula == "concentration" else "less",
            leaves_out=equity.left_out_of(formula, of=of),
        )
    reach = {"gini_enhanced": equity.inequality("gini", of="enhanced")}
    yield from _of("index", reach, better="less", leaves_out=access.without_minutes)
    yield from _of(
        "minutes",
        {"extra_mean": equity.extra_mean, "extra_worst_tenth": equity.extra_worst_tenth},
        better="less",
        leaves_out=equity.without_change,
    )
    for group in pupil_groups.GROUPS:
        for what, unit, better in (
            ("pupils", "persons", ""),
            ("travel_mean", "minutes", "less"),
            ("travel_within", "share", "more"),
            ("extra_mean", "minutes", "less"),
        ):
            measure = {f"{what}_{group}": pupil_groups.of_group(group, what)}
            leaves_out = pupil_groups.left_out_of(group, what)
            yield from _of(unit, measure, better=better, leaves_out=leaves_out)


def _capacity() -> Iterator[Indicator]:
    """Places, classes and sizes."""
    places, classes = capacity.without_places, capacity.without_classes
    yield from _of("persons", {"pupils": capacity.pupils})
    in_schools = {"pupils_in_schools": capacity.pupils_in_schools}
    yield from _of("persons", in_schools, leaves_out=access.without_school)
    yield from _of("persons", {"places": capacity.places}, leaves_out=places)
    yield from _of("persons", {"beds": capacity.beds})
    yield from _of("share", {"utilisation": capacity.utilisation}, leaves_out=places)
    for name, unit, measure in (
        ("pupils_beyond_places", "persons", capacity.pupils_beyond_places),
        ("schools_over_places", "schools", capacity.schools_over_places),
    ):
        yield from _of(unit, {name: measure}, better="less", leaves_out=places)
    sizes: dict[str, _Measure] = {"class_size_mean": capacity.class_size_mean}
    yield from _of("persons/class", sizes, leaves_out=classes)
    for name, unit, measured in (
        ("class_size_largest", "persons/class", capacity.class_size_largest),
        ("classes_short", "classes", capacity.classes("short")),
        ("classes_over_size", "classes", capacity.classes("over_size")),
        ("schools_large_classes", "schools", capacity.schools_with("large")),
        ("classes_large", "classes", capacity.classes("large")),
        ("schools_extra_large_classes", "schools", capacity.schools_with("extra_large")),
        ("classes_extra_large", "classes", capacity.classes("extra_large")),
        ("schools_multigrade", "schools", capacity.schools_with("together")),
    ):
        yield from _of(unit, {name: measured}, better="less", leaves_out=classes)
    wanted = {"classes_wanted": capacity.classes("wanted")}
    yield from _of("classes", wanted, leaves_out=classes)
    few = {"schools_few_in_grade": capacity.schools_with("few")}
    yield from _of("schools", few, leaves_out=classes)
    yield from _of("schools", {"schools_over_size": capacity.schools_over_size}, better="less")
    yield from _of("persons", {"pupils_small_schools": capacity.pupils_of_small_schools})


def _schools() -> Iterator[Indicator]:
    """How many schools of each kind and size, and what happens to them."""
    numbers = range(1, len(network.SIZE_CLASSES) + 2)
    yield from _of(
        "schools",
        {
            "schools_open": network.schools_open,
            **{f"schools_{kind}": network.schools_of_kind(kind) for kind in KINDS},
            **{f"action_{a}": network.schools_with_action(a) for a in ACTIONS if a != "unused"},
            "schools_without_pupils": network.schools_without_pupils,
            **{f"schools_size_{n}": network.schools_of_size(n) for n in numbers},
        },
    )
    yield from _of(
        "townships",
        {"townships_without_junior": network.townships_without_junior},
        better="less",
        leaves_out=network.without_township,
    )


def _change() -> Iterator[Indicator]:
    """Who moves, and what it costs."""
    for name, unit, measure in (
        ("pupils_moved", "persons", change.pupils_moved),
        ("pupils_moved_share", "share", change.pupils_moved_share),
        ("moved_longer", "persons", change.moved_longer),
        ("moved_extra_minutes", "minutes", change.moved_extra_minutes),
    ):
        yield from _of(unit, {name: measure}, better="less", leaves_out=change.without_way)
    for name, unit, cost, column in (
        ("capital", "yuan", change.capital, "capital_yuan"),
        ("annual", "yuan/year", change.annual, "annual_yuan"),
        ("annual_per_pupil", "yuan/year", change.annual_per_pupil, "annual_yuan"),
    ):
        leaves_out = change.without_cost(column)
        yield from _of(unit, {name: cost}, better="less", leaves_out=leaves_out)


def _gates() -> Iterator[Indicator]:
    """Closures held against the gates of the documents, and schools that must stay."""
    for name, verdict in (("failing", "fail"), ("unknown", "unknown"), ("open", "open")):
        measure = {f"closures_{name}": gates.closures_with(verdict)}
        yield from _of("schools", measure, better="less")
    times = access.without_minutes
    yield from _of("persons", {"pupils_must_keep": gates.pupils_must_keep}, leaves_out=times)
    lost = {"must_keep_lost": gates.must_keep_lost}
    yield from _of("persons", lost, better="less", leaves_out=times)


_OF_FAMILY: Final = {
    "access": _access,
    "balance": _balance,
    "equity": _equity,
    "capacity": _capacity,
    "schools": _schools,
    "change": _change,
    "gates": _gates,
}

INDICATORS: Final[tuple[Indicator, ...]] = tuple(
    replace(indicator, family=family) for family in FAMILIES for indicator in _OF_FAMILY[family]()
)
"""The indicators, family by family."""
