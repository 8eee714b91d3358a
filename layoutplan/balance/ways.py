"""Ways between schools: minutes where they are given, straight lines where not."""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layoutplan.balance.stock import Stock
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.network.metric import metric_coordinates, metric_crs, points_of_places


def straight(stock: Stock, schools: pd.Index) -> pd.DataFrame:
    """Measure straight lines between schools.

    Parameters
    ----------
    stock
        The stock, for its county.
    schools
        The ids of schools or candidate sites.

    Returns
    -------
    pandas.DataFrame
        Metres, schools x schools.

    Examples
    --------
    >>> from layoutplan import example
    >>> from layoutplan.balance import stock_of
    >>> stock = stock_of(example.county(seed=1, villages=40))
    >>> table = straight(stock, stock.table.index)
    >>> float(table.iloc[0, 0]), bool((table == table.T).all(axis=None))
    (0.0, True)
    """
    sites = stock.county.sites
    points = points_of_places(sites.geometry.reindex(schools).to_numpy())
    west, south, east, north = (float(b) for b in sites.total_bounds)
    metric = metric_crs((west, south, east, north), stock.county.crs)
    xy, _ = metric_coordinates(points, stock.county.crs, to=metric)
    ends = np.asarray(shapely.points(xy))
    metres = shapely.distance(ends[:, None], ends[None, :])
    return pd.DataFrame(metres, index=schools, columns=schools)


def ways_between(
    stock: Stock, rows: pd.Index, columns: pd.Index, minutes: pd.DataFrame | None
) -> tuple[NDArray[np.float64], str]:
    """Give the ways from some schools to others.

    Parameters
    ----------
    stock
        The stock, for its county.
    rows, columns
        The ids of schools.
    minutes
        Minutes between schools by id; straight lines where None.

    Returns
    -------
    ways : numpy.ndarray
        Rows x columns; infinite where there is no way.
    unit : str
        ``minutes`` or ``m``.

    Raises
    ------
    OptionsError
        If schools are missing in ``minutes``.
    """
    if minutes is None:
        every = rows.union(columns)
        table, unit = straight(stock, every), "m"
    else:
        lost = [*rows[~rows.isin(minutes.index)], *columns[~columns.isin(minutes.columns)]]
        if lost:
            ids = tuple(dict.fromkeys(str(i) for i in lost))
            finding = Finding(code="balance_ways_missing", table="minutes", ids=ids)
            raise OptionsError(finding, lang=stock.lang)
        table, unit = minutes, "minutes"
    ways = table.loc[rows, columns].to_numpy(dtype=np.float64)
    return np.nan_to_num(ways, nan=np.inf, posinf=np.inf), unit
