"""Columns of foreign tables under our names.

A mapping says, per table, which of the file's columns holds which of ours::

    [villages]
    layer = "settlements"        # layer, sheet or file, where its name is another one
    coordinates = "gcj02"        # or "bd09", "as-is", "EPSG:4548": see `layoutplan.settle_places`
    pupils = "students_est"
    pupils_g13 = ["一年级", "二年级", "三年级"]                # added up
    lon = "东经"                  # the place: lon and lat, x and y, or wkt

    [schools]
    places = "capacity_est"
    [schools.kind]
    from = "level_guess"
    values = { unknown = "nine_year", not_compulsory = "-" }   # "-": leave the row out
    # otherwise = "primary"                                    # for all other values

Columns that already carry our name, or the Chinese or English heading of
`layoutplan.tables`, need no mapping.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from layoutplan.errors import DataError, OptionsError
from layoutplan.findings import Finding
from layoutplan.sources.headings.aliases import SHARED
from layoutplan.sources.headings.plain import plain_heading
from layoutplan.sources.values.numbers import added_up
from layoutplan.tables import COUNTY_TABLES, SERIES, Table

Mapped = Mapping[str, Mapping[str, object]]
"""Table -> our column -> the file's column, several to be added up, or from, values, otherwise."""

OF_TABLE: Final = ("layer", "coordinates")
"""Entries that speak of the whole table and of no column."""

LEAVE_OUT: Final = "-"
"""The value that leaves a row out."""


@dataclass(frozen=True, kw_only=True)
class MappedTables:
    """Tables under our column names, with what was noted on the way.

    Parameters
    ----------
    tables
        The tables by our names.
    findings
        Columns that were not found, rows that were left out.
    """

    tables: Mapping[str, pd.DataFrame]
    findings: tuple[Finding, ...]


def read_columns(path: str | Path, *, lang: str = "auto") -> Mapped:
    """Read a mapping of columns from a TOML file.

    Parameters
    ----------
    path
        The file.
    lang
        The language of messages.

    Returns
    -------
    Mapping
        Table -> our column -> the file's column.

    Raises
    ------
    DataError
        If the file is missing or no TOML.
    OptionsError
        If it names a table or column that does not exist.
    """
    path = Path(path)
    try:
        mapping = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        found = Finding(code="no_such_path", values={"path": str(path)})
        raise DataError(found, where=str(path), lang=lang) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        found = Finding(code="not_toml", values={"path": path.name, "why": str(error)})
        raise DataError(found, where=str(path), lang=lang) from None
    check_columns(mapping, where=str(path), lang=lang)
    return mapping


def check_columns(columns: Mapped, *, where: str = "", lang: str = "auto") -> None:
    """Refuse a mapping that names unknown tables or columns.

    Parameters
    ----------
    columns
        The mapping.
    where
        The file it comes from.
    lang
        The language of the message.

    Raises
    ------
    OptionsError
        With everything unknown at once.

    Examples
    --------
    >>> check_columns({"villages": {"pupils": "students"}})
    """
    found = []
    for name, entries in columns.items():
        if name not in COUNTY_TABLES or not isinstance(entries, Mapping):
            known = ", ".join(COUNTY_TABLES)
            found.append(Finding(code="unknown_table", values={"name": name, "known": known}))
            continue
        table = COUNTY_TABLES[name]
        for column, source in entries.items():
            named = column in (*OF_TABLE, *SHARED) or column in table or SERIES.match(column)
            if not named or not _is_source(source):
                known = ", ".join(c.name for c in table.columns)
                found.append(
                    Finding(
                        code="unknown_column", table=name, column=column, values={"known": known}
                    )
                )
    if found:
        raise OptionsError(found, where=where, lang=lang)


def _is_source(entry: object) -> bool:
    if isinstance(entry, Mapping):
        return isinstance(entry.get("from"), str)
    if isinstance(entry, str):
        return True
    return (
        isinstance(entry, list | tuple) and bool(entry) and all(isinstance(e, str) for e in entry)
    )


def sources(entry: object) -> tuple[str, ...]:
    """Give the headings that an entry of a mapping names.

    Parameters
    ----------
    entry
        A heading, a list of headings, or a mapping with ``from``.

    Returns
    -------
    tuple of str
        The headings.

    Examples
    --------
    >>> sources({"from": "类别", "values": {}})
    ('类别',)
    """
    if isinstance(entry, str):
        return (entry,)
    if isinstance(entry, Mapping):
        return sources(entry.get("from", ""))
    return tuple(map(str, entry)) if isinstance(entry, Sequence) else ()


def apply_columns(frames: Mapping[str, pd.DataFrame], columns: Mapped) -> MappedTables:
    """Bring tables under our column names.

    Parameters
    ----------
    frames
        The tables as read.
    columns
        The mapping; may be empty.

    Returns
    -------
    MappedTables
        Copies with our names; columns that are not ours stay as they are.
    """
    check_columns(columns)
    tables, findings = {}, []
    for name, frame in frames.items():
        mapped, found = _apply(frame, COUNTY_TABLES[name], columns.get(name, {}))
        tables[name] = mapped
        findings += found
    return MappedTables(tables=tables, findings=tuple(findings))


def _apply(
    frame: pd.DataFrame, table: Table, entries: Mapping[str, object]
) -> tuple[pd.DataFrame, list[Finding]]:
    frame, findings = _with_geometry_name(_with_ids(frame.copy())), list[Finding]()
    taken: dict[str, pd.Series] = {}
    keep = pd.Series(data=True, index=frame.index)
    used = set[str]()
    for column, entry in entries.items():
        # A place was made of its columns when the file was read.
        if column in (*OF_TABLE, *SHARED):
            continue
        named = sources(entry)
        missing = [n for n in named if n not in frame]
        findings += [_missing(frame, table, source, column) for source in missing]
        if missing:
            continue
        # A column under a name of ours is that one as well, whatever else is made of it.
        used |= {n for n in named if n not in table}
        values = frame[named[0]] if len(named) == 1 else added_up(frame[list(named)])
        if isinstance(entry, Mapping):
            values = _translated(values, entry)
            left = values.eq(LEAVE_OUT)
            keep &= ~left
            if left.any():
                findings.append(_left_out(frame, table, named[0], left))
        taken[column] = values
    others = frame.drop(columns=[c for c in {*taken, *used} if c in frame])
    renamed, names = _renamed(others, table, set(taken), findings)
    result = renamed.assign(**taken)[keep.to_numpy()]
    return result[_in_order(frame, names, entries, list(result.columns))], findings


def _in_order(
    frame: pd.DataFrame,
    names: Mapping[str, str],
    entries: Mapping[str, object],
    have: list[str],
) -> list[str]:
    """Keep the order in which the columns stand in the file."""
    ours = dict(names)
    for column, entry in entries.items():
        ours |= {source: column for source in sources(entry)[:1] if column in have}
    order = [ours.get(c, c) for c in frame.columns]
    return [c for c in dict.fromkeys([*order, *have]) if c in have]


def _missing(frame: pd.DataFrame, table: Table, source: str, ours: str) -> Finding:
    have = ", ".join(map(str, frame.columns))
    return Finding(
        code="mapped_column_missing",
        table=table.name,
        column=source,
        values={"ours": ours, "have": have},
    )


def _translated(values: pd.Series, entry: Mapping[str, object]) -> pd.Series:
    words = entry.get("values", {})
    text = values.astype("str").where(values.notna(), "")
    if not isinstance(words, Mapping):
        return text
    known = {str(k): str(v) for k, v in words.items()}
    other = entry.get("otherwise")
    return text.map(lambda v: known.get(v, v if other is None else str(other))).astype("str")


def _left_out(frame: pd.DataFrame, table: Table, source: str, left: pd.Series) -> Finding:
    ids = frame[table.key] if table.key in frame else frame.index.to_series()
    return Finding(
        code="rows_left_out",
        severity="note",
        table=table.name,
        column=source,
        ids=tuple(ids[left].astype("str").head(20)),
        rows=int(left.sum()),
    )


def _renamed(
    frame: pd.DataFrame, table: Table, taken: set[str], findings: list[Finding]
) -> tuple[pd.DataFrame, dict[str, str]]:
    ours = {}
    present = set(map(str, frame.columns)) | taken
    for column in table.columns:
        if column.name in present:
            continue
        wanted = {plain_heading(column.zh), plain_heading(column.en), plain_heading(column.name)}
        # A column that carries one of our names is that one, whatever its heading reads like.
        free = [c for c in frame.columns if c not in ours and str(c) not in table]
        match = [c for c in free if plain_heading(c) in wanted]
        if len(match) > 1:
            values = {"first": match[0], "second": match[1]}
            findings.append(
                Finding(code="two_columns", table=table.name, column=column.name, values=values)
            )
        if match:
            ours[match[0]] = column.name
    return frame.rename(columns=ours), ours


def _with_ids(frame: pd.DataFrame) -> pd.DataFrame:
    """Make a column of a named index before columns are taken: all of them have its rows."""
    named = frame.index.name and frame.index.name not in frame
    return frame.reset_index() if named else frame


def _with_geometry_name(frame: pd.DataFrame) -> pd.DataFrame:
    if not isinstance(frame, gpd.GeoDataFrame):
        return frame
    active = frame.active_geometry_name
    if active is None:
        return pd.DataFrame(frame)
    if active != "geometry":
        frame = frame.rename_geometry("geometry")
    named: pd.DataFrame = frame
    return named
