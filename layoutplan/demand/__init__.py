"""Demand: pupils by village and grade band, in whole persons."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from layoutplan.county import County
from layoutplan.demand.apportion import apportion
from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.standards import Standards
from layoutplan.tables import BANDS

_AGES = {"g13": (6, 7, 8), "g46": (9, 10, 11), "g79": (12, 13, 14)}
"""Ages by band: entry at 6 by 31 August, six years of primary, three of junior school."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Demand:
    """Pupils by village and grade band.

    Parameters
    ----------
    pupils
        Whole persons, villages x bands, labelled.
    source
        Where they come from: ``bands``, ``total``, ``ages`` or ``population``.
    findings
        What was derived, and how.
    """

    pupils: pd.DataFrame
    source: str
    findings: tuple[Finding, ...] = ()


def demand(county: County, *, standards: Standards) -> Demand:
    """Find the pupils of every village by grade band.

    The first of these that the villages table has is used: pupils by band; ages
    6-14 (``age_6`` ... ``age_14``); all pupils together (column ``pupils``),
    shared among the bands; resident population times a rate. What is derived is
    rounded to whole persons once for the county, so that no pupil is lost or
    invented.

    Parameters
    ----------
    county
        The county.
    standards
        Shares of the bands and pupils per 1,000 inhabitants.

    Returns
    -------
    Demand
        Pupils by village and band.

    Raises
    ------
    DataError
        If the villages table has none of these.

    Examples
    --------
    >>> from layoutplan import example
    >>> from layoutplan.standards import standards
    >>> found = demand(example.county(seed=1, villages=40), standards=standards())
    >>> list(found.pupils.columns)
    ['g13', 'g46', 'g79']
    """
    villages = county.villages
    have, blank = set(villages.columns), tuple[str, ...]()
    if all(f"pupils_{b}" in have for b in BANDS):
        given = villages[[f"pupils_{b}" for b in BANDS]].set_axis(list(BANDS), axis=1)
        return Demand(pupils=given.astype("int64"), source="bands")
    if {f"age_{a}" for ages in _AGES.values() for a in ages} <= have:
        ages = villages[[f"age_{a}" for a in range(6, 15)]].apply(pd.to_numeric)
        by_band = {b: ages[[f"age_{a}" for a in a3]].sum(axis=1) for b, a3 in _AGES.items()}
        shares, source = pd.DataFrame(by_band, dtype=float), "ages"
    elif "pupils" in have:
        shares, source = _by_band(villages["pupils"].astype(float), standards), "total"
    elif "population" in have:
        rate = standards.value("pupils_per_1000_population") / 1000
        population = villages["population"].astype(float)
        shares, source = _by_band(population.fillna(0) * rate, standards), "population"
        blank = tuple(villages.index[population.isna()].astype("str"))
    else:
        raise DataError(Finding(code="no_pupils", table="villages"), lang=county.language())
    notes = []
    if source == "population" and blank:
        notes.append(
            Finding(code="population_blank", severity="warning", table="villages", ids=blank)
        )
    labels = np.array([f"{v} {b}" for v in shares.index for b in BANDS])
    whole = apportion(shares.to_numpy(dtype=float).ravel(), order=labels).reshape(shares.shape)
    note = Finding(
        code=f"pupils_from_{source}",
        severity="warning" if source == "population" else "note",
        table="villages",
        rows=len(villages),
        values={"pupils": int(whole.sum())},
    )
    pupils = pd.DataFrame(whole, index=shares.index, columns=list(BANDS))
    return Demand(pupils=pupils, source=source, findings=(note, *notes))


def _by_band(total: pd.Series, standards: Standards) -> pd.DataFrame:
    shares = np.array([standards.value(f"band_share_{b}") for b in BANDS])
    by_band = np.outer(total.to_numpy(), shares / shares.sum())
    return pd.DataFrame(by_band, index=total.index, columns=list(BANDS))
