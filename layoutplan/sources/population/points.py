"""Demand points: cells or buildings added up to points, townships' totals kept."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layoutplan.errors import DataError, OptionsError
from layoutplan.findings import Finding
from layoutplan.frozen_tables import FrozenTables
from layoutplan.sources.population.areas import (
    Areas,
    areas_of,
    gathered,
    squares,
    township_at,
)
from layoutplan.sources.population.buildings import read_buildings
from layoutplan.sources.population.grid import Cells, Seen, Unit, read_cells
from layoutplan.sources.population.noun import DemandPoints
from layoutplan.sources.population.whole import whole_by_group
from layoutplan.standards import Standards
from layoutplan.standards import standards as load_standards

Of = Literal["population", "pupils"]

_SQUARE_M: Final = 500.0
"""Side of the squares: a walk of some minutes, and some hundred points in a county."""

_UNITS: Final = ("persons", "persons/km2")
_KINDS: Final = ("population", "pupils")


def demand_points(
    source: Any,  # noqa: ANN401 - a path or a GeoDataFrame
    townships: Any,  # noqa: ANN401 - geopandas has no types
    *,
    totals: Mapping[str, float] | pd.Series | None = None,
    of: Of = "population",
    square_m: float = _SQUARE_M,
    unit: Unit = "persons",
    weight: str = "",
    standards: Standards | None = None,
) -> DemandPoints:
    r"""Make demand points from a grid of people or from building footprints.

    Cells and buildings are added up in squares, township by township; the point of a
    square is the weighted middle of what it holds. The total :math:`T_g` of a township is
    shared out by weight,

    .. math:: n_i \approx T_g \frac{w_i}{\sum_{j \in g} w_j},

    in whole persons, so that the points of a township sum to its total exactly (dasymetric
    mapping; Eicher and Brewer 2001, Cartography and Geographic Information Science 28(2),
    and the method of the largest remainder). Cells without data or below 0 count nothing.

    Parameters
    ----------
    source
        The path of a raster (needs the extra ``raster``), or a geopandas.GeoDataFrame of
        buildings or points.
    townships
        geopandas.GeoDataFrame of areas, indexed by ``township_id``.
    totals
        Persons by township. Where None, or for a township without one, the source's own
        sum, rounded; a source of buildings needs totals.
    of
        What the persons are: ``"population"`` or ``"pupils"``; the name of the column.
    square_m
        Side of the squares, metres.
    unit
        What a cell holds: ``"persons"`` or ``"persons/km2"``.
    weight
        The column that weighs buildings; their area where empty.
    standards
        Where it stands how far totals and the source may differ before it is a warning.

    Returns
    -------
    DemandPoints
        The points, a table of townships, what lies outside, and findings.

    Raises
    ------
    DataError
        If the source or the townships cannot be used, or totals are below 0 or not whole.
    OptionsError
        If an option is unknown, or the extra is missing.

    Examples
    --------
    >>> area = gpd.GeoDataFrame(
    ...     index=["t1"], geometry=[shapely.box(110, 30, 110.1, 30.1)], crs="EPSG:4326"
    ... )
    >>> homes = gpd.GeoDataFrame(
    ...     {"floor": [1, 2]}, geometry=gpd.points_from_xy([110.02, 110.06], [30.05] * 2), crs=4326
    ... )
    >>> made = demand_points(homes, area, totals={"t1": 100}, weight="floor")
    >>> made.points["population"].tolist()
    [33, 67]
    """
    _check(of, unit, square_m)
    areas, rules = areas_of(townships), standards or load_standards()
    grid = isinstance(source, (str, Path))
    given, notes = _totals(totals, areas)
    if not grid and given.isna().any():
        ids = tuple(areas.ids[given.isna().to_numpy()])
        raise DataError(Finding(code="buildings_need_totals", table="townships", ids=ids))
    seen = Seen()
    if grid:
        parts: Iterable[Cells] = read_cells(Path(source), areas, unit=unit, seen=seen)
    else:
        cells, passed = read_buildings(source, areas, weight=weight)
        parts = (cells,)
        if passed:
            notes.append(Finding(code="buildings_passed_over", severity="warning", rows=passed))
    table, outside = _added_up(parts, areas, square_m)
    notes += _passed_over(seen)
    points, told = _made(table, areas, given, of=of, square_m=square_m)
    notes += _told(told, given, of, outside=outside, grid=grid, rules=rules)
    return DemandPoints(
        tables=FrozenTables({"points": points, "townships": told}),
        outside=outside,
        findings=tuple(notes),
    )


def _check(of: str, unit: str, square_m: float) -> None:
    wrong = {
        "of": None if of in _KINDS else of,
        "unit": None if unit in _UNITS else unit,
        "square_m": None if np.isfinite(square_m) and square_m > 0 else square_m,
    }
    found = [
        Finding(code="bad_option", column=name, values={"value": value})
        for name, value in wrong.items()
        if value is not None
    ]
    if found:
        raise OptionsError(found)


def _totals(
    totals: Mapping[str, float] | pd.Series | None, areas: Areas
) -> tuple[pd.Series, list[Finding]]:
    if totals is None:
        return pd.Series(np.nan, index=areas.ids, dtype=float), []
    given = pd.to_numeric(pd.Series(totals, dtype=object), errors="coerce").astype(float)
    given.index = given.index.astype("str")
    odd = given.notna() & ((given < 0) | (given % 1 != 0) | ~np.isfinite(given))
    if odd.any() or given.index.has_duplicates:
        ids = tuple(given.index[odd | given.index.duplicated()])
        raise DataError(Finding(code="totals_not_whole", table="townships", ids=ids))
    notes = []
    unknown = given.index.difference(pd.Index(areas.ids))
    if len(unknown):
        notes.append(
            Finding(
                code="totals_without_township",
                severity="warning",
                table="townships",
                ids=tuple(unknown),
                values={"persons": f"{given[unknown].sum():.0f}"},
            )
        )
    given = given.reindex(areas.ids)
    if given.isna().any():
        ids = tuple(areas.ids[given.isna().to_numpy()])
        notes.append(
            Finding(code="township_without_total", severity="warning", table="townships", ids=ids)
        )
    return given, notes


def _added_up(parts: Iterable[Cells], areas: Areas, square_m: float) -> tuple[pd.DataFrame, float]:
    """Add up window by window; what is kept is as large as the answer, not as the file."""
    table, outside = gathered([]), 0.0
    for x, y, persons in parts:
        township = township_at(areas, x, y)
        inside = township >= 0
        outside += float(np.sort(persons[~inside]).sum())
        if inside.any():
            part = squares(
                township[inside], x[inside], y[inside], weight=persons[inside], metres=square_m
            )
            table = gathered([table, part]) if len(table) else part
    return table, outside


def _passed_over(seen: Seen) -> list[Finding]:
    found = []
    if seen.negative:
        found.append(Finding(code="grid_negative", severity="warning", rows=seen.negative))
    if seen.not_finite:
        found.append(Finding(code="grid_not_a_number", severity="note", rows=seen.not_finite))
    return found


def _made(
    table: pd.DataFrame,
    areas: Areas,
    given: pd.Series,
    *,
    of: str,
    square_m: float,
) -> tuple[Any, pd.DataFrame]:
    """Make the points, and the table of townships."""
    group = table["township"].to_numpy(dtype=np.int64)
    weight = table["weight"].to_numpy(dtype=np.float64)
    sums = np.asarray(
        np.bincount(group, weights=weight, minlength=len(areas.ids)), dtype=np.float64
    )
    wanted = np.where(given.isna(), np.rint(sums), given).astype(np.int64)
    labels = _labels(table, areas, group, square_m)
    whole = whole_by_group(weight, group, wanted, order=labels)
    x, y = (table[c].to_numpy(dtype=float) / weight for c in ("wx", "wy"))
    lost = np.flatnonzero((sums <= 0) & (wanted > 0))
    points = _frame(labels, areas, group, x, y, persons=whole, of=of)
    if len(lost):
        points = pd.concat([points, _at_middle(areas, lost, wanted[lost], of)])
    points = points[points[of] > 0].sort_index().to_crs(areas.given)
    townships = pd.DataFrame(
        {"source": sums, of: wanted, "points": points.groupby("township_id").size()},
        index=pd.Index(areas.ids, name="township_id"),
    )
    townships["points"] = townships["points"].fillna(0).astype(np.int64)
    return points, townships


def _labels(
    table: pd.DataFrame, areas: Areas, group: NDArray[np.int64], square_m: float
) -> NDArray[np.str_]:
    """Name points by township and square, counted from the south-west of the county."""
    west, south = np.floor(shapely.total_bounds(areas.shapes)[:2] / square_m).astype(int)
    column, row = (table[c].to_numpy(dtype=np.int64) for c in ("column", "row"))
    named = zip(areas.ids[group], column - west, row - south, strict=True)
    return np.array([f"{t}-{c:04d}-{r:04d}" for t, c, r in named], dtype=np.str_)


def _frame(
    labels: NDArray[np.str_],
    areas: Areas,
    group: NDArray[np.int64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    *,
    persons: NDArray[np.int64],
    of: str,
) -> Any:  # noqa: ANN401
    return gpd.GeoDataFrame(
        {"township_id": pd.array(areas.ids[group], dtype="str"), of: persons},
        geometry=gpd.points_from_xy(x, y),
        index=pd.Index(labels, name="village_id", dtype="str"),
        crs=areas.crs,
    )


def _at_middle(areas: Areas, lost: NDArray[np.int64], persons: NDArray[np.int64], of: str) -> Any:  # noqa: ANN401
    """Keep the total of a township without people in the source: at a point inside it."""
    spots = shapely.get_coordinates(shapely.point_on_surface(areas.shapes[lost]))
    labels = areas.ids[lost]
    return _frame(labels, areas, lost, spots[:, 0], spots[:, 1], persons=persons, of=of)


def _told(
    townships: pd.DataFrame,
    given: pd.Series,
    of: str,
    *,
    outside: float,
    grid: bool,
    rules: Standards,
) -> Iterable[Finding]:
    sums, wanted = (townships[c].to_numpy(dtype=np.float64) for c in ("source", of))
    inside = float(sums.sum())
    lost = (sums <= 0) & (wanted > 0)
    if lost.any():
        values: dict[str, object] = {"persons": int(wanted[lost].sum())}
        yield Finding(
            code="township_without_cells",
            severity="warning",
            table="townships",
            ids=tuple(townships.index[lost].astype("str")),
            values=values,
        )
    if outside > 0:
        share = outside / (inside + outside)
        values = {"amount": f"{outside:,.0f}", "share": f"{100 * share:.1f}"}
        yield Finding(
            code="population_outside", severity="note", table="townships", rows=0, values=values
        )
    if grid and given.notna().any() and inside > 0:
        told = given.notna().to_numpy()
        factor = float(wanted[told].sum()) / max(float(sums[told].sum()), 1e-12)
        most = rules.value("check_population_factor")
        values = {
            "source": f"{sums[told].sum():,.0f}",
            "totals": f"{wanted[told].sum():,.0f}",
            "factor": f"{factor:.3g}",
        }
        apart = factor > most or factor * most < 1
        yield Finding(
            code="population_scaled",
            severity="warning" if apart else "note",
            table="townships",
            rows=int(told.sum()),
            values=values,
        )
