"""Column generation: areas that pay, cuts, and plans made of them."""

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from layoutplan.location.contiguous.asked import Asked, Standing, standing
from layoutplan.location.contiguous.master import Around, Shares, reduced_costs, shares
from layoutplan.location.contiguous.partition import partitioned, plan_of
from layoutplan.location.contiguous.pool import Pool
from layoutplan.location.contiguous.pricing import Duals, priced
from layoutplan.location.contiguous.subset_rows import FRACTIONAL, Cuts, no_cuts, separated
from layoutplan.location.contiguous.universe import WORD, universe
from layoutplan.location.problem import Floats, Ints

BEAMS = (60, 240, 1000)
"""Areas per site and size while pricing; wider where nothing is found."""
KEEP = 40
"""Areas per site and round: many at once settle the prices sooner than few good ones."""
WORK = 4000
"""Areas in the master problem besides those that pay."""
PULL = 0.1
"""Unit price of leaving the box of prices."""
WIDTH = 0.1
"""First width of the box, in mean costs."""
WIDER, NARROWER = 3.0, 0.8
"""The box grows where it holds back good prices and shrinks where prices swing."""
SWINGS = 0.002
"""Prices swing where the bound is this share below the value."""
SETTLED = 1e-6
"""Prices are settled where the bound is this share below the value."""
QUIET = 6
"""Master problems in a row that find no area while prices are held back."""
STEPS = 80
"""Master problems between two rounds of cuts."""
ROUNDS = 12
"""Rounds of cuts."""
NEAR = 0.006
"""Share of the value within which areas count where no plan is known."""
CLOSE = 0.01
"""A plan is looked for once the best known is this share above the value."""
COLUMNS = 15_000
"""Most areas to choose a plan from."""
RICH = 400
"""Areas per site that are added before a plan is chosen."""
MISSING = 30.0
"""Price of an uncovered unit, in mean costs."""
CHOICE_SHARE = 0.25
"""Share of the time that is left to choose a plan where areas still pay when it is over."""
LEAST = 1e-9


@dataclass(slots=True)
class Search:
    """A column generation under way.

    Parameters
    ----------
    asked
        The problem.
    pool
        Areas seen.
    room
        Room of each row of the universe.
    centre, width
        The box of prices.
    missing
        Price of leaving units uncovered.
    work
        Areas of the master problem.
    best
        The best plan so far and how good it is.
    until
        The moment to stop looking for areas.
    end
        The moment to stop altogether: a plan is chosen in between.
    """

    asked: Asked
    pool: Pool
    room: Floats
    centre: Floats
    width: Floats
    missing: Floats
    work: Ints
    best: tuple[Standing, Ints]
    until: float
    end: float
    cuts: Cuts = field(default_factory=no_cuts)
    bound: float = -np.inf

    def late(self) -> bool:
        """Tell whether the time to look for areas is over.

        Returns
        -------
        bool
            Whether it is.
        """
        return time.monotonic() >= self.until

    def offer(self, assignment: Ints) -> None:
        """Keep a plan if it is the best.

        Parameters
        ----------
        assignment
            A plan.
        """
        how = standing(self.asked.problem, assignment)
        if how < self.best[0]:
            self.best = (how, assignment)

    @property
    def known(self) -> float:
        """Give the cost of the best plan without overload."""
        return self.best[0][2] if self.best[0][1] <= self.excused else np.inf

    @property
    def excused(self) -> float:
        """Give the overload that no plan avoids: own units larger than their site."""
        problem, sites = self.asked.problem, self.asked.sites
        return float((self.asked.room - problem.capacity)[sites].sum()) + LEAST


def generated(
    asked: Asked, plans: list[Ints], *, until: float, rounds: int = ROUNDS, places: int = WORD
) -> tuple[Ints, bool]:
    """Improve plans by column generation over connected areas.

    The linear problem over all connected areas within the room is solved by pricing, made
    tighter by subset-row cuts, and a plan is chosen from the areas whose reduced cost is less
    than what the best plan lies above it (Barnhart et al. 1998, "Branch-and-price"; Baldacci,
    Christofides and Mingozzi 2008 for the choice). Pricing is a heuristic here, so that the
    value of the linear problem is no bound.

    Parameters
    ----------
    asked
        The problem.
    plans
        Plans whose areas are connected, at least one.
    until
        The moment, by ``time.monotonic``, to stop.
    rounds
        Rounds of cuts at most.
    places
        Units per site that its areas may hold.

    Returns
    -------
    tuple
        The best plan, and whether the areas seen hold no better one.
    """
    search = _begun(asked, plans, until, places)
    for step in range(rounds + 1):
        solved = _settled(search)
        if solved is None:
            break
        if _looked_for_plan(search, solved, last=step == rounds):
            return search.best[1], True
        if search.late():
            break
        fresh = separated(search.pool.holds[solved.work], solved.share, search.cuts)
        if not len(fresh):
            break
        search.cuts = np.r_[search.cuts, fresh]
    return search.best[1], False


def _begun(asked: Asked, plans: list[Ints], until: float, places: int) -> Search:
    """Take up plans.

    Parameters
    ----------
    asked
        The problem.
    plans
        Plans.
    until
        The moment to stop.
    places
        Units per site.

    Returns
    -------
    Search
        The beginning: their areas, and prices from the problem that may split units.
    """
    problem = asked.problem
    pool = Pool(universe=universe(asked, places), n_units=problem.n_units)
    loads_fit = []
    for plan in plans:
        areas = pool.take_plan(plan, asked.sites)
        loads_fit.append(areas)
    taken = np.unique(np.concatenate(loads_fit)) if loads_fit else np.zeros(0, dtype=np.int64)
    room = asked.room[asked.sites]
    fits = pool.holds[taken] @ problem.demand <= room[pool.row[taken]] + LEAST
    # Areas beyond their room stay in the pool without use: they never enter the work.
    pool.cost[taken[~fits]] = np.inf
    best = min(((standing(problem, plan), plan) for plan in plans), key=lambda pair: pair[0])
    prices, rents = split_prices(asked)
    mean_unit = max(best[0][2], LEAST) / max(problem.n_units, 1)
    mean_demand = max(best[0][2], LEAST) / max(float(problem.demand.sum()), LEAST)
    weight = mean_unit + mean_demand * problem.demand
    own = asked.own[asked.sites]
    prices[own] -= rents * room
    width = WIDTH * weight
    width[own] += WIDTH * mean_demand * room
    return Search(
        asked=asked,
        pool=pool,
        room=room,
        centre=prices,
        width=width,
        missing=MISSING * weight,
        work=taken[fits],
        best=best,
        until=until - CHOICE_SHARE * max(until - time.monotonic(), 0.0),
        end=until,
    )


def split_prices(asked: Asked) -> tuple[Floats, Floats]:
    """Give the prices of units and the rent of room where units may be split.

    Parameters
    ----------
    asked
        The problem.

    Returns
    -------
    tuple of Floats
        Price of each unit and rent of each open site's room per demand; where even shares do
        not fit, what lies beyond the room costs the mean price.
    """
    problem = asked.problem
    unit, row = np.nonzero(asked.reach[:, asked.sites])
    count, sites = len(unit), len(asked.sites)
    cost = asked.cost[unit, asked.sites[row]]
    beyond = MISSING * max(float(cost.sum()), LEAST) / max(float(problem.demand[unit].sum()), LEAST)
    at = np.arange(count)
    covers = sp.csr_array((np.ones(count), (unit, at)), shape=(problem.n_units, count + sites))
    some = np.asarray(covers.sum(axis=1)) > 0
    uses = sp.hstack(
        [
            sp.csr_array((problem.demand[unit], (row, at)), shape=(sites, count)),
            -sp.eye_array(sites),
        ],
        format="csr",
    )
    rows: Any = covers[some]
    uses_: Any = uses
    solved: Any = linprog(
        np.r_[cost, np.full(sites, beyond)],
        A_eq=rows,
        b_eq=np.ones(int(some.sum())),
        A_ub=uses_,
        b_ub=asked.room[asked.sites],
        method="highs",
    )
    prices = np.zeros(problem.n_units)
    if solved.status != 0:
        return prices, np.zeros(sites)
    prices[some] = solved.eqlin.marginals
    return prices, np.maximum(-solved.ineqlin.marginals, 0)


def _settled(search: Search) -> Shares | None:
    """Price areas until none is missing.

    Parameters
    ----------
    search
        The search.

    Returns
    -------
    Shares or None
        The solution of the last master problem; None where there was none.
    """
    solved, quiet = None, 0
    for _ in range(STEPS):
        if solved is not None and search.late():
            break
        around = Around(centre=search.centre, width=search.width, pull=PULL)
        latest = shares(search.pool, search.work, search.cuts, search.missing, around)
        if latest is None:
            break
        solved = latest
        held = solved.held > FRACTIONAL
        fresh, least = _priced_in(search, solved.duals, wide=not held.any())
        bound = float(solved.duals.unit.sum() - solved.duals.penalty.sum() + least.sum())
        gap = -float(least.sum()) / max(abs(solved.value), LEAST)
        if bound > search.bound + LEAST:
            search.bound, search.centre = bound, solved.duals.unit
            search.width = np.where(held, search.width * WIDER, search.width)
        elif gap > SWINGS:
            search.width = np.maximum(search.width * NARROWER, LEAST)
        if fresh and gap > SETTLED:
            quiet = 0
        elif not held.any():
            break
        else:
            search.centre = solved.duals.unit
            quiet += 1
            search.width = np.where(held, search.width * WIDER**quiet, search.width)
            if quiet == QUIET:
                break
        _renewed(search, solved)
    return solved


def _priced_in(search: Search, duals: Duals, *, wide: bool) -> tuple[bool, Floats]:
    """Look for areas that pay.

    Parameters
    ----------
    search
        The search.
    duals
        Prices.
    wide
        Whether to look more closely where there is none.

    Returns
    -------
    tuple
        Whether there are new ones, and the least reduced cost of each site, at most 0.
    """
    universe_, pool = search.pool.universe, search.pool
    below = -FRACTIONAL * max(abs(search.best[0][2]) / max(pool.n_units, 1), LEAST)
    least = np.zeros(len(search.room))
    for beam in BEAMS if wide else BEAMS[:-1]:
        grown = priced(universe_, search.room, duals, beam=beam, keep=KEEP, below=below)
        np.minimum.at(least, grown.row, grown.reduced)
        if len(pool.add(grown.row, grown.mask)):
            return True, least
    return False, least


def _renewed(search: Search, solved: Shares) -> None:
    """Choose the areas of the next master problem: those in use and those of least cost.

    Parameters
    ----------
    search
        The search.
    solved
        The last solution.
    """
    reduced = reduced_costs(search.pool, solved.duals)
    most = max(WORK, min(int((reduced < 0).sum()), 2 * WORK))
    usable = np.isfinite(reduced)
    order = np.argsort(reduced, kind="stable")[: min(most, int(usable.sum()))]
    search.work = np.union1d(order, solved.work[solved.share > FRACTIONAL])


def _looked_for_plan(search: Search, solved: Shares, *, last: bool) -> bool:
    """Choose a plan from the areas seen.

    Parameters
    ----------
    search
        The search.
    solved
        The settled master problem.
    last
        Whether there is no further round.

    Returns
    -------
    bool
        Whether nothing better is to be found here.
    """
    value, pool, sites = solved.value, search.pool, search.asked.sites
    if solved.uncovered < FRACTIONAL and (np.abs(solved.share - 0.5) > 0.5 - FRACTIONAL).all():
        search.offer(plan_of(pool, solved.work[solved.share > 1 - FRACTIONAL], sites))
        return True
    gap = search.known - value
    if gap <= 0:
        return True
    if (
        not last
        and not search.late()
        and (len(search.cuts) == 0 or (np.isfinite(gap) and gap > CLOSE * value))
    ):
        return False
    late = search.late()
    gap = min(gap, NEAR * value)
    grown = priced(pool.universe, search.room, solved.duals, beam=BEAMS[1], keep=RICH, below=gap)
    pool.add(grown.row, grown.mask)
    reduced = reduced_costs(pool, solved.duals)
    order = np.argsort(reduced, kind="stable")
    near = order[reduced[order] < gap]
    columns = np.union1d(near[:COLUMNS], solved.work[solved.share > FRACTIONAL])
    if np.isfinite(search.known):
        # With the areas of a plan within the room there is always one to find.
        columns = np.union1d(columns, pool.take_plan(search.best[1], sites))
    # One that is looked for at the end of the time is the last, and has what was left for it.
    left = (search.end if last or late else search.until) - time.monotonic()
    seconds = left if last or late else 0.3 * left
    areas, done = partitioned(pool, columns, search.cuts, seconds=seconds)
    if areas is not None:
        search.offer(plan_of(pool, areas, sites))
    return done and not late and len(near) <= COLUMNS
