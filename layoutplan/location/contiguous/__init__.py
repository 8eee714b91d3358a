"""Service areas that are connected: plans in which no area falls apart."""
