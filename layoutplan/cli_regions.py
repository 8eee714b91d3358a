"""The command for the counties of a province."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from layoutplan.cli_options import (
    HELP,
    Budget,
    Close,
    ColumnsFile,
    Contiguous,
    Freeze,
    Gap,
    IgnoreChoices,
    Keep,
    Lang,
    Mode,
    Out,
    Profile,
    Seed,
    SplitVillages,
    TimeLimit,
)
from layoutplan.cli_roadmap import Budgets, Start, Years, budgets_given
from layoutplan.cli_screen import err, out, tell
from layoutplan.words import Language, language, say

if TYPE_CHECKING:
    import pandas as pd

BAD_DATA = 1


def regions(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help=HELP["regions_source"])],
    folder: Out,
    job: Annotated[
        Literal["check", "travel_times", "assess", "propose", "roadmap"],
        typer.Option("--job", help=HELP["regions_job"]),
    ] = "propose",
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=0, help=HELP["regions_workers"])
    ] = 2,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", metavar="ADDRESS", help=HELP["regions_scheduler"])
    ] = None,
    memory: Annotated[
        str, typer.Option("--memory", metavar="SIZE", help=HELP["regions_memory"])
    ] = "1500MB",
    margin: Annotated[
        float, typer.Option("--margin", metavar="M", min=0, help=HELP["regions_margin"])
    ] = 5_000.0,
    agreement: Annotated[
        Path | None, typer.Option("--agreement", metavar="FILE", help=HELP["regions_agreement"])
    ] = None,
    columns: ColumnsFile = None,
    standards_name: Profile = "cn-layout-national",
    mode: Mode = "walk",
    budget: Budget = None,
    keep: Keep = None,
    close: Close = None,
    freeze: Freeze = None,
    ignore_choices: IgnoreChoices = False,
    split_villages: SplitVillages = False,
    contiguous: Contiguous = False,
    time_limit: TimeLimit = 60.0,
    gap: Gap = 0.01,
    seed: Seed = 0,
    start: Start = "2027H1",
    years: Years = 5,
    budget_by_year: Budgets = "",
    project: Annotated[
        bool, typer.Option("--project/--no-project", help=HELP["roadmap_project"])
    ] = True,
    lang: Lang = "auto",
) -> None:
    """Do one job in every county of a province and put the results together.

    Parameters
    ----------
    source
        The province.
    folder
        The folder of the results.
    job, workers, scheduler, memory, margin, agreement
        As in `layoutplan.plan_regions`.
    columns, standards_name, mode, time_limit, gap, seed, lang
        As in `layoutplan.propose`, for every county.
    budget, keep, close, freeze, ignore_choices, split_villages, contiguous
        As in `layoutplan.Options`, for every county.
    start, years, budget_by_year, project
        Of the roadmaps, for the job ``roadmap``.

    Raises
    ------
    typer.Exit
        With code 1 if a county failed or was not tried; the others are done.
    """
    import layoutplan as lp
    from layoutplan.regions.years import RoadmapOptions
    from layoutplan.sources.columns import read_columns

    spoken = language(lang)
    options = lp.Options(
        budget_yuan=budget,
        keep=frozenset(keep or ()),
        close=frozenset(close or ()),
        freeze=frozenset(freeze or ()),
        keep_choices=not ignore_choices,
        split_villages=split_villages,
        contiguous=contiguous,
    )
    ahead = RoadmapOptions(
        start=start,
        years=years,
        budget_by_year=budgets_given(budget_by_year, lang=lang),
        projected=project,
    )
    with _counties(spoken) as step:
        done = lp.plan_regions(
            source,
            folder,
            job=job,
            client=scheduler,
            workers=workers,
            memory=memory,
            standards=standards_name,
            options=options,
            roadmap=ahead,
            agreement=agreement,
            mode=mode,
            margin_m=margin,
            time_limit=time_limit,
            gap=gap,
            seed=seed,
            columns=read_columns(columns, lang=lang) if columns else None,
            lang=lang,
            progress=step,
        )
    for line in done.sentences(spoken):
        out.print(Text(line), soft_wrap=True)
    if len(done.failed):
        out.print(_failures(done.failed, spoken))
    tell("results", spoken, out=folder)
    if done.counties["state"].isin(["failed", "waiting"]).any():
        raise typer.Exit(BAD_DATA)


def _failures(failed: "pd.DataFrame", lang: Language) -> Table:
    shown = Table(show_lines=False)
    for heading in ("regions_county", "message_heading", "cure_heading"):
        shown.add_column(say(f"cli.{heading}", lang), overflow="fold")
    for row in failed.to_dict("records"):
        named = f"{row['county_code']} {row['name']}".strip()
        shown.add_row(Text(named), Text(str(row["message"])), Text(str(row["cure"])))
    return shown


@contextmanager
def _counties(lang: Language) -> Iterator[Callable[[int, int, int, float | None], None]]:
    """Show a bar by county: done, failed, minutes left."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rest]}"),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(say("cli.regions_bar", lang), total=None, rest="")

        def step(done: int, total: int, failed: int, left: float | None) -> None:
            minutes = "–" if left is None else f"{left:.0f}"
            rest = say("cli.regions_rest", lang, failed=failed, minutes=minutes)
            bar.update(task, completed=done, total=total, rest=rest)

        yield step
