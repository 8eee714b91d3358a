"""The national school forms, 基础基 to 2020 and 教基 since 2021, to a table of schools.

The families are described by TOML beside the code: the names of their sheets, and for
each value the words of its row and heading.
"""

from layoutplan.sources.forms.noun import SchoolForms
from layoutplan.sources.forms.reading import read_forms

__all__ = ["SchoolForms", "read_forms"]
