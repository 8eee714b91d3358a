"""Pricing: grow many connected areas at once and keep those of least reduced cost."""

from dataclasses import dataclass

import numpy as np

from layoutplan.location.contiguous.subset_rows import PAIR, Cuts
from layoutplan.location.contiguous.universe import Masks, Universe
from layoutplan.location.problem import Bools, Floats, Ints

TINY = 1e-9


@dataclass(frozen=True, eq=False, kw_only=True)
class Duals:
    """Prices of the master problem.

    Parameters
    ----------
    unit
        What covering each unit is worth.
    cuts
        Subset-row cuts.
    penalty
        What an area pays that counts in a cut, from 0.
    """

    unit: Floats
    cuts: Cuts
    penalty: Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class Grown:
    """Areas found by pricing.

    Parameters
    ----------
    row
        Rows of the universe.
    mask
        Places, shape (areas, words).
    reduced
        Reduced costs.
    """

    row: Ints
    mask: Masks
    reduced: Floats


def priced(
    universe: Universe, room: Floats, duals: Duals, *, beam: int, keep: int, below: float
) -> Grown:
    r"""Grow areas by beam search on reduced cost, all sites at once.

    With prices :math:`\pi_i` of units and :math:`\sigma_r \ge 0` of cuts, an area *S* of site
    *j* has the reduced cost

    .. math::

        \bar c(S) = \sum_{i \in S} (c_{ij} - \pi_i)
        + \sum_r \sigma_r [\, |S \cap r| \ge 2 \,].

    Every area grows from its site's unit by one neighbour at a time; per site and size the
    best few are kept by :math:`\bar c(S) + \theta_j d(S)`, where :math:`\theta_j` is the worth
    of one unit of room: the profit per demand at which the site's fractional knapsack fills up
    (Dantzig 1957). Without it areas that use up their room early crowd out the others.
    The search is no proof: an area not found may exist.

    Parameters
    ----------
    universe
        The units of each site.
    room
        Room of each row of the universe.
    duals
        Prices.
    beam
        Areas kept per site and size.
    keep
        Areas given back per site at most.
    below
        Only areas of less reduced cost are given back.

    Returns
    -------
    Grown
        The best areas of each site.
    """
    gain = np.where(universe.units >= 0, universe.cost - duals.unit[universe.units], np.inf)
    worth = _worth_of_room(gain, universe.demand, room)
    cut_masks, penalties = _cuts_by_site(universe, duals)
    row = np.flatnonzero((universe.demand[:, 0] <= room + TINY) & np.isfinite(gain[:, 0]))
    mask = np.tile(universe.bit[0], (len(row), 1))
    value, load = gain[row, 0], universe.demand[row, 0]
    front = universe.touching[row, 0]
    found = [(row, mask, value)]
    while len(row):
        at, place = universe.spread(front)
        there = row[at]
        heavier = load[at] + universe.demand[there, place]
        fits = heavier <= room[there] + TINY
        at, place, there, heavier = at[fits], place[fits], there[fits], heavier[fits]
        if not len(at):
            break
        larger = mask[at] | universe.bit[place]
        once = _distinct(there, larger)
        at, place, there = at[once], place[once], there[once]
        heavier, larger = heavier[once], larger[once]
        worthy = value[at] + gain[there, place]
        reduced = worthy + _penalty(larger, there, cut_masks, penalties)
        good = np.flatnonzero(reduced < below)
        good = good[_first_per_row(there[good], reduced[good], keep)]
        found.append((there[good], larger[good], reduced[good]))
        kept = _first_per_row(there, reduced + worth[there] * heavier, beam)
        row, mask, load = there[kept], larger[kept], heavier[kept]
        value = worthy[kept]
        front = (front[at[kept]] | universe.touching[row, place[kept]]) & ~mask
    rows, masks, values = (np.concatenate(part) for part in zip(*found, strict=True))
    good = np.flatnonzero(values < below)
    good = good[_first_per_row(rows[good], values[good], keep)]
    return Grown(row=rows[good], mask=masks[good], reduced=values[good])


def _worth_of_room(gain: Floats, demand: Floats, room: Floats) -> Floats:
    """Give the profit per demand at which each site's fractional knapsack is full.

    Parameters
    ----------
    gain
        Reduced cost of each place.
    demand
        Its demand.
    room
        Room of each site.

    Returns
    -------
    Floats
        Worth of one unit of room; 0 where all that pays fits.
    """
    pays = gain < 0
    rate = np.where(pays, -gain, 0) / np.maximum(np.where(pays, demand, 1), TINY)
    order = np.argsort(-rate, axis=1, kind="stable")
    filled = np.cumsum(np.take_along_axis(np.where(pays, demand, 0), order, axis=1), axis=1)
    full = filled > room[:, None]
    at = np.take_along_axis(order, full.argmax(axis=1)[:, None], axis=1)
    return np.where(full.any(axis=1), np.take_along_axis(rate, at, axis=1)[:, 0], 0.0)


def _cuts_by_site(universe: Universe, duals: Duals) -> tuple[Masks, Floats]:
    """Write the cuts as masks of each site's places.

    Parameters
    ----------
    universe
        The units of each site.
    duals
        Cuts and their penalties.

    Returns
    -------
    tuple of Masks and Floats
        Masks (sites, cuts of one site, words) and penalties (sites, cuts of one site); filled
        up with empty cuts.
    """
    active = duals.penalty > TINY
    places = universe.place[:, duals.cuts[active]]
    inside = places >= 0
    counts = inside.sum(axis=2) >= PAIR
    width = int(counts.sum(axis=1).max(initial=0))
    rows = len(universe.units)
    masks = np.zeros((rows, width, universe.words), dtype=np.uint64)
    penalties = np.zeros((rows, width))
    member = np.where(inside[..., None], universe.bit[places], np.uint64(0))
    of_cut = np.bitwise_or.reduce(member, axis=2)
    for row in range(rows):
        mine = np.flatnonzero(counts[row])
        masks[row, : len(mine)] = of_cut[row, mine]
        penalties[row, : len(mine)] = duals.penalty[active][mine]
    return masks, penalties


def _penalty(masks: Masks, row: Ints, cut_masks: Masks, penalties: Floats) -> Floats:
    """Give what areas pay for cuts.

    Parameters
    ----------
    masks
        Areas.
    row
        Their sites.
    cut_masks, penalties
        Cuts of each site.

    Returns
    -------
    Floats
        Penalty of each area.
    """
    out = np.zeros(len(masks))
    for cut in range(penalties.shape[1]):
        members = np.bitwise_count(masks & cut_masks[row, cut]).sum(axis=1)
        out += (members >= PAIR) * penalties[row, cut]
    return out


def _distinct(row: Ints, masks: Masks) -> Ints:
    """Give the positions of areas, each once.

    Parameters
    ----------
    row
        Their sites.
    masks
        Their places.

    Returns
    -------
    Ints
        Positions.
    """
    order = np.lexsort((*masks.T, row))
    ahead, behind = order[1:], order[:-1]
    new: Bools = (masks[ahead] != masks[behind]).any(axis=1) | (row[ahead] != row[behind])
    return order[np.r_[True, new]]


def _first_per_row(row: Ints, value: Floats, most: int) -> Ints:
    """Give the positions of the least values of each site.

    Parameters
    ----------
    row
        Sites.
    value
        Values.
    most
        How many per site.

    Returns
    -------
    Ints
        Positions, by site and value.
    """
    order = np.lexsort((value, row))
    ranked = row[order]
    return order[np.arange(len(order)) - np.searchsorted(ranked, ranked) < most]
