"""Refuse location problems that cannot be posed, with everything wrong at once."""

from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.location.problem import Bools, Floats, Ints, Problem


def posed(
    cost: ArrayLike,
    demand: ArrayLike,
    capacity: ArrayLike | None,
    *,
    fixed_cost: ArrayLike | None = None,
    n_open: int | None = None,
    adjacency: ArrayLike | None = None,
    site_unit: ArrayLike | None = None,
    time_limit: float = 60.0,
    gap: float = 0.0,
    seed: int = 0,
) -> Problem:
    """Read a problem.

    Parameters
    ----------
    cost
        Cost of serving the whole demand of each unit from each site; shape (units, sites).
    demand
        Demand of each unit.
    capacity
        Capacity of each site; without limit where None.
    fixed_cost
        Cost of opening each site.
    n_open
        How many sites are open.
    adjacency
        Pairs of units that touch; shape (pairs, 2).
    site_unit
        The unit on which each site stands.
    time_limit
        Seconds.
    gap
        Relative gap at which the search may stop.
    seed
        Seed of the random numbers.

    Returns
    -------
    Problem
        The problem.

    Raises
    ------
    OptionsError
        With everything wrong at once.
    """
    table = _numbers(cost)
    if table is None or table.ndim != 2 or 0 in table.shape:  # noqa: PLR2004
        shape = "–" if table is None else " x ".join(map(str, table.shape)) or "1"
        raise OptionsError(Finding(code="location_cost", values={"shape": shape}))
    n, m = table.shape
    found = _wrong("location_cost_number", "cost", np.any(~(table >= 0), axis=1))
    people, wrong = _column("demand", demand, n)
    found += wrong
    endless = max(float(people.sum()), 1.0)
    room, wrong = _column("capacity", capacity, m, default=endless, endless=True)
    found += wrong
    price, wrong = _column("fixed_cost", fixed_cost, m, default=0.0)
    found += wrong
    touching, own, wrong = _ground(adjacency, site_unit, n=n, m=m)
    found += wrong
    # Each connected area holds the unit on which its site stands, so that of several sites on
    # one unit one opens at most, and none that cannot serve it.
    most = m if own is None else len(np.unique(own[np.isfinite(table[own, np.arange(m)])]))
    if n_open is not None and not _is_count(n_open, most):
        found.append(Finding(code="location_n_open", values={"value": n_open, "most": most}))
    for name, value, least in (("time_limit", time_limit, np.nextafter(0, 1)), ("gap", gap, 0.0)):
        if not _is_number(value) or not float(value) >= least:
            found.append(Finding(code="location_setting", column=name, values={"value": value}))
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0:
        found.append(Finding(code="location_setting", column="seed", values={"value": seed}))
    if found:
        raise OptionsError(found)
    all_given = fixed_cost is None and n_open is None
    problem = Problem(
        cost=table,
        demand=people,
        capacity=np.minimum(room, endless),
        fixed_cost=price,
        n_open=n_open if n_open is None else int(n_open),
        every_site=all_given or n_open == m,
        adjacency=touching,
        site_unit=own,
    )
    return replace(problem, n_open=None) if problem.every_site else problem


def _numbers(given: ArrayLike) -> Floats | None:
    """Read numbers; None where it cannot be done."""
    try:
        return np.array(given, dtype=np.float64)
    except (TypeError, ValueError):
        return None


def _is_number(value: object) -> bool:
    if isinstance(value, bool | np.bool_):
        return False
    return isinstance(value, int | float | np.number) and not np.isnan(float(value))


def _is_count(value: object, most: int) -> bool:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return whole and 1 <= int(value) <= most  # type: ignore[call-overload]


def _wrong(code: str, column: str, rows: Bools) -> list[Finding]:
    """Name the positions at which something is wrong."""
    if not rows.any():
        return []
    return [Finding(code=code, column=column, ids=tuple(map(str, np.flatnonzero(rows))))]


def _column(
    name: str,
    given: ArrayLike | None,
    length: int,
    *,
    default: float | None = None,
    endless: bool = False,
) -> tuple[Floats, list[Finding]]:
    """Read one number for each unit or site."""
    if given is None and default is not None:
        return np.full(length, default), []
    numbers = None if given is None else _numbers(given)
    if numbers is None or numbers.shape != (length,):
        shape = "–" if numbers is None else " x ".join(map(str, numbers.shape)) or "1"
        values = {"shape": shape, "wanted": length}
        return np.zeros(length), [Finding(code="location_length", column=name, values=values)]
    wrong = ~(numbers >= 0) | (np.isinf(numbers) & (not endless))
    return np.where(wrong, 0.0, numbers), _wrong("location_number", name, wrong)


def _ground(
    adjacency: ArrayLike | None, site_unit: ArrayLike | None, *, n: int, m: int
) -> tuple[sp.csr_array | None, Ints | None, list[Finding]]:
    """Read which units touch and where the sites stand; both or neither are needed."""
    if adjacency is None and site_unit is None:
        return None, None, []
    if adjacency is None or site_unit is None:
        missing = "adjacency" if adjacency is None else "site_unit"
        if missing == "adjacency":
            # Where sites stand matters for connected areas only.
            return None, None, []
        return None, None, [Finding(code="location_ground", column=missing)]
    pairs, found = _positions("adjacency", adjacency, n, columns=2)
    own, wrong = _positions("site_unit", site_unit, n, length=m)
    found += wrong
    if found:
        return None, None, found
    one, two = pairs[:, 0], pairs[:, 1]
    apart = one != two
    row = np.concatenate([one[apart], two[apart]])
    column = np.concatenate([two[apart], one[apart]])
    touching = sp.csr_array((np.ones(len(row)), (row, column)), shape=(n, n))
    touching.sum_duplicates()
    touching.data[:] = 1.0
    return touching, own, []


def _positions(
    name: str, given: ArrayLike, n: int, *, columns: int | None = None, length: int | None = None
) -> tuple[Ints, list[Finding]]:
    """Read positions of units."""
    numbers = _numbers(given)
    if numbers is not None and not numbers.size and columns is not None:
        numbers = numbers.reshape(0, columns)
    fits = numbers is not None and (
        (columns is not None and numbers.ndim == 2 and numbers.shape[1] == columns)  # noqa: PLR2004
        or (length is not None and numbers.shape == (length,))
    )
    if numbers is None or not fits:
        shape = "–" if numbers is None else " x ".join(map(str, numbers.shape)) or "1"
        wanted = f"… x {columns}" if columns is not None else str(length)
        values = {"shape": shape, "wanted": wanted}
        return np.zeros((0, 2), dtype=np.int64), [
            Finding(code="location_length", column=name, values=values)
        ]
    wrong = ~((numbers >= 0) & (numbers < n) & (numbers == np.floor(numbers)))
    rows = wrong.any(axis=1) if wrong.ndim > 1 else wrong
    if rows.any():
        return numbers.astype(np.int64), [
            Finding(
                code="location_position",
                column=name,
                ids=tuple(map(str, np.flatnonzero(rows))),
                values={"most": n - 1},
            )
        ]
    return numbers.astype(np.int64), []
