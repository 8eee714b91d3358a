"""The command that writes the papers of a plan that was written out."""

from pathlib import Path
from typing import Annotated

import typer

from layoutplan.cli_options import HELP, ColumnsFile, Coordinates, Crs, Lang, Out
from layoutplan.cli_screen import read, show_findings, steps, tell
from layoutplan.errors import DataError
from layoutplan.findings import Finding
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
    standards_name
        The standards; those of the plan where empty.
    lang
        The language.

    Raises
    ------
    DataError
        If the county has not the pupils that the plan was made for.
    """
    import layoutplan as lp  # noqa: PLC0415 - pandas takes time
    from layoutplan.papers.write import FILES  # noqa: PLC0415
    from layoutplan.reports.folder import refuse_folder  # noqa: PLC0415
    from layoutplan.reports.plan_folder import county_file_of, read_plan_folder  # noqa: PLC0415
    from layoutplan.reports.record import input_hashes  # noqa: PLC0415

    names = tuple(f"{name}.{ending}" for name in FILES for ending in ("docx", "html", "pdf"))
    refuse_folder(out, county, columns, lang=lang, names=names)
    written = read_plan_folder(folder, profile=standards_name, lang=lang)
    record, rules = written.record, written.standards
    place = county or county_file_of(folder, record, lang=lang)
    about = record.get("county")
    known = about if isinstance(about, dict) else {}
    made, _ = read(
        place, columns, crs=crs, name=str(known.get("name", "")), year=int(known.get("year") or 0),
        lang=lang, coordinates=coordinates,
    )  # fmt: skip
    spoken = made.language(lang)
    with steps(say("cli.travel", spoken)):
        mode = record.get("mode")
        mode = mode if mode in ("walk", "bicycle", "car", "bus") else "walk"
        times = lp.travel_times(made, mode=mode, standards=rules)
        bus = record.get("school_bus")
        rides = lp.travel_times(made, mode="bus", standards=rules) if bus else None
    today = lp.evaluate(made, times, standards=rules, bus=rides)
    plan = lp.evaluate(
        made, times, written.decisions, standards=rules, bus=rides,
        assignment=written.assignment, name=str(record.get("name", "")),
    )  # fmt: skip
    if plan.pupils_in != record.get("pupils_in"):
        values = {"path": folder.name, "why": f"{record.get('pupils_in')} ≠ {plan.pupils_in}"}
        raise DataError(Finding(code="papers_folder", values=values), lang=spoken)
    ahead = lp.project(made, years=_YEARS) if project else None
    with steps(say("cli.writing", spoken)) as step:
        done = lp.write_papers(
            plan, out, against=today, projection=ahead, dossiers=dossiers, pdf=pdf,
            inputs=input_hashes([place]), lang=spoken, progress=step,
        )  # fmt: skip
    if done.findings:
        show_findings(done.findings, spoken)
    tell("results", spoken, out=out)


_YEARS = 10
"""Years ahead that a school's file tells of."""
