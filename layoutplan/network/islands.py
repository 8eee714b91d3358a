"""Roads that are not joined to the main network, and who depends on them."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from layoutplan.findings import Finding
from layoutplan.network.coverage import UNKNOWN
from layoutplan.network.road_network import RoadNetwork, edge_lines
from layoutplan.network.snap import attach
from layoutplan.tables import BANDS


def disconnected(made: RoadNetwork, villages: Any = None) -> Any:  # noqa: ANN401
    """List the parts of a network that are not joined to its main parts.

    Parameters
    ----------
    made
        The network.
    villages
        geopandas.GeoDataFrame of the places whose people are counted where these roads are
        the only ones within reach; nobody is counted where not given.

    Returns
    -------
    geopandas.GeoDataFrame
        One row per component, those with most pupils, residents and metres first, in the
        network's metric system: ``length_m``; ``roads``, their labels as text;
        ``behind_barrier``; ``villages``, how many, and ``village_ids``, as text;
        ``residents`` and ``pupils``, missing where the villages do not tell; and the course
        of the roads. Component -1 are roads that one can only leave, or only get to.

    Examples
    --------
    >>> from layoutplan.network import network_of_roads
    >>> ways = gpd.GeoSeries.from_wkt(
    ...     ["LINESTRING (500000 0, 509000 0)", "LINESTRING (500000 900, 500080 900)"],
    ...     crs="EPSG:32631",
    ... )
    >>> made = network_of_roads(gpd.GeoDataFrame(geometry=ways))
    >>> spot = gpd.GeoSeries.from_wkt(["POINT (500000 1300)"], crs=ways.crs)
    >>> lone = disconnected(made, gpd.GeoDataFrame({"pupils": [7]}, geometry=spot))
    >>> lone[["length_m", "roads", "pupils"]].round().to_numpy().tolist()
    [[80.0, '1', 7.0]]
    """
    edges, main = made.edges, made.components.index[made.components["main"]]
    off = np.flatnonzero(~edges["component"].isin(main).to_numpy())
    off = off[np.argsort(edges["component"].to_numpy()[off], kind="stable")]
    number, group = np.unique(edges["component"].to_numpy()[off], return_inverse=True)
    lines = shapely.multilinestrings(edge_lines(made)[off], indices=group)
    length = edges["length_m"].to_numpy()[off]
    labels = edges["road"].astype("str").to_numpy()[off]
    named = pd.DataFrame({"component": number[group], "road": labels}).drop_duplicates()
    barred = made.components["behind_barrier"].reindex(number, fill_value=False)
    table = gpd.GeoDataFrame(
        {
            "length_m": np.bincount(group, weights=length, minlength=len(number)),
            "roads": _listed(named, "road").reindex(number).to_numpy(),
            "behind_barrier": barred.to_numpy(dtype=bool),
        },
        geometry=np.asarray(shapely.line_merge(lines), dtype=object),
        crs=made.crs,
        index=pd.Index(number, name="component"),
    )
    people = _people(made, villages).reindex(number)
    people = people.astype({"residents": np.float64, "pupils": np.float64})
    people["villages"] = people["villages"].fillna(0).astype(np.int64)
    people["village_ids"] = people["village_ids"].fillna("")
    for column in people.columns:
        table.insert(len(table.columns) - 1, column, people[column])
    by = [c for c in ("pupils", "residents", "length_m") if c in table.columns]
    return table.sort_values(by, ascending=False, kind="stable")


def disconnected_findings(table: Any) -> tuple[Finding, ...]:  # noqa: ANN401
    """Report what is not joined to the main network, in kilometres and people.

    Parameters
    ----------
    table
        What `disconnected` gave for villages.

    Returns
    -------
    tuple of Finding
        One warning, or none.
    """
    if len(table) == 0:
        return ()
    sums = {
        name: f"{table[name].sum():,.0f}" if table[name].notna().any() else UNKNOWN
        for name in ("residents", "pupils")
    }
    values = {
        "parts": len(table),
        "km": f"{table['length_m'].sum() / 1000:.1f}",
        "villages": int(table["villages"].sum()),
    }
    return (
        Finding(
            code="roads_disconnected",
            severity="warning",
            table="roads",
            ids=tuple(dict.fromkeys(", ".join(table["roads"]).split(", "))),
            values=values | sums,
        ),
    )


def _people(made: RoadNetwork, villages: Any) -> pd.DataFrame:  # noqa: ANN401
    """Count villages, residents and pupils by the component they get onto."""
    none = pd.DataFrame(columns=["villages", "village_ids", "residents", "pupils"])
    if villages is None or len(villages) == 0:
        return none
    at = attach(made, villages.geometry.to_numpy(), crs=CRS(villages.crs))
    given = {
        "residents": [c for c in ("population",) if c in villages.columns],
        "pupils": [c for c in (f"pupils_{b}" for b in BANDS) if c in villages.columns]
        or [c for c in ("pupils",) if c in villages.columns],
    }
    of_village = pd.DataFrame({"component": at.component, "village": villages.index.astype("str")})
    for name, columns in given.items():
        numbers = villages[columns].apply(pd.to_numeric, errors="coerce")
        of_village[name] = numbers.sum(axis=1).to_numpy() if columns else np.nan
    of_village = of_village[at.edge >= 0].sort_values("village")
    grouped = of_village.groupby("component")
    counted: pd.DataFrame = grouped[["residents", "pupils"]].sum(min_count=1)
    counted.insert(0, "village_ids", _listed(of_village, "village"))
    counted.insert(0, "villages", grouped.size())
    return counted


def _listed(rows: pd.DataFrame, column: str) -> "pd.Series[str]":
    return rows.sort_values(column).groupby("component")[column].agg(", ".join)
