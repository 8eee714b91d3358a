"""The independent checker: re-scores a plan from county and standards alone.

It shares no code with the model. What it uses are the plan's tables, the travel
times, the county's tables, the numbers of the standards, today's layout as
`layoutplan.evaluate` gives it, and `layoutplan.site_measures` to tell whether a table
of measures was edited.
"""

from layoutplan.plan.noun import Plan
from layoutplan.tables import BANDS
from layoutplan.testing.asked import asked
from layoutplan.testing.contiguous import contiguous
from layoutplan.testing.county_numbers import county_numbers
from layoutplan.testing.facts import facts_of
from layoutplan.testing.pupils import as_the_county_has, left_out, moves, whole_persons
from layoutplan.testing.score import objective
from layoutplan.testing.sites import receivers, sites
from layoutplan.testing.told import told
from layoutplan.testing.trips import trips

__all__ = ["assert_plan_valid", "plan_breaches"]


def plan_breaches(plan: Plan) -> list[str]:
    """Score a plan anew and list everything that does not hold.

    A plan is held against the table of measures that it carries; where that is the one
    that county and standards give, it is held against these as well.

    Checked are: every pupil is counted once, in whole persons; pupils go to sites
    that teach their band, in a way that there is, in the minutes said, with a bed for
    every boarder; the columns before and after are the sums of the assignments, and moves
    lie between them; schools that give up grades name where their pupils go; bands, places,
    classes, beds and money follow from the action; locks, budgets and limits hold, cohorts
    go whole, catchments are connected or told to be cut off; the objective is the sum of
    its terms, each computed here, and not below the bound; the gap is what it says; broken
    rules are told.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    list of str
        One line per breach; empty for a sound plan.
    """
    first = [*whole_persons(plan), *as_the_county_has(plan)]
    if set(plan.decisions.index) != set(plan.county.sites.index):
        return [*first, "decisions: not one row per site"]
    if not (plan.assignment["band"].isin(BANDS).all() and plan.unserved["band"].isin(BANDS).all()):
        return first
    facts = facts_of(plan)
    return [
        *first,
        *trips(facts),
        *left_out(facts),
        *moves(facts),
        *sites(facts),
        *county_numbers(facts),
        *receivers(facts),
        *asked(facts),
        *contiguous(facts),
        *objective(facts),
        *told(facts),
    ]


def assert_plan_valid(plan: Plan) -> None:
    """Fail with every breach where a plan is not sound.

    Parameters
    ----------
    plan
        The plan.

    Raises
    ------
    AssertionError
        If anything does not hold.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> assert_plan_valid(lp.evaluate(county, lp.travel_times(county)))
    """
    breaches = plan_breaches(plan)
    if breaches:
        raise AssertionError("\n".join(breaches))
