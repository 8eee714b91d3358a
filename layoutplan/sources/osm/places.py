"""Settlements of an extract to the table of villages."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import geopandas as gpd
import numpy as np

from layoutplan.findings import Finding, Severity
from layoutplan.sources.osm.near import folded, metric_points
from layoutplan.sources.osm.numbers import people
from layoutplan.sources.osm.reading import ATTRIBUTION, Extract, Thing
from layoutplan.sources.osm.roads import listed

SETTLED: Final = ("city", "town", "village", "hamlet", "isolated_dwelling", "farm", "municipality")
"""Kinds of place that have inhabitants of their own; suburbs are parts of those."""

_SAME_M: Final = 3000.0
"""A node and an area of one name within this distance are one settlement."""

_SHOWN: Final = 50


def villages_of(
    read: Extract, *, kinds: Sequence[str] = SETTLED
) -> tuple[gpd.GeoDataFrame, tuple[Finding, ...]]:
    """Make the table of villages.

    Parameters
    ----------
    read
        The extract.
    kinds
        The values of ``place`` that count as settlements.

    Returns
    -------
    tuple
        The villages with ``population`` where a number stands there, and what was left out,
        joined or could not be read.
    """
    left = Counter(p.tags["place"] for p in read.places if p.tags.get("place") not in kinds)
    settled = sorted(
        (p for p in read.places if p.tags.get("place") in kinds),
        key=lambda p: ("nwr".index(p.label[0]), int(p.label[1:])),
    )
    kept, joined = _one_each(settled)
    rows, unread = [], []
    for place, population in kept:
        row: dict[str, Any] = {"village_id": place.label, "place": place.tags["place"]}
        row["name"] = place.tags.get("name")
        row["population"] = people(population) if population else None
        if population and row["population"] is None:
            unread.append(place.label)
        rows.append(row)
    shapes = [place.shape.representative_point() for place, _ in kept]
    columns = ["village_id", "name", "place", "population"]
    table = gpd.GeoDataFrame(rows, columns=columns, geometry=shapes, crs="EPSG:4326")
    table["population"] = table["population"].astype(float)
    told: tuple[tuple[str, Severity, int, tuple[str, ...], str], ...] = (
        ("osm_places_left_out", "note", left.total(), (), listed(left)),
        ("osm_places_joined", "note", len(joined), tuple(joined), ""),
        ("osm_population_unread", "warning", len(unread), tuple(unread), ""),
    )
    findings = tuple(
        Finding(code=code, severity=severity, table="villages", ids=ids[:_SHOWN], rows=rows_,
                values={"which": which})
        for code, severity, rows_, ids, which in told
        if rows_
    )  # fmt: skip
    return table.assign(source=ATTRIBUTION), findings


def _one_each(settled: list[Thing]) -> tuple[list[tuple[Thing, str]], list[str]]:
    """Join the node and the area of one settlement: the node's place, either's population."""
    kept = list[tuple[Thing, str]]()
    joined = list[str]()
    by_name: dict[str, list[int]] = {}
    points = metric_points([p.shape for p in settled])
    at = list[int]()
    for i, place in enumerate(settled):
        name, population = folded(place.tags.get("name", "")), place.tags.get("population", "")
        near = [
            j
            for j in by_name.get(name, [])
            if np.hypot(*(points[at[j]] - points[i])) <= _SAME_M
            and kept[j][0].label[0] != place.label[0]
        ]
        if name and near:
            first, known = kept[near[0]]
            kept[near[0]] = (first, known or population)
            joined.append(place.label)
            continue
        by_name.setdefault(name, []).append(len(kept))
        kept.append((place, population))
        at.append(i)
    return kept, joined
