"""The frontier: what less travel, or less money at once, costs."""

import time
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.county import County
from layoutplan.errors import OptionsError
from layoutplan.explain.alternatives_noun import Frontier
from layoutplan.explain.breaches import breaches
from layoutplan.explain.near import bounded
from layoutplan.explain.question import Question, answer, capital_yuan, ordinary_yuan
from layoutplan.findings import Finding
from layoutplan.measures import Options, site_measures
from layoutplan.plan import Plan, propose
from layoutplan.plan.ways import BOARD
from layoutplan.standards import Standards
from layoutplan.standards import standards as load_standards
from layoutplan.travel import TravelTimes

AXES: Final = {
    "cost": "",
    "minutes": "minutes_max",
    "worst": "worst_max",
    "capital": "budget_yuan",
    "moved": "moved_max",
}
"""What can be weighed, and the option that limits it."""

_DEAR: Final = 20.0
"""The price of a minute times this, to find how little travel there can be."""

_WAYS: Final = ("minutes", "worst")
"""Axes whose least is that of a plan which spares no money for shorter ways."""

_LARGE: Final = 40
"""In counties of more sites than this, plans start from the one before them on their axis."""

_FIRST: Final = 0.4
"""Share of the time for the cheapest plan of such a county."""

_REACHED: Final = 0.6
"""Whole groups get so far, of what shares on the sites of the cheapest plan do."""

_SAME: Final = 1e-6
"""Values of an axis that differ by less than this share are equal."""

_CENT: Final = 0.01


def frontier(
    county: County,
    times: TravelTimes,
    *,
    standards: Standards | None = None,
    options: Options | None = None,
    measures: pd.DataFrame | None = None,
    bus: TravelTimes | None = None,
    axes: tuple[str, ...] = ("cost", "minutes", "worst"),
    points: int = 8,
    time_limit: float = 240.0,
    gap: float = 0.001,
    seed: int = 0,
    lang: str = "auto",
) -> Frontier:
    r"""Find plans of which none is better in cost and in travel.

    The cheapest plan comes first. Then each other axis in turn is held below limits that
    fall in equal steps from what the cheapest plan has to the least that was found, and the
    cheapest plan within each is searched for:

    .. math:: \min_x \; c(x) \quad \text{s.t.} \quad f_k(x) \le \epsilon_k

    (the epsilon-constraint method, Haimes, Lasdon and Wismer 1971; Mavrotas 2009). In a
    large county each starts from the plan before it on its axis. Every plan comes with a
    bound: none within its limit costs less. Plans that break more
    rules than the cheapest one are left out, and so are those that another one dominates.

    The axes are ``cost`` (yuan a year, all terms of the objective), ``minutes`` (of all
    pupils a day, one way, boarders by their journeys), ``worst`` (minutes of any pupil who
    travels daily), ``capital`` (yuan at once) and ``moved`` (pupils who change school).

    Parameters
    ----------
    county, times, standards, options, measures, bus
        As in `layoutplan.propose`.
    axes
        What is weighed; ``cost`` always is.
    points
        How many plans are searched for.
    time_limit
        Seconds in all.
    gap, seed
        As in `layoutplan.propose`, for each plan.
    lang
        The language; that of the county's names where ``"auto"``.

    Returns
    -------
    Frontier
        The plans with their bounds.

    Raises
    ------
    OptionsError
        If an axis is unknown or fewer than two points are asked for.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=20)
    >>> options = lp.Options(split_villages=True)
    >>> found = lp.frontier(
    ...     county, lp.travel_times(county), options=options, axes=("cost", "capital"), points=2
    ... )
    >>> len(found.tried)
    2
    """
    start = time.monotonic()
    spoken = county.language(lang)
    others = [a for a in axes if a != "cost"]
    unknown = [a for a in others if a not in AXES]
    if unknown or not others:
        values = {"value": ", ".join(unknown) or "cost"}
        raise OptionsError(Finding(code="bad_option", column="axes", values=values), lang=spoken)
    if points < 2:  # noqa: PLR2004 # the cheapest plan and another one
        found = Finding(code="bad_option", column="points", values={"value": points})
        raise OptionsError(found, lang=spoken)
    rules = standards or load_standards()
    asked = options or Options()
    given = site_measures(county, standards=rules) if measures is None else measures
    question = Question(
        county=county, times=times, standards=rules, options=asked, measures=given, bus=bus
    )
    large = len(county.sites) > _LARGE
    searches = points + bool(set(_WAYS) & set(others))
    seconds = time_limit * (_FIRST if large else 1.0 / searches)
    cheapest = propose(
        county, times, standards=rules, options=asked, measures=given, bus=bus,
        time_limit=seconds, gap=gap, seed=seed, name="cost",
    )  # fmt: skip
    if large:
        left = max(start + time_limit - time.monotonic(), 1.0)
        seconds = left / searches
        cheapest = _again(question, cheapest, seconds=seconds, gap=gap)
    made, rows = [cheapest], [_row(cheapest, "cost", np.nan)]
    before, axis_before = cheapest, ""
    for number, (axis, most) in enumerate(
        _limits(
            question, cheapest, others, points - 1, seconds=seconds, gap=gap,
            start=cheapest if large else None,
        ),
        2,
    ):  # fmt: skip
        left = start + time_limit - time.monotonic()
        if axis != axis_before:
            before, axis_before = cheapest, axis
        plan = answer(
            question.asking(**{AXES[axis]: most}),
            seconds=max(min(left, seconds), 1.0),
            gap=gap,
            seed=seed,
            name=f"{axis} {number}",
            start=before if large else None,
        )
        if plan is not None:
            # A tighter limit leaves fewer plans, so that the bound of a looser one holds.
            plan = bounded(plan, before.solver.bound or 0.0)
            before = plan
            made.append(plan)
            rows.append(_row(plan, axis, most))
    tried = pd.DataFrame(rows)
    tried["kept"] = _kept(tried, made, [*others, "cost"])
    on = np.flatnonzero(tried["kept"].eq("yes").to_numpy())
    order = on[np.argsort(tried["cost"].to_numpy(dtype=float)[on], kind="stable")]
    return Frontier(
        lang=spoken,
        axes=("cost", *others),
        plans=tuple(made[i] for i in order),
        seconds=time.monotonic() - start,
        tables={
            "plans": tried.iloc[order].drop(columns="kept").reset_index(drop=True),
            "tried": tried,
        },
    )


def _again(question: Question, plan: Plan, *, seconds: float, gap: float) -> Plan:
    """Improve the cheapest plan as all others will be, so that none of them is cheaper."""
    again = answer(
        question, seconds=seconds, gap=gap, seed=plan.solver.seed, name=plan.name, start=plan
    )
    if again is None or (again.solver.objective or np.inf) >= (plan.solver.objective or np.inf):
        return plan
    return bounded(again, plan.solver.bound or 0.0)


def _limits(
    question: Question,
    cheapest: Plan,
    axes: list[str],
    number: int,
    *,
    seconds: float,
    gap: float,
    start: Plan | None,
) -> list[tuple[str, float]]:
    """Share the points among the axes, in equal steps towards the least that was found."""
    now, least, found = _row(cheapest, "cost", np.nan), {"capital": 0.0, "moved": 0.0}, []
    if {"minutes", "worst"} & set(axes):
        # Rules are kept first, and then no price of a minute is too high.
        known = question.options.prices
        price = known.get("minute", question.standards.value("price_yuan_per_minute"))
        strict = question.strict()
        dear = strict.asking(prices={**strict.options.prices, "minute": _DEAR * max(price, 1.0)})
        if start is not None:
            # Rounding to whole groups in so short a time would spoil the least.
            dear = dear.asking(split_villages=True, together=False)
        near = answer(dear, seconds=seconds, gap=gap, start=start)
        near = None if near is None or _breaks_more(near, cheapest) else near
        least |= {
            a: float(str(v)) for a, v in _row(near or cheapest, "", 0.0).items() if a in _WAYS
        }
    high = {axis: float(str(now[axis])) for axis in axes}
    low = {axis: min(high[axis], least[axis]) for axis in axes}
    if start is not None:
        low |= {a: high[a] - _REACHED * (high[a] - low[a]) for a in axes if a in _WAYS}
    # Where the cheapest plan has the least already there is nothing to ask.
    some = [axis for axis in axes if high[axis] - low[axis] > _SAME * abs(high[axis])] or axes
    for at, axis in enumerate(some):
        steps = number // len(some) + (at < number % len(some))
        step = (high[axis] - low[axis]) / max(steps, 1)
        found += [(axis, high[axis] - step * i) for i in range(1, steps + 1)]
    return [(axis, np.floor(most) if axis == "moved" else most) for axis, most in found]


def _row(plan: Plan, axis: str, most: float) -> dict[str, object]:
    """Measure a plan along every axis."""
    given, value = plan.assignment, plan.standards.value
    share = value("journeys_per_week_boarder") / value("journeys_per_week_daily")
    daily = given["mode"].ne(BOARD)
    pupils = given["pupils"].to_numpy(dtype=float)
    minutes = given["minutes"].to_numpy(dtype=float) * np.where(daily, 1.0, share)
    moves = plan.moves
    moved = moves.loc[moves["from_site"].ne("") & moves["to_site"].ne(""), "pupils"].sum()
    return {
        "plan": plan.name,
        "axis": axis,
        "most": most,
        "cost": plan.solver.objective,
        "bound": plan.solver.bound,
        "gap": plan.solver.gap,
        "minutes": float(pupils @ minutes),
        "mean": float(pupils @ minutes) / max(float(pupils.sum()), 1.0),
        "worst": float(given.loc[daily, "minutes"].max()) if daily.any() else 0.0,
        "capital": capital_yuan(plan),
        "moved": int(moved),
    }


def _kept(tried: pd.DataFrame, plans: list[Plan], axes: list[str]) -> list[str]:
    """Tell which plans no other one dominates, among those that break no more rules."""
    broken = np.array([(p.solver.objective or 0.0) - ordinary_yuan(p) for p in plans])
    sound = broken <= broken[0] + _CENT
    values = tried[axes].to_numpy(dtype=float)
    kept = []
    for i in range(len(plans)):
        if not sound[i]:
            kept.append("broken")
            continue
        no_worse = (values <= values[i] + _CENT).all(axis=1) & sound
        better = (values < values[i] - _CENT).any(axis=1)
        same = (np.abs(values - values[i]) <= _CENT).all(axis=1) & sound
        twice = bool(same[:i].any())
        kept.append("dominated" if twice or bool((no_worse & better).any()) else "yes")
    return kept


def _breaks_more(plan: Plan, other: Plan) -> bool:
    """Tell whether a plan breaks more rules than another, at the other's prices."""
    one, two = (breaches(p, priced_by=other.options)["weight"].sum() for p in (plan, other))
    return bool(one > two + _CENT)
