"""Names folded and metres around, to find what is one thing mapped twice."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

_DEGREE_M: Final = 111_195.0


def folded(name: str) -> str:
    """Reduce a name to what identifies it.

    Parameters
    ----------
    name
        A name.

    Returns
    -------
    str
        Without case, accents, blanks and marks.

    Examples
    --------
    >>> folded("Col·legi  Sant Ermengol"), folded("École Élémentaire")
    ('collegisantermengol', 'ecoleelementaire')
    """
    plain = unicodedata.normalize("NFKD", name).casefold()
    return re.sub(r"[\W_]+", "", "".join(c for c in plain if not unicodedata.combining(c)))


def metric(shapes: Sequence[Any]) -> NDArray[np.object_]:
    """Bring shapes in degrees to metres around their middle.

    Parameters
    ----------
    shapes
        Shapes in degrees of WGS 84, of one county.

    Returns
    -------
    numpy.ndarray
        The shapes, metres east and north.

    Examples
    --------
    >>> one, two = metric([shapely.Point(1.5, 42.5), shapely.Point(1.5, 42.6)])
    >>> round(one.distance(two))
    11120
    """
    held = np.array(list(shapes), dtype=object)
    if not len(held):
        return held
    middle = np.median(shapely.get_coordinates(shapely.centroid(held)), axis=0)
    scale = _DEGREE_M * np.array([np.cos(np.radians(middle[1])), 1.0])
    return np.asarray(shapely.transform(held, lambda xy: (xy - middle) * scale), dtype=object)


def metric_points(shapes: Sequence[Any]) -> NDArray[np.float64]:
    """Give a point in metres for each shape.

    Parameters
    ----------
    shapes
        Shapes in degrees of WGS 84.

    Returns
    -------
    numpy.ndarray
        Metres east and north; shape (shapes, 2).
    """
    made = metric(shapes)
    points = shapely.get_coordinates([s.representative_point() for s in made])
    return np.asarray(points, dtype=np.float64).reshape(-1, 2)
