"""The workbook that a plan is handed over as."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from layoutplan.assessment import Assessment, assess
from layoutplan.assessment.compare import side_by_side
from layoutplan.assessment.gates import gates_of, must_keep_of
from layoutplan.gates import Gates
from layoutplan.plan import Plan
from layoutplan.reports.further_sheets import (
    classes_sheet,
    gaps_sheet,
    method_sheet,
    numbers_of,
    projects_sheet,
    reconciliation_sheet,
    township_sheets,
    townships_sheet,
)
from layoutplan.reports.gates_sheets import gates_sheet, must_keep_sheet
from layoutplan.reports.names import apart, plan_title
from layoutplan.reports.sheet_cells import Formula
from layoutplan.reports.sheets import (
    assignment_sheet,
    decisions_sheet,
    findings_sheet,
    indicators_sheet,
    merges_sheet,
    standards_sheet,
    unserved_sheet,
)
from layoutplan.reports.summary import Summed, summary_sheet
from layoutplan.reports.workbook import Sheet, sum_of, write_workbook
from layoutplan.table_columns import title_of
from layoutplan.tables import ASSESSMENT, ASSIGNMENT, BANDS, DECISIONS, heading
from layoutplan.words import Language, say


def write_report(
    plan: Plan,
    path: str | Path,
    *,
    against: Plan | None = None,
    lang: str = "auto",
    done: Assessment | None = None,
    gates: Gates | None = None,
    inputs: Mapping[str, str] | None = None,
) -> Path:
    """Write a plan as a workbook: summary, schools, pupils, gates, indicators, sources.

    Sums are formulas, each stored with its number; a sheet of reconciliation sets those of
    the sheets beside the numbers of the plan. Every township has a sheet of its own.

    Parameters
    ----------
    plan
        The plan; it is only read.
    path
        The file, ``.xlsx``. It is written whole or not at all.
    against
        A plan to set it beside, such as today's.
    lang
        The language; that of the county's names where ``"auto"``.
    done
        The plan's assessment in that language, where it is already made.
    gates
        The gates of its closures, where they are already made, as with recorded votes.
    inputs
        The files the plan was made from, as by `layoutplan.reports.input_hashes`.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    DataError
        If the file cannot be written, as when it is open in Excel.

    Examples
    --------
    >>> import tempfile
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lp.write_report(today, Path(folder) / "report.xlsx").name
    'report.xlsx'
    """
    spoken = plan.county.language(lang)
    done = done or assess(plan, lang=spoken)
    before = assess(against, lang=spoken) if against is not None else None
    decided, moved = decisions_sheet(plan, spoken), merges_sheet(plan, spoken)
    assigned, left = assignment_sheet(plan, spoken), unserved_sheet(plan, spoken)
    townships, classes = townships_sheet(plan, spoken), classes_sheet(plan, spoken)
    projects = projects_sheet(plan, spoken)
    sums = _Sums(
        decided=decided, moved=moved, assigned=assigned, left=left, townships=townships,
        classes=classes, projects=projects, lang=spoken,
    )  # fmt: skip
    sheets = [
        summary_sheet(Summed(plan=plan, done=done, against=against, before=before), spoken),
        reconciliation_sheet(numbers_of(plan), sums.rows(), spoken),
        decided,
        moved,
        assigned,
        left,
        gates_sheet(gates or gates_of(plan), spoken),
        must_keep_sheet(must_keep_of(plan), spoken),
        _indicators(done, before, spoken),
        gaps_sheet(done, spoken),
        projects,
        classes,
        townships,
        findings_sheet(plan, spoken),
        standards_sheet(plan.standards, spoken),
        method_sheet(plan, spoken, inputs=inputs or {}, done=done),
        *township_sheets(plan, spoken),
    ]
    return write_workbook(sheets, Path(path))


@dataclass(frozen=True, eq=False, kw_only=True)
class _Sums:
    """The sheets whose sums are set beside the plan."""

    decided: Sheet
    moved: Sheet
    assigned: Sheet
    left: Sheet
    townships: Sheet
    classes: Sheet
    projects: Sheet
    lang: Language

    def rows(self) -> dict[str, list[object]]:
        """Give the formulas of sum and difference, row by row."""
        lang = self.lang
        pupils = heading(ASSIGNMENT, "pupils", lang=lang)
        capital = heading(DECISIONS, "capital_yuan", lang=lang)
        after = [heading(DECISIONS, f"after_{b}", lang=lang) for b in BANDS]
        of = {
            "pupils_in": [(self.assigned, pupils), (self.left, pupils)],
            "assigned": [(self.assigned, pupils)],
            "decided": [(self.decided, h) for h in after],
            "moved": [(self.moved, say("report.pupils_in_all", lang))],
            "classes": [(self.classes, say("report.class.pupils", lang))],
            "capital": [(self.decided, capital)],
            "projects": [(self.projects, capital)],
            "townships": [(self.townships, say("indicator.pupils", lang))],
        }
        made: dict[str, list[object]] = {}
        for row, (key, columns) in enumerate(of.items(), 2):
            parts = [_sum_in(sheet, name) for sheet, name in columns]
            value = sum(p.value for p in parts)
            text = "=" + "+".join(p.text.removeprefix("=") for p in parts)
            made[key] = [
                Formula(text=text, value=value),
                Formula(text=f"=B{row}-C{row}", value=0.0),
            ]
        return made


def _sum_in(sheet: Sheet, name: str) -> Formula:
    """Sum up a column of a sheet from another one."""
    column = list(map(str, sheet.table.columns)).index(name)
    value = float(pd.to_numeric(sheet.table.iloc[:, column]).fillna(0).sum())
    return sum_of(column, len(sheet.table), value, page=sheet.title)


def _indicators(done: Assessment, before: Assessment | None, lang: Language) -> Sheet:
    title = title_of(ASSESSMENT, lang)
    fixed = [heading(ASSESSMENT, c.name, lang=lang) for c in ASSESSMENT.columns]
    this = apart(plan_title(done.name, lang), fixed)
    if before is None:
        table = done.words(lang)
        return indicators_sheet(table, done.table, title=title, lang=lang, plans={"value": this})
    other = apart(plan_title(before.name, lang), [*fixed, this])
    # Neutral names: a plan of any name can be set beside another one.
    both = side_by_side({"before": before, "after": done})
    headings = {
        "before": other,
        "after": this,
        "difference_after": say("report.column.difference", lang, name=other),
        "limit_before": say("report.limit_of", lang, name=other),
        "limit_after": say("report.limit_of", lang, name=this),
    }
    rows = both.table
    plans = {k: v for k, v in headings.items() if k in rows}
    return indicators_sheet(both.words(lang), rows, title=title, lang=lang, plans=plans)
