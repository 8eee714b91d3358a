"""Grades 1 to 9, the bands they belong to and the ages at which children are in them."""

from types import MappingProxyType
from typing import Final

from layoutplan.tables import BANDS, GRADES_PER_BAND

GRADES: Final = tuple(f"g{n}" for n in range(1, len(BANDS) * GRADES_PER_BAND + 1))
"""The nine grades of compulsory education."""

ENTRY_AGE: Final = 6
"""Age by 31 August at which children enter grade 1 (Compulsory Education Law, article 11)."""

GRADES_OF_BAND: Final = MappingProxyType(
    {b: GRADES[i * GRADES_PER_BAND : (i + 1) * GRADES_PER_BAND] for i, b in enumerate(BANDS)}
)
"""The three grades of each band."""

JUNIOR_FROM: Final = 2 * GRADES_PER_BAND
"""How many grades are before junior school."""
