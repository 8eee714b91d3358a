"""A map of lights that works offline: townships and schools by what they owe."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import pandas as pd
import shapely

from layoutplan.county import County
from layoutplan.maps.encode import Coded, coded_lines, coded_rows
from layoutplan.maps.ground import DEGREES, bounds_of, names_of, places_of
from layoutplan.maps.page import OfflineMap, script_of, template_of
from layoutplan.supervision import SupervisionReport
from layoutplan.supervision.declared import LIGHTS
from layoutplan.supervision.noun import period_words
from layoutplan.supervision.worded import SIGNS
from layoutplan.words import Language, catalogue, language, say

_SCRIPTS: Final = ("texts.js", "records.js", "north.js", "lights_map.js")
"""In the order in which the page reads them; all share one function scope."""

_WORDS: Final = {
    "page.zoom_in": "map.page.zoom_in",
    "page.zoom_out": "map.page.zoom_out",
    "page.north": "map.page.north",
    "supervision.no_light": "supervision.no_light",
    **{f"supervision.light.{light}": f"supervision.light.{light}" for light in LIGHTS},
}

_LISTED: Final = 6
_TOLERANCE_DEGREES: Final = 0.0002


class LightsMap(OfflineMap):
    """Lights of supervision on a map, in one HTML file that works offline.

    Made by `lights_map`.

    Parameters
    ----------
    contents
        What the page is drawn from.
    """

    styles = ("road_map.css", "lights_map.css")

    _template = template_of("lights_map.html.jinja")

    @property
    def page_script(self) -> str:
        """The page's own script."""
        return script_of(_SCRIPTS, name="startLightsMap")


def lights_map(report: SupervisionReport, county: County, *, lang: str = "auto") -> LightsMap:
    """Put the lights of a report on a map: each school and township by its worst item.

    A light has a shape of its own beside its colour. A township counts the items of its
    schools.

    Parameters
    ----------
    report
        The report.
    county
        The county, for places and outlines.
    lang
        The language; that of the report where ``"auto"``.

    Returns
    -------
    LightsMap
        A `folium.Map`: ``save`` it, or show it in a notebook.

    Examples
    --------
    >>> import tempfile
    >>> import layoutplan as lp
    >>> from layoutplan.supervision import init_ledger, report
    >>> county = lp.example.county(seed=1, villages=40)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ledger = init_ledger(f"{folder}/ledger.sqlite", county=county.name)
    ...     made = lights_map(report(ledger, "2027-03"), county, lang="en")
    >>> set(made.contents["schools"]["light"])
    {''}
    """
    spoken: Language = report.lang if lang == "auto" else language(lang)
    known = catalogue(spoken)
    when = period_words(report.period, spoken)
    contents = {
        "title": say("supervision.map_title", spoken, county=report.county, period=when),
        "sentence": report.sentence(spoken),
        "lang": spoken,
        "words": {ours: known[theirs] for ours, theirs in _WORDS.items()},
        "bounds": bounds_of(county),
        "colours": {light: colour for light, (_, colour) in SIGNS.items()},
        "signs": {light: sign for light, (sign, _) in SIGNS.items()},
        "towns": _towns(report, county, spoken),
        "schools": _schools(report, county, spoken),
        "source": say("supervision.compared", spoken, today=report.today, last=report.last),
    }
    return LightsMap(contents)


def _towns(report: SupervisionReport, county: County, lang: Language) -> dict[str, object]:
    table = county.townships
    nothing: Coded = coded_lines(table.geometry.iloc[:0])
    if table.empty:
        return {"rings": nothing, "row": [], "at": [], "name": [], "light": [], "lines": [],
                "tally": []}  # fmt: skip
    outlines = table.geometry.to_crs(DEGREES)
    areas = np.asarray(outlines.array, dtype=object)
    is_area = np.isin(shapely.get_type_id(areas), [3, 6])
    simple = outlines[is_area].simplify(_TOLERANCE_DEGREES).boundary
    rings, row = coded_rows(simple)
    rows = report.townships.set_index("township_id").reindex(table.index)
    counts = rows[list(LIGHTS)].fillna(0).astype("int64")
    lines = _lines(report, "township_id", table.index, lang)
    tally = [
        " ".join(f"{SIGNS[light][0]} {n}" for light, n in zip(LIGHTS, row_, strict=True))
        for row_ in counts.itertuples(index=False, name=None)
    ]
    lit = rows["light"].where(counts.sum(axis=1) > 0)
    return {
        "rings": rings,
        "row": np.flatnonzero(is_area)[row].tolist(),
        "at": places_of(table),
        "name": names_of(table),
        "light": lit.fillna("").astype("str").tolist(),
        "lines": lines,
        "tally": tally,
    }


def _schools(report: SupervisionReport, county: County, lang: Language) -> dict[str, object]:
    schools = county.schools
    owed = report.items
    owed = owed[owed["light"].ne("")]
    worst = owed["light"].map({light: i for i, light in enumerate(LIGHTS)})
    by_school = worst.groupby(owed["place_id"]).max().reindex(schools.index)
    return {
        "at": places_of(schools),
        "name": names_of(schools),
        "light": ["" if pd.isna(n) else LIGHTS[int(n)] for n in by_school],
        "lines": _lines(report, "place_id", schools.index, lang),
    }


def _lines(
    report: SupervisionReport, column: str, ids: Iterable[object], lang: Language
) -> list[list[str]]:
    """Say the first items of each place: light, matter, day."""
    owed = report.items
    names = report.tables["names"].set_index("item_id")[f"title_{lang}"]
    owed = owed[owed["light"].ne("")]
    said: dict[str, list[str]] = {}
    for place, item, light, due in zip(
        owed[column], owed["item_id"], owed["light"], owed["due"], strict=True
    ):
        said.setdefault(str(place), []).append(f"{SIGNS[light][0]} {item} {names[item]} {due}")
    none = [say("supervision.no_light", lang)]
    return [_first(said.get(str(i), none)) for i in ids]


def _first(lines: list[str]) -> list[str]:
    return lines if len(lines) <= _LISTED else [*lines[:_LISTED], f"… +{len(lines) - _LISTED}"]
