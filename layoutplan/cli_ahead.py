"""The command that proposes one layout for several years and variants."""

import json
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from layoutplan.cli_options import (
    HELP,
    Budget,
    Close,
    ColumnsFile,
    Coordinates,
    CountyPath,
    Crs,
    Freeze,
    Gap,
    IgnoreChoices,
    Keep,
    Lang,
    Mode,
    Name,
    Out,
    Profile,
    Repairs,
    Seed,
    SplitVillages,
    Year,
)
from layoutplan.cli_screen import read, show_findings, steps, tell
from layoutplan.measures import Options
from layoutplan.reports.folder import refuse_folder
from layoutplan.standards import standards
from layoutplan.words import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layoutplan.horizon import PlanAhead, Waiting
    from layoutplan.plan import Plan
    from layoutplan.words import Language


def ahead(  # noqa: PLR0913, PLR0917 - options
    county: CountyPath,
    out: Out,
    years: Annotated[int, typer.Option("--years", metavar="N", help=HELP["years_ahead"])] = 10,
    after: Annotated[int, typer.Option("--from", metavar="YEAR", help=HELP["ahead_from"])] = 0,
    variants: Annotated[
        str, typer.Option("--variants", metavar="low,mid,high", help=HELP["variants"])
    ] = "low,mid,high",
    waiting: Annotated[bool, typer.Option("--waiting", help=HELP["ahead_waiting"])] = False,  # noqa: FBT002
    columns: ColumnsFile = None,
    crs: Crs = "",
    coordinates: Coordinates = "auto",
    standards_name: Profile = "cn-layout-national",
    mode: Mode = "walk",
    repair: Repairs = "auto",
    budget: Budget = None,
    keep: Keep = None,
    close: Close = None,
    freeze: Freeze = None,
    ignore_choices: IgnoreChoices = False,  # noqa: FBT002
    split_villages: SplitVillages = False,  # noqa: FBT002
    time_limit: Annotated[
        float, typer.Option("--time-limit", metavar="S", min=1, help=HELP["time_limit"])
    ] = 120.0,
    gap: Gap = 0.01,
    seed: Seed = 0,
    name: Name = "",
    year: Year = 0,
    lang: Lang = "auto",
) -> None:
    """Propose one layout that holds for all years and variants, and write it out.

    Parameters
    ----------
    county, columns, crs, coordinates, name, year, lang
        As in `layoutplan.read_county`.
    out
        The folder to write into: that of a plan with today's pupils, which
        ``layoutplan roadmap --project`` puts into years, with ``years.csv``, ``sites.csv``
        and ``ahead.json``.
    years, variants
        As in `layoutplan.project`.
    after
        The first year that the layout is for; that of the county where 0.
    waiting
        Whether each decision is held against plans for single years: ``waiting.csv``.
    standards_name, mode, repair, budget, keep, close, freeze, ignore_choices, split_villages
        As in `layoutplan.propose`.
    time_limit, gap, seed
        As in `layoutplan.propose_ahead`.
    """
    import layoutplan as lp  # noqa: PLC0415 # pandas and the network take time
    from layoutplan.reports import input_hashes  # noqa: PLC0415
    from layoutplan.reports.folder import write_plan  # noqa: PLC0415

    refuse_folder(out, county, columns, lang=lang)
    rules = standards(standards_name)
    own, _ = read(
        county, columns, crs=crs, coordinates=coordinates, name=name, year=year, lang=lang
    )
    spoken = own.language(lang)
    wanted = tuple(v.strip() for v in variants.split(",") if v.strip())
    made = lp.project(own, years=years, standards=rules, variants=wanted, seed=seed)
    options = Options(
        budget_yuan=budget,
        keep=frozenset(keep or ()),
        close=frozenset(close or ()),
        freeze=frozenset(freeze or ()),
        keep_choices=not ignore_choices,
        split_villages=split_villages,
    )
    with steps(say("cli.travel", spoken)) as step:
        roads = lp.network(own, mode=mode, standards=rules, repair=repair)
        times = lp.travel_times(own, mode=mode, network=roads, standards=rules, progress=step)
    chosen = [y for y in made.years if y >= after]
    with steps(say("cli.searching", spoken)) as step:
        found = lp.propose_ahead(
            made, times, years=chosen, variants=wanted, standards=rules, options=options,
            time_limit=time_limit, gap=gap, seed=seed, progress=step,
        )  # fmt: skip
        held = lp.waiting(found, progress=step) if waiting else None
    now = found.plan_in(made.base_year, made.variants[0])
    with steps(say("cli.writing", spoken)):
        today = lp.evaluate(own, times, standards=rules)
        write_plan(
            now, out, against=today, inputs=input_hashes([county]), lang=spoken,
            writers=_writers(found, held, today, now, spoken),
        )  # fmt: skip
    show_findings(list(found.findings), spoken)
    tell("status", spoken, status=found.words(spoken))
    worst = found.scenarios["beyond_places"].max()
    tell(
        "ahead_done", spoken, first=chosen[0], last=chosen[-1], variants=len(wanted),
        beyond=round(float(worst)),
    )  # fmt: skip
    if held is not None:
        advice = held.decisions["advice"].value_counts()
        counts = {k: int(advice.get(k, 0)) for k in ("now", "later", "watch")}
        tell("ahead_can_wait", spoken, yuan=f"{held.worth_most:,.0f}", **counts)
    tell("results", spoken, out=out)


def _writers(
    found: "PlanAhead", held: "Waiting | None", today: "Plan", now: "Plan", lang: "Language"
) -> "dict[str, Callable[[Path], object]]":
    """Name the files beside those of a plan, with what writes them."""
    from layoutplan.maps import review_map  # noqa: PLC0415
    from layoutplan.reports.csv_tables import write_csv  # noqa: PLC0415

    solver = found.solver
    record = {
        "schema": "layoutplan-ahead-1",
        "status": solver.status,
        "objective": solver.objective,
        "bound": solver.bound,
        "gap": solver.gap,
        "seed": solver.seed,
        "cut_by_clock": solver.cut_by_clock,
        "years": sorted({int(y) for y in found.scenarios["year"]}),
        "variants": list(dict.fromkeys(found.scenarios["variant"])),
    }
    text = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    writers: dict[str, Callable[[Path], object]] = {
        "map.html": lambda p: review_map(today, now, lang=lang).save(p),
        "years.csv": partial(write_csv, found.scenarios),
        "sites.csv": partial(write_csv, found.sites),
        "ahead.json": lambda p: p.write_text(text, encoding="utf-8", newline="\n"),
    }
    if held is not None:
        writers["waiting.csv"] = partial(write_csv, held.decisions)
    return writers
