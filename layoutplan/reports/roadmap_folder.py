"""A roadmap as a folder of files, all of them or none."""

import json
from pathlib import Path
from typing import Any, Final

import pandas as pd

from layoutplan.findings import findings_table
from layoutplan.reports.roadmap_calendar import calendar_text
from layoutplan.reports.roadmap_gantt import gantt_svg
from layoutplan.reports.roadmap_sheets import roadmap_sheets, status_words
from layoutplan.reports.whole import whole_folder
from layoutplan.reports.workbook import write_workbook
from layoutplan.roadmap import Roadmap
from layoutplan.words import LANGUAGES, Language

SCHEMA: Final = "layoutplan-roadmap/1"
"""The version of the form of ``roadmap.json``."""

FILES: Final = ("roadmap.xlsx", "roadmap.ics", "roadmap.json", "gantt.svg")
"""The files of a roadmap."""

_TABLES: Final = ("actions", "left_over", "steps", "money", "seats", "unplaced", "changes")


def write_roadmap(roadmap: Roadmap, directory: str | Path, *, lang: str = "auto") -> list[Path]:
    """Write a roadmap into a folder: all files or, if anything goes wrong, none.

    ``roadmap.xlsx`` holds actions, steps, money, seats and what happens at each school;
    ``roadmap.ics`` the due dates for calendars (RFC 5545); ``roadmap.json`` all tables for
    programs; ``gantt.svg`` a picture. Equal roadmaps give equal bytes. Other files in the
    folder stay.

    Parameters
    ----------
    roadmap
        The roadmap; it is only read.
    directory
        The folder; made where it is missing.
    lang
        The language; that of the county's names where ``"auto"``.

    Returns
    -------
    list of pathlib.Path
        The files.

    Raises
    ------
    DataError
        If a file cannot be put in its place, as when it is open in Excel.

    Examples
    --------
    >>> import tempfile
    >>> import layoutplan as lp
    >>> from layoutplan.roadmap import roadmap
    >>> county = lp.example.county(seed=1, villages=40)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [p.name for p in lp.write_roadmap(roadmap(today, years=1), folder)]
    ['roadmap.xlsx', 'roadmap.ics', 'roadmap.json', 'gantt.svg']
    """
    folder = Path(directory)
    spoken = roadmap.plan.county.language(lang)
    with whole_folder(folder) as new:
        write_workbook(roadmap_sheets(roadmap, lang=spoken), new / "roadmap.xlsx")
        texts = {
            "roadmap.ics": calendar_text(roadmap, lang=spoken),
            "roadmap.json": _json(roadmap, spoken),
            "gantt.svg": gantt_svg(roadmap, lang=spoken),
        }
        for name, text in texts.items():
            (new / name).write_bytes(text.encode("utf-8"))
    return [folder / name for name in FILES]


def roadmap_record(roadmap: Roadmap, *, lang: Language) -> dict[str, Any]:
    """Set a roadmap down as plain values, ready for JSON.

    Parameters
    ----------
    roadmap
        The roadmap.
    lang
        The language of sentences.

    Returns
    -------
    dict
        Nothing in it tells the machine or the moment.
    """
    solver = roadmap.solver
    budgets = roadmap.budget_by_year
    return {
        "schema": SCHEMA,
        "county": {"name": roadmap.plan.county.name, "year": roadmap.plan.county.year},
        "plan": roadmap.plan.name,
        "language": lang,
        "half_years": list(roadmap.half_years),
        "at": roadmap.at,
        "variants": list(roadmap.variants),
        "budget_by_year": None if budgets is None else {str(y): b for y, b in budgets.items()},
        "solver": {
            "status": solver.status,
            **{f"status_{each}": status_words(roadmap, each) for each in LANGUAGES},
            "objective": solver.objective,
            "bound": solver.bound,
            "gap": solver.gap,
            "seed": solver.seed,
            "cut_by_clock": solver.cut_by_clock,
            "terms": dict(solver.terms),
        },
        **{name: _rows(roadmap.tables[name]) for name in _TABLES},
        "schools": _rows(roadmap.lines(lang)),
        "findings": _rows(findings_table(roadmap.findings, lang=lang)),
    }


def _json(roadmap: Roadmap, lang: Language) -> str:
    record = roadmap_record(roadmap, lang=lang)
    return json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    shown = table.reset_index() if table.index.name else table
    plain = shown.astype(object).where(shown.notna(), None)
    return [
        {str(k): v.item() if hasattr(v, "item") else v for k, v in row.items()}
        for row in plain.to_dict("records")
    ]
