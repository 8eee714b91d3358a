"""Solving the model: shares first, then whole groups, always with a bound."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.errors import SolverError
from layoutplan.findings import Finding
from layoutplan.model.answer import BROKEN, Answer, answer_of, broken, gap_of, terms_of
from layoutplan.model.as_today import as_today
from layoutplan.model.behind import with_none_behind
from layoutplan.model.best import Found, done
from layoutplan.model.constraints import Model, make_model
from layoutplan.model.contiguous import connected
from layoutplan.model.far import Tolls, carried, sites_of, wanted, widened, with_far
from layoutplan.model.local import with_all_links
from layoutplan.model.part import beside, holds, part_of, solve_part
from layoutplan.model.sets import Sets
from layoutplan.model.shares import Searched, search_shares
from layoutplan.model.single import single_changes
from layoutplan.model.transport import Sent, sent_as_shares, trimmed, whole_pupils
from layoutplan.model.whole import fractions_rounded, greedy, improved, rounded, transported

Floats = NDArray[np.float64]
Progress = Callable[[int, int, str], None]

STEPS: Final = 9
"""Today, links, up to four searches, whole groups, local changes, pupils."""

LAST: Final = "pupils"
"""The last step."""

_SHARES_TIME = 0.75
"""Share of the time for the model of shares where whole groups follow."""

_TODAY_TIME = 0.4
"""Share of the time for whole pupils on the sites of today."""

_TODAY_LEAST = 2.0
"""Seconds for that at least: whatever the clock, no plan is worse than today's layout."""

_ROUNDING_TIME = 0.15
"""Share of the time for rounding shares to whole groups."""

_SINGLE_TIME = 0.15
"""Share of the time for changing single sites at the end."""

_SINGLE_FIRST = 0.8
"""Share of the time that is left for them before parts of the county are solved anew."""

_SHARES_GAP = 0.6
"""The model of shares is solved to this part of the gap where whole groups follow."""

_CONNECTED_TIME = 0.4
"""Share of the time for connecting catchments, where that is asked for."""

_DIRECT_FLOWS = 4000
"""Up to so many flows the model of whole groups is solved as it stands, for its own bound."""

_DIRECT_SITES = 40

_WIDER = 6
"""So many times that model is solved, each with the ways that the last solution wants."""

__all__ = ["BROKEN", "Answer", "Step", "gap_of", "solve"]


class Step(str):
    """What is being done, as a word, with the plan that is held meanwhile.

    Parameters
    ----------
    label
        The word.
    cost
        What the plan costs, yuan a year; infinite while there is none.
    bound
        What no plan can cost less than, yuan a year.
    gap
        The unproven part; see `gap_of`. Infinite while there is no plan.

    Examples
    --------
    >>> step = Step("search", cost=1_100.0, bound=1_090.0, gap=0.01)
    >>> step, step.gap
    ('search', 0.01)
    """

    __slots__ = ("bound", "cost", "gap")

    cost: float
    bound: float
    gap: float

    def __new__(
        cls, label: str, *, cost: float = np.inf, bound: float = 0.0, gap: float = np.inf
    ) -> Self:
        """Make a word that carries numbers."""
        step = super().__new__(cls, label)
        step.cost, step.bound, step.gap = cost, bound, gap
        return step


@dataclass(kw_only=True)
class _Run:
    """A search under way: what it holds when it is stopped, and what it tells."""

    start: float
    end: float
    gap: float
    progress: Progress
    step: int = 0
    model: Model | None = None
    best: Found = field(default_factory=Found)
    bound_split: float = 0.0
    clock: bool = False
    pupils: float = 0.0
    outer: "_Run | None" = None

    def tell(self, label: str) -> None:
        cost, bound, gap = self.best.cost, self.best.bound, np.inf
        if self.best.plan is not None and self.model is not None:
            prices = broken(terms_of(self.model, self.best.plan))
            gap = gap_of(cost, min(bound, cost), broken=prices)
        told = Step(label, cost=cost, bound=bound, gap=gap)
        self.progress(min(self.step, STEPS - (label != LAST)), STEPS, told)
        self.step += 1

    def left(self, share: float = 1.0) -> float:
        now = time.monotonic()
        return max(min(self.end - now, share * (self.end - self.start)), 0.0)

    def keep(self, model: Model, found: Found) -> None:
        self.model, self.best = model, found
        if self.outer is not None:
            # What is proven for shares holds for whole groups, too, also where it is stopped.
            self.outer.best = self.outer.best.at_least(found.bound)
            self.outer.bound_split = max(self.outer.bound_split, found.bound)


def solve(
    sets: Sets,
    *,
    shares: Sets | None = None,
    gap: float = 0.001,
    time_limit: float = 60.0,
    progress: Progress | None = None,
) -> Answer:
    """Find the layout of least cost, with a bound below which none can be.

    Pupils are shares at first, see `layoutplan.model.shares.search_shares`. The bound of
    that model holds for whole groups as well, which only have fewer plans. Where groups go
    whole, its sites are the start of `layoutplan.model.whole.rounded` and
    `layoutplan.model.whole.improved`; a small county is then solved as one binary model,
    which has a bound of its own.

    The layout of today, with the locks that were asked for, is a plan from the start:
    a search that is stopped has one to give.

    Parameters
    ----------
    sets
        The sets.
    shares
        The same question with pupils as shares, which may put more pupils into one group;
        ``sets`` itself where None.
    gap
        Gap at which the search may stop; see `gap_of`.
    time_limit
        Seconds.
    progress
        Called with steps done, steps in all, and what is being done, a `Step` with
        the present cost, bound and gap.

    Returns
    -------
    Answer
        The plan's sites and flows with objective and bound.

    Raises
    ------
    SolverError
        If no plan was found in time.
    """
    start = time.monotonic()
    run = _Run(
        start=start, gap=gap,
        end=start + 0.95 * time_limit * (1.0 if sets.ground is None else 1.0 - _CONNECTED_TIME),
        progress=progress or (lambda _done, _total, _label: None),
    )  # fmt: skip
    interrupted = False
    try:
        if sets.whole:
            _whole(run, make_model(sets), make_model(replace(shares or sets, whole=False)))
        else:
            searched = _shares(run, make_model(sets), gap=gap, share=1.0 - _SINGLE_TIME)
            run.tell("local")
            _singly(run, searched.model, searched.best, deadline=run.end)
        if sets.ground is not None:
            _connected(run, start + 0.95 * time_limit)
    except KeyboardInterrupt:
        if run.best.plan is None or run.model is None:
            raise
        interrupted = True
    if run.model is not None:
        run.keep(*with_none_behind(run.model, run.best))
    best, model = run.best, run.model
    if best.plan is None or model is None:
        raise SolverError(Finding(code="no_plan_in_time", values={"seconds": f"{time_limit:.0f}"}))
    run.step = STEPS
    run.tell(LAST)
    proven = done(model, best, gap)
    status = "stopped" if interrupted else "proven" if proven else "best_found"
    return answer_of(
        model,
        best.plan,
        bound=min(best.bound, best.cost),
        bound_split=min(run.bound_split, best.cost),
        status=status,
        cut=run.clock and not proven and not interrupted,
    )


def _shares(
    run: _Run,
    model: Model,
    *,
    gap: float,
    share: float,
    start: bool = True,
    persons: bool = True,
) -> Searched:
    """Solve the model of shares, from a plan of today; keep what it finds as the best plan."""
    run.tell("today")
    found = Found()
    now = as_today(model) if start else None
    if now is not None:
        began = time.monotonic()
        most = max(run.left(_TODAY_TIME), _TODAY_LEAST)
        first = whole_pupils(model, now, deadline=began + most)
        run.pupils = min(time.monotonic() - began, run.left(_TODAY_TIME))
        # Today may be more schools, or more money, than is asked for.
        found = found.or_better(model, greedy(model, now) if first is None else first)
        run.keep(model, found)
    searched = search_shares(
        model, found, gap=gap, deadline=time.monotonic() + run.left(share), reserve=run.pupils,
        needed=start, persons=persons,
        tell=lambda label, _best: run.tell(label), keep=run.keep,
    )  # fmt: skip
    run.clock |= searched.cut
    run.bound_split = searched.best.bound
    return searched


def _whole(run: _Run, model: Model, shares: Model) -> None:
    """Solve the model of shares, then make groups whole and improve that."""
    held = _whole_today(run, model)
    run.keep(model, held)
    inner = _Run(start=run.start, end=run.end, gap=run.gap, progress=run.progress, outer=run)
    inner.model, inner.best = model, held
    # Plans of shares are none of whole groups: what is held meanwhile is another run's.
    split = _shares(
        inner, shares, gap=run.gap * _SHARES_GAP, share=_SHARES_TIME, start=held.plan is None,
        persons=False,
    )  # fmt: skip
    run.step, run.bound_split = inner.step, inner.bound_split
    held = held.at_least(split.best.bound)
    model, held = _wider(run, model, held, split.wider)
    run.tell("whole")
    if split.best.plan is not None:
        sites = sites_of(split.model, model, split.best.plan)
        held = _made_whole(run, model, held, sites)
    if held.plan is not None:
        # Whom the near ways leave without a school, a far one may serve.
        behind = wanted(model, held.plan, split.tolls)
        if len(behind) and run.left() > 0:
            near, plan = model, held.plan
            model, held = _wider(run, model, held, behind)
            held = _made_whole(run, model, held, sites_of(near, model, plan))
    run.tell("local")
    small = len(model.sets.flows) <= _DIRECT_FLOWS and len(model.sets.sites) <= _DIRECT_SITES
    if small and not done(model, held, run.gap):
        model, held = _direct(run, model, held, split.tolls)
    if not done(model, held, run.gap):
        began = time.monotonic()
        held = _singly(run, model, held, deadline=began + _SINGLE_FIRST * run.left())
        # They are tried once more at the end.
        last = min(time.monotonic() - began, _SINGLE_TIME * run.left())
        held, cut = improved(
            model, held, gap=run.gap, deadline=run.end - last,
            tell=lambda _best: run.tell("local"), keep=partial(run.keep, model),
        )  # fmt: skip
        run.clock |= cut
        held = _singly(run, model, held, deadline=run.end)
    run.keep(model, held)


def _singly(run: _Run, model: Model, held: Found, *, deadline: float) -> Found:
    """Change single sites over until none pays."""
    held, cut = single_changes(
        model, held, gap=run.gap, deadline=deadline,
        tell=lambda _best: run.tell("local"), keep=partial(run.keep, model),
    )  # fmt: skip
    run.keep(model, held)
    run.clock |= cut
    return held


def _whole_today(run: _Run, model: Model) -> Found:
    """Give whole groups a plan on the sites of today."""
    held, now = Found(), as_today(model)
    if now is None:
        return held
    most = max(run.left(_TODAY_TIME), _TODAY_LEAST)
    parted = transported(model, now, deadline=time.monotonic() + most)
    if parted is not None:
        end = time.monotonic() + max(run.left(_ROUNDING_TIME), _TODAY_LEAST)
        held = held.or_better(model, fractions_rounded(model, parted, deadline=end))
    if held.plan is None:
        held = held.or_better(model, greedy(model, now))
    return held


def _made_whole(run: _Run, model: Model, held: Found, sites: Floats) -> Found:
    """Send whole groups to the sites that the model of shares chose."""
    end = time.monotonic() + run.left(_ROUNDING_TIME)
    sent = sent_as_shares(model, sites, deadline=end)
    if sent is not None:
        held = _rounded(run, model, held, sent)
    run.clock |= sent is None and run.left() <= 0
    if held.plan is None:
        held = held.or_better(model, greedy(model, sites))
    run.keep(model, held)
    return held


def _rounded(run: _Run, model: Model, held: Found, sent: Sent) -> Found:
    """Make groups whole that were sent as shares."""
    end = time.monotonic() + run.left(_ROUNDING_TIME)
    held = held.or_better(model, fractions_rounded(model, sent.plan, deadline=end))
    run.keep(model, held)
    # With these sites, classes and beds whole groups cost no less than shares of them:
    # a search for better ones is worth its time where that leaves more than the gap.
    if done(model, held.at_least(sent.cost), run.gap):
        return held
    end = time.monotonic() + run.left(_ROUNDING_TIME)
    return held.or_better(model, rounded(model, sent, deadline=end))


def _connected(run: _Run, end: float) -> None:
    """Connect the catchments of the plan that is held; its bound holds for that as well."""
    if run.model is None:
        return
    run.end, model = end, run.model
    run.tell("contiguous")
    held, cut = connected(
        model, run.best, gap=run.gap, deadline=end, everywhere=run.clock,
        tell=lambda _best: run.tell("contiguous"), keep=partial(run.keep, model),
    )  # fmt: skip
    run.keep(model, held)
    run.clock |= cut


def _wider(run: _Run, model: Model, held: Found, pairs: pd.DataFrame) -> tuple[Model, Found]:
    """Add ways to the model of whole groups."""
    if len(pairs):
        more = widened(model, pairs)
        if held.plan is not None:
            held = replace(held, plan=carried(model, more, held.plan))
        model = more
    run.keep(model, held)
    return model, held


def _direct(run: _Run, model: Model, held: Found, tolls: Tolls) -> tuple[Model, Found]:
    """Solve the model of whole groups as it stands, with more ways where it wants them."""
    for _ in range(_WIDER):
        gap = run.gap
        if held.plan is not None and held.cost > 0:
            prices = broken(terms_of(model, held.plan))
            gap *= min(1.0, max(held.cost - prices, 1.0) / held.cost)
        if run.left() <= 0:
            run.clock = True
            break
        linked = with_far(with_all_links(model), tolls)
        part = part_of(linked, np.zeros(model.columns.n), np.arange(model.columns.n))
        result = beside(partial(solve_part, part, seconds=run.left(), gap=gap))
        dual = getattr(result, "mip_dual_bound", None)
        if dual is not None and np.isfinite(dual):
            held = held.at_least(float(dual))
        run.clock |= result.status == 1
        if result.x is None:
            break
        values = part.values(np.asarray(result.x, dtype=float))
        held = held.or_better(model, trimmed(model, values) if holds(model, values) else None)
        pairs = wanted(model, values, tolls)
        if done(model, held, run.gap) or not len(pairs):
            break
        model, held = _wider(run, model, held, pairs)
    return model, held
