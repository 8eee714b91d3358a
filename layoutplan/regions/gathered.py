"""The province put together: one row per county, the border, what failed."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from layoutplan.findings import Finding, findings_table
from layoutplan.regions.agreement import proposed
from layoutplan.regions.border import ACROSS, by_pair
from layoutplan.regions.facts import Facts, schools_of_all
from layoutplan.regions.folders import folder_name
from layoutplan.regions.noun import CountyPart, Outcome, Regions
from layoutplan.regions.one_county import Run
from layoutplan.regions.reading import DEGREES
from layoutplan.reports.csv_tables import write_csv
from layoutplan.reports.whole import whole_file
from layoutplan.text_storage import one_kind_of_text
from layoutplan.words import Language

FAILED = ("county_code", "name", "message", "cure", "fault")
"""The columns of the table of counties that failed."""


def gather(
    run: Run,
    parts: Sequence[CountyPart],
    facts: Mapping[str, Facts],
    outcomes: Mapping[str, Outcome],
    *,
    found: Sequence[Finding] = (),
    stopped: str,
    lang: Language,
) -> Regions:
    """Put the counties' results together and write the provincial files.

    Parameters
    ----------
    run
        The run.
    parts
        All counties.
    facts
        What those tell that could be read.
    outcomes
        What became of those that were tried.
    found
        What was found in the province as a whole.
    stopped
        Why the run ended early.
    lang
        The language.

    Returns
    -------
    Regions
        The results; each is also written: ``province.parquet`` (with outlines),
        ``province.csv``, ``ranking.csv``, ``distribution.csv``, ``border.csv``,
        ``across.csv``, ``agreement_proposed.csv``, ``failed.csv``, ``findings.csv``,
        ``indicators.parquet``, ``map.html`` and ``run.json``. On a full disk nothing more is tried.
    """
    counties = _counties(parts, facts, outcomes)
    done = [str(c) for c, state in counties["state"].items() if state in {"done", "kept"}]
    across = _across(run, done)
    alike = _same_ids(run, facts)
    tables = {
        "counties": counties,
        "border": by_pair(across),
        "failed": _failed(outcomes, lang),
        "findings": findings_table((*found, *alike), lang=lang),
    }
    told = Regions(
        out=run.out,
        job=run.job if isinstance(run.job, str) else run.job.__qualname__,
        lang=lang,
        stopped=stopped,
        tables=tables,
    )
    if stopped != "disk_full":
        _write(run, told, facts, across, done)
    return told


def ranking(counties: pd.DataFrame) -> pd.DataFrame:
    """Rank the counties by every number, in long form.

    Parameters
    ----------
    counties
        The provincial table.

    Returns
    -------
    pandas.DataFrame
        number, rank (1 for the least; equal values share a rank), county_code, name, value.
    """
    numbers = counties.drop(columns=["name", "state"]).astype(float)
    long = numbers.reset_index().melt(id_vars="county_code", var_name="number", value_name="value")
    long = long.dropna(subset="value")
    if not len(long):
        return pd.DataFrame(columns=["number", "rank", "county_code", "name", "value"])
    long["rank"] = long.groupby("number")["value"].rank(method="min").astype("int64")
    long["name"] = long["county_code"].map(counties["name"])
    wanted = ["number", "rank", "county_code", "name", "value"]
    return long.sort_values(["number", "rank", "county_code"], ignore_index=True)[wanted]


def distribution(counties: pd.DataFrame) -> pd.DataFrame:
    """Give the distribution of every number over the counties.

    Parameters
    ----------
    counties
        The provincial table.

    Returns
    -------
    pandas.DataFrame
        One row per number: counties, mean, and the quantiles min, p10, p25, p50, p75, p90, max.
    """
    numbers = counties.drop(columns=["name", "state"]).astype(float)
    quantiles = {
        "min": 0.0,
        "p10": 0.1,
        "p25": 0.25,
        "p50": 0.5,
        "p75": 0.75,
        "p90": 0.9,
        "max": 1.0,
    }
    table = pd.DataFrame({n: numbers.quantile(q) for n, q in quantiles.items()})
    table.insert(0, "mean", numbers.mean())
    table.insert(0, "counties", numbers.notna().sum())
    return table.rename_axis("number").reset_index()


def _counties(
    parts: Sequence[CountyPart], facts: Mapping[str, Facts], outcomes: Mapping[str, Outcome]
) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for part in parts:
        told, outcome = facts.get(part.code), outcomes.get(part.code)
        row: dict[str, Any] = {
            "county_code": part.code,
            "name": told.name if told else part.name,
            "state": outcome.state if outcome else "waiting",
        }
        if told:
            row |= {"villages": told.villages, "pupils_in": told.pupils}
        if outcome and outcome.state != "failed":
            row |= dict(outcome.numbers)
        rows.append(row)
    table = pd.DataFrame(rows).set_index("county_code").sort_index()
    # Whole persons stay whole where a county that failed has none.
    whole = [c for c in ("villages", "pupils_in") if c in table]
    return table.astype(dict.fromkeys(whole, "Int64"))


def _same_ids(run: Run, facts: Mapping[str, Facts]) -> tuple[Finding, ...]:
    """Name school ids that stand in more than one county: no agreement can tell them apart."""
    if not facts or (run.margin_m <= 0 and not run.agreed):
        return ()
    ids = schools_of_all(run.out, facts).index.astype("str")
    alike = tuple(sorted(set(ids[ids.duplicated()])))
    return (
        (Finding(code="province_same_school", severity="warning", table="schools", ids=alike),)
        if alike
        else ()
    )


def _failed(outcomes: Mapping[str, Outcome], lang: Language) -> pd.DataFrame:
    tables = [
        findings_table(o.findings, lang=lang)[["message", "cure"]].assign(
            county_code=o.code, name=o.name, fault=o.fault
        )
        for _, o in sorted(outcomes.items())
        if o.state == "failed"
    ]
    if not tables:
        return pd.DataFrame({c: pd.Series(dtype="str") for c in FAILED})
    return pd.concat(tables, ignore_index=True)[list(FAILED)]


def _across(run: Run, done: Sequence[str]) -> pd.DataFrame:
    tables = []
    for code in done:
        path = run.out / "counties" / folder_name(code) / "across.parquet"
        if path.is_file():
            read = pd.read_parquet(path)
            if len(read):
                tables.append(read.assign(from_county=code))
    if tables:
        return pd.concat(tables, ignore_index=True)
    return pd.DataFrame({c: pd.Series(dtype="str") for c in (*ACROSS, "from_county")})


def _write(
    run: Run, told: Regions, facts: Mapping[str, Facts], across: pd.DataFrame, done: Sequence[str]
) -> None:
    from layoutplan.maps.province_map import province_map  # noqa: PLC0415 # folium takes time

    out, counties = run.out, told.counties
    write_csv(counties, out / "province.csv")
    write_csv(ranking(counties), out / "ranking.csv")
    write_csv(distribution(counties), out / "distribution.csv")
    write_csv(told.border, out / "border.csv")
    write_csv(told.failed, out / "failed.csv")
    write_csv(told.findings, out / "findings.csv")
    write_csv(across, out / "across.csv")
    if len(across):
        write_csv(proposed(across, schools_of_all(run.out, facts)), out / "agreement_proposed.csv")
    outlines = gpd.GeoDataFrame(
        counties,
        geometry=[
            shapely.from_wkb(facts[c].outline) if c in facts else None for c in counties.index
        ],
        crs=DEGREES,
    )
    with whole_file(out / "province.parquet") as part:
        one_kind_of_text(outlines).to_parquet(part)
    _write_indicators(run, done)
    with whole_file(out / "map.html") as part:
        province_map(outlines, lang=told.lang).save(part)
    record = {
        "schema": "layoutplan-regions-1",
        "job": told.job,
        "stopped": told.stopped,
        "states": {str(k): int(v) for k, v in counties["state"].value_counts().items()},
    }
    with whole_file(out / "run.json") as part:
        part.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _write_indicators(run: Run, done: Sequence[str]) -> None:
    """Write the counties' own indicators as one table, a county at a time."""
    tables = []
    for code in done:
        path = run.out / "counties" / folder_name(code) / "indicators.parquet"
        if path.is_file():
            read = pd.read_parquet(path, filters=[("level", "==", "county")])
            tables.append(read.assign(county_code=code))
    with whole_file(run.out / "indicators.parquet") as part:
        whole = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
        one_kind_of_text(whole).to_parquet(part, index=False)
