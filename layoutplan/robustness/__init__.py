"""Robustness: whether the decisions of a plan stay when its assumptions change."""

from layoutplan.robustness.cases import Case
from layoutplan.robustness.noun import Sensitivity
from layoutplan.robustness.run import sensitivity

__all__ = ["Case", "Sensitivity", "sensitivity"]
