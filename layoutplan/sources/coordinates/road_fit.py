r"""Which shift brings places to the roads: GCJ-02, BD-09, or none.

Schools and villages lie at roads. Points of a map site lie some hundred metres off, all in
one direction. For each way to undo that, the distances :math:`d_i` from a sample of places
to the nearest road are compared pair by pair on a scale that no single far place can tip,

.. math:: s_i = \log(d_i + 10\,\mathrm{m}), \qquad
    t = \frac{\overline{s^0 - s^c}}{\operatorname{sd}(s^0 - s^c) / \sqrt{n}}

and against decoys: shifts of the same length in seven other directions, which bring the
places of a clean layer as near or as far from roads as the true inverse would. A shift is
found only where it halves the distances (in the geometric mean) and beats the layer as it
stands and every decoy; a village that lies truly far from all roads does so in every
direction and says nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from layoutplan.sources.coordinates.convert import SHIFTED, to_wgs84
from layoutplan.sources.coordinates.offsets import shifted_there

Metres = NDArray[np.float64]

_SAMPLE: Final = 400
"""Places looked at: enough to be sure, few enough to be quick."""

_LEAST: Final = 8
"""Places from which a layer can speak for itself."""

_FEWEST: Final = 3
"""Places from which one may ask."""

_SMOOTH_M: Final = 10.0
"""Distances below this are all the same: a school is not a point."""

_HALF: Final = float(np.log(2.0))
_CLEAR_T: Final = 5.0
_BEATS_T: Final = 3.0
_SUSPECT_T: Final = 4.0
"""Student's t where it is clear, where one shift beats another, and where to ask."""

_DECOYS: Final = 7
_DEGREE_M: Final = 111_195.0
"""A degree of latitude, near enough to compare distances."""


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What the distances to the roads say of a layer.

    Parameters
    ----------
    system
        The system that fits best: ``"gcj02"``, ``"bd09"``, ``"roads"`` where the roads
        rather than the places are shifted, or nothing where the layer is well as it is.
    clear
        Whether that is certain.
    before_m, after_m
        Median distance to the nearest road as it stands and with that system, metres.
    """

    system: str = ""
    clear: bool = True
    before_m: float = 0.0
    after_m: float = 0.0


class Roads:
    """The roads as a search tree in metres around the county.

    Parameters
    ----------
    lines
        The lines in degrees of WGS 84.
    """

    def __init__(self, lines: NDArray[np.object_]) -> None:
        coordinates = shapely.get_coordinates(lines)
        self.origin = np.median(coordinates, axis=0)
        self.scale = _DEGREE_M * np.array([np.cos(np.radians(self.origin[1])), 1.0])
        self.tree = shapely.STRtree(shapely.transform(lines, self.metres))

    def metres(self, degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give metres east and north of the middle of the roads."""
        return np.asarray((degrees - self.origin) * self.scale, dtype=np.float64)

    def distances(self, metres: NDArray[np.float64]) -> Metres:
        """Give the distance from each point to the nearest road."""
        _, found = self.tree.query_nearest(
            shapely.points(metres), return_distance=True, all_matches=False
        )
        return np.asarray(found, dtype=np.float64)


def sampled(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take some places, evenly over their order from west to east.

    Parameters
    ----------
    degrees
        Longitudes and latitudes; shape (places, 2).

    Returns
    -------
    numpy.ndarray
        At most 400 of them, whatever the order of the rows.
    """
    finite = degrees[np.isfinite(degrees).all(axis=1)]
    ordered: NDArray[np.float64] = finite[np.lexsort(finite.T)]
    if len(ordered) <= _SAMPLE:
        return ordered
    return np.asarray(ordered[np.linspace(0, len(ordered) - 1, _SAMPLE).astype(int)])


def t_of(better: NDArray[np.float64], than: NDArray[np.float64]) -> float:
    """Give Student's t of pairs, positive where the first are smaller.

    Parameters
    ----------
    better, than
        Values of the same places.

    Returns
    -------
    float
        Zero where nothing differs.

    Examples
    --------
    >>> t_of(np.array([1.0, 2.0, 3.5]), np.array([2.0, 3.0, 4.0])) > 4
    True
    """
    gain = than - better
    spread = float(gain.std(ddof=1)) if len(gain) > 1 else 0.0
    mean = float(gain.mean())
    # Equal gains have no spread: a thousandth stands for it.
    return mean / (max(spread, 1e-3) / float(np.sqrt(len(gain))))


def scores(distances: Metres) -> NDArray[np.float64]:
    """Bring distances onto a scale that single far places cannot tip.

    Parameters
    ----------
    distances
        Metres.

    Returns
    -------
    numpy.ndarray
        Logarithms.
    """
    return np.asarray(np.log(distances + _SMOOTH_M))


def fit_to_roads(degrees: NDArray[np.float64], roads: Roads, *, expected: str = "") -> Fit:
    """Find out whether places come from a map site that shifts them.

    Parameters
    ----------
    degrees
        Longitudes and latitudes of a layer; shape (places, 2).
    roads
        The roads.
    expected
        The system that another layer of the same county was found in: a layer too small to
        speak for itself follows it where that brings it to the roads.

    Returns
    -------
    Fit
        What was found.
    """
    places = sampled(degrees)
    places = places[shifted_there(*places.T)]
    if len(places) < (1 if expected else _FEWEST):
        return Fit()
    ways = _ways(places, roads)
    distances = {name: roads.distances(at) for name, at in ways.items()}
    scored = {name: scores(d) for name, d in distances.items()}
    few = len(places) < _LEAST
    best = min(scored, key=lambda name: float(scored[name].mean()))
    # Among so few, some decoy does well by chance: what is clear for the county is asked alone.
    best = expected if few and expected in SHIFTED else best
    system = best if best in SHIFTED else "roads" if best in _ROADS else ""
    if not system:
        return Fit()
    gain = float((scored[""] - scored[best]).mean())
    sure = t_of(scored[best], scored[""])
    follows = system == expected and gain >= _HALF
    # A few points may lie at other roads by chance: asked, unless they are well as they stand.
    asked = few and system == expected and sure > -_BEATS_T
    if not follows and not asked and (sure < _SUSPECT_T or (few and gain < _HALF)):
        return Fit()
    beaten = all(t_of(scored[best], other) >= _BEATS_T for other in _rivals(scored, best, ways))
    clear = follows or (gain >= _HALF and sure >= _CLEAR_T and beaten and not few)
    medians = {n: float(np.median(d)) for n, d in distances.items()}
    return Fit(system=system, clear=clear, before_m=medians[""], after_m=medians[best])


_ROADS: Final = ("roads gcj02", "roads bd09")


def _ways(places: NDArray[np.float64], roads: Roads) -> dict[str, NDArray[np.float64]]:
    """Give the places in metres as they stand, with each shift undone, and moved at random."""
    ways = {"": roads.metres(places)}
    for name, forward in SHIFTED.items():
        ways[name] = roads.metres(np.column_stack(to_wgs84(places[:, 0], places[:, 1], name)))
        ways[f"roads {name}"] = roads.metres(np.column_stack(forward(places[:, 0], places[:, 1])))
        move = np.median(ways[name] - ways[""], axis=0)
        for i in range(1, 1 + _DECOYS):
            angle = 2 * np.pi * i / (1 + _DECOYS)
            turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            ways[f"{name} turned {i}"] = ways[""] + turn @ move
    return ways


def _rivals(
    scored: Mapping[str, NDArray[np.float64]], best: str, ways: Mapping[str, NDArray[np.float64]]
) -> list[NDArray[np.float64]]:
    """Give the scores of all ways but those that move the places to much the same spot."""
    there = np.median(ways[best], axis=0)
    length = float(np.hypot(*(there - np.median(ways[""], axis=0))))
    return [
        s
        for name, s in scored.items()
        if name != best and np.hypot(*(np.median(ways[name], axis=0) - there)) > length / 4
    ]
