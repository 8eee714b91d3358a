"""Many counties: the same job for each, on Dask, with the truth about their borders."""

from layoutplan.regions.noun import Regions
from layoutplan.regions.run import plan_regions
from layoutplan.regions.years import RoadmapOptions

__all__ = ["Regions", "RoadmapOptions", "plan_regions"]
