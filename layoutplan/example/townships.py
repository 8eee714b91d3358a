"""The townships: polygons that share the county among the towns."""

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layoutplan.example.lattice import Floats, Ints
from layoutplan.example.settlements import Towns
from layoutplan.example.terrain import ORIGIN_M, Terrain

STEP_M: Final = 300.0
"""Distance of the points along borders, close enough for the bend of the map."""


def township_polygons(
    terrain: Terrain, towns: Towns, *, codes: list[str], names: list[str], people: list[str]
) -> gpd.GeoDataFrame:
    """Share the county among the towns, each place to the nearest.

    Parameters
    ----------
    terrain
        The ground.
    towns
        The towns.
    codes
        Their division codes.
    names
        Their names.
    people
        Who answers for each.

    Returns
    -------
    geopandas.GeoDataFrame
        Polygons without gaps or overlaps, in EPSG:4548.
    """
    centres = terrain.level(terrain.lattice.xy(towns.cells))
    outline = shapely.segmentize(shapely.Polygon(terrain.corners), STEP_M)
    county = shapely.transform(outline, terrain.level)
    borders: list[shapely.Geometry] = [county.exterior]
    if len(centres) > 1:
        borders.append(
            shapely.voronoi_polygons(
                shapely.MultiPoint(centres), extend_to=county.buffer(STEP_M), only_edges=True
            )
        )
    # Every border is cut and bent once, so that neighbours share the very same points.
    lines = shapely.get_parts(shapely.line_merge(shapely.union_all(borders)))
    lines = shapely.segmentize(lines, STEP_M)

    def place(points: Floats) -> Floats:
        return np.asarray(
            np.round(terrain.bend(terrain.unlevel(points)) + np.array(ORIGIN_M), 2),
            dtype=np.float64,
        )

    bent = shapely.transform(lines, place)
    pieces = shapely.get_parts(shapely.polygonize(bent))
    within = shapely.transform(county, place)
    pieces = pieces[shapely.contains(within, shapely.point_on_surface(pieces))]
    tree = shapely.STRtree(pieces)
    shapes = pieces[tree.query(shapely.points(place(centres)), predicate="within")[1]]
    return gpd.GeoDataFrame(
        {"name": names, "geometry": shapes, "responsible": people},
        index=pd.Index(codes, name="township_id"),
        crs="EPSG:4548",
    )


def township_of(polygons: gpd.GeoDataFrame, xy: Floats) -> Ints:
    """Give the position of the township in which each point lies.

    Parameters
    ----------
    polygons
        The townships.
    xy
        The points, in EPSG:4548.

    Returns
    -------
    numpy.ndarray
        Positions in the table; that of the nearest township on or beyond a border.
    """
    tree = shapely.STRtree(polygons.geometry.to_numpy())
    return np.asarray(tree.nearest(shapely.points(xy)), dtype=np.int64)
