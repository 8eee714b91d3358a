"""What the two assessments measure at each school: eight indicators, and seven."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

Stage = Literal["primary", "junior"]

STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
"""The stages of compulsory education; each is assessed for itself."""

SHARED: Final = (
    "teaching_area_m2",
    "sports_area_m2",
    "equipment_yuan",
    "multimedia_rooms",
    "computers",
    "books",
)
"""Resources that all stages of a school use, which are split between them."""

TEACHERS: Final = (
    "teachers",
    "teachers_above_degree",
    "key_teachers",
    "pe_art_teachers",
    "mid_title_teachers",
)
"""Resources that belong to one stage: teachers, by what they are."""

RESOURCES: Final = (*SHARED, *TEACHERS)
"""Columns of the schools table that the assessments read."""

PARTS: Final = (*TEACHERS, "multimedia_rooms", "computers", "books")
"""Resources that are whole things: nobody moves half a teacher."""

MOVABLE: Final = ("teachers_above_degree", "key_teachers", "pe_art_teachers", "equipment_yuan")
"""Resources of 2017 that can be brought from one school to another."""

ANNEXED: Final = "pe_art_teachers_visiting", "sports_area_leased_m2"
"""Columns that count only where a relaxed rule is asked for."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One indicator of an assessment.

    Parameters
    ----------
    name
        Its name in tables; ``balance.indicator.<name>`` in words says what it is.
    resource
        The column of the schools table it is made of.
    per
        Pupils to whom the resource is set in proportion: 1 or 100.
    unit
        The unit of its values; ``unit.<unit>`` in words.
    """

    name: str
    resource: str
    per: int = 1
    unit: str


BASIC: Final = (
    Measured(name="teaching_area_m2_per_pupil", resource="teaching_area_m2", unit="m2/pupil"),
    Measured(name="sports_area_m2_per_pupil", resource="sports_area_m2", unit="m2/pupil"),
    Measured(name="equipment_yuan_per_pupil", resource="equipment_yuan", unit="yuan/pupil"),
    Measured(
        name="computers_per100", resource="computers", per=100, unit="computers per 100 pupils"
    ),
    Measured(name="books_per_pupil", resource="books", unit="books/pupil"),
    Measured(name="teachers_per_pupil", resource="teachers", unit="persons/pupil"),
    Measured(
        name="teachers_above_degree_per_pupil",
        resource="teachers_above_degree",
        unit="persons/pupil",
    ),
    Measured(
        name="mid_title_teachers_per_pupil", resource="mid_title_teachers", unit="persons/pupil"
    ),
)
"""The eight indicators of basic balance (教督〔2012〕3号), in the order of its tables."""

QUALITY: Final = (
    Measured(
        name="teachers_above_degree_per100",
        resource="teachers_above_degree",
        per=100,
        unit="persons per 100 pupils",
    ),
    Measured(
        name="key_teachers_per100", resource="key_teachers", per=100, unit="persons per 100 pupils"
    ),
    Measured(
        name="pe_art_teachers_per100",
        resource="pe_art_teachers",
        per=100,
        unit="persons per 100 pupils",
    ),
    *BASIC[:3],
    Measured(
        name="multimedia_rooms_per100",
        resource="multimedia_rooms",
        per=100,
        unit="rooms per 100 pupils",
    ),
)
"""The seven indicators of high-quality balance (教督〔2017〕6号, 资源配置), in order."""
