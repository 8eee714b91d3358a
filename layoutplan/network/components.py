"""The parts of a road network that hang together, and what is cut off."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.findings import Finding
from layoutplan.network.graph import directed_graph, strong_components
from layoutplan.standards import Standards


def with_components(
    xy: NDArray[np.float64], edges: pd.DataFrame, standards: Standards
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Find the parts within which one can go from each place to each and back.

    Parameters
    ----------
    xy
        Easting and northing of the nodes in metres, shape (nodes, 2).
    edges
        The edges of a `layoutplan.network.RoadNetwork` without their component.
    standards
        The share of the length from which a part is main network.

    Returns
    -------
    nodes, edges, components : pandas.DataFrame
        Those of a `layoutplan.network.RoadNetwork`.
    """
    u, v = edges["u"].to_numpy(), edges["v"].to_numpy()
    minutes = edges[["minutes_forward", "minutes_backward"]].to_numpy()
    graph = directed_graph(
        np.concatenate([u, v]), np.concatenate([v, u]), minutes.T.ravel(), nodes=len(xy)
    )
    part = strong_components(graph)
    inside = part[u] == part[v]
    length = np.bincount(part[u[inside]], weights=edges["length_m"][inside], minlength=len(xy))
    count = np.bincount(part, minlength=len(xy))
    first_node = np.full(len(xy), len(xy))
    np.minimum.at(first_node, part, np.arange(len(xy)))
    order = np.lexsort((first_node, -length))
    order = order[length[order] > 0]
    rank = np.full(len(xy), -1)
    rank[order] = np.arange(len(order))
    total = float(edges["length_m"].sum())
    share = length[order] / total
    components = pd.DataFrame(
        {"nodes": count[order], "length_m": length[order], "share": share},
        index=pd.RangeIndex(len(order), name="component"),
    )
    components["main"] = share >= standards.value("main_network_share")
    components.loc[components.index[:1], "main"] = True
    components["behind_barrier"] = False
    nodes = pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "component": rank[part]})
    return nodes, edges.assign(component=np.where(inside, rank[part[u]], -1)), components


def no_length(
    roads: Any,  # noqa: ANN401 - geopandas has no types
    rows: NDArray[np.intp],
    *,
    of: int,
    standards: Standards,
) -> tuple[Finding, ...]:
    """Report roads without length.

    Parameters
    ----------
    roads
        The roads.
    rows
        Which of them have none.
    of
        How many roads the mode may use.
    standards
        ``roads_without_length_share``, above which the coordinate system is in doubt.

    Returns
    -------
    tuple of Finding
        One note, a warning where they are most of the roads, or none.

    Examples
    --------
    >>> from layoutplan.standards import standards
    >>> roads = pd.DataFrame(index=["a", "b", "c"])
    >>> no_length(roads, np.array([0, 2]), of=3, standards=standards())[0].severity
    'warning'
    """
    if len(rows) == 0:
        return ()
    ids = tuple(str(i) for i in roads.index[rows])
    if len(rows) > of * standards.value("roads_without_length_share"):
        code, values = "roads_mostly_without_length", {"all": of}
        mostly = Finding(code=code, severity="warning", table="roads", ids=ids, values=values)
        return (mostly,)
    return (Finding(code="road_without_length", severity="note", table="roads", ids=ids),)


def fragments(components: pd.DataFrame, edges: pd.DataFrame) -> tuple[Finding, ...]:
    """Report the roads that are cut off from the main network.

    Parameters
    ----------
    components, edges
        Those of a `layoutplan.network.RoadNetwork`.

    Returns
    -------
    tuple of Finding
        One warning, or none.

    Examples
    --------
    >>> parts = pd.DataFrame({"main": [True, False]})
    >>> edges = pd.DataFrame({"road": ["a", "b"], "length_m": [9.0, 1.0], "component": [0, 1]})
    >>> fragments(parts, edges)[0].values["percent"]
    '10.0'
    """
    off = ~edges["component"].isin(components.index[components["main"]])
    if not off.any():
        return ()
    metres = float(edges.loc[off, "length_m"].sum())
    values = {
        "parts": int((~components["main"]).sum()),
        "km": f"{metres / 1000:.1f}",
        "percent": f"{100 * metres / float(edges['length_m'].sum()):.1f}",
        "main": int(components["main"].sum()),
    }
    ids = tuple(str(i) for i in edges.loc[off, "road"].unique())
    return (
        Finding(code="road_fragments", severity="warning", table="roads", ids=ids, values=values),
    )
