"""Alternatives: plans that differ in many sites and cost little more."""

import time
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.actions import CLOSED_ACTIONS
from layoutplan.errors import OptionsError
from layoutplan.explain.alternatives_noun import Alternatives
from layoutplan.explain.near import bounded
from layoutplan.explain.question import Question, answer, asked_of, capital_yuan, ordinary_yuan
from layoutplan.explain.relaxations import LOCKS
from layoutplan.findings import Finding
from layoutplan.plan import Plan
from layoutplan.plan.changes import site_changes

_EACH: Final = 3
"""So many sites for each one in which a plan is to differ, and for each plan, are tried."""

_PRICING: Final = 0.4
"""Share of the time for pricing the change of each site alone."""

_NEAR: Final = 0.5
"""Share of the time that is left for a plan from the sites that cost least."""

_LEAST: Final = 1.0
"""Seconds below which no further plan is searched for."""


def alternatives(
    plan: Plan,
    *,
    k: int = 3,
    differ: int = 4,
    within: float = 0.02,
    measures: pd.DataFrame | None = None,
    time_limit: float = 60.0,
    gap: float = 0.001,
    lang: str = "auto",
) -> Alternatives:
    r"""Find plans that differ from a plan and from each other, and cost little more.

    One after the other, a plan of least cost is searched for whose open sites :math:`S`
    differ from those of every plan before it in at least so many sites:

    .. math:: |S \setminus S_i| + |S_i \setminus S| \ge d \quad \forall i

    (modelling to generate alternatives, Brill, Chang and Hopkins 1982; the rows are
    those of Balas and Jeroslow 1972). It is kept where it costs at most a share more than
    the plan, the share being that of its ordinary costs, without the prices of broken
    rules. Each site is changed over alone at first, and the plan is made of the changes that
    cost least together; where that costs too much, the whole county is searched. Where even
    the bound costs more, no further plan exists that differs from all of these; where only
    the plan that was found does, that is not proven.

    Parameters
    ----------
    plan
        The plan.
    k
        How many plans are wanted.
    differ
        In how many sites each differs from every other one at least.
    within
        How much more a plan may cost, as a share.
    measures
        What may be done at each site; as in the plan where None.
    time_limit
        Seconds in all.
    gap
        As in `layoutplan.propose`, for each plan.
    lang
        The language; that of the county's names where ``"auto"``.

    Returns
    -------
    Alternatives
        The plans with their bounds, and what is known where there are fewer than wanted.

    Raises
    ------
    OptionsError
        If the plan was not searched for, so that its cost is not known, or a number is
        below 1 or a share below 0.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=20)
    >>> options = lp.Options(split_villages=True)
    >>> plan = lp.propose(county, lp.travel_times(county), options=options)
    >>> found = lp.alternatives(plan, k=1, differ=1, within=0.2)
    >>> len(found.plans)
    1
    """
    start = time.monotonic()
    spoken = plan.county.language(lang)
    if plan.solver.objective is None:
        raise OptionsError(Finding(code="plan_without_cost"), lang=spoken)
    for name, value, least in (("k", k, 1), ("differ", differ, 1), ("within", within, 0)):
        if not value >= least:
            found = Finding(code="bad_option", column=name, values={"value": value})
            raise OptionsError(found, lang=spoken)
    question = asked_of(plan, measures)
    most = plan.solver.objective + within * ordinary_yuan(plan)
    changes = site_changes(
        plan, options=question.options, measures=question.measures,
        seconds=_PRICING * time_limit,
    )  # fmt: skip
    likely = [str(s) for s in changes.index[: _EACH * differ * k]]
    plans: list[Plan] = []
    last = "unproven"
    while len(plans) < k:
        left = start + time_limit - time.monotonic()
        if left < _LEAST:
            break
        apart = question.asking(
            differ_from=(*plan.options.differ_from, *(open_sites(p) for p in (plan, *plans))),
            at_least=max(differ, plan.options.at_least),
        )
        name = f"{plan.name} {len(plans) + 2}"
        other = _other(plan, apart, likely, most, seconds=left, gap=gap, name=name,
                       same_measures=measures is None)  # fmt: skip
        if other is None or (other.solver.objective or np.inf) > most:
            # Without a plan there is no bound; that none was found in time proves nothing.
            proven = other is not None and (other.solver.bound or 0.0) > most
            last = "proven" if proven or _free_sites(question) < differ else last
            break
        plans.append(other)
    if len(plans) == k:
        last = "found"
    return Alternatives(
        lang=spoken,
        plan=plan,
        plans=tuple(plans),
        differ=differ,
        within=within,
        verdict=last,
        seconds=time.monotonic() - start,
        tables={"plans": _table([plan, *plans])},
    )


def _other(
    plan: Plan,
    apart: Question,
    likely: list[str],
    most: float,
    *,
    seconds: float,
    gap: float,
    name: str,
    same_measures: bool,
) -> Plan | None:
    """Change over the sites that cost least, and search everywhere where that is too dear."""
    start, seed = time.monotonic(), plan.solver.seed
    other = None
    if likely:
        other = answer(
            apart, seconds=_NEAR * seconds, gap=gap, seed=seed, name=name,
            start=plan, around=likely,
        )  # fmt: skip
    left = seconds - (time.monotonic() - start)
    if left > _LEAST and (other is None or (other.solver.objective or np.inf) > most):
        whole = answer(apart, seconds=left, gap=gap, seed=seed, name=name)
        found = [p for p in (other, whole) if p is not None]
        bound = max((p.solver.bound or 0.0 for p in found), default=0.0)
        best = min(found, key=lambda p: p.solver.objective or np.inf, default=None)
        other = None if best is None else bounded(best, bound)
    # A plan that differs from others is a plan all the same.
    if other is None or not same_measures:
        return other
    return bounded(other, plan.solver.bound or 0.0)


def _free_sites(question: Question) -> int:
    """Count the sites that may be open or closed."""
    offered = question.measures[question.measures["allowed"].astype(bool)]
    shut = offered["measure"].isin(CLOSED_ACTIONS)
    both = set(offered.loc[shut, "site_id"]) & set(offered.loc[~shut, "site_id"])
    return len(both - {s for lock in LOCKS for s in getattr(question.options, lock)})


def open_sites(plan: Plan) -> frozenset[str]:
    """Give the sites that are open in a plan.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    frozenset of str
        Their ids.
    """
    action = plan.decisions["action"]
    return frozenset(action.index[~action.isin(CLOSED_ACTIONS)].astype("str"))


def _table(plans: list[Plan]) -> pd.DataFrame:
    first = plans[0]
    rows = []
    for number, plan in enumerate(plans):
        sites = open_sites(plan)
        apart = [len(sites ^ open_sites(other)) for other in plans[:number]]
        report = plan.solver
        cost = (report.objective or 0.0) - (first.solver.objective or 0.0)
        rows.append(
            {
                "plan": plan.name,
                "objective": report.objective,
                "bound": report.bound,
                "gap": report.gap,
                "cost_more": cost,
                "share_more": cost / max(ordinary_yuan(first), 1.0),
                "apart": min(apart, default=0),
                "opened": " ".join(sorted(sites - open_sites(first))),
                "closed": " ".join(sorted(open_sites(first) - sites)),
                "open_sites": len(sites),
                "capital_yuan": capital_yuan(plan),
                "pupils_moved": int(plan.moves["pupils"].sum()),
                "unserved": plan.pupils_unserved,
            }
        )
    return pd.DataFrame(rows)
