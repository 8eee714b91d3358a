"""Local changes: a few sites and their pupils free, everything else as it is."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from layoutplan.model.constraints import Model
from layoutplan.model.part import beside, part_of, solve_part
from layoutplan.model.rows import at, stack
from layoutplan.model.ties import links
from layoutplan.model.transport import open_sites

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_WAYS_KEPT = 6
"""Cheapest flows of each group that a local model has; more only slow it down."""

_NODES = 3000
"""Limit on the nodes of one local search: counted work, the same on every machine."""

_SMALL_GAP = 1e-4
"""Relative gap at which a local search stops."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Nearness:
    """How much sites share pupils: the weight with which two of them could take the same.

    Parameters
    ----------
    weight
        Sites x sites.
    """

    weight: Floats

    def nearest(self, site: int, among: Bools, count: int) -> Ints:
        """Give the sites that share most pupils with one.

        Parameters
        ----------
        site
            The site.
        among
            The sites asked about.
        count
            How many, at most.

        Returns
        -------
        numpy.ndarray
            Their row numbers, most first; without those that share none.
        """
        shared = np.where(among, self.weight[site], 0.0)
        shared[site] = 0.0
        order = np.argsort(-shared, kind="stable")[:count]
        return order[shared[order] > 0].astype(np.int64)


def nearness(model: Model) -> Nearness:
    """Measure how much sites share pupils.

    Each group counts for a site with its pupils divided by the rank of the site among its
    cheapest ones.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    Nearness
        The nearness.
    """
    flows, m, n = model.sets.flows, len(model.sets.sites), len(model.sets.groups)
    group, site = (flows[c].to_numpy(dtype=np.int64) for c in ("group", "site"))
    rank = ranked(group, model.columns.cost[model.columns.flow])
    pupils = model.sets.groups["pupils"].to_numpy(dtype=float)[group]
    share = sp.csr_array((1.0 / (1.0 + rank), (site, group)), shape=(m, n))
    loads = sp.csr_array((pupils / (1.0 + rank), (site, group)), shape=(m, n))
    return Nearness(weight=np.asarray((loads @ share.T).todense(), dtype=float))


def ranked(group: Ints, cost: Floats) -> Ints:
    """Rank the flows of each group by their cost.

    Parameters
    ----------
    group
        The group of each flow.
    cost
        Its cost.

    Returns
    -------
    numpy.ndarray
        The rank of each flow in its group, from 0.

    Examples
    --------
    >>> ranked(np.array([0, 0, 1]), np.array([3.0, 2.0, 5.0])).tolist()
    [1, 0, 0]
    """
    order = np.lexsort((np.arange(len(group)), cost, group))
    ranked = np.empty(len(group), dtype=np.int64)
    sorted_group = group[order]
    first = np.r_[True, sorted_group[1:] != sorted_group[:-1]] if len(group) else np.zeros(0, bool)
    start = np.maximum.accumulate(np.where(first, np.arange(len(group)), 0))
    ranked[order] = np.arange(len(group)) - start
    return ranked


def with_all_links(model: Model) -> Model:
    """Tie every group to every site, which makes small parts of the model tight.

    Parameters
    ----------
    model
        The model.

    Returns
    -------
    Model
        The model with all links.
    """
    return Model(
        sets=model.sets,
        columns=model.columns,
        rows=stack([model.rows, links(model.sets, model.columns)]),
        family=model.family,
    )


def around_sites(model: Model, values: Floats, sites: Ints) -> Ints:
    """Give the variables that are free when some sites are, and the pupils who go there.

    Parameters
    ----------
    model
        The model.
    values
        The plan.
    sites
        Row numbers of the sites.

    Returns
    -------
    numpy.ndarray
        Numbers of the variables: flows between these sites and the pupils who are at one of
        them or nowhere, what the sites are and have, and what follows from both.
    """
    sets, columns = model.sets, model.columns
    inside = np.zeros(len(sets.sites), dtype=bool)
    inside[sites] = True
    group, site = (sets.flows[c].to_numpy(dtype=np.int64) for c in ("group", "site"))
    flow = values[columns.flow]
    here = np.zeros(len(sets.groups), dtype=bool)
    here[group[(flow > 0) & inside[site]]] = True
    # Who is nowhere counts where one of the sites could take him.
    reach = np.zeros(len(sets.groups), dtype=bool)
    reach[group[inside[site]]] = True
    here |= reach & (values[columns.unserved] > 0)
    candidates = np.flatnonzero(here[group] & inside[site])
    rank = ranked(group[candidates], columns.cost[columns.flow][candidates])
    kept = candidates[(rank < _WAYS_KEPT) | (flow[candidates] > 0)]
    states = inside[sets.states["site"].to_numpy(dtype=np.int64)]
    townships = sets.townships.get_indexer(pd.Index(sets.sites["township_id"].iloc[sites]))
    parts = [
        at(columns.flow)[kept],
        at(columns.unserved)[here],
        at(columns.state)[states],
        at(columns.bare)[np.unique(townships[townships >= 0])],
    ]
    if columns.above.stop > columns.above.start:
        parts.append(at(columns.above)[here])
    parts += [
        at(part)[sites]
        for part in (
            columns.overload, columns.short, columns.oversize, columns.extra, columns.beds,
        )
    ]  # fmt: skip
    if len(columns.receivers):
        left = columns.receivers["origin"].to_numpy(dtype=np.int64)
        parts.append(at(columns.receiver)[inside[left]])
    return np.sort(np.concatenate(parts))


def resolve_near(
    model: Model,
    values: Floats,
    sites: Ints,
    *,
    seconds: float,
    gap: float = _SMALL_GAP,
    shares: bool = False,
) -> Floats | None:
    """Find the best plan in which only some sites and their pupils change.

    Parameters
    ----------
    model
        The model, best with all links; see `with_all_links`.
    values
        The plan to start from. It need not keep the rows of the free variables, so that
        locks may have changed.
    sites
        Row numbers of the sites.
    seconds
        Time limit, which is to be a safety only: the work is counted.
    gap
        Relative gap at which to stop.
    shares
        Whether pupils may be shares even where the sets say that groups go whole.

    Returns
    -------
    numpy.ndarray or None
        Values of all variables; None where nothing was found.
    """
    free = around_sites(model, values, sites)
    part = part_of(model, values, free, whole_flows=False if shares else None)
    work = partial(solve_part, part, seconds=seconds, gap=gap, nodes=_NODES)
    result = beside(work)
    if result.x is None:
        return None
    return part.values(np.asarray(result.x, dtype=float))


def sites_near(
    model: Model, values: Floats, near: Nearness, site: int, *, opened: int, closed: int
) -> Ints:
    """Give a site with its nearest open and closed ones.

    Parameters
    ----------
    model
        The model.
    values
        The plan, which says what is open.
    near
        How near sites are to each other.
    site
        The site.
    opened, closed
        How many of each.

    Returns
    -------
    numpy.ndarray
        Row numbers, sorted.
    """
    is_open = open_sites(model, values)
    parts = [near.nearest(site, is_open, opened), near.nearest(site, ~is_open, closed)]
    return np.unique(np.concatenate([np.array([site], dtype=np.int64), *parts]))
