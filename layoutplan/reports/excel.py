"""The workbook that a plan is handed over as."""

from pathlib import Path

from layoutplan.assessment import Assessment, assess
from layoutplan.assessment.compare import side_by_side
from layoutplan.gates import Gates, must_keep
from layoutplan.gates import gates as hold_against
from layoutplan.plan import Plan
from layoutplan.reports.gates_sheets import gates_sheet, must_keep_sheet
from layoutplan.reports.names import apart, plan_title
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
from layoutplan.reports.workbook import Sheet, write_workbook
from layoutplan.tables import ASSESSMENT, heading
from layoutplan.words import Language, say


def write_report(
    plan: Plan,
    path: str | Path,
    *,
    against: Plan | None = None,
    lang: str = "auto",
    done: Assessment | None = None,
    gates: Gates | None = None,
) -> Path:
    """Write a plan as a workbook: summary, schools, pupils, gates, indicators, sources.

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
    sheets = [
        summary_sheet(Summed(plan=plan, done=done, against=against, before=before), spoken),
        decisions_sheet(plan, spoken),
        merges_sheet(plan, spoken),
        assignment_sheet(plan, spoken),
        unserved_sheet(plan, spoken),
        gates_sheet(gates or hold_against(plan), spoken),
        must_keep_sheet(must_keep(plan), spoken),
        _indicators(done, before, spoken),
        findings_sheet(plan, spoken),
        standards_sheet(plan.standards, spoken),
    ]
    return write_workbook(sheets, Path(path))


def _indicators(done: Assessment, before: Assessment | None, lang: Language) -> Sheet:
    title = ASSESSMENT.zh if lang == "zh" else ASSESSMENT.en
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
