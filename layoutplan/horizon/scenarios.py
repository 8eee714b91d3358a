"""The years and variants that a layout is to hold for, and the pupils expected over them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from layoutplan.county import County
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.projection import Projection
from layoutplan.projection.county_ahead import county_with_pupils
from layoutplan.tables import BANDS


@dataclass(frozen=True, eq=False, kw_only=True)
class Scenarios:
    """Years and variants with their probabilities.

    Parameters
    ----------
    table
        One row per year and variant: year, variant, weight (together 1).
    expected
        Pupils expected over all of them, villages x bands, whole persons.
    growth
        Pupils of each row as multiples of the expected ones, villages x bands; 0 where none
        are expected.
    """

    table: pd.DataFrame
    expected: pd.DataFrame
    growth: tuple[pd.DataFrame, ...]


def scenarios_of(
    projection: Projection,
    *,
    years: Iterable[int] | None = None,
    variants: Iterable[str] | None = None,
    weights: Mapping[int, float] | None = None,
) -> Scenarios:
    r"""Choose years and variants, and average the pupils over them.

    The pupils expected of a village and band are :math:`\sum_k p_k d_k`, rounded to whole
    persons and at least 1 where any year and variant has some: whoever may come has a place.

    Parameters
    ----------
    projection
        The projection.
    years
        The school years; all where None.
    variants
        The variants; all where None.
    weights
        How much each year counts, any positive numbers; evenly where None.

    Returns
    -------
    Scenarios
        The years and variants.

    Raises
    ------
    OptionsError
        With every year and variant that the projection does not have, and weights that are
        none.

    Examples
    --------
    >>> import layoutplan as lp
    >>> ahead = lp.project(lp.example.county(seed=1, villages=40), years=3)
    >>> found = scenarios_of(ahead, years=[2027, 2029])
    >>> len(found.table), round(float(found.table["weight"].sum()), 9)
    (6, 1.0)
    """
    chosen = sorted(set(projection.years if years is None else years))
    named = tuple(dict.fromkeys(projection.variants if variants is None else variants))
    _check(projection, chosen, named, weights)
    by_year = {y: 1.0 if weights is None else float(weights.get(y, 0.0)) for y in chosen}
    by_variant = {v: projection.weights[v] for v in named}
    total = sum(by_year.values()) * sum(by_variant.values())
    rows = [
        {"year": y, "variant": v, "weight": by_year[y] * by_variant[v] / total}
        for y, v in product(chosen, named)
    ]
    table = pd.DataFrame(rows)
    bands = [projection.bands(y, v)[list(BANDS)] for y, v in product(chosen, named)]
    pupils = np.stack([b.to_numpy(dtype=float) for b in bands])
    mean = np.tensordot(table["weight"].to_numpy(dtype=float), pupils, axes=1)
    some = pupils.max(axis=0) > 0
    whole = np.maximum(np.rint(mean), some)
    expected = pd.DataFrame(whole, index=bands[0].index, columns=list(BANDS)).astype("int64")
    ratio = np.divide(pupils, whole, out=np.zeros_like(pupils), where=whole > 0)
    growth = tuple(pd.DataFrame(r, index=expected.index, columns=expected.columns) for r in ratio)
    return Scenarios(table=table, expected=expected, growth=growth)


def expected_county(projection: Projection, scenarios: Scenarios) -> County:
    """Give the county with the pupils expected over years and variants.

    Parameters
    ----------
    projection
        The projection.
    scenarios
        The years and variants.

    Returns
    -------
    County
        The county; its flows are scaled, its schools as today.
    """
    today = projection.bands(projection.base_year, projection.variants[0])
    return county_with_pupils(
        projection.county, scenarios.expected, today=today, year=projection.base_year
    )


def _check(
    projection: Projection,
    years: list[int],
    variants: tuple[str, ...],
    weights: Mapping[int, float] | None,
) -> None:
    found = []
    known = f"{projection.years[0]}-{projection.years[-1]}"
    for year in [y for y in years if y not in projection.years]:
        values: dict[str, object] = {"year": year, "known": known}
        found.append(Finding(code="projection_no_such_year", values=values))
    for variant in [v for v in variants if v not in projection.variants]:
        values = {"variant": variant, "known": ", ".join(projection.variants)}
        found.append(Finding(code="projection_no_such_variant", values=values))
    if not years or not variants:
        found.append(Finding(code="horizon_empty"))
    if weights is not None:
        wrong = [
            f"{y}={w}" for y, w in weights.items() if y not in years or not 0 <= float(w) < np.inf
        ]
        if wrong or not sum(float(w) for w in weights.values()) > 0:
            found.append(Finding(code="horizon_bad_weights", ids=tuple(wrong)))
    if found:
        raise OptionsError(found, lang=projection.county.language())
