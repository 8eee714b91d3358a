"""Pupils of the base year by village and grade, and children below school age."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.county import County
from layoutplan.demand import demand
from layoutplan.demand.apportion import apportion_within
from layoutplan.findings import Finding
from layoutplan.projection.grades import ENTRY_AGE, GRADES, GRADES_OF_BAND
from layoutplan.standards import Standards
from layoutplan.tables import BANDS, GRADES_PER_BAND

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Start:
    """The pupils of the base year.

    Parameters
    ----------
    pupils
        Whole persons, villages x grades; villages by their ids.
    young
        Children below the age of entry by age, villages x (0 ... 5); None where not known.
    findings
        What was derived, and how.
    """

    pupils: pd.DataFrame
    young: pd.DataFrame | None
    findings: tuple[Finding, ...] = ()


def start(county: County, *, numbers: Standards, shape: Floats | None) -> Start:
    """Find the pupils of every village by grade.

    Parameters
    ----------
    county
        The county.
    numbers
        The standards.
    shape
        Children of the cohorts that are now in grades 1 to 9, NaN where not known, by which
        a band is spread over its grades; None where nothing is known.

    Returns
    -------
    Start
        Pupils by grade, and the children who are to come.

    Raises
    ------
    DataError
        If ages are negative or no pupils can be found.
    """
    found = demand(county, standards=numbers)
    villages = county.villages.sort_index()
    bands = found.pupils.reindex(villages.index)
    ages = _ages(villages)
    notes = list(found.findings)
    have = all(ENTRY_AGE + n in ages for n in range(len(GRADES)))
    if have:
        within = ages[[ENTRY_AGE + n for n in range(len(GRADES))]].to_numpy(dtype=float)
        notes += _mismatches(villages, ages, bands, numbers=numbers)
    else:
        within = np.broadcast_to(_even(shape), (len(villages), len(GRADES))).copy()
        code = "grades_from_bands_by_births" if shape is not None else "grades_from_bands"
        notes.append(Finding(code=code, severity="note", table="villages", rows=len(villages)))
    young = [a for a in range(ENTRY_AGE) if a in ages]
    complete = len(young) == ENTRY_AGE
    return Start(
        pupils=_by_grade(bands, within),
        young=ages[young] if complete else None,
        findings=tuple(notes),
    )


def _ages(villages: pd.DataFrame) -> pd.DataFrame:
    names = {int(str(c)[4:]): c for c in villages.columns if str(c).startswith("age_")}
    table = villages[list(names.values())].apply(pd.to_numeric).set_axis(list(names), axis=1)
    return pd.DataFrame(table.astype(float))


def _even(shape: Floats | None) -> Floats:
    """Shares within each band; those not known are as large as the mean of the others."""
    if shape is None:
        return np.ones(len(GRADES))
    by_band = shape.reshape(len(BANDS), GRADES_PER_BAND)
    known = np.isfinite(by_band)
    size = known.sum(axis=1)
    mean = np.divide(np.where(known, by_band, 0).sum(axis=1), size, out=np.ones(len(BANDS)),
                     where=size > 0)  # fmt: skip
    filled = np.where(known, by_band, mean[:, None])
    return np.where(filled.sum(axis=1, keepdims=True) > 0, filled, 1.0).ravel()


def _by_grade(bands: pd.DataFrame, within: Floats) -> pd.DataFrame:
    """Spread each band over its grades; whoever is left over goes to each grade in turn."""
    villages, grades = within.shape
    rows, columns = np.indices(within.shape)
    group = rows * len(BANDS) + columns // GRADES_PER_BAND
    totals = bands.to_numpy(dtype=np.int64).ravel()
    shares = within.ravel()
    empty = np.bincount(group.ravel(), weights=shares, minlength=len(totals)) <= 0
    shares = np.where(empty[group.ravel()], 1.0, shares)
    turn = (columns + rows) % GRADES_PER_BAND
    whole = apportion_within(shares, group.ravel(), totals, order=turn.ravel())
    return pd.DataFrame(whole.reshape(villages, grades), index=bands.index, columns=list(GRADES))


def _mismatches(
    villages: pd.DataFrame, ages: pd.DataFrame, bands: pd.DataFrame, *, numbers: Standards
) -> list[Finding]:
    """Find villages whose ages do not go with their pupils or their people."""
    found = []
    tolerance = numbers.value("ages_apart_share")
    by_band = {
        b: ages[[ENTRY_AGE + GRADES.index(g) for g in GRADES_OF_BAND[b]]].sum(axis=1) for b in BANDS
    }
    of_age, pupils = pd.DataFrame(by_band), bands.astype(float)
    # A difference of a person or two is rounding.
    apart = ((of_age - pupils).abs() > 1 + tolerance * pupils).any(axis=1)
    ids = tuple(villages.index[apart].astype("str"))
    if ids:
        values = {"share": f"{100 * tolerance:g}"}
        found.append(
            Finding(code="ages_not_pupils", severity="warning", table="villages", ids=ids,
                    values=values)
        )  # fmt: skip
    if "population" in villages:
        over = ages.sum(axis=1) > villages["population"].astype(float)
        ids = tuple(villages.index[over].astype("str"))
        if ids:
            found.append(
                Finding(code="ages_above_population", severity="warning", table="villages", ids=ids)
            )
    return found
