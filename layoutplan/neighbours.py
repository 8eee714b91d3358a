"""Which villages are neighbours, and in which village a school stands."""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import Delaunay, cKDTree

from layoutplan.county import County
from layoutplan.network.metric import metric_coordinates, metric_crs, points_of_places

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FLAT = 1e-9
"""Villages whose extent across is this share of that along lie on a line."""

_INSIDE = 2
"""Triangles at an edge that is not on the hull."""


def village_neighbours(county: County) -> pd.DataFrame:
    """Find the villages that border on each other.

    Every place belongs to the village next to it: villages are neighbours where the areas
    that this gives (Voronoi, Thiessen) share a border inside the convex hull of all
    villages. Villages border so where they share an edge of the Delaunay triangulation
    whose dual is not wholly outside the hull (Okabe, Boots, Sugihara and Chiu 2000, section
    2.4). Villages on one point are neighbours of each other and have the same neighbours.
    Rivers, ridges and real borders are not known: where they matter, give the options
    pairs of your own.

    Parameters
    ----------
    county
        The county.

    Returns
    -------
    pandas.DataFrame
        Columns village_a and village_b, each pair once, sorted.

    Examples
    --------
    >>> import layoutplan as lp
    >>> pairs = village_neighbours(lp.example.county(seed=1, villages=40))
    >>> bool((pairs["village_a"] < pairs["village_b"]).all())
    True
    """
    names = np.sort(county.villages.index.to_numpy(dtype=object))
    points = _metres(county, "villages").reindex(names).to_numpy(dtype=float)
    spots, spot = np.unique(points, axis=0, return_inverse=True)
    spot = spot.reshape(-1)
    known = np.isfinite(spots).all(axis=1)
    place = np.flatnonzero(known)
    edges = place[_bordering(spots[known])]
    same = np.flatnonzero(known)
    members = pd.DataFrame({"spot": spot, "village": names})
    joined = pd.DataFrame(
        np.vstack([edges, np.column_stack([same, same])]), columns=["spot", "other"]
    )
    pairs = joined.merge(members, on="spot").merge(
        members.rename(columns={"spot": "other", "village": "beside"}), on="other"
    )
    one, two = (pairs[c].to_numpy(dtype=object) for c in ("village", "beside"))
    first, second = np.where(one < two, one, two), np.where(one < two, two, one)
    table = pd.DataFrame({"village_a": first, "village_b": second}).astype("str")
    table = table[table["village_a"] != table["village_b"]].drop_duplicates()
    return table.sort_values(["village_a", "village_b"], ignore_index=True)


def villages_of_sites(county: County) -> pd.Series:
    """Tell in which village each school and candidate stands: that next to it.

    Parameters
    ----------
    county
        The county.

    Returns
    -------
    pandas.Series
        The village's id, indexed by site_id; of villages equally near the first by its id.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> set(villages_of_sites(county)) <= set(county.villages.index)
    True
    """
    villages = _metres(county, "villages").sort_index()
    villages = villages[np.isfinite(villages.to_numpy()).all(axis=1)]
    sites = _metres(county, "sites")
    where = np.nan_to_num(sites.to_numpy(dtype=float), posinf=0.0)
    if villages.empty:
        return pd.Series("", index=sites.index, dtype="str")
    tree = cKDTree(villages.to_numpy(dtype=float))
    least = np.asarray(tree.query(where)[0], dtype=float)
    near = [
        min(tree.query_ball_point(point, reach))
        for point, reach in zip(where, least * (1 + _FLAT), strict=True)
    ]
    return pd.Series(villages.index.to_numpy(dtype=object)[near], index=sites.index, dtype="str")


def _metres(county: County, table: str) -> pd.DataFrame:
    """Give the points of villages or sites in metres, one row each; infinite where unknown."""
    villages, rows = county.villages, getattr(county, table)
    to = metric_crs(tuple(villages.total_bounds), county.crs)
    points = points_of_places(rows.geometry.to_numpy())
    found = np.full((len(rows), 2), np.inf)
    there = ~shapely.is_empty(points)
    found[there] = metric_coordinates(points[there], county.crs, to=to)[0]
    return pd.DataFrame(found, index=rows.index, columns=["x", "y"])


def _bordering(points: Floats) -> Ints:
    """Give the pairs of different points whose areas share a border in the hull."""
    if len(points) < 2:  # noqa: PLR2004 # a pair
        return np.zeros((0, 2), dtype=np.int64)
    middle = points - points.mean(axis=0)
    _, spread, axes = np.linalg.svd(middle, full_matrices=False)
    if len(points) == 2 or spread[1] <= _FLAT * spread[0]:  # noqa: PLR2004 # a pair
        order = np.argsort(middle @ axes[0], kind="stable")
        return np.column_stack([order[:-1], order[1:]]).astype(np.int64)
    corners = np.sort(Delaunay(middle).simplices, axis=1).astype(np.int64)
    ends = np.vstack([corners[:, [0, 1]], corners[:, [0, 2]], corners[:, [1, 2]]])
    opposite = np.concatenate([corners[:, 2], corners[:, 1], corners[:, 0]])
    triangle = np.tile(np.arange(len(corners)), 3)
    edges, edge, count = np.unique(ends, axis=0, return_inverse=True, return_counts=True)
    edge = edge.reshape(-1)
    centre = _circumcentres(middle[corners])
    hull = shapely.convex_hull(shapely.multipoints(middle))
    keep = np.zeros(len(edges), dtype=bool)
    # On the hull the dual is a ray that leaves it: part of it is inside where the angle
    # at the third corner is acute.
    outer = count[edge] < _INSIDE
    a, b, c = middle[ends[outer, 0]], middle[ends[outer, 1]], middle[opposite[outer]]
    keep[edge[outer]] = ((a - c) * (b - c)).sum(axis=1) > 0
    order = np.argsort(edge, kind="stable")
    inner = order[~outer[order]].reshape(-1, _INSIDE)
    dual = shapely.linestrings(np.stack([centre[triangle[inner[:, k]]] for k in range(2)], axis=1))
    # Four villages on one circle meet in a point, which is no border.
    long = shapely.length(dual) > _FLAT * spread[0]
    keep[edge[inner[:, 0]]] = shapely.intersects(hull, dual) & long
    return edges[keep]


def _circumcentres(corners: Floats) -> Floats:
    """Give the centres of the circles through the corners of triangles."""
    a = corners[:, 0]
    b, c = corners[:, 1] - a, corners[:, 2] - a
    cross = 2.0 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
    # The triangulation gives slivers at most, whose centre is far away.
    cross = np.where(np.abs(cross) < np.finfo(float).tiny, np.finfo(float).tiny, cross)
    long_b, long_c = (b**2).sum(axis=1), (c**2).sum(axis=1)
    x = (c[:, 1] * long_b - b[:, 1] * long_c) / cross
    y = (b[:, 0] * long_c - c[:, 0] * long_b) / cross
    return np.asarray(a + np.column_stack([x, y]), dtype=float)
