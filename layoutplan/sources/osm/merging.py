"""Nodes, campuses and buildings of one school joined into one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from layoutplan.sources.osm.near import folded, metric
from layoutplan.sources.osm.reading import Thing

_SAME_NAME_M: Final = 300.0
"""Parts of one name within this distance are one school, also on two sites."""

_NO_NAME_M: Final = 50.0
"""A part without a name belongs to the nearest named school within this distance."""


@dataclass(frozen=True, eq=False, kw_only=True)
class School:
    """One school, of one or several things in the extract.

    Parameters
    ----------
    first
        The thing that gives label, name and place: the named one, of those the largest.
    parts
        All of them.
    tags
        The tags of all, those of the first before others.
    area_m2
        The ground that its areas cover, 0 for a node alone.
    """

    first: Thing
    parts: tuple[Thing, ...]
    tags: dict[str, str]
    area_m2: float


def one_each(schools: Sequence[Thing]) -> list[School]:
    """Join what is one school.

    Parts of one name are one school within 300 m; a part without a name joins the nearest
    named one whose ground it touches or that lies within 50 m, else other unnamed parts as
    near, but only what is tagged alike: a kindergarten on the ground of a school is none of
    its buildings. Schools with different names are never joined, though they share a campus.

    Parameters
    ----------
    schools
        Nodes and areas.

    Returns
    -------
    list of School
        One per school, by label.

    Examples
    --------
    >>> point = shapely.Point(1.5, 42.5)
    >>> node = Thing(label="n1", tags={"name": "Escola A"}, shape=point)
    >>> ground = Thing(label="w2", tags={"name": "ESCOLA A"}, shape=point.buffer(0.001))
    >>> other = Thing(label="n3", tags={"name": "Escola B"}, shape=point)
    >>> [(s.first.label, len(s.parts)) for s in one_each([node, ground, other])]
    [('n3', 1), ('w2', 2)]
    """
    things = sorted(schools, key=lambda s: s.label)
    if not things:
        return []
    shapes = metric([s.shape for s in things])
    names = [folded(s.tags.get("name", "")) for s in things]
    alike = [s.tags.get("amenity", "") for s in things]
    leader = list(range(len(things)))

    def find(i: int) -> int:
        while leader[i] != i:
            i = leader[i]
        return i

    for distance, i, j in _pairs(shapes):
        same = names[i] and names[i] == names[j]
        if same:
            leader[find(j)] = find(i)
        elif distance <= _NO_NAME_M and alike[i] == alike[j] and not (names[i] and names[j]):
            one, two = find(i), find(j)
            called = {names[k] for k in range(len(things)) if find(k) in (one, two)} - {""}
            if len(called) <= 1:
                leader[two] = one
    groups = defaultdict[int, list[int]](list)
    for i in range(len(things)):
        groups[find(i)].append(i)
    made = [_school([things[i] for i in g], shapes[g]) for g in groups.values()]
    return sorted(made, key=lambda s: s.first.label)


def _pairs(shapes: NDArray[np.object_]) -> list[tuple[float, int, int]]:
    """List pairs that may be one school, the nearest first."""
    tree = shapely.STRtree(shapes)
    one, two = tree.query(shapes, predicate="dwithin", distance=_SAME_NAME_M)
    later = one < two
    one, two = one[later], two[later]
    apart = shapely.distance(shapes[one], shapes[two])
    order = np.lexsort((two, one, apart))
    return [(float(apart[k]), int(one[k]), int(two[k])) for k in order]


def _school(parts: list[Thing], shapes: NDArray[np.object_]) -> School:
    areas = shapely.area(shapes)
    named = [bool(p.tags.get("name")) for p in parts]
    order = sorted(range(len(parts)), key=lambda i: (not named[i], -areas[i], parts[i].label))
    tags = dict[str, str]()
    for i in reversed(order):
        tags |= parts[i].tags
    ground: Any = shapely.union_all(shapes[areas > 0])
    return School(
        first=parts[order[0]],
        parts=tuple(parts[i] for i in order),
        tags=tags,
        area_m2=float(ground.area),
    )
