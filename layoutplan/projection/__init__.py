"""The years ahead: pupils by village, grade and year, and what they mean for schools."""

from layoutplan.projection.backtest import backtest, backtest_births
from layoutplan.projection.noun import Projection
from layoutplan.projection.project import project
from layoutplan.projection.warning import early_warning
from layoutplan.projection.warning_noun import EarlyWarning

__all__ = ["EarlyWarning", "Projection", "backtest", "backtest_births", "early_warning", "project"]
