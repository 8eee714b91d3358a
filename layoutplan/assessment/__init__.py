"""Assessment: what a plan does for pupils, schools and money, and what it is held to."""

from layoutplan.assessment.assess import assess
from layoutplan.assessment.compare import Comparison, compare
from layoutplan.assessment.indicators import INDICATORS
from layoutplan.assessment.noun import Assessment
from layoutplan.assessment.rows import Indicator, Row

__all__ = [
    "INDICATORS",
    "Assessment",
    "Comparison",
    "Indicator",
    "Row",
    "assess",
    "compare",
]
