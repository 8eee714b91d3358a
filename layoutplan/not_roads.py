"""Lines that maps keep among roads and that are none."""

from typing import Final

NOT_ROADS: Final = (
    "construction",
    "proposed",
    "planned",
    "abandoned",
    "disused",
    "razed",
    "demolished",
    "raceway",
    "via_ferrata",
    "platform",
    "escape",
)
"""Values of highway that are no roads (OpenStreetMap)."""
