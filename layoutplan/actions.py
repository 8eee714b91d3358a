"""What a plan can do at a site."""

from types import MappingProxyType
from typing import Final

ACTIONS: Final = (
    "keep",
    "close",
    "teaching_point",
    "expand",
    "new",
    "unused",
    "board",
    "primary_only",
    "nine_year",
)
"""What a plan can do at a site; ``unused`` is a candidate that is not built.

``teaching_point`` leaves a primary school grades 1-3, ``primary_only`` takes grades 7-9 from
a nine-year school, ``nine_year`` makes one of a primary or junior school. ``expand`` adds
classes, and beds where there are any to add; ``board`` adds beds only. A conversion with
classes or beds added keeps its own name.
"""

CLOSED_ACTIONS: Final = ("close", "unused")
"""Actions after which nobody is taught at a site."""

OPEN_ACTIONS: Final = tuple(a for a in ACTIONS if a not in CLOSED_ACTIONS)
"""Actions after which a site is open."""

LOSING_ACTIONS: Final = ("close", "teaching_point", "primary_only")
"""Actions by which a school gives up grades that it teaches."""

GROWING_ACTIONS: Final = ("expand", "new", "primary_only", "nine_year")
"""Actions that may go with classes added."""

BED_ACTIONS: Final = ("board", *GROWING_ACTIONS)
"""Actions that may go with beds added."""

BECOMES: Final = MappingProxyType(
    {"teaching_point": "teaching_point", "primary_only": "primary", "nine_year": "nine_year"}
)
"""The kind of school that an action makes; after all others a school is of its old kind."""
