r"""Population and places that an extract does not say, estimated only where asked for.

A settlement without a population gets the median of those of its kind in the same extract,
or, where fewer than three have one, the standard for its kind, which is an assumption. In a
township whose population :math:`P` is tagged, these first guesses :math:`g_v` are scaled so
that its settlements have no other sum, :math:`p_v = g_v (P - \sum_k p_k) / \sum_u g_u` for
the known ones :math:`k` and the others :math:`u`.

The pupils of the county, :math:`0.001\, r \sum_v p_v` for a rate :math:`r` per thousand
inhabitants, are shared among the schools that teach a band in proportion to the ground they
stand on (the median where unknown); with a reserve :math:`\rho` they are the places:

.. math::
    c_s = \left\lceil \rho \sum_b \frac{a_s}{\sum_{t \in S_b} a_t}\,
        \sigma_b\, \frac{r}{1000} \sum_v p_v \right\rceil
"""

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from layoutplan.findings import Finding
from layoutplan.standards import Standards
from layoutplan.tables import BANDS, BANDS_OF_KIND

_OF: Final = {"municipality": "town", "farm": "isolated_dwelling"}
_ENOUGH: Final = 3
"""Settlements of a kind from which their median counts."""

_SHOWN: Final = 50


def with_population(
    villages: gpd.GeoDataFrame,
    townships: gpd.GeoDataFrame | None = None,
    *,
    standards: Standards,
) -> tuple[gpd.GeoDataFrame, tuple[Finding, ...]]:
    """Estimate the population of settlements that have none.

    Parameters
    ----------
    villages
        The villages, with ``place`` and ``population``.
    townships
        The townships, with ``population`` where it is known.
    standards
        Inhabitants by kind of settlement, where the extract has no example.

    Returns
    -------
    tuple
        The villages with ``population_estimated``, and what was estimated.
    """
    blank = villages["population"].isna()
    kind = villages["place"].replace(_OF)
    known = villages["population"].where(villages["population"] > 0)
    medians = known.groupby(kind).agg(["median", "count"])
    guess = {
        k: float(medians.loc[k, "median"])
        if k in medians.index and medians.loc[k, "count"] >= _ENOUGH
        else standards.value(f"osm_people_{k}")
        for k in kind[blank].unique()
    }
    filled = villages["population"].where(~blank, kind.map(guess)).astype(float)
    filled = filled.where(~blank, (filled * _to_totals(villages, filled, townships)).round())
    made = villages.assign(population=filled, population_estimated=blank)
    if not blank.any():
        return made, ()
    used = ", ".join(f"{k} {v:.0f}" for k, v in sorted(guess.items()))
    values = {"which": used, "people": f"{filled[blank].sum():.0f}", "all": f"{filled.sum():.0f}"}
    ids = tuple(villages.loc[blank, "village_id"].head(_SHOWN))
    return made, (
        Finding(
            code="osm_population_estimated",
            severity="warning",
            table="villages",
            column="population",
            ids=ids,
            rows=int(blank.sum()),
            values=values,
        ),
    )


def _to_totals(
    villages: gpd.GeoDataFrame, filled: pd.Series, townships: gpd.GeoDataFrame | None
) -> pd.Series:
    """Give the factor by which guesses of each village meet the population of its township."""
    factor = pd.Series(1.0, index=villages.index)
    if townships is None or "township_id" not in villages:
        return factor
    total = villages["township_id"].map(townships.set_index("township_id")["population"])
    blank, of = villages["population"].isna(), villages["township_id"]
    known = filled.where(~blank, 0.0).groupby(of).transform("sum")
    guessed = filled.where(blank, 0.0).groupby(of).transform("sum")
    rest = total - known
    scaled: pd.Series = (rest / guessed).where((rest > 0) & (guessed > 0), factor)
    return scaled


def with_places(
    schools: gpd.GeoDataFrame, people: float, *, standards: Standards
) -> tuple[gpd.GeoDataFrame, tuple[Finding, ...]]:
    """Estimate the places of schools that have none.

    Parameters
    ----------
    schools
        The schools, with ``kind`` and perhaps ``places`` and ``ground_m2``.
    people
        Inhabitants of the county.
    standards
        Pupils per thousand inhabitants, shares of bands, the reserve of places.

    Returns
    -------
    tuple
        The schools with ``places_estimated``, and what was estimated.
    """
    nothing = pd.Series(np.nan, index=schools.index)
    places = schools.get("places", nothing).astype(float)
    ground = schools.get("ground_m2", nothing).astype(float)
    weight = ground.fillna(ground.median() if ground.notna().any() else 1.0)
    share = pd.Series(0.0, index=schools.index)
    total = sum(standards.value(f"band_share_{b}") for b in BANDS)
    for band in BANDS:
        teaches = schools["kind"].map(lambda k, band=band: band in BANDS_OF_KIND[k])
        if teaches.any():
            part = weight.where(teaches, 0.0)
            share += part / part.sum() * standards.value(f"band_share_{band}") / total
    pupils = people * standards.value("pupils_per_1000_population") / 1000
    guess = np.ceil(share * pupils * standards.value("osm_places_per_pupil"))
    blank = places.isna() & (share > 0)
    made = schools.assign(places=places.where(~blank, guess), places_estimated=blank)
    if not blank.any():
        return made, ()
    values = {"places": f"{made.loc[blank, 'places'].sum():.0f}", "pupils": f"{pupils:.0f}"}
    return made, (
        Finding(
            code="osm_places_estimated",
            severity="warning",
            table="schools",
            column="places",
            ids=tuple(schools.loc[blank, "school_id"].head(_SHOWN)),
            rows=int(blank.sum()),
            values=values,
        ),
    )
