"""Refuse questions of reach that cannot be asked, with everything wrong at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.location.problem import Bools, Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class Question:
    """What is asked, as arrays that fit together.

    Parameters
    ----------
    minutes
        Travel time from each unit to each site, infinite where there is no way.
    demand
        Demand of each unit, from 0.
    limit
        The longest travel time of each unit that counts as covered.
    fixed_cost
        Cost of opening each site, from 0.
    keep
        Whether each site has to be open.
    """

    minutes: Floats
    demand: Floats
    limit: Floats
    fixed_cost: Floats
    keep: Bools


def asked(
    minutes: ArrayLike,
    demand: ArrayLike | None,
    *,
    limit: ArrayLike = np.inf,
    n_open: int | None = None,
    counted: bool = False,
    fixed_cost: ArrayLike | None = None,
    keep: ArrayLike | None = None,
    time_limit: float = 60.0,
) -> Question:
    """Read a question.

    Parameters
    ----------
    minutes
        Travel times; shape (units, sites).
    demand
        Demand of each unit; 1 each where None.
    limit
        The longest travel time that counts as covered, one for all or one of each unit.
    n_open
        How many sites are to be open, or None.
    counted
        Whether ``n_open`` has to be given.
    fixed_cost
        Cost of each site; 1 each where None.
    keep
        Positions of the sites that have to be open, or one truth value for each site.
    time_limit
        Seconds.

    Returns
    -------
    Question
        The question.

    Raises
    ------
    OptionsError
        With everything wrong at once.
    """
    table = _numbers(minutes)
    if table is None or table.ndim != 2 or 0 in table.shape:  # noqa: PLR2004
        shape = "–" if table is None else " x ".join(map(str, table.shape)) or "1"
        raise OptionsError(Finding(code="siting_minutes", values={"shape": shape}))
    n, m = table.shape
    wrong_units: Bools = np.any(~(table >= 0), axis=1)
    found = _wrong_rows("siting_minutes_number", "minutes", wrong_units)
    people, wrong = _column("demand", 1.0 if demand is None else demand, n, each=demand is not None)
    found += wrong
    longest, wrong = _column("limit", limit, n, each=np.ndim(limit) > 0, endless=True)
    found += wrong
    price = 1.0 if fixed_cost is None else fixed_cost
    cost, wrong = _column("fixed_cost", price, m, each=fixed_cost is not None)
    found += wrong
    kept, wrong = _kept(keep, m)
    found += wrong
    if n_open is not None or counted:
        found += _counts(n_open, m, int(kept.sum()))
    if n_open is not None and fixed_cost is not None:
        found.append(Finding(code="siting_cost_and_count"))
    if not _is_number(time_limit) or not float(time_limit) > 0:
        found.append(Finding(code="siting_time", values={"value": time_limit}))
    if found:
        raise OptionsError(found)
    return Question(minutes=table, demand=people, limit=longest, fixed_cost=cost, keep=kept)


def _numbers(given: ArrayLike) -> Floats | None:
    """Read numbers; None where it cannot be done."""
    try:
        return np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        return None


def _is_number(value: object) -> bool:
    if isinstance(value, bool | np.bool_):
        return False
    return isinstance(value, int | float | np.number) and not np.isnan(float(value))


def _wrong_rows(code: str, column: str, wrong: Bools) -> list[Finding]:
    """Name the positions at which something is wrong."""
    if not wrong.any():
        return []
    return [Finding(code=code, column=column, ids=tuple(map(str, np.flatnonzero(wrong))))]


def _column(
    name: str, given: ArrayLike, length: int, *, each: bool, endless: bool = False
) -> tuple[Floats, list[Finding]]:
    """Read one number for each unit or site, or one for all."""
    numbers = _numbers(given)
    good = np.zeros(length)
    if numbers is None or numbers.shape != ((length,) if each else ()):
        shape = "–" if numbers is None else " x ".join(map(str, numbers.shape)) or "1"
        values = {"shape": shape, "wanted": length}
        return good, [Finding(code="siting_length", column=name, values=values)]
    numbers = np.broadcast_to(numbers, length)
    wrong = ~(numbers >= 0) | (np.isinf(numbers) & (not endless))
    return numbers.copy(), _wrong_rows("siting_number", name, wrong)


def _kept(keep: ArrayLike | None, m: int) -> tuple[Bools, list[Finding]]:
    """Read which sites have to be open."""
    kept = np.zeros(m, dtype=bool)
    if keep is None:
        return kept, []
    given = np.asarray(keep)
    if given.dtype == bool and given.shape == (m,):
        return given.copy(), []
    if not given.size:
        return kept, []
    if given.ndim != 1 or given.dtype.kind not in "iu":
        return kept, [Finding(code="siting_keep", ids=(str(keep),))]
    known = (given >= 0) & (given < m)
    kept[given[known]] = True
    if known.all():
        return kept, []
    return kept, [Finding(code="siting_keep", ids=tuple(map(str, given[~known])))]


def _counts(n_open: object, m: int, kept: int) -> list[Finding]:
    """Look at how many sites are to be open."""
    whole = isinstance(n_open, int | np.integer) and not isinstance(n_open, bool)
    count = int(n_open) if isinstance(n_open, int | np.integer) and whole else 0
    if not 1 <= count <= m:
        return [Finding(code="siting_n_open", values={"value": n_open, "most": m})]
    if count < kept:
        return [Finding(code="siting_keep_many", values={"kept": kept, "n_open": count})]
    return []
