"""A workbook of national school forms, or a folder of them, to schools."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pandas as pd

from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.sources.forms.choose import choose
from layoutplan.sources.forms.family import words_of_forms
from layoutplan.sources.forms.noted import Notes, findings_of
from layoutplan.sources.forms.noun import SchoolForms
from layoutplan.sources.forms.one_school import Row, band_label, kind_in, school_row, stages_of
from layoutplan.sources.forms.places_of_schools import settle_place, with_places, without_place
from layoutplan.sources.forms.rules import broken_rules
from layoutplan.sources.forms.workbook import SchoolRead, read_schools
from layoutplan.sources.sheets import read_sheets
from layoutplan.tables import SCHOOLS
from layoutplan.words import language

Progress = Callable[[int, int, str], None]
"""Called with workbooks done, workbooks in all, and the name of the one at hand."""

WORKBOOKS: Final = (".xls", ".xlsx", ".xlsm")
"""Endings of the files that may hold forms."""

_FILES_TOLD: Final = 5
"""Notes of one kind on files that are told one by one: 200 workbooks may have the same."""

_BANDS: Final = ("school_id", "stage", "band", "low", "high", "grade", "classes")
_CELLS: Final = ("school_id", "value", "file", "sheet", "row", "cell", "label", "text")


def read_forms(
    path: str | Path, *, progress: Progress | None = None, lang: str = "auto"
) -> SchoolForms:
    """Read the national school forms of a county, 基础基 or 教基.

    Values are found by their labels, so that rows and columns may have moved; the
    cells of one known workbook are only compared. One workbook that cannot be read
    does not stop the others: it is named in a finding. Of a school with forms of
    several years, the latest hold.

    Parameters
    ----------
    path
        A workbook, or a folder of workbooks (.xls, .xlsx, .xlsm), also in folders
        within it. Temporary files of Excel are passed over.
    progress
        Called after each workbook with the number done, the number in all and the
        name of the file.
    lang
        The language of messages.

    Returns
    -------
    SchoolForms
        The schools, their classes by size, where each value came from, and findings.
        Money is in yuan, areas in m2.

    Raises
    ------
    DataError
        If there is no workbook, or none of them holds the forms of a school.

    Examples
    --------
    >>> read_forms("no-such-folder", lang="en")
    Traceback (most recent call last):
    layoutplan.errors.DataError: Problems found in no-such-folder: 1
    1. There is no file or folder no-such-folder.
       Cure: Check the path for typing errors; give a GeoPackage, a folder or an Excel workbook.
    """
    path = Path(path)
    files = form_files(path)
    if not files:
        code = "empty_folder" if path.is_dir() else "no_such_path"
        values = {"path": str(path), "kinds": ", ".join(WORKBOOKS)}
        raise DataError(Finding(code=code, values=values), where=str(path), lang=lang)
    every, findings = _read_all(files, path, progress, lang)
    return _forms(every, findings, path, lang=lang, files=len(files))


def forms_beside(path: Path, *, lang: str = "auto") -> SchoolForms | None:
    """Read the forms that lie among the files of a county, in its folder or folders in it.

    Parameters
    ----------
    path
        The folder of a county.
    lang
        The language of messages.

    Returns
    -------
    SchoolForms or None
        The schools of all workbooks that hold forms; None where none does. Other
        workbooks are not spoken of.

    Raises
    ------
    DataError
        If there are forms, and none of a school with a compulsory stage.
    """
    files = form_files(path) if path.is_dir() else []
    every, findings = _read_all(files, path, None, lang)
    if not every:
        return None
    told = [f for f in findings if f.code != "forms_not_forms"]
    return _forms(every, told, path, lang=lang, files=len(files))


def _forms(
    every: list[SchoolRead], findings: list[Finding], path: Path, *, lang: str, files: int
) -> SchoolForms:
    coded = [r for r in every if r.text("school_id")]
    kept, notes = _compulsory(coded)
    for read in every:
        if not read.text("school_id"):
            notes.add("forms_no_code", _name(read.file, path), column="school_id")
    if not kept:
        found = list(findings_of(notes.all)) + findings
        none = Finding(code="forms_none", values={"path": str(path), "files": files})
        raise DataError([none, *found], where=str(path), lang=language(lang, [str(path)]))
    chosen = choose(kept)
    notes.all += chosen.notes.all
    rows = [_row(read, notes) for read in chosen.schools.values()]
    without_place(chosen.schools, notes)
    for read in chosen.schools.values():
        notes.all += read.notes.all
    told = [*findings, *findings_of(notes.all)]
    told += broken_rules(chosen.schools.values(), chosen.before)
    return SchoolForms(tables=_tables(rows, chosen.schools), findings=tuple(told))


def form_files(path: Path) -> list[Path]:
    """List the workbooks of a folder and the folders in it.

    Parameters
    ----------
    path
        A folder, or one workbook.

    Returns
    -------
    list of pathlib.Path
        The workbooks in the order of their paths; links that leave the folder are not
        followed.
    """
    if path.is_file():
        return [path]
    found = (p for p in path.rglob("*") if p.suffix.lower() in WORKBOOKS)
    inside = path.resolve()
    return sorted(
        p
        for p in found
        if not p.name.startswith(("~", ".")) and p.is_file() and p.resolve().is_relative_to(inside)
    )


def _name(file: Path, base: Path) -> str:
    return file.relative_to(base).as_posix() if file != base else file.name


def _read_all(
    files: list[Path], base: Path, progress: Progress | None, lang: str
) -> tuple[list[SchoolRead], list[Finding]]:
    every: list[SchoolRead] = []
    findings: list[Finding] = []
    noted: list[Finding] = []
    for done, file in enumerate(files, 1):
        name = _name(file, base)
        try:
            sheets = read_sheets(file, lang=lang)
        except DataError as error:
            if len(files) == 1:
                raise
            findings += _left_out(name, error)
        else:
            read = read_schools(sheets)
            if read:
                noted += [f for sheet in sheets for f in sheet.findings]
            else:
                found = Finding(code="forms_not_forms", severity="note", table=name)
                findings.append(found)
            for school in read:
                # A path from the folder that was read: the same wherever that stands.
                school.cells = [{**cell, "file": name} for cell in school.cells]
            every += read
        if progress is not None:
            progress(done, len(files), name)
    return every, findings + _fewer(noted)


def _fewer(noted: list[Finding]) -> list[Finding]:
    """Keep the first notes of each kind on files, and count the others."""
    by_code: dict[str, list[Finding]] = {}
    for found in noted:
        by_code.setdefault(found.code, []).append(found)
    kept: list[Finding] = []
    for code, same in by_code.items():
        kept += same[:_FILES_TOLD]
        files = tuple(dict.fromkeys(f.table for f in same[_FILES_TOLD:]))
        if files:
            values = {"code": code}
            kept.append(Finding(code="forms_more_files", severity="note", ids=files, values=values))
    return kept


def _left_out(name: str, error: DataError) -> Iterator[Finding]:
    for found in error.findings:
        yield replace(found, severity="warning", table=name)
    yield Finding(code="forms_file_left_out", severity="warning", table=name)


def _compulsory(coded: list[SchoolRead]) -> tuple[list[SchoolRead], Notes]:
    """Leave out kindergartens, senior and vocational schools, and say so."""
    kept, notes = [], Notes()
    for read in coded:
        kind = kind_in(read)
        if kind:
            read.said["kind"] = kind
            kept.append(read)
        elif kind is None:
            notes.add("forms_kind_unknown", read.label, column="kind")
        else:
            told = read.text("kind_words") or read.text("kind_code") or read.kind_in_sheets
            notes.add("forms_kind_left_out", read.label, column="kind", severity="note", kind=told)
    return kept, notes


def _row(read: SchoolRead, notes: Notes) -> Row:
    school, kind = read.text("school_id"), read.text("kind")
    settle_place(read)
    if not re.fullmatch(words_of_forms()["code"]["pattern"], school):
        notes.add("forms_odd_code", school, column="school_id", severity="note")
    if not read.year:
        notes.add("forms_no_year", school, severity="note")
    if not read.text("name"):
        notes.add("forms_no_name", school, column="name")
    stages = stages_of(read, kind)
    for page in read.family.pages:
        wanted = page.needed and (not page.stage or page.stage in stages)
        if wanted and page.form not in read.forms:
            notes.add("forms_sheet_missing", school, sheet=f"{read.family.prefix}{page.form}")
    for name, (form, label, stage) in read.missed.items():
        if not stage or stage in stages:
            sheet = f"{read.family.prefix}{form}"
            notes.add("forms_label_missing", school, column=name, sheet=sheet, label=label)
    return school_row(read, kind)


def _tables(rows: list[Row], schools: dict[str, SchoolRead]) -> dict[str, pd.DataFrame]:
    table = pd.DataFrame(rows).set_index("school_id").sort_index()
    ours = [c.name for c in SCHOOLS.columns if c.name in table]
    others = [c for c in table.columns if c not in ours]
    table = _typed(table[[*ours, *others]])
    bands = [
        {
            **band,
            "school_id": school,
            "band": band_label(int(str(band["low"])), band["high"]),
            "grade": str(band["grade"]).removeprefix("g"),
            "classes": int(float(str(band["classes"]))),
        }
        for school, read in schools.items()
        for band in read.bands
    ]
    cells = [{**c, "school_id": school} for school, read in schools.items() for c in read.cells]
    size_bands = pd.DataFrame(bands, columns=list(_BANDS))
    provenance = pd.DataFrame(cells, columns=list(_CELLS)).astype("str")
    return {
        "schools": with_places(table, schools),
        "size_bands": size_bands.astype({"high": "float64"}),
        "provenance": provenance.astype({"row": "int64"}),
    }


_TEXTS: Final = (
    "name", "kind", "ownership", "largest_class", "urban_rural", "address", "address_code",
    "form_family",
)  # fmt: skip


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """Set types: text, whole numbers where every school has one, else numbers."""
    typed: dict[str, pd.Series] = {}
    for name in table.columns:
        values = table[name]
        if name in _TEXTS:
            typed[name] = values.astype(object).where(values.notna(), None).astype("str")
            continue
        numbers = values.astype("float64")
        whole = numbers.notna().all() and (numbers % 1 == 0).all()
        typed[name] = numbers.astype("int64") if whole else numbers
    return pd.DataFrame(typed, index=table.index)
