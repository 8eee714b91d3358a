"""Where a paper comes from: inputs, versions, standards, the solver's proof, locks."""

from collections.abc import Iterator
from typing import Final

from layoutplan.papers.case import Case
from layoutplan.papers.paper import Block, Grid, Heading, Text
from layoutplan.papers.shown import listed, told
from layoutplan.reports.names import plan_title
from layoutplan.words import LANGUAGES, say

_LOCKS: Final = ("keep", "close", "freeze")
_HASH: Final = 16


def provenance(case: Case) -> Iterator[Block]:
    """Tell where the numbers of a paper come from.

    Nothing in it tells the machine or the moment, so that equal inputs give equal papers.

    Parameters
    ----------
    case
        The case.

    Yields
    ------
    Block
        A heading and a table.
    """
    yield Heading(text=case.say("provenance.title"))
    # Before the table, or it might stand alone on a last page.
    yield Text(text=case.say("provenance.note"), tone="note")
    rows = [(case.say(f"provenance.{key}"), value) for key, value in provenance_rows(case)]
    yield Grid(
        head=(case.say("column.item"), case.say("column.content")), rows=rows, widths=(3, 10)
    )


def provenance_rows(case: Case) -> list[tuple[str, str]]:
    """Give the rows of that table under their keys.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    list of tuple
        Key below ``papers.provenance`` and text.
    """
    plan, lang = case.plan, case.lang
    record = case.record
    solver = plan.solver
    changed = record["standards"]["changed"]
    rows = [
        ("county", case.county),
        ("year", str(plan.county.year) if plan.county.year else case.say("unknown")),
        ("plan", plan_title(plan.name, lang)),
        (
            "against",
            case.say("none") if case.against is None else plan_title(case.against.name, lang),
        ),
        (
            "inputs",
            listed([f"{n} (SHA-256 {h[:_HASH]}…)" for n, h in record["inputs"].items()], lang)
            if record["inputs"]
            else case.say("provenance.no_inputs"),
        ),
        ("version", f"layoutplan {record['version']}"),
        ("standards", f"{_title(case)} ({plan.standards.name})"),
        (
            "changed",
            listed(
                [f"{plan.standards[k].label(lang)} {v['value']:g}" for k, v in changed.items()],
                lang,
            )
            if changed
            else case.say("none"),
        ),
        ("solver", _solved(case)),
        ("seed", str(solver.seed)),
        ("mode", say(f"mode.{plan.times.mode}", lang)),
        *[(f"lock_{lock}", _locked(case, lock)) for lock in _LOCKS],
        ("locked_by", case.say("provenance.locked_by_unknown")),
        (
            "findings",
            case.say("provenance.counts", **record["findings"]),
        ),
    ]
    return [(key, told(text, lang)) for key, text in rows]


def _title(case: Case) -> str:
    given = case.plan.standards
    return given.title_zh if case.lang == LANGUAGES[0] else given.title_en


def _solved(case: Case) -> str:
    """Say the proof without the seconds, which differ between equal runs."""
    solver = case.plan.solver
    gap = case.say("unknown") if solver.gap is None else f"{100 * solver.gap:.2f}%"
    said = case.say(f"solver.{solver.status}", gap=gap)
    return f"{said} {say('report.clock', case.lang)}" if solver.cut_by_clock else said


def _locked(case: Case, lock: str) -> str:
    ids = sorted(getattr(case.plan.options, lock))
    if not ids:
        return case.say("none")
    return listed([f"{case.school(i)} ({i})" for i in ids], case.lang)
