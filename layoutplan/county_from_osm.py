"""A county from an OpenStreetMap extract."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from layoutplan.county import County
from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.sources.osm import SETTLED, read_osm
from layoutplan.standards import Standards
from layoutplan.standards import standards as load_standards


def from_osm(
    path: str | Path,
    *,
    estimate: bool = False,
    places: Sequence[str] = SETTLED,
    level: str = "",
    standards: Standards | None = None,
    name: str = "",
    year: int = 0,
    lang: str = "auto",
) -> County:
    """Make a county of the roads, settlements, schools and areas of an OpenStreetMap extract.

    Needs osmium, which comes with the extra ``osm``. What was read, what was left out and
    why, and what was guessed stands in the findings, with the attribution that the licence
    of the data (ODbL 1.0) asks for; the column ``source`` of every table carries it along.

    Parameters
    ----------
    path
        A file of ``.osm.pbf``, ``.osm`` or ``.osm.gz``.
    estimate
        Whether populations and places that the extract does not say are estimated; without
        them a plan has no pupils and no room for them. Estimates are marked in the columns
        ``population_estimated`` and ``places_estimated`` and told in findings; pupils follow
        from the population by the standards' rate.
    places
        The values of ``place`` that count as villages; suburbs, being parts of towns, do not.
    level
        The ``admin_level`` of the areas that are townships; found where not given.
    standards
        What estimates rest on; the national ones where None.
    name
        The name of the county; that of the file where not given.
    year
        The school year.
    lang
        The language of messages.

    Returns
    -------
    County
        The county, in degrees of WGS 84.

    Raises
    ------
    DataError
        If the file cannot be read, or has no roads, no settlements or no compulsory schools.
    OptionsError
        If osmium is not installed, or no area has the level.

    Examples
    --------
    >>> from_osm("no-such-file.osm.pbf", lang="en")
    Traceback (most recent call last):
    layoutplan.errors.DataError: Problems found in no-such-file.osm.pbf: 1
    1. There is no file or folder no-such-file.osm.pbf.
       Cure: Check the path for typing errors; give a GeoPackage, a folder or an Excel workbook.
    """
    path = Path(path)
    rules = standards or load_standards()
    read = read_osm(path, estimate=estimate, standards=rules, places=places, level=level, lang=lang)
    empty = [n for n in ("villages", "schools", "roads") if read.tables[n].empty]
    if empty:
        found = [Finding(code=f"osm_no_{n}", table=n) for n in empty]
        told = [f for f in read.findings if f.table in empty]
        raise DataError([*found, *told], where=str(path), lang=lang)
    county = County.from_tables(
        villages=read.tables["villages"],
        schools=read.tables["schools"],
        roads=read.tables["roads"],
        townships=read.tables.get("townships"),
        name=name or path.name.split(".")[0],
        year=year,
        where=str(path),
        lang=lang,
    )
    return replace(county, findings=(*read.findings, *county.findings))
