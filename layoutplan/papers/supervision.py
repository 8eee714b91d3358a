"""The report of supervision and its notices as papers: Word documents and pages."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from layoutplan.papers.html import write_html
from layoutplan.papers.paper import Block, Grid, Heading, Paper, Seal, Text
from layoutplan.papers.rectification import write_rectification
from layoutplan.papers.shown import known, with_unit
from layoutplan.papers.word import write_word
from layoutplan.reports.supervision_cells import ORDER, below, cell_text, opening, units
from layoutplan.supervision import SupervisionReport
from layoutplan.supervision.declared import REPORT_TABLES
from layoutplan.table_columns import title_of
from layoutplan.tables import heading
from layoutplan.words import Language

_COLUMNS: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType(
    {
        "overview": {"measure": 4, "value": 1.5, "last": 1.5, "change": 1.5, "unit": 1.5},
        "indicators": {
            "indicator": 5, "value": 1.6, "limit": 1.6, "unit": 1.6, "met": 1.4, "last": 1.6,
        },
        "balance": {
            "stage": 1.5, "indicator": 4, "value": 1.8, "limit": 1.5, "met": 1.5, "last": 1.6,
        },
        "schools": {
            "stage": 2, "schools": 1.5, "passing": 1.5, "unknown": 1.6, "share": 1.5,
            "last_passing": 1.6, "change": 1.5,
        },
        "townships": {
            "rank": 1.2, "township": 2.6, "light": 1.7, "green": 1.3, "yellow": 1.3, "red": 1.3,
            "overdue": 1.3, "new": 1.3, "closed": 1.5,
        },
        "praise": {"township": 2.5, "person": 2, "reason": 6},
        "criticism": {"township": 2.5, "person": 2, "reason": 6},
        "changes": {
            "date": 2.1, "change": 1.7, "title": 4.2, "place": 2.6, "owner": 2.4, "note": 2.4,
        },
        "items": {
            "title": 4.4, "place": 2.6, "owner": 2.4, "due": 2.1, "days_left": 1.4, "light": 1.7,
            "why": 2.4,
        },
        "next_steps": {
            "due": 2.1, "title": 4.2, "place": 2.8, "owner": 2.4, "days_left": 1.5, "light": 1.7,
        },
        "countdown": {"name": 5, "date": 2.2, "days_left": 1.8},
        "favoured": {
            "rank": 1.2, "school": 3, "township": 2.2, "stage": 1.5, "level": 1.6,
            "gaps_named": 5,
        },
        "notices": {
            "notice": 2.2, "title": 4, "place": 2.8, "owner": 2.4, "due": 2.1, "light": 1.7,
        },
    }
)  # fmt: skip
"""What of each table fits on a sheet of paper, and how wide; the workbook holds the rest."""

_NUMBERS: Final = ("count", "number")


def supervision_paper(report: SupervisionReport, *, lang: Language | None = None) -> Paper:
    """Set a report of supervision out as a paper.

    Parameters
    ----------
    report
        The report.
    lang
        The language; that of the report where not given.

    Returns
    -------
    Paper
        The same tables in the same order as in the workbook, with the columns for which a
        sheet has room.
    """
    spoken = lang or report.lang
    blocks: list[Block] = [Text(text=line) for line in opening(report, spoken)]
    for name in ORDER:
        declared = REPORT_TABLES[name]
        blocks.append(Heading(text=title_of(declared, spoken)))
        if len(report.tables[name]):
            blocks.append(_grid(report, name, spoken))
        blocks += [Text(text=line, tone="note") for line in below(report, name, spoken)]
    blocks.append(Seal())
    return Paper(
        title=report.title(spoken), lang=spoken, blocks=tuple(blocks), look="sheet", above=""
    )


def _grid(report: SupervisionReport, name: str, lang: Language) -> Grid:
    declared, words = REPORT_TABLES[name], report.words(name, lang=lang)
    columns = {c: w for c, w in _COLUMNS[name].items() if heading(declared, c, lang=lang) in words}
    heads = [heading(declared, c, lang=lang) for c in columns]
    cells = [
        [cell_text(v, u) or "–" for v, u in zip(words[h], units(report, name, c), strict=True)]
        for c, h in zip(columns, heads, strict=True)
    ]
    codes = report.tables[name]
    red = codes["light"].eq("red").tolist() if "light" in codes else []
    return Grid(
        head=heads,
        rows=[list(row) for row in zip(*cells, strict=True)],
        widths=tuple(columns.values()),
        numbers=frozenset(i for i, c in enumerate(columns) if declared[c].type in _NUMBERS),
        marked=frozenset(i for i, is_red in enumerate(red) if is_red),
    )


def write_supervision(
    report: SupervisionReport, path: str | Path, *, lang: Language | None = None
) -> Path:
    """Write a report of supervision as a Word document or a page.

    Parameters
    ----------
    report
        The report; it is only read.
    path
        The file; a page where it ends in ``.html``, else a Word document. It is written
        whole or not at all; equal reports give equal bytes.
    lang
        The language; that of the report where not given.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    DataError
        If the file cannot be written, as when it is open in Word.

    Examples
    --------
    >>> import tempfile
    >>> from layoutplan.supervision import init_ledger, report
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ledger = init_ledger(f"{folder}/ledger.sqlite", county="Longhe", lang="en")
    ...     write_supervision(report(ledger, "2027-03"), f"{folder}/report.docx").name
    'report.docx'
    """
    path = Path(path)
    paper = supervision_paper(report, lang=lang)
    return write_html(paper, path) if path.suffix.lower() == ".html" else write_word(paper, path)


def write_notices(
    report: SupervisionReport, folder: str | Path, *, lang: Language | None = None
) -> list[Path]:
    """Write each item to be rectified as a notice of its own, in Word.

    Parameters
    ----------
    report
        The report; it is only read.
    folder
        An existing folder.
    lang
        The language; that of the report where not given.

    Returns
    -------
    list of pathlib.Path
        The files, named by the number of the notice and of the item.

    Raises
    ------
    DataError
        If a file cannot be written, as when it is open in Word.
    """
    spoken = lang or report.lang
    declared, codes = REPORT_TABLES["notices"], report.notices
    rows = report.words("notices", lang=spoken).rename(
        columns={heading(declared, c.name, lang=spoken): c.name for c in declared.columns}
    )
    for column in ("value", "limit"):
        rows[column] = [
            with_unit(v, str(u), spoken) if known(v) else ""
            for v, u in zip(codes[column], codes["unit"], strict=True)
        ]
    written = []
    for row in rows.to_dict("records"):
        number = f"{row['notice']}-{row['item_id']}"
        item = {**row, "indicator": row["title"]}
        path = Path(folder) / f"{number}.docx"
        written.append(write_rectification(item, path, lang=spoken, number=number))
    return written
