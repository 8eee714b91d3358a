"""Rows of one table that are the same school."""

from typing import Any

import pandas as pd

from layoutplan.sources.matching.folding import fold, heads, plain
from layoutplan.sources.matching.near import degrees_of, places_within
from layoutplan.sources.matching.score import OTHER, score

_ALIKE = 0.75
"""At one place, names so much alike are of one school: three of four characters agree."""

_OWN = frozenset({"point", "branch", "campus"})


def duplicates(table: Any, *, place_m: float, name_m: float) -> pd.DataFrame:  # noqa: ANN401
    """Find rows that are one school entered twice.

    Two rows are one school if their names, written in one way, are equal in all parts and
    their places are within ``name_m`` metres, or if their names are alike and their places
    within ``place_m``. Rows whose numbers differ, such as School I and School II on one
    campus, and teaching points, branches and campuses beside their school are none.

    Parameters
    ----------
    table
        geopandas.GeoDataFrame of schools, indexed by id, with a column ``name``.
    place_m
        Metres within which two places are one, such as a point and a building.
    name_m
        Metres within which equal names are one school.

    Returns
    -------
    pandas.DataFrame
        One row per pair: one, other (ids), how (``name`` or ``place``), metres, score.

    Examples
    --------
    >>> import geopandas as gpd
    >>> spots = gpd.points_from_xy([110, 110, 110], [30, 30.0003, 30], crs="EPSG:4326")
    >>> names = ["Oke Primary School I", "OKE PRIMARY-SCHOOL I", "Oke Primary School II"]
    >>> table = gpd.GeoDataFrame({"name": names}, geometry=spots, index=["a", "b", "c"])
    >>> duplicates(table, place_m=50, name_m=500)[["one", "other", "how"]].to_numpy().tolist()
    [['a', 'b', 'name']]
    """
    columns = ["one", "other", "how", "metres", "score"]
    if "name" not in table:
        return pd.DataFrame(columns=columns)
    table = table.set_axis(table.index.astype("str")).sort_index()
    names = [
        "" if missing else str(n)
        for n, missing in zip(table["name"], table["name"].isna(), strict=True)
    ]
    known = heads([plain(n) for n in names])
    folded = [fold(n, "schools", heads=known) for n in names]
    degrees = degrees_of(table)
    rows = []
    if degrees is None:
        return pd.DataFrame(columns=columns)
    for i, j, away in places_within(degrees, degrees, max(place_m, name_m)):
        if i >= j or not names[i] or not names[j]:
            continue
        one, other = folded[i], folded[j]
        likeness = score(one, other)
        apart = {mark.partition(" ")[0] for mark in one.marks ^ other.marks}
        if likeness <= OTHER or apart & _OWN:
            continue
        same = likeness == 1.0 and away <= name_m
        if same or (likeness >= _ALIKE and away <= place_m):
            how = "name" if same else "place"
            rows.append((table.index[i], table.index[j], how, round(away, 1), round(likeness, 3)))
    return pd.DataFrame(sorted(rows), columns=columns)
