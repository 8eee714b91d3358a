"""Classes of roads: OpenStreetMap's, the administrative ones, and what is neither."""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.findings import Finding
from layoutplan.not_roads import NOT_ROADS
from layoutplan.standards import Standards

MOTORWAY: Final = "motorway"
TRACK: Final = "track"
UNCLASSIFIED: Final = "unclassified"

NO_VEHICLES: Final = (
    "footway",
    "path",
    "steps",
    "pedestrian",
    "cycleway",
    "bridleway",
    "corridor",
    "elevator",
    "busway",
    "bus_guideway",
)

NO_RIDING: Final = (
    "footway",
    "path",
    "steps",
    "pedestrian",
    "bridleway",
    "corridor",
    "elevator",
    "busway",
    "bus_guideway",
)
"""Where a bicycle is pushed."""

HIGHWAY_OF_ROAD_CLASS: Final = {
    "高速": "motorway",
    "国道": "trunk",
    "省道": "primary",
    "县道": "secondary",
    "乡道": "tertiary",
    "村道": "unclassified",
}
"""Administrative classes as OpenStreetMap writes them in China."""

FOR_VEHICLES: Final = (
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "track",
)

_AS_GOOD_AS: Final = {"road": UNCLASSIFIED, "rest_area": "service", "services": "service"}
_DRIVE: Final = "drive_speed_kmh_"
_SHOWN: Final = 8


def text_of(roads: pd.DataFrame, column: str) -> NDArray[np.object_]:
    """Give the values of a column as lower-case text.

    Parameters
    ----------
    roads
        The roads.
    column
        The name of a column, which may be absent.

    Returns
    -------
    numpy.ndarray
        Text without blanks at its ends, empty where there is no value; shape (roads,).

    Examples
    --------
    >>> text_of(pd.DataFrame({"oneway": [" Yes", None]}), "oneway").tolist()
    ['yes', '']
    """
    if column not in roads.columns:
        return np.full(len(roads), "", dtype=object)
    values = roads[column]
    text = values.astype("str").str.strip().str.lower().where(values.notna(), "")
    return text.to_numpy(dtype=object)


def classes(roads: pd.DataFrame) -> NDArray[np.object_]:
    """Classify roads.

    Parameters
    ----------
    roads
        The roads, with ``highway`` (OpenStreetMap's class) or ``road_class`` (the
        administrative class in Chinese), which is looked at where ``highway`` is empty.

    Returns
    -------
    numpy.ndarray
        OpenStreetMap's class, links with the road they lead to, empty where neither
        tells; shape (roads,).

    Examples
    --------
    >>> roads = pd.DataFrame({"highway": ["primary_link", None], "road_class": ["", "县道"]})
    >>> classes(roads).tolist()
    ['primary', 'secondary']
    """
    highway = pd.Series(text_of(roads, "highway")).str.removesuffix("_link").replace(_AS_GOOD_AS)
    pattern = f"({'|'.join(HIGHWAY_OF_ROAD_CLASS)})"
    administrative = pd.Series(text_of(roads, "road_class")).str.extract(pattern, expand=False)
    known = administrative.map(HIGHWAY_OF_ROAD_CLASS)
    return highway.where(highway != "", known).fillna("").to_numpy(dtype=object)


def unknown_classes(
    roads: pd.DataFrame, highway: NDArray[np.object_], *, standards: Standards
) -> tuple[Finding, ...]:
    """Report roads whose class says nothing.

    Parameters
    ----------
    roads
        The roads.
    highway
        Their classes; see `classes`.
    standards
        The profile, which has a speed for every class for vehicles.

    Returns
    -------
    tuple of Finding
        A warning with the values that are no class and how many roads have each, or
        none. Roads without any value are no matter.

    Examples
    --------
    >>> from layoutplan.standards import standards
    >>> roads = pd.DataFrame({"highway": ["rocket", "primary", None]}, index=["a", "b", "c"])
    >>> unknown_classes(roads, classes(roads), standards=standards())[0].ids
    ('a',)
    """
    with_speed = [key.removeprefix(_DRIVE) for key in standards if key.startswith(_DRIVE)]
    known = [*with_speed, *NOT_ROADS, *NO_VEHICLES, ""]
    osm, administrative = text_of(roads, "highway"), text_of(roads, "road_class")
    neither = (osm == "") & (highway == "") & (administrative != "")
    unknown = ~np.isin(highway, known) | neither
    if not unknown.any():
        return ()
    values, counts = np.unique(np.where(neither, administrative, osm)[unknown], return_counts=True)
    held = sorted(zip(values, counts, strict=True), key=lambda pair: (-pair[1], pair[0]))
    shown = [f"{value} ({count})" for value, count in held[:_SHOWN]]
    more = ", …" if len(held) > _SHOWN else ""
    return (
        Finding(
            code="road_class_unknown",
            severity="warning",
            table="roads",
            column="road_class" if neither[unknown].all() else "highway",
            ids=tuple(str(i) for i in roads.index[unknown]),
            values={
                "classes": ", ".join(shown) + more,
                "assumed": UNCLASSIFIED,
                "kmh": f"{standards.value(_DRIVE + UNCLASSIFIED):g}",
            },
        ),
    )
