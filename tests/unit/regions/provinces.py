"""Small provinces for tests: one county cut in two, and the same as other kinds of source."""

import contextlib
import os
import signal
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

import layoutplan as lp
from layoutplan.county_file import write_county
from layoutplan.regions.jobs import Done

WEST, EAST = "341501", "341502"


def halves(county):
    """Cut a county in two along townships; the roads of each reach over the line a little."""
    towns = county.townships
    x = towns.geometry.representative_point().x
    west = towns.index[x <= x.median()]
    return {
        code: half(county, code, towns.index.isin(west) == (code == WEST)) for code in (WEST, EAST)
    }


def half(county, code, chosen):
    towns = county.townships[chosen]
    villages, schools = county.villages, county.schools
    villages = villages[villages["township_id"].isin(towns.index)]
    schools = schools[schools["township_id"].isin(towns.index)]
    ground = villages.geometry.union_all().convex_hull.buffer(0.01)
    roads = county.roads
    flows = county.flows
    inside = flows["village_id"].isin(villages.index) & flows["school_id"].isin(schools.index)
    return lp.County.from_tables(
        villages=villages,
        schools=schools,
        roads=roads[roads.intersects(ground)],
        townships=towns,
        flows=flows[inside],
        name=f"县{code[-1]}",
    )


def as_folder(counties, folder: Path) -> Path:
    folder.mkdir(parents=True)
    for code, county in counties.items():
        write_county(county, folder / f"{code} {county.name}.gpkg")
    return folder


def _tables(counties):
    names = ("villages", "schools", "roads", "townships", "flows")
    for name in names:
        parts = []
        for code, county in counties.items():
            table = county.table(name)
            if table is None:
                continue
            key = {"villages": "village_id", "schools": "school_id", "townships": "township_id"}
            table = table.rename_axis(key[name]).reset_index() if name in key else table
            parts.append(table.reset_index(drop=True).assign(county_code=code))
        if parts:
            yield name, pd.concat(parts, ignore_index=True)


def numbered(county):
    """Name the schools of a county s0, s1 ..., as another county may do too."""
    new = {s: f"s{n}" for n, s in enumerate(county.schools.index)}
    tables = {n: county.table(n) for n in county.tables}
    tables["schools"] = county.schools.rename(index=new)
    tables["flows"] = county.flows.assign(school_id=county.flows["school_id"].map(new))
    return lp.County.from_tables(**tables, name=county.name)


def as_geopackage(counties, path: Path, *, number=str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    for name, made in _tables(counties):
        table = made.assign(county_code=made["county_code"].map(number))
        if isinstance(table, gpd.GeoDataFrame):
            table.to_file(path, layer=name, driver="GPKG")
        else:
            pyogrio.write_dataframe(table, path, layer=name, driver="GPKG")
    return path


def as_dataset(counties, folder: Path, *, number=None) -> Path:
    """Write a folder per county, or where codes are to be something, one file per table."""
    folder.mkdir(parents=True)
    for name, table in _tables(counties):
        if number is not None:
            one = table.assign(county_code=table["county_code"].map(number))
            one.to_parquet(folder / f"{name}.parquet")
            continue
        for code, rows in table.groupby("county_code"):
            place = folder / name / f"county_code={code}"
            place.mkdir(parents=True)
            rows.drop(columns="county_code").to_parquet(place / "part.parquet")
    return folder


def counts(asked):
    """Count a county's rows: a job that costs nothing."""
    county = asked.county
    numbers = {n: float(len(county.table(n))) for n in ("villages", "schools", "roads")}
    table = pd.DataFrame({"table": list(numbers), "rows": list(numbers.values())})
    return Done(tables={"counts": table}, numbers={f"rows_{k}": v for k, v in numbers.items()})


def today(asked):
    """Evaluate the layout as it is, without the indicators."""
    plan = lp.evaluate(asked.county, asked.times(), standards=asked.standards)
    lp.assert_plan_valid(plan)
    sent = plan.assignment
    numbers = {
        "pupils": float(plan.pupils_in),
        "unserved": float(plan.pupils_unserved),
        "minutes": float((sent["pupils"] * sent["minutes"]).sum()),
    }
    return Done(tables={"assignment": sent.reset_index(drop=True)}, numbers=numbers)


def dies_once(asked):
    """Kill the worker when a county of so many villages is worked on for the first time."""
    if len(asked.county.villages) == int(os.environ["LAYOUTPLAN_TEST_VILLAGES"]):
        with (
            contextlib.suppress(FileExistsError),
            Path(os.environ["LAYOUTPLAN_TEST_MARK"]).open("x"),
        ):
            os.kill(os.getpid(), signal.SIGKILL)
    return counts(asked)


def dies_always(asked):
    """Kill the worker whenever a county of so many villages is worked on."""
    if len(asked.county.villages) == int(os.environ["LAYOUTPLAN_TEST_VILLAGES"]):
        os.kill(os.getpid(), signal.SIGKILL)
    return counts(asked)
