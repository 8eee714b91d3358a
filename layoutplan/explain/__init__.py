"""Explaining plans: causes and cures of broken rules, why a decision, what if, which else."""

from layoutplan.explain.causes import causes
from layoutplan.explain.causes_noun import Causes

__all__ = ["Causes", "causes"]
