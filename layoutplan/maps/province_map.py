"""A map of a province that works offline: counties coloured by one number at a time."""

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layoutplan.assessment.indicators import INDICATORS
from layoutplan.maps.encode import coded_rows
from layoutplan.maps.ground import DEGREES
from layoutplan.maps.page import OfflineMap, script_of, template_of
from layoutplan.words import Language, catalogue, say

_SCRIPTS: Final = ("texts.js", "records.js", "north.js", "province.js")
"""In the order in which the page reads them; all share one function scope."""

_PAGE_WORDS: Final = ("map.province.", "map.page.zoom", "map.page.north", "map.page.minutes")
_SIGNIFICANT: Final = 6
_WORLD: Final = [[-60.0, -180.0], [75.0, 180.0]]


class ProvinceMap(OfflineMap):
    """The counties of a province on a map, in one HTML file that works offline.

    Made by `province_map`.

    Parameters
    ----------
    contents
        What the page is drawn from.
    """

    styles = ("road_map.css", "province.css")

    _template = template_of("province.html.jinja")

    @property
    def page_script(self) -> str:
        """The page's own script."""
        return script_of(_SCRIPTS, name="startProvince")


def province_map(
    counties: gpd.GeoDataFrame, *, lang: Language = "en", title: str = ""
) -> ProvinceMap:
    """Put the counties of a province on a map, coloured by one of their numbers at a time.

    Parameters
    ----------
    counties
        Indexed by ``county_code``: ``name``, ``state`` (``done``, ``kept``, ``failed`` or
        ``waiting``), numbers, and outlines as geometry, which may be missing.
    lang
        The language of the page.
    title
        A title instead of the usual one.

    Returns
    -------
    ProvinceMap
        A `folium.Map`: ``save`` it, or show it in a notebook.

    Examples
    --------
    >>> square = shapely.box(117, 31, 117.5, 31.5)
    >>> counties = gpd.GeoDataFrame(
    ...     {"name": ["Longhe"], "state": ["done"], "travel_mean": [17.5]},
    ...     index=pd.Index(["341523"], name="county_code"), geometry=[square], crs=4490,
    ... )
    >>> [n["name"] for n in province_map(counties).contents["numbers"]]
    ['travel_mean']
    """
    table = counties.sort_index()
    outlines = table.geometry.to_crs(DEGREES)
    names = table["name"].astype("str").where(table["name"].astype("str") != "", table.index)
    coded, ends = _outlines(outlines)
    states = table["state"].value_counts()
    contents: dict[str, object] = {
        "lang": lang,
        "title": title or say("map.province.title", lang),
        "summary": say(
            "map.province.summary",
            lang,
            counties=len(table),
            failed=int(states.get("failed", 0)),
            waiting=int(states.get("waiting", 0)),
        ),
        "words": _page_words(lang),
        "bounds": _bounds(outlines),
        "outlines": coded,
        "rings": ends,
        "counties": {
            "code": table.index.astype("str").tolist(),
            "name": names.tolist(),
            "state": table["state"].astype("str").tolist(),
        },
        "numbers": [_number(table[c], lang=lang) for c in _numbers(table)],
    }
    return ProvinceMap(contents)


def _numbers(table: gpd.GeoDataFrame) -> list[str]:
    """Columns with numbers: shares and minutes first, what only counts pupils last."""
    plain = table.drop(columns=["name", "state", table.geometry.name])
    known = [c for c in plain.columns if plain[c].notna().any()]
    counts = {"villages", "pupils_in", "pupils", "objective", "bound"}
    return [c for c in known if c not in counts] + [c for c in known if c in counts]


def _number(values: pd.Series, *, lang: Language) -> dict[str, object]:
    units = {i.name: i.unit for i in INDICATORS}
    name = str(values.name)
    words = catalogue(lang)
    unit = units.get(name, "")
    label = words.get(f"map.province.number.{name}") or words.get(f"indicator.{name}") or name
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float)
    return {
        "name": name,
        "label": label,
        "unit": unit,
        "unit_text": "" if unit == "share" else words.get(f"unit.{unit}", unit),
        "values": [float(f"{v:.{_SIGNIFICANT}g}") if np.isfinite(v) else None for v in numbers],
    }


def _outlines(outlines: gpd.GeoSeries) -> tuple[dict[str, list[int]], list[int]]:
    """Code the outer rings of all counties, and count those of each."""
    rings = []
    for shape in outlines.array:  # a few rings of each county, not rows of a table
        parts = shapely.get_parts(shape) if shape is not None else np.array([])
        areas = [p for p in parts if p.geom_type == "Polygon" and not p.is_empty]
        rings.append([shapely.get_exterior_ring(p) for p in areas])
    flat = gpd.GeoSeries([r for county in rings for r in county], crs=DEGREES)
    owner = np.repeat(np.arange(len(rings)), [len(r) for r in rings])
    coded, row = coded_rows(flat) if len(flat) else ({"n": [], "d": []}, np.array([], dtype=int))
    return coded, np.bincount(owner[row], minlength=len(rings)).tolist()


def _bounds(outlines: gpd.GeoSeries) -> list[list[float]]:
    if outlines.isna().all() or outlines.is_empty.all():
        return _WORLD
    west, south, east, north = (round(float(v), 5) for v in outlines.total_bounds)
    return [[south, west], [north, east]]


def _page_words(lang: Language) -> dict[str, str]:
    return {
        key.removeprefix("map."): text
        for key, text in sorted(catalogue(lang).items())
        if key.startswith(_PAGE_WORDS)
    }
