"""Service areas that are connected: plans in which no area falls apart."""

from layoutplan.location.contiguous.areas import contiguous_areas
from layoutplan.location.contiguous.location import contiguous_location

__all__ = ["contiguous_areas", "contiguous_location"]
