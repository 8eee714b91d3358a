"""Backtests: a projection from an earlier year held against what came."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.errors import DataError, OptionsError
from layoutplan.findings import Finding
from layoutplan.projection.ahead import course
from layoutplan.projection.grades import GRADES, GRADES_OF_BAND
from layoutplan.projection.noun import MID, Projection
from layoutplan.projection.numbers import with_assumptions
from layoutplan.standards import Standards
from layoutplan.tables import BANDS

_LEVELS = ("county", "village")


def backtest(projection: Projection, known: pd.DataFrame) -> pd.DataFrame:
    """Hold a projection from an earlier year against the pupils of later years.

    Parameters
    ----------
    projection
        Made from the data of an earlier year; sampled variants give the best intervals.
    known
        Pupils as they came: columns village_id, year, and ``g1`` ... ``g9``,
        ``pupils_g13`` ... ``pupils_g79`` or ``pupils``. Years before or after the
        projection are passed over.

    Returns
    -------
    pandas.DataFrame
        One row per horizon, level (``county``, ``village``) and kind of pupils. Columns:
        level, grades, year, horizon (years ahead), n (numbers compared), known and
        projected (persons, the middle variant), error (their difference as a share of
        ``known``), absolute_error (mean over the n numbers, persons), inside (the share
        of the n numbers between the low and the high end of the interval).

    Raises
    ------
    DataError
        If columns are missing, villages are unknown or no year is in the projection.

    Examples
    --------
    >>> from layoutplan import example
    >>> from layoutplan.projection import project
    >>> made = project(example.county(seed=1, villages=40), years=2)
    >>> came = made.pupils.loc["mid"].reset_index()
    >>> backtest(made, came)["error"].abs().max()
    np.float64(0.0)
    """
    columns = _columns(projection, known)
    ids = known["village_id"].astype("str")
    unknown = tuple(sorted(set(ids) - set(projection.village_ids.astype("str"))))
    lang = projection.county.language()
    if unknown:
        raise DataError(Finding(code="unknown_place", table="known", ids=unknown), lang=lang)
    years = [y for y in projection.years[1:] if y in set(known["year"])]
    if not years:
        values = {"first": projection.years[1], "last": projection.years[-1]}
        raise DataError(Finding(code="backtest_no_year", values=values), lang=lang)
    weights = np.array([projection.weights[v] for v in projection.variants])
    mid = projection.variants.index(MID)
    inside = projection.standards.value("interval_share")
    rows = []
    for year in years:
        at = projection.counts[:, projection.years.index(year)]
        came = known[known["year"] == year].set_index(ids[known["year"] == year])
        place = projection.village_ids.astype("str").get_indexer(came.index)
        for name, (parts, grades) in columns.items():
            truth = came[list(parts)].sum(axis=1).to_numpy(dtype=float)
            made = at[:, place][..., list(grades)].sum(axis=2).astype(float)
            for level in _LEVELS:
                seen, drawn = truth, made
                if level == "county":
                    seen, drawn = truth.sum(keepdims=True), made.sum(axis=1, keepdims=True)
                low, high = (
                    weighted_quantile(drawn, weights, (1 + s * inside) / 2) for s in (-1, 1)
                )
                rows.append(
                    {
                        "level": level,
                        "grades": name,
                        "year": year,
                        "horizon": year - projection.base_year,
                        "n": len(seen),
                        "known": seen.sum(),
                        "projected": drawn[mid].sum(),
                        "error": (drawn[mid].sum() - seen.sum()) / max(seen.sum(), 1.0),
                        "absolute_error": np.abs(drawn[mid] - seen).mean(),
                        "inside": ((seen >= low) & (seen <= high)).mean(),
                    }
                )
    return pd.DataFrame(rows)


def weighted_quantile(
    values: NDArray[np.float64], weights: NDArray[np.float64], probability: float
) -> NDArray[np.float64]:
    """Give the least value at which variants of this weight together are reached.

    Parameters
    ----------
    values
        Numbers, variants x anything.
    weights
        The weight of each variant; together 1.
    probability
        The weight to reach.

    Returns
    -------
    numpy.ndarray
        The quantile, of the shape of one variant.

    Examples
    --------
    >>> weighted_quantile(np.array([[3.0], [1.0], [2.0]]), np.array([0.3, 0.3, 0.4]), 0.5)
    array([2.])
    """
    order = np.argsort(values, axis=0, kind="stable")
    ranked = np.take_along_axis(values, order, axis=0)
    reached = np.cumsum(weights[order], axis=0)
    # A sum that misses the probability by rounding error alone reaches it.
    first = np.argmax(reached >= probability - 1e-9, axis=0)
    return np.asarray(np.take_along_axis(ranked, first[None], axis=0)[0], dtype=np.float64)


def _columns(
    projection: Projection, known: pd.DataFrame
) -> dict[str, tuple[tuple[str, ...], tuple[int, ...]]]:
    """Give what can be compared: name, columns of the known table, positions of grades."""
    every = tuple(range(len(GRADES)))
    at = {b: tuple(GRADES.index(g) for g in GRADES_OF_BAND[b]) for b in BANDS}
    missing = [c for c in ("village_id", "year") if c not in known]
    found: dict[str, tuple[tuple[str, ...], tuple[int, ...]]] = {}
    if set(GRADES) <= set(known):
        found = {"all": (GRADES, every)} | {b: (GRADES_OF_BAND[b], at[b]) for b in BANDS}
    elif {f"pupils_{b}" for b in BANDS} <= set(known):
        found = {"all": (tuple(f"pupils_{b}" for b in BANDS), every)}
        found |= {b: ((f"pupils_{b}",), at[b]) for b in BANDS}
    elif "pupils" in known:
        found = {"all": (("pupils",), every)}
    else:
        missing.append("g1 ... g9 / pupils")
    if missing:
        values = {"missing": ", ".join(missing), "have": ", ".join(map(str, known.columns))}
        raise DataError(
            Finding(code="given_columns_missing", table="known", rows=0, values=values),
            lang=projection.county.language(),
        )
    return found


def backtest_births(
    births: Mapping[int, float], *, ahead: int = 6, standards: Standards | None = None
) -> pd.DataFrame:
    """Project births from every year of a series that has enough years before it.

    Parameters
    ----------
    births
        Births by calendar year, without gaps.
    ahead
        How many years ahead.
    standards
        Trend, persistence and interval; the assumptions of a projection where not given.

    Returns
    -------
    pandas.DataFrame
        One row per origin and year: origin, year, horizon, known, projected, error (as a
        share of ``known``), low, high, inside.

    Raises
    ------
    OptionsError
        If years are missing or too few.

    Examples
    --------
    >>> found = backtest_births({y: 100.0 * 0.98 ** (y - 2010) for y in range(2010, 2020)}, ahead=2)
    >>> round(float(found["error"].abs().max()), 6)
    0.0
    """
    numbers = with_assumptions(standards)
    series = pd.Series({int(k): float(v) for k, v in births.items()}).sort_index()
    least = int(numbers.value("births_changes_min"))
    years = series.index.to_numpy()
    if len(years) < least + 2 or np.any(np.diff(years) != 1):
        values = {"years": ", ".join(map(str, years)), "least": least + 2}
        raise OptionsError(Finding(code="backtest_short_series", values=values))
    inside = numbers.value("interval_share")
    rows = []
    for n in range(least + 1, len(series)):
        steps = min(ahead, len(series) - n)
        going = course(np.asarray(series.iloc[:n], dtype=np.float64), numbers=numbers)
        last = float(series.iloc[n - 1])
        low, high = (last * going.at((1 + s * inside) / 2, steps) for s in (-1, 1))
        rows.append(
            pd.DataFrame(
                {
                    "origin": int(years[n - 1]),
                    "year": years[n : n + steps],
                    "horizon": np.arange(1, steps + 1),
                    "known": series.to_numpy()[n : n + steps],
                    "projected": last * going.middle(steps),
                    "low": low,
                    "high": high,
                }
            )
        )
    table = pd.concat(rows, ignore_index=True)
    error = table["projected"] / table["known"] - 1
    inside_flag = table["known"].between(table["low"], table["high"])
    return table.assign(error=error, inside=inside_flag)
