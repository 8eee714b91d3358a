"""Alternatives: plans that differ in many sites and cost little more."""

import time
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.actions import CLOSED_ACTIONS
from layoutplan.errors import OptionsError
from layoutplan.explain.alternatives_noun import Alternatives
from layoutplan.explain.question import answer, asked_of, capital_yuan, ordinary_yuan
from layoutplan.findings import Finding
from layoutplan.plan import Plan

_LEAST: Final = 1.0
"""Seconds below which no further plan is searched for."""


def alternatives(
    plan: Plan,
    *,
    k: int = 5,
    differ: int = 4,
    within: float = 0.01,
    measures: pd.DataFrame | None = None,
    time_limit: float = 100.0,
    gap: float = 0.001,
    lang: str = "auto",
) -> Alternatives:
    r"""Find plans that differ from a plan and from each other, and cost little more.

    One after the other, the cheapest plan is searched for whose open sites :math:`S`
    differ from those of every plan before it in at least so many sites:

    .. math:: |S \setminus S_i| + |S_i \setminus S| \ge d \quad \forall i

    (modelling to generate alternatives, Brill, Chang and Hopkins 1982; the rows are
    those of Balas and Jeroslow 1972). It is kept where it costs at most a share more than
    the plan, the share being that of its ordinary costs, without the prices of broken
    rules. Where even the bound costs more, no further plan exists that differs from all of
    these; where only the plan that was found does, that is not proven.

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
    >>> county = lp.example.county(seed=1, villages=40)
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
    plans: list[Plan] = []
    last, ended = "unproven", False
    while len(plans) < k and not ended:
        left = start + time_limit - time.monotonic()
        if left < _LEAST:
            break
        apart = question.asking(
            differ_from=(*plan.options.differ_from, *(open_sites(p) for p in (plan, *plans))),
            at_least=differ,
        )
        other = answer(
            apart,
            seconds=left / (k - len(plans)),
            gap=gap,
            seed=plan.solver.seed,
            name=f"{plan.name} {len(plans) + 2}",
        )
        ended = other is None or (other.solver.objective or np.inf) > most
        if other is not None and not ended:
            plans.append(other)
        elif other is None or (other.solver.bound or 0.0) > most:
            last = "proven"
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
