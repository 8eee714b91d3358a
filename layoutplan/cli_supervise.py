"""The commands of supervision: a ledger, what is recorded in it, reports, notices."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date as Date  # noqa: N812 - `date` is an option
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer
from rich.table import Table
from rich.text import Text

from layoutplan.cli_options import HELP, ColumnsFile, Lang, Mode, Name, Out, Year
from layoutplan.cli_screen import out as screen
from layoutplan.cli_screen import read, steps, tell
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.standards import standards
from layoutplan.words import Language, say

if TYPE_CHECKING:
    from layoutplan.county import County
    from layoutplan.supervision import Ledger, SupervisionReport
    from layoutplan.supervision.acts import Entry

supervise: Final = typer.Typer(
    help=HELP["supervise"], no_args_is_help=True, pretty_exceptions_enable=False
)

LedgerPath = Annotated[Path, typer.Argument(metavar="LEDGER", help=HELP["ledger"])]
Day = Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help=HELP["ledger_date"])]
Who = Annotated[str, typer.Option("--who", help=HELP["ledger_who"])]
Item = Annotated[str, typer.Argument(metavar="ITEM", help=HELP["ledger_item"])]
Evidence = Annotated[str, typer.Option("--evidence", help=HELP["ledger_evidence"])]
Note = Annotated[str, typer.Option("--note", help=HELP["ledger_note"])]
Due = Annotated[str, typer.Option("--due", metavar="YYYY-MM-DD", help=HELP["ledger_due"])]
Today = Annotated[str, typer.Option("--today", metavar="YYYY-MM-DD", help=HELP["ledger_today"])]
PeriodText = Annotated[str, typer.Argument(metavar="PERIOD", help=HELP["ledger_period"])]
Rules = Annotated[
    str, typer.Option("--standards", metavar="NAME|FILE.toml", help=HELP["standards"])
]
CountyOption = Annotated[
    Path | None, typer.Option("--county", metavar="COUNTY", help=HELP["ledger_county"])
]

_MOST_SHOWN: Final = 40


@supervise.command("init", help=HELP["ledger_init"])
def init(
    ledger: LedgerPath,
    name: Annotated[str, typer.Option("--name", help=HELP["name"])],
    lang: Lang = "auto",
) -> None:
    """Make an empty ledger."""
    from layoutplan.supervision import init_ledger

    made = init_ledger(ledger, county=name, lang=lang)
    tell("written", made.lang, files=made.path.name, out=made.path.parent)


@supervise.command("add", help=HELP["ledger_add"])
def add(
    ledger: LedgerPath,
    date: Day,
    county: CountyOption = None,
    decisions: Annotated[
        Path | None, typer.Option("--decisions", metavar="FILE", help=HELP["decisions"])
    ] = None,
    steps_file: Annotated[
        Path | None, typer.Option("--steps", metavar="DIR|FILE", help=HELP["ledger_steps"])
    ] = None,
    title: Annotated[str, typer.Option("--title", help=HELP["ledger_title"])] = "",
    owner: Annotated[str, typer.Option("--owner", help=HELP["ledger_owner"])] = "",
    owner_kind: Annotated[
        Literal["township", "school", "department"],
        typer.Option("--owner-kind", help=HELP["ledger_owner_kind"]),
    ] = "department",
    due: Due = "",
    township: Annotated[str, typer.Option("--township", help=HELP["ledger_township"])] = "",
    place: Annotated[str, typer.Option("--place", help=HELP["ledger_place"])] = "",
    basis: Annotated[str, typer.Option("--basis", help=HELP["ledger_basis"])] = "",
    person: Annotated[str, typer.Option("--person", help=HELP["ledger_person"])] = "",
    who: Who = "",
    rules: Rules = "cn-supervision",
    layout: Annotated[
        str, typer.Option("--layout-standards", metavar="NAME|FILE.toml", help=HELP["standards"])
    ] = "cn-layout-national",
    columns: ColumnsFile = None,
    mode: Mode = "walk",
    name: Name = "",
    year: Year = 0,
    lang: Lang = "auto",
) -> None:
    """Record an assessment of a county, the steps of a roadmap, or an item by hand."""
    from layoutplan.supervision import add_item, open_ledger, record_assessment

    book = open_ledger(ledger)
    if title:
        entry = add_item(
            book, title, date=date, due=due, owner=owner, owner_kind=owner_kind, basis=basis,
            township_id=township, place_id=place, person=person, who=who,
        )  # fmt: skip
        tell("ledger_added", _spoken(lang, book.lang), item=entry.item_id)
        return
    given: dict[str, Any] = {}
    if county is not None:
        given |= _assessed(
            county, columns, decisions, profile=layout, mode=mode, name=name, year=year, lang=lang
        )
    if steps_file is not None:
        given["steps"] = _table(steps_file, lang=lang)
    recorded = record_assessment(
        book, given.pop("assessment", None), date=date, who=who, standards=standards(rules), **given
    )
    tell(
        "ledger_recorded", _spoken(lang, book.lang), number=recorded.assessment_id,
        opened=len(recorded.opened), continued=len(recorded.continued),
        reopened=len(recorded.reopened), met=len(recorded.met),
    )  # fmt: skip


@supervise.command("close", help=HELP["ledger_close"])
def close(
    ledger: LedgerPath,
    item: Item,
    date: Day,
    who: Who = "",
    evidence: Evidence = "",
    note: Note = "",
    lang: Lang = "auto",
) -> None:
    """Strike an item off."""
    from layoutplan.supervision import close_item, open_ledger

    book = open_ledger(ledger)
    entry = close_item(book, item, date=date, who=who, evidence=evidence, note=note)
    _tell_entry(entry, book, lang)


@supervise.command("progress", help=HELP["ledger_progress"])
def progress(
    ledger: LedgerPath,
    item: Item,
    date: Day,
    done: Annotated[
        float | None, typer.Option("--done", min=0, max=1, help=HELP["ledger_done"])
    ] = None,
    note: Note = "",
    evidence: Evidence = "",
    who: Who = "",
    lang: Lang = "auto",
) -> None:
    """Note how far an item has come."""
    from layoutplan.supervision import note_progress, open_ledger

    book = open_ledger(ledger)
    entry = note_progress(
        book, item, date=date, progress=done, note=note, evidence=evidence, who=who
    )
    _tell_entry(entry, book, lang)


def _another_day(verb: str, why: str) -> Callable[..., None]:
    """Make the command of a verb that gives an item another day; ``why`` is its reason's name."""

    def command(
        ledger: LedgerPath,
        item: Item,
        date: Day,
        due: Due,
        who: Who = "",
        note: Note = "",
        lang: Lang = "auto",
    ) -> None:
        from layoutplan import supervision

        book = supervision.open_ledger(ledger)
        act = getattr(supervision, verb)
        entry = act(book, item, date=date, due=due, who=who, **{why: note})
        _tell_entry(entry, book, lang)

    return command


supervise.command("postpone", help=HELP["ledger_postpone"])(_another_day("postpone", "reason"))
supervise.command("reopen", help=HELP["ledger_reopen"])(_another_day("reopen_item", "note"))


@supervise.command("report", help=HELP["ledger_report"])
def report(
    ledger: LedgerPath,
    period: PeriodText,
    out: Out,
    today: Today = "",
    countdown: Annotated[
        list[str] | None,
        typer.Option("--countdown", metavar="NAME=YYYY-MM-DD", help=HELP["ledger_countdown"]),
    ] = None,
    county: CountyOption = None,
    rules: Rules = "cn-supervision",
    lang: Lang = "auto",
) -> None:
    """Write the report of a period: workbook, page, Word document and, with a county, a map."""
    from layoutplan.papers import write_supervision as write_paper
    from layoutplan.reports.supervision import write_supervision
    from layoutplan.reports.supervision_page import write_supervision_page
    from layoutplan.reports.whole import whole_folder
    from layoutplan.supervision import open_ledger

    made = _report(
        open_ledger(ledger), period, today, rules=rules, days=_days(countdown or [], lang),
        lang=lang,
    )  # fmt: skip
    where = _county(county, lang) if county is not None else None
    with steps(say("cli.writing", made.lang)), whole_folder(out) as folder:
        write_supervision(made, folder / "supervision.xlsx")
        write_supervision_page(made, folder / "supervision.html")
        write_paper(made, folder / "supervision.docx")
        if where is not None:
            from layoutplan.maps.lights_map import lights_map

            lights_map(made, where).save(folder / "lights.html")
        written = sorted(p.name for p in folder.iterdir())
    screen.print(Text(made.sentence()), soft_wrap=True)
    tell("written", made.lang, files=", ".join(written), out=out)


@supervise.command("notice", help=HELP["ledger_notice"])
def notice(
    ledger: LedgerPath,
    period: PeriodText,
    out: Out,
    today: Today = "",
    rules: Rules = "cn-supervision",
    lang: Lang = "auto",
) -> None:
    """Write the rectification notices of a period."""
    from layoutplan.papers import write_notices
    from layoutplan.reports.supervision import table_sheet
    from layoutplan.reports.supervision_page import write_notices_page
    from layoutplan.reports.whole import whole_folder
    from layoutplan.reports.workbook import write_workbook
    from layoutplan.supervision import open_ledger

    made = _report(open_ledger(ledger), period, today, rules=rules, days={}, lang=lang)
    with steps(say("cli.writing", made.lang)), whole_folder(out) as folder:
        write_notices_page(made, folder / "notices.html")
        write_workbook([table_sheet(made, "notices", made.lang)], folder / "notices.xlsx")
        write_notices(made, folder)
        written = sorted(p.name for p in folder.iterdir())
    numbers = made.notices["notice"].nunique()
    tell("ledger_notices", made.lang, n=numbers, items=len(made.notices))
    tell("written", made.lang, files=", ".join(written[:_MOST_SHOWN]), out=out)


@supervise.command("status", help=HELP["ledger_status"])
def status(
    ledger: LedgerPath,
    today: Today,
    rules: Rules = "cn-supervision",
    lang: Lang = "auto",
) -> None:
    """Show how things stand on a day."""
    from layoutplan.supervision import open_ledger
    from layoutplan.supervision.periods import day

    on = day(today, what="today")
    made = _report(
        open_ledger(ledger), f"{on.year:04d}-{on.month:02d}", today, rules=rules, days={}, lang=lang
    )
    screen.print(Text(made.title()), soft_wrap=True)
    screen.print(Text(made.sentence()), soft_wrap=True)
    _show(made, "townships", ("rank", "township", "person", "light", "red", "yellow", "open"))
    _show(made, "items", ("item_id", "light", "why", "title", "place", "owner", "due"))


def _report(
    book: "Ledger", period: str, today: str, *, rules: str, days: dict[str, Date], lang: str
) -> "SupervisionReport":
    from layoutplan.supervision import report as made

    return made(
        book, period, today=today or None, countdown=days, standards=standards(rules), lang=lang
    )


def _assessed(
    path: Path, columns: Path | None, decisions: Path | None, *, profile: str, mode: str,
    name: str, year: int, lang: str,
) -> dict[str, Any]:  # fmt: skip
    """Measure a county as it is, and the closures that decisions propose."""
    import layoutplan as lp
    from layoutplan.errors import DataError
    from layoutplan.reports import read_decisions

    found, _ = read(path, columns, crs="", name=name, year=year, lang=lang)
    held = standards(profile)
    with steps(say("cli.travel", found.language(lang))):
        times = lp.travel_times(found, mode=mode, standards=held)
    today = lp.evaluate(found, times, standards=held)
    given: dict[str, Any] = {"assessment": lp.assess(today, lang=lang), "county": found}
    # Without a balance the report says so in its place.
    with suppress(DataError):
        given["balance"] = lp.balance.quality_2017(found, lang=lang)
    if decisions is not None:
        wanted = read_decisions(decisions, lang=found.language(lang))
        given["gates"] = lp.gates(lp.evaluate(found, times, wanted, standards=held))
    return given


def _table(path: Path, *, lang: str) -> Any:  # noqa: ANN401 - a table of pandas
    """Read the steps of a roadmap: of its folder, or of a table, in which every cell is text."""
    import pandas as pd

    from layoutplan.sources.sheets import ENDINGS, read_sheets

    if path.suffix.lower() not in ENDINGS:
        from layoutplan.reports import read_schedule

        road = read_schedule(path, lang=lang)
        told = [c for c in ("name", "action") if c in road.actions]
        return road.steps.join(road.actions[told], on="action_id").reset_index()
    cells = read_sheets(path, lang=lang)[0].cells
    if cells.empty:
        found = Finding(code="supervision_steps_lack", values={"columns": "site_id, step, due"})
        raise OptionsError(found, lang=lang)
    return pd.DataFrame(cells.iloc[1:].to_numpy(), columns=cells.iloc[0].tolist(), dtype="str")


def _county(path: Path, lang: str) -> "County":
    return read(path, None, crs="", name="", year=0, lang=lang)[0]


def _days(given: Iterable[str], lang: str) -> dict[str, Date]:
    from layoutplan.supervision.periods import day

    days = {}
    for pair in given:
        name, _, on = pair.rpartition("=")
        if not name:
            values = {"value": pair}
            raise OptionsError(
                Finding(code="bad_option", column="--countdown", values=values), lang=lang
            )
        days[name] = day(on, what=name)
    return days


def _show(made: "SupervisionReport", name: str, columns: tuple[str, ...]) -> None:
    from layoutplan.supervision.declared import REPORT_TABLES
    from layoutplan.table_columns import title_of
    from layoutplan.tables import heading

    declared = REPORT_TABLES[name]
    words = made.words(name)
    shown = Table(title=title_of(declared, made.lang), show_lines=False)
    titles = [heading(declared, c, lang=made.lang) for c in columns]
    for title in titles:
        shown.add_column(title, overflow="fold")
    for row in words[titles].head(_MOST_SHOWN).itertuples(index=False, name=None):
        shown.add_row(*(Text(str(cell)) for cell in row))
    screen.print(shown)
    for line in made.said_missing(name):
        screen.print(Text(line), soft_wrap=True)


def _tell_entry(entry: "Entry", book: "Ledger", lang: str) -> None:
    tell("ledger_entered", _spoken(lang, book.lang), item=entry.item_id, entry=entry.event_id)


def _spoken(lang: str, usual: Language) -> Language:
    return usual if lang == "auto" else "zh" if lang == "zh" else "en"
