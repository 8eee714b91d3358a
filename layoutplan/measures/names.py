"""The names of the measures and the columns of their table."""

from typing import Final

from layoutplan.tables import BANDS

CLOSED: Final = ("close", "unused")
"""States in which a site teaches nobody."""

OF_CANDIDATES: Final = ("new", "unused")
"""States of candidate sites; all other measures are those of schools."""

STATES: Final = (
    "keep", "close", "teaching_point", "primary_only", "nine_year", "new", "unused",
)  # fmt: skip
"""What a site can be; it is exactly one of those that are allowed."""

MODULES: Final = ("expand", "board")
"""What can be added to a state: classes and beds."""

MEASURES: Final = (*STATES, *MODULES)
"""All measures."""

EXPANDABLE: Final = ("keep", "primary_only", "nine_year")
"""States to which the classes of the measure ``expand`` can be added."""

BOARDING: Final = ("keep", "primary_only", "nine_year")
"""States to which the beds of the measure ``board`` can be added."""

FIRST_COLUMNS: Final = (
    "site_id", "measure", "bands", "places", "classes", "class_places", "extra_classes_max",
    "class_yuan", "capital_yuan", "annual_yuan", "allowed",
)  # fmt: skip
"""Columns without which a table of measures says too little."""

COLUMNS: Final = (
    "site_id", "measure", "bands",
    "places", *(f"places_{b}" for b in BANDS),
    "classes", *(f"classes_{b}" for b in BANDS),
    "class_places", "extra_classes_max", "class_yuan",
    "beds", "extra_beds_max", "bed_yuan",
    "capital_yuan", "annual_yuan", "allowed", "locked",
)  # fmt: skip
"""All columns, in their order."""

COUNTS: Final = (
    "places", *(f"places_{b}" for b in BANDS),
    "classes", *(f"classes_{b}" for b in BANDS),
    "class_places", "extra_classes_max", "beds", "extra_beds_max",
)  # fmt: skip
"""Columns of whole numbers from 0."""

AMOUNTS: Final = ("class_yuan", "bed_yuan", "capital_yuan", "annual_yuan")
"""Columns of numbers from 0."""
