"""Colours and shapes: the same on the page, in its legend, on paper and in pictures."""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_COMMAND: Final = re.compile(r"([MLHVZ])([^MLHVZ]*)")
_NUMBER: Final = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


@cache
def look() -> Mapping[str, Any]:
    """Read the colours and shapes.

    Returns
    -------
    Mapping
        What ``assets/look.json`` holds.

    Examples
    --------
    >>> look()["actions"]["expand"]["sign"]
    'plus'
    """
    text = files(__package__).joinpath("assets", "look.json").read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


@cache
def strokes(path: str) -> tuple[NDArray[np.float64], ...]:
    """Read an SVG path of straight lines in absolute coordinates.

    Parameters
    ----------
    path
        Commands M, L, H, V and Z (SVG 1.1, section 8.3).

    Returns
    -------
    tuple of numpy.ndarray
        One array of points for each stroke, shape (points, 2); closed strokes end where
        they began.

    Examples
    --------
    >>> [stroke.tolist() for stroke in strokes("M0,-.5V.5M1,0L2,0")]
    [[[0.0, -0.5], [0.0, 0.5]], [[1.0, 0.0], [2.0, 0.0]]]
    """
    found: list[list[tuple[float, float]]] = []
    for command, text in _COMMAND.findall(path):
        numbers = [float(n) for n in _NUMBER.findall(text)]
        if command == "M":
            found.append([])
        if command in "ML":
            found[-1] += zip(numbers[::2], numbers[1::2], strict=True)
        elif command == "H":
            found[-1].append((numbers[0], found[-1][-1][1]))
        elif command == "V":
            found[-1].append((found[-1][-1][0], numbers[0]))
        else:
            found[-1].append(found[-1][0])
    return tuple(np.array(stroke, dtype=np.float64) for stroke in found)
