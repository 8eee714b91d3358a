"""Refuse locks that no layout can keep."""

import numpy as np
import pandas as pd

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.measures import Options
from layoutplan.model.sets import Sets


def check_locks(sets: Sets, options: Options, *, lang: str) -> None:
    """Refuse locks that no layout can keep.

    Parameters
    ----------
    sets
        The sets of the model.
    options
        What was asked.
    lang
        The language of the message.

    Raises
    ------
    OptionsError
        With every lock that contradicts the measures, the budget, the running cost or the
        number of schools.
    """
    sites, found = sets.sites, list[Finding]()
    free = sets.states[sets.states["free"]]
    some = np.isin(np.arange(len(sites)), free["site"])
    most = free.groupby("site")[["extra_max", "beds_max"]].max().reindex(range(len(sites)))
    least = sites[["extra_least", "beds_least"]].to_numpy(dtype=float)
    barred = ~some | (least > most.fillna(np.inf).to_numpy(dtype=float)).any(axis=1)
    if barred.any():
        found.append(Finding(code="lock_not_allowed", ids=tuple(sites.index[barred])))
    found += _money(sets, free, least)
    open_ones = free.groupby("site")["counted"].min()
    if open_ones.sum() > sets.limits["schools"]:
        counts = {"kept": int(open_ones.sum()), "most": options.schools_max}
        found.append(Finding(code="keep_more_than_max", values=counts))
    if found:
        raise OptionsError(found, lang=lang)


def _money(
    sets: Sets, free: pd.DataFrame, least: np.ndarray[tuple[int, int], np.dtype[np.float64]]
) -> list[Finding]:
    sites, found = sets.sites, []
    prices = np.column_stack([sites["class_yuan"], sites["bed_yuan"] * sites["bed_module"]])
    added = (least * prices.astype(float)).sum(axis=1)
    for column, limit, code, more in (
        ("capital_yuan", "budget_yuan", "locks_over_budget", added),
        ("annual_yuan", "annual_yuan", "locks_over_running_cost", 0.0 * added),
    ):
        cheapest = free.groupby("site")[column].min().reindex(range(len(sites)), fill_value=0.0)
        needed = cheapest.to_numpy(dtype=float) + more
        if needed.sum() > sets.limits[limit]:
            values = {"needed": f"{needed.sum():,.0f}", "budget": f"{sets.limits[limit]:,.0f}"}
            found.append(Finding(code=code, ids=tuple(sites.index[needed > 0]), values=values))
    return found
