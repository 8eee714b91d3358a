"""The sets of the model for what a county is asked."""

from collections.abc import Callable
from functools import partial

import pandas as pd

from layoutplan.county import County
from layoutplan.measures import Options
from layoutplan.model.sets import Sets, make_sets
from layoutplan.neighbours import villages_of_sites
from layoutplan.plan.bordering import neighbours_asked
from layoutplan.plan.evaluate import observed_flows
from layoutplan.standards import Standards
from layoutplan.tables import BANDS
from layoutplan.travel import TravelTimes


def asking(
    county: County,
    times: TravelTimes,
    *,
    standards: Standards,
    options: Options,
    measures: pd.DataFrame,
    bus: TravelTimes | None,
    demand: pd.DataFrame,
    today: pd.DataFrame,
    growth: tuple[pd.DataFrame, ...] = (),
) -> Callable[..., Sets]:
    """Give a function that makes the sets of a question.

    Parameters
    ----------
    county, times, standards, options, measures, bus
        What is asked; times aligned with the county's villages and sites.
    demand
        Pupils, villages x bands.
    today
        Where they go today.
    growth
        Pupils of years to come, as multiples of the demand.

    Returns
    -------
    Callable
        Takes ``whole`` as `layoutplan.model.sets.make_sets` does.
    """
    sites = county.sites
    return partial(
        make_sets,
        demand=demand,
        minutes={band: times.table(band) for band in BANDS},
        ride=None if bus is None else {band: bus.table(band) for band in BANDS},
        measures=measures,
        places=sites[["kind", "candidate"]].assign(township_id=sites.get("township_id")),
        today=today,
        observed=observed_flows(county) if options.keep_choices else None,
        standards=standards,
        options=options,
        neighbours=neighbours_asked(county, options),
        homes=villages_of_sites(county) if options.contiguous else None,
        growth=growth,
    )
