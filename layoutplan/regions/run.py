"""Plans for many counties: read with a margin, worked on apart, put together at the end."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd
import shapely

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.measures import Options
from layoutplan.regions.agreement import check_agreement, read_agreement
from layoutplan.regions.asked_rightly import (
    is_importable,
    require_counties,
    require_folder,
    require_pyarrow,
    require_years,
)
from layoutplan.regions.facts import Facts, schools_of_all
from layoutplan.regions.gathered import gather
from layoutplan.regions.jobs import JOBS, Job
from layoutplan.regions.left_out import left_out
from layoutplan.regions.listing import counties_of
from layoutplan.regions.noun import CountyPart, Outcome, Regions
from layoutplan.regions.one_county import Run, Work, can_write, gather_facts, work_on
from layoutplan.regions.reading import widened
from layoutplan.regions.workers import Workers, workers_of
from layoutplan.regions.years import RoadmapOptions
from layoutplan.sources.columns import Mapped
from layoutplan.words import Language, language

if TYPE_CHECKING:
    from distributed import Client

Progress = Callable[[int, int, int, float | None], None]
"""Takes counties done, counties in all, counties failed, and minutes left where known."""

MARGIN_M: Final = 5_000.0
"""How far beyond the county line roads and schools are read, unless asked otherwise."""

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


def plan_regions(  # noqa: PLR0913 # a province's question has all of these
    source: str | Path,
    out: str | Path,
    *,
    job: Literal["check", "travel_times", "assess", "propose", "roadmap"] | Job = "propose",
    client: "Client | str | None" = None,
    workers: int = 2,
    memory: str = "1500MB",
    standards: str | Sequence[str] = "cn-layout-national",
    options: Options | Mapping[str, Options] | None = None,
    roadmap: RoadmapOptions | Mapping[str, RoadmapOptions] | None = None,
    agreement: pd.DataFrame | str | Path | None = None,
    mode: str = "walk",
    margin_m: float = MARGIN_M,
    time_limit: float = 60.0,
    gap: float = 0.01,
    seed: int = 0,
    tries: int = 2,
    columns: Mapped | None = None,
    lang: str = "auto",
    progress: Progress | None = None,
) -> Regions:
    """Do the same job for every county of a province, on Dask.

    Counties are worked on one by one, each within one worker, and written whole. A second
    run does only what has changed: the data of a county or its neighbours, the options, the
    standards, the version. A county that fails is recorded with its message; the others
    go on. No process ever holds the whole province.

    Parameters
    ----------
    source
        A folder of counties, one GeoPackage, or a GeoParquet dataset; see
        `layoutplan.regions.listing.counties_of`.
    out
        The folder of the results.
    job
        ``"check"``, ``"travel_times"``, ``"assess"``, ``"propose"`` or ``"roadmap"`` (a
        proposal put into years); or a function with a name at the top of a module (no lambda,
        no partial) that takes a `layoutplan.regions.jobs.Asked` and gives a ``Done``.
    client
        A client of Dask, used as it is, or the address of a scheduler. Its workers must see
        ``source`` and ``out`` under the same paths. Where None, processes are started here.
    workers
        How many processes; 0 for a plain loop in this one, without Dask.
    memory
        What each of them may use.
    standards
        Names or files of the profiles.
    options
        What is asked of every county; or a mapping from codes of counties to theirs (the
        others have the default ones). Ids of sites count in the county that has them.
    roadmap
        What is asked of the roadmaps: years, budgets; of every county, or by code.
    agreement
        Places that schools offer to pupils of other counties: a table, or its file, with
        ``school_id``, ``from_county``, ``to_county`` and ``places``. Such a school stays open;
        the places are taken from its own county and can be used by the other one. A run
        writes ``agreement_proposed.csv``; nothing is shared unless it is given back.
    mode
        Who travels.
    margin_m
        How far beyond the county line roads and schools are read, metres; 0 for none.
    time_limit, gap, seed
        As in `layoutplan.propose`, for each county.
    tries
        How often a county is tried that ends in a fault which is not the data's.
    columns
        The mapping of foreign columns, for all counties.
    lang
        The language of messages and tables.
    progress
        Called after every county.

    Returns
    -------
    Regions
        The provincial table, the border and what failed.

    Raises
    ------
    DataError
        If there is no county, or two counties have one code.
    OptionsError
        If an option is unknown, Dask is not installed, the scheduler cannot be reached, or the
        agreement names what there is not.
    KeyboardInterrupt
        If the run was interrupted; what was done is kept, and the next run goes on.

    Examples
    --------
    >>> import tempfile
    >>> import layoutplan as lp
    >>> from layoutplan.county_file import write_county
    >>> folder = Path(tempfile.mkdtemp())
    >>> path = write_county(lp.example.county(seed=1, villages=20), folder / "in" / "341500.gpkg")
    >>> done = plan_regions(folder / "in", folder / "out", job="check", workers=0)
    >>> done.counties["state"].to_dict()
    {'341500': 'done'}
    """
    source, out = Path(source), Path(out)
    spoken = language(lang)
    require_pyarrow(lang=spoken)
    parts = counties_of(source, columns=columns, lang=lang)
    run = _run(
        out, job=job, standards=standards, options=options, mode=mode, time_limit=time_limit,
        gap=gap, seed=seed, margin_m=margin_m, columns=columns, agreed=agreement is not None,
        lang=lang, tries=tries, workers=workers, spoken=spoken, roadmap=roadmap,
    )  # fmt: skip
    require_counties([*run.by_county, *run.ahead_by_county], parts, lang=spoken)
    agreed = None if agreement is None else read_agreement(agreement, lang=lang)
    require_folder(out, source, lang=spoken)
    with workers_of(client, workers=workers, memory=memory, tries=tries, lang=spoken) as crew:
        _require_seen(crew, out, spoken)
        return _run_all(run, parts, crew, agreed=agreed, spoken=spoken, progress=progress)


def _run_all(
    run: Run,
    parts: Sequence[CountyPart],
    crew: Workers,
    *,
    agreed: pd.DataFrame | None,
    spoken: Language,
    progress: Progress | None,
) -> Regions:
    outcomes: dict[str, Outcome] = {}
    facts: dict[str, Facts] = {}
    known = crew.each(partial(gather_facts, run), parts, names=[f"facts-{p.code}" for p in parts])
    stopped = ""
    for place, told in known:
        code = parts[place].code
        if isinstance(told, Facts):
            facts[code] = told
            continue
        outcomes[code] = _outcome(parts[place], told)
        if outcomes[code].disk_full:
            stopped = "disk_full"
            break
    if not stopped:
        _require_known(run, facts, agreed, unread=outcomes, spoken=spoken)
    works = [] if stopped else _works(run, parts, facts, agreed)
    found = left_out(parts, columns=run.columns)
    # What is asked of single counties goes with their work, not with each of them.
    run = replace(run, by_county={}, ahead_by_county={})
    begun, failed = time.monotonic(), len(outcomes)
    names = [f"county-{w.part.code}" for w in works]
    try:
        for n, (place, became) in enumerate(
            crew.each(partial(work_on, run), works, names=names), 1
        ):
            part = works[place].part
            outcomes[part.code] = _outcome(part, became)
            failed += outcomes[part.code].state == "failed"
            if progress is not None:
                left = (time.monotonic() - begun) / n * (len(works) - n) / 60
                progress(n, len(works), failed, left)
            if outcomes[part.code].disk_full:
                stopped = "disk_full"
                break
    except KeyboardInterrupt:
        gather(run, parts, facts, outcomes, found=found, stopped="interrupted", lang=spoken)
        raise
    return gather(run, parts, facts, outcomes, found=found, stopped=stopped, lang=spoken)


def _run(
    out: Path,
    *,
    job: str | Job,
    standards: str | Sequence[str],
    options: Options | Mapping[str, Options] | None,
    roadmap: RoadmapOptions | Mapping[str, RoadmapOptions] | None,
    tries: int,
    workers: int,
    spoken: Language,
    **rest: Any,  # noqa: ANN401 # the fields of a run
) -> Run:
    wrong = [
        Finding(code="bad_option", column=name, values={"value": given})
        for name, given, right in (
            ("job", job, job in JOBS if isinstance(job, str) else is_importable(job)),
            ("workers", workers, workers >= 0),
            ("tries", tries, tries >= 1),
            ("margin_m", rest["margin_m"], rest["margin_m"] >= 0),
        )
        if not right
    ]
    if wrong:
        raise OptionsError(wrong, lang=spoken)
    ahead = roadmap if isinstance(roadmap, RoadmapOptions) else RoadmapOptions()
    ahead_by_county = dict(roadmap) if isinstance(roadmap, Mapping) else {}
    require_years((ahead, *ahead_by_county.values()), lang=spoken)
    single = options if isinstance(options, Options) else Options()
    by_county = dict(options) if isinstance(options, Mapping) else {}
    profiles = (standards,) if isinstance(standards, str) else tuple(standards)
    rest["columns"] = rest["columns"] or {}
    return Run(
        out=out.resolve(), job=job, profiles=profiles, options=single, by_county=by_county,
        ahead=ahead, ahead_by_county=ahead_by_county, **rest,
    )  # fmt: skip


def _works(
    run: Run,
    parts: Sequence[CountyPart],
    facts: Mapping[str, Facts],
    agreed: pd.DataFrame | None,
) -> list[Work]:
    """Set out each county's work: its neighbours, what it offers, what it is granted."""
    here = [p for p in parts if p.code in facts]
    part = {p.code: p for p in here}
    codes = [p.code for p in here]
    boxes = [shapely.box(*widened(facts[c].box, run.margin_m)) for c in codes]
    tree = shapely.STRtree([shapely.box(*facts[c].box) for c in codes])
    near: dict[str, set[str]] = {c: set() for c in codes}
    if run.margin_m > 0 and codes:
        ours, theirs = tree.query(boxes, predicate="intersects")
        for a, b in zip(ours.tolist(), theirs.tolist(), strict=True):
            if a != b:
                near[codes[a]].add(codes[b])
    offered: dict[str, dict[str, int]] = {c: {} for c in codes}
    granted: dict[str, dict[str, int]] = {c: {} for c in codes}
    rows = agreed.to_dict("records") if agreed is not None else []
    for row in rows:
        school, owner, guest = str(row["school_id"]), str(row["from_county"]), str(row["to_county"])
        if not int(row["places"]) or owner not in offered or guest not in granted:
            continue
        offered[owner][school] = offered[owner].get(school, 0) + int(row["places"])
        granted[guest][school] = granted[guest].get(school, 0) + int(row["places"])
        near[guest].add(owner)
    return [
        Work(
            part=part[c], facts=facts[c], options=run.by_county.get(c, run.options),
            ahead=run.ahead_by_county.get(c, run.ahead),
            offered=offered[c], granted=granted[c],
            near=tuple((part[n], facts[n]) for n in sorted(near[c])),
        )
        for c in codes
    ]  # fmt: skip


def _require_known(
    run: Run,
    facts: Mapping[str, Facts],
    agreed: pd.DataFrame | None,
    *,
    unread: Collection[str],
    spoken: Language,
) -> None:
    """Refuse ids that no county has: what is mistyped must not be passed over.

    Where counties could not be read, ids may be theirs: sites are not judged then, and of
    the agreement only what other counties offer.
    """
    named = {
        str(i)
        for asked in (run.options, *run.by_county.values())
        for i in (*asked.keep, *asked.close, *asked.freeze)
    }
    if not facts or (not named and agreed is None):
        return
    schools = schools_of_all(run.out, facts)
    unknown = tuple(sorted(named - set(schools.index.astype("str")))) if not unread else ()
    if unknown:
        raise OptionsError(Finding(code="province_unknown_sites", ids=unknown), lang=spoken)
    if agreed is not None:
        check_agreement(agreed, schools, unread=unread, lang=spoken)


def _outcome(part: CountyPart, found: object) -> Outcome:
    if isinstance(found, Outcome):
        return found
    why = f"{type(found).__name__}: {found}"
    code = "county_worker_lost" if type(found).__name__ == "KilledWorker" else "county_fault"
    finding = Finding(code=code, values={"why": why[:500]})
    return Outcome(code=part.code, name=part.name, state="failed", findings=(finding,), fault=True)


def _require_seen(crew: Workers, out: Path, spoken: Language) -> None:
    """Refuse workers that do not see the folder of the results under this path."""
    seen = [found for _, found in crew.each(can_write, [out.resolve()], names=["look"])]
    if seen != [True]:
        raise OptionsError(Finding(code="workers_blind", values={"path": out}), lang=spoken)
