"""The cells of delivered files as text: workbooks old and new, delimited text.

Files are only read. Formulas are never computed, macros never run, links never
followed, and nothing of an archive is written anywhere.
"""

from layoutplan.sources.sheets.reading import ENDINGS, read_sheets
from layoutplan.sources.sheets.sheet import Sheet

__all__ = ["ENDINGS", "Sheet", "read_sheets"]
