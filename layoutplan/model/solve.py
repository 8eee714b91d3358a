"""Solving the model: tight links where they matter, a bound, and whole pupils."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

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
    bare: tuple[str, ...]
    objective: float
    bound: float
    terms: dict[str, float]
    status: str
    cut_by_clock: bool

    @property
    def gap(self) -> float:
        """The part of the objective that is not proven."""
        if self.objective <= 0:
            return 0.0
        return max(0.0, (self.objective - self.bound) / self.objective)


@dataclass(frozen=True, eq=False, kw_only=True)
class _Found:
    whole: Floats | None
    bound: float
    done: bool


def solve(
    sets: Sets,
    *,
    gap: float = 0.005,
    time_limit: float = 60.0,
    progress: Progress | None = None,
) -> Answer:
    """Find the layout of least cost, with a bound below which none can be.

    Pupils are shares at first: the mixed-integer model decides on sites and
    classes, with links between single pairs and sites added where the relaxation
    violates them. With the sites fixed, pupils are a transport problem, whose
    corner solutions are whole numbers because its matrix is totally unimodular
    (Hoffman and Kruskal 1956); the plan's pupils are therefore whole.

    Parameters
    ----------
    sets
        The sets.
    gap
        Gap at which the search may stop, as a share of the objective.
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
    tell(1, 4, "links")
    rows, relaxed = _tighten(sets, columns, rows, deadline=start + 0.4 * time_limit)
    found = _Found(whole=None, bound=relaxed, done=False)
    interrupted = False
    try:
        for step, target in enumerate(sorted({_FIRST_GAP, gap}, reverse=True), 2):
            tell(step, 4, "search")
            left = start + 0.95 * time_limit - time.monotonic()
            if found.done or (left <= 0 and found.whole is not None):
                break
            found = _search(columns, rows, target=target, seconds=max(left, 1.0), best=found)
            found = _Found(whole=found.whole, bound=found.bound, done=_within(columns, found, gap))
    except KeyboardInterrupt:
        if found.whole is None:
            raise
        interrupted = True
    if found.whole is None:
        raise SolverError(Finding(code="no_plan_in_time", values={"seconds": f"{time_limit:.0f}"}))
    tell(4, 4, "pupils")
    values = whole_pupils(sets, columns, rows, found.whole)
    objective = float(columns.cost @ values)
    bound = min(found.bound, objective)
    proven = objective - bound <= max(gap, 1e-9) * abs(objective) + 1e-6
    status = "stopped" if interrupted else "proven" if proven else "best_found"
    return _answer(
        sets, columns, values, bound=bound, status=status, cut=not proven and not interrupted
    )


def _within(columns: Columns, found: _Found, gap: float) -> bool:
    if found.whole is None:
        return False
    value = float(columns.cost @ found.whole)
    return value - found.bound <= gap * abs(value)


def _tighten(sets: Sets, columns: Columns, rows: Rows, *, deadline: float) -> tuple[Rows, float]:
    """Add the links that the relaxation violates, until none is left or time is up."""
    pair = np.concatenate([columns.stay_pair, columns.come_pair])
    site = sets.pairs["site"].to_numpy(dtype=np.int64)
    pupils = sets.groups["pupils"].to_numpy(dtype=float)[sets.pairs["group"].to_numpy()]
    low_grades = (sets.pairs["band"].to_numpy() == "g13").astype(float)
    tied = np.zeros(len(sets.pairs), dtype=bool)
    bound = -np.inf
    for _ in range(_ROUNDS):
        values, bound = _relaxation(columns, rows)
        flow = np.bincount(
            pair,
            weights=np.concatenate([values[columns.stay], values[columns.come]]),
            minlength=len(tied),
        )
        opened = values[columns.full][site] + low_grades * values[columns.small][site]
        violated = (flow > pupils * opened + _TOLERANCE * np.maximum(pupils, 1)) & ~tied
        if not violated.any() or time.monotonic() > deadline:
            break
        tied |= violated
        rows = stack([rows, links(sets, columns, np.flatnonzero(violated))])
    return rows, bound


def _relaxation(columns: Columns, rows: Rows) -> tuple[Floats, float]:
    result = _milp(columns.cost, rows, columns, np.zeros(columns.n, dtype=np.int64))
    if result.x is None:
        raise SolverError(Finding(code="no_relaxation", values={"why": result.message}))
    return np.asarray(result.x, dtype=float), float(result.fun)


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


def _search(columns: Columns, rows: Rows, *, target: float, seconds: float, best: _Found) -> _Found:
    """Run the solver beside the main thread, so that Ctrl-C is heard at once."""
    answers = list[OptimizeResult]()
    worker = threading.Thread(
        target=lambda: answers.append(
            _milp(columns.cost, rows, columns, columns.whole, seconds=seconds, gap=target)
        ),
        daemon=True,
    )
    worker.start()
    while worker.is_alive():
        worker.join(0.1)
    if not answers:
        raise SolverError(Finding(code="no_relaxation", values={"why": "solver thread ended"}))
    result = answers[0]
    dual = getattr(result, "mip_dual_bound", None)
    bound = best.bound if dual is None or not np.isfinite(dual) else max(best.bound, float(dual))
    if result.x is None:
        return _Found(whole=best.whole, bound=bound, done=best.done)
    found = np.asarray(result.x, dtype=float)
    if best.whole is not None and columns.cost @ best.whole < columns.cost @ found:
        found = best.whole
    return _Found(whole=found, bound=bound, done=False)


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
        bare=tuple(sets.townships[values[columns.bare] > 0]),
        objective=float(columns.cost @ values),
        bound=bound,
        terms=_terms(sets, columns, values),
        status=status,
        cut_by_clock=cut,
    )


def _terms(sets: Sets, columns: Columns, values: Floats) -> dict[str, float]:
    pair = np.concatenate([columns.stay_pair, columns.come_pair])
    flow = np.concatenate([values[columns.stay], values[columns.come]])
    pairs, sites, price = sets.pairs.iloc[pair], sets.sites, sets.prices
    minutes = float(flow @ pairs["minutes"].to_numpy()) * price["minute"]
    over = float(flow @ pairs["over"].to_numpy(dtype=float)) * price["over_limit"]
    stays = values[columns.stay]
    chosen = float(stays @ chosen_credit(sets)[columns.stay_pair])
    ways = float(columns.cost[: columns.come.stop] @ values[: columns.come.stop])
    full, extra = values[columns.full], values[columns.extra]
    capital = full @ sites["capital_yuan"].to_numpy() + extra @ sites["class_yuan"].to_numpy()
    return {
        "minutes": minutes,
        "over_limit": over,
        "chosen": -chosen,
        "moved": ways - minutes - over + chosen,
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
