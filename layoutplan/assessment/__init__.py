"""Assessment: what a plan does for pupils, schools and money, and what it is held to."""

from layoutplan.assessment.assess import assess
from layoutplan.assessment.class_table import class_table
from layoutplan.assessment.compare import Comparison, before_after, compare
from layoutplan.assessment.indicators import INDICATORS
from layoutplan.assessment.noun import Assessment
from layoutplan.assessment.rows import Indicator, LeftOut, Row

__all__ = [
    "INDICATORS",
    "Assessment",
    "Comparison",
    "Indicator",
    "LeftOut",
    "Row",
    "assess",
    "before_after",
    "class_table",
    "compare",
]
