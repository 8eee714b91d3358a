"""Rows of a province that belong to none of its counties: they are named, never passed over."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd
import pyogrio

from layoutplan.findings import Finding
from layoutplan.regions.listing import (
    CODE,
    NO_COUNTY,
    code_expression,
    dataset_table,
    is_parted,
    layer_of,
)
from layoutplan.regions.noun import CountyPart
from layoutplan.sources.columns import Mapped
from layoutplan.sources.headings.learned import learn
from layoutplan.tables import COUNTY_TABLES, Table

_ANYWHERE = frozenset({"roads"})
"""Tables whose rows need no county: they are found by where they lie."""


def left_out(parts: Sequence[CountyPart], *, columns: Mapped | None = None) -> tuple[Finding, ...]:
    """Name the rows of a shared source that belong to none of its counties.

    Parameters
    ----------
    parts
        The counties of the source.
    columns
        The mapping of foreign columns.

    Returns
    -------
    tuple of Finding
        One for each table with such rows: how many, their first ids, and for villages how
        many pupils; one for each table that does not tell counties at all. None where every
        county has a file of its own.
    """
    shared = [p for p in parts if p.kind != "file"]
    if not shared:
        return ()
    path, kind, codes = shared[0].path, shared[0].kind, [p.code for p in shared]
    given = columns or {}
    look = partial(_of_layer, columns=given) if kind == "layers" else _of_dataset
    found = []
    for name, declared in COUNTY_TABLES.items():
        told = look(path, name, codes)
        if told is None:
            found.append(Finding(code="province_table_without_county", table=name))
        elif len(told):
            found.append(_named(declared, told, given.get(name, {})))
    return tuple(found)


def _of_layer(
    path: Path, name: str, codes: Sequence[str], *, columns: Mapped
) -> pd.DataFrame | None:
    """Read the rows of a layer that are no county's; None where it tells no county."""
    layer = layer_of(path, name)
    if layer is None:
        return pd.DataFrame()
    told = code_expression(path, layer, name, columns=columns)
    if told is None:
        return pd.DataFrame() if name in _ANYWHERE else None
    listed = ", ".join("'" + c.replace("'", "''") + "'" for c in codes)
    rows: pd.DataFrame = pyogrio.read_dataframe(
        path, layer=layer, where=f"{told} IS NULL OR {told} NOT IN ({listed})", read_geometry=False
    )
    return rows


def _of_dataset(path: Path, name: str, codes: Sequence[str]) -> pd.DataFrame | None:
    """Read the rows of a table that are no county's; None where it tells no county."""
    import pyarrow as pa  # noqa: PLC0415 # takes time
    import pyarrow.dataset as pads  # noqa: PLC0415

    place = dataset_table(path, name)
    if place is None:
        return pd.DataFrame()
    parted = None
    if is_parted(place):
        text = pa.schema([(CODE, pa.string())])
        parted = pads.HivePartitioning(text, null_fallback=NO_COUNTY)
    table = pads.dataset(place, format="parquet", partitioning=parted)
    if CODE not in table.schema.names:
        return None
    known = pa.array(codes).cast(table.schema.field(CODE).type)
    code = pads.field(CODE)
    plain = [f.name for f in table.schema if f.name != "geometry"]
    rows: pd.DataFrame = table.to_table(
        columns=plain, filter=code.is_null() | ~code.isin(known)
    ).to_pandas()
    return rows


def _named(declared: Table, rows: pd.DataFrame, given: Mapping[str, object]) -> Finding:
    headings = [str(c) for c in rows.columns]
    entries = learn(headings, declared, given=given).entries
    key = f"{declared.name.removesuffix('s')}_id"
    heading = entries.get(key, entries.get("village_id"))
    ids = rows[heading].dropna().astype("str").tolist() if isinstance(heading, str) else []
    values: dict[str, object] = {}
    if declared.name == "villages":
        values = {"pupils": int(sum(_sums(rows, entries)))}
    return Finding(
        code="province_villages_left_out" if values else "province_rows_left_out",
        table=declared.name,
        ids=tuple(sorted(ids)),
        rows=len(rows),
        values=values,
    )


def _sums(rows: pd.DataFrame, entries: Mapping[str, object]) -> Iterator[float]:
    for column, heading in entries.items():
        if column.startswith("pupils_") and isinstance(heading, str):
            yield float(pd.to_numeric(rows[heading], errors="coerce").sum())
