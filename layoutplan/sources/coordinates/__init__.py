"""Points of all systems that Chinese offices and map sites use, brought to where they are."""

from layoutplan.sources.coordinates.convert import SYSTEMS, from_wgs84, gauss_kruger, to_wgs84
from layoutplan.sources.coordinates.settle import settle_places

__all__ = ["SYSTEMS", "from_wgs84", "gauss_kruger", "settle_places", "to_wgs84"]
