"""The command line: its sub-commands are the library's verbs."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from layoutplan.cli_ahead import ahead
from layoutplan.cli_from_forms import from_forms
from layoutplan.cli_from_osm import from_osm
from layoutplan.cli_options import (
    HELP,
    LANG,
    AnnualBudget,
    Budget,
    Close,
    ColumnsFile,
    Contiguous,
    Coordinates,
    CountyPath,
    Crs,
    Freeze,
    Gap,
    Heights,
    IgnoreChoices,
    Keep,
    Lang,
    MinPupils,
    Mode,
    MovedMax,
    Name,
    NoGates,
    OptionalOut,
    Out,
    Profile,
    Repairs,
    SchoolBus,
    SchoolsMax,
    Season,
    Seed,
    SplitVillages,
    TimeLimit,
    Together,
    WriteColumns,
    Year,
)
from layoutplan.cli_papers import papers
from layoutplan.cli_project import project
from layoutplan.cli_regions import regions
from layoutplan.cli_roadmap import roadmap
from layoutplan.cli_screen import err as _err
from layoutplan.cli_screen import read as _county
from layoutplan.cli_screen import show_findings
from layoutplan.cli_screen import steps as _steps
from layoutplan.cli_screen import tell as _tell
from layoutplan.cli_summary import show_summary
from layoutplan.cli_supervise import supervise
from layoutplan.county import County
from layoutplan.errors import DataError, LayoutPlanError, OptionsError
from layoutplan.findings import Finding
from layoutplan.measures import Options
from layoutplan.reports.folder import refuse_folder as _check_out
from layoutplan.sources.columns import Mapped, read_columns
from layoutplan.standards import Standards, standards
from layoutplan.text_storage import quick_text
from layoutplan.travel import TravelTimes
from layoutplan.words import LANGUAGES, Language, language, say

DONE: Final = 0
BAD_DATA: Final = 1
BAD_USAGE: Final = 2
INTERRUPTED: Final = 130

app = typer.Typer(
    help=HELP["about"], add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False
)


@app.callback()
def main(
    debug: Annotated[bool, typer.Option("--debug", help=HELP["debug"])] = False,
) -> None:
    """Take what holds for all commands."""
    del debug  # read by `run` before any command starts


@app.command(help=HELP["check"])
def check(
    county: CountyPath,
    columns: ColumnsFile = None,
    crs: Crs = "",
    coordinates: Coordinates = "auto",
    write_columns: WriteColumns = None,
    standards_name: Profile = "cn-layout-national",
    out: OptionalOut = None,
    lang: Lang = "auto",
) -> None:
    """Check a county and print the findings; exit 1 on errors."""
    from layoutplan.checks import findings
    from layoutplan.findings import findings_table
    from layoutplan.reports.findings_file import FOUND, unreadable_written, write_found

    rules = standards(standards_name)
    if out is not None:
        _check_out(out, county, columns, lang=lang, names=FOUND)
    if write_columns:
        from layoutplan.sources.headings.written import write_learned

        known: Mapped = read_columns(columns, lang=lang) if columns else {}
        told = write_learned(county, write_columns, columns=known, crs=crs, lang=lang)
        _tell("columns_written", told, path=write_columns)
    with unreadable_written(out):
        read, _ = _county(
            county, columns, crs=crs, coordinates=coordinates, name="", year=0, lang=lang
        )
    spoken = read.language(lang)
    found = findings(read, standards=rules)
    if out is not None:
        write_found(read, found, out, lang=spoken)
    table = findings_table(found, lang=spoken)
    show_findings(found, spoken)
    if out is not None:
        _tell("results", spoken, out=out)
    errors = int((table["severity"] == "error").sum())
    _tell("checked", spoken, findings=len(table), errors=errors)
    if errors:
        raise typer.Exit(BAD_DATA)


@app.command(help=HELP["propose"])
def propose(
    county: CountyPath,
    out: Out,
    columns: ColumnsFile = None,
    crs: Crs = "",
    coordinates: Coordinates = "auto",
    standards_name: Profile = "cn-layout-national",
    mode: Mode = "walk",
    repair: Repairs = "auto",
    elevation: Heights = None,
    season: Season = None,
    bus: SchoolBus = False,
    budget: Budget = None,
    annual_budget: AnnualBudget = None,
    schools_max: SchoolsMax = None,
    moved_max: MovedMax = None,
    keep: Keep = None,
    close: Close = None,
    freeze: Freeze = None,
    ignore_choices: IgnoreChoices = False,
    split_villages: SplitVillages = False,
    together: Together = False,
    contiguous: Contiguous = False,
    no_gates: NoGates = False,
    min_pupils: MinPupils = None,
    time_limit: TimeLimit = 60.0,
    gap: Gap = 0.001,
    seed: Seed = 0,
    name: Name = "",
    year: Year = 0,
    lang: Lang = "auto",
) -> None:
    """Propose a layout and write it out."""
    _check_out(out, county, columns, lang=lang)
    rules = standards(standards_name)
    read, _ = _county(
        county, columns, crs=crs, coordinates=coordinates, name=name, year=year, lang=lang
    )
    options = Options(
        budget_yuan=budget,
        annual_yuan_max=annual_budget,
        schools_max=schools_max,
        moved_max=moved_max,
        keep=frozenset(keep or ()),
        close=frozenset(close or ()),
        freeze=frozenset(freeze or ()),
        keep_choices=not ignore_choices,
        split_villages=split_villages,
        together=together,
        contiguous=contiguous,
        gates=not no_gates,
        min_pupils=_least(min_pupils or [], lang=read.language(lang)),
    )
    times, rides = _times(
        read, mode=mode, rules=rules, repair=repair, elevation=elevation, season=season, lang=lang,
        bus=bus,
    )  # fmt: skip
    _propose(
        read, out, inputs=county, rules=rules, times=times, bus=rides, options=options,
        time_limit=time_limit, gap=gap, seed=seed, lang=lang,
    )  # fmt: skip


def _least(pairs: list[str], *, lang: str) -> dict[str, int]:
    least = {}
    for pair in pairs:
        kind, _, number = pair.partition("=")
        if not number.isdecimal():
            found = Finding(code="bad_option", column="--min-pupils", values={"value": pair})
            raise OptionsError(found, lang=lang)
        least[kind] = int(number)
    return least


def _times(
    county: County,
    *,
    mode: str,
    rules: Standards,
    repair: str = "auto",
    elevation: Path | None = None,
    season: str | None = None,
    bus: bool = False,
    lang: str,
) -> tuple[TravelTimes, TravelTimes | None]:
    """Compute the travel times from home and, where asked for, those by school bus."""
    import layoutplan as lp

    found = []
    for way in (mode, "bus") if bus and mode != "bus" else (mode,):
        with _steps(say("cli.travel", county.language(lang))) as step:
            made = lp.network(
                county, mode=way, standards=rules, season=season, repair=repair,
                elevation=elevation if way == mode else None,
            )  # fmt: skip
            found.append(
                lp.travel_times(county, mode=way, network=made, standards=rules, progress=step)
            )
    return found[0], found[1] if len(found) > 1 else None


def _propose(
    county: County,
    out: Path,
    *,
    inputs: Path,
    rules: Standards,
    times: TravelTimes,
    options: Options,
    time_limit: float,
    gap: float,
    seed: int,
    lang: str,
    bus: TravelTimes | None = None,
    writers: Mapping[str, Callable[[Path], object]] | None = None,
) -> None:
    import layoutplan as lp

    spoken = county.language(lang)
    today = lp.evaluate(county, times, standards=rules, bus=bus)
    with _steps(say("cli.searching", spoken)) as step, _quiet_solver():
        plan = lp.propose(
            county, times, standards=rules, options=options, time_limit=time_limit, gap=gap,
            seed=seed, progress=step, bus=bus,
        )  # fmt: skip
    _write(plan, today, out, inputs=inputs, lang=spoken, writers=writers)
    show_summary(plan, out, lang=spoken)


@app.command(help=HELP["evaluate"])
def evaluate(
    county: CountyPath,
    decisions: Annotated[Path, typer.Option("--decisions", metavar="FILE", help=HELP["decisions"])],
    out: Out,
    columns: ColumnsFile = None,
    crs: Crs = "",
    coordinates: Coordinates = "auto",
    standards_name: Profile = "cn-layout-national",
    mode: Mode = "walk",
    bus: SchoolBus = False,
    repair: Repairs = "auto",
    elevation: Heights = None,
    season: Season = None,
    name: Name = "",
    year: Year = 0,
    lang: Lang = "auto",
) -> None:
    """Evaluate decisions made by hand and write the plan out."""
    import layoutplan as lp
    from layoutplan.reports import read_decisions

    _check_out(out, county, columns, decisions, lang=lang)
    rules = standards(standards_name)
    read, _ = _county(
        county, columns, crs=crs, coordinates=coordinates, name=name, year=year, lang=lang
    )
    spoken = read.language(lang)
    given = read_decisions(decisions, lang=spoken)
    times, rides = _times(
        read, mode=mode, rules=rules, repair=repair, elevation=elevation, season=season, lang=lang,
        bus=bus,
    )  # fmt: skip
    today = lp.evaluate(read, times, standards=rules, bus=rides)
    plan = lp.evaluate(read, times, given, standards=rules, bus=rides)
    _write(plan, today, out, inputs=county, lang=spoken)
    show_summary(plan, out, lang=spoken)


@app.command(help=HELP["compare"])
def compare(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help=HELP["folders"])],
    out: Out,
    lang: Lang = "auto",
) -> None:
    """Set plans that were written out side by side."""
    from layoutplan.reports import write_comparison

    written = write_comparison(folders, out, lang=lang)
    _tell("written", language(lang), files=", ".join(p.name for p in written), out=out)


app.command(help=HELP["regions"])(regions)
app.command("project", help=HELP["project"])(project)
app.command("ahead", help=HELP["ahead"])(ahead)


app.command("roadmap", help=HELP["roadmap"])(roadmap)

app.command("papers", help=HELP["papers"])(papers)


app.command("from-osm", help=HELP["from_osm"])(from_osm)


@app.command(help=HELP["template"])
def template(
    out: Annotated[Path, typer.Argument(metavar="DIR", help=HELP["out"])],
    lang: Lang = "auto",
) -> None:
    """Write empty tables to fill in."""
    from layoutplan.template import write_templates

    written = write_templates(out, lang=lang)
    _tell("written", language(lang), files=", ".join(p.name for p in written), out=out)


app.add_typer(supervise, name="supervise")


app.command("from-forms", help=HELP["from_forms"])(from_forms)


@app.command(help=HELP["demo"])
def demo(
    out: Annotated[Path, typer.Argument(metavar="[DIR]", help=HELP["out"])] = Path(
        "layoutplan-demo"
    ),
    seed: Seed = 3,
    villages: Annotated[int, typer.Option("--villages", min=20, max=2000)] = 400,
    time_limit: TimeLimit = 60.0,
    lang: Lang = "auto",
) -> None:
    """Take the made-up county through the whole main job."""
    from layoutplan import example
    from layoutplan.county_file import write_county

    _check_out(out, lang=lang)
    with TemporaryDirectory() as aside:
        with _steps(say("cli.making", LANG)):
            path = write_county(example.county(seed, villages=villages), Path(aside) / "demo.gpkg")
        name = example.COUNTY_NAME
        read, _ = _county(path, None, crs="", name=name, year=example.YEAR, lang=lang)
        times, _ = _times(read, mode="walk", rules=standards(), lang=lang)
        _propose(
            read, out, inputs=path, rules=standards(), times=times, options=Options(),
            time_limit=time_limit, gap=0.01, seed=0, lang=lang,
            writers={"demo.gpkg": lambda p: copyfile(path, p)},
        )  # fmt: skip


def _write(
    plan: Any,  # noqa: ANN401
    today: Any,  # noqa: ANN401
    out: Path,
    *,
    inputs: Path,
    lang: Language,
    writers: Mapping[str, Callable[[Path], object]] | None = None,
) -> None:
    from layoutplan.maps import review_map
    from layoutplan.papers import write_paper
    from layoutplan.reports import input_hashes, write_plan

    with _steps(say("cli.writing", lang)):
        hashes = input_hashes([inputs])
        write_plan(
            plan,
            out,
            against=today,
            inputs=hashes,
            lang=lang,
            writers={
                "map.html": lambda p: review_map(today, plan, lang=lang).save(p),
                "report.docx": lambda p: write_paper(
                    plan, p, against=today, inputs=hashes, lang=lang
                ),
                **(writers or {}),
            },
        )


@contextmanager
def _quiet_solver() -> Iterator[None]:
    """Keep lines that the solver prints past Python off the planner's screen."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        with Path(os.devnull).open("wb") as nothing:
            os.dup2(nothing.fileno(), 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def run() -> None:
    """Start the command line and turn errors into one message and an exit code."""
    debug = "--debug" in sys.argv
    try:
        with quick_text():
            app(standalone_mode=True)
    except LayoutPlanError as error:
        _stop(error, OptionsError, debug=debug)
    except SystemExit as stop:
        if stop.code == INTERRUPTED:
            _err.print(Text(say("cli.interrupted", LANG)), soft_wrap=True)
        raise
    except KeyboardInterrupt:
        _err.print(Text(say("cli.interrupted", LANG)), soft_wrap=True)
        sys.exit(INTERRUPTED)
    except OSError as error:
        found = Finding(code="cannot_write", values={"why": str(error)})
        _stop(DataError(found), OptionsError, debug=debug)
    except Exception as error:
        if debug:
            raise
        _err.print(
            Text(say("cli.fault", LANG, what=f"{type(error).__name__}: {error}")), soft_wrap=True
        )
        sys.exit(BAD_DATA)


def _stop(error: LayoutPlanError, usage: type[LayoutPlanError], *, debug: bool) -> None:
    if debug:
        raise error
    asked = sys.argv[sys.argv.index("--lang") + 1 :][:1] if "--lang" in sys.argv else []
    lang = language(asked[0]) if asked and asked[0] in LANGUAGES else error.lang
    _err.print(Text(error.message(lang)), soft_wrap=True)
    sys.exit(BAD_USAGE if isinstance(error, usage) else BAD_DATA)


if __name__ == "__main__":
    run()
