"""What a network was made of: pieces of road and what is known of each."""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.network.build import Segments
from layoutplan.network.modes import RoadUse

METRES_PER_MINUTE_AT_1_KMH: Final = 1000 / 60
_METRES_PER_KM: Final = 1000


@dataclass(frozen=True, eq=False, kw_only=True)
class Drawing:
    """The pieces of the roads of one mode, before the quickest of each pair is chosen.

    Kept with a network so that a closed road, a new one or another speed does not make it
    necessary to read and join the roads again.

    Parameters
    ----------
    pieces
        Straight pieces between nodes.
    row
        The row of `roads` each piece is of, shape (pieces,).
    roads
        The roads as given, with every column they came with, indexed by their label.
    slower_forward, slower_backward
        By how much a piece takes longer than on flat ground along and against its drawn
        direction, above 0; shape (pieces,).
    at_most_kmh
        The speed that is not passed on a piece whatever its road, infinite on most; shape
        (pieces,).
    barred
        Whether a piece may not be used at all, because a barrier lies across it or its road
        is closed; shape (pieces,).
    side
        The side of a road that may not be crossed: 1 for the strand on its left as the piece
        leads, -1 for that on its right, 0 for roads that may be crossed; shape (pieces,).
    """

    pieces: Segments
    row: NDArray[np.intp]
    roads: Any = field(repr=False)
    slower_forward: NDArray[np.float64] = field(repr=False)
    slower_backward: NDArray[np.float64] = field(repr=False)
    at_most_kmh: NDArray[np.float64] = field(repr=False)
    barred: NDArray[np.bool_] = field(repr=False)
    side: NDArray[np.int8] = field(repr=False)


def drawing(pieces: Segments, *, row: NDArray[np.intp], roads: Any) -> Drawing:  # noqa: ANN401
    """Take pieces on flat ground without barriers.

    Parameters
    ----------
    pieces
        Straight pieces between nodes.
    row
        The row of the road each piece is of, shape (pieces,).
    roads
        The roads.

    Returns
    -------
    Drawing
        The pieces, none slower than on flat ground and none barred.
    """
    flat = np.ones(len(row))
    return Drawing(
        pieces=pieces,
        row=row,
        roads=roads,
        slower_forward=flat,
        slower_backward=flat,
        at_most_kmh=np.full(len(row), np.inf),
        barred=np.zeros(len(row), dtype=bool),
        side=np.zeros(len(row), dtype=np.int8),
    )


def edges_of(drawn: Drawing, use: RoadUse) -> pd.DataFrame:
    """Make one edge for each pair of nodes, with the shorter time each way.

    Parameters
    ----------
    drawn
        The pieces.
    use
        What the mode may do on each road, in the order of ``drawn.roads``.

    Returns
    -------
    pandas.DataFrame
        The edges of `layoutplan.network.RoadNetwork`, without their component; pieces that
        may be used in no direction are left out.
    """
    pieces, row = drawn.pieces, drawn.row
    along, against = piece_minutes(drawn, use)
    drawn_up = pieces.start < pieces.end
    table = pd.DataFrame(
        {
            "u": np.where(drawn_up, pieces.start, pieces.end),
            "v": np.where(drawn_up, pieces.end, pieces.start),
            "row": row,
            "length_m": pieces.length_m,
            "minutes_forward": np.where(drawn_up, along, against),
            "minutes_backward": np.where(drawn_up, against, along),
            "access": use.access[row],
            "side": np.where(drawn_up, drawn.side, -drawn.side),
        }
    )
    # The road named is the quickest, then the first by label, whatever the order of rows.
    table["quickest"] = table[["minutes_forward", "minutes_backward"]].min(axis=1)
    table["label"] = pd.Series(drawn.roads.index.astype("str")).rank().to_numpy()[row]
    table = table[np.isfinite(table["quickest"])]
    table = table.sort_values(["u", "v", "quickest", "label"], ignore_index=True)
    first = ~table.duplicated(["u", "v"]).to_numpy()
    begins = np.flatnonzero(first)
    edges: pd.DataFrame = table.loc[first, ["u", "v", "row", "length_m"]].reset_index(drop=True)
    for name in ("minutes_forward", "minutes_backward"):
        edges[name] = np.minimum.reduceat(table[name].to_numpy(), begins)
    edges["access"] = np.logical_or.reduceat(table["access"].to_numpy(), begins)
    edges["side"] = table.loc[first, "side"].to_numpy()
    edges["row"] = pd.Categorical.from_codes(edges["row"], categories=drawn.roads.index)
    edges.columns = pd.Index(["u", "v", "road", "length_m", *edges.columns[4:]])
    return edges


def piece_minutes(drawn: Drawing, use: RoadUse) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the minutes along each piece as drawn, and against it.

    Parameters
    ----------
    drawn
        The pieces.
    use
        What the mode may do on each road, in the order of ``drawn.roads``.

    Returns
    -------
    along, against : numpy.ndarray
        Minutes, with the stops of a bus; infinite where there is no way; shape (pieces,).
    """
    stops = drawn.pieces.length_m * use.stop_minutes_per_km[drawn.row] / _METRES_PER_KM
    return (
        _minutes(drawn, use.forward_kmh[drawn.row], drawn.slower_forward) + stops,
        _minutes(drawn, use.backward_kmh[drawn.row], drawn.slower_backward) + stops,
    )


def _minutes(
    drawn: Drawing, kmh: NDArray[np.float64], slower: NDArray[np.float64]
) -> NDArray[np.float64]:
    with np.errstate(divide="ignore"):
        metres_a_minute = np.minimum(kmh, drawn.at_most_kmh) * METRES_PER_MINUTE_AT_1_KMH
        minutes = drawn.pieces.length_m / metres_a_minute * slower
    return np.where(drawn.barred, np.inf, minutes)
