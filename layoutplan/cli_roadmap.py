"""The command that puts a written plan into years."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from layoutplan.cli_options import HELP, ColumnsFile, Coordinates, Crs, Lang, Out
from layoutplan.cli_screen import err, show_findings, steps, tell
from layoutplan.cli_written import plan_again
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.words import say

LEFT_OVER = 3
"""The exit code where something is left over; what can be done is written all the same."""

CountyOption = Annotated[
    Path | None, typer.Option("--county", metavar="COUNTY", help=HELP["roadmap_county"])
]
Budgets = Annotated[
    str, typer.Option("--budget-by-year", metavar="YEAR=YUAN,...", help=HELP["roadmap_budget"])
]
Start = Annotated[str, typer.Option("--start", metavar="2027H1", help=HELP["roadmap_start"])]
Years = Annotated[int, typer.Option("--years", metavar="N", help=HELP["roadmap_years"])]
Projected = Annotated[bool, typer.Option("--project", help=HELP["roadmap_project"])]
OwnProfile = Annotated[
    str, typer.Option("--standards", metavar="NAME|FILE.toml", help=HELP["standards"])
]
Seconds = Annotated[
    float, typer.Option("--time-limit", metavar="S", min=1, help=HELP["time_limit"])
]


def roadmap(  # noqa: PLR0913, PLR0917 - an option of a command is an argument
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=HELP["roadmap_folder"])],
    out: Out,
    budget_by_year: Budgets = "",
    start: Start = "2027H1",
    years: Years = 5,
    county: CountyOption = None,
    project: Projected = False,  # noqa: FBT002 - an option
    columns: ColumnsFile = None,
    crs: Crs = "",
    coordinates: Coordinates = "auto",
    standards_name: OwnProfile = "",
    time_limit: Seconds = 30.0,
    lang: Lang = "auto",
) -> None:
    """Put a plan that was written out into years, and write the roadmap.

    Parameters
    ----------
    folder
        The folder of the plan.
    out
        The folder of the roadmap.
    budget_by_year
        Years and yuan, such as ``2027=8000000,2028=6000000``; no limit where empty.
    start, years
        From when on, and how long.
    county
        The county; looked for in the folder where None.
    project
        Whether pupils are projected.
    columns, crs, coordinates
        How the county is read.
    standards_name
        The standards; those of the plan where empty.
    time_limit
        Seconds of search.
    lang
        The language.
    """
    import layoutplan as lp  # noqa: PLC0415 - the solver takes time
    from layoutplan.reports.folder import refuse_folder  # noqa: PLC0415
    from layoutplan.reports.plan_folder import county_changed  # noqa: PLC0415
    from layoutplan.reports.roadmap_folder import FILES  # noqa: PLC0415

    refuse_folder(out, county, columns, lang=lang, names=FILES)
    budgets = budgets_given(budget_by_year, lang=lang)
    again = plan_again(
        folder, county, columns, crs=crs, coordinates=coordinates, profile=standards_name,
        code="roadmap_folder", lang=lang,
    )  # fmt: skip
    plan, spoken = again.plan, again.lang
    ahead = lp.project(plan.county, years=years + 1) if project else None
    with steps(say("cli.searching", spoken)):
        found = lp.roadmap(
            plan, projection=ahead, budget_by_year=budgets, start=start, years=years,
            time_limit=time_limit,
        )  # fmt: skip
    lp.write_roadmap(found, out, lang=spoken)
    changed = county_changed(again.place, again.record)
    shown = [f for f in (changed, *found.findings) if f is not None]
    show_findings(shown, spoken)
    tell("roadmap_done", spoken, what=found.words(spoken))
    tell("results", spoken, out=out)
    if len(found.left_over):
        err.print(Text(say("cli.roadmap_left", spoken, n=len(found.left_over))), soft_wrap=True)
        raise typer.Exit(LEFT_OVER)


def budgets_given(text: str, *, lang: str) -> dict[int, float] | None:
    """Read years and yuan.

    Parameters
    ----------
    text
        Such as ``2027=8000000,2028=6000000``.
    lang
        The language of messages.

    Returns
    -------
    dict or None
        Yuan by year; None where nothing was given.

    Raises
    ------
    OptionsError
        With all parts that cannot be read.

    Examples
    --------
    >>> budgets_given("2027=8000000, 2028=0", lang="en")
    {2027: 8000000.0, 2028: 0.0}
    """
    if not text.strip():
        return None
    read_out: dict[int, float] = {}
    wrong = []
    for part in text.replace("，", ",").split(","):
        year, _, yuan = (p.strip() for p in part.partition("="))
        try:
            amount = float(yuan)
        except ValueError:
            amount = -1.0
        if not year.isdecimal() or amount < 0 or int(year) in read_out:
            wrong.append(part.strip())
        else:
            read_out[int(year)] = amount
    if wrong:
        raise OptionsError(Finding(code="roadmap_bad_budget", ids=tuple(wrong)), lang=lang)
    return read_out
