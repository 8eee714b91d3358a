"""A plan as map layers that QGIS opens styled."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layoutplan.actions import ACTIONS
from layoutplan.assessment import Assessment, assess
from layoutplan.assessment.worded import unit_text
from layoutplan.plan import Plan
from layoutplan.reports import layer_styles as qml
from layoutplan.reports.names import bands_text, plan_title, site_names, village_names
from layoutplan.reports.plain_text import legal
from layoutplan.reports.sheets import merges
from layoutplan.reports.whole import whole_file
from layoutplan.tables import BANDS, ROADS
from layoutplan.words import Language, say

_STEPS = (0.0, 0.5, 1.0, 1.5, 2.0)
"""Classes of the ways to school begin at these multiples of the limit."""


def write_geopackage(
    plan: Plan,
    path: str | Path,
    *,
    against: Plan | None = None,
    lang: str = "auto",
    done: Assessment | None = None,
) -> Path:
    """Write a plan as a GeoPackage with layers and their styles.

    Layers: villages (minutes and school by band), schools (what happens to each),
    assignment_lines (village to school), merges (school to school), townships
    (indicators) and roads. Straight lines show who goes where, not the way there.

    Parameters
    ----------
    plan
        The plan; it is only read.
    path
        The file, ``.gpkg``. It is written whole or not at all.
    against
        A plan to set it beside: villages get its minutes and the change as well.
    lang
        The language of the labels in the legend.
    done
        The plan's assessment, where it is already made.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    DataError
        If the file cannot be written, as when it is open in QGIS.
    """
    path = Path(path)
    spoken = plan.county.language(lang)
    with whole_file(path) as part:
        for name, layer in _layers(plan, against, done or assess(plan)):
            _write(layer, part, name)
        qml.add_styles(part, _styles(plan, spoken), title=plan_title(plan.name, spoken)[:30])
    return path


def _write(layer: Any, path: Path, name: str) -> None:  # noqa: ANN401 - geopandas has no types
    texts = [c for c in layer.columns if layer[c].dtype in ("str", "object")]
    for column in texts:
        layer[column] = layer[column].map(lambda v: legal(v) if isinstance(v, str) else v)
    kinds = set(layer.geom_type.unique())
    kind = kinds.pop() if len(kinds) == 1 else "Unknown" if kinds else "LineString"
    layer.to_file(path, layer=name, driver="GPKG", engine="pyogrio", geometry_type=kind)


def _layers(plan: Plan, against: Plan | None, done: Assessment) -> Iterator[tuple[str, Any]]:
    roads = plan.county.roads
    kept = [c.name for c in ROADS.columns if c.name in roads]
    yield "roads", roads[kept].reset_index(drop=True)
    if len(plan.county.townships):
        yield "townships", _townships(plan, done)
    yield "assignment_lines", _assignment_lines(plan)
    yield "merges", _merges(plan)
    yield "villages", _villages(plan, against)
    yield "schools", _schools(plan)


def _villages(plan: Plan, against: Plan | None) -> Any:  # noqa: ANN401
    villages = plan.county.villages
    table = villages[[c for c in ("township_id", "geometry") if c in villages]].copy()
    table.insert(0, "name", village_names(plan))
    unserved = plan.unserved.groupby("village_id")["pupils"].sum()
    for band in BANDS:
        table[f"pupils_{band}"] = plan.demand[band]
    table["unserved"] = unserved.reindex(table.index, fill_value=0)
    sites, names = _most(plan), site_names(plan)
    for band in BANDS:
        site = sites[band] if band in sites else pd.Series(index=table.index, dtype="str")
        table[f"site_{band}"] = site.reindex(table.index)
        table[f"school_{band}"] = table[f"site_{band}"].map(names)
        table[f"minutes_{band}"] = _mean_minutes(plan, band).reindex(table.index)
        if against is not None:
            before = _mean_minutes(against, band).reindex(table.index)
            table[f"minutes_before_{band}"] = before
            table[f"change_{band}"] = table[f"minutes_{band}"] - before
    return table.rename_axis("village_id").reset_index()


def _most(plan: Plan) -> pd.DataFrame:
    """Find the school to which most pupils of a village go, by band."""
    ordered = plan.assignment.sort_values(["pupils", "site_id"], ascending=[False, True])
    first = ordered.drop_duplicates(["village_id", "band"])
    return first.pivot_table(
        index="village_id", columns="band", values="site_id", aggfunc="first", observed=True
    )


def _mean_minutes(plan: Plan, band: str) -> pd.Series:
    table = plan.assignment
    table = table[(table["band"] == band) & np.isfinite(table["minutes"].astype(float))]
    weighted = (table["minutes"] * table["pupils"]).groupby(table["village_id"]).sum()
    return weighted / table.groupby("village_id")["pupils"].sum()


def _schools(plan: Plan) -> Any:  # noqa: ANN401
    sites, decisions = plan.county.sites, plan.decisions
    table = decisions.assign(
        name=site_names(plan).reindex(decisions.index),
        pupils=decisions[[f"after_{b}" for b in BANDS]].sum(axis=1),
    )
    places = sites.geometry.reindex(decisions.index)
    layer = gpd.GeoDataFrame(table, geometry=places, crs=plan.county.crs)
    return layer.rename_axis("site_id").reset_index()


def _points(table: Any) -> Any:  # noqa: ANN401
    return table.geometry.representative_point()


def _lines(plan: Plan, table: pd.DataFrame, start: Any, end: Any) -> Any:  # noqa: ANN401
    ends = [shapely.get_coordinates(p.to_numpy()) for p in (start, end)]
    lines = shapely.linestrings(np.stack(ends, axis=1).reshape(-1, 2, 2))
    return gpd.GeoDataFrame(table.reset_index(drop=True), geometry=lines, crs=plan.county.crs)


def _assignment_lines(plan: Plan) -> Any:  # noqa: ANN401
    table = plan.assignment
    table["minutes"] = table["minutes"].where(np.isfinite(table["minutes"].astype(float)))
    table["village"] = table["village_id"].map(village_names(plan))
    table["school"] = table["site_id"].map(site_names(plan))
    start = _points(plan.county.villages).reindex(table["village_id"])
    return _lines(plan, table, start, _points(plan.county.sites).reindex(table["site_id"]))


def _merges(plan: Plan) -> Any:  # noqa: ANN401
    table, names = merges(plan), site_names(plan)
    table = table[table["to_site"].ne("") & table["closed"]].drop(columns="closed")
    table = table.rename(columns={b: f"pupils_{b}" for b in BANDS})
    table["from_name"] = table["from_site"].map(names)
    table["to_name"] = table["to_site"].map(names)
    points = _points(plan.county.sites)
    start, end = (points.reindex(table[c]) for c in ("from_site", "to_site"))
    return _lines(plan, table, start, end)


def _townships(plan: Plan, done: Assessment) -> Any:  # noqa: ANN401
    rows = done.table
    rows = rows[rows["level"] == "township"]
    wide = rows.pivot_table(index="group", columns="indicator", values="value")
    wanted = [c for c in rows["indicator"].unique() if c in wide]
    townships = plan.county.townships
    kept = [c for c in ("name", "geometry") if c in townships]
    layer = townships[kept].join(wide[wanted])
    return layer.rename_axis("township_id").reset_index()


def _styles(plan: Plan, lang: Language) -> dict[str, str]:
    limit = plan.standards["travel_limit_minutes_g13"].value
    longest = float(np.nanmax([*plan.assignment["minutes"].replace(np.inf, np.nan), 0.0]))
    steps = [limit * s for s in _STEPS]
    breaks = [*steps, max(longest, 2 * steps[-1])]
    village = [qml.Symbol(shape=_shape(plan.county.villages), colour=c) for c in qml.RAMP]
    school = _shape(plan.county.sites)
    minutes = unit_text("minutes", lang)
    actions = {
        a: (
            say(f"action.{a}", lang),
            qml.Symbol(shape=school, colour=qml.ACTION_COLOURS[a], size=3.4, name="square"),
        )
        for a in ACTIONS
    }
    ways = {
        mode: (say(f"mode.{mode}", lang), qml.Symbol(shape="line", colour=colour, size=0.15))
        for mode, colour in qml.MODE_COLOURS.items()
    }
    outline = qml.Symbol(
        shape=_shape(plan.county.townships), colour="", outline="90,90,90", size=0.5
    )
    unit = f"{minutes} ({bands_text(['g13'], lang)})"
    return {
        "villages": qml.graduated("minutes_g13", breaks, village, unit=unit),
        "schools": qml.categorised("action", actions),
        "assignment_lines": qml.categorised("mode", ways),
        "merges": qml.single(qml.Symbol(shape="line", colour="215,25,28", size=0.7)),
        "townships": qml.single(outline),
        "roads": qml.single(qml.Symbol(shape="line", colour="170,170,170", size=0.3)),
    }


def _shape(table: Any) -> str:  # noqa: ANN401
    polygons = table.geom_type.isin(["Polygon", "MultiPolygon"])
    return "fill" if len(table) and polygons.all() else "marker"
