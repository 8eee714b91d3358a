"""One workbook of forms to the values of its schools, each with the cell it came from."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from layoutplan.sources.forms.cell_values import (
    NotNumberError,
    applies,
    code,
    degrees,
    flag,
    number,
    tidy,
    urban_rural,
)
from layoutplan.sources.forms.family import (
    FAMILIES,
    Family,
    Page,
    Wanted,
    family,
    words_of_forms,
)
from layoutplan.sources.forms.grid import Cell, Grid, cell_at, cell_name, grid_of
from layoutplan.sources.forms.labels import unit_in
from layoutplan.sources.forms.locate import Located, locate
from layoutplan.sources.forms.noted import Notes
from layoutplan.sources.forms.size_bands import BandRow, read_bands
from layoutplan.sources.sheets import Sheet

Value = str | float | bool | None

_ATTACHED: Final = "附设"
"""Sheets of classes attached to a school of another kind name it so."""


@dataclass(eq=False, kw_only=True)
class SchoolRead:
    """What one workbook says of one school.

    Parameters
    ----------
    file
        The workbook.
    family
        The family of forms.
    year
        The first year of the school year, 0 where the forms do not say.
    kind_in_sheets
        The kind of school in the names of the sheets.
    said
        Value to what the form says; None where its cell says nothing, absent where
        the form has no such cell.
    bands
        Classes by size and grade, with their stage.
    cells
        Where each value came from.
    missed
        Values whose labels were not found: name to form, label and stage.
    forms
        The forms that are there.
    notes
        What was noted.
    """

    file: Path
    family: Family
    year: int = 0
    kind_in_sheets: str = ""
    said: dict[str, Value] = field(default_factory=dict)
    bands: list[BandRow] = field(default_factory=list)
    cells: list[dict[str, str]] = field(default_factory=list)
    missed: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    forms: set[str] = field(default_factory=set)
    notes: Notes = field(default_factory=Notes)

    @property
    def label(self) -> str:
        """The code of the school, or its file where it has none."""
        known = self.said.get("school_id")
        return str(known) if known else self.file.name

    def number(self, name: str) -> float | None:
        """Give a value as a number, None where it is not known."""
        value = self.said.get(name)
        return float(value) if isinstance(value, (int, float)) else None

    def text(self, name: str) -> str:
        """Give a value as text, empty where it is not known."""
        value = self.said.get(name)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, kw_only=True)
class _Leaf:
    """A sheet that is a form."""

    sheet: Sheet
    page: Page
    kind: str


def is_form(sheet: str) -> bool:
    """Tell whether a sheet is a national school form.

    Parameters
    ----------
    sheet
        The name of the sheet.

    Returns
    -------
    bool
        Whether one of the families has it.

    Examples
    --------
    >>> is_form("教基1001_小学"), is_form("学校")
    (True, False)
    """
    return any(family(name).page_of(sheet) for name in FAMILIES)


def read_schools(sheets: Iterable[Sheet]) -> list[SchoolRead]:
    """Read the schools of one workbook.

    Parameters
    ----------
    sheets
        Its sheets.

    Returns
    -------
    list of SchoolRead
        One for each school and family; empty where no sheet is a form.
    """
    groups: dict[tuple[str, str], list[_Leaf]] = {}
    for sheet in sheets:
        for name in FAMILIES:
            match = family(name).page_of(sheet.name)
            if match:
                leaf = _Leaf(sheet=sheet, page=match[0], kind=match[1])
                groups.setdefault((name, match[1]), []).append(leaf)
    read = []
    for name in FAMILIES:
        parts = [_school(family(name), leaves) for key, leaves in groups.items() if key[0] == name]
        read += _joined(parts)
    return read


def _joined(parts: list[SchoolRead]) -> list[SchoolRead]:
    """Join what belongs to one school: sheets of attached classes, sheets without a code."""
    by_code: dict[str, SchoolRead] = {}
    rest: list[SchoolRead] = []
    for part in sorted(parts, key=lambda p: _ATTACHED in p.kind_in_sheets):
        code_of = part.text("school_id")
        if not code_of:
            rest.append(part)
        elif code_of in by_code:
            _join(by_code[code_of], part)
        else:
            by_code[code_of] = part
    if len(by_code) == 1:
        for part in rest:
            _join(next(iter(by_code.values())), part)
    return list(by_code.values()) or rest[:1]


def _join(whole: SchoolRead, part: SchoolRead) -> None:
    """Add the forms that only the part has."""
    if part.forms <= whole.forms:
        return
    new = {k: v for k, v in part.said.items() if whole.said.get(k) is None}
    whole.said |= new
    whole.bands += part.bands
    whole.cells += [c for c in part.cells if c["value"] in new]
    whole.missed = {k: v for k, v in {**part.missed, **whole.missed}.items() if k not in whole.said}
    whole.forms |= part.forms
    whole.notes.all += part.notes.all
    whole.year = whole.year or part.year


def _school(forms: Family, leaves: list[_Leaf]) -> SchoolRead:
    read = SchoolRead(
        file=leaves[0].sheet.file,
        family=forms,
        kind_in_sheets=leaves[0].kind,
        forms={leaf.page.form for leaf in leaves},
    )
    # The code of the school comes first, so that notes can name it.
    order = {page.form: i for i, page in enumerate(forms.pages)}
    for leaf in sorted(leaves, key=lambda leaf: order[leaf.page.form]):
        grid = grid_of(leaf.sheet)
        read.year = read.year or _year(grid.texts.values())
        _read_page(read, leaf, grid)
    read.year = read.year or _year_in_name(read.file)
    for name in read.said:
        read.missed.pop(name, None)
    return read


def _year(texts: Iterable[str]) -> int:
    told = words_of_forms()["school_year"]
    for text in texts:
        if "20" in text:
            match = re.search(told["pattern"], unicodedata.normalize("NFKC", text))
            if match and int(match[2]) == int(match[1]) + 1:
                return int(match[1])
    return 0


def _year_in_name(file: Path) -> int:
    names = (file.stem, file.parent.name)
    single = words_of_forms()["school_year"]["single"]
    found = (re.search(single, unicodedata.normalize("NFKC", name)) for name in names)
    return _year(names) or next((int(m[1]) for m in found if m), 0)


def _read_page(read: SchoolRead, leaf: _Leaf, grid: Grid) -> None:
    page = leaf.page
    shift = int(grid.framed) - int(read.family.cells_with_frame)
    for wanted in page.values:
        if read.said.get(wanted.name) is not None:
            continue
        cells = (cell_at(name, shifted=shift) for name in wanted.cells)
        expected = frozenset(c for c in cells if c is not None)
        found = locate(grid, wanted, sections=page.sections, expected=expected)
        if found.cells:
            _take(read, leaf, grid, wanted, found, expected)
            for label in found.lacking:
                read.notes.add(
                    "forms_part_missing",
                    read.label,
                    column=wanted.name,
                    sheet=_sheet(read, leaf),
                    label=label,
                )
        elif found.several:
            names = ", ".join(map(cell_name, found.several))
            read.notes.add(
                "forms_label_twice",
                read.label,
                column=wanted.name,
                sheet=_sheet(read, leaf),
                label=wanted.label,
                cells=names,
            )
        elif not wanted.optional and wanted.name not in read.missed:
            read.missed[wanted.name] = (page.form, wanted.label, wanted.stage)
    if page.bands is not None and not any(b["stage"] == page.stage for b in read.bands):
        rows, wrong = read_bands(grid, page.bands)
        read.bands += [{**row, "stage": page.stage} for row in rows]
        for cell in wrong:
            _not_number(read, leaf, "classes", page.bands.total[0], cell, grid.texts[cell])


def _take(
    read: SchoolRead,
    leaf: _Leaf,
    grid: Grid,
    wanted: Wanted,
    found: Located,
    expected: frozenset[Cell],
) -> None:
    parts: list[Value] = []
    for one in found.cells:
        text = grid.texts.get(one.cell, "")
        labels = [grid.texts[c] for c in one.labels]
        try:
            times = _times(read, leaf, wanted, grid, (one.cell, *one.labels))
            parts.append(_value(text, wanted.type, times))
        except NotNumberError:
            _not_number(read, leaf, wanted.name, wanted.label, one.cell, text)
            parts.append(None)
        read.cells.append(
            {
                "value": wanted.name,
                "file": str(read.file),
                "sheet": leaf.sheet.name,
                "row": str(one.cell[0]),
                "cell": cell_name(one.cell),
                "label": " × ".join(tidy(t) for t in labels),
                "text": text,
            }
        )
    read.said[wanted.name] = _together(parts)
    cells = {one.cell for one in found.cells}
    # Of several cells that are added up, the known workbook may not have had them all.
    differs = not expected <= cells if len(cells) > 1 else not cells <= expected
    if expected and differs:
        read.notes.add(
            "forms_cell_differs",
            read.label,
            column=wanted.name,
            severity="note",
            sheet=_sheet(read, leaf),
            label=wanted.label,
            expected=", ".join(cell_name(c) for c in sorted(expected)),
            found=", ".join(cell_name(c) for c in sorted(cells)),
        )


def _together(parts: list[Value]) -> Value:
    if len(parts) == 1:
        return parts[0]
    numbers = [float(p) for p in parts if isinstance(p, (int, float))]
    return sum(numbers) if numbers else None


def _value(text: str, kind: str, times: int) -> Value:
    if kind == "text":
        return tidy(text) if applies(text) else None
    if kind == "code":
        return code(text) or None
    if kind == "urban_rural":
        return urban_rural(text) or None
    if kind == "flag":
        return flag(text)
    if kind == "degrees":
        return degrees(text)
    value = number(text, times=times)
    if value is not None and kind == "count" and not value.is_integer():
        raise NotNumberError(text)
    return value


def _times(
    read: SchoolRead, leaf: _Leaf, wanted: Wanted, grid: Grid, cells: tuple[Cell, ...]
) -> int:
    """Give the factor of the unit: that of the form's own labels before the family's."""
    if not wanted.unit:
        return 1
    units: dict[str, int] = words_of_forms()["units"]
    value, *labels = cells
    row = [grid.texts.get((value[0], c), "") for c in sorted(grid.valueless_columns)]
    said = [unit_in(t) for t in (*(grid.texts[c] for c in labels), *row) if t]
    unit = next((u for u in said if u), wanted.unit)
    if unit != wanted.unit:
        read.notes.add(
            "forms_other_unit",
            read.label,
            column=wanted.name,
            severity="note",
            sheet=_sheet(read, leaf),
            label=wanted.label,
            unit=unit,
            usual=wanted.unit,
        )
    return units[unit]


def _sheet(read: SchoolRead, leaf: _Leaf) -> str:
    return f"{read.family.prefix}{leaf.page.form}"


def _not_number(
    read: SchoolRead, leaf: _Leaf, name: str, label: str, cell: Cell, text: str
) -> None:
    example = f"{read.file.name}, {leaf.sheet.name}, {cell_name(cell)}: {tidy(text)}"
    read.notes.add(
        "forms_not_number",
        read.label,
        column=name,
        sheet=_sheet(read, leaf),
        label=label,
        example=example,
    )
