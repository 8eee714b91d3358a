"""The command that writes the papers of a plan that was written out."""

from pathlib import Path
from typing import Annotated

import typer

from layoutplan.cli_options import HELP, ColumnsFile, Coordinates, Crs, Lang, Out
from layoutplan.cli_screen import show_findings, steps, tell
from layoutplan.cli_written import plan_again
from layoutplan.words import say

CountyOption = Annotated[
    Path | None, typer.Option("--county", metavar="COUNTY", help=HELP["papers_county"])
]


def papers(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=HELP["papers_folder"])],
    out: Out,
    dossiers: Annotated[bool, typer.Option("--dossiers", help=HELP["papers_dossiers"])] = False,  # noqa: FBT002 - an option
    pdf: Annotated[bool, typer.Option("--pdf", help=HELP["papers_pdf"])] = False,  # noqa: FBT002 - an option
    county: CountyOption = None,
    columns: ColumnsFile = None,
    crs: Crs = "",
    coordinates: Coordinates = "auto",
    project: Annotated[bool, typer.Option("--project", help=HELP["papers_project"])] = False,  # noqa: FBT002 - an option
    roadmap: Annotated[
        Path | None, typer.Option("--roadmap", metavar="DIR", help=HELP["papers_roadmap"])
    ] = None,
    standards_name: Annotated[
        str, typer.Option("--standards", metavar="NAME|FILE.toml", help=HELP["standards"])
    ] = "",
    lang: Lang = "auto",
) -> None:
    """Write the papers of a plan that was written out.

    Parameters
    ----------
    folder
        The folder of the plan.
    out
        The folder of the papers.
    dossiers
        Whether every school gets its file.
    pdf
        Whether Word documents are also written as PDF.
    county
        The county; looked for in the folder where None.
    columns, crs, coordinates
        How the county is read.
    project
        Whether pupils of the years ahead are projected.
    roadmap
        The folder of a roadmap of the plan.
    standards_name
        The standards; those of the plan where empty.
    lang
        The language.
    """
    import layoutplan as lp  # noqa: PLC0415 - pandas takes time
    from layoutplan.papers.write import FILES  # noqa: PLC0415
    from layoutplan.reports.folder import refuse_folder  # noqa: PLC0415
    from layoutplan.reports.record import input_hashes  # noqa: PLC0415

    names = tuple(f"{name}.{ending}" for name in FILES for ending in ("docx", "html", "pdf"))
    timetable = None if roadmap is None else lp.read_schedule(roadmap, lang=lang)
    refuse_folder(out, county, columns, lang=lang, names=names)
    again = plan_again(
        folder, county, columns, crs=crs, coordinates=coordinates, profile=standards_name,
        code="papers_folder", lang=lang,
    )  # fmt: skip
    plan, spoken = again.plan, again.lang
    today = lp.evaluate(plan.county, plan.times, standards=plan.standards, bus=again.rides)
    ahead = lp.project(plan.county, years=_YEARS) if project else None
    with steps(say("cli.writing", spoken)) as step:
        done = lp.write_papers(
            plan, out, against=today, projection=ahead, roadmap=timetable, dossiers=dossiers,
            pdf=pdf, inputs=input_hashes([again.place]), lang=spoken, progress=step,
        )  # fmt: skip
    if done.findings:
        show_findings(done.findings, spoken)
    tell("results", spoken, out=out)


_YEARS = 10
"""Years ahead that a school's file tells of."""
