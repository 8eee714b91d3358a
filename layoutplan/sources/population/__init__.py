"""People on a grid or in buildings become demand points that keep the townships' totals."""

from layoutplan.sources.population.noun import DemandPoints
from layoutplan.sources.population.points import demand_points

__all__ = ["DemandPoints", "demand_points"]
