"""One county of a run: read, worked on, and written whole with the hash of what it came from."""

import errno
import hashlib
import inspect
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from layoutplan.county import County
from layoutplan.demand import demand
from layoutplan.errors import LayoutPlanError
from layoutplan.findings import Finding, findings_table
from layoutplan.measures import Options
from layoutplan.network import network
from layoutplan.regions.agreement import offering
from layoutplan.regions.border import nearer_across
from layoutplan.regions.facts import (
    Facts,
    facts_folder,
    facts_of,
    read_facts,
    schools_told,
    write_facts,
)
from layoutplan.regions.folders import folder_name
from layoutplan.regions.jobs import JOBS, Asked, Done, Job
from layoutplan.regions.noun import CountyPart, Outcome
from layoutplan.regions.reading import Box, hash_of, read_part, roads_within, widened, with_roads
from layoutplan.regions.years import RoadmapOptions
from layoutplan.reports.whole import whole_folder
from layoutplan.sources.columns import Mapped
from layoutplan.standards import Standards, standards
from layoutplan.text_storage import one_kind_of_text
from layoutplan.travel import TravelTimes, travel_times
from layoutplan.words import language

DONE: Final = "done.json"
"""The file that says from what a county's results came, and what they are."""


AROUND_M: Final = 3_000.0
"""How far around a school that grants places roads are read at least."""

_ACROSS: Final = "\N{LEFT RIGHT ARROW}"
"""Begins the names of schools across the line; no county's codes begin with it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Run:
    """What holds for all counties of a run.

    Parameters
    ----------
    out
        The folder of the results.
    job
        The name of a job, or a function like one.
    profiles
        Names or files of the standards.
    options, ahead
        What is asked of every county, and of its roadmap.
    by_county, ahead_by_county
        What is asked of single counties instead, by code.
    mode, time_limit, gap, seed
        As in the library's verbs.
    margin_m
        How far beyond the county line roads and schools are read.
    columns
        The mapping of foreign columns.
    agreed
        Whether an agreement on places was given.
    lang
        The language of messages.
    """

    out: Path
    job: str | Job
    profiles: tuple[str, ...]
    options: Options
    by_county: Mapping[str, Options]
    ahead: RoadmapOptions
    ahead_by_county: Mapping[str, RoadmapOptions]
    mode: str
    time_limit: float
    gap: float
    seed: int
    margin_m: float
    columns: Mapped = field(default_factory=dict)
    agreed: bool = False
    lang: str = "auto"


@dataclass(frozen=True, eq=False, kw_only=True)
class Work:
    """One county's work.

    Parameters
    ----------
    part
        The county.
    facts
        Its facts.
    options, ahead
        What is asked of it, and of its roadmap.
    near
        The neighbours within the margin, and those that grant places, with their facts.
    offered
        Places that the county offers, by school.
    granted
        Places that it is granted, by school of a neighbour.
    """

    part: CountyPart
    facts: Facts
    options: Options = field(default_factory=Options)
    ahead: RoadmapOptions = field(default_factory=RoadmapOptions)
    near: tuple[tuple[CountyPart, Facts], ...] = ()
    offered: Mapping[str, int] = field(default_factory=dict)
    granted: Mapping[str, int] = field(default_factory=dict)


def told_apart(job: Job) -> str:
    """Name a function by where it stands and what it does.

    Parameters
    ----------
    job
        The function.

    Returns
    -------
    str
        Its module, its name and the hash of its text, where that can be read.
    """
    try:
        text = inspect.getsource(job)
    except (OSError, TypeError):
        text = ""
    return f"{job.__module__}.{job.__qualname__} {hashlib.sha256(text.encode()).hexdigest()}"


@cache
def rules_of(profiles: tuple[str, ...]) -> Standards:
    """Read standards once in a process.

    Parameters
    ----------
    profiles
        Their names or files.

    Returns
    -------
    Standards
        The standards.
    """
    return standards(*profiles)


def gather_facts(run: Run, part: CountyPart) -> Facts | Outcome:
    """Read what a county tells the others, or keep what is known of it.

    Parameters
    ----------
    run
        The run.
    part
        The county.

    Returns
    -------
    Facts or Outcome
        The facts; an outcome where the county cannot be used.
    """
    folder = facts_folder(run.out, part.code)
    try:
        made_of = _digest(
            [
                hash_of(part, columns=run.columns),
                _version(),
                _plain(run.columns),
                _values(run.profiles),
            ]
        )
        known = read_facts(folder)
        if known is not None and known.made_of == made_of and known.code == part.code:
            return known
        county = read_part(part, columns=run.columns, lang=run.lang)
        rules = rules_of(run.profiles)
        facts = facts_of(county, code=part.code, made_of=made_of, standards=rules)
        write_facts(facts, schools_told(county, code=part.code, standards=rules), folder)
    except LayoutPlanError as error:
        return _refused(part, error)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return _disk_full(part)
        raise
    return facts


def work_on(run: Run, work: Work) -> Outcome:
    """Do the job in one county, unless its results are there and nothing has changed.

    Parameters
    ----------
    run
        The run.
    work
        The county.

    Returns
    -------
    Outcome
        What became of it. Its folder is whole or as it was before.
    """
    part, name = work.part, work.facts.name
    folder = run.out / "counties" / folder_name(part.code)
    try:
        key = _key(run, work)
        former = _former(folder)
        if former is not None and former["key"] == key:
            return Outcome(code=part.code, name=name, state="kept", numbers=former["numbers"])
        done, across = _worked(run, work)
        numbers = {k: float(v) for k, v in done.numbers.items() if np.isfinite(v)}
        _write(folder, done, across, key=key, numbers=numbers, facts=work.facts)
    except LayoutPlanError as error:
        return _refused(part, error, name=name)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return _disk_full(part)
        raise
    return Outcome(code=part.code, name=name, state="done", numbers=numbers)


def _worked(run: Run, work: Work) -> tuple[Done, pd.DataFrame | None]:
    rules = rules_of(run.profiles)
    county = read_part(work.part, columns=run.columns, lang=run.lang)
    options = _of_county(work, county)
    wide, theirs = county, None
    if work.near:
        theirs, box = _schools_near(run, work, widened(work.facts.box, run.margin_m))
        roads = [roads_within(p, box, columns=run.columns) for p, _ in work.near]
        wide = with_roads(county, roads)
    planned, options = offering(wide, options, work.offered, standards=rules)
    if theirs is not None and work.granted:
        guests = _guests(theirs, work.granted)
        planned = with_roads(planned, [], schools=guests)
        options = _frozen(options, guests)
    made: list[TravelTimes] = []

    def times() -> TravelTimes:
        if not made:
            drawn = network(wide, mode=run.mode, standards=rules)
            made.append(travel_times(planned, mode=run.mode, network=drawn, standards=rules))
        return made[0]

    spoken = language(run.lang) if run.lang != "auto" else county.language()
    asked = Asked(
        county=planned, times=times, standards=rules, options=options, time_limit=run.time_limit,
        gap=run.gap, seed=run.seed, lang=spoken, ahead=work.ahead,
    )  # fmt: skip
    job = JOBS[run.job] if isinstance(run.job, str) else run.job
    done = _without_guests(job(asked), len(work.granted))
    if theirs is None or run.margin_m <= 0:
        return done, None
    return done, _across(run, wide, theirs, rules=rules)


def _without_guests(done: Done, guests: int) -> Done:
    """Count a county's own schools only: those that grant places are counted at home."""
    if not guests or "schools_open" not in done.numbers:
        return done
    own = dict(done.numbers)
    own["schools_open"] -= guests
    return replace(done, numbers=own | {"schools_granting": float(guests)})


def _of_county(work: Work, county: County) -> Options:
    """Give the options of a county; ids that the province named for others are left out."""
    asked = work.options
    here = set(county.sites.index.astype("str"))
    return replace(
        asked,
        keep=frozenset(asked.keep) & here,
        close=frozenset(asked.close) & here,
        freeze=frozenset(asked.freeze) & here,
    )


def _schools_near(run: Run, work: Work, box: Box) -> tuple[gpd.GeoDataFrame | None, Box]:
    """Read the schools of neighbours within a box, and those that grant places.

    The box comes back so wide that the latter are within it: a school without the roads
    around it is out of reach.
    """
    told = []
    west, south, east, north = box
    for part, _ in work.near:
        table = gpd.read_parquet(facts_folder(run.out, part.code) / "schools.parquet")
        x, y = table.geometry.x, table.geometry.y
        inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        told.append(table[inside | table.index.isin(list(work.granted))])
    schools = pd.concat(told)
    granting = schools[schools.index.isin(list(work.granted))]
    if len(granting):
        around = widened(tuple(granting.total_bounds.tolist()), max(run.margin_m, AROUND_M))
        box = (
            min(west, around[0]), min(south, around[1]), max(east, around[2]), max(north, around[3])
        )  # fmt: skip
    return (schools if len(schools) else None), box


def _across(run: Run, wide: County, theirs: gpd.GeoDataFrame, *, rules: Standards) -> pd.DataFrame:
    own = wide.schools
    # Under names of this run's own: two counties may use one id.
    theirs = theirs.iloc[np.lexsort((theirs.index.astype("str"), theirs["county_code"]))]
    names = [f"{_ACROSS}{n:09d}" for n in range(len(theirs))]
    true = pd.Series(theirs.index.astype("str"), index=names, dtype="str")
    strangers = theirs.set_axis(pd.Index(names, name=theirs.index.name), axis="index")
    both = with_roads(wide, [], schools=strangers.drop(columns=["county_code", "spare"]))
    drawn = network(both, mode=run.mode, standards=rules)
    times = travel_times(both, mode=run.mode, network=drawn, standards=rules)
    pupils = demand(wide, standards=rules).pupils
    found = nearer_across(times, pupils, own=own["kind"].astype("str"), theirs=strangers)
    return found.assign(their_school=found["their_school"].map(true).astype("str"))


def _guests(theirs: gpd.GeoDataFrame, granted: Mapping[str, int]) -> gpd.GeoDataFrame:
    """Schools of neighbours as sites of this county: just the places granted."""
    chosen = theirs[theirs.index.isin(list(granted))].sort_index()
    places = chosen.index.to_series().map(dict(granted))
    return chosen.drop(columns=["county_code", "spare"]).assign(places=places, max_extra_classes=0)


def _frozen(options: Options, guests: gpd.GeoDataFrame) -> Options:
    return replace(options, freeze=frozenset(options.freeze) | set(guests.index.astype("str")))


def _key(run: Run, work: Work) -> str:
    """Hash all that a county's results depend on."""
    job = run.job if isinstance(run.job, str) else told_apart(run.job)
    near = sorted((p.code, f.made_of) for p, f in work.near)
    return _digest(
        [
            _version(),
            job,
            work.facts.made_of,
            near,
            _plain(work.options.as_record()),
            _values(run.profiles),
            [run.mode, run.time_limit, run.gap, run.seed, run.margin_m, run.lang],
            [sorted(work.offered.items()), sorted(work.granted.items())],
            # The other jobs of ours do not look at it.
            None if run.job in JOBS and run.job != "roadmap" else _plain(work.ahead.as_record()),
        ]
    )


def _values(profiles: tuple[str, ...]) -> dict[str, Any]:
    """Give the numbers of the standards: a profile's file may change under its name."""
    return {n: s.value for n, s in rules_of(profiles).items()}


def _write(
    folder: Path,
    done: Done,
    across: pd.DataFrame | None,
    *,
    key: str,
    numbers: Mapping[str, float],
    facts: Facts,
) -> None:
    tables = dict(done.tables)
    if across is not None:
        tables["across"] = across
    if "findings" not in tables:
        tables["findings"] = findings_table(
            done.findings, lang="zh" if facts.lang == "zh" else "en"
        )
    with whole_folder(folder, replaces=_written(folder)) as new:
        sums = {}
        for name, table in sorted(tables.items()):
            path = new / f"{name}.parquet"
            _parquet(table, path)
            sums[path.name] = _sum(path)
        record = {
            "schema": "layoutplan-county-1",
            "code": facts.code,
            "name": facts.name,
            "key": key,
            "numbers": dict(numbers),
            "record": _plain(done.record),
            "files": sums,
        }
        text = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False)
        (new / DONE).write_text(text + "\n", encoding="utf-8", newline="\n")


def _parquet(table: pd.DataFrame, path: Path) -> None:
    plain = table.copy()
    for name in plain.columns:
        if plain[name].dtype == object and name != "geometry":
            plain[name] = plain[name].map(lambda v: v if v is None else str(v))
    # At the end: what becomes text on the way is kept as this process keeps it.
    plain = one_kind_of_text(plain)
    if isinstance(plain, gpd.GeoDataFrame):
        plain.to_parquet(path, index=False)
    else:
        pd.DataFrame(plain).to_parquet(path, index=False)


def _former(folder: Path) -> dict[str, Any] | None:
    """Read the record of former results, if all their files are as they were written."""
    try:
        record: dict[str, Any] = json.loads((folder / DONE).read_text(encoding="utf-8"))
        sums = record["files"]
        whole = all(_sum(folder / Path(n).name) == s for n, s in sums.items())
        return record if whole and record["key"] and record["numbers"] is not None else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _written(folder: Path) -> tuple[str, ...]:
    return tuple(p.name for p in folder.glob("*.parquet")) if folder.is_dir() else ()


def _sum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _refused(part: CountyPart, error: LayoutPlanError, *, name: str = "") -> Outcome:
    found = error.findings
    full = any("No space left" in str(dict(f.values).get("why", "")) for f in found)
    return Outcome(
        code=part.code, name=name or part.name, state="failed", findings=found, disk_full=full
    )


def _disk_full(part: CountyPart) -> Outcome:
    found = (Finding(code="disk_full"),)
    return Outcome(code=part.code, name=part.name, state="failed", findings=found, disk_full=True)


def _digest(values: object) -> str:
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> Any:  # noqa: ANN401 - any value that JSON has
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in sorted(value.items(), key=lambda kv: str(kv[0]))}
    if isinstance(value, (set, frozenset)):
        return sorted(str(v) for v in value)
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    return str(value)


def _version() -> str:
    try:
        return version("layoutplan")
    except PackageNotFoundError:
        return ""


def can_write(folder: Path) -> bool:
    """Tell whether this process sees a folder and may write into it.

    Parameters
    ----------
    folder
        The folder.

    Returns
    -------
    bool
        Whether it may.
    """
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix="."):
            return True
    except OSError:
        return False
