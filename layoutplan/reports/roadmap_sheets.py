"""The sheets of a roadmap: actions, steps, money, seats, school by school."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from layoutplan.reports.sheet_cells import TEXT
from layoutplan.reports.workbook import Sheet
from layoutplan.roadmap import Roadmap
from layoutplan.words import Language, catalogue, say

_DECIMAL = "#,##0.0"
_DECIMALS = ("teachers_freed", "teachers_needed")
_WORDS = {
    "action": "roadmap.action", "step": "step", "band": "band", "reason": "roadmap.reason",
    "change": "roadmap.change",
}  # fmt: skip
_YEARS = ("year",)


def roadmap_sheets(roadmap: Roadmap, *, lang: Language) -> list[Sheet]:
    """Set a roadmap out as sheets of a workbook.

    Parameters
    ----------
    roadmap
        The roadmap.
    lang
        The language.

    Returns
    -------
    list of Sheet
        Overview, actions, what is left over, steps, money, seats, school by school, what
        changed, and what should be known.
    """
    names = roadmap.plan.decisions["name"].fillna("").astype("str")
    seats = roadmap.seats.assign(name=lambda t: t["site_id"].map(names))
    seats = seats[["half_year", "site_id", "name", "band", "places", "pupils"]]
    steps = roadmap.steps.assign(name=lambda t: t["site_id"].map(names))
    order = ["due", "starts", "step", "site_id", "name", "township_id", "responsible", "action_id"]
    sheets = [
        _overview(roadmap, lang),
        _sheet("actions", roadmap.actions.reset_index(), lang),
        _sheet("left_over", roadmap.left_over.reset_index(), lang),
        _sheet("steps", steps[order], lang),
        _sheet("money", roadmap.money, lang),
        _sheet("seats", seats, lang, marked=_over(seats)),
        _sheet("lines", roadmap.lines(lang).reset_index(), lang),
        _sheet("changes", roadmap.changes, lang),
        _findings(roadmap, lang),
    ]
    return [s for s in sheets if len(s.table) or s.title != say("roadmap.sheet.changes", lang)]


def status_words(roadmap: Roadmap, lang: Language) -> str:
    """Say the status of the search without the time it took, for files that come out alike.

    Parameters
    ----------
    roadmap
        The roadmap.
    lang
        The language.

    Returns
    -------
    str
        The status.
    """
    gap = f"{100 * (roadmap.solver.gap or 0.0):.2f}"
    return say(f"roadmap.status.{roadmap.solver.status}", lang, gap=gap)


def _heading(name: str, lang: Language) -> str:
    return catalogue(lang).get(f"roadmap.column.{name}", name)


def _sheet(name: str, table: pd.DataFrame, lang: Language, *, marked: Iterable[int] = ()) -> Sheet:
    shown = table.copy()
    for column, key in _WORDS.items():
        if column in shown:
            shown[column] = shown[column].map(lambda v, key=key: say(f"{key}.{v}", lang))
    formats: dict[str, Any] = {}
    for column in shown.columns:
        heading = _heading(str(column), lang)
        if column in _DECIMALS:
            formats[heading] = _DECIMAL
        elif column in _YEARS:
            formats[heading] = "0"
        elif not pd.api.types.is_numeric_dtype(shown[column]):
            formats[heading] = TEXT
    shown = shown.astype(object).where(shown.notna(), None)
    shown.columns = pd.Index([_heading(str(c), lang) for c in shown.columns])
    title = say(f"roadmap.sheet.{name}", lang)
    return Sheet(title=title, table=shown, formats=formats, marked=frozenset(marked))


def _over(seats: pd.DataFrame) -> list[int]:
    over = (seats["pupils"] > seats["places"]).to_numpy()
    return [int(i) for i in over.nonzero()[0]]


def _overview(roadmap: Roadmap, lang: Language) -> Sheet:
    solver = roadmap.solver
    rows = {
        "county": roadmap.plan.county.name,
        "plan": roadmap.plan.name,
        "span": f"{roadmap.half_years[0]} – {roadmap.half_years[-1]}",
        "variants": ", ".join(roadmap.variants),
        "done": len(roadmap.actions),
        "left": len(roadmap.left_over),
        "status": status_words(roadmap, lang),
        "objective": None if solver.objective is None else round(solver.objective),
        "bound": None if solver.bound is None else round(solver.bound),
    }
    table = pd.DataFrame(
        {
            _heading("item", lang): [say(f"roadmap.overview.{k}", lang) for k in rows],
            _heading("value", lang): pd.Series(list(rows.values()), dtype=object),
        }
    )
    return Sheet(title=say("roadmap.sheet.overview", lang), table=table)


def _findings(roadmap: Roadmap, lang: Language) -> Sheet:
    found = roadmap.findings_table(lang=lang)[["severity", "message", "cure"]]
    found["severity"] = found["severity"].map(lambda s: say(f"severity.{s}", lang))
    return _sheet("findings", found, lang)
