"""One pass over an OpenStreetMap extract: what roads, places, schools and areas it has."""

import gzip
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import shapely

from layoutplan.errors import DataError, OptionsError
from layoutplan.findings import Finding

KINDS: Final = (".osm.pbf", ".osm", ".osm.gz")

ATTRIBUTION: Final = "© OpenStreetMap contributors, ODbL 1.0"
"""What the licence asks to be said wherever the data or anything made of them is shown."""

TEACHING: Final = (
    "school",
    "kindergarten",
    "college",
    "university",
    "music_school",
    "language_school",
    "driving_school",
    "dancing_school",
    "prep_school",
    "training",
    "research_institute",
)
"""Values of ``amenity`` where something is taught; most are no schools of a county's plan."""

_FILE_MAX: Final = 400_000_000
_UNPACKED_MAX: Final = 6_000_000_000
"""Bytes of a file, and of what a packed one unpacks to: a province, not a continent."""

_CHUNK: Final = 2**24

_ROAD_TAGS: Final = (
    "highway",
    "name",
    "oneway",
    "maxspeed",
    "maxspeed:forward",
    "maxspeed:backward",
    "bridge",
    "tunnel",
    "layer",
    "surface",
    "foot",
    "access",
    "motor_vehicle",
    "bicycle",
    "junction",
    "motorroad",
    "area",
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Thing:
    """One node, way or area of the extract.

    Parameters
    ----------
    label
        ``n``, ``w`` or ``r`` and the number.
    tags
        Its tags.
    shape
        Its geometry, degrees of WGS 84.
    """

    label: str
    tags: Mapping[str, str]
    shape: Any


@dataclass(frozen=True, eq=False, kw_only=True)
class Extract:
    """What an extract has.

    Parameters
    ----------
    roads, places, schools, areas
        Ways with ``highway``; nodes and areas with ``place``; nodes and areas where
        something is taught; administrative areas.
    stamp
        The day of the data, empty where the file does not say.
    cut
        How many ways and areas are cut off at the edge of the extract, by tag.
    """

    roads: list[Thing] = field(default_factory=list)
    places: list[Thing] = field(default_factory=list)
    schools: list[Thing] = field(default_factory=list)
    areas: list[Thing] = field(default_factory=list)
    stamp: str = ""
    cut: Counter[str] = field(default_factory=Counter)


def read_extract(path: str | Path, *, lang: str = "auto") -> Extract:
    """Read an OpenStreetMap extract.

    Parameters
    ----------
    path
        A file of ``.osm.pbf``, ``.osm`` or ``.osm.gz``; only read.
    lang
        The language of messages.

    Returns
    -------
    Extract
        What it has.

    Raises
    ------
    DataError
        If there is no such file, it is too large, or cannot be read.
    OptionsError
        If osmium, the extra ``osm``, is not installed.

    Examples
    --------
    >>> read_extract("no-such-file.osm.pbf", lang="en")
    Traceback (most recent call last):
    layoutplan.errors.DataError: Problems found in no-such-file.osm.pbf: 1
    1. There is no file or folder no-such-file.osm.pbf.
       Cure: Check the path for typing errors; give a GeoPackage, a folder or an Excel workbook.
    """
    path = Path(path)
    _check(path, lang)
    osmium = _osmium(lang)
    read = Extract(stamp="")
    try:
        source = osmium.FileProcessor(str(path))
        stamp = str(source.header.get("osmosis_replication_timestamp", ""))[:10]
        read = Extract(stamp=stamp)
        _go_through(osmium, source, read)
    except (RuntimeError, OSError, ValueError) as error:
        raise _fail("corrupt_file", path, lang, why=str(error)) from None
    return read


def _fail(code: str, path: Path, lang: str, **values: object) -> DataError:
    found = Finding(code=code, table=path.name, values={"path": str(path), **values})
    return DataError(found, where=str(path), lang=lang)


def _check(path: Path, lang: str) -> None:
    if not path.exists():
        raise _fail("no_such_path", path, lang)
    if not path.is_file() or not path.name.lower().endswith(KINDS):
        raise _fail("unknown_format", path, lang, kinds=", ".join(KINDS))
    large = path.stat().st_size > _FILE_MAX
    if large or (path.suffix.lower() == ".gz" and _unpacks_too_large(path, lang)):
        raise _fail("osm_too_large", path, lang, limit=f"{_FILE_MAX // 10**6} MB")


def _unpacks_too_large(path: Path, lang: str) -> bool:
    total = 0
    try:
        with gzip.open(path) as packed:
            while chunk := packed.read(_CHUNK):
                total += len(chunk)
                if total > _UNPACKED_MAX:
                    return True
    except (OSError, EOFError) as error:
        raise _fail("corrupt_file", path, lang, why=str(error)) from None
    return False


def _osmium(lang: str) -> Any:  # noqa: ANN401 - osmium comes with the extra alone
    try:
        import osmium  # noqa: PLC0415 # the extra is needed by who has extracts alone
    except ImportError as error:
        raise OptionsError(Finding(code="osm_extra_missing"), lang=lang) from error
    return osmium


def _go_through(osmium: Any, source: Any, read: Extract) -> None:  # noqa: ANN401
    wanted = osmium.filter.KeyFilter("highway", "place", "amenity", "boundary")
    factory = osmium.geom.WKBFactory()
    meant, made = dict[str, str](), set[str]()
    source = source.with_areas(osmium.filter.KeyFilter("place", "amenity", "boundary"))
    for thing in source.with_filter(wanted):
        tags = thing.tags
        key = _key(tags)
        if thing.is_way() and "highway" in tags:
            _road(thing, read)
        elif thing.is_node() and key in ("place", "amenity"):
            place = shapely.Point(thing.location.lon, thing.location.lat)
            _keep(read, key, f"n{thing.id}", tags, place)
        elif thing.is_area() and key:
            label = f"{'w' if thing.from_way() else 'r'}{thing.orig_id()}"
            made.add(label)
            shape = shapely.from_wkb(factory.create_multipolygon(thing))
            _keep(read, key, label, tags, shape)
        elif key and (thing.is_way() or thing.is_relation()):
            meant[f"{'w' if thing.is_way() else 'r'}{thing.id}"] = key
    # Boundaries are drawn as ways that only together make an area.
    read.cut.update(
        key
        for label, key in meant.items()
        if label not in made and not (key == "boundary" and label[0] == "w")
    )


def _key(tags: Any) -> str:  # noqa: ANN401
    if tags.get("amenity") in TEACHING:
        return "amenity"
    if "place" in tags:
        return "place"
    return "boundary" if tags.get("boundary") == "administrative" else ""


def _keep(read: Extract, key: str, label: str, tags: Any, shape: Any) -> None:  # noqa: ANN401
    held = Thing(label=label, tags={t.k: t.v for t in tags}, shape=shape)
    if key == "amenity":
        read.schools.append(held)
    elif tags.get("boundary") == "administrative" and shape.geom_type != "Point":
        read.areas.append(held)
    else:
        read.places.append(held)


def _road(way: Any, read: Extract) -> None:  # noqa: ANN401
    """Keep a way; one cut off at the edge keeps each stretch that the extract has."""
    runs: list[list[tuple[float, float]]] = [[]]
    for node in way.nodes:
        if node.location.valid():
            runs[-1].append((node.lon, node.lat))
        elif runs[-1]:
            runs.append([])
    kept = [run for run in runs if len(run) > 1]
    if len(kept) != 1 or len(kept[0]) != len(way.nodes):
        read.cut["highway"] += 1
    tags = {k: way.tags[k] for k in _ROAD_TAGS if k in way.tags}
    for i, run in enumerate(kept):
        label = f"w{way.id}" if i == 0 else f"w{way.id}-{i + 1}"
        read.roads.append(Thing(label=label, tags=tags, shape=shapely.LineString(run)))
