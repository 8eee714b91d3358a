"""A delivery: files as a bureau hands them over, their tables found, their columns known."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.sources.columns import Mapped, sources
from layoutplan.sources.files import Part, fields_of, parts_of, read_layer, rows_of
from layoutplan.sources.forms.noun import SchoolForms
from layoutplan.sources.forms.reading import forms_beside
from layoutplan.sources.forms.workbook import is_form
from layoutplan.sources.headings.aliases import SHARED
from layoutplan.sources.headings.learned import Learned, learn
from layoutplan.sources.headings.plain import plain_heading
from layoutplan.sources.headings.recognised import recognise
from layoutplan.sources.headings.remarks import remarks
from layoutplan.sources.headings.rows import Headed, headed
from layoutplan.sources.left_over import parts_unused
from layoutplan.sources.located import located
from layoutplan.tables import COUNTY_TABLES
from layoutplan.words import LANGUAGES, language, say


@dataclass(frozen=True, eq=False, kw_only=True)
class Delivery:
    """Tables as delivered, with what their headings mean.

    Parameters
    ----------
    tables
        The tables by our names, under their own headings; places as geometry.
    columns
        Which heading holds which of our columns, as given and as learned.
    units
        Table -> the unit that stands above it, where one does.
    unused
        Table -> headings that mean nothing here.
    findings
        What was noted: every guess, and what was found in the files.
    """

    tables: Mapping[str, pd.DataFrame]
    columns: Mapped
    units: Mapping[str, str]
    unused: Mapping[str, tuple[str, ...]]
    findings: tuple[Finding, ...]


def read_tables(
    path: Path, *, columns: Mapped, crs: str = "", lang: str = "auto"
) -> dict[str, pd.DataFrame]:
    """Read the tables of a county from a file or folder, under their own headings.

    Parameters
    ----------
    path
        A GeoPackage, a folder or an Excel workbook.
    columns
        The mapping of columns, which may name the layer of a table.
    crs
        The coordinate reference system of tables that do not name one.
    lang
        The language of messages.

    Returns
    -------
    dict of str to pandas.DataFrame
        The tables found, by our names; none is invented.

    Raises
    ------
    DataError
        If the path does not exist or a file cannot be read, or if no or more
        than one part of it could be the same table.
    """
    return dict(read_delivery(path, columns=columns, crs=crs, lang=lang).tables)


def read_delivery(path: Path, *, columns: Mapped, crs: str = "", lang: str = "auto") -> Delivery:
    """Read the tables of a county and learn what their headings mean.

    Parameters
    ----------
    path
        A GeoPackage, a folder or an Excel workbook.
    columns
        What is known of layers and columns; it is kept.
    crs
        The coordinate reference system of tables that do not name one.
    lang
        The language of messages.

    Returns
    -------
    Delivery
        The tables. The files are only read.

    Raises
    ------
    DataError
        If the path does not exist or a file cannot be read, or if no or more
        than one part of it could be the same table.
    """
    parts = (p for p in parts_of(path, lang=lang) if not is_form(p.layer))
    opened = [_Opened(part, columns, lang) for part in parts]
    forms: SchoolForms | None = None
    try:
        chosen, guessed = _chosen(opened, columns, path=path, lang=lang)
    except DataError as error:
        # A folder without a schools table may hold the forms of its schools.
        only = {(f.code, f.table) for f in error.findings} == {("missing_table", "schools")}
        forms = forms_beside(path, lang=lang) if only else None
        if forms is None:
            raise
        rest = {"schools"}
        chosen, guessed = _chosen(opened, columns, path=path, lang=lang, elsewhere=rest)
    tables, learned, units = dict[str, pd.DataFrame](), dict[str, Learned](), dict[str, str]()
    findings = [*_file_findings(opened, list(chosen.values()))]
    for name, one in chosen.items():
        table, given = COUNTY_TABLES[name], dict(columns.get(name, {}))
        frame = one.frame(crs=crs)
        shaped = isinstance(frame, gpd.GeoDataFrame)
        headings = [str(c) for c in frame.columns if not shaped or c != frame.geometry.name]
        known = learn(headings, table, given=given)
        placing = {c: e for c, e in known.entries.items() if c in SHARED and not shaped}
        frame, found = located(frame, one.part, table, entries=placing, crs=crs, lang=lang)
        if name in guessed:
            known = _with_layer(known, _unique(one, opened))
            findings.append(_guess(name, one.part))
        tables[name], learned[name] = frame, known
        units[name] = one.headed.unit if one.headed else ""
        used = [h for e in known.entries.values() for h in sources(e) if h in headings]
        findings += remarks(used, table)
        findings += [*known.findings, *found, *_guesses(name, known, sheet=one.headed is not None)]
    if forms is not None:
        tables["schools"], learned["schools"], units["schools"] = forms.schools, _OURS, ""
        findings += [_from_forms(forms), *forms.findings]
    if forms is None:
        used_up = [*chosen.values(), *(one for one in opened if one.part.layer in _NOTES)]
        left = [one for one in opened if one not in used_up and not one.empty()]
        findings += parts_unused({_unique(one, opened): one.headings() for one in left})
    return Delivery(
        tables=tables,
        columns={name: _kept(k.entries, tables[name]) for name, k in learned.items()},
        units=units,
        unused={name: known.unused for name, known in learned.items()},
        findings=tuple(findings),
    )


_NOTES: Final = frozenset(say("template.notes", lang) for lang in LANGUAGES)
"""The sheets of a template that explain it."""


class _Opened:
    """A part with its headings, read no further than asked."""

    def __init__(self, part: Part, columns: Mapped, lang: str) -> None:
        self.part, self._lang = part, lang
        known = {h for entries in columns.values() for e in entries.values() for h in sources(e)}
        self.headed: Headed | None = headed(part.sheet, known=known) if part.sheet else None

    def headings(self) -> tuple[tuple[str, ...], str]:
        """Give the headings and the type of geometry."""
        if self.headed is not None:
            return tuple(map(str, self.headed.frame.columns)), ""
        return fields_of(self.part, lang=self._lang)

    def empty(self) -> bool:
        """Tell whether there are no rows."""
        if self.headed is not None:
            return self.headed.frame.empty
        return rows_of(self.part, lang=self._lang) == 0

    def frame(self, *, crs: str) -> pd.DataFrame:
        """Read the part."""
        if self.headed is not None:
            return self.headed.frame
        return read_layer(self.part, crs=crs, lang=self._lang)


def _chosen(
    opened: list[_Opened],
    columns: Mapped,
    *,
    path: Path,
    lang: str,
    elsewhere: Collection[str] = (),
) -> tuple[dict[str, _Opened], set[str]]:
    """Choose the part of each table: by its name, else by its headings."""
    chosen, found, missing = dict[str, _Opened](), list[Finding](), list[str]()
    for name in (n for n in COUNTY_TABLES if n not in elsewhere):
        matches = _named(opened, name, columns)
        if len(matches) > 1:
            found.append(_two(name, matches))
        elif matches:
            chosen[name] = matches[0]
        else:
            missing.append(name)
    free = {str(i): one for i, one in enumerate(opened) if one not in chosen.values()}
    wanted = [n for n in missing if "layer" not in columns.get(n, {})]
    guessed = set[str]()
    if free and wanted and not found:
        like = recognise({i: one.headings() for i, one in free.items()}, wanted)
        for name, parts in like.items():
            if len(parts) > 1:
                found.append(_two(name, [free[i] for i in parts]))
            else:
                chosen[name] = free[parts[0]]
                guessed.add(name)
    for name in missing:
        layer = columns.get(name, {}).get("layer")
        if name not in chosen and (COUNTY_TABLES[name].required or layer):
            found.append(_missing(name, layer, opened))
    if found:
        spoken = language(lang, [str(path), *(one.part.label for one in opened)])
        raise DataError(found, where=str(path), lang=spoken)
    return {n: chosen[n] for n in COUNTY_TABLES if n in chosen}, guessed


_OURS: Final = Learned(entries={}, guesses=(), unused=(), findings=())
"""What is learned of a table that stands under our names already."""


def _from_forms(forms: SchoolForms) -> Finding:
    values = {"files": forms.provenance["file"].nunique()}
    rows = len(forms.schools)
    return Finding(
        code="forms_as_schools", severity="note", table="schools", rows=rows, values=values
    )


def _named(opened: list[_Opened], name: str, columns: Mapped) -> list[_Opened]:
    table, layer = COUNTY_TABLES[name], columns.get(name, {}).get("layer")
    wanted = {plain_heading(t) for t in (name, table.zh, table.en)}
    if isinstance(layer, str):
        wanted = {plain_heading(layer)}
    named = [one for one in opened if plain_heading(one.part.label) in wanted]
    named = named or [one for one in opened if plain_heading(_full(one)) in wanted]
    # An empty table, as of a template, does not stand in the way of a filled one.
    filled = [one for one in named if not one.empty()] if len(named) > 1 else []
    return filled or named


def _full(one: _Opened) -> str:
    return f"{one.part.file.name} {one.part.layer}".strip()


def _unique(one: _Opened, opened: list[_Opened]) -> str:
    """Give the label of a part, with its file where another one carries the same."""
    alike = [o for o in opened if plain_heading(o.part.label) == plain_heading(one.part.label)]
    return one.part.label if len(alike) == 1 else _full(one)


def _two(name: str, matches: list[_Opened]) -> Finding:
    which = ", ".join(f"{o.part.file.name} {o.part.layer}".strip() for o in matches)
    return Finding(code="two_tables", table=name, values={"which": which})


def _missing(name: str, layer: object, opened: list[_Opened]) -> Finding:
    have = ", ".join(one.part.label for one in opened)
    wanted = str(layer) if layer else f"{name} / {COUNTY_TABLES[name].zh}"
    return Finding(code="missing_table", table=name, values={"have": have, "wanted": wanted})


def _file_findings(opened: list[_Opened], chosen: list[_Opened]) -> Iterator[Finding]:
    """Give what was found in the sheets that are used and in their files."""
    files = {one.part.file for one in chosen}
    for one in opened:
        if one.part.sheet is None or one.part.file not in files:
            continue
        found = one.part.sheet.findings
        yield from (found if one in chosen else _of_file(found))
        if one in chosen and one.headed is not None:
            yield from one.headed.findings


def _of_file(found: tuple[Finding, ...]) -> Iterator[Finding]:
    for one in found:
        if "sheet" not in dict(one.values):
            yield one


def _with_layer(known: Learned, label: str) -> Learned:
    return Learned(
        entries={"layer": label, **known.entries},
        guesses=known.guesses,
        unused=known.unused,
        findings=known.findings,
    )


def _guess(name: str, part: Part) -> Finding:
    values = {"part": f"{part.file.name} {part.layer}".strip()}
    return Finding(code="table_guessed", severity="note", table=name, rows=0, values=values)


def _guesses(name: str, known: Learned, *, sheet: bool) -> Iterator[Finding]:
    if known.guesses:
        values = {"pairs": ", ".join(known.guesses)}
        yield Finding(
            code="headings_guessed",
            severity="note",
            table=name,
            rows=len(known.guesses),
            values=values,
        )
    # Layers from maps carry many fields of their own; a bureau's sheet was made for this.
    if known.unused and sheet:
        yield Finding(code="headings_unused", severity="note", table=name, ids=known.unused)


def _kept(entries: Mapping[str, object], frame: pd.DataFrame) -> dict[str, object]:
    """Leave out places that are geometry already."""
    shaped = isinstance(frame, gpd.GeoDataFrame)
    used = {c: e for c, e in entries.items() if c in SHARED}
    gone = {c for c, e in used.items() if shaped and any(h in frame for h in sources(e))}
    return {c: e for c, e in entries.items() if c not in gone}
