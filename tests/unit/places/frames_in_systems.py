"""Layers of a county as an office or a map site gives them, and how far they are off."""

import geopandas as gpd
import numpy as np
import shapely

import layoutplan as lp

DEGREE_M = 111_320.0

LAYERS = ("villages", "schools", "candidates", "roads", "townships")


def frames_of(county):
    keys = {"villages": "village_id", "schools": "school_id", "candidates": "school_id"}
    keys |= {"townships": "township_id"}
    return {n: county.table(n).rename_axis(keys.get(n, "row")).reset_index() for n in LAYERS}


def in_system(frame, system):
    """Give the numbers that an office or a map site would give, without saying so."""

    def moved(xy):
        return np.column_stack(lp.from_wgs84(*xy.T, system))

    shapes = shapely.transform(frame.geometry.to_numpy(), moved)
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index), crs=None).set_crs(
        frame.crs, allow_override=True
    )


def unnamed(frame):
    return frame.set_crs(None, allow_override=True)


def exchanged(frame):
    shapes = shapely.transform(frame.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


def away_m(frame, truth):
    """Give the greatest distance of a layer from where it truly is."""
    here, there = (
        shapely.bounds(f.to_crs("EPSG:4326").geometry.to_numpy())[:, :2] for f in (frame, truth)
    )
    metres = (here - there) * DEGREE_M * np.array([np.cos(np.radians(there[:, 1].mean())), 1])
    return float(np.hypot(*metres.T).max())


def codes(settled, table=None):
    return sorted(f.code for f in settled.findings if table in (None, f.table))
