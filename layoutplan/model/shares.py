"""The model of shares: tight links where they matter, a bound, and a first plan."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from layoutplan.errors import SolverError
from layoutplan.findings import Finding
from layoutplan.model.answer import broken, gap_of, terms_of
from layoutplan.model.constraints import Model
from layoutplan.model.far import (
    NO_PAIRS,
    Tolls,
    carried,
    no_tolls,
    priced,
    wanted,
    widened,
    with_far,
)
from layoutplan.model.local import ranked
from layoutplan.model.part import (
    INFEASIBLE,
    OPTIMAL,
    beside,
    holds,
    part_of,
    seconds_to,
    solve_part,
)
from layoutplan.model.pupil_rows import links, pair_of_flow
from layoutplan.model.rows import Rows, at, stack
from layoutplan.model.transport import relaxed, sent_as_shares, trimmed, whole_pupils
from layoutplan.tables import BANDS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Send = Callable[..., Floats | None]
"""Sends pupils to the sites of a plan; takes model, plan and deadline."""

_ROUNDS = 16
"""Rounds of adding links and ways; each costs one LP, few counties need more than eight."""

_WORTH = 2e-3
"""Share of the bound that a round of links must gain for another to be worth its time."""

_LINKS_TIME = 0.4
"""Share of the time for links and ways."""

_FIRST_GAP = 0.03
"""Gap of the first, quick plan, which is kept if the search is stopped."""

_SEARCHES = 4
"""Searches with smaller and smaller gaps."""

_FEW = 2
"""Flows of each group, besides those in use, that the first search has."""

_FEW_GAP = 2e-3
"""Gap of that search."""

_FEW_TIME = 0.6
"""Share of the time that is left which it may take."""

_FEW_SHARE = 0.5
"""It is worth its time where it has at most this share of the flows."""

_LEAST_SECONDS = 1.0
"""Seconds that a step has even where the clock has run out, so that there is an answer."""

_TOLERANCE = 1e-6

_WANTED = 1e-5
"""Share of the optimum that ways left out must promise to be added before the search."""

_WIDER = 6
"""So many times the search adds ways that its solutions want."""

_CENT = 0.01
"""Differences below one hundredth of a yuan a year are rounding."""

_EXACT = 1e-9


@dataclass(frozen=True, eq=False, kw_only=True)
class Found:
    """The best plan so far.

    Parameters
    ----------
    plan
        Values of all variables; None where there is no plan.
    cost
        Yuan a year.
    bound
        No plan costs less; from 0, as every cost is.
    """

    plan: Floats | None = None
    cost: float = np.inf
    bound: float = 0.0

    def at_least(self, bound: float) -> "Found":
        """Give the same plan with a bound that may be better.

        Parameters
        ----------
        bound
            A bound.

        Returns
        -------
        Found
            The plan with the better of the two.
        """
        return Found(plan=self.plan, cost=self.cost, bound=max(self.bound, bound))

    def or_better(self, model: Model, values: Floats | None) -> "Found":
        """Give the cheaper of two plans.

        Parameters
        ----------
        model
            The model.
        values
            Another plan, or None.

        Returns
        -------
        Found
            The cheaper one.
        """
        if values is None:
            return self
        cost = float(model.columns.cost @ values)
        if cost >= self.cost:
            return self
        return Found(plan=values, cost=cost, bound=self.bound)


def done(model: Model, best: Found, gap: float) -> bool:
    """Tell whether a plan is within a gap of its bound.

    Parameters
    ----------
    model
        The model.
    best
        The best plan so far.
    gap
        The gap asked for; see `layoutplan.model.answer.gap_of`.

    Returns
    -------
    bool
        Whether it is.
    """
    if best.plan is None:
        return False
    prices = broken(terms_of(model, best.plan))
    return gap_of(best.cost, best.bound, broken=prices) <= max(gap, _EXACT)


@dataclass(frozen=True, eq=False, kw_only=True)
class Searched:
    """What a search of the model of shares ends with.

    Parameters
    ----------
    model
        The model, with the ways that the search added.
    best
        The best plan with its bound, which holds for all lawful ways.
    wider
        The ways that were added; see `layoutplan.model.reach.Reach.wider`.
    tolls
        What places and beds are worth in the relaxation.
    cut
        Whether the clock ended the links or the search.
    """

    model: Model
    best: Found
    wider: pd.DataFrame
    tolls: Tolls
    cut: bool


def search_shares(
    model: Model,
    best: Found,
    *,
    gap: float,
    deadline: float,
    reserve: float = 0.0,
    needed: bool = True,
    persons: bool = True,
    tell: Callable[[str, Found], None],
    keep: Callable[[Model, Found], None],
) -> Searched:
    """Find sites, classes and beds with pupils as shares, then whole pupils where asked for.

    The mixed-integer model decides on sites, with links between single pairs and sites
    added where the relaxation violates them. It knows the ways that the flows leave out by
    their least price, see `layoutplan.model.far`, and gets those of use.

    Parameters
    ----------
    model
        The model, of shares.
    best
        The best plan so far.
    gap
        Gap at which to stop.
    deadline
        When to stop, by the monotonic clock.
    reserve
        Seconds that whole pupils take at the end.
    needed
        Whether there is to be a plan even where the clock has run out.
    persons
        Whether pupils of the plan are whole; its sites are all that is asked for otherwise.
    tell
        Called with the step and the best plan.
    keep
        Called with the model and every better plan, so that it survives an interruption.

    Returns
    -------
    Searched
        The best plan with its bound.

    Raises
    ------
    SolverError
        If the hard rules leave no plan at all.
    """
    tell("links", best)
    start, send = time.monotonic(), whole_pupils if persons else _parts_of_pupils
    tight = _tighten(model, deadline=start + _LINKS_TIME * seconds_to(deadline))
    best = _in_ways_of(model, tight.model, best).at_least(tight.bound)
    keep(tight.model, best)
    if tight.reduced is not None:
        tell("search", best)
        left = _FEW_TIME * max(deadline - reserve - time.monotonic(), 0.0)
        best = _search_few(tight, seconds=left, best=best, deadline=deadline, send=send)
        keep(tight.model, best)
    elif best.plan is not None or not needed:
        # Where time is too short for the relaxation, it is for the whole model.
        return tight.ending(best, cut=True)
    step, wider = 0, 0
    while step < _SEARCHES:
        tell("search", best)
        left = deadline - reserve - time.monotonic()
        if done(tight.model, best, gap):
            return tight.ending(best, cut=tight.cut)
        if left <= 0 and (best.plan is not None or not needed):
            return tight.ending(best, cut=True)
        target = _target(tight.model, best, gap, step)
        best, pairs = _search(
            tight, target=target, seconds=max(left, _LEAST_SECONDS), deadline=deadline, best=best,
            send=send,
        )  # fmt: skip
        keep(tight.model, best)
        if len(pairs) and wider < _WIDER and seconds_to(deadline) > 0:
            wider += 1
            more = tight.wider(pairs)
            best, tight = _in_ways_of(tight.model, more.model, best), more
            keep(tight.model, best)
        else:
            step += 1
    return tight.ending(best, cut=tight.cut or seconds_to(deadline - reserve) <= 0)


def _in_ways_of(old: Model, new: Model, best: Found) -> Found:
    """Write the best plan in the variables of a model with more ways."""
    if best.plan is None or new is old:
        return best
    return replace(best, plan=carried(old, new, best.plan))


def _parts_of_pupils(model: Model, found: Floats, *, deadline: float = np.inf) -> Floats | None:
    """Fix the sites and send shares of pupils at least cost, as `whole_pupils` sends whole ones."""
    sent = sent_as_shares(model, found, deadline=deadline)
    if sent is None or not holds(model, sent.plan):
        return None
    # What is taken out for whole pupils may be needed by a trace of one.
    less = trimmed(model, sent.plan)
    return less if holds(model, less) else sent.plan


def _search_few(
    tight: "_Tight", *, seconds: float, deadline: float, best: Found, send: Send
) -> Found:
    """Search with the few flows of each group that the relaxation finds cheapest.

    That gives a good plan in a fraction of the time, and no bound.
    """
    model, columns = tight.model, tight.model.columns
    if tight.reduced is None or tight.corner is None or not len(model.sets.flows):
        return best
    if seconds <= 0:
        return best
    flow = tight.corner[columns.flow] > 0
    stay = model.sets.flows["stay"].to_numpy(dtype=bool)
    group = model.sets.flows["group"].to_numpy(dtype=np.int64)
    rank = ranked(group, np.where(flow, -np.inf, tight.reduced[columns.flow]))
    kept = flow | stay | (rank < _FEW)
    if kept.mean() > _FEW_SHARE:
        return best
    others = np.arange(columns.flow.stop, columns.n, dtype=np.int64)
    linked = replace(model, rows=tight.rows)
    part = part_of(linked, np.zeros(columns.n), np.concatenate([at(columns.flow)[kept], others]))
    result = beside(partial(solve_part, part, seconds=seconds, gap=_FEW_GAP))
    if result.x is None:
        return best
    found = part.values(np.asarray(result.x))
    return best.or_better(model, send(model, found, deadline=deadline))


def _target(model: Model, best: Found, gap: float, step: int) -> float:
    """Give the solver its gap: a rough one first, then what the ordinary costs ask for."""
    if step == 0:
        return max(gap, _FIRST_GAP)
    if best.plan is None or best.cost <= 0:
        return gap
    prices = broken(terms_of(model, best.plan))
    share = min(1.0, max(best.cost - prices, _CENT) / best.cost)
    return gap * share * 0.5 ** (step - 1)


@dataclass(frozen=True, eq=False, kw_only=True)
class _Tight:
    """The model with the ways and links that matter, and what its relaxation says."""

    model: Model
    rows: Rows
    tied: pd.DataFrame
    added: pd.DataFrame
    tolls: Tolls
    bound: float = 0.0
    cut: bool = False
    corner: Floats | None = None
    reduced: Floats | None = None

    def wider(self, pairs: pd.DataFrame) -> "_Tight":
        """Add ways, and links for them and for all pairs that had one."""
        model = widened(self.model, pairs)
        old = _pairs_of(self.model)
        new = _pairs_of(model)
        fresh = new[~pd.MultiIndex.from_frame(new).isin(pd.MultiIndex.from_frame(old))]
        added = pd.concat([self.added, pairs], ignore_index=True)
        found = _Tight(
            model=model, rows=model.rows, tied=self.tied.iloc[:0], added=added, tolls=self.tolls,
            bound=self.bound, cut=self.cut,
        )  # fmt: skip
        return found.linked(pd.concat([self.tied, fresh], ignore_index=True))

    def linked(self, some: pd.DataFrame) -> "_Tight":
        """Tie pairs of group and site."""
        number = pd.MultiIndex.from_frame(_pairs_of(self.model)).get_indexer(
            pd.MultiIndex.from_frame(some)
        )
        more = links(self.model.sets, self.model.columns, np.unique(number))
        tied = pd.concat([self.tied, some], ignore_index=True)
        return replace(self, rows=stack([self.rows, more]), tied=tied)

    def ending(self, best: Found, *, cut: bool) -> Searched:
        """Give what a search ends with."""
        return Searched(model=self.model, best=best, wider=self.added, tolls=self.tolls, cut=cut)


def _pairs_of(model: Model) -> pd.DataFrame:
    """List group and site of each pair, as `pair_of_flow` numbers them."""
    _, first = pair_of_flow(model.sets)
    return model.sets.flows.iloc[first][["group", "site"]]


def _tighten(model: Model, *, deadline: float) -> _Tight:
    """Add links that the relaxation violates and ways that it wants, while it is worth it."""
    found = _Tight(
        model=model, rows=model.rows, tied=_pairs_of(model).iloc[:0], added=NO_PAIRS,
        tolls=no_tolls(model.sets),
    )  # fmt: skip
    cost, solved = 0.0, found
    for _ in range(_ROUNDS):
        model, left = found.model, deadline - time.monotonic()
        every = np.arange(model.columns.n, dtype=np.int64)
        part = part_of(replace(model, rows=found.rows), np.zeros(model.columns.n), every)
        result = relaxed(part, seconds=left) if left > 0 else None
        if result is None or result.status != OPTIMAL:
            # What the clock left of a relaxation is no bound; the one before tells where to look.
            return replace(solved, cut=True)
        values, now = np.asarray(result.x, dtype=float), float(result.fun)
        gained, cost = now - cost > _WORTH * abs(now), now
        reduced = np.asarray(result.lower.marginals) + np.asarray(result.upper.marginals)
        prices = priced(model, reduced)
        found = replace(
            found, tolls=prices.tolls, corner=values, reduced=reduced,
            bound=max(found.bound, now + prices.missing),
        )  # fmt: skip
        solved = found
        violated = _violated(found, values)
        if len(violated) and gained:
            found = found.linked(violated)
        elif prices.missing < -_WANTED * abs(now):
            found, cost = found.wider(prices.wanted), 0.0
        else:
            break
    return found


def _violated(tight: _Tight, values: Floats) -> pd.DataFrame:
    """List the pairs whose link the relaxation violates."""
    model, sets = tight.model, tight.model.sets
    pair, first = pair_of_flow(sets)
    group, site = (sets.flows[c].to_numpy(dtype=np.int64)[first] for c in ("group", "site"))
    band = sets.flows["band"].map({b: i for i, b in enumerate(BANDS)}).to_numpy()[first]
    pupils = sets.groups["pupils"].to_numpy(dtype=float)[group]
    flow = np.bincount(pair, weights=values[model.columns.flow], minlength=len(first))
    opened = share_teaching(model, values)[site, band]
    over = flow > pupils * opened + _TOLERANCE * np.maximum(pupils, 1)
    pairs: pd.DataFrame = _pairs_of(model)
    tied = pd.MultiIndex.from_frame(pairs).isin(pd.MultiIndex.from_frame(tight.tied))
    return pairs[pd.Series(over & ~tied, index=pairs.index)]


def share_teaching(model: Model, values: Floats) -> Floats:
    """Give the share to which each site teaches each band in a relaxation.

    Parameters
    ----------
    model
        The model.
    values
        Values of all variables.

    Returns
    -------
    numpy.ndarray
        Sites x bands, from 0 to 1.
    """
    states = model.sets.states
    found = np.zeros((len(model.sets.sites), len(BANDS)))
    site = states["site"].to_numpy(dtype=np.int64)
    for i, name in enumerate(BANDS):
        share = values[model.columns.state] * states[f"teaches_{name}"].to_numpy(dtype=float)
        found[:, i] = np.bincount(site, weights=share, minlength=len(found))
    return found


def _milp(
    model: Model, rows: Rows, whole: Ints, *, seconds: float = np.inf, gap: float = 0.0
) -> OptimizeResult:
    return milp(
        model.columns.cost,
        constraints=LinearConstraint(rows.matrix, rows.low, rows.high),
        bounds=Bounds(model.columns.low, model.columns.high),
        integrality=whole,
        options={"time_limit": seconds, "mip_rel_gap": gap},
    )


def _search(
    tight: _Tight, *, target: float, seconds: float, deadline: float, best: Found, send: Send
) -> tuple[Found, pd.DataFrame]:
    """Solve the mixed-integer model; give the plan, and the ways that it wants besides."""
    model, whole = with_far(tight.model, tight.tolls), tight.model.columns.whole
    result = beside(partial(_milp, model, tight.rows, whole, seconds=seconds, gap=target))
    if result.status == INFEASIBLE:
        raise SolverError(Finding(code="no_relaxation", values={"why": str(result.message)}))
    dual = getattr(result, "mip_dual_bound", None)
    if dual is not None and np.isfinite(dual):
        best = best.at_least(float(dual))
    if result.x is None:
        return best, NO_PAIRS
    found = np.asarray(result.x, dtype=float)
    if best.plan is None:
        # There is to be a plan, even if the clock has run out.
        deadline = max(deadline, time.monotonic() + _LEAST_SECONDS)
    best = best.or_better(tight.model, send(tight.model, found, deadline=deadline))
    return best, wanted(tight.model, found, tight.tolls)
