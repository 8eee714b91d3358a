"""Windows: a few sites that lie together are solved exactly, again and again."""

import time
from dataclasses import dataclass

import numpy as np

from layoutplan.location.contiguous.anneal import PRICE
from layoutplan.location.contiguous.asked import Asked, loads, standing
from layoutplan.location.contiguous.exact import Part, solved_exactly
from layoutplan.location.contiguous.regions import around_site, meeting, spare_room, window
from layoutplan.location.problem import Ints, Progress

SIZES = (4, 5, 6, 7, 8, 10, 12, 15)
"""Sites of a window: small ones first, larger ones where those gain nothing more."""
LONGEST, SHARE = 6.0, 0.08
"""Seconds for one window, and its share of the remaining time."""
SHORTEST = 0.5
GAIN = 1e-7
"""A plan must be better by this share to count."""


@dataclass(slots=True)
class Turn:
    """Whose turn it is: which size of window each site has come to.

    Parameters
    ----------
    order
        Sites, far from each other in a row.
    level
        The size that is due at each site.
    """

    order: list[int]
    level: dict[int, int]

    def next(self, urgent: list[int]) -> int | None:
        """Give the site whose window is due.

        Parameters
        ----------
        urgent
            Sites that come first.

        Returns
        -------
        int or None
            The site; None where no window is due.
        """
        waiting = [site for site in self.order if self.level[site] < len(SIZES)]
        if not waiting:
            return None
        return min(waiting, key=lambda site: (site not in urgent, self.level[site]))


def swept(
    asked: Asked, assignment: Ints, *, until: float, progress: Progress | None = None
) -> Ints:
    """Improve a plan by exact windows until none gains or time is over.

    Parameters
    ----------
    asked
        The problem.
    assignment
        A plan whose areas are connected.
    until
        The moment, by ``time.monotonic``, to stop.
    progress
        Called with windows done, sites known to be due, and what is done.

    Returns
    -------
    Ints
        A plan as good or better.
    """
    plan = assignment.copy()
    order = spread_out(asked)
    turn = Turn(order=order, level=dict.fromkeys(order, 0))
    apart = distances(asked)
    row = {int(site): k for k, site in enumerate(asked.sites)}
    tried: dict[tuple[int, ...], bytes] = {}
    done = 0
    while time.monotonic() < until:
        spare = spare_room(asked, plan)
        first = turn.next([site for site in order if spare[site] < 0])
        if first is None:
            break
        level = turn.level[first]
        turn.level[first] += 1
        near = meeting(asked, plan)
        rank = (
            {site: -room for site, room in spare.items()}
            if level % 2 == 0
            else {site: float(apart[row[first], row[site]]) for site in row}
        )
        sites = around_site(near, first, min(SIZES[level], len(order)), rank)
        state = np.where(np.isin(plan, sites), plan, -1).tobytes()
        if tried.get(tuple(sites)) == state:
            continue
        better = improved(asked, plan, sites, until=until)
        if better is None:
            tried[tuple(sites)] = state
        else:
            moved = {int(s) for s in np.r_[plan[plan != better], better[plan != better]]}
            plan = better
            for site in moved | {other for site in moved for other in near[site]}:
                turn.level[site] = min(turn.level[site], level)
        done += 1
        if progress is not None:
            waiting = sum(at < len(SIZES) for at in turn.level.values())
            progress(done, done + waiting, "windows")
    return plan


def improved(asked: Asked, plan: Ints, sites: list[int], *, until: float) -> Ints | None:
    """Solve one window.

    Parameters
    ----------
    asked
        The problem.
    plan
        The present plan.
    sites
        The sites of the window.
    until
        When all must end.

    Returns
    -------
    Ints or None
        A better plan of the whole problem; None where the window has none.
    """
    part = window(asked, plan, sites)
    problem = part.asked.problem
    _, over, cost = standing(problem, part.plan)
    price = overload_price(asked, plan)
    left = until - time.monotonic()
    chosen, _ = solved_exactly(
        Part(
            cost=part.asked.cost,
            demand=problem.demand,
            room=part.asked.room,
            fixed_cost=np.zeros(len(sites)),
            may_close=np.zeros(len(sites), dtype=bool),
            n_open=None,
            own=part.asked.own,
            ground=part.asked.ground,
        ),
        below=cost + price * over - GAIN * max(cost, 1.0),
        price=price,
        seconds=min(left, LONGEST, max(SHARE * left, SHORTEST)),
    )
    if chosen is None or standing(problem, chosen) >= standing(problem, part.plan):
        return None
    better = plan.copy()
    better[part.units] = part.sites[chosen]
    return better


def overload_price(asked: Asked, plan: Ints) -> float:
    """Give the price of overload: many times the mean cost per demand.

    Parameters
    ----------
    asked
        The problem.
    plan
        A plan.

    Returns
    -------
    float
        Price per demand.
    """
    _, _, cost = standing(asked.problem, plan)
    return PRICE * max(cost, 1.0) / max(float(loads(asked.problem, plan).sum()), 1.0)


def distances(asked: Asked) -> np.ndarray:
    """Give how far the sites lie apart, in cost per demand.

    Parameters
    ----------
    asked
        The problem.

    Returns
    -------
    np.ndarray
        From each open site's unit to each open site.
    """
    problem = asked.problem
    own = asked.own[asked.sites]
    apart = problem.cost[np.ix_(own, asked.sites)]
    apart = apart / np.maximum(problem.demand[own], 1e-9)[:, None]
    most = np.where(np.isfinite(apart), apart, 0).max(initial=0)
    return np.where(np.isfinite(apart), apart, 2 * most)


def spread_out(asked: Asked) -> list[int]:
    """Order sites so that those that follow each other lie far apart.

    Parameters
    ----------
    asked
        The problem.

    Returns
    -------
    list of int
        Sites, each the farthest from those before it.
    """
    sites = asked.sites.tolist()
    apart = distances(asked)
    far = np.full(len(sites), np.inf)
    order: list[int] = []
    while len(order) < len(sites):
        pick = int(far.argmax())
        order.append(sites[pick])
        far = np.minimum(far, apart[:, pick])
        far[pick] = -1.0
        far[[sites.index(site) for site in order]] = -1.0
    return order
