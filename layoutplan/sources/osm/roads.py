"""Ways of an extract to the table of roads."""

from collections import Counter
from typing import Final

import geopandas as gpd

from layoutplan.findings import Finding
from layoutplan.not_roads import NOT_ROADS
from layoutplan.sources.osm.numbers import speed_kmh
from layoutplan.sources.osm.reading import ATTRIBUTION, Extract, Thing

LEFT_OUT: Final = (
    *NOT_ROADS,
    "corridor",
    "elevator",
    "bus_stop",
    "emergency_bay",
    "services",
    "no",
)
"""Classes that lead no pupil to school."""

_CLOSED: Final = ("private", "no", "military")
_OPEN: Final = ("yes", "designated", "permissive", "official", "destination")
_FOOTWAY: Final = "footway"
_COPIED: Final = (
    "name",
    "oneway",
    "bridge",
    "tunnel",
    "layer",
    "surface",
    "foot",
    "access",
    "motor_vehicle",
    "bicycle",
    "junction",
    "motorroad",
)
"""Tags that keep their name: the network reads them."""


def roads_of(read: Extract) -> tuple[gpd.GeoDataFrame, tuple[Finding, ...]]:
    """Make the table of roads.

    Left out are classes that are not there yet or no roads, and roads on which nobody may
    walk without a permit (``access`` or ``foot`` private or no). A road closed to all but
    walkers becomes a footway. ``maxspeed`` becomes kilometres an hour.

    Parameters
    ----------
    read
        The extract.

    Returns
    -------
    tuple
        The roads, and what was left out and changed.
    """
    rows, shapes = [], []
    left, unread, on_foot = Counter[str](), Counter[str](), 0
    for way in read.roads:
        reason = _reason(way)
        if reason:
            left[reason] += 1
            continue
        row: dict[str, str | float] = {"road_id": way.label, "highway": way.tags["highway"]}
        row |= {k: way.tags[k] for k in _COPIED if k in way.tags}
        if _walkers_only(way):
            row |= {"highway": _FOOTWAY}
            row.pop("access", None)
            on_foot += 1
        given = [v for k, v in way.tags.items() if k.startswith("maxspeed")]
        if given:
            speed = speed_kmh(";".join(given))
            row.update({"maxspeed_kmh": speed} if speed else {})
            unread.update([] if speed else given)
        rows.append(row)
        shapes.append(way.shape)
    columns = ["road_id", "highway", "maxspeed_kmh", *_COPIED]
    table = gpd.GeoDataFrame(rows, columns=columns, geometry=shapes, crs="EPSG:4326")
    table = table.dropna(axis="columns", how="all").assign(source=ATTRIBUTION)
    return table, tuple(_findings(left, unread, on_foot))


def _reason(way: Thing) -> str:
    """Tell why a way is left out, as highway or access value; empty where it stays."""
    tags = way.tags
    if tags["highway"] in LEFT_OUT:
        return f"highway={tags['highway']}"
    foot, access = tags.get("foot", ""), tags.get("access", "")
    if foot in _CLOSED and tags["highway"] in ("footway", "path", "steps", "pedestrian"):
        return f"foot={foot}"
    if access in _CLOSED and foot not in _OPEN:
        return f"access={access}"
    return ""


def _walkers_only(way: Thing) -> bool:
    foot, access = way.tags.get("foot", ""), way.tags.get("access", "")
    closed = access in _CLOSED and foot in _OPEN and "motor_vehicle" not in way.tags
    return closed and way.tags["highway"] not in ("path", "steps", "pedestrian", "cycleway")


def listed(counts: Counter[str], most: int = 12) -> str:
    """List counts, the most frequent first.

    Parameters
    ----------
    counts
        The counts.
    most
        How many are listed.

    Returns
    -------
    str
        Such as ``track (12), path (3)``, a dash for none.

    Examples
    --------
    >>> listed(Counter({"path": 3, "track": 12}))
    'track (12), path (3)'
    """
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = [f"{value} ({count})" for value, count in ordered[:most]]
    return ", ".join(shown + ["…"] * (len(ordered) > most)) or "–"


def _findings(left: Counter[str], unread: Counter[str], on_foot: int) -> list[Finding]:
    told = (
        ("osm_roads_left_out", left.total(), listed(left)),
        ("osm_speeds_unread", unread.total(), listed(unread)),
        ("osm_roads_on_foot", on_foot, ""),
    )
    return [
        Finding(code=code, severity="note", table="roads", rows=rows, values={"which": which})
        for code, rows, which in told
        if rows
    ]
