"""Results of several folders side by side, as CSV and as a workbook."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from layoutplan.assessment import Assessment, Comparison
from layoutplan.assessment.compare import side_by_side
from layoutplan.errors import DataError, OptionsError
from layoutplan.findings import Finding
from layoutplan.reports.csv_tables import write_csv
from layoutplan.reports.names import plan_title
from layoutplan.reports.plain_text import as_given
from layoutplan.reports.sheets import indicators_sheet
from layoutplan.reports.whole import whole_folder
from layoutplan.reports.workbook import Sheet, write_workbook
from layoutplan.table_columns import title_of
from layoutplan.tables import ASSESSMENT
from layoutplan.words import Language, language, say

FILES = ("comparison.csv", "comparison.xlsx")
"""The files of a comparison."""


@dataclass(frozen=True, eq=False, kw_only=True)
class _Result:
    folder: Path
    name: str
    county: str
    villages: str
    lang: str
    townships: Mapping[str, str]
    rows: pd.DataFrame = field(repr=False)


def write_comparison(
    folders: Sequence[str | Path], out: str | Path, *, lang: str = "auto"
) -> list[Path]:
    """Set the results of several folders side by side.

    Parameters
    ----------
    folders
        Folders written by `write_plan`; the first is the one that the others are
        compared with.
    out
        The folder to write ``comparison.csv`` (codes, for programs) and
        ``comparison.xlsx`` (words, for people) into.
    lang
        The language; that of the first result where ``"auto"``. Sources stay in the
        language in which each result was written.

    Returns
    -------
    list of pathlib.Path
        The files.

    Raises
    ------
    DataError
        If a folder holds no result that can be read, or a file cannot be written.
    OptionsError
        If no folder is given, or the results are not of the same villages.
    """
    if not folders:
        raise OptionsError(Finding(code="nothing_to_compare"), lang=lang)
    results = [_read(Path(folder), lang=lang) for folder in folders]
    first = results[0]
    spoken = language(first.lang if lang == "auto" else lang)
    others = tuple(r.folder.name for r in results if r.villages != first.villages)
    if others:
        values = {"first": first.county}
        raise OptionsError(Finding(code="other_county", ids=others, values=values), lang=spoken)
    names = _names(results, spoken)
    both = side_by_side(
        {
            name: Assessment(name=name, lang=spoken, townships=r.townships, rows=r.rows)
            for name, r in zip(names, results, strict=True)
        }
    )
    out = Path(out)
    with whole_folder(out) as new:
        write_csv(both.table, new / FILES[0])
        write_workbook(_sheets(both, spoken), new / FILES[1])
    return [out / name for name in FILES]


def _read(folder: Path, *, lang: str) -> _Result:
    try:
        record = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
        rows = pd.read_csv(
            folder / "assessment.csv", encoding="utf-8-sig", dtype="str", keep_default_na=False
        )
        rows = rows[[c.name for c in ASSESSMENT.columns]].map(as_given)
        for column in ("value", "limit"):
            rows[column] = pd.to_numeric(rows[column])
        return _Result(
            folder=folder,
            name=str(record["name"]),
            county=str(record["county"]["name"]),
            villages=str(record["county"]["village_ids_sha256"]),
            lang=str(record["language"]),
            townships={str(k): str(v) for k, v in record["townships"].items()},
            rows=rows,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        found = Finding(code="no_result", table=folder.name, values={"why": str(error)})
        raise DataError(found, where=str(folder), lang=lang) from None


def _names(results: Sequence[_Result], lang: Language) -> list[str]:
    """Take the plans' names where they differ, else those of the folders, else numbers."""
    for given in (
        [plan_title(r.name, lang) for r in results],
        [r.folder.resolve().name for r in results],
    ):
        if len(set(given)) == len(given):
            return given
    return [f"{i} {r.folder.resolve().name}" for i, r in enumerate(results, 1)]


def _sheets(both: Comparison, lang: Language) -> list[Sheet]:
    first = both.names[0]
    plans = {n: n for n in both.names} | {
        f"difference_{n}": say("report.column.difference_of", lang, name=n, first=first)
        for n in both.names[1:]
    }
    rows, words = both.table, both.words(lang)
    plans |= {
        f"limit_{n}": say("report.limit_of", lang, name=n)
        for n in both.names
        if f"limit_{n}" in rows
    }
    county = rows["level"] == "county"
    return [
        indicators_sheet(
            words[county], rows[county], title=say("report.sheet.county", lang), lang=lang,
            plans=plans,
        ),
        indicators_sheet(
            words, rows, title=title_of(ASSESSMENT, lang), lang=lang,
            plans=plans,
        ),
    ]  # fmt: skip
