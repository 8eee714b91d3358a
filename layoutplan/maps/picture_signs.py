"""The signs of villages and schools on still pictures, and the order in which they are drawn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.maps.look import look
from layoutplan.maps.themes import NO_SCHOOL, NOBODY

_CROWD: Final = 600
_NOBODY_SIZE: Final = 3.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Signs:
    """Signs at their places.

    Parameters
    ----------
    places
        Metres, shape (n, 2).
    styles
        The sign of each, for `Sheet.glyph`.
    sizes
        Their radii on a map of one school.
    order
        Their positions, what is drawn first at the beginning.
    crowd
        By how much they are smaller on a map of the county.
    """

    places: NDArray[np.float64] = field(repr=False)
    styles: tuple[Mapping[str, Any], ...] = field(repr=False)
    sizes: NDArray[np.float64] = field(repr=False)
    order: NDArray[np.int64] = field(repr=False)
    crowd: float = 1.0


def village_glyph(cls: int, colours: Iterable[str], *, lost: bool) -> dict[str, Any]:
    """Give the sign of a village.

    Parameters
    ----------
    cls
        Its class under the theme, -1 for nobody.
    colours
        The theme's colours.
    lost
        Whether the class `NO_SCHOOL` means pupils without a school.

    Returns
    -------
    dict
        For `Sheet.glyph`.
    """
    if cls < 0:
        return {"shape": "circle", "fill": look()["nobody"], "stroke": "#a9b0b8", "width": 1.0}
    style = {"shape": "circle", "fill": list(colours)[cls], "stroke": "#2b3440", "width": 0.8}
    return style | {"sign": "cross", "ink": "#ffffff"} if lost and cls == NO_SCHOOL else style


def site_glyph(kind: str, action: str) -> dict[str, Any]:
    """Give the sign of a school.

    Parameters
    ----------
    kind
        Its kind.
    action
        What the plan does there.

    Returns
    -------
    dict
        For `Sheet.glyph`; ``size`` is its radius.
    """
    return {"shape": kind if kind in look()["shapes"] else "circle", **look()["actions"][action]}


def village_signs(
    places: pd.DataFrame, *, pupils: pd.Series, classes: pd.Series, theme: str
) -> Signs:
    """Give the villages their signs, the larger ones first.

    Parameters
    ----------
    places
        ``x`` and ``y`` by village, metres.
    pupils
        Pupils by village.
    classes
        Classes by village under the theme.
    theme
        The name of the theme's colours.

    Returns
    -------
    Signs
        One sign per village.
    """
    colours, lost = look()["colours"][theme], theme == "minutes"
    known = {n: village_glyph(n, colours, lost=lost) for n in (NOBODY, *range(len(list(colours))))}
    large = max(1.0, float(pupils.quantile(0.95)))
    share = (pupils / large).clip(upper=1.6).pow(0.5)
    sizes = (4.6 + 4.4 * share).where(pupils > 0, _NOBODY_SIZE).to_numpy(dtype=float)
    return Signs(
        places=places[["x", "y"]].to_numpy(dtype=float),
        styles=tuple(known[n] for n in classes.tolist()),
        sizes=sizes,
        order=np.argsort(-sizes, kind="stable"),
        crowd=min(1.0, max(0.55, (_CROWD / max(len(pupils), 1)) ** 0.5)),
    )


def site_signs(places: pd.DataFrame, decisions: pd.DataFrame) -> Signs:
    """Give the schools their signs, those that stay first.

    Parameters
    ----------
    places
        ``x`` and ``y`` by site, metres.
    decisions
        The plan's decisions.

    Returns
    -------
    Signs
        One sign per site.
    """
    table = decisions.reindex(places.index)
    styles = tuple(
        site_glyph(str(kind), str(action))
        for kind, action in zip(table["kind"], table["action"].fillna("unused"), strict=True)
    )
    ranks = np.array([style["rank"] for style in styles], dtype=float)
    return Signs(
        places=places[["x", "y"]].to_numpy(dtype=float),
        styles=styles,
        sizes=np.array([style["size"] for style in styles], dtype=float),
        order=np.argsort(ranks, kind="stable"),
    )
