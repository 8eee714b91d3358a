"""Places that coincide, and places outside their township or county."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from layoutplan.checks.rows import ids, in_metres, points, text
from layoutplan.county import County
from layoutplan.findings import Finding
from layoutplan.sources.matching import duplicates
from layoutplan.standards import Standards

_SHOWN = 5
"""Pairs told in a sentence; the rows hold them all."""


def places_of_schools(county: County, standards: Standards) -> Iterator[Finding]:
    """Find schools at the same spot, which may be one school entered twice.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What was found.
    """
    del standards
    schools = county.schools
    spots = shapely.get_coordinates(schools.geometry.representative_point()).round(6)
    twice = pd.DataFrame(spots, index=schools.index).duplicated(keep=False)
    if twice.any():
        at = ids(schools.index[twice])
        yield Finding(code="same_place", severity="warning", table="schools", ids=at)


def coincident_villages(county: County, standards: Standards) -> Iterator[Finding]:
    """Find villages at the same spot, which may be one village entered twice.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What was found.
    """
    del standards
    spots = shapely.get_coordinates(county.villages.geometry.representative_point()).round(6)
    twice = pd.DataFrame(spots, index=county.villages.index).duplicated(keep=False)
    if twice.any():
        at = ids(twice.index[twice])
        yield Finding(code="villages_coincide", severity="warning", table="villages", ids=at)


def candidates_at_schools(county: County, standards: Standards) -> Iterator[Finding]:
    """Find candidate sites at the spot of a school.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What was found.
    """
    candidates = county.candidates
    if candidates.empty:
        return
    schools = points(county.sites)[: len(county.schools)]
    sites = points(county.sites)[len(county.schools) :]
    away, _ = cKDTree(schools).query(sites)
    near = away <= standards.value("check_same_place_m")
    if np.any(near):
        at = ids(candidates.index[near])
        yield Finding(code="candidate_at_school", severity="note", table="candidates", ids=at)


def schools_entered_twice(county: County, standards: Standards) -> Iterator[Finding]:
    """Find schools that are one by name and place, numbered parts of a campus left aside.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What was found.
    """
    pairs = duplicates(
        county.schools,
        place_m=standards.value("check_same_place_m"),
        name_m=standards.value("check_same_school_m"),
    )
    if len(pairs):
        at = tuple(pairs[["one", "other"]].to_numpy().ravel())
        shown = pairs.head(_SHOWN)
        told = [f"{a} = {b}" for a, b in zip(shown["one"], shown["other"], strict=True)]
        more = ["…"] if len(pairs) > _SHOWN else []
        yield Finding(
            code="school_twice",
            severity="warning",
            table="schools",
            ids=tuple(dict.fromkeys(at)),
            values={"pairs": ", ".join([*told, *more])},
        )


def areas(county: County, standards: Standards) -> Iterator[Finding]:
    """Find places outside all townships, and places in another township than is said.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What was found.
    """
    townships = county.townships
    polygons = townships[townships.geom_type.isin(["Polygon", "MultiPolygon"])]
    if polygons.empty or len(polygons) < len(townships):
        return
    tolerance = standards.value("check_boundary_m")
    everywhere = pd.concat([polygons.geometry, county.sites.geometry, county.villages.geometry])
    metric = in_metres(everywhere.to_frame("geometry").set_geometry("geometry"))
    shapes = shapely.make_valid(metric.iloc[: len(polygons)].to_numpy())
    for name in ("villages", "schools", "candidates"):
        table = county.table(name)
        if table.empty:
            continue
        spots = table.geometry.to_crs(metric.crs).representative_point().to_numpy()
        yield from _astray(name, table, spots, shapes=shapes, of=polygons.index, near=tolerance)


def _astray(
    name: str,
    table: pd.DataFrame,
    spots: np.ndarray,
    *,
    shapes: np.ndarray,
    of: pd.Index,
    near: float,
) -> Iterator[Finding]:
    row, _ = shapely.STRtree(shapes).query(spots, predicate="dwithin", distance=near)
    outside = ~np.isin(np.arange(len(spots)), row)
    if outside.any():
        yield Finding(
            code="outside_townships",
            severity="warning",
            table=name,
            ids=ids(table.index[outside]),
            values={"metres": f"{near:.0f}"},
        )
    said = text(table, "township_id")
    position = of.get_indexer(pd.Index(said))
    known = (position >= 0) & ~outside
    away = np.zeros(len(spots))
    away[known] = shapely.distance(spots[known], shapes[position[known]])
    if (away > near).any():
        yield Finding(
            code="other_township",
            severity="warning",
            table=name,
            column="township_id",
            ids=ids(table.index[away > near]),
            values={"most": f"{away.max():.0f}"},
        )
