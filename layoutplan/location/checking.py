"""The independent checker of located plans: it shares no code with the search."""

import networkx as nx
import numpy as np
from numpy.typing import ArrayLike

from layoutplan.location.located import Located
from layoutplan.location.problem import Floats

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
    elastic = n_open is not None or adjacency is not None
    wrong = _ways(found, table, elastic=elastic)
    total, load = 0.0, np.zeros(table.shape[1])
    for unit, site in enumerate(np.asarray(found.assignment).tolist()):
        if site >= 0:
            total += table[unit, site]
            load[site] += people[unit]
    if fixed_cost is not None:
        total += float(np.asarray(fixed_cost, dtype=float)[found.open].sum())
    wrong += _opened(found, n_open, priced=fixed_cost is not None)
    room = np.full(table.shape[1], np.inf) if capacity is None else np.asarray(capacity, float)
    wrong += _scores(found, np.maximum(load - room, 0.0), total)
    if adjacency is not None and site_unit is not None:
        wrong += _apart(found, adjacency, site_unit, table)
    return wrong


def _ways(found: Located, table: Floats, *, elastic: bool) -> list[str]:
    """Find units that go where they cannot."""
    wrong = []
    for unit, site in enumerate(np.asarray(found.assignment).tolist()):
        if site < 0:
            if not elastic and np.isfinite(table[unit]).any():
                wrong.append(f"unit {unit} has no site, but could have one")
            continue
        if not found.open[site]:
            wrong.append(f"unit {unit} goes to site {site}, which is closed")
        if not np.isfinite(table[unit, site]):
            wrong.append(f"unit {unit} cannot go to site {site}")
    return wrong


def _opened(found: Located, n_open: int | None, *, priced: bool) -> list[str]:
    """Compare the number of open sites with what was asked."""
    count = int(np.sum(found.open))
    if n_open is not None and count != n_open:
        return [f"{count} sites are open, {n_open} were asked for"]
    if n_open is None and not priced and count != len(found.open):
        return ["a given site is closed"]
    return []


def _scores(found: Located, over: Floats, total: float) -> list[str]:
    """Compare overload, status, objective and bound with what was counted."""
    wrong = []
    over = np.where(over <= _TOLERANCE, 0.0, over)
    if not np.allclose(over, found.overload, rtol=_TOLERANCE, atol=_TOLERANCE):
        wrong.append("the overload is not what the assignment gives")
    if (over.sum() > 0) != (found.status == "over_capacity"):
        wrong.append(f"status {found.status} with an overload of {over.sum()}")
    scale = max(1.0, abs(total))
    if abs(total - found.objective) > _TOLERANCE * scale:
        wrong.append(f"objective {found.objective}, scored anew {total}")
    if not over.sum() and found.bound > found.objective + _TOLERANCE * scale:
        wrong.append("the bound is above the objective")
    return wrong


def _apart(found: Located, adjacency: ArrayLike, site_unit: ArrayLike, table: Floats) -> list[str]:
    """Find areas that fall apart or do not hold the unit of their site, and whom they leave out."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(table)))
    graph.add_edges_from(map(tuple, np.asarray(adjacency, dtype=int).reshape(-1, 2).tolist()))
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
    site_of = np.asarray(found.assignment)
    for unit in np.flatnonzero(site_of < 0).tolist():
        beside = {int(site_of[other]) for other in graph[unit]} - {-1}
        wrong += [
            f"unit {unit} has no site, but touches the area of site {site}, which can hold it"
            for site in sorted(beside)
            if np.isfinite(table[unit, site])
        ]
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
