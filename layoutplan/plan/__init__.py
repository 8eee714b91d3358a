"""Plans: today's layout, one drawn by hand and one that was found are of one type."""

from layoutplan.plan.evaluate import evaluate
from layoutplan.plan.noun import Plan, SolverReport
from layoutplan.plan.propose import propose

__all__ = ["Plan", "SolverReport", "evaluate", "propose"]
