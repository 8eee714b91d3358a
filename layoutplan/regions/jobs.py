"""What can be done in every county: the library's verbs, as tables and numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from layoutplan.assessment import Assessment, assess
from layoutplan.county import County
from layoutplan.demand import demand
from layoutplan.findings import Finding, findings_table
from layoutplan.measures import Options
from layoutplan.model.cores import one_core
from layoutplan.plan import Plan, evaluate, propose
from layoutplan.regions.years import RoadmapOptions, with_years
from layoutplan.standards import Standards
from layoutplan.tables import BANDS
from layoutplan.travel import TravelTimes
from layoutplan.words import Language

NUMBERS: Final = (
    "pupils",
    "pupils_unserved",
    "schools_open",
    "travel_mean",
    "travel_p95",
    "travel_within",
    "travel_beyond",
    "utilisation",
    "pupils_beyond_places",
    "classes_large",
    "classes_extra_large",
    "pupils_small_schools",
    "balance_composite_primary",
    "balance_composite_junior",
)
"""Indicators of every county in the provincial table."""

OF_PLANS: Final = (
    *NUMBERS,
    "action_close",
    "action_expand",
    "action_new",
    "action_teaching_point",
    "capital",
    "annual",
    "pupils_moved",
)
"""Those of proposed plans besides."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Asked:
    """One county and what is asked of it.

    Parameters
    ----------
    county
        The county, with a margin of roads where one was asked for.
    times
        Travel times, made when they are first asked for.
    standards, options, time_limit, gap, seed, lang
        As in the library's verbs.
    ahead
        What is asked of its roadmap.
    """

    county: County
    times: Callable[[], TravelTimes]
    standards: Standards
    options: Options
    time_limit: float
    gap: float
    seed: int
    lang: Language
    ahead: RoadmapOptions = field(default_factory=RoadmapOptions)


@dataclass(frozen=True, eq=False, kw_only=True)
class Done:
    """What a job gives for one county.

    Parameters
    ----------
    tables
        Tables by name; those with geometry are written as GeoParquet.
    numbers
        Its row of the provincial table.
    record
        Further plain values, written as JSON.
    findings
        What should be known.
    """

    tables: Mapping[str, pd.DataFrame]
    numbers: Mapping[str, float]
    record: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    findings: tuple[Finding, ...] = ()


Job = Callable[[Asked], Done]


def check_county(asked: Asked) -> Done:
    """Check a county's data.

    Parameters
    ----------
    asked
        The county.

    Returns
    -------
    Done
        The table ``findings`` and how many there are.
    """
    from layoutplan.checks import findings  # noqa: PLC0415 # only this job needs it

    found = findings(asked.county, standards=asked.standards)
    table = findings_table(found, lang=asked.lang)
    counts = table["severity"].value_counts()
    numbers = {f"findings_{s}": float(counts.get(s, 0)) for s in ("error", "warning", "note")}
    return Done(tables={"findings": table}, numbers=numbers)


def times_of_county(asked: Asked) -> Done:
    """Compute travel times: the nearest schools of every village.

    Parameters
    ----------
    asked
        The county.

    Returns
    -------
    Done
        The table ``nearest`` (village, band, rank, school, minutes; three schools each) and
        the mean minutes of the pupils of each band to the nearest school.
    """
    times = asked.times()
    nearest = pd.concat([times.nearest(3, band=b).assign(band=b) for b in BANDS])
    pupils = demand(asked.county, standards=asked.standards).pupils
    first = nearest[nearest["rank"] == 1].set_index(["village_id", "band"])["minutes"]
    weights = pupils.rename_axis(index="village_id", columns="band").stack()
    weights = weights.reindex(first.index).fillna(0)
    numbers = {"pupils": float(pupils.to_numpy().sum())}
    for band in BANDS:
        here = weights.xs(band, level="band").to_numpy(dtype=float)
        minutes = first.xs(band, level="band").to_numpy(dtype=float)
        total = float(here.sum())
        if total:
            numbers[f"nearest_{band}"] = float((here * minutes).sum() / total)
    return Done(tables={"nearest": nearest.reset_index(drop=True)}, numbers=numbers)


def assess_today(asked: Asked) -> Done:
    """Assess the present layout of a county.

    Parameters
    ----------
    asked
        The county.

    Returns
    -------
    Done
        The tables ``indicators``, ``decisions``, ``assignment`` and ``unserved`` of today.
    """
    today = evaluate(asked.county, asked.times(), standards=asked.standards)
    done = assess(today, lang=asked.lang)
    return Done(
        tables=_tables(today, done), numbers=_numbers(done, NUMBERS), findings=today.findings
    )


def propose_layout(asked: Asked) -> Done:
    """Propose a layout for a county.

    Parameters
    ----------
    asked
        The county.

    Returns
    -------
    Done
        The tables ``indicators``, ``decisions``, ``assignment`` and ``unserved`` of the
        proposal, and its objective, bound and gap.
    """
    return _proposal(_proposed(asked), asked)


def roadmap_of_layout(asked: Asked) -> Done:
    """Propose a layout for a county and put it into years.

    Parameters
    ----------
    asked
        The county.

    Returns
    -------
    Done
        What `propose_layout` gives, and ``actions``, ``left_over``, ``steps``, ``money`` and
        ``seats`` of the roadmap, and ``pupils_ahead``: the projected pupils by variant,
        school year and band.
    """
    plan = _proposed(asked)
    return with_years(_proposal(plan, asked), plan, asked)


def _proposed(asked: Asked) -> Plan:
    # Each core has a county of its own.
    with one_core():
        return propose(
            asked.county, asked.times(), standards=asked.standards, options=asked.options,
            time_limit=asked.time_limit, gap=asked.gap, seed=asked.seed,
        )  # fmt: skip


def _proposal(plan: Plan, asked: Asked) -> Done:
    done = assess(plan, lang=asked.lang)
    solver = plan.solver
    proof = {"objective": solver.objective, "bound": solver.bound, "gap": solver.gap}
    numbers = _numbers(done, OF_PLANS) | {k: float(v) for k, v in proof.items() if v is not None}
    record = proof | {"status": solver.words(asked.lang), "cut_by_clock": solver.cut_by_clock}
    return Done(tables=_tables(plan, done), numbers=numbers, record=record, findings=plan.findings)


JOBS: Final[Mapping[str, Job]] = MappingProxyType(
    {
        "check": check_county,
        "travel_times": times_of_county,
        "assess": assess_today,
        "propose": propose_layout,
        "roadmap": roadmap_of_layout,
    }
)
"""The jobs by name."""


def _tables(plan: Plan, done: Assessment) -> dict[str, pd.DataFrame]:
    sites = plan.county.sites[["kind", "geometry"]]
    decisions = sites.join(plan.decisions.drop(columns="kind", errors="ignore"), how="right")
    return {
        "indicators": done.table,
        "decisions": decisions.rename_axis("site_id").reset_index(),
        "assignment": plan.assignment.reset_index(drop=True),
        "unserved": plan.unserved.reset_index(drop=True),
    }


def _numbers(done: Assessment, names: tuple[str, ...]) -> dict[str, float]:
    return {name: float(done.value(name)) for name in names}
