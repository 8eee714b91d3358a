"""Whether tables keep what `layoutplan.tables` declares, all breaches at once."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from layoutplan.errors import InternalError
from layoutplan.findings import Finding
from layoutplan.tables import BANDS, COUNTY_TABLES, SERIES, Column, Table
from layoutplan.words import LANGUAGES, catalogue

_MOST_DEGREES = np.array([180.0, 90.0, 180.0, 90.0])
"""Longitudes and latitudes end here."""

_BAND_COLUMNS = tuple(f"pupils_{band}" for band in BANDS)

_GROUPED = r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?"
"""Numbers with commas between thousands; a comma elsewhere may be a slip."""

_OUTSIDE_SHARE = 0.1
"""A school may lie outside the box of villages and roads by this share of its diagonal."""


def validate(
    frames: Mapping[str, pd.DataFrame],
) -> tuple[dict[str, pd.DataFrame], tuple[Finding, ...]]:
    """Check every table and the references between them.

    Parameters
    ----------
    frames
        Tables under our column names.

    Returns
    -------
    tuple
        The tables with their types set, indexed by id, and the findings.
    """
    tables, findings = dict[str, pd.DataFrame](), list[Finding]()
    for name, declared in COUNTY_TABLES.items():
        if name in frames:
            table, found = _table(frames[name], declared)
            if len(table) or found:
                tables[name] = table
            findings += found
        elif declared.required:
            findings.append(_missing_table(declared, frames))
    if not any(f.severity == "error" for f in findings):
        findings += _between(tables)
    return tables, tuple(findings)


def one_crs(
    tables: Mapping[str, pd.DataFrame],
) -> tuple[dict[str, pd.DataFrame], CRS, tuple[Finding, ...]]:
    """Bring all geometry into the coordinate reference system of the villages.

    Parameters
    ----------
    tables
        Checked tables.

    Returns
    -------
    tuple
        The tables, the system, and a note for each table that was converted.
    """
    crs = tables["villages"].crs
    agreed, notes = {}, []
    for name, table in tables.items():
        agreed[name] = table
        if isinstance(table, gpd.GeoDataFrame) and table.crs != crs:
            agreed[name] = table.to_crs(crs)
            values = {"was": table.crs.to_string(), "now": crs.to_string()}
            notes.append(Finding(code="crs_converted", severity="note", table=name, values=values))
    return agreed, CRS(crs), tuple(notes)


def _missing_table(declared: Table, frames: Mapping[str, pd.DataFrame]) -> Finding:
    wanted = f"{declared.name} / {declared.zh}"
    return Finding(
        code="missing_table",
        table=declared.name,
        values={"have": ", ".join(frames), "wanted": wanted},
    )


def _table(frame: pd.DataFrame, declared: Table) -> tuple[pd.DataFrame, list[Finding]]:
    if declared.key and declared.key not in frame and frame.index.name == declared.key:
        frame = frame.reset_index()
    if frame.empty and not declared.required:
        return frame, []
    missing = [c for c in declared.columns if c.required and c.name not in frame]
    findings = [
        Finding(
            code="missing_geometry" if c.type == "geometry" else "missing_column",
            table=declared.name,
            column=c.name,
            values={
                "have": ", ".join(map(str, frame.columns)),
                "heading": f"{c.name} / {c.zh}",
            },
        )
        for c in missing
    ]
    if findings:
        return frame, findings
    if frame.empty:
        return frame, [Finding(code="empty_table", table=declared.name)]
    frame = _without_blank_columns(frame, declared)
    frame, findings = _keyed(frame, declared)
    findings += _incomplete_bands(frame, declared)
    if declared.geometries:
        frame, found = _geometry(frame, declared)
        findings += found
    for column in (*declared.columns, *_series(frame, declared)):
        if column.name in frame and column.type not in ("id", "geometry"):
            values, found = _typed(frame[column.name], column, declared)
            frame = frame.assign(**{column.name: values})
            findings += found
    return frame, findings


def _series(frame: pd.DataFrame, declared: Table) -> list[Column]:
    """Declare the columns of a series, such as age_6 or births_2024, that a table holds."""
    if declared.name != "villages":
        return []
    names = [str(c) for c in frame.columns if SERIES.match(str(c))]
    return [
        Column(name=n, type="amount", zh=n, en=n, unit="persons", filled=n.startswith("age"))
        for n in names
    ]


def _without_blank_columns(frame: pd.DataFrame, declared: Table) -> pd.DataFrame:
    """Leave out optional columns that no row fills, as templates have them."""
    optional = [c.name for c in declared.columns if not c.required and c.name in frame]
    return frame.drop(columns=[c for c in optional if frame[c].isna().all()])


def _incomplete_bands(frame: pd.DataFrame, declared: Table) -> list[Finding]:
    """Find pupils given for some bands only: the others would be lost."""
    wanted = [c.name for c in declared.columns if c.name in _BAND_COLUMNS]
    have = [c for c in wanted if c in frame]
    if not have or len(have) == len(wanted):
        return []
    missing = ", ".join(c for c in wanted if c not in have)
    values = {"missing": missing}
    return [Finding(code="bands_incomplete", table=declared.name, rows=0, values=values)]


def _text(values: pd.Series) -> pd.Series:
    """Give values as text: whole numbers without a decimal point, blanks as missing."""
    whole = values.map(lambda v: str(int(v)) if isinstance(v, float) and v.is_integer() else v)
    text = whole.astype("str").str.strip()
    return text.where(values.notna() & text.ne(""), None).astype("str")


def _keyed(frame: pd.DataFrame, declared: Table) -> tuple[pd.DataFrame, list[Finding]]:
    if not declared.key:
        label = next((c for c in ("road_id",) if c in frame), None)
        if label and frame[label].notna().all() and frame[label].is_unique:
            return frame.set_index(_text(frame[label]).rename("road_label")), []
        labels = [f"{declared.name[0]}{i:06d}" for i in range(1, len(frame) + 1)]
        return frame.set_index(pd.Index(labels, name="row", dtype="str")), []
    ids, findings = _text(frame[declared.key]), []
    rows = [f"#{i}" for i in range(1, len(frame) + 1)]
    blank = ids.isna().to_numpy()
    if blank.any():
        at = tuple(np.asarray(rows)[blank])
        findings.append(Finding(code="blank_id", table=declared.name, column=declared.key, ids=at))
    spaced = ids[ids.notna() & ids.str.contains(r"\s", regex=True, na=False)]
    if len(spaced) and declared.key == "school_id":
        # Lists of codes, such as the receivers of a school, are separated by blanks.
        findings.append(
            Finding(code="blank_in_id", table=declared.name, column=declared.key, ids=tuple(spaced))
        )
    twice = ids[ids.notna() & ids.duplicated(keep=False)]
    if len(twice):
        findings.append(
            Finding(
                code="duplicate_id",
                table=declared.name,
                column=declared.key,
                ids=tuple(twice.unique()),
                rows=len(twice),
            )
        )
    labels = pd.Index(ids.where(~blank, pd.Series(rows, index=ids.index)), name=declared.key)
    return frame.drop(columns=declared.key).set_index(labels), findings


def _geometry(frame: pd.DataFrame, declared: Table) -> tuple[pd.DataFrame, list[Finding]]:
    if not isinstance(frame, gpd.GeoDataFrame) or frame.geometry.name != "geometry":
        try:
            frame = gpd.GeoDataFrame(frame, geometry="geometry")
        except (TypeError, ValueError):
            return frame, [
                Finding(
                    code="not_geometry", table=declared.name, column="geometry", rows=len(frame)
                )
            ]
    findings = []
    shapes = frame.geometry.to_numpy()
    nothing = np.asarray(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if nothing.any() and declared.name == "roads" and not nothing.all():
        ids = tuple(frame.index[nothing].astype(str))
        findings.append(
            Finding(code="empty_road", severity="warning", table=declared.name, ids=ids)
        )
        frame, shapes = frame[~nothing], shapes[~nothing]
    elif nothing.any():
        ids = tuple(frame.index[nothing].astype(str))
        findings.append(Finding(code="empty_geometry", table=declared.name, ids=ids))
    filled = ~np.asarray(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    kinds = pd.Series(frame.geom_type.to_numpy(), index=frame.index).where(filled)
    wrong = kinds[filled & ~kinds.isin(declared.geometries).to_numpy()]
    if len(wrong):
        findings.append(
            Finding(
                code="wrong_geometry",
                table=declared.name,
                ids=tuple(wrong.index.astype(str)),
                values={
                    "found": ", ".join(sorted(set(wrong))),
                    "wanted": ", ".join(declared.geometries),
                },
            )
        )
    findings += _coordinates(frame, declared)
    return frame, findings


def _coordinates(frame: gpd.GeoDataFrame, declared: Table) -> list[Finding]:
    if frame.crs is None:
        return [Finding(code="no_crs", table=declared.name)]
    try:
        geographic = CRS(frame.crs).is_geographic
    except CRSError:
        return [Finding(code="no_crs", table=declared.name)]
    box = frame.bounds.to_numpy()
    far = np.zeros(len(frame), dtype=bool)
    if geographic:
        far = (np.abs(box) > _MOST_DEGREES).any(axis=1)
    filled = ~(frame.geometry.isna() | frame.geometry.is_empty).to_numpy()
    far |= filled & ~np.isfinite(box).all(axis=1)
    if not far.any():
        return []
    ids = tuple(frame.index[far].astype(str))
    values = {"crs": frame.crs.to_string()}
    return [Finding(code="coordinates_out_of_range", table=declared.name, ids=ids, values=values)]


def _typed(values: pd.Series, column: Column, declared: Table) -> tuple[pd.Series, list[Finding]]:
    text = _text(values)
    if column.type == "category":
        typed, wrong = _category(text, column)
        found = _breach("unknown_value", wrong, values, column, declared, known=column.options)
    elif column.type == "text":
        typed, found = text, []
    else:
        typed, found = _number(values, text, column, declared)
    if column.filled or column.name.startswith("pupils"):
        found += _breach("blank_value", text.isna(), values, column, declared)
    return typed, found


def _category(text: pd.Series, column: Column) -> tuple[pd.Series, pd.Series]:
    spoken = {
        catalogue(lang)[f"{column.name}.{value}"]: value
        for lang in LANGUAGES
        for value in column.options
    }
    typed = text.map(lambda v: v if v in column.options else spoken.get(v), na_action="ignore")
    return typed.astype("str"), text.notna() & typed.isna()


def _number(
    values: pd.Series, text: pd.Series, column: Column, declared: Table
) -> tuple[pd.Series, list[Finding]]:
    grouped = text.str.fullmatch(_GROUPED, na=False).astype(bool)
    plain = text.where(~grouped, text.str.replace(",", ""))
    number = pd.to_numeric(plain, errors="coerce").astype(float)
    number = number.where(np.isfinite(number))
    found = _breach("not_a_number", text.notna() & number.isna(), values, column, declared)
    if column.type in ("count", "amount"):
        found += _breach("negative", number < 0, values, column, declared)
    if column.type == "count":
        found += _breach("not_whole", number.notna() & (number % 1 != 0), values, column, declared)
    return number, found


def _breach(
    code: str,
    where: pd.Series,
    values: pd.Series,
    column: Column,
    declared: Table,
    *,
    known: tuple[str, ...] = (),
) -> list[Finding]:
    if not where.any():
        return []
    at = where.to_numpy()
    examples = ", ".join(sorted({str(v) for v in values[at].head(50)})[:5])
    return [
        Finding(
            code=code,
            table=declared.name,
            column=column.name,
            ids=tuple(values.index[at].astype(str)[:50]),
            rows=int(at.sum()),
            values={"examples": examples, "known": ", ".join(known)},
        )
    ]


def _between(tables: Mapping[str, pd.DataFrame]) -> list[Finding]:
    findings = []
    for name, table in tables.items():
        for column in COUNTY_TABLES[name].columns:
            if column.of and column.of in tables and column.name in table:
                findings += _references(table, tables[column.of], name, column)
    findings += _same_site_ids(tables)
    findings += _outside(tables)
    return findings


def _references(table: pd.DataFrame, of: pd.DataFrame, name: str, column: Column) -> list[Finding]:
    given = table[column.name]
    unknown = given.notna() & ~given.isin(of.index)
    if not unknown.any():
        return []
    return [
        Finding(
            code="unknown_reference",
            table=name,
            column=column.name,
            ids=tuple(given[unknown].unique().astype(str)[:50]),
            rows=int(unknown.sum()),
            values={"of": column.of},
        )
    ]


def _same_site_ids(tables: Mapping[str, pd.DataFrame]) -> list[Finding]:
    if "candidates" not in tables:
        return []
    both = tables["candidates"].index.intersection(tables["schools"].index)
    if both.empty:
        return []
    ids = tuple(both.astype(str))
    return [Finding(code="site_twice", table="candidates", column="school_id", ids=ids)]


def _outside(tables: Mapping[str, pd.DataFrame]) -> list[Finding]:
    crs = tables["villages"].crs
    boxes = [
        shapely.bounds(tables[t].geometry.to_crs(crs).to_numpy()) for t in ("villages", "roads")
    ]
    box = np.vstack(boxes)
    low, high = np.nanmin(box[:, :2], axis=0), np.nanmax(box[:, 2:], axis=0)
    slack = _OUTSIDE_SHARE * float(np.hypot(*(high - low))) + 1e-9
    findings = []
    road_low, road_high = np.nanmin(boxes[1][:, :2], axis=0), np.nanmax(boxes[1][:, 2:], axis=0)
    around = _OUTSIDE_SHARE * float(np.hypot(*(road_high - road_low)))
    far = ((boxes[0][:, :2] < road_low - around) | (boxes[0][:, 2:] > road_high + around)).any(
        axis=1
    )
    # All villages away from all roads is a question of coordinate systems, asked later.
    if far.any() and not far.all():
        ids = tuple(tables["villages"].index[far].astype(str))
        findings.append(
            Finding(code="outside_county", severity="warning", table="villages", ids=ids)
        )
    for name in ("schools", "candidates"):
        if name not in tables or tables[name].empty:
            continue
        points = tables[name].geometry.to_crs(crs).representative_point()
        place = np.column_stack([points.x, points.y])
        out = ((place < low - slack) | (place > high + slack) | ~np.isfinite(place)).any(axis=1)
        if out.any():
            ids = tuple(tables[name].index[out].astype(str))
            findings.append(Finding(code="outside_county", table=name, ids=ids))
    return findings


def must_be(condition: object, what: str) -> None:
    """Raise an internal error where something that always holds does not.

    Parameters
    ----------
    condition
        What must be true.
    what
        What it says, for the report of the fault.

    Raises
    ------
    InternalError
        If the condition is false.

    Examples
    --------
    >>> must_be(1 + 1 == 2, "arithmetic")
    """
    if not condition:
        raise InternalError(Finding(code="internal", values={"what": what}))
