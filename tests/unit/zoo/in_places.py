"""Defects of places, lines and areas."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from delivery import Defect, Delivery

LON, LAT = "经度", "纬度"


def _moved(delivery: Delivery, name: str, change) -> None:
    table = delivery[name]
    x, y = table[LON].to_numpy(dtype=float), table[LAT].to_numpy(dtype=float)
    a, b = change(x, y)
    table[LON], table[LAT] = list(a), list(b)


def projected(epsg, *tables, swap=False, digits=2):
    """Points in a projected system under the headings of northings and eastings."""

    def change(delivery: Delivery) -> list[str]:
        to = pyproj.Transformer.from_crs(4490, epsg, always_xy=True)
        for name in tables:
            _moved(delivery, name, lambda x, y: np.round(to.transform(x, y), digits))
            heads = {LON: "x", LAT: "y"} if not swap else {LON: "y", LAT: "x"}
            delivery.sheets[name] = delivery[name].rename(columns=heads)
        return []

    return change


# The way of the published maps: an ellipsoid of its own and periodic offsets (GCJ-02 as reversed
# in public since 2012), written here apart from the library's so that one can hold the other.
def gcj(x, y):
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    a, ee, pi = 6378245.0, 0.00669342162296594323, np.pi
    u, v = x - 105.0, y - 35.0
    waves = 20 * (np.sin(6 * u * pi) + np.sin(2 * u * pi)) * 2 / 3
    north = -100 + 2 * u + 3 * v + 0.2 * v**2 + 0.1 * u * v + 0.2 * np.sqrt(np.abs(u)) + waves
    north += (20 * np.sin(v * pi) + 40 * np.sin(v / 3 * pi)) * 2 / 3
    north += (160 * np.sin(v / 12 * pi) + 320 * np.sin(v * pi / 30)) * 2 / 3
    east = 300 + u + 2 * v + 0.1 * u**2 + 0.1 * u * v + 0.1 * np.sqrt(np.abs(u)) + waves
    east += (20 * np.sin(u * pi) + 40 * np.sin(u / 3 * pi)) * 2 / 3
    east += (150 * np.sin(u / 12 * pi) + 300 * np.sin(u / 30 * pi)) * 2 / 3
    rad = y / 180 * pi
    magic = 1 - ee * np.sin(rad) ** 2
    north = north * 180 / (a * (1 - ee) / (magic * np.sqrt(magic)) * pi)
    east = east * 180 / (a / np.sqrt(magic) * np.cos(rad) * pi)
    return x + east, y + north


def bd(x, y):
    x, y = gcj(x, y)
    turn = np.pi * 3000 / 180
    z = np.hypot(x, y) + 0.00002 * np.sin(y * turn)
    theta = np.arctan2(y, x) + 0.000003 * np.cos(x * turn)
    return z * np.cos(theta) + 0.0065, z * np.sin(theta) + 0.006


def shifted(way, *tables):
    def change(delivery: Delivery) -> list[str]:
        for name in tables:
            _moved(delivery, name, way)
        return []

    return change


def exchanged(delivery):
    for name in ("villages", "schools", "candidates"):
        _moved(delivery, name, lambda x, y: (y, x))


def exchanged_one(delivery):
    table = delivery["schools"]
    x, y = table[LON].iloc[3], table[LAT].iloc[3]
    delivery.put("schools", LON, 3, y)
    delivery.put("schools", LAT, 3, x)
    return [delivery.row("schools", 3)]


def as_degrees_minutes(delivery):
    def worded(v):
        d = int(v)
        m = int((v - d) * 60)
        return f"{d}°{m}′{(v - d - m / 60) * 3600:.3f}″"

    for heading in (LON, LAT):
        delivery["schools"][heading] = [worded(v) for v in delivery["schools"][heading]]


def at(name, row, x=None, y=None, by=(0.0, 0.0)):
    def change(delivery: Delivery) -> list[str]:
        table = delivery[name]
        old = table[LON].iloc[row] + by[0], table[LAT].iloc[row] + by[1]
        delivery.put(name, LON, row, old[0] if x is None else x)
        delivery.put(name, LAT, row, old[1] if y is None else y)
        return [delivery.row(name, row)]

    return change


def same_spot(delivery):
    for heading in (LON, LAT):
        delivery.put("schools", heading, 5, delivery["schools"][heading].iloc[6])
    return [delivery.row("schools", 5), delivery.row("schools", 6)]


def same_spot_villages(delivery):
    for heading in (LON, LAT):
        delivery.put("villages", heading, 5, delivery["villages"][heading].iloc[6])
    return [delivery.row("villages", 5), delivery.row("villages", 6)]


def blank_place(delivery):
    delivery.put("villages", LON, 5, None)
    return [delivery.row("villages", 5)]


def roads_to(epsg, *, told):
    def change(delivery: Delivery) -> list[str]:
        moved = delivery.roads.to_crs(epsg)
        delivery.roads = moved if told == epsg else moved.set_crs(told, allow_override=True)
        return []

    return change


def roads_without_crs(delivery):
    delivery.after.append(lambda folder: (folder / "道路.prj").unlink())


def roads_in_feet(delivery):
    system = pyproj.CRS.from_epsg(4548)
    delivery.roads = delivery.roads.to_crs(system)
    feet = shapely.transform(delivery.roads.geometry.to_numpy(), lambda p: p / 0.3048)
    delivery.roads = delivery.roads.set_geometry(
        gpd.GeoSeries(feet, delivery.roads.index, crs=system)
    )


def reshaped(change_geometry):
    def change(delivery: Delivery) -> list[str]:
        lines = delivery.roads.geometry.to_numpy().copy()
        lines = change_geometry(lines)
        delivery.roads = delivery.roads.set_geometry(
            gpd.GeoSeries(lines, delivery.roads.index, crs=delivery.roads.crs)
        )
        return []

    return change


def shortened(lines):
    """The end of a road stops a few metres short of the next."""
    long = int(np.argsort(-shapely.length(lines))[50])
    line = lines[long]
    cut = 8 / 111_000 / shapely.length(line)
    lines[long] = shapely.ops.substring(line, cut, 1 - cut, normalized=True)
    return lines


def empty_lines(lines):
    lines[4] = None
    return lines


def point_like(lines):
    start = shapely.get_coordinates(lines[4])[0]
    lines[4] = shapely.LineString([start, start])
    return lines


def multi(lines):
    for i in range(10):
        lines[i] = shapely.MultiLineString([lines[i]])
    return lines


def with_height(lines):
    return shapely.force_3d(lines, z=120.0)


def far_part(delivery):
    """A piece of road on its own, far from the others, with a school beside it."""
    table = delivery["villages"]
    x, y = table[LON].max() + 0.3, table[LAT].mean()
    row = delivery.roads.iloc[[0]].copy()
    row.geometry = [shapely.LineString([(x, y), (x + 0.01, y)])]
    delivery.roads = gpd.GeoDataFrame(
        pd.concat([delivery.roads, row], ignore_index=True), crs=delivery.roads.crs
    )
    delivery.put("villages", LON, 6, x + 0.005)
    delivery.put("villages", LAT, 6, y)
    return [delivery.row("villages", 6)]


def twice_roads(delivery):
    delivery.roads = gpd.GeoDataFrame(
        pd.concat([delivery.roads, delivery.roads[:20]], ignore_index=True), crs=delivery.roads.crs
    )


def class_unknown(delivery):
    delivery.roads["highway"] = delivery.roads["highway"].astype(object)
    delivery.roads.loc[delivery.roads.index[:5], "highway"] = "空中走廊"


def townships_as_points(delivery):
    delivery.townships["geometry"] = delivery.townships.geometry.representative_point()


def townships_overlap(delivery):
    geometry = delivery.townships.geometry.to_numpy().copy()
    geometry[0] = shapely.buffer(geometry[0], 0.02)
    delivery.townships["geometry"] = geometry


def bow_tie(delivery):
    geometry = delivery.townships.geometry.to_numpy().copy()
    corners = shapely.get_coordinates(geometry[0].envelope)
    geometry[0] = shapely.Polygon(corners[[0, 2, 1, 3]])
    delivery.townships["geometry"] = geometry


SAME = {
    "villages and schools from a map of AMap": (
        shifted(gcj, "villages", "schools", "candidates"),
        {"map_site_undone"},
    ),
    "schools from a map of Baidu": (shifted(bd, "schools"), {"map_site_undone"}),
    "longitude and latitude exchanged in all": (exchanged, {"axes_exchanged"}),
    "longitude and latitude exchanged in one row": (exchanged_one, {"rows_exchanged"}),
    "degrees, minutes and seconds": (as_degrees_minutes, {"degrees_read"}),
    "Gauss-Krueger, zone in front": (
        projected(4527, "villages", "schools", "candidates"),
        {"system_guessed"},
    ),
    "Gauss-Krueger, no zone": (
        projected(4548, "villages", "schools", "candidates"),
        {"system_guessed"},
    ),
    "Gauss-Krueger, x to the north as surveyors write": (
        projected(4548, "villages", "schools", "candidates", swap=True),
        {"system_guessed", "axes_exchanged"},
    ),
    "Gauss-Krueger of six degrees": (
        projected(4509, "villages", "schools", "candidates"),
        {"system_guessed"},
    ),
    "web Mercator": (projected(3857, "villages", "schools", "candidates"), {"system_guessed"}),
    "UTM": (projected(32650, "villages", "schools", "candidates"), {"system_guessed"}),
    "roads in another system, told": (roads_to(4548, told=4548), {"crs_converted"}),
    "roads in web Mercator, told": (roads_to(3857, told=3857), {"crs_converted"}),
    "roads in the next UTM zone": (roads_to(32650, told=32651), {"system_corrected"}),
    "roads without a system": (roads_without_crs, {"system_guessed"}),
    "roads in feet": (roads_in_feet, {"feet_read"}),
    "lines of several parts": (reshaped(multi), set()),
    "lines with heights": (reshaped(with_height), set()),
}

NAMED = {
    "few schools from a map of AMap": (
        shifted(gcj, "schools"),
        {"map_site_unclear", "map_site_undone"},
    ),
    "a village 4 km from any road": (
        at("villages", 5, by=(0.0, 0.25)),
        {"far_from_road", "outside_county"},
    ),
    "two schools at one spot": (same_spot, {"same_place"}),
    "two villages at one spot": (same_spot_villages, {"villages_coincide"}),
    "a village on a road of its own": (
        far_part,
        {"place_on_island", "roads_disconnected", "outside_county"},
    ),
    "roads twice": (twice_roads, {"road_twice"}),
    "roads of an unknown class": (class_unknown, {"road_class_unknown"}),
    "a road that stops short": (reshaped(shortened), {"road_gaps"}),
    "a road of no length": (reshaped(point_like), {"road_without_length", "empty_road"}),
    "townships that overlap": (townships_overlap, {"townships_overlap"}),
    "a township like a bow tie": (bow_tie, {"area_invalid"}),
    "a road without a line": (reshaped(empty_lines), {"empty_geometry", "empty_road"}),
}

REFUSED = {
    "a school outside the county": (
        at("schools", 3, by=(0.5, 0.0)),
        {"outside_county", "far_from_road"},
    ),
    "a school in another province": (at("schools", 3, x=121.5, y=31.2), {"outside_county"}),
    "a latitude of 310": (at("schools", 3, y=310.0), {"coordinates_out_of_range"}),
    "a village without a place": (blank_place, {"empty_geometry"}),
    "places at 0, 0": (at("schools", 3, x=0.0, y=0.0), {"outside_county", "coordinates_zero"}),
}


def defects() -> list[Defect]:
    """All of them."""
    kinds = ((SAME, "repaired"), (NAMED, ""), (REFUSED, "refused"))
    return [
        Defect(
            name=name,
            change=change,
            codes=frozenset(codes),
            repaired=kind == "repaired",
            refused=kind == "refused",
        )
        for group, kind in kinds
        for name, (change, codes) in group.items()
    ]
