"""Whole groups: each goes to one site and way; rounding, then local changes."""

import time
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.model.best import Found, done
from layoutplan.model.constraints import Model
from layoutplan.model.local import (
    nearness,
    ranked,
    resolve_near,
    sites_near,
    with_all_links,
)
from layoutplan.model.part import beside, holds, part_of, seconds_to, solve_part
from layoutplan.model.rows import at
from layoutplan.model.transport import (
    LINKS,
    Sent,
    fixed_sites,
    levelled,
    sent_as_shares,
    taught,
    trimmed,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FLOWS_KEPT = 1
"""Flows of smallest reduced cost that rounding keeps, per group; more make it useless."""

_ROUNDING_GAP = 5e-4
_ROUNDING_NODES = 20_000

_WHOLE_SHARE = 1e-6
"""A group goes whole where no more than this share of it goes elsewhere."""

_FLOWS_OF_PARTED = 12
"""Cheapest flows that a parted group may take."""

_FLOWS_OF_SMALL = 4
"""Cheapest flows that a small group may take to make room."""

_SMALL_GROUP = 8
"""Groups of up to so many pupils are moved to make room for those that were parted."""

_TIGHT = 40
"""Free places up to which a site counts as full."""

_NEIGHBOURS = (3, 5, 7)
"""Open sites round the one in question; more where nothing improves."""

_LOCAL_SECONDS = 2.5
"""Most seconds of one local search."""

_PRICES_TIME = 0.2
"""Share of the time of local changes for prices that tell where to begin."""

_GAIN = 1e-7
"""Relative gain below which a change is rounding."""


def _small_change(model: Model, values: Floats, parted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Choose small groups at full sites, which can make room or fill what is left."""
    sets, columns = model.sets, model.columns
    rows = model.family["within_places"]
    load = model.rows.matrix[rows] @ values
    # Counted without overload, the row is what the site has beyond its places.
    load = load + values[columns.overload]
    group, site = (sets.flows[c].to_numpy(dtype=np.int64) for c in ("group", "site"))
    asked = np.zeros(len(sets.sites), dtype=bool)
    asked[site[parted[group] & (values[columns.flow] > 0)]] = True
    tight = (load > -_TIGHT) & (asked | (load > 0))
    pupils = sets.groups["pupils"].to_numpy(dtype=float)
    here = np.zeros(len(pupils), dtype=bool)
    here[group[(values[columns.flow] > 0) & tight[site]]] = True
    return here & (pupils <= _SMALL_GROUP)


def transported(model: Model, found: Floats, *, deadline: float = np.inf) -> Floats | None:
    """Send pupils as shares to the sites of a plan, at least cost.

    Parameters
    ----------
    model
        The model of whole groups.
    found
        A plan, of which only the whole variables of sites matter.
    deadline
        When to stop, by the monotonic clock.

    Returns
    -------
    numpy.ndarray or None
        Values of all variables; None where hard rules bar that or time was too short.
    """
    sent = sent_as_shares(model, found, deadline=deadline)
    return None if sent is None else sent.plan


def rounded(model: Model, sent: Sent, *, deadline: float) -> Floats | None:
    """Send whole groups to the sites of a plan of shares.

    The transport problem with shares prices every flow; those of smallest reduced cost and
    those that it uses are kept, and the integer model on them, in which classes and
    beds may still change, sends each group to one site.

    Parameters
    ----------
    model
        The model of whole groups.
    sent
        The transport problem, solved.
    deadline
        When to stop, by the monotonic clock.

    Returns
    -------
    numpy.ndarray or None
        Values of all variables; None where nothing was found within the hard rules.
    """
    columns, part = model.columns, sent.part
    seconds = seconds_to(deadline)
    if seconds <= 0:
        return None
    used = sent.plan[part.free] > 0
    flows = part.free < columns.flow.stop
    order = np.where(taught(model, part.start), np.abs(sent.reduced[flows]), np.inf)
    order = np.where(used[flows], -1.0, order)
    most = _FLOWS_KEPT * len(model.sets.groups) + int(used[flows].sum())
    kept = np.argsort(order, kind="stable")[:most]
    kept = kept[np.isfinite(order[kept])]
    decided = columns.whole.astype(bool)
    decided[columns.bare], decided[columns.flow] = False, True
    others = np.flatnonzero(~decided)
    free = np.sort(np.concatenate([kept, others, at(columns.extra), at(columns.beds)]))
    smaller = part_of(model, part.start, free, rows=model.without(*LINKS))
    work = partial(solve_part, smaller, seconds=seconds, gap=_ROUNDING_GAP, nodes=_ROUNDING_NODES)
    answer = beside(work)
    if answer.x is None:
        return None
    values = smaller.values(np.asarray(answer.x, dtype=float))
    return trimmed(model, values) if holds(model, values) else None


def fractions_rounded(model: Model, shares: Floats, *, deadline: float) -> Floats | None:
    """Make the few groups whole that a plan of shares parts.

    A corner of a transport problem parts hardly more groups than there are full sites. All
    others stay where they go; those that are parted are sent by a small integer model, in
    which classes and beds may change.

    Parameters
    ----------
    model
        The model of whole groups.
    shares
        Values of all its variables, with the sites decided and pupils as shares.
    deadline
        When to stop, by the monotonic clock.

    Returns
    -------
    numpy.ndarray or None
        Values of all variables; None where nothing was found within the hard rules.
    """
    columns, n = model.columns, len(model.sets.groups)
    group = model.sets.flows["group"].to_numpy(dtype=np.int64)
    pupils = model.sets.groups["pupils"].to_numpy(dtype=float)
    flow = shares[columns.flow]
    most = np.zeros(n)
    np.maximum.at(most, group, flow)
    np.maximum.at(most, np.arange(n), shares[columns.unserved])
    parted = most < pupils * (1 - _WHOLE_SHARE)
    values = shares.copy()
    values[columns.flow] = np.where(flow > 0.5 * pupils[group], pupils[group], 0.0)
    values[columns.unserved] = np.where(shares[columns.unserved] > 0.5 * pupils, pupils, 0.0)
    moving = parted | _small_change(model, values, parted)
    allowed = taught(model, shares) & moving[group]
    cost = np.where(allowed, columns.cost[columns.flow], np.inf)
    rank = ranked(group, cost)
    most_ways = np.where(parted, _FLOWS_OF_PARTED, _FLOWS_OF_SMALL)[group]
    kept = allowed & ((rank < most_ways) | (flow > 0))
    aux = [
        at(part)
        for part in (
            columns.above, columns.level, columns.overload, columns.short, columns.oversize,
            columns.extra, columns.beds,
        )
    ]  # fmt: skip
    free = np.concatenate([at(columns.flow)[kept], at(columns.unserved)[moving], *aux])
    part = part_of(model, values, np.sort(free), rows=model.without(*LINKS))
    seconds = seconds_to(deadline)
    if seconds <= 0:
        return None
    work = partial(solve_part, part, seconds=seconds, gap=_ROUNDING_GAP, nodes=_ROUNDING_NODES)
    answer = beside(work)
    if answer.x is None:
        return None
    found = part.values(np.asarray(answer.x, dtype=float))
    return trimmed(model, found) if holds(model, found) else None


def greedy(model: Model, found: Floats) -> Floats | None:
    """Send pupils where it costs least at the sites of a plan, whatever the places.

    That takes next to no time, so that there is a plan where the clock leaves no other.

    Parameters
    ----------
    model
        The model, of whole groups or of shares.
    found
        A plan, of which only the whole variables of sites matter.

    Returns
    -------
    numpy.ndarray or None
        Values of all variables; None where hard rules bar that.
    """
    columns, flows = model.columns, model.sets.flows
    part = fixed_sites(model, found)
    group = model.sets.flows["group"].to_numpy(dtype=np.int64)
    cost = np.where(taught(model, part.start), columns.cost[columns.flow], np.inf)
    # Beds are few: whoever is sent at once goes daily.
    cost = np.where(flows["weight"] < 1, np.inf, cost)
    order = np.lexsort((np.arange(len(group)), cost, group))
    # Of the ways of those who stay at a site, only the cheapest is taken.
    ways = flows.iloc[order]
    again = ways["stay"].to_numpy(dtype=bool) & ways.duplicated(["group", "site", "stay"])
    order = order[np.isfinite(cost[order]) & ~again.to_numpy(dtype=bool)]
    room = pd.Series(columns.high[columns.flow][order])
    before = room.groupby(group[order]).cumsum() - room
    pupils = model.sets.groups["pupils"].to_numpy(dtype=float)
    sent = np.clip(pupils[group[order]] - before.to_numpy(dtype=float), 0.0, room)
    values = part.start.copy()
    values[at(columns.flow)[order]] = sent
    level = (part.free >= columns.above.start) & (part.free < columns.level.stop)
    free = part.free[(part.free >= columns.unserved.start) & ~level]
    rest = part_of(model, values, free, rows=model.without(*LINKS, "worst_off"))
    answer = beside(partial(solve_part, rest))
    if answer.x is None:
        return None
    values = levelled(model, rest.values(np.asarray(answer.x, dtype=float)))
    return trimmed(model, values) if holds(model, values) else None


def improved(
    model: Model,
    best: Found,
    *,
    gap: float,
    deadline: float,
    tell: Callable[[Found], None],
    keep: Callable[[Found], None],
) -> tuple[Found, bool]:
    """Improve a plan by local changes until none helps.

    The site with the largest potential, that is, with what it and its pupils cost beyond
    what these pay elsewhere, is taken with its nearest open sites and the nearest closed
    ones; the small model of them is solved, and what is better is kept. Where nothing
    improves, more sites are taken at a time. The work is counted: every site is looked at
    once per size, and again after a change near it.

    Parameters
    ----------
    model
        The model of whole groups.
    best
        A plan with its bound.
    gap
        Gap at which to stop.
    deadline
        When to stop, by the monotonic clock.
    tell
        Called with the best plan now and then.
    keep
        Called with every better plan.

    Returns
    -------
    tuple
        The best plan, and whether the clock ended the search.
    """
    plan = best.plan
    if plan is None:
        return best, False
    if time.monotonic() >= deadline:
        return best, True
    linked, near = with_all_links(model), nearness(model)
    prices = _group_prices(model, plan, deadline=deadline)
    for size in _NEIGHBOURS:
        waiting = np.ones(len(model.sets.sites), dtype=bool)
        while waiting.any():
            if time.monotonic() >= deadline:
                return best, True
            if done(model, best, gap):
                return best, False
            site = _worst(model, plan, prices, waiting)
            sites = sites_near(model, plan, near, site, opened=size, closed=size)
            waiting[site] = False
            left = min(_LOCAL_SECONDS, max(deadline - time.monotonic(), 0.0))
            tried = resolve_near(linked, plan, sites, seconds=left)
            if tried is None:
                continue
            cost = float(model.columns.cost @ tried)
            if cost < best.cost * (1 - _GAIN) and holds(model, tried):
                plan, best = tried, best.or_better(model, tried)
                waiting[sites] = True
                waiting[site] = False
                keep(best)
                tell(best)
    return best, False


def _group_prices(model: Model, values: Floats, *, deadline: float) -> Floats:
    """Give what each group pays per pupil at the margin, with the sites of a plan."""
    most = time.monotonic() + _PRICES_TIME * seconds_to(deadline)
    sent = sent_as_shares(model, values, deadline=most)
    n = len(model.sets.groups)
    # The rows of every pupil come first and are equations.
    return np.zeros(n) if sent is None else sent.prices[:n]


def _worst(model: Model, values: Floats, prices: Floats, waiting: NDArray[np.bool_]) -> int:
    sets, columns = model.sets, model.columns
    m = len(sets.sites)
    group, site = (sets.flows[c].to_numpy(dtype=np.int64) for c in ("group", "site"))
    flow = values[columns.flow]
    paid = flow * (columns.cost[columns.flow] - prices[group])
    potential = np.asarray(np.bincount(site, weights=paid, minlength=m), dtype=np.float64)
    state = sets.states["site"].to_numpy(dtype=np.int64)
    potential += np.bincount(
        state, weights=values[columns.state] * columns.cost[columns.state], minlength=m
    )
    for name in (columns.overload, columns.short, columns.oversize, columns.extra, columns.beds):
        potential += values[name] * columns.cost[name]
    return int(np.argmax(np.where(waiting, potential, -np.inf)))
