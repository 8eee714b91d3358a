"""Whether the table of measures that a county starts from says what county and standards say."""

import numpy as np
import pandas as pd

from layoutplan.tables import BANDS, BANDS_OF_KIND, GRADES_PER_BAND
from layoutplan.testing.facts import Facts

_CENT = 0.01
_BECOMES = {"teaching_point": "teaching_point", "primary_only": "primary", "nine_year": "nine_year"}
_CLOSED = ("close", "unused")


def county_numbers(facts: Facts) -> list[str]:
    """Hold the table of measures against the county and the standards.

    A table that somebody edited is left as it is: the plan carries it and says so.

    Parameters
    ----------
    facts
        The plan.

    Returns
    -------
    list of str
        What does not hold.
    """
    if not facts.made_by_default:
        return []
    wrong = []
    county = facts.plan.county
    tables = (county.schools, county.candidates)
    for (site, measure), row in facts.measures.items():
        table = tables[site in county.candidates.index]
        found = _wanted(facts, site, measure, table)
        wrong += [
            f"measures of {site}: {measure} has {name} {row[name]}, should be {value}"
            for name, value in found.items()
            if not _same(row[name], value)
        ]
    return wrong


def _same(given: object, wanted: object) -> bool:
    if isinstance(wanted, str):
        return str(given) == wanted
    return abs(float(str(given)) - float(str(wanted))) <= _CENT


def _wanted(facts: Facts, site: str, measure: str, table: pd.DataFrame) -> dict[str, object]:
    """Work out what a row should say."""
    value, kind = facts.value, str(table["kind"][site])
    today = BANDS_OF_KIND[kind]
    if measure in _CLOSED:
        nothing = ("places", "classes", "beds", "capital_yuan", "annual_yuan")
        return {"bands": ""} | dict.fromkeys(nothing, 0)
    size = value("class_size_primary")
    if kind == "teaching_point":
        size = value("class_size_teaching_point")
    elif kind in ("junior", "complete_secondary"):
        size = value("class_size_junior")
    stage = "primary" if BANDS[0] in today else "junior"
    square_metre = value("building_yuan_per_m2")
    posts = value(f"fixed_posts_{_BECOMES.get(measure, kind)}")
    bands = {"teaching_point": BANDS[:1], "primary_only": BANDS[:2], "nine_year": BANDS}
    lodges = "junior" if BANDS[2] in today else "primary"
    found: dict[str, object] = {
        "bands": " ".join(bands.get(measure, today)),
        "class_places": int(size),
        "class_yuan": size * value(f"floor_m2_per_place_{stage}") * square_metre,
        "annual_yuan": posts * value("post_yuan"),
        "capital_yuan": 0.0,
        "beds": 0 if measure == "teaching_point" else int(_number(table, site, "beds", 0)),
    }
    if measure == "new":
        found["capital_yuan"] = _number(table, site, "capital_yuan", 0)
    if measure == "nine_year":
        found["capital_yuan"] = value("nine_year_conversion_yuan")
    if measure == "board":
        found["bed_yuan"] = value(f"floor_m2_per_bed_{lodges}") * square_metre
        found["extra_beds_max"] = int(value("extra_beds_default"))
    if measure in ("expand", "new"):
        spare = value("extra_classes_default")
        found["extra_classes_max"] = int(_number(table, site, "max_extra_classes", spare))
    return found | _places(facts, site, measure, table, size)


def _places(
    facts: Facts, site: str, measure: str, table: pd.DataFrame, size: float
) -> dict[str, object]:
    given = _number(table, site, "places", np.nan)
    rooms = _number(table, site, "classrooms", np.nan)
    given = rooms * size if np.isnan(given) else given
    if np.isnan(given):
        return {}
    places = int(given)
    if measure == "teaching_point":
        places = min(places, GRADES_PER_BAND * int(facts.value("class_size_teaching_point")))
    found: dict[str, object] = {"places": places}
    if not np.isnan(rooms):
        few = measure == "teaching_point"
        found["classes"] = min(int(rooms), GRADES_PER_BAND) if few else int(rooms)
    return found


def _number(table: pd.DataFrame, site: str, column: str, blank: float) -> float:
    if column not in table or pd.isna(table[column][site]):
        return float(blank)
    return float(table[column][site])
