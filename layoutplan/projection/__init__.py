"""The years ahead: pupils by village, grade and year, and what they mean for schools."""

from layoutplan.projection.noun import Projection
from layoutplan.projection.project import project

__all__ = ["Projection", "project"]
