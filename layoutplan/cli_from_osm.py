"""The command that makes a county of an OpenStreetMap extract."""

from pathlib import Path
from typing import Annotated

import typer

from layoutplan.cli_options import HELP, LANG, Lang, Name, Profile, Year
from layoutplan.cli_screen import show_findings, steps, tell
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.standards import standards
from layoutplan.words import say


def from_osm(
    extract: Annotated[Path, typer.Argument(metavar="FILE", help=HELP["osm_file"])],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="COUNTY.gpkg", help=HELP["osm_out"])],
    estimate: Annotated[bool, typer.Option("--estimate", help=HELP["estimate"])] = False,  # noqa: FBT002 # an option
    level: Annotated[str, typer.Option("--level", metavar="N", help=HELP["level"])] = "",
    standards_name: Profile = "cn-layout-national",
    name: Name = "",
    year: Year = 0,
    lang: Lang = "auto",
) -> None:
    """Make a county of an OpenStreetMap extract and print what was read and left out.

    Parameters
    ----------
    extract
        The extract.
    out
        The GeoPackage to write.
    estimate, level, standards_name, name, year, lang
        As in `layoutplan.from_osm`.

    Raises
    ------
    OptionsError
        If the file to write is the extract or no GeoPackage.
    """
    import layoutplan as lp  # noqa: PLC0415 # osmium and pandas take time
    from layoutplan.county_file import write_county  # noqa: PLC0415

    if out.suffix.lower() != ".gpkg" or out.is_dir():
        raise OptionsError(Finding(code="osm_bad_output", values={"path": out}), lang=lang)
    rules = standards(standards_name)
    with steps(say("cli.reading", LANG)):
        county = lp.from_osm(
            extract,
            estimate=estimate,
            level=level,
            standards=rules,
            name=name,
            year=year,
            lang=lang,
        )
    spoken = county.language(lang)
    show_findings(county.findings, spoken)
    write_county(county, out)
    tell("written", spoken, files=out.name, out=out.parent)
