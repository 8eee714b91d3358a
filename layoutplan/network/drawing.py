"""What a network was made of: pieces of road and what is known of each."""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.network.build import Segments
from layoutplan.network.modes import RoadUse

METRES_PER_MINUTE_AT_1_KMH: Final = 1000 / 60


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
    barred
        Whether a piece may not be used at all, because a barrier lies across it; shape
        (pieces,).
    """

    pieces: Segments
    row: NDArray[np.intp]
    roads: Any = field(repr=False)
    slower_forward: NDArray[np.float64] = field(repr=False)
    slower_backward: NDArray[np.float64] = field(repr=False)
    barred: NDArray[np.bool_] = field(repr=False)


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
    none = np.zeros(len(row), dtype=bool)
    return Drawing(
        pieces=pieces, row=row, roads=roads, slower_forward=flat, slower_backward=flat, barred=none
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
    with np.errstate(divide="ignore"):
        along = pieces.length_m / (use.forward_kmh[row] * METRES_PER_MINUTE_AT_1_KMH)
        against = pieces.length_m / (use.backward_kmh[row] * METRES_PER_MINUTE_AT_1_KMH)
    along = np.where(drawn.barred, np.inf, along * drawn.slower_forward)
    against = np.where(drawn.barred, np.inf, against * drawn.slower_backward)
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
    edges["row"] = pd.Categorical.from_codes(edges["row"], categories=drawn.roads.index)
    edges.columns = pd.Index(["u", "v", "road", "length_m", *edges.columns[4:]])
    return edges
