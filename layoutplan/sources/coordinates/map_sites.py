"""Points picked on a map site that shifts them, found by the roads."""

from collections.abc import Collection, Mapping
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from layoutplan.findings import Finding
from layoutplan.sources.coordinates.layers import Layer
from layoutplan.sources.coordinates.readings import Reading
from layoutplan.sources.coordinates.road_fit import Fit, Roads, fit_to_roads

POINTS: Final = ("villages", "schools", "candidates")
"""The layers that may have been picked on a map site."""


def unshifted(layers: Mapping[str, Layer], free: Collection[str]) -> list[Finding]:
    """Undo the shift of map sites where the roads show it clearly.

    Parameters
    ----------
    layers
        The layers, which are changed.
    free
        The names of those that may be.

    Returns
    -------
    list of Finding
        What was moved, how far, and how far the places are from roads before and after; a
        question where it is not clear.
    """
    places = {n: layers[n].degrees() for n in POINTS if n in layers and n in free}
    if "roads" not in layers or not layers["roads"].is_where_it_says() or not places:
        return []
    lines = _lines(layers["roads"])
    if not len(lines):
        return []
    roads = Roads(lines)
    fits = {n: fit_to_roads(degrees, roads) for n, degrees in places.items()}
    clear = {f.system for f in fits.values() if f.system and f.clear}
    if len(clear) == 1:
        (system,) = clear
        fits |= {
            n: fit_to_roads(places[n], roads, expected=system)
            for n, f in fits.items()
            if not (f.system and f.clear)
        }
    return [_told(layers[n], fit) for n, fit in fits.items() if fit.system]


def _lines(layer: Layer) -> NDArray[np.object_]:
    shapes = shapely.transform(layer.shapes[layer.filled], Reading(crs=layer.crs).degrees)
    finite = np.isfinite(shapely.bounds(shapes)).all(axis=1)
    return np.asarray(shapes[finite], dtype=object)


def _told(layer: Layer, fit: Fit) -> Finding:
    values = {
        "system": {"gcj02": "GCJ-02", "bd09": "BD-09"}.get(fit.system, fit.system),
        "word": fit.system,
        "before": f"{fit.before_m:.0f}",
        "after": f"{fit.after_m:.0f}",
        "metres": "–",
    }
    rows = len(layer.xy)
    code = "map_site_unclear"
    if fit.system == "roads":
        code = "roads_map_site"
    elif fit.clear:
        code = "map_site_undone"
        values["metres"] = layer.unshift(fit.system)
    return Finding(code=code, severity="warning", table=layer.name, rows=rows, values=values)
