"""Horizon: one layout for several years and variants at once."""

from layoutplan.horizon.checking import assert_plan_ahead_valid
from layoutplan.horizon.cost import cost_over_years, yearly_cost
from layoutplan.horizon.noun import PlanAhead
from layoutplan.horizon.propose import propose_ahead
from layoutplan.horizon.waiting import Waiting, waiting

__all__ = [
    "PlanAhead",
    "Waiting",
    "assert_plan_ahead_valid",
    "cost_over_years",
    "propose_ahead",
    "waiting",
    "yearly_cost",
]
