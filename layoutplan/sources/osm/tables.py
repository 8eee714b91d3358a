"""One extract to all tables of a county."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd

from layoutplan.findings import Finding
from layoutplan.sources.osm.estimates import with_places, with_population
from layoutplan.sources.osm.places import SETTLED, villages_of
from layoutplan.sources.osm.reading import ATTRIBUTION, Extract, read_extract
from layoutplan.sources.osm.roads import listed, roads_of
from layoutplan.sources.osm.school_table import schools_of
from layoutplan.sources.osm.townships import townships_of
from layoutplan.standards import Standards


@dataclass(frozen=True, eq=False, kw_only=True)
class OsmTables:
    """The tables of one extract.

    Parameters
    ----------
    tables
        villages, schools, roads and perhaps townships, under our column names.
    findings
        What was read, left out and estimated, and the licence.
    """

    tables: Mapping[str, gpd.GeoDataFrame]
    findings: tuple[Finding, ...]


def read_osm(
    path: str | Path,
    *,
    estimate: bool,
    standards: Standards,
    places: Sequence[str] = SETTLED,
    level: str = "",
    lang: str = "auto",
) -> OsmTables:
    """Read an extract into tables.

    Parameters
    ----------
    path
        The file.
    estimate
        Whether populations and places that it does not say are estimated.
    standards
        What estimates rest on.
    places
        The values of ``place`` that count as villages.
    level
        The ``admin_level`` of townships.
    lang
        The language of messages.

    Returns
    -------
    OsmTables
        The tables and findings.

    Raises
    ------
    DataError
        If the file cannot be read.
    OptionsError
        If osmium is not installed, or there is no such level.
    """
    read = read_extract(path, lang=lang)
    roads, on_roads = roads_of(read)
    villages, on_villages = villages_of(read, kinds=places)
    schools, on_schools = schools_of(read)
    townships, (villages, schools), on_townships = townships_of(
        read, [villages, schools], level=level, lang=lang
    )
    findings = [*on_roads, *on_villages, *on_schools, *on_townships]
    if estimate:
        villages, found = with_population(villages, townships, standards=standards)
        schools, more = with_places(schools, villages["population"].sum(), standards=standards)
        findings += [*found, *more]
    blank = villages["population"].isna()
    if blank.any():
        unknown = Finding(
            code="osm_population_blank",
            severity="warning",
            table="villages",
            column="population",
            ids=tuple(villages.loc[blank, "village_id"]),
        )
        findings.append(unknown)
    tables = {"villages": villages, "schools": schools, "roads": roads}
    tables |= {"townships": townships} if townships is not None else {}
    told = _told(Path(path), read, {n: len(t) for n, t in tables.items()})
    return OsmTables(tables=tables, findings=(*told, *findings))


def _told(path: Path, read: Extract, counts: Mapping[str, int]) -> list[Finding]:
    values = {
        "attribution": ATTRIBUTION,
        "file": path.name,
        "stamp": read.stamp or "–",
        **{n: counts.get(n, 0) for n in ("roads", "villages", "schools", "townships")},
        "ways": len(read.roads),
        "places": len(read.places),
        "teaching": len(read.schools),
    }
    found = [Finding(code="osm_read", severity="note", table=path.name, rows=0, values=values)]
    if read.cut:
        which = {"which": listed(read.cut)}
        rows = read.cut.total()
        found.append(
            Finding(code="osm_cut", severity="note", table=path.name, rows=rows, values=which)
        )
    return found
