"""The job that goes on into the years: a proposal for every county, and its roadmap."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from layoutplan.plan import Plan
    from layoutplan.regions.jobs import Asked, Done
    from layoutplan.roadmap.noun import Roadmap

_TABLES = ("actions", "left_over", "steps", "money", "seats")
"""Tables of the roadmap that are kept for every county."""


@dataclass(frozen=True, kw_only=True)
class RoadmapOptions:
    """What is asked of the roadmap of a county.

    Parameters
    ----------
    start
        The first half-year, such as ``2027H1``.
    years
        How many years.
    budget_by_year
        Yuan by calendar year; no limit where None.
    projected
        Whether the pupils of the years are projected; they stay as today otherwise.
    time_limit
        Seconds of search for the roadmap of one county, besides those for its plan.

    Examples
    --------
    >>> RoadmapOptions(start="2027H2", years=3).as_record()["years"]
    3
    """

    start: str = "2027H1"
    years: int = 5
    budget_by_year: Mapping[int, float] | None = None
    projected: bool = True
    time_limit: float = 30.0

    def as_record(self) -> dict[str, Any]:
        """Give the options as plain values.

        Returns
        -------
        dict
            The values by name.
        """
        budgets = self.budget_by_year
        return {
            "start": self.start,
            "years": self.years,
            "budget_by_year": None if budgets is None else dict(sorted(budgets.items())),
            "projected": self.projected,
            "time_limit": self.time_limit,
        }


def with_years(done: "Done", plan: "Plan", asked: "Asked") -> "Done":
    """Put a county's proposal into years.

    Parameters
    ----------
    done
        What the proposal gave.
    plan
        The proposal.
    asked
        The county and what is asked of it.

    Returns
    -------
    Done
        The same with the roadmap's tables, the projected pupils, and how many measures are
        done, how many are left over, and what they cost within the years.
    """
    from layoutplan.projection import project  # noqa: PLC0415 # only this job needs them
    from layoutplan.roadmap import roadmap  # noqa: PLC0415

    wanted = asked.ahead
    ahead = None
    if wanted.projected:
        ahead = project(asked.county, years=wanted.years + 1, seed=asked.seed)
    found = roadmap(
        plan, projection=ahead, budget_by_year=wanted.budget_by_year, start=wanted.start,
        years=wanted.years, time_limit=wanted.time_limit, seed=asked.seed,
    )  # fmt: skip
    tables = dict(done.tables) | {n: _flat(found.tables[n]) for n in _TABLES}
    numbers = dict(done.numbers) | _numbers(found)
    if ahead is not None:
        pupils = _pupils(ahead)
        tables["pupils_ahead"] = pupils
        middle = pupils[pupils["variant"] == ahead.variants[0]]
        last = middle[middle["school_year"] == ahead.years[-1]]
        numbers["pupils_ahead"] = float(last["pupils"].sum())
    solver = found.solver
    proof = {"objective": solver.objective, "bound": solver.bound, "gap": solver.gap}
    told = proof | {"status": solver.words(asked.lang), "years": [str(h) for h in found.half_years]}
    record = dict(done.record) | {"roadmap": told}
    findings = (*done.findings, *found.findings)
    return replace(done, tables=tables, numbers=numbers, record=record, findings=findings)


def _numbers(found: "Roadmap") -> dict[str, float]:
    numbers = {
        "roadmap_done": float(len(found.actions)),
        "roadmap_left_over": float(len(found.left_over)),
        "roadmap_yuan": float(found.money["spent_yuan"].sum()),
        "roadmap_unplaced": float(found.unplaced["pupils"].sum()),
    }
    if found.solver.gap is not None:
        numbers["roadmap_gap"] = float(found.solver.gap)
    return numbers


def _flat(table: pd.DataFrame) -> pd.DataFrame:
    """Bring named ids in as columns."""
    return table.reset_index(drop=table.index.name is None)


def _pupils(ahead: Any) -> pd.DataFrame:  # noqa: ANN401 # a Projection
    """Sum the projected pupils of the county by variant, school year and band."""
    parts = [
        ahead.bands(year, variant=variant)
        .sum()
        .rename_axis("band")
        .rename("pupils")
        .reset_index()
        .assign(variant=variant, school_year=year)
        for variant in ahead.variants
        for year in ahead.years
    ]
    whole = pd.concat(parts, ignore_index=True)
    wanted = ["variant", "school_year", "band", "pupils"]
    told: pd.DataFrame = whole[wanted].astype({"pupils": "int64"})
    return told
