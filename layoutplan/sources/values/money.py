"""Amounts of money whose heading does not say whether they are 元 or 万元."""

from collections.abc import Collection, Mapping
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.findings import Finding
from layoutplan.sources.values.numbers import FACTORS
from layoutplan.standards import standards

_TEN_THOUSAND: Final = float(FACTORS["万"])

_ENROLMENT: Final = ("enrolment_g13", "enrolment_g46", "enrolment_g79")


def doubtful_money(
    frames: Mapping[str, pd.DataFrame], *, told: Mapping[str, Collection[str]]
) -> list[Finding]:
    """Find amounts that are nearer to what is usual if they are read as 万元.

    Equipment per pupil is held against the lawful least value, capital cost per place
    against the price of a square metre; the middle school decides. An amount x is doubtful
    where 10,000 x lies nearer to the usual amount than x does, on a logarithmic scale.

    Parameters
    ----------
    frames
        The tables under our names, with numbers that can be read.
    told
        Table -> columns whose unit is known.

    Returns
    -------
    list of Finding
        A warning for each doubtful column. Nothing is changed.
    """
    found = []
    schools, candidates = frames.get("schools"), frames.get("candidates")
    if schools is not None and "equipment_yuan" not in told.get("schools", ()):
        usual = standards("cn-quality-2017").value("quality_equipment_yuan_primary")
        pupils = sum(
            (_numbers(schools, c) for c in _ENROLMENT if c in schools), np.zeros(len(schools))
        )
        amounts = _per(_numbers(schools, "equipment_yuan"), pupils)
        found += _doubt(amounts, usual, "schools", "equipment_yuan")
    if candidates is not None and "capital_yuan" not in told.get("candidates", ()):
        usual = standards("cn-layout-national").value("building_yuan_per_m2")
        amounts = _per(_numbers(candidates, "capital_yuan"), _numbers(candidates, "places"))
        found += _doubt(amounts, usual, "candidates", "capital_yuan")
    return found


def _per(amounts: NDArray[np.float64], of: NDArray[np.float64]) -> NDArray[np.float64]:
    rates: NDArray[np.float64] = np.full(len(amounts), np.nan)
    some = of > 0
    rates[some] = amounts[some] / of[some]
    return rates


def _numbers(frame: pd.DataFrame, column: str) -> NDArray[np.float64]:
    if column not in frame:
        return np.full(len(frame), np.nan)
    return pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def _doubt(amounts: NDArray[np.float64], usual: float, table: str, column: str) -> list[Finding]:
    whole = amounts[np.isfinite(amounts) & (amounts > 0)]
    if not len(whole):
        return []
    middle = float(np.median(whole))
    as_told, as_ten_thousands = (abs(np.log(m / usual)) for m in (middle, middle * _TEN_THOUSAND))
    if as_told <= as_ten_thousands:
        return []
    values = {"middle": f"{middle:,.2f}", "usual": f"{usual:,.0f}"}
    return [
        Finding(
            code="money_unit_doubtful",
            severity="warning",
            table=table,
            column=column,
            rows=len(whole),
            values=values,
        )
    ]
