"""The sets and numbers of the model: groups of pupils, sites and their states, flows."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from layoutplan.measures import Options
from layoutplan.model.reach import Reach
from layoutplan.model.states import make_sites
from layoutplan.model.ways import ways_of_band
from layoutplan.standards import Standards
from layoutplan.tables import BANDS


@dataclass(frozen=True, eq=False, kw_only=True)
class Ground:
    """Which villages border on each other, and where sites stand.

    Parameters
    ----------
    villages
        Their ids, sorted.
    around
        Row numbers of the neighbours of each village, sorted.
    home
        Row number of the village in which each site stands; -1 where that is not known.
    """

    villages: "pd.Index[str]"
    around: tuple[tuple[int, ...], ...]
    home: np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Sets:
    """What the model speaks about.

    Parameters
    ----------
    groups
        Pupils of one village and band who can reach a school, in the main those who go to
        one school today; see `layoutplan.model.cohorts.groups_and_flows`.
    sites
        Indexed by site_id, sorted; see `layoutplan.model.states.make_sites`.
    states
        What each site can be; see there.
    flows
        Group, site and way, whether pupils stay there or come; see
        `layoutplan.model.cohorts.groups_and_flows`. Besides weight: journeys a week as a
        share of those of pupils who travel daily.
    reach
        All lawful ways, from which more flows can be made.
    townships
        Townships that must keep a school with grades 7-9; row number per name.
    prices
        Yuan a year: minute, over_limit, moved, overload, unserved, township and so on.
    limits
        What may be at most, infinite where there is no limit: budget_yuan,
        annual_yuan, schools, moved (pupils), minutes (pupil-minutes a day, one way).
    together
        Whether pupils who leave a school of a band go to one school.
    whole
        Whether each group goes whole to one site and way.
    equity
        Yuan a year per minute of the mean way of the worst-off pupils; worst_share is
        their share.
    worst_share
        See there.
    differ_from
        Layouts as truth values, one per site; the plan differs from each in at_least sites.
    at_least
        See there.
    capital_life_years
        Years over which capital is spread.
    ground
        What catchments are to be connected on; None where they need not be.
    growth
        Pupils of years and variants for which places are to hold too, as multiples of the
        groups' own: villages x bands each; see `layoutplan.model.growth`.
    """

    groups: pd.DataFrame
    sites: pd.DataFrame
    states: pd.DataFrame
    flows: pd.DataFrame
    reach: Reach
    townships: pd.Index
    prices: Mapping[str, float]
    limits: Mapping[str, float]
    together: bool
    whole: bool
    equity: float
    worst_share: float
    differ_from: tuple[np.ndarray[tuple[int], np.dtype[np.bool_]], ...]
    at_least: int
    capital_life_years: float
    ground: Ground | None = None
    growth: tuple[pd.DataFrame, ...] = ()


def prices(options: Options, standards: Standards) -> dict[str, float]:
    """Give the prices that hold: those of the options, else of the standards.

    Parameters
    ----------
    options
        The options.
    standards
        The standards.

    Returns
    -------
    dict
        Yuan a year by name.

    Examples
    --------
    >>> from layoutplan.standards import standards
    >>> prices(Options(prices={"moved": 500}), standards())["moved"]
    500.0
    """
    keys = {
        "minute": "price_yuan_per_minute",
        "over_limit": "price_yuan_over_limit",
        "pushed": "price_yuan_pushed_beyond",
        "gate_travel": "price_yuan_gate_travel",
        "moved": "price_yuan_moved",
        "overload": "price_yuan_overload",
        "size": "price_yuan_oversize",
        "unserved": "price_yuan_unserved",
        "bus_rider": "school_bus_yuan_per_rider",
        "boarder_primary": "boarder_yuan_primary",
        "boarder_junior": "boarder_yuan_junior",
    }
    known = {name: standards.value(key) for name, key in keys.items()}
    known |= {name: float(value) for name, value in options.prices.items()}
    return known | {"township": standards.value("price_yuan_township_without_junior")}


def make_sets(  # noqa: PLR0913 # a question has all of these
    *,
    demand: pd.DataFrame,
    minutes: Mapping[str, pd.DataFrame],
    measures: pd.DataFrame,
    places: pd.DataFrame,
    today: pd.DataFrame,
    observed: pd.DataFrame | None = None,
    ride: Mapping[str, pd.DataFrame] | None = None,
    standards: Standards,
    options: Options,
    whole: bool | None = None,
    neighbours: pd.DataFrame | None = None,
    homes: pd.Series | None = None,
    growth: tuple[pd.DataFrame, ...] = (),
) -> Sets:
    """Put together the sets of the model.

    Which ways there are, `layoutplan.model.ways.ways_of_band` says. Pupils who have a
    school within the limit today and are newly sent beyond it count as pushed, at a price
    that makes it a last resort.

    Parameters
    ----------
    demand
        Pupils, villages x bands.
    minutes
        Travel minutes per band, villages x sites.
    measures
        What may be done at each site (`layoutplan.measures.site_measures`).
    places
        Kind, candidate and township_id of each site, indexed by site_id.
    today
        The present assignment: village_id, band, site_id, pupils.
    observed
        The part of it that was observed and not computed: pupils who were seen to
        go to a farther school have chosen it.
    ride
        Minutes by school bus like ``minutes``; None where there is none.
    standards
        Limits and prices.
    options
        What is asked.
    whole
        Whether groups go whole; as the options say where None.
    neighbours
        Villages that border on each other, village_a and village_b; for connected
        catchments only.
    homes
        The village in which each site stands, indexed by site_id; likewise.
    growth
        Pupils of years to come as multiples of the demand, villages x bands each.

    Returns
    -------
    Sets
        The sets.
    """
    sites, states = make_sites(measures, places, options=options, standards=standards)
    asks_whole = not options.split_villages if whole is None else whole
    by_band = {
        band: ways_of_band(
            band,
            demand=demand[band],
            walk=minutes[band],
            ride=None if ride is None else ride[band],
            sites=sites,
            states=states,
            today=today,
            observed=observed,
            standards=standards,
            together=options.together,
        )
        for band in BANDS
    }
    weekly = standards.value("journeys_per_week_boarder")
    reach = Reach(
        by_band=by_band,
        # Who may not go where he goes today must be known by his school to be counted.
        apart=asks_whole or options.together or options.equity > 0 or options.worst_max is not None,
        gates=options.gates,
        slack=standards.value("closure_longer_minutes_max"),
        together=options.together,
        boarding_weight=weekly / standards.value("journeys_per_week_daily"),
        longest=np.inf if options.worst_max is None else float(options.worst_max),
    )
    groups, flows = reach.tables()
    junior = sites[sites["bands"].map(lambda b: "g79" in b.split())]
    now = junior[junior["township_id"].notna()]
    return Sets(
        groups=groups,
        sites=sites,
        states=states,
        flows=flows,
        reach=reach,
        townships=pd.Index(sorted(now["township_id"].unique())),
        prices=prices(options, standards),
        limits=_limits(options),
        together=options.together,
        whole=asks_whole,
        equity=float(options.equity),
        worst_share=standards.value("equity_worst_share"),
        differ_from=tuple(
            np.asarray(sites.index.isin(list(layout))) for layout in options.differ_from
        ),
        at_least=int(options.at_least),
        capital_life_years=standards.value("capital_life_years"),
        ground=(
            None
            if neighbours is None or homes is None
            else _ground(demand.index, neighbours, homes.reindex(sites.index))
        ),
        growth=growth,
    )


def _ground(villages: "pd.Index[str]", neighbours: pd.DataFrame, homes: pd.Series) -> Ground:
    names = villages.sort_values()
    one, two = (names.get_indexer(pd.Index(neighbours[c])) for c in ("village_a", "village_b"))
    around: list[set[int]] = [set() for _ in names]
    for a, b in zip(one.tolist(), two.tolist(), strict=True):
        if a != b:
            around[a].add(b)
            around[b].add(a)
    return Ground(
        villages=names,
        around=tuple(tuple(sorted(beside)) for beside in around),
        home=names.get_indexer(pd.Index(homes)).astype(np.int64),
    )


def _limits(options: Options) -> dict[str, float]:
    asked = {
        "budget_yuan": options.budget_yuan,
        "annual_yuan": options.annual_yuan_max,
        "schools": options.schools_max,
        "moved": options.moved_max,
        "minutes": options.minutes_max,
    }
    return {name: np.inf if most is None else float(most) for name, most in asked.items()}
