"""Single changes: one site is changed over, and the pupils of its nearest are sent anew."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from layoutplan.model.best import Found, done
from layoutplan.model.constraints import Model
from layoutplan.model.local import (
    Nearness,
    around_sites,
    nearness,
    sites_near,
    with_all_links,
)
from layoutplan.model.part import beside, holds, part_of, seconds_to, solve_part
from layoutplan.model.transport import open_sites, trimmed, whole_pupils
from layoutplan.model.whole import fractions_rounded

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_AROUND = 5
"""Open sites round one that is changed over, which may take its pupils."""

_SECONDS = 2.0
"""Most seconds of one small model: a safety only, the work is counted."""

_NODES = 300
"""Limit on the nodes of one small model: each is solved near the root."""

_GAP = 1e-3
"""Relative gap of one small model, of the cost of its few sites."""

_WHOLE = 1e-4
"""Shares of a pupil below which a number is whole."""

_CENT = 0.01
"""Differences below one hundredth of a yuan a year are rounding."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Changing:
    """The model and what is needed to change a site over.

    Parameters
    ----------
    model
        The model.
    linked
        The same with all links.
    rows
        The rows of that one which count.
    near
        How near sites are to each other.
    """

    model: Model
    linked: Model
    rows: Ints
    near: Nearness

    def changed(
        self, values: Floats, site: int, *, deadline: float, whole: bool = False
    ) -> Floats | None:
        """Open a site that is closed or close one that is open, at least cost near it.

        Parameters
        ----------
        values
            The plan.
        site
            Row number of the site.
        deadline
            When to stop, by the monotonic clock.
        whole
            Whether pupils are whole persons; else they may be shares.

        Returns
        -------
        numpy.ndarray or None
            Values of all variables; None where nothing was found.
        """
        state, is_open = self._state(), open_sites(self.model, values)
        opens = self.model.sets.states["open"].to_numpy(dtype=bool)
        # The others stay open or closed, so that it is this site's change that is priced.
        barred = np.where(state == site, opens == is_open[site], opens != is_open[state])
        return self._tried(values, site, barred, deadline=deadline, whole=whole)

    def other(self, values: Floats, site: int, *, deadline: float) -> Floats | None:
        """Make anything else of an open site that stays open, at least cost near it.

        Parameters
        ----------
        values
            The plan.
        site
            Row number of the site.
        deadline
            When to stop, by the monotonic clock.

        Returns
        -------
        numpy.ndarray or None
            Values of all variables; None where there is nothing else or nothing was found.
        """
        state, is_open = self._state(), open_sites(self.model, values)
        states, columns = self.model.sets.states, self.model.columns
        opens = states["open"].to_numpy(dtype=bool)
        mine = (state == site) & opens & (columns.high[columns.state] > 0)
        if not is_open[site] or not (mine & (values[columns.state] == 0)).any():
            return None
        barred = (opens != is_open[state]) | ((state == site) & (values[columns.state] > 0))
        return self._tried(values, site, barred, deadline=deadline, whole=False)

    def _state(self) -> Ints:
        return self.model.sets.states["site"].to_numpy(dtype=np.int64)

    def _tried(
        self, values: Floats, site: int, barred: Bools, *, deadline: float, whole: bool
    ) -> Floats | None:
        columns = self.model.columns
        sites = sites_near(self.model, values, self.near, site, opened=_AROUND, closed=0)
        free = around_sites(self.model, values, sites)
        high = columns.high.copy()
        high[columns.state] = np.where(barred, 0.0, high[columns.state])
        part = part_of(self.linked, values, free, rows=self.rows, high=high, whole_flows=False)
        if whole:
            part = replace(part, whole=np.where(free < columns.above.start, 1, part.whole))
        seconds = min(_SECONDS, seconds_to(deadline))
        if seconds <= 0:
            return None
        result = beside(partial(solve_part, part, seconds=seconds, gap=_GAP, nodes=_NODES))
        return None if result.x is None else part.values(np.asarray(result.x, dtype=float))


def changing(model: Model) -> Changing:
    """Prepare a model for changes of single sites.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    Changing
        What they need.
    """
    linked = with_all_links(model)
    return Changing(
        model=model, linked=linked, rows=linked.without("other_layouts"), near=nearness(model)
    )


def single_changes(
    model: Model,
    best: Found,
    *,
    gap: float,
    deadline: float,
    tell: Callable[[Found], None],
    keep: Callable[[Found], None],
) -> tuple[Found, bool]:
    """Change single sites of a plan over until none pays.

    Open sites are closed, those with the fewest pupils first, or made something else, and
    closed ones opened, each alone. A site is tried again after a change near it.

    Parameters
    ----------
    model
        The model.
    best
        A plan with its bound.
    gap
        Gap at which to stop.
    deadline
        When to stop, by the monotonic clock.
    tell
        Called with the best plan after each change.
    keep
        Called with every better plan.

    Returns
    -------
    tuple
        The best plan, and whether the clock ended the changes.
    """
    if best.plan is None:
        return best, False
    if time.monotonic() >= deadline:
        return best, True
    change, waiting = changing(model), np.ones(len(model.sets.sites), dtype=bool)
    began, cut = best, False
    while waiting.any() and not done(model, best, gap):
        if time.monotonic() >= deadline:
            cut = True
            break
        site = _next(model, best, waiting)
        waiting[site] = False
        better = _better(change, best, site, deadline=deadline)
        if better is best or better.plan is None:
            continue
        best = better
        near = sites_near(model, better.plan, change.near, site, opened=_AROUND, closed=_AROUND)
        waiting[near] = True
        waiting[site] = False
        keep(best)
        tell(best)
    if best is not began and best.plan is not None and not model.sets.whole:
        best = best.or_better(model, whole_pupils(model, best.plan, deadline=deadline))
        keep(best)
    return best, cut


def _next(model: Model, best: Found, waiting: Bools) -> int:
    """Give the site to try next: open ones with few pupils first, then closed ones."""
    if best.plan is None:
        return 0
    is_open = open_sites(model, best.plan)
    site = model.sets.flows["site"].to_numpy(dtype=np.int64)
    flow = best.plan[model.columns.flow]
    pupils = np.bincount(site, weights=flow, minlength=len(is_open))
    rank = np.where(is_open, pupils, np.inf)
    order = np.lexsort((np.arange(len(rank)), rank))
    return int(order[waiting[order]][0])


def _better(change: Changing, best: Found, site: int, *, deadline: float) -> Found:
    """Give the plan with one site changed over, or the plan itself where that does not pay."""
    model, plan = change.model, best.plan
    if plan is None:
        return best
    is_open = bool(open_sites(model, plan)[site])
    tries: list[Callable[..., Floats | None]] = [change.changed]
    tries += [change.other] if is_open else []
    for tried in tries:
        found = tried(plan, site, deadline=deadline)
        if found is None or model.columns.cost @ (found - plan) > -_CENT:
            continue
        made = _made_whole(change, found, plan, site, deadline=deadline)
        if made is None:
            continue
        better = best.or_better(model, made)
        if better.cost < best.cost - _CENT:
            return better
    return best


def _made_whole(
    change: Changing, found: Floats, plan: Floats, site: int, *, deadline: float
) -> Floats | None:
    """Make whole persons, or whole groups, of the shares of a changed plan."""
    model = change.model
    if model.sets.whole:
        values = fractions_rounded(model, found, deadline=deadline)
        return values if values is not None and holds(model, values) else None
    people = slice(0, model.columns.above.start)
    if np.abs(np.rint(found[people]) - found[people]).max(initial=0.0) > _WHOLE:
        again = change.changed(plan, site, deadline=deadline, whole=True)
        if again is None:
            return None
        found = again
    values = np.where(np.arange(len(found)) < people.stop, np.rint(found), found)
    return trimmed(model, values) if holds(model, values) else None
