"""Service areas that are connected: plans in which no area falls apart."""

from layoutplan.location.contiguous.areas import contiguous_areas

__all__ = ["contiguous_areas"]
