"""Administrative areas of an extract to the table of townships."""

from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.sources.osm.numbers import people
from layoutplan.sources.osm.reading import ATTRIBUTION, Extract, Thing

_TRIED: Final = ("8", "7", "9", "6", "10")
"""Levels in the order in which they are tried: 8 is the township in China, the municipality
in most of Europe."""

_COVER: Final = 0.8
"""Share of the villages that the areas of a level have to hold."""


def townships_of(
    read: Extract, tables: Sequence[gpd.GeoDataFrame], *, level: str = "", lang: str = "auto"
) -> tuple[gpd.GeoDataFrame | None, list[gpd.GeoDataFrame], tuple[Finding, ...]]:
    """Make the table of townships and give each village and school its own.

    Parameters
    ----------
    read
        The extract.
    tables
        Tables of places, that of the villages first.
    level
        The ``admin_level`` wanted; the first of 8, 7, 9, 6, 10 with at least two areas that
        together hold most villages where not given.
    lang
        The language of messages.

    Returns
    -------
    tuple
        The townships with a village or school in them, None where there are none; the
        tables with ``township_id``; what was chosen and how many places lie in none.

    Raises
    ------
    OptionsError
        If the level asked for has no area.
    """
    have = {a.tags.get("admin_level", ""): 0 for a in read.areas}
    chosen, held = "", list[Thing]()
    for tried in (level,) if level else _TRIED:
        areas = sorted(
            (a for a in read.areas if a.tags.get("admin_level") == tried and a.tags.get("name")),
            key=lambda a: a.label,
        )
        inside = _within(tables[0], areas) if areas else np.full(len(tables[0]), -1)
        cover = float((inside >= 0).mean()) if len(inside) else 0.0
        if level or (cover >= _COVER and len(np.unique(inside[inside >= 0])) > 1):
            chosen, held = tried, areas
            break
    values = {"level": level or "–", "have": ", ".join(sorted(have)) or "–"}
    if level and not held:
        raise OptionsError(Finding(code="osm_no_level", values=values), lang=lang)
    if not held:
        note = Finding(code="osm_no_townships", severity="note", table="townships", values=values)
        return None, list(tables), (note,)
    labels = np.array([a.label for a in held], dtype=object)
    where = [_within(table, held) for table in tables]
    given = [
        table.assign(township_id=pd.Series(labels[at], index=table.index).where(at >= 0))
        for table, at in zip(tables, where, strict=True)
    ]
    used = np.unique(np.concatenate(where))
    kept = [held[i] for i in used[used >= 0]]
    made = gpd.GeoDataFrame(
        {
            "township_id": [a.label for a in kept],
            "name": [a.tags["name"] for a in kept],
            "population": [people(a.tags.get("population", "")) for a in kept],
        },
        geometry=[a.shape for a in kept],
        crs="EPSG:4326",
    ).assign(source=ATTRIBUTION)
    made["population"] = made["population"].astype(float)
    outside = int((where[0] < 0).sum())
    told = {"level": chosen, "outside": outside, "unused": len(held) - len(kept)}
    note = Finding(
        code="osm_townships", severity="note", table="townships", rows=len(kept), values=told
    )
    return made, given, (note,)


def _within(table: gpd.GeoDataFrame, areas: list[Thing]) -> NDArray[np.int64]:
    """Give the area that holds each place, -1 where none does."""
    inside = np.full(len(table), -1)
    tree = shapely.STRtree([a.shape for a in areas])
    place, area = tree.query(table.geometry.to_numpy(), predicate="intersects")
    # On a shared border the first area counts.
    order = np.lexsort((-area, place))
    inside[place[order]] = area[order]
    return inside
