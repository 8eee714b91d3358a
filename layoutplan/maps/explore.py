"""A quick look at what one has at hand, in a notebook, without a network."""

from collections.abc import Sequence
from functools import singledispatch
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layoutplan.catchments import Assigned
from layoutplan.county import County
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.maps import review_map
from layoutplan.maps.encode import coded_lines
from layoutplan.maps.ground import DEGREES, bounds_of, names_of, places_of, roads_of
from layoutplan.maps.page import OfflineMap, script_of, template_of
from layoutplan.maps.road_map import road_map
from layoutplan.maps.themes import LIMIT_SHARES
from layoutplan.network import RoadNetwork
from layoutplan.network.matrix import unknown_band
from layoutplan.plan import Plan
from layoutplan.standards import standards
from layoutplan.tables import BANDS
from layoutplan.travel import TravelTimes
from layoutplan.words import Language, say

_SCRIPTS: Final = ("texts.js", "records.js", "north.js", "quick_look.js")
_ROAD: Final = "#a29c8f"
_VILLAGE: Final = "#8dc3e8"
_SCHOOL: Final = "#3c4855"
_NONE: Final = "#16181d"
_MINUTES: Final = ("#cfe3f4", "#6fb1dd", "#1f6fb5", "#f5a13d", "#b3202c", _NONE)
_SITES: Final = ("#1f6fb5", "#e07b00", "#3f8f3f", "#b3202c", "#7a6bb8", "#8b6f47", "#c04f93", _NONE)
_TENTHS: Final = 10


class QuickLook(OfflineMap):
    """A quick look, in one HTML file that works offline.

    Made by `explore`.

    Parameters
    ----------
    contents
        What the page is drawn from: layers, extent, key and words.
    """

    styles = ("quick_look.css",)

    _template = template_of("quick_look.html.jinja")

    @property
    def page_script(self) -> str:
        """The page's own script."""
        return script_of(_SCRIPTS, name="startQuickLook")


def explore(
    thing: County | RoadNetwork | TravelTimes | Assigned | Plan,
    county: County | None = None,
    *,
    band: str = "g13",
    lang: str = "auto",
) -> OfflineMap:
    """Look at what one has at hand.

    Parameters
    ----------
    thing
        A county, a road network, travel times, where pupils go (what
        `layoutplan.catchments.assign` gives) or a plan.
    county
        The county, whose places travel times and catchments need.
    band
        The grade band of travel times and catchments.
    lang
        ``"zh"``, ``"en"`` or ``"auto"``, which follows the county's own names.

    Returns
    -------
    OfflineMap
        A `folium.Map` that works offline: shown at the end of a notebook's cell, saved by
        ``save``, and open for further layers by ``add_child``.

    Raises
    ------
    OptionsError
        If there is no such look, band, or the county is missing.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> looked = explore(lp.travel_times(county), county, lang="en")
    >>> len(looked.contents["layers"][1]["said"])
    40
    """
    if band not in BANDS:
        raise OptionsError(unknown_band(band))
    return _look(thing, county, band, lang)


@singledispatch
def _look(thing: Any, county: County | None, band: str, lang: str) -> OfflineMap:  # noqa: ANN401, ARG001
    raise OptionsError(Finding(code="explore_unknown", values={"kind": type(thing).__name__}))


@_look.register
def _(thing: Plan, county: County | None, band: str, lang: str) -> OfflineMap:  # noqa: ARG001
    return review_map(thing, lang=lang)


@_look.register
def _(thing: RoadNetwork, county: County | None, band: str, lang: str) -> OfflineMap:  # noqa: ARG001
    return road_map(thing, lang=lang)


@_look.register
def _(thing: County, county: County | None, band: str, lang: str) -> OfflineMap:  # noqa: ARG001
    spoken = thing.language(lang)
    pupils = [f"pupils_{b}" for b in BANDS if f"pupils_{b}" in thing.villages]
    total = thing.villages[pupils].sum(axis=1)
    said = [say("map.page.pupils", spoken, pupils=f"{p:,.0f}") for p in total]
    villages = _points(_VILLAGE, 4, thing.villages, said)
    key = [(_VILLAGE, say("map.page.village", spoken)), (_SCHOOL, say("map.look.school", spoken))]
    return _shown(thing, thing.name, [villages], key, spoken)


@_look.register
def _(thing: TravelTimes, county: County | None, band: str, lang: str) -> OfflineMap:
    known = _required(county)
    spoken = known.language(lang)
    near = thing.nearest(band=band).set_index("village_id")["minutes"]
    minutes = near.reindex(known.villages.index)
    ends = np.array(LIMIT_SHARES) * standards().value(f"travel_limit_minutes_{band}")
    reached = np.searchsorted(ends, minutes.round(6).to_numpy(dtype=float))
    colour = np.where(minutes.notna(), reached, len(ends) + 1)
    none = say("map.page.no_way", spoken)
    said = [
        none if pd.isna(m) else say("map.page.minutes", spoken, minutes=f"{m:.1f}") for m in minutes
    ]
    texts = [say("map.legend.up_to", spoken, to=f"{e:g}") for e in ends.round(1)]
    texts += [say("map.legend.above", spoken, **{"from": f"{ends[-1]:g}"}), none]
    villages = _points(_MINUTES, 5, known.villages, said, colour=colour)
    title = say("map.look.nearest", spoken, band=say(f"band.{band}", spoken))
    return _shown(known, title, [villages], list(zip(_MINUTES, texts, strict=True)), spoken)


@_look.register
def _(thing: Assigned, county: County | None, band: str, lang: str) -> OfflineMap:
    known = _required(county)
    spoken = known.language(lang)
    rows = thing.assignment.query("band == @band and pupils > 0")
    rows = rows.sort_values(["village_id", "pupils"], ascending=[True, False], kind="stable")
    first = rows.drop_duplicates("village_id").set_index("village_id")["site_id"]
    names = pd.Series(names_of(known.sites), index=known.sites.index)
    main = first.reindex(known.villages.index)
    site = known.sites.index.get_indexer(pd.Index(main))
    colour = np.where(site >= 0, site % (len(_SITES) - 1), len(_SITES) - 1)
    none = say("map.page.none", spoken)
    said = [none if pd.isna(s) else str(names[s]) for s in main]
    ends = [known.villages.geometry, known.sites.geometry]
    ends = [e.representative_point().to_crs(DEGREES) for e in ends]
    ways = [ends[0].loc[rows["village_id"]], ends[1].loc[rows["site_id"]]]
    pairs = np.stack([shapely.get_coordinates(w.to_numpy()) for w in ways], axis=1)
    lines = np.asarray(shapely.linestrings(pairs), dtype=object)
    drawn = {"colours": [_ROAD], "size": 1, "lines": _coded(lines)}
    villages = _points(_SITES, 5, known.villages, said, colour=colour)
    key = [(_SCHOOL, say("map.look.school", spoken)), (_NONE, none)]
    title = say("map.look.catchments", spoken, band=say(f"band.{band}", spoken))
    return _shown(known, title, [drawn, villages], key, spoken)


def _required(county: County | None) -> County:
    if county is None:
        raise OptionsError(Finding(code="explore_without_county"))
    return county


def _coded(lines: NDArray[np.object_]) -> dict[str, list[int]]:
    return coded_lines(gpd.GeoSeries(lines, crs=DEGREES))


def _points(
    colours: str | Sequence[str],
    size: int,
    table: gpd.GeoDataFrame,
    said: Sequence[str],
    *,
    colour: NDArray[np.int64] | None = None,
) -> dict[str, object]:
    made: dict[str, object] = {
        "colours": [colours] if isinstance(colours, str) else list(colours),
        "size": size,
        "points": places_of(table),
        "said": [[name, text] for name, text in zip(names_of(table), said, strict=True)],
    }
    return made if colour is None else made | {"colour": colour.tolist()}


def _shown(
    county: County,
    title: str,
    layers: Sequence[dict[str, object]],
    key: Sequence[tuple[str, str]],
    lang: Language,
) -> QuickLook:
    kinds = [say(f"kind.{k}", lang) for k in county.sites["kind"]]
    schools = _points(_SCHOOL, 6, county.sites, kinds)
    return QuickLook(
        {
            "lang": lang,
            "title": title or say("map.title", lang),
            "words": {"page.north": say("map.page.north", lang)},
            "bounds": bounds_of(county),
            "key": [list(pair) for pair in key],
            "layers": [_roads(county), *layers, schools],
        }
    )


def _roads(county: County) -> dict[str, object]:
    """All roads as one layer: each rank begins to count from zero again."""
    n: list[int] = []
    d: list[int] = []
    for rank in roads_of(county):
        steps = np.array(rank["d"], dtype=np.int64).reshape(-1, 2)
        if not len(steps):
            continue
        end = np.array(d, dtype=np.int64).reshape(-1, 2).sum(axis=0)
        steps[0] -= end
        n += rank["n"]
        d += steps.ravel().tolist()
    return {"colours": [_ROAD], "size": 1, "lines": {"n": n, "d": d}}
