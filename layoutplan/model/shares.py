"""The model of shares: tight links where they matter, a bound, and a first plan."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from layoutplan.errors import SolverError
from layoutplan.findings import Finding
from layoutplan.model.answer import broken, gap_of, terms_of
from layoutplan.model.constraints import Model
from layoutplan.model.local import ranked
from layoutplan.model.part import INFEASIBLE, OPTIMAL, beside, part_of, solve_part
from layoutplan.model.pupil_rows import links, pair_of_flow
from layoutplan.model.rows import Rows, at, stack
from layoutplan.model.transport import relaxed, whole_pupils
from layoutplan.tables import BANDS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ROUNDS = 12
"""Rounds of adding violated links; each costs one LP, few counties need more than six."""

_WORTH = 2e-3
"""Share of the bound that a round of links must gain for another to be worth its time."""

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


def search_shares(
    model: Model,
    best: Found,
    *,
    gap: float,
    start: float,
    seconds: float,
    tell: Callable[[str, Found], None],
    keep: Callable[[Found], None],
) -> tuple[Found, bool]:
    """Find sites, classes and beds with pupils as shares, then whole pupils.

    The mixed-integer model decides on sites, with links between single pairs and sites
    added where the relaxation violates them.

    Parameters
    ----------
    model
        The model, of shares.
    best
        The best plan so far.
    gap
        Gap at which to stop.
    start
        When the clock started.
    seconds
        Time for this search.
    tell
        Called with the step and the best plan.
    keep
        Called with every better plan, so that it survives an interruption.

    Returns
    -------
    tuple
        The best plan with its bound, and whether the clock ended the links or the search.

    Raises
    ------
    SolverError
        If the hard rules leave no plan at all.
    """
    tell("links", best)
    deadline = start + seconds
    tight = _tighten(model, deadline=start + 0.4 * seconds)
    best = best.at_least(tight.bound)
    keep(best)
    if tight.reduced is not None:
        tell("search", best)
        left = max(deadline - time.monotonic(), _LEAST_SECONDS)
        best = _search_few(model, tight, seconds=_FEW_TIME * left, best=best)
        keep(best)
    for step in range(_SEARCHES):
        tell("search", best)
        left = deadline - time.monotonic()
        if done(model, best, gap):
            return best, tight.cut
        if left <= 0 and best.plan is not None:
            return best, True
        target = _target(model, best, gap, step)
        seconds_left = max(left, _LEAST_SECONDS)
        best = _search(model, tight.rows, target=target, seconds=seconds_left, best=best)
        keep(best)
    return best, tight.cut or time.monotonic() >= deadline


def _search_few(model: Model, tight: "_Tight", *, seconds: float, best: Found) -> Found:
    """Search with the few flows of each group that the relaxation finds cheapest.

    That gives a good plan in a fraction of the time, and no bound.
    """
    columns = model.columns
    if tight.reduced is None or tight.values is None or not len(model.sets.flows):
        return best
    flow = tight.values[columns.flow] > 0
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
    return best.or_better(model, whole_pupils(model, part.values(np.asarray(result.x))))


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
    """Rows with the links that matter, and what their relaxation says."""

    rows: Rows
    bound: float
    cut: bool
    values: Floats | None = None
    reduced: Floats | None = None


def _tighten(model: Model, *, deadline: float) -> _Tight:
    """Add the links that the relaxation violates, until none is worth it or time is up."""
    sets, columns, rows = model.sets, model.columns, model.rows
    pair, first = pair_of_flow(sets)
    site = sets.flows["site"].to_numpy(dtype=np.int64)[first]
    band = sets.flows["band"].map({b: i for i, b in enumerate(BANDS)}).to_numpy()[first]
    pupils = sets.groups["pupils"].to_numpy(dtype=float)[
        sets.flows["group"].to_numpy(dtype=np.int64)[first]
    ]
    tied, every = np.zeros(len(first), dtype=bool), np.arange(columns.n, dtype=np.int64)
    found = _Tight(rows=rows, bound=0.0, cut=False)
    for _ in range(_ROUNDS):
        left = deadline - time.monotonic()
        part = part_of(replace(model, rows=rows), np.zeros(columns.n), every)
        result = relaxed(part, seconds=left) if left > 0 else None
        if result is None or result.status != OPTIMAL:
            # What the clock left of a relaxation is no bound.
            return replace(found, rows=rows, cut=True)
        values, cost = np.asarray(result.x, dtype=float), float(result.fun)
        gained = cost - found.bound > _WORTH * abs(cost)
        reduced = np.asarray(result.lower.marginals) + np.asarray(result.upper.marginals)
        found = _Tight(
            rows=rows, bound=max(found.bound, cost), cut=False, values=values, reduced=reduced
        )
        flow = np.bincount(pair, weights=values[columns.flow], minlength=len(tied))
        opened = share_teaching(model, values)[site, band]
        violated = (flow > pupils * opened + _TOLERANCE * np.maximum(pupils, 1)) & ~tied
        if not violated.any() or not gained:
            break
        tied |= violated
        rows = stack([rows, links(sets, columns, np.flatnonzero(violated))])
    return found


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


def _search(model: Model, rows: Rows, *, target: float, seconds: float, best: Found) -> Found:
    end = time.monotonic() + seconds
    whole = model.columns.whole
    result = beside(partial(_milp, model, rows, whole, seconds=seconds, gap=target))
    if result.status == INFEASIBLE:
        raise SolverError(Finding(code="no_relaxation", values={"why": str(result.message)}))
    dual = getattr(result, "mip_dual_bound", None)
    if dual is not None and np.isfinite(dual):
        best = best.at_least(float(dual))
    if result.x is None:
        return best
    left = max(end - time.monotonic(), _LEAST_SECONDS)
    found = np.asarray(result.x, dtype=float)
    return best.or_better(model, whole_pupils(model, found, seconds=left))


def as_today(model: Model) -> Floats | None:
    """Keep every site as it is, apart from locks; the first state that is free elsewhere.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    numpy.ndarray or None
        Values in which only the whole variables are set; None where a site has no state.
    """
    states, columns = model.sets.states, model.columns
    values = np.zeros(columns.n)
    rank = states["measure"].map({"keep": 0, "unused": 0, "nine_year": 1, "primary_only": 1})
    order = states.assign(rank=rank.fillna(2), column=at(columns.state))
    free = order[order["free"]].sort_values(["site", "rank", "column"])
    chosen = free.drop_duplicates("site")["column"].to_numpy(dtype=np.int64)
    if len(chosen) < len(model.sets.sites):
        return None
    values[chosen] = 1.0
    for part in (columns.extra, columns.beds):
        values[part] = columns.low[part]
    return values
