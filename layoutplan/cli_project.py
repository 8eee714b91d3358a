"""The command that projects pupils and warns of seats that will be short or empty."""

from pathlib import Path
from typing import Annotated

import typer

from layoutplan.cli_options import (
    HELP,
    LANG,
    ColumnsFile,
    Coordinates,
    CountyPath,
    Crs,
    Lang,
    Mode,
    Name,
    Out,
    Profile,
    Repairs,
    Seed,
    Year,
)
from layoutplan.cli_screen import read, show_findings, steps, tell
from layoutplan.reports.folder import refuse_folder
from layoutplan.standards import standards
from layoutplan.words import say

Given = Path | None


def project(  # noqa: PLR0913, PLR0917 - options
    county: CountyPath,
    out: Out,
    years: Annotated[int, typer.Option("--years", metavar="N", help=HELP["years_ahead"])] = 10,
    variants: Annotated[
        str, typer.Option("--variants", metavar="low,mid,high", help=HELP["variants"])
    ] = "low,mid,high",
    samples: Annotated[int, typer.Option("--samples", metavar="N", help=HELP["samples"])] = 0,
    births: Annotated[
        Given, typer.Option("--births", metavar="FILE", help=HELP["births_file"])
    ] = None,
    housing: Annotated[
        Given, typer.Option("--housing", metavar="FILE", help=HELP["housing_file"])
    ] = None,
    migration: Annotated[
        Given, typer.Option("--migration", metavar="FILE", help=HELP["migration_file"])
    ] = None,
    columns: ColumnsFile = None,
    crs: Crs = "",
    coordinates: Coordinates = "auto",
    standards_name: Profile = "cn-layout-national",
    mode: Mode = "walk",
    repair: Repairs = "auto",
    seed: Seed = 0,
    name: Name = "",
    year: Year = 0,
    lang: Lang = "auto",
) -> None:
    """Project pupils by village, grade and year, and set today's seats against them.

    Parameters
    ----------
    county, columns, crs, coordinates, name, year, lang
        As in `layoutplan.read_county`.
    out
        The folder to write into.
    years, variants, samples, seed
        As in `layoutplan.project`.
    births, housing, migration
        Files of these tables, as in `layoutplan.project`.
    standards_name
        The profile of standards.
    mode, repair
        How pupils travel today, where no observed flows tell which schools they attend.
    """
    import layoutplan as lp  # noqa: PLC0415 # pandas and the network take time
    from layoutplan.projection.given_tables import read_given  # noqa: PLC0415
    from layoutplan.reports.projection_folder import FILES, write_projection  # noqa: PLC0415

    refuse_folder(out, county, columns, births, housing, migration, lang=lang, names=FILES)
    rules = standards(standards_name)
    given = {"births": births, "housing": housing, "migration": migration}
    tables = {k: read_given(p, k, lang=lang) for k, p in given.items() if p is not None}
    own, _ = read(
        county, columns, crs=crs, coordinates=coordinates, name=name, year=year, lang=lang
    )
    spoken = own.language(lang)
    wanted = tuple(v.strip() for v in variants.split(",") if v.strip())
    made = lp.project(
        own, years=years, standards=rules, variants=wanted, samples=samples,
        seed=seed, births=tables.get("births"), housing=tables.get("housing"),
        migration=tables.get("migration"),
    )  # fmt: skip
    with steps(say("cli.travel", spoken)) as step:
        roads = lp.network(own, mode=mode, standards=rules, repair=repair)
        times = lp.travel_times(own, mode=mode, network=roads, standards=rules, progress=step)
    today = lp.evaluate(own, times, standards=rules)
    warned = lp.early_warning(made, today)
    with steps(say("cli.writing", LANG)):
        write_projection(made, out, warning=warned, lang=lang)
    show_findings([*made.findings, *warned.findings], spoken)
    by_grade = made.county_pupils.reset_index("variant").query("variant == 'mid'")
    total = by_grade.drop(columns="variant").sum(axis=1)
    first = warned.first[warned.first["level"] == "school"]
    tell(
        "projected",
        spoken,
        base=made.years[0],
        last=made.years[-1],
        now=int(total.iloc[0]),
        then=int(total.iloc[-1]),
        short=int(first.groupby("id")["first_short"].count().gt(0).sum()),
        small=int(first.groupby("id")["first_very_small"].count().gt(0).sum()),
    )
    tell("results", spoken, out=out)
