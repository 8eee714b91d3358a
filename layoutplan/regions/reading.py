"""One county of a province: its own tables, and the roads of its neighbours near the line."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS

from layoutplan.county import County, read_county
from layoutplan.regions.listing import CODE, code_condition, dataset_table, is_parted, layer_of
from layoutplan.regions.noun import CountyPart
from layoutplan.sources.columns import Mapped
from layoutplan.tables import COUNTY_TABLES

Box = tuple[float, float, float, float]
"""West, south, east and north, in degrees of EPSG:4490."""

DEGREES: Final = CRS.from_epsg(4490)

_METRES_PER_DEGREE: Final = 111_320.0
"""Of a degree of latitude, or of longitude on the equator."""

_FIRST_ROADS_M: Final = 3_000.0
"""How far beyond its villages and schools a county's own roads are looked for, where the
roads do not say whose they are."""


def read_part(part: CountyPart, *, columns: Mapped | None = None, lang: str = "auto") -> County:
    """Read one county of a province; no other county's rows are read.

    Parameters
    ----------
    part
        The county.
    columns
        The mapping of foreign columns, the same for all counties.
    lang
        The language of messages.

    Returns
    -------
    County
        The county.

    Raises
    ------
    DataError
        If its data cannot be used.
    """
    if part.kind == "file":
        return read_county(part.path, columns=columns, name=part.name, lang=lang)
    tables = _of_layers(part, columns or {}) if part.kind == "layers" else _of_dataset(part)
    given: dict[str, Any] = {n: t for n, t in tables.items() if len(t)}
    for name in ("villages", "schools", "roads"):
        given.setdefault(name, tables.get(name, _empty(name)))
    return County.from_tables(
        **given,
        name=part.name or part.code,
        columns=columns,
        where=f"{part.path.name} {part.code}",
        lang=lang,
    )


def roads_within(part: CountyPart, box: Box, *, columns: Mapped | None = None) -> gpd.GeoDataFrame:
    """Read those roads of a county that touch a box.

    Parameters
    ----------
    part
        The county.
    box
        The box.
    columns
        The mapping of foreign columns.

    Returns
    -------
    geopandas.GeoDataFrame
        The roads, in degrees of EPSG:4490.
    """
    if part.kind == "layers":
        return _roads_of_layer(part.path, box)
    return clipped(read_part(part, columns=columns).roads, box)


def clipped(roads: gpd.GeoDataFrame, box: Box) -> gpd.GeoDataFrame:
    """Keep the roads that touch a box, whole.

    Parameters
    ----------
    roads
        The roads, in any coordinate reference system.
    box
        The box.

    Returns
    -------
    geopandas.GeoDataFrame
        Those roads in degrees of EPSG:4490.
    """
    degrees = roads.to_crs(DEGREES)
    return degrees[degrees.intersects(shapely.box(*box))]


def widened(box: Box, metres: float) -> Box:
    """Widen a box by a distance.

    Parameters
    ----------
    box
        The box.
    metres
        The distance.

    Returns
    -------
    tuple
        The wider box; east and west at its own latitude.

    Examples
    --------
    >>> [round(v, 3) for v in widened((117.0, 31.0, 117.5, 31.5), 11_132)]
    [116.883, 30.9, 117.617, 31.6]
    """
    import numpy as np  # noqa: PLC0415 # one function of it

    west, south, east, north = box
    up = metres / _METRES_PER_DEGREE
    farthest = max(abs(south), abs(north))
    across = up / max(float(np.cos(np.radians(farthest))), 0.01)
    return (west - across, south - up, east + across, north + up)


def box_of(county: County) -> Box:
    """Give the box around the villages and schools of a county.

    Parameters
    ----------
    county
        The county.

    Returns
    -------
    tuple
        The box in degrees.
    """
    places = pd.concat([county.villages.geometry, county.schools.geometry])
    west, south, east, north = gpd.GeoSeries(places, crs=county.crs).to_crs(DEGREES).total_bounds
    return (float(west), float(south), float(east), float(north))


def hash_of(part: CountyPart, *, columns: Mapped | None = None) -> str:
    """Hash what the source holds of a county.

    Parameters
    ----------
    part
        The county.
    columns
        The mapping of foreign columns.

    Returns
    -------
    str
        SHA-256 of its files, or of its rows where counties share files.
    """
    sums = hashlib.sha256()
    if part.kind == "file":
        inside = sorted(part.path.rglob("*")) if part.path.is_dir() else [part.path]
        for file in (f for f in inside if f.is_file()):
            named = file.relative_to(part.path.parent).as_posix()
            sums.update(f"{named}\0{file.stat().st_size}\0".encode())
            with file.open("rb") as stream:
                sums.update(hashlib.file_digest(stream, "sha256").digest())
        return sums.hexdigest()
    tables = _of_layers(part, columns or {}) if part.kind == "layers" else _of_dataset(part)
    for name in sorted(tables):
        table = tables[name]
        plain = pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
        sums.update(name.encode())
        sums.update("\0".join(map(str, plain.columns)).encode())
        rows = [plain[c].astype(object).where(plain[c].notna(), "").map(str) for c in plain]
        if isinstance(table, gpd.GeoDataFrame):
            shapes = shapely.to_wkb(table.geometry.to_numpy())
            rows.append(pd.Series([s.hex() if s else "" for s in shapes], index=plain.index))
        # In the order of their texts: the order of rows in a file tells nothing.
        lines = sorted("\0".join(r) for r in zip(*(s.tolist() for s in rows), strict=True))
        sums.update("\n".join(lines).encode())
    return sums.hexdigest()


def _of_layers(part: CountyPart, columns: Mapped) -> dict[str, pd.DataFrame]:
    """Read a county's rows of every layer of a GeoPackage."""
    tables: dict[str, pd.DataFrame] = {}
    for name in COUNTY_TABLES:
        layer = layer_of(part.path, name)
        if layer is None:
            continue
        where = code_condition(part.path, layer, name, part.code, columns=columns)
        if where is not None:
            tables[name] = _rows(part.path, layer, where=where)
    if "roads" not in tables:
        placed = (tables.get("villages"), tables.get("schools"))
        points = [
            t.to_crs(DEGREES).geometry for t in placed if isinstance(t, gpd.GeoDataFrame) and len(t)
        ]
        if points:
            west, south, east, north = pd.concat(points).total_bounds
            box = widened((west, south, east, north), _FIRST_ROADS_M)
            tables["roads"] = _roads_of_layer(part.path, box)
    return tables


def _roads_of_layer(path: Path, box: Box) -> gpd.GeoDataFrame:
    layer = layer_of(path, "roads")
    if layer is None:
        return _empty("roads")
    crs = CRS.from_user_input(pyogrio.read_info(path, layer=layer)["crs"] or DEGREES)
    corners = gpd.GeoSeries([shapely.box(*box)], crs=DEGREES).to_crs(crs).total_bounds
    read = _rows(path, layer, bbox=tuple(float(v) for v in corners))
    return clipped(read, box) if isinstance(read, gpd.GeoDataFrame) else _empty("roads")


def _rows(path: Path, layer: str, **which: Any) -> pd.DataFrame:  # noqa: ANN401
    read: pd.DataFrame = pyogrio.read_dataframe(path, layer=layer, **which)
    return read.drop(columns=CODE, errors="ignore")


def _of_dataset(part: CountyPart) -> dict[str, pd.DataFrame]:
    """Read a county's rows of every table of a GeoParquet dataset."""
    import pyarrow as pa  # noqa: PLC0415 # of the extra `scale`
    import pyarrow.dataset as pads  # noqa: PLC0415

    tables: dict[str, pd.DataFrame] = {}
    for name, declared in COUNTY_TABLES.items():
        path = dataset_table(part.path, name)
        if path is None:
            continue
        if is_parted(path):
            # As text, or "110000" would be read as a number.
            parted = pads.partitioning(pa.schema([(CODE, pa.string())]), flavor="hive")
            which: dict[str, Any] = {"filters": [(CODE, "==", part.code)], "partitioning": parted}
        else:
            fields = pads.dataset(path, format="parquet").schema
            if CODE not in fields.names:
                continue
            code = pa.scalar(part.code).cast(fields.field(CODE).type).as_py()
            which = {"filters": [(CODE, "==", code)]}
        read = gpd.read_parquet if declared.geometries else pd.read_parquet
        rows: pd.DataFrame = read(path, **which)
        tables[name] = rows.drop(columns=CODE, errors="ignore")
    return tables


def _empty(name: str) -> gpd.GeoDataFrame:
    declared = COUNTY_TABLES[name]
    columns = [c.name for c in declared.columns if c.required and c.name != "geometry"]
    return gpd.GeoDataFrame({c: [] for c in columns}, geometry=[], crs=DEGREES)


def with_roads(
    county: County, parts: Iterable[gpd.GeoDataFrame], *, schools: gpd.GeoDataFrame | None = None
) -> County:
    """Add roads, and schools, of neighbouring counties to a county.

    Parameters
    ----------
    county
        The county.
    parts
        Roads of each neighbour. A road that the county has itself is not added again.
    schools
        Schools of neighbours, indexed by id.

    Returns
    -------
    County
        The county with a margin; its villages, and who goes where, are its own.
    """
    own = county.roads
    added = [p.to_crs(county.crs) for p in parts if len(p)]
    roads = own
    if added:
        more = pd.concat(added, ignore_index=True)
        known = set(shapely.to_wkb(shapely.normalize(own.geometry.to_numpy()), hex=True))
        shapes = pd.Series(shapely.to_wkb(shapely.normalize(more.geometry.to_numpy()), hex=True))
        fresh = more[~shapes.isin(known).to_numpy() & ~shapes.duplicated().to_numpy()]
        shared = [c for c in fresh.columns if c in own.columns]
        roads = gpd.GeoDataFrame(
            pd.concat([own.reset_index(drop=True), fresh[shared]], ignore_index=True),
            geometry="geometry",
            crs=county.crs,
        )
    tables: Mapping[str, Any] = {
        n: county.tables[n] for n in county.tables if n not in {"roads", "schools"}
    }
    taught = county.schools
    if schools is not None and len(schools):
        taught = gpd.GeoDataFrame(
            pd.concat([taught, schools.to_crs(county.crs)]), geometry="geometry", crs=county.crs
        )
    return County.from_tables(
        **tables, schools=taught, roads=roads, name=county.name, year=county.year
    )
