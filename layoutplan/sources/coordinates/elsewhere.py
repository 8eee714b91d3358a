"""Layers that name no system, an impossible one, or lie off the other layers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from layoutplan.findings import Finding
from layoutplan.sources.coordinates.layers import Extent, Layer, metres_between
from layoutplan.sources.coordinates.readings import FOOT_M, Reading, readings, sure
from layoutplan.sources.coordinates.road_fit import Roads, sampled, scores, t_of

_MOSTLY: Final = 0.8
"""Share of a layer that has to lie in the county for a reading to fit."""

_BEATS_T: Final = 3.0
_APART_M: Final = 1.0
"""Readings that agree to a metre are one."""

_SHOWN: Final = 4


def layers_brought_in(layers: Mapping[str, Layer], free: Collection[str]) -> list[Finding]:
    """Find the true system of layers that lie elsewhere.

    Parameters
    ----------
    layers
        The layers, which are changed.
    free
        The names of those that may be.

    Returns
    -------
    list of Finding
        What was changed, and what lies elsewhere without a way to bring it in.
    """
    findings = list[Finding]()
    for layer in layers.values():
        if layer.name in free and len(layer.xy) and not layer.is_where_it_says():
            reading = sure(layer.xy)
            if reading is not None:
                findings.append(_read(layer, reading, ()))
    return findings + _brought_in(layers, free)


Fitting = list[tuple[Reading, NDArray[np.float64]]]
"""Readings of a layer that put it into the county, and where they put it."""


def _groups(layers: Mapping[str, Layer]) -> list[tuple[str, ...]]:
    """Give groups of layers that lie together: the largest first, or that with the roads."""
    extents = {n: e for n, v in layers.items() if (e := v.extent()) is not None}
    groups = list[list[str]]()
    for name, extent in extents.items():
        meeting = [g for g in groups if any(extent.meets(extents[other]) for other in g)]
        groups = [g for g in groups if g not in meeting]
        groups.append([name, *(n for g in meeting for n in g)])
    return [tuple(g) for g in sorted(groups, key=lambda g: (-len(g), "roads" not in g, g))]


def _brought_in(layers: Mapping[str, Layer], free: Collection[str]) -> list[Finding]:
    """Bring layers to the group from which most of the others can be read."""
    groups = _groups(layers)
    tried = []
    for group in groups:
        known = Extent.around(e for n in group if (e := layers[n].extent()) is not None)
        rest = [n for n in layers if n not in group and n in free and len(layers[n].xy)]
        tried.append((group, {n: _fitting(layers[n], known) for n in rest}))
    if not tried:
        return []
    # Of groups from which as many layers can be read, the first: the largest is the county.
    county, found = max(tried, key=lambda t: len(t[0]) + sum(map(bool, t[1].values())))
    findings, settled = [], list[tuple[NDArray[np.float64], Reading]]()
    for name in sorted(found, key=lambda n: -len(layers[n].xy)):
        layer, fitting = layers[name], found[name]
        alike = _as_the_like(layer, fitting, settled)
        if alike is not None:
            findings.append(_read(layer, alike, ()))
        elif fitting:
            numbers = layer.xy
            order = _by_roads(layer, fitting, layers, county) if len(fitting) > 1 else [0]
            findings.append(_read(layer, fitting[order[0]][0], [fitting[i][0] for i in order[1:]]))
            settled.append((numbers, fitting[order[0]][0]))
        elif layer.crs:
            values = {"crs": layer.crs, "others": ", ".join(county)}
            lost = Finding(
                code="layer_elsewhere",
                severity="warning",
                table=name,
                rows=len(layer.xy),
                values=values,
            )
            findings.append(lost)
    return findings


def _as_the_like(
    layer: Layer, fitting: Fitting, settled: Sequence[tuple[NDArray[np.float64], Reading]]
) -> Reading | None:
    """Read a layer as a larger one whose numbers it shares: few points alone tell little."""
    if len(layer.xy) == 0:
        return None
    middle = np.median(layer.xy, axis=0)
    for numbers, reading in settled:
        low, high = numbers.min(axis=0), numbers.max(axis=0)
        among = bool(((middle >= low) & (middle <= high)).all())
        if among and any(reading == own for own, _ in fitting):
            return reading
    return None


def _fitting(layer: Layer, county: Extent) -> Fitting:
    xy, within = layer.xy, county.grown()
    fitting = Fitting()
    for reading in readings(xy, near=county.middle, declared=layer.crs):
        degrees = reading.degrees(xy)
        there = within.holds(degrees).mean() >= _MOSTLY
        if there and not any(_same(degrees, other) for _, other in fitting):
            fitting.append((reading, degrees))
    return fitting


def _same(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    apart = metres_between(one, other)
    return apart != "–" and float(apart) < _APART_M


def _by_roads(
    layer: Layer,
    fitting: Fitting,
    layers: Mapping[str, Layer],
    county: Iterable[str],
) -> list[int]:
    """Order readings by how near they bring places to roads; those not clearly worse follow.

    The first stays first where the roads do not tell.
    """
    scored = _road_scores(layer, [r for r, _ in fitting], layers, county)
    if scored is None:
        return list(range(len(fitting)))
    means = [float(s.mean()) for s in scored]
    best = int(np.argmin(means))
    unclear = [i for i in range(len(fitting)) if t_of(scored[best], scored[i]) < _BEATS_T]
    return sorted({best, *unclear}) if 0 in unclear else [best, *(i for i in unclear if i != best)]


def _road_scores(
    layer: Layer, found: list[Reading], layers: Mapping[str, Layer], county: Iterable[str]
) -> list[NDArray[np.float64]] | None:
    if layer.name != "roads" and "roads" in county:
        roads = Roads(_lines(layers["roads"], None))
        places = sampled(layer.xy)
        return [scores(roads.distances(roads.metres(reading.degrees(places)))) for reading in found]
    if layer.name == "roads":
        points = [layers[n].degrees() for n in county if n in ("villages", "schools")]
        if points:
            places = sampled(np.vstack(points))
            made = [Roads(_lines(layer, reading)) for reading in found]
            return [scores(roads.distances(roads.metres(places))) for roads in made]
    return None


def _lines(layer: Layer, reading: Reading | None) -> NDArray[np.object_]:
    shapes = layer.shapes[layer.filled]
    if reading is None:
        reading = Reading(crs=layer.crs)
    return np.asarray(shapely.transform(shapes, reading.degrees), dtype=object)


def _read(layer: Layer, reading: Reading, rest: Sequence[Reading]) -> Finding:
    """Read a layer in another way and tell it."""
    before, was, count = layer.degrees(), layer.crs, len(layer.xy)
    layer.read_as(reading)
    code = "axes_exchanged" if reading.swapped else "system_guessed"
    if reading.unit_m != 1:
        code = "feet_read"
    elif was and not reading.swapped:
        code = "system_corrected"
    values = {
        "was": was or "–",
        "crs": reading.crs,
        "called": layer.frame.crs.name,
        "metres": layer.moved_m(before),
        "foot": f"{reading.unit_m:.7f}" if reading.unit_m != 1 else f"{FOOT_M}",
        "others": ", ".join(r.crs for r in rest[:_SHOWN]) or "–",
    }
    return Finding(code=code, severity="warning", table=layer.name, rows=count, values=values)
