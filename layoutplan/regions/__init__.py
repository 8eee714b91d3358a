"""Many counties: the same job for each, on Dask, with the truth about their borders."""

from layoutplan.regions.noun import Regions
from layoutplan.regions.run import plan_regions

__all__ = ["Regions", "plan_regions"]
