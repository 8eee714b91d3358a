"""The independent checker of located plans: it shares no code with the search."""

from collections.abc import Sequence

import networkx as nx
import numpy as np
from numpy.typing import ArrayLike

from layoutplan.location.located import Located

_TOLERANCE = 1e-6


def located_breaches(
    found: Located,
    cost: ArrayLike,
    demand: ArrayLike,
    capacity: ArrayLike | None,
    fixed_cost: ArrayLike | None = None,
    n_open: int | None = None,
    adjacency: ArrayLike | None = None,
    site_unit: ArrayLike | None = None,
) -> list[str]:
    """Score an answer of `layoutplan.locate` anew and list everything that does not hold.

    Parameters
    ----------
    found
        The answer.
    cost, demand, capacity, fixed_cost, n_open, adjacency, site_unit
        What was asked; see `layoutplan.locate`.

    Returns
    -------
    list of str
        One line per breach; empty for a sound answer.
    """
    table = np.asarray(cost, dtype=float)
    people = np.asarray(demand, dtype=float)
    wrong = []
    total, load = 0.0, np.zeros(table.shape[1])
    for unit, site in enumerate(np.asarray(found.assignment).tolist()):
        if site < 0:
            if n_open is None and adjacency is None and np.isfinite(table[unit]).any():
                wrong.append(f"unit {unit} has no site, but could have one")
            continue
        if not found.open[site]:
            wrong.append(f"unit {unit} goes to site {site}, which is closed")
        if not np.isfinite(table[unit, site]):
            wrong.append(f"unit {unit} cannot go to site {site}")
        total += table[unit, site]
        load[site] += people[unit]
    count = int(np.sum(found.open))
    if fixed_cost is not None:
        total += float(np.asarray(fixed_cost, dtype=float)[found.open].sum())
    if n_open is not None and count != n_open:
        wrong.append(f"{count} sites are open, {n_open} were asked for")
    if n_open is None and fixed_cost is None and count != table.shape[1]:
        wrong.append("a given site is closed")
    room = np.full(table.shape[1], np.inf) if capacity is None else np.asarray(capacity, float)
    over = np.maximum(load - room, 0.0)
    over[over <= _TOLERANCE] = 0.0
    if not np.allclose(over, found.overload, atol=_TOLERANCE * max(1.0, load.max(initial=0.0))):
        wrong.append("the overload is not what the assignment gives")
    if (over.sum() > 0) != (found.status == "over_capacity"):
        wrong.append(f"status {found.status} with an overload of {over.sum()}")
    scale = max(1.0, abs(total))
    if abs(total - found.objective) > _TOLERANCE * scale:
        wrong.append(f"objective {found.objective}, scored anew {total}")
    if not over.sum() and found.bound > found.objective + _TOLERANCE * scale:
        wrong.append("the bound is above the objective")
    if adjacency is not None and site_unit is not None:
        wrong += _apart(found, adjacency, site_unit, len(table))
    return wrong


def _apart(found: Located, adjacency: ArrayLike, site_unit: ArrayLike, units: int) -> list[str]:
    """Find areas that fall apart or do not hold the unit of their site."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(units))
    pairs: Sequence[Sequence[int]] = np.asarray(adjacency, dtype=int).reshape(-1, 2).tolist()
    graph.add_edges_from((a, b) for a, b in pairs)
    own = np.asarray(site_unit, dtype=int)
    wrong = []
    for site in np.flatnonzero(found.open).tolist():
        area = set(np.flatnonzero(found.assignment == site).tolist())
        if not area:
            continue
        if int(own[site]) not in area:
            wrong.append(f"the area of site {site} is without its own unit")
        if not nx.is_connected(graph.subgraph(area)):
            wrong.append(f"the area of site {site} falls apart")
    return wrong


def assert_located_valid(
    found: Located,
    cost: ArrayLike,
    demand: ArrayLike,
    capacity: ArrayLike | None,
    fixed_cost: ArrayLike | None = None,
    n_open: int | None = None,
    adjacency: ArrayLike | None = None,
    site_unit: ArrayLike | None = None,
) -> None:
    """Fail with every breach where an answer of `layoutplan.locate` is not sound.

    Parameters
    ----------
    found
        The answer.
    cost, demand, capacity, fixed_cost, n_open, adjacency, site_unit
        What was asked; see `layoutplan.locate`.

    Raises
    ------
    AssertionError
        If anything does not hold.

    Examples
    --------
    >>> import layoutplan as lp
    >>> asked = [[0, 4], [1, 3], [6, 2]], [1, 1, 1], [2, 2]
    >>> assert_located_valid(lp.locate(*asked), *asked)
    """
    breaches = located_breaches(
        found,
        cost,
        demand,
        capacity,
        fixed_cost,
        n_open,
        adjacency,
        site_unit,
    )
    if breaches:
        raise AssertionError("\n".join(breaches))
