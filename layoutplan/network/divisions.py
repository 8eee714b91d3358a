"""Counties that barriers divide: which parts of a network are cut off, and how much of it."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.findings import Finding
from layoutplan.network.drawing import Drawing, piece_minutes
from layoutplan.network.graph import directed_graph, strong_components
from layoutplan.network.modes import RoadUse


def parts_without_barriers(drawn: Drawing, use: RoadUse) -> NDArray[np.intp]:
    """Tell which nodes could be gone between each way if there were no barriers.

    Parameters
    ----------
    drawn
        The pieces before barriers were laid across them.
    use
        What the mode may do on each road.

    Returns
    -------
    numpy.ndarray
        The number of the part of each node, shape (nodes,).
    """
    pieces = drawn.pieces
    graph = directed_graph(
        np.concatenate([pieces.start, pieces.end]),
        np.concatenate([pieces.end, pieces.start]),
        np.concatenate(piece_minutes(drawn, use)),
        nodes=len(pieces.xy),
    )
    return strong_components(graph)


def cut_off_by_barriers(
    nodes: pd.DataFrame, components: pd.DataFrame, *, part: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Tell which components are cut off from a longer one by barriers alone.

    Parameters
    ----------
    nodes
        The nodes of a network with their ``component``.
    components
        Its components, longest first.
    part
        The part that each node would be in without barriers, shape (nodes,).

    Returns
    -------
    numpy.ndarray
        Shape (components,).

    Examples
    --------
    >>> nodes = pd.DataFrame({"component": [0, 0, 1, 2]})
    >>> components = pd.DataFrame({"length_m": [900.0, 50.0, 20.0]})
    >>> cut_off_by_barriers(nodes, components, part=np.array([7, 7, 7, 4])).tolist()
    [False, True, False]
    """
    component = nodes["component"].to_numpy()
    inside = np.flatnonzero(component >= 0)
    found, first = np.unique(component[inside], return_index=True)
    was_part = pd.Series(part[inside[first]], index=found).reindex(range(len(components)))
    return was_part.duplicated().to_numpy() & was_part.notna().to_numpy()


def division_findings(components: pd.DataFrame, edges: pd.DataFrame) -> tuple[Finding, ...]:
    """Report what barriers cut off.

    Parameters
    ----------
    components
        The components of a network with ``behind_barrier``.
    edges
        Its edges with their ``component``.

    Returns
    -------
    tuple of Finding
        A warning where a part of the main network is cut off, a note where only small
        pieces are, or none.
    """
    off = components[components["behind_barrier"]]
    if off.empty:
        return ()
    divided = bool(off["main"].any())
    metres = float(off["length_m"].sum())
    beyond = edges["component"].isin(off.index)
    by_road = edges[beyond].groupby("road", observed=True)["length_m"].sum()
    # The longest roads first: they tell best where it is.
    named = by_road.rename_axis("road").reset_index().astype({"road": "str"})
    named = named.sort_values(["length_m", "road"], ascending=[False, True])
    values = {
        "parts": len(off),
        "large": int(off["main"].sum()) + 1,
        "km": f"{metres / 1000:.1f}",
        "percent": f"{100 * metres / float(edges['length_m'].sum()):.1f}",
    }
    return (
        Finding(
            code="barriers_divide" if divided else "barriers_cut_off",
            severity="warning" if divided else "note",
            table="roads",
            ids=tuple(named["road"]),
            values=values,
        ),
    )
