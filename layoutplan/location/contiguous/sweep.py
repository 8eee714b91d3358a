"""Large plans: window after window is improved by column generation."""

import time

import numpy as np

from layoutplan.location.contiguous.asked import Asked, standing
from layoutplan.location.contiguous.generate import generated
from layoutplan.location.contiguous.regions import (
    around_site,
    meeting,
    spare_room,
    window,
)
from layoutplan.location.problem import Ints, Progress

SITES = 12
"""Sites of a window: about a hundred units, whose areas column generation masters in a second
or two."""
LARGER = 1.5
"""Windows grow by this factor once none of the present size gains anything."""
ROUNDS = 3
"""Rounds of cuts in a window."""
SHARE = 0.15
"""Most of the remaining time that one window takes."""


def swept(
    asked: Asked, assignment: Ints, *, until: float, progress: Progress | None = None
) -> Ints:
    """Improve a plan by windows until none gains or time is over.

    Sites that are overloaded come first, then those whose surroundings have changed since a
    window was last laid around them.

    Parameters
    ----------
    asked
        The problem.
    assignment
        A plan whose areas are connected.
    until
        The moment, by ``time.monotonic``, to stop.
    progress
        Called with windows done, windows known to be due, and what is done.

    Returns
    -------
    Ints
        A plan as good or better.
    """
    plan = assignment.copy()
    size = min(SITES, len(asked.sites))
    order = _spread_out(asked)
    due = dict.fromkeys(order, True)
    done = 0
    while time.monotonic() < until:
        spare = spare_room(asked, plan)
        waiting = [site for site in order if due[site]]
        if not waiting:
            if size == len(asked.sites):
                break
            size = min(int(size * LARGER), len(asked.sites))
            due = dict.fromkeys(order, True)
            continue
        first = min(waiting, key=lambda site: min(spare[site], 0.0))
        near = meeting(asked, plan)
        sites = around_site(near, first, size, spare)
        part = window(asked, plan, sites)
        now = time.monotonic()
        better = generated(
            part.asked,
            [part.plan],
            until=min(until, now + max(SHARE * (until - now), 1.0)),
            rounds=ROUNDS,
        )
        before = standing(part.asked.problem, part.plan)
        gained = standing(part.asked.problem, better) < before
        moved = set(part.sites[np.r_[better[better != part.plan], part.plan[better != part.plan]]].tolist())
        # The middle of the window has been seen with all around it; the rim has not.
        seen = {first, *(site for site in near[first] if set(near[site]) <= set(sites))}
        for site in seen:
            due[site] = False
        if gained:
            plan[part.units] = part.sites[better]
            for site in moved:
                for other in near[site]:
                    due[other] = due[other] or other not in sites
        done += 1
        if progress is not None:
            progress(done, done + sum(due.values()), "windows")
    return plan


def _spread_out(asked: Asked) -> list[int]:
    """Order sites so that those that follow each other lie far apart.

    Parameters
    ----------
    asked
        The problem.

    Returns
    -------
    list of int
        Sites; farthest-first by cost between them.
    """
    sites = asked.sites.tolist()
    if not sites:
        return []
    order = [sites[0]]
    per = np.maximum(asked.problem.demand[asked.own[asked.sites]], 1e-9)
    apart = asked.problem.cost[np.ix_(asked.own[asked.sites], asked.sites)] / per[:, None]
    apart = np.where(np.isfinite(apart), apart, np.nanmax(np.where(np.isfinite(apart), apart, 0)))
    far = apart[:, 0].copy()
    left = set(range(1, len(sites)))
    while left:
        pick = max(sorted(left), key=lambda i: far[i])
        left.remove(pick)
        order.append(sites[pick])
        far = np.minimum(far, apart[:, pick])
    return order
