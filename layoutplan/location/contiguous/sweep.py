"""Windows: a few sites that lie together are solved exactly, again and again."""

import time
from dataclasses import dataclass

import numpy as np

from layoutplan.location.contiguous.asked import loads, own_room, standing_on
from layoutplan.location.contiguous.exact import solved_exactly
from layoutplan.location.contiguous.ground import Ground
from layoutplan.location.contiguous.regions import Window, around_site, meeting, window
from layoutplan.location.contiguous.working import PRICE
from layoutplan.location.problem import ROUNDING, Bools, Floats, Ints, Problem, Progress

LONGEST, SHARE = 6.0, 0.08
"""Seconds for one window, and its share of the remaining time."""
SHORTEST = 0.5
Step = tuple[int, bool]
"""Open sites of a window, and whether it chooses sites."""
GAIN = 1e-7
"""A plan must be better by this share to count."""
LEAST_DEMAND = 1e-9
"""Stands for zero demand where cost per demand is asked."""


@dataclass(slots=True)
class Sweep:
    """A plan that is improved window by window.

    Parameters
    ----------
    problem
        The problem.
    ground
        What touches what.
    room
        Room of each site.
    candidates
        Sites that may be opened and closed; none where the sites are given.
    plan
        The present plan.
    price
        Price of overload.
    until
        The moment, by ``time.monotonic``, to stop.
    """

    problem: Problem
    ground: Ground
    room: Floats
    candidates: Bools
    plan: Ints
    price: float
    until: float

    def improved(self, sites: list[int], *, choose: bool) -> bool:
        """Solve one window.

        Parameters
        ----------
        sites
            The open sites of the window.
        choose
            Whether candidates among them may close and others open.

        Returns
        -------
        bool
            Whether the plan became better.
        """
        candidates = self.candidates if choose else np.zeros_like(self.candidates)
        cut = window(self.problem, self.ground, self.room, self.plan, sites, candidates)
        # Of given sites, no window buys a lower cost with more overload.
        given, over = not self.candidates.any(), self.overload(cut, cut.plan)
        kept = given and over <= 0
        before = self.worth(cut, cut.plan)
        left = self.until - time.monotonic()
        chosen, _ = solved_exactly(
            cut.part,
            below=before - GAIN * max(before, 1.0),
            price=np.inf if kept else self.price,
            seconds=min(left, LONGEST, max(SHARE * left, SHORTEST)),
        )
        if chosen is None or self.worth(cut, chosen) >= before:
            return False
        if given and self.overload(cut, chosen) > over + ROUNDING * max(1.0, over):
            return False
        self.plan = self.plan.copy()
        self.plan[cut.units] = cut.sites[chosen]
        return True

    def overload(self, cut: Window, plan: Ints) -> float:
        """Give the demand of a plan of a window beyond the room.

        Parameters
        ----------
        cut
            The window.
        plan
            The site of each of its units.

        Returns
        -------
        float
            Overload, 0 where it is rounding.
        """
        part = cut.part
        load = np.bincount(plan, weights=part.demand, minlength=len(part.room))
        over = load - part.room
        return float(over[over > ROUNDING * np.maximum(1.0, load)].sum())

    def worth(self, cut: Window, plan: Ints) -> float:
        """Give what a plan of a window costs, with a price for overload.

        Parameters
        ----------
        cut
            The window.
        plan
            The site of each of its units.

        Returns
        -------
        float
            Cost.
        """
        part = cut.part
        over = self.overload(cut, plan)
        used = np.zeros(len(part.room), dtype=bool)
        used[plan] = True
        used |= ~part.may_close
        cost = part.cost[np.arange(len(plan)), plan].sum() + part.fixed_cost[used].sum()
        return float(cost + self.price * over)


def swept(
    problem: Problem,
    ground: Ground,
    assignment: Ints,
    *,
    candidates: Bools,
    steps: tuple[Step, ...],
    until: float,
    progress: Progress | None = None,
) -> Ints:
    """Improve a plan by exact windows until none gains or time is over.

    Parameters
    ----------
    problem
        The problem.
    ground
        What touches what.
    assignment
        A plan whose areas are connected.
    candidates
        Sites that may be opened and closed.
    steps
        Windows laid around each site in turn: the next where the last gained nothing.
    until
        The moment, by ``time.monotonic``, to stop.
    progress
        Called with windows done, windows known to be due, and what is done.

    Returns
    -------
    Ints
        A plan as good or better; the open sites among the candidates are those in use.
    """
    sweep = Sweep(
        problem=problem,
        ground=ground,
        room=own_room(problem),
        candidates=candidates,
        plan=assignment,
        price=overload_price(problem, assignment),
        until=until,
    )
    apart = distances(problem)
    order = spread_out(apart)
    level = np.zeros(problem.n_sites, dtype=np.int64)
    tried: dict[tuple[bool, *tuple[int, ...]], bytes] = {}
    done = 0
    while time.monotonic() < until:
        spare = sweep.room - loads(problem, sweep.plan)
        near = meeting(ground, sweep.plan)
        waiting = [site for site in order if site in near and level[site] < len(steps)]
        if not waiting:
            break
        first = min(waiting, key=lambda site: (spare[site] >= 0, level[site]))
        now = int(level[first])
        level[first] += 1
        rank = apart[first] if now % 2 else -spare
        size, choose = steps[now]
        sites = around_site(near, first, size, rank)
        state = np.where(np.isin(sweep.plan, sites), sweep.plan, -1).tobytes()
        if tried.get((choose, *sites)) == state:
            continue
        old = sweep.plan
        if sweep.improved(sites, choose=choose):
            other = old != sweep.plan
            moved = set(old[other].tolist()) | set(sweep.plan[other].tolist())
            beside = {far for site in moved & set(near) for far in near[site]}
            again = sorted(moved | beside)
            level[again] = np.minimum(level[again], now)
        else:
            tried[choose, *sites] = state
        done += 1
        if progress is not None:
            progress(done, done + len(waiting), "windows")
    return sweep.plan


def overload_price(problem: Problem, assignment: Ints) -> float:
    """Give the price of overload: many times the mean cost per demand.

    Parameters
    ----------
    problem
        The problem.
    assignment
        A plan.

    Returns
    -------
    float
        Price per demand.
    """
    has = np.flatnonzero(assignment >= 0)
    cost = float(problem.cost[has, assignment[has]].sum())
    cost += float(problem.fixed_cost[np.unique(assignment[has])].sum())
    return PRICE * max(cost, 1.0) / max(float(problem.demand[has].sum()), 1.0)


def distances(problem: Problem) -> Floats:
    """Give how far the sites lie apart, in cost per demand.

    Parameters
    ----------
    problem
        The problem.

    Returns
    -------
    Floats
        From each site's unit to each site.
    """
    stands = standing_on(problem)
    apart = problem.cost[stands]
    apart = apart / np.maximum(problem.demand[stands], LEAST_DEMAND)[:, None]
    most = float(np.where(np.isfinite(apart), apart, 0).max(initial=0))
    return np.where(np.isfinite(apart), apart, 2 * most + 1)


def spread_out(apart: Floats) -> list[int]:
    """Order sites so that those that follow each other lie far apart.

    Parameters
    ----------
    apart
        How far each is from each.

    Returns
    -------
    list of int
        Sites, each the farthest from those before it.
    """
    far = np.full(len(apart), np.inf)
    left = np.ones(len(apart), dtype=bool)
    order: list[int] = []
    while left.any():
        pick = int(np.where(left, far, -1.0).argmax())
        order.append(pick)
        left[pick] = False
        far = np.minimum(far, apart[:, pick])
    return order
