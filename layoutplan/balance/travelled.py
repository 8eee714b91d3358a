"""How far pupils travel in a plan: what stands beside its coefficients.

A plan that closes small schools makes coefficients smaller and ways longer; whoever
reads the one reads the other.
"""

from typing import Final

import numpy as np
import pandas as pd

from layoutplan.balance.indicators import STAGES
from layoutplan.plan import Plan
from layoutplan.plan.ways import BOARD
from layoutplan.tables import BANDS

_JUNIOR: Final = BANDS[-1]

TRAVELLED: Final = ("travel_mean", "travel_beyond")
"""The rows of ways to school; ``balance.indicator.<name>`` in words."""


def travelled(plan: Plan) -> pd.DataFrame:
    """Measure the ways to school in a plan, stage by stage.

    Parameters
    ----------
    plan
        The plan; its standards hold the limits (国办发〔2012〕48号).

    Returns
    -------
    pandas.DataFrame
        One row per stage and number: stage, indicator (`TRAVELLED`), unit (minutes,
        one way; persons) and mean: the mean minutes weighted by pupils, and the pupils
        whose way is longer than the limit of their grades. NaN where no way is known;
        pupils without a school or a known way are not counted, and boarders, who do not
        travel daily, are within the limit and not in the mean.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> travelled(today)["unit"].tolist()
    ['minutes', 'persons', 'minutes', 'persons']
    """
    table = plan.assignment
    minutes = table["minutes"].to_numpy(dtype=np.float64)
    limits = {b: plan.standards.value(f"travel_limit_minutes_{b}") for b in BANDS}
    limit = table["band"].map(limits).to_numpy(dtype=np.float64)
    pupils = table["pupils"].to_numpy(dtype=np.float64)
    junior = table["band"].eq(_JUNIOR).to_numpy()
    boards = table["mode"].eq(BOARD).to_numpy()
    rows = []
    for stage in STAGES:
        known = np.isfinite(minutes) & (junior == (stage == "junior"))
        daily = known & ~boards
        count, travels = float(pupils[known].sum()), float(pupils[daily].sum())
        mean = float(minutes[daily] @ pupils[daily]) / travels if travels else float("nan")
        beyond = float(pupils[daily & (minutes > limit)].sum()) if count else float("nan")
        numbers = zip(TRAVELLED, ("minutes", "persons"), (mean, beyond), strict=True)
        rows += [(stage, name, unit, number) for name, unit, number in numbers]
    return pd.DataFrame(rows, columns=["stage", "indicator", "unit", "mean"])
