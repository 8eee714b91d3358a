"""What a county tells its neighbours and the province: where it lies, and its schools."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely

from layoutplan.county import County
from layoutplan.demand import demand
from layoutplan.measures.capacity import site_capacity
from layoutplan.regions.folders import folder_name
from layoutplan.regions.reading import DEGREES, Box, box_of
from layoutplan.reports.whole import whole_file
from layoutplan.standards import Standards
from layoutplan.text_storage import one_kind_of_text

_HULL_RATIO: Final = 0.4
"""Between the tightest outline of the villages (0) and their convex hull (1)."""

_SIMPLE_DEGREES: Final = 0.002
"""Detail of an outline on a map of a whole province: some 200 m."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a county tells the others.

    Parameters
    ----------
    code, name
        The county.
    made_of
        The hash of what the source holds of it.
    box
        The box around its villages and schools, in degrees.
    outline
        Its outline as WKB in hexadecimal digits, in degrees.
    villages, pupils
        How many.
    lang
        The language of its names.
    """

    code: str
    name: str
    made_of: str
    box: Box
    outline: str
    villages: int
    pupils: int
    lang: str


def facts_of(county: County, *, code: str, made_of: str, standards: Standards) -> Facts:
    """Gather what a county tells the others.

    Parameters
    ----------
    county
        The county.
    code
        Its code.
    made_of
        The hash of what the source holds of it.
    standards
        The standards, for its pupils.

    Returns
    -------
    Facts
        The facts.
    """
    return Facts(
        code=code,
        name=county.name,
        made_of=made_of,
        box=box_of(county),
        outline=shapely.to_wkb(_outline(county), hex=True),
        villages=len(county.villages),
        pupils=int(demand(county, standards=standards).pupils.to_numpy().sum()),
        lang=county.language(),
    )


def schools_told(county: County, *, code: str, standards: Standards) -> gpd.GeoDataFrame:
    """Give the schools of a county as its neighbours need to know them.

    Parameters
    ----------
    county
        The county.
    code
        Its code.
    standards
        Class sizes, for places that are not given.

    Returns
    -------
    geopandas.GeoDataFrame
        Indexed by school_id: county_code, name, kind, places, spare (places less today's
        enrolment, not below 0) and geometry, a point in degrees.
    """
    schools = county.schools
    room = site_capacity(county, standards=standards).reindex(schools.index)
    places = room["places"].fillna(0).astype("int64")
    # Where today's enrolment is not known nothing is offered.
    spare = (places - room["enrolment"].fillna(places)).clip(lower=0).astype("int64")
    names = schools["name"] if "name" in schools else pd.Series("", index=schools.index)
    points = schools.geometry.representative_point().to_crs(DEGREES)
    return gpd.GeoDataFrame(
        {
            "county_code": code,
            "name": names.fillna("").astype("str"),
            "kind": schools["kind"].astype("str"),
            "places": places,
            "spare": spare,
        },
        geometry=points,
        crs=DEGREES,
    ).rename_axis("school_id")


def write_facts(facts: Facts, schools: gpd.GeoDataFrame, folder: Path) -> None:
    """Write facts down; the file that names the hash comes last.

    Parameters
    ----------
    facts
        The facts.
    schools
        The schools.
    folder
        The folder of this county's facts.
    """
    with whole_file(folder / "schools.parquet") as part:
        one_kind_of_text(schools).to_parquet(part)
    with whole_file(folder / "facts.json") as part:
        text = json.dumps(asdict(facts), ensure_ascii=False, indent=1)
        part.write_text(text, encoding="utf-8", newline="\n")


def read_facts(folder: Path) -> Facts | None:
    """Read facts that were written down.

    Parameters
    ----------
    folder
        The folder of the county's facts.

    Returns
    -------
    Facts or None
        The facts; None where there are none that can be used.
    """
    try:
        record = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
        whole = (folder / "schools.parquet").is_file()
        return Facts(**record | {"box": tuple(record["box"])}) if whole else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def schools_of_all(out: Path, codes: Iterable[str]) -> gpd.GeoDataFrame:
    """Read what counties tell of their schools: names, places, points; no more.

    Parameters
    ----------
    out
        The folder of a run's results.
    codes
        The counties.

    Returns
    -------
    geopandas.GeoDataFrame
        Indexed by school_id, with ``county_code``; ids may stand in more than one county.
    """
    tables = [gpd.read_parquet(facts_folder(out, c) / "schools.parquet") for c in sorted(codes)]
    return pd.concat(tables)


def facts_folder(out: Path, code: str) -> Path:
    """Give the folder of a county's facts.

    Parameters
    ----------
    out
        The folder of a run's results.
    code
        The county.

    Returns
    -------
    pathlib.Path
        The folder.
    """
    return out / "facts" / folder_name(code)


def _outline(county: County) -> shapely.Geometry:
    """Outline a county: its townships where they are areas, else a hull of its villages."""
    areas = county.townships.to_crs(DEGREES).geometry
    areas = areas[areas.geom_type.isin(["Polygon", "MultiPolygon"])]
    if len(areas):
        whole = shapely.union_all(shapely.make_valid(areas.to_numpy()))
    else:
        places = pd.concat([county.villages.geometry, county.schools.geometry])
        points = gpd.GeoSeries(places, crs=county.crs).to_crs(DEGREES).representative_point()
        cloud = shapely.multipoints(points.to_numpy())
        whole = shapely.concave_hull(cloud, ratio=_HULL_RATIO)
        whole = shapely.buffer(whole, _SIMPLE_DEGREES)
    return shapely.set_precision(shapely.simplify(whole, _SIMPLE_DEGREES), 1e-5)
