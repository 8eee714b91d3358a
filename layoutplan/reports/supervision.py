"""A report of supervision as a workbook."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from layoutplan.reports.sheets import standards_sheet
from layoutplan.reports.supervision_cells import ORDER, below, cell_format, opening, units
from layoutplan.reports.workbook import Sheet, write_workbook
from layoutplan.standards import Standards
from layoutplan.supervision import SupervisionReport
from layoutplan.supervision.declared import REPORT_TABLES
from layoutplan.table_columns import title_of
from layoutplan.tables import heading
from layoutplan.words import Language


def write_supervision(
    report: SupervisionReport, path: str | Path, *, lang: Language | None = None
) -> Path:
    """Write a report of supervision as a workbook.

    Parameters
    ----------
    report
        The report; it is only read.
    path
        The file, ``.xlsx``. It is written whole or not at all; equal reports give equal
        bytes.
    lang
        The language; that of the report where not given.

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
    >>> from layoutplan.supervision import init_ledger, report
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ledger = init_ledger(f"{folder}/ledger.sqlite", county="Longhe", lang="en")
    ...     write_supervision(report(ledger, "2027-03"), f"{folder}/report.xlsx").name
    'report.xlsx'
    """
    spoken = lang or report.lang
    return write_workbook(supervision_sheets(report, spoken), Path(path))


def supervision_sheets(report: SupervisionReport, lang: Language) -> list[Sheet]:
    """Set a report of supervision out in sheets.

    Parameters
    ----------
    report
        The report.
    lang
        The language.

    Returns
    -------
    list of Sheet
        One per table, and the numbers that lights rest on.
    """
    sheets = [table_sheet(report, name, lang) for name in ORDER]
    return [*sheets, standards_sheet(_own(report.standards), lang)]


def table_sheet(report: SupervisionReport, name: str, lang: Language) -> Sheet:
    """Set one table of a report out as a sheet, with what is said with it.

    Parameters
    ----------
    report
        The report.
    name
        The name of the table.
    lang
        The language.

    Returns
    -------
    Sheet
        The sheet.
    """
    declared = REPORT_TABLES[name]
    words, codes = report.words(name, lang=lang), report.tables[name]
    said = [report.title(lang), *opening(report, lang)] if name == "overview" else []
    notes = [*said, *below(report, name, lang)]
    formats = {
        heading(declared, c.name, lang=lang): [
            *(
                cell_format(v, unit)
                for v, unit in zip(codes[c.name], units(report, name, c.name), strict=True)
            ),
            *(cell_format(0, "") for _ in notes),
        ]
        for c in declared.columns
    }
    red = codes.index[codes["light"].eq("red")] if "light" in codes else codes.index[:0]
    return Sheet(
        title=title_of(declared, lang),
        table=_with_notes(words, notes),
        formats=formats,
        marked=frozenset(int(i) for i in red),
        across=frozenset(range(len(words), len(words) + len(notes))),
        frozen=2,
    )


def _with_notes(words: pd.DataFrame, notes: Iterable[str]) -> pd.DataFrame:
    first = words.columns[0]
    rows = pd.DataFrame({first: list(notes)}, columns=words.columns).astype("object")
    return pd.concat([words.astype("object"), rows], ignore_index=True)


def _own(standards: Standards) -> Standards:
    kept = {k: s for k, s in standards.entries.items() if k.startswith("supervision_")}
    return Standards(
        name=standards.name,
        title_zh=standards.title_zh,
        title_en=standards.title_en,
        entries=kept,
    )
