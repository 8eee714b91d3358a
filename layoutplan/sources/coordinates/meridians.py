"""Systems that are no mistake but should be known: old datums, far central meridians."""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
from pyproj import CRS, Proj

from layoutplan.findings import Finding
from layoutplan.sources.coordinates.layers import Layer
from layoutplan.sources.coordinates.readings import old_datum

_LONGER: Final = 0.01
"""Lengths of a system that are off by more than this share are told."""

_DATUMS: Final = {"xian80": "Xian 80", "beijing54": "Beijing 54"}


def projection_findings(layers: Mapping[str, Layer]) -> Iterator[Finding]:
    """Tell of old datums and of systems whose lengths are wrong in this county.

    Travel times do not suffer: lengths are computed in a projection made for the county.

    Parameters
    ----------
    layers
        The layers.

    Yields
    ------
    Finding
        One per layer and matter.
    """
    for name, layer in layers.items():
        if not layer.crs or not len(layer.xy):
            continue
        datum = old_datum(layer.frame.crs)
        if datum:
            yield Finding(
                code="old_datum",
                severity="warning",
                table=name,
                rows=len(layer.xy),
                values={"datum": _DATUMS[datum]},
            )
        off = _longer(layer)
        if abs(off) > _LONGER:
            values = {"crs": layer.crs, "percent": f"{100 * off:+.1f}"}
            yield Finding(
                code="far_from_meridian",
                severity="note",
                table=name,
                rows=len(layer.xy),
                values=values,
            )


def _longer(layer: Layer) -> float:
    """Give the share by which lengths in the middle of the layer are too long."""
    known = CRS(layer.frame.crs)
    if not known.is_projected:
        return 0.0
    degrees = layer.degrees()
    degrees = degrees[np.isfinite(degrees).all(axis=1)]
    if not len(degrees):
        return 0.0
    longitude, latitude = np.median(degrees, axis=0)
    scale = float(Proj(known).get_factors(longitude, latitude).meridional_scale)
    return scale - 1 if np.isfinite(scale) else 0.0
