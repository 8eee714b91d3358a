"""What each school has per pupil, and whether it reaches its standards."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.balance.indicators import STAGES, Measured
from layoutplan.balance.rulebook import school_rule
from layoutplan.standards import Standards, verdicts
from layoutplan.words import Language

_MET: Final = {"met": "yes", "not_met": "no", "unknown": ""}

_SLIP = 1e-9
"""Below this, a difference is rounding error of the machine and not of the county."""


def half_up(values: NDArray[np.float64], decimals: int) -> NDArray[np.float64]:
    """Round as forms do, halves away from zero.

    Parameters
    ----------
    values
        Numbers from 0.
    decimals
        How many decimals are kept.

    Returns
    -------
    numpy.ndarray
        The rounded numbers; NaN stays NaN.

    Examples
    --------
    >>> half_up(np.array([0.125, 4.195]), 2).tolist()
    [0.13, 4.2]
    """
    scale = 10.0**decimals
    return np.asarray(np.floor(values * scale + 0.5 + _SLIP) / scale, dtype=np.float64)


def school_values(
    units: pd.DataFrame, measured: Sequence[Measured], why: pd.DataFrame
) -> pd.DataFrame:
    """Set resources in proportion to pupils.

    Parameters
    ----------
    units
        Units with pupils and resources.
    measured
        The indicators.
    why
        Why a resource of a unit is not known, by resource; empty where it is.

    Returns
    -------
    pandas.DataFrame
        Units x indicators; NaN where the resource is not known.
    """
    return pd.DataFrame(
        {
            m.name: (m.per * units[m.resource] / units["pupils"]).where(why[m.resource].eq(""))
            for m in measured
        },
        index=units.index,
    )


def standards_by_unit(
    units: pd.DataFrame, measured: Sequence[Measured], rules: Standards
) -> NDArray[np.float64]:
    """Give the standard of each unit and indicator.

    Parameters
    ----------
    units
        Units.
    measured
        The indicators.
    rules
        The rulebook.

    Returns
    -------
    numpy.ndarray
        Units x indicators; NaN where there is no standard.
    """
    wanted = np.full((len(units), len(measured)), np.nan)
    for stage in STAGES:
        here = units["stage"].eq(stage).to_numpy()
        ids = school_rule(rules, stage).wanted
        for column, m in enumerate(measured):
            if m.name in ids:
                wanted[here, column] = rules.value(ids[m.name])
    return wanted


def at_least(values: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Compare without being led astray by the last digit of the machine.

    Parameters
    ----------
    values
        The numbers.
    wanted
        What they should reach.

    Returns
    -------
    numpy.ndarray
        Whether they do; False where one is missing.

    Examples
    --------
    >>> bool(at_least(np.array([3.57]), np.array([0.85 * 4.2]))[0])
    True
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(values >= wanted - _SLIP * np.maximum(1.0, np.abs(wanted)))


def levels(values: NDArray[np.float64], reference: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum up in one number how well a school is provided for.

    The mean over its indicators of value over reference, each counted up to 1, so that
    plenty of one thing does not make up for the want of another.

    Parameters
    ----------
    values
        Units x indicators.
    reference
        Standards or county means, in the same shape.

    Returns
    -------
    numpy.ndarray
        From 0 to 1; 1 where everything is reached; NaN without any value.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        reached = np.where(reference > 0, np.minimum(values / reference, 1.0), 1.0)
    known = np.isfinite(values) & np.isfinite(reference)
    count = known.sum(axis=1)
    total = np.where(known, reached, 0.0).sum(axis=1)
    mean: NDArray[np.float64] = np.full(len(values), np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return mean


def judged(
    units: pd.DataFrame,
    values: pd.DataFrame,
    measured: Sequence[Measured],
    rules: Standards,
    *,
    quality: bool,
    lang: Language,
) -> pd.DataFrame:
    """Judge each unit: at least six of seven, and the floor for the rest.

    Parameters
    ----------
    units
        Units.
    values
        Their values.
    measured
        The indicators that there are data for.
    rules
        The rulebook.
    quality
        Whether schools are held to standards at all.
    lang
        The language of messages.

    Returns
    -------
    pandas.DataFrame
        The table of schools. ``met`` is empty where missing data could change it.
    """
    table = units[["stage", "school_id", "name", "kind", "township_id", "pupils"]].join(values)
    if not quality:
        means = _county_means(units, values, measured)
        return table.assign(level=levels(values.to_numpy(dtype=np.float64), means))
    parts = []
    for stage in STAGES:
        here = table[table["stage"].eq(stage)]
        rule = school_rule(rules, stage)
        data = here[["stage", *values.columns]]
        verdict = verdicts(data, rules, rules=[rule.id], lang=lang).set_index("row")
        verdict = verdict.reindex(here.index)
        shown = here[list(values.columns)].to_numpy(dtype=np.float64)
        if rule.decimals is not None:
            shown = half_up(shown, rule.decimals)
        parts.append(
            here.assign(
                **dict(zip(values.columns, shown.T, strict=True)),
                reached=verdict["reached"],
                below_floor=verdict["under_floor"].astype("str").str.count(r"\w+"),
                failed=verdict["below"].astype("str").str.replace(",", ""),
                level=levels(shown, standards_by_unit(here, measured, rules)),
                met=verdict["verdict"].map(_MET),
            )
        )
    both = pd.concat([p for p in parts if len(p)] or parts[:1])
    return both.astype({"reached": "int64", "below_floor": "int64", "failed": "str", "met": "str"})


def _county_means(
    units: pd.DataFrame, values: pd.DataFrame, measured: Sequence[Measured]
) -> NDArray[np.float64]:
    means = np.full(values.shape, np.nan)
    for stage in STAGES:
        here = units["stage"].eq(stage).to_numpy()
        for column, m in enumerate(measured):
            known = here & values[m.name].notna().to_numpy()
            if known.any():
                pupils = units.loc[known, "pupils"].sum()
                means[here, column] = m.per * units.loc[known, m.resource].sum() / pupils
    return means
