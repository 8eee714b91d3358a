"""Facts that cannot be, told before anything is made from them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from layoutplan.findings import Finding
from layoutplan.roadmap.half_years import opens_a_school_year
from layoutplan.roadmap.tasks import tasks_of
from layoutplan.roadmap.times_needed import TimesNeeded

if TYPE_CHECKING:
    from layoutplan.plan import Plan


def facts_that_cannot_be(
    plan: "Plan", fixed: Mapping[str, int], *, needed: TimesNeeded, first: int
) -> list[Finding]:
    """Find what is said to be done and cannot be.

    Pupils cannot have gone to a school that was not ready, nobody changes school within a
    school year, and what is built takes at least one half-year of the roadmap.

    Parameters
    ----------
    plan
        The plan.
    fixed
        The half-year in which each took effect, by action_id.
    needed
        How long building takes.
    first
        The first half-year of the roadmap.

    Returns
    -------
    list of Finding
        What cannot be.
    """
    rows = tasks_of(plan, needed).to_dict("index")
    known = {a: (h, rows[a]) for a, h in sorted(fixed.items()) if a in rows}
    early = tuple(
        f"{a} ({b})"
        for a, (half, row) in known.items()
        for b in row["after"]
        if b not in fixed or fixed[b] > half
    )
    within = tuple(
        a for a, (h, row) in known.items() if row["school_year"] and not opens_a_school_year(h)
    )
    unbuilt = tuple(a for a, (h, row) in known.items() if row["building"] and h <= first)
    found = {
        "roadmap_done_before_receiver": early,
        "roadmap_done_within_year": within,
        "roadmap_done_unbuilt": unbuilt,
    }
    return [Finding(code=code, ids=ids) for code, ids in found.items() if ids]
