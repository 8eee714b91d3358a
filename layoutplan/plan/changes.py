"""What it costs to change each site over, from a plan that is there."""

from functools import partial

import pandas as pd

from layoutplan.demand import demand
from layoutplan.measures import Options
from layoutplan.model.apart import changes_priced
from layoutplan.plan.asking import asking
from layoutplan.plan.begin import values_of
from layoutplan.plan.evaluate import today_of
from layoutplan.plan.noun import Plan


def site_changes(
    plan: Plan, *, options: Options, measures: pd.DataFrame, seconds: float
) -> pd.Series:
    """Price the change of single sites from open to closed, or the other way.

    Each site is changed over alone; pupils of its nearest sites are sent anew, as shares.

    Parameters
    ----------
    plan
        A plan that was searched for.
    options, measures
        What is asked now.
    seconds
        Time limit; sites that were not reached are left out.

    Returns
    -------
    pandas.Series
        Yuan a year by which the plan becomes dearer, indexed by site_id, cheapest first.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=20)
    >>> options = lp.Options(split_villages=True)
    >>> plan = lp.propose(county, lp.travel_times(county), options=options)
    >>> found = site_changes(plan, options=options, measures=plan.measures, seconds=10)
    >>> set(found.index) <= set(county.sites.index)
    True
    """
    county, rules = plan.county, plan.standards
    times = plan.times.aligned(list(county.villages.index), list(county.sites.index))
    found = demand(county, standards=rules)
    today = today_of(county, times, found=found, standards=rules)
    sets = asking(
        county, times, standards=rules, options=options, measures=measures, bus=plan.bus,
        demand=found.pupils, today=today.assignment,
    )()  # fmt: skip
    priced = changes_priced(sets, partial(values_of, plan), time_limit=seconds)
    table = pd.Series(priced, dtype="float64").sort_index()
    return table.sort_values(kind="stable")
