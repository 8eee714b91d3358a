"""Single rows with exchanged axes or in another system than their layer."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from layoutplan.findings import Finding
from layoutplan.sources.coordinates.layers import Extent, Layer
from layoutplan.sources.coordinates.readings import Reading, sure
from layoutplan.tables import COUNTY_TABLES

_SHOWN: Final = 20
_FEW: Final = 0.5
"""Rows astray are less than half of a layer: more is the layer itself."""


def rows_brought_in(layers: Mapping[str, Layer], free: Collection[str]) -> list[Finding]:
    """Exchange the axes of single rows, or read them in their own system.

    A row is taken up only if it lies outside the county as it stands and inside when read in
    the other way, so that rows of clean layers never are.

    Parameters
    ----------
    layers
        The layers, which are changed.
    free
        The names of those that may be.

    Returns
    -------
    list of Finding
        One per layer and way.
    """
    extents = [e for v in layers.values() if (e := v.extent()) is not None]
    if not extents:
        return []
    findings = list[Finding]()
    for name, layer in layers.items():
        if name in free and layer.crs and COUNTY_TABLES[name].key and len(layer.xy):
            findings += _of_layer(layer, Extent.around(extents).grown())
    return findings


def _of_layer(layer: Layer, county: Extent) -> Iterator[Finding]:
    out = ~county.holds(layer.degrees())
    if not out.any() or out.mean() > _FEW:
        return
    rows = np.flatnonzero(layer.filled)
    for reading in _ways(layer, layer.xy[out]):
        xy = layer.xy
        home = out & county.holds(reading.degrees(xy))
        if not home.any():
            continue
        out &= ~home
        at = rows[home]
        _move(layer, at, reading)
        ids = _ids(layer)[at]
        yield Finding(
            code="rows_exchanged" if reading.swapped else "rows_other_system",
            severity="warning",
            table=layer.name,
            ids=tuple(ids[:_SHOWN]),
            rows=len(at),
            values={"crs": reading.crs},
        )


def _ways(layer: Layer, xy: NDArray[np.float64]) -> Iterator[Reading]:
    yield Reading(crs=layer.crs, swapped=True)
    seen = set[tuple[str, bool]]()
    for row in xy:
        reading = sure(row[None])
        if reading is not None and (key := (reading.crs, reading.swapped)) not in seen:
            seen.add(key)
            yield reading


def _move(layer: Layer, at: NDArray[np.intp], reading: Reading) -> None:
    """Put rows of another reading into the system of their layer."""
    part = Layer(name=layer.name, frame=layer.frame.iloc[at])
    part.read_as(reading)
    shapes = layer.shapes.copy()
    shapes[at] = part.frame.to_crs(layer.frame.crs).geometry.to_numpy()
    layer.frame = layer.frame.set_geometry(shapes, crs=layer.frame.crs)


def _ids(layer: Layer) -> NDArray[np.object_]:
    key = COUNTY_TABLES[layer.name].key
    values = layer.frame[key] if key in layer.frame else layer.frame.index.to_series()
    return np.asarray(values.astype("str").to_numpy(dtype=object), dtype=object)
