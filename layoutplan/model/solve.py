"""Solving the model: tight links where they matter, a bound, and whole pupils."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from layoutplan.errors import SolverError
from layoutplan.findings import Finding
from layoutplan.model.columns import Columns, chosen_credit, make_columns
from layoutplan.model.constraints import FAMILIES, Rows, links, stack
from layoutplan.model.sets import Sets
from layoutplan.model.transport import whole_pupils

Floats = NDArray[np.float64]
Progress = Callable[[int, int, str], None]

_ROUNDS = 12
"""Rounds of adding violated links; each costs one LP, few counties need more than six."""

_FIRST_GAP = 0.03
"""Gap of the first, quick plan, which is kept if the search is stopped."""

_TOLERANCE = 1e-6

_CENT = 0.01
"""Differences below one hundredth of a yuan a year are rounding."""

_EXACT = 1e-9

_STEPS = 6
"""Today, links, and up to four searches with smaller gaps."""

_OPTIMAL = 0
"""The solver's status for an answer that it proved."""

_INFEASIBLE = 2
"""The solver's status for a model without any answer."""

BROKEN = ("unserved", "overload", "short_of_least_size", "pushed", "township")
"""Terms of the objective that price broken rules."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Answer:
    """What the solver found.

    Parameters
    ----------
    sites
        Indexed by site_id: full and small (bool), extra_classes, overload and
        short (persons).
    flows
        Columns village_id, band, site_id, pupils.
    unserved
        Columns village_id, band, pupils.
    pushed
        Pupils newly sent beyond the limit who have a school within it today: columns
        village_id, band, pupils.
    bare
        Townships left without grades 7-9.
    objective, bound
        Yuan a year.
    terms
        The objective's terms, yuan a year.
    status
        ``proven``, ``best_found`` or ``stopped``.
    cut_by_clock
        Whether the time limit ended the search.
    """

    sites: pd.DataFrame
    flows: pd.DataFrame
    unserved: pd.DataFrame
    pushed: pd.DataFrame
    bare: tuple[str, ...]
    objective: float
    bound: float
    terms: dict[str, float]
    status: str
    cut_by_clock: bool

    @property
    def gap(self) -> float:
        """The unproven part, as a share of the cost without prices of broken rules."""
        return gap_of(self.objective, self.bound, broken=sum(self.terms[t] for t in BROKEN))


def gap_of(objective: float, bound: float, *, broken: float) -> float:
    """Give the unproven part of an objective as a share of its ordinary costs.

    Prices of broken rules, such as pupils without a school, are so high that a share
    of the whole sum would hide any layout behind them; the share is therefore taken of
    the rest.

    Parameters
    ----------
    objective, bound
        Yuan a year.
    broken
        The part of the objective that prices broken rules, yuan a year.

    Returns
    -------
    float
        From 0; 0 where nothing is left unproven.

    Examples
    --------
    >>> gap_of(1_100.0, 1_090.0, broken=100.0)
    0.01
    """
    if objective - bound <= _CENT:
        return 0.0
    return (objective - bound) / max(objective - broken, _CENT)


@dataclass(frozen=True, eq=False, kw_only=True)
class _Found:
    plan: Floats | None
    cost: float
    bound: float


def solve(
    sets: Sets,
    *,
    gap: float = 0.001,
    time_limit: float = 60.0,
    progress: Progress | None = None,
) -> Answer:
    """Find the layout of least cost, with a bound below which none can be.

    Pupils are shares at first: the mixed-integer model decides on sites and
    classes, with links between single pairs and sites added where the relaxation
    violates them. With the sites fixed, pupils are a transport problem, whose
    corner solutions are whole numbers because its matrix is totally unimodular
    (Hoffman and Kruskal 1956); the plan's pupils are therefore whole.

    The layout of today, with the locks that were asked for, is a plan from the start:
    no answer is worse than it, and a search that is stopped has one to give.

    Parameters
    ----------
    sets
        The sets.
    gap
        Gap at which the search may stop; see `gap_of`.
    time_limit
        Seconds.
    progress
        Called with steps done, steps in all, and what is being done.

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
    tell = progress or (lambda _done, _total, _label: None)
    columns = make_columns(sets)
    rows = stack([family(sets, columns) for family in FAMILIES])
    tell(0, _STEPS, "today")
    # Every cost is at least 0, so 0 is a bound until a better one is known.
    best = _better(
        sets, columns, rows, _as_today(sets, columns), _Found(plan=None, cost=np.inf, bound=0.0)
    )
    interrupted, clock = False, False
    try:
        tell(1, _STEPS, "links")
        rows, relaxed, clock = _tighten(sets, columns, rows, deadline=start + 0.4 * time_limit)
        best = _Found(plan=best.plan, cost=best.cost, bound=max(best.bound, relaxed))
        for step in range(2, _STEPS):
            tell(step, _STEPS, "search")
            left = start + 0.95 * time_limit - time.monotonic()
            if _done(sets, columns, best, gap) or (left <= 0 and best.plan is not None):
                break
            target = _target(sets, columns, best, gap, step)
            best = _search(sets, columns, rows, target=target, seconds=max(left, 1.0), best=best)
    except KeyboardInterrupt:
        if best.plan is None:
            raise
        interrupted = True
    if best.plan is None:
        raise SolverError(Finding(code="no_plan_in_time", values={"seconds": f"{time_limit:.0f}"}))
    tell(_STEPS, _STEPS, "pupils")
    proven = _done(sets, columns, best, gap)
    status = "stopped" if interrupted else "proven" if proven else "best_found"
    cut = not interrupted and (clock or not proven)
    return _answer(
        sets, columns, best.plan, bound=min(best.bound, best.cost), status=status, cut=cut
    )


def _as_today(sets: Sets, columns: Columns) -> Floats | None:
    """Keep every school as it is, apart from locks; None where that breaks a hard rule."""
    sites = sets.sites
    must = sites["must_open"].to_numpy(dtype=bool)
    old = ~sites["candidate"].to_numpy(dtype=bool)
    shut = sites["must_close"].to_numpy(dtype=bool)
    opened = (must | (old & ~shut)) & sites["can_open"].to_numpy(dtype=bool)
    empty = ~opened & ~sites["may_close"].to_numpy(dtype=bool)
    money = float(opened @ sites["capital_yuan"].to_numpy(dtype=float))
    counted = int((opened & (sites["bands"] != "").to_numpy()).sum())
    if empty.any() or (must & ~opened).any():
        return None
    if money > sets.budget_yuan or counted > sets.schools_max:
        return None
    values = np.zeros(columns.n)
    values[columns.full] = opened
    return values


def _better(sets: Sets, columns: Columns, rows: Rows, found: Floats | None, best: _Found) -> _Found:
    """Make pupils whole and keep the cheaper of two plans."""
    if found is None:
        return best
    values = whole_pupils(sets, columns, rows, found)
    cost = float(columns.cost @ values)
    if cost >= best.cost:
        return best
    return _Found(plan=values, cost=cost, bound=best.bound)


def _done(sets: Sets, columns: Columns, best: _Found, gap: float) -> bool:
    if best.plan is None:
        return False
    broken = sum(_terms(sets, columns, best.plan)[t] for t in BROKEN)
    return gap_of(best.cost, best.bound, broken=broken) <= max(gap, _EXACT)


def _target(sets: Sets, columns: Columns, best: _Found, gap: float, step: int) -> float:
    """Give the solver its gap: a rough one first, then what the ordinary costs ask for."""
    if step == 2:  # noqa: PLR2004 # the first search
        return max(gap, _FIRST_GAP)
    if best.plan is None or best.cost <= 0:
        return gap
    broken = sum(_terms(sets, columns, best.plan)[t] for t in BROKEN)
    return gap * min(1.0, max(best.cost - broken, _CENT) / best.cost) * 0.5 ** (step - 3)


def _tighten(
    sets: Sets, columns: Columns, rows: Rows, *, deadline: float
) -> tuple[Rows, float, bool]:
    """Add the links that the relaxation violates, until none is left or time is up."""
    pair = np.concatenate([columns.stay_pair, columns.come_pair])
    site = sets.pairs["site"].to_numpy(dtype=np.int64)
    pupils = sets.groups["pupils"].to_numpy(dtype=float)[sets.pairs["group"].to_numpy()]
    low_grades = (sets.pairs["band"].to_numpy() == "g13").astype(float)
    tied = np.zeros(len(sets.pairs), dtype=bool)
    bound = 0.0
    shares = np.zeros(columns.n, dtype=np.int64)
    for _ in range(_ROUNDS):
        left = deadline - time.monotonic()
        if left <= 0:
            return rows, bound, True
        result = _beside(partial(_milp, columns.cost, rows, columns, shares, seconds=left))
        if result.status != _OPTIMAL:
            # What the clock left of a relaxation is no bound.
            return rows, bound, True
        values, bound = np.asarray(result.x, dtype=float), max(bound, float(result.fun))
        flow = np.bincount(
            pair,
            weights=np.concatenate([values[columns.stay], values[columns.come]]),
            minlength=len(tied),
        )
        opened = values[columns.full][site] + low_grades * values[columns.small][site]
        violated = (flow > pupils * opened + _TOLERANCE * np.maximum(pupils, 1)) & ~tied
        if not violated.any():
            break
        tied |= violated
        rows = stack([rows, links(sets, columns, np.flatnonzero(violated))])
    return rows, bound, False


def _milp(
    cost: Floats,
    rows: Rows,
    columns: Columns,
    whole: NDArray[np.int64],
    *,
    seconds: float = np.inf,
    gap: float = 0.0,
) -> OptimizeResult:
    return milp(
        cost,
        constraints=LinearConstraint(rows.matrix, rows.low, rows.high),
        bounds=Bounds(columns.low, columns.high),
        integrality=whole,
        options={"time_limit": seconds, "mip_rel_gap": gap},
    )


def _beside(work: Callable[[], OptimizeResult]) -> OptimizeResult:
    """Run the solver beside the main thread, so that Ctrl-C is heard at once."""
    answers, faults = list[OptimizeResult](), list[Exception]()

    def run() -> None:
        try:
            answers.append(work())
        except Exception as error:  # noqa: BLE001 # raised again in the main thread
            faults.append(error)

    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    while worker.is_alive():
        worker.join(0.1)
    if faults:
        raise faults[0]
    return answers[0]


def _search(
    sets: Sets, columns: Columns, rows: Rows, *, target: float, seconds: float, best: _Found
) -> _Found:
    whole = columns.whole
    result = _beside(
        partial(_milp, columns.cost, rows, columns, whole, seconds=seconds, gap=target)
    )
    if result.status == _INFEASIBLE:
        raise SolverError(Finding(code="no_relaxation", values={"why": str(result.message)}))
    dual = getattr(result, "mip_dual_bound", None)
    bound = best.bound if dual is None or not np.isfinite(dual) else max(best.bound, float(dual))
    best = _Found(plan=best.plan, cost=best.cost, bound=bound)
    found = None if result.x is None else np.asarray(result.x, dtype=float)
    return _better(sets, columns, rows, found, best)


def _answer(
    sets: Sets, columns: Columns, values: Floats, *, bound: float, status: str, cut: bool
) -> Answer:
    pair = np.concatenate([columns.stay_pair, columns.come_pair])
    number = np.concatenate([values[columns.stay], values[columns.come]])
    flows = pd.DataFrame(
        {
            "village_id": sets.groups["village_id"].to_numpy()[sets.pairs["group"][pair]],
            "band": sets.groups["band"].to_numpy()[sets.pairs["group"][pair]],
            "site_id": sets.sites.index.to_numpy()[sets.pairs["site"][pair]],
            "pupils": number.astype(np.int64),
        }
    )
    by = ["village_id", "band", "site_id"]
    summed = flows[flows["pupils"] > 0].groupby(by, sort=True)["pupils"].sum().reset_index()
    left = sets.groups.assign(pupils=values[columns.unserved].astype(np.int64))
    sites = pd.DataFrame(
        {
            "full": values[columns.full] > 0,
            "small": values[columns.small] > 0,
            "extra_classes": values[columns.extra].astype(np.int64),
            "overload": values[columns.overload].astype(np.int64),
            "short": values[columns.short].astype(np.int64),
        },
        index=sets.sites.index,
    )
    return Answer(
        sites=sites,
        flows=summed,
        unserved=left[left["pupils"] > 0].reset_index(drop=True),
        pushed=_pushed(sets, columns, values),
        bare=tuple(sets.townships[values[columns.bare] > 0]),
        objective=float(columns.cost @ values),
        bound=bound,
        terms=_terms(sets, columns, values),
        status=status,
        cut_by_clock=cut,
    )


def _pushed(sets: Sets, columns: Columns, values: Floats) -> pd.DataFrame:
    number = values[columns.come].astype(np.int64)
    beyond = sets.pairs["pushed"].to_numpy(dtype=bool)[columns.come_pair] & (number > 0)
    group = sets.pairs["group"].to_numpy()[columns.come_pair[beyond]]
    rows = sets.groups.iloc[group][["village_id", "band"]].assign(pupils=number[beyond])
    return rows.groupby(["village_id", "band"])["pupils"].sum().reset_index()


def _terms(sets: Sets, columns: Columns, values: Floats) -> dict[str, float]:
    pair = np.concatenate([columns.stay_pair, columns.come_pair])
    flow = np.concatenate([values[columns.stay], values[columns.come]])
    pairs, sites, price = sets.pairs.iloc[pair], sets.sites, sets.prices
    minutes = float(flow @ pairs["minutes"].to_numpy()) * price["minute"]
    over = float(flow @ pairs["over"].to_numpy(dtype=float)) * price["over_limit"]
    come = sets.pairs["pushed"].to_numpy(dtype=float)[columns.come_pair]
    pushed = float(values[columns.come] @ come) * price["pushed"]
    stays = values[columns.stay]
    chosen = float(stays @ chosen_credit(sets)[columns.stay_pair])
    ways = float(columns.cost[: columns.come.stop] @ values[: columns.come.stop])
    full, extra = values[columns.full], values[columns.extra]
    capital = full @ sites["capital_yuan"].to_numpy() + extra @ sites["class_yuan"].to_numpy()
    return {
        "minutes": minutes,
        "over_limit": over,
        "chosen": -chosen,
        "pushed": pushed,
        "moved": ways - minutes - over - pushed + chosen,
        "unserved": float(values[columns.unserved].sum()) * price["unserved"],
        "overload": float(values[columns.overload].sum()) * price["overload"],
        "short_of_least_size": float(values[columns.short].sum()) * price["overload"],
        "fixed_running": float(
            full @ sites["annual_yuan"].to_numpy()
            + values[columns.small] @ sites["small_annual_yuan"].to_numpy()
        ),
        "capital_spread": float(capital) / sets.capital_life_years,
        "township": float(values[columns.bare].sum()) * price["township"],
    }
