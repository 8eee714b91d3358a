"""What a map of a road network is drawn from, as plain values."""

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.maps.encode import Coded, coded_lines, coded_rows
from layoutplan.maps.ground import DEGREES, names_of, places_of
from layoutplan.network import RoadNetwork, attach
from layoutplan.network.islands import disconnected
from layoutplan.network.joins import KINDS as REPAIRS
from layoutplan.network.metric import metric_coordinates, points_of_places
from layoutplan.network.road_network import edge_lines
from layoutplan.network.snap import ACROSS, ISLAND, MAIN, OFF_ROAD, PASSED_BY
from layoutplan.tables import BANDS
from layoutplan.words import Language, catalogue, language, say

STATUSES: Final = (MAIN, PASSED_BY, ISLAND, ACROSS, OFF_ROAD)
"""How a place gets onto the network, in the order in which the page numbers them."""

_PAGE_WORDS: Final = ("map.roads.", "map.page.zoom", "map.page.north")
_TOLERANCES_M: Final = (5.0, 10.0, 20.0, 40.0, 80.0)
_OUTLINE_M: Final = 10.0
_VERTICES_MAX: Final = 70_000
_ROADS_NAMED: Final = 5
_NOBODY_KNOWN: Final = -1

Value = object
"""Anything JSON can hold."""


def network_payload(
    network: RoadNetwork,
    *,
    villages: gpd.GeoDataFrame | None = None,
    schools: gpd.GeoDataFrame | None = None,
    flows: gpd.GeoDataFrame | None = None,
    isochrones: gpd.GeoDataFrame | None = None,
    lang: str = "auto",
    title: str = "",
) -> dict[str, Value]:
    """Gather everything a map of a network shows.

    Parameters
    ----------
    network
        The network.
    villages, schools
        Places, where they are to be shown.
    flows
        A result of `layoutplan.network.flows.flows`.
    isochrones
        A result of `layoutplan.network.isochrones`.
    lang
        ``"zh"``, ``"en"`` or ``"auto"``, which follows the names of the places.
    title
        A title instead of the usual one.

    Returns
    -------
    dict
        Plain values, the same for the same network.

    Raises
    ------
    DataError
        If a table lacks a column or its coordinate reference system, or the network is
        empty.
    """
    _require(network, villages=villages, schools=schools, flows=flows, isochrones=isochrones)
    places = [t for t in (villages, schools) if t is not None]
    names = [n for t in places for n in names_of(t)]
    chosen = language(lang, names)
    off = disconnected(network, villages)
    standards = network.standards
    profile = standards.title_zh if chosen == "zh" else standards.title_en
    mode = say(f"mode.{network.mode}", chosen)
    return {
        "lang": chosen,
        "title": title or say("map.roads.title", chosen, mode=mode),
        "source": say("map.roads.source", chosen, mode=mode, standards=profile),
        "words": _words(chosen),
        "bounds": _bounds(network, places),
        "numbers": _numbers(network, off),
        "main": _main(network),
        "off": _off(off),
        "repairs": _repairs(network),
        "statuses": list(STATUSES),
        "villages": _places(network, villages),
        "schools": _places(network, schools),
        "flows": _flows(flows, network),
        "isochrones": _isochrones(isochrones, network),
    }


def _require(network: RoadNetwork, **tables: gpd.GeoDataFrame | None) -> None:
    columns = {"flows": ("kind", "pupils", "pupils_forward"), "isochrones": ("minutes",)}
    findings = []
    if len(network.edges) == 0:
        findings.append(Finding(code="network_empty", table="roads"))
    for name, table in tables.items():
        if table is None:
            continue
        have = ", ".join(map(str, table.columns))
        findings += [
            Finding(
                code="missing_column", table=name, column=c, values={"heading": c, "have": have}
            )
            for c in columns.get(name, ())
            if c not in table.columns
        ]
        if table.crs is None:
            findings.append(Finding(code="no_crs", table=name))
    if findings:
        raise DataError(findings)


def _words(lang: Language) -> dict[str, str]:
    texts = {
        key.removeprefix("map."): text
        for key, text in catalogue(lang).items()
        if key.startswith(_PAGE_WORDS)
    }
    return {key: texts[key] for key in sorted(texts)}


def _bounds(network: RoadNetwork, places: list[gpd.GeoDataFrame]) -> list[list[float]]:
    """Give the extent of the main network and the places, south-west and north-east corner."""
    main = network.components.index[network.components["main"]]
    inside = network.nodes["component"].isin(main)
    nodes = network.nodes[inside] if inside.any() else network.nodes
    points = gpd.GeoSeries.from_xy(nodes["x"], nodes["y"], crs=network.crs)
    each = [points.to_crs(DEGREES).total_bounds]
    each += [t.geometry.to_crs(DEGREES).total_bounds for t in places if len(t)]
    each = [b for b in each if np.isfinite(b).all()]
    west, south = np.array(each)[:, :2].min(axis=0)
    east, north = np.array(each)[:, 2:].max(axis=0)
    return [[round(float(v), 5) for v in corner] for corner in ((south, west), (north, east))]


def _numbers(network: RoadNetwork, off: gpd.GeoDataFrame) -> dict[str, Value]:
    total = float(network.edges["length_m"].sum())
    lost = float(off["length_m"].sum())
    people = {
        name: round(float(off[name].sum())) if off[name].notna().any() else _NOBODY_KNOWN
        for name in ("residents", "pupils")
        if name in off.columns
    }
    return {
        "km": round(total / 1000, 1),
        "off_km": round(lost / 1000, 1),
        "parts": len(off),
        "main_percent": round(100 * (1 - lost / total), 1),
        "villages": int(off["villages"].sum()) if "villages" in off.columns else 0,
        "residents": people.get("residents", _NOBODY_KNOWN),
        "pupils": people.get("pupils", _NOBODY_KNOWN),
    }


def _main(network: RoadNetwork) -> Coded:
    main = network.components.index[network.components["main"]]
    lines = edge_lines(network)[network.edges["component"].isin(main).to_numpy()]
    return coded_lines(_light(_merged(lines), network.crs))


def _merged(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    if len(lines) == 0:
        return lines
    return np.asarray(shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines))))


def _light(lines: NDArray[np.object_], crs: CRS) -> gpd.GeoSeries:
    """Simplify by 5 m, by more where the page would grow heavy, and give degrees."""
    simple = lines
    for tolerance in _TOLERANCES_M:
        simple = shapely.simplify(lines, tolerance)
        if int(shapely.get_num_coordinates(simple).sum()) <= _VERTICES_MAX:
            break
    return gpd.GeoSeries(simple, crs=crs).to_crs(DEGREES)


def _off(off: gpd.GeoDataFrame) -> dict[str, Value]:
    """Set out the parts that are cut off, those with most pupils first."""
    coded, row = coded_rows(_light(np.asarray(off.geometry.array, dtype=object), CRS(off.crs)))
    roads = [_shortened(text) for text in off["roads"]]

    def people(name: str) -> list[int]:
        if name not in off.columns:
            return [_NOBODY_KNOWN] * len(off)
        return [_NOBODY_KNOWN if pd.isna(v) else round(float(v)) for v in off[name]]

    return {
        "lines": coded,
        "part": row.tolist(),
        "km": [round(float(m) / 1000, 2) for m in off["length_m"]],
        "roads": roads,
        "one_way": [int(number) < 0 for number in off.index],
        "behind": [bool(b) for b in off["behind_barrier"]],
        "villages": [int(v) for v in off["villages"]] if "villages" in off else [0] * len(off),
        "residents": people("residents"),
        "pupils": people("pupils"),
    }


def _shortened(roads: str) -> str:
    labels = roads.split(", ")
    shown = ", ".join(labels[:_ROADS_NAMED])
    return f"{shown}, …" if len(labels) > _ROADS_NAMED else shown


def _repairs(network: RoadNetwork) -> dict[str, Value]:
    """Set out what was joined: points where roads meet, lines where they were lengthened."""
    table = network.repairs
    known = table[table["kind"].isin(REPAIRS) & ~table.geometry.is_empty & table.geometry.notna()]
    if len(known) == 0:
        none = coded_lines(gpd.GeoSeries([], crs=DEGREES))
        nothing: list[int] = []
        return {"kinds": list(REPAIRS), "kind": nothing, "at": nothing, "m": nothing, "lines": none}
    known = known.set_crs(network.crs, allow_override=True)
    kind = known["kind"].map({k: n for n, k in enumerate(REPAIRS)}).to_numpy()
    shapes = np.asarray(known.geometry.array, dtype=object)
    single = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    points = np.where(single, shapes, shapely.point_on_surface(shapes))
    drawn = shapely.get_dimensions(shapes) == 1
    lines = gpd.GeoSeries(shapes[drawn], crs=network.crs).to_crs(DEGREES)
    coded, row = coded_rows(lines)
    return {
        "kinds": list(REPAIRS),
        "kind": kind.tolist(),
        "at": places_of(gpd.GeoDataFrame(geometry=points, crs=network.crs)),
        "m": [round(float(m), 1) for m in known["length_m"]],
        "lines": coded,
        "line_kind": kind[drawn][row].tolist(),
    }


def _places(network: RoadNetwork, table: gpd.GeoDataFrame | None) -> dict[str, Value]:
    """Set out places, how they get onto the network, and where."""
    if table is None or len(table) == 0:
        none = coded_lines(gpd.GeoSeries([], crs=DEGREES))
        return {"id": [], "name": [], "at": [], "status": [], "m": [], "pupils": [], "legs": none}
    located = ~(table.geometry.is_empty | table.geometry.isna())
    table = table[located.to_numpy()]
    shapes = table.geometry.to_numpy()
    at = attach(network, shapes, crs=CRS(table.crs))
    on = np.flatnonzero(at.edge >= 0)
    xy, _ = metric_coordinates(points_of_places(shapes), CRS(table.crs), to=network.crs)
    share = (at.along_m[on] / network.edges["length_m"].to_numpy()[at.edge[on]])[:, None]
    nodes = network.nodes[["x", "y"]].to_numpy()
    u, v = (network.edges[c].to_numpy()[at.edge[on]] for c in ("u", "v"))
    foot = nodes[u] * (1 - share) + nodes[v] * share
    walks = np.asarray(shapely.linestrings(np.stack([xy[on], foot], axis=1)), dtype=object)
    legs = gpd.GeoSeries(walks, crs=network.crs)
    status = [STATUSES.index(s) if s in STATUSES else 0 for s in at.status]
    metres = np.where(np.isfinite(at.distance_m), at.distance_m, -1)
    return {
        "id": [str(i) for i in table.index],
        "name": names_of(table),
        "at": places_of(table),
        "status": status,
        "m": [round(float(m)) for m in metres],
        "pupils": _pupils(table),
        "legs": coded_lines(legs.to_crs(DEGREES)),
    }


def _pupils(table: gpd.GeoDataFrame) -> list[int]:
    columns = [c for c in (f"pupils_{b}" for b in BANDS) if c in table.columns]
    columns = columns or [c for c in ("pupils",) if c in table.columns]
    if not columns:
        return [_NOBODY_KNOWN] * len(table)
    numbers = table[columns].apply(pd.to_numeric, errors="coerce").sum(axis=1)
    return [round(float(v)) for v in numbers]


def _flows(flows: gpd.GeoDataFrame | None, network: RoadNetwork) -> dict[str, Value]:
    """Set out the pupils on roads, the fewest first so that the most lie on top."""
    none = coded_lines(gpd.GeoSeries([], crs=DEGREES))
    if flows is None:
        return {"lines": none, "pupils": [], "forward": []}
    road = flows[flows["kind"] == "road"].sort_values("pupils", kind="stable").to_crs(network.crs)
    coded, row = coded_rows(_light(np.asarray(road.geometry.array, dtype=object), network.crs))
    chosen = road.iloc[row]
    return {
        "lines": coded,
        "pupils": [round(float(p)) for p in chosen["pupils"]],
        "forward": [round(float(p)) for p in chosen["pupils_forward"]],
    }


def _isochrones(
    isochrones: gpd.GeoDataFrame | None, network: RoadNetwork
) -> list[dict[str, Value]]:
    """Set out areas or roads by limit, the longest first."""
    if isochrones is None:
        return []
    ordered = isochrones.sort_values("minutes", ascending=False).to_crs(network.crs)
    simple = shapely.simplify(np.asarray(ordered.geometry.array, dtype=object), _OUTLINE_M)
    found = []
    for minutes, shape in zip(ordered["minutes"], simple, strict=True):
        area = shape.geom_type in {"Polygon", "MultiPolygon"}
        parts = shapely.get_parts(np.array([shape], dtype=object))
        rings = shapely.get_rings(parts) if area else parts
        lines = gpd.GeoSeries(list(rings), crs=network.crs).to_crs(DEGREES)
        found.append({"minutes": float(minutes), "area": area, "lines": coded_lines(lines)})
    return found
