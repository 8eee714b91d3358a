"""The exact model of a few sites: connectivity is added where a solution lacks it."""

import time
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from layoutplan.location.contiguous.ground import Ground, mask_of, reached, units_of
from layoutplan.location.problem import Bools, Floats, Ints

HALF = 0.5
LOOPS = 12
"""Solutions at most; most windows need one to four."""
INFEASIBLE = 2
GAP = 1e-5
"""Relative gap at which a window counts as solved."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Part:
    """Some units and some sites, in positions of their own.

    Parameters
    ----------
    cost
        Cost of each unit at each site, infinite where it may not go.
    demand
        Demand of each unit.
    room
        Room of each site.
    fixed_cost
        Cost of opening each site.
    may_close
        Sites that need not be open.
    n_open
        How many sites are open; any number where None.
    own
        The unit on which each site stands.
    ground
        What touches what.
    """

    cost: Floats
    demand: Floats
    room: Floats
    fixed_cost: Floats
    may_close: Bools
    n_open: int | None
    own: Ints
    ground: Ground


@dataclass(frozen=True, eq=False)
class Row:
    """One connectivity row: a unit may go to a site only if one of some others does.

    Parameters
    ----------
    site
        The site.
    unit
        The unit.
    gate
        The units through one of which every way from the site leads.
    """

    site: int
    unit: int
    gate: tuple[int, ...]


def solved_exactly(
    part: Part, *, below: float, price: float, seconds: float
) -> tuple[Ints | None, bool]:
    r"""Find the best connected areas of a part, if they cost less than a limit.

    .. math::

        \min \sum c_{ij} x_{ij} + \sum f_j y_j + p \sum_j o_j, \quad
        \sum_j x_{ij} = 1, \; \sum_i d_i x_{ij} \le q_j y_j + o_j, \;
        x_{ij} \le y_j, \; x_{u_j j} = y_j

    and, wherever a solution gives site *j* a piece *C* that does not hold its own unit, for
    each unit *i* of it

    .. math:: x_{ij} \le \sum_{k \in S} x_{kj}

    where *S* are the neighbours of *C* that a way from :math:`u_j` meets first: every connected
    area with *i* and :math:`u_j` holds one of them (Shirabe 2009, "Districting modeling with
    exact contiguity constraints"; Oehrlein and Haunert 2017). The same rows for single units
    are there from the beginning.

    Parameters
    ----------
    part
        The units and sites.
    below
        Only a plan of less cost is of use.
    price
        Price of overload; infinite where there may be none.
    seconds
        Time for all solutions.

    Returns
    -------
    tuple
        The site of each unit, None where none costs less or none was found in time; and
        whether that is proven.
    """
    until = time.monotonic() + seconds
    units = len(part.demand)
    unit, site = np.nonzero(np.isfinite(part.cost))
    model = _Model(part, unit, site, below, price)
    rows = _first_rows(part)
    for _ in range(LOOPS):
        left = until - time.monotonic()
        if left <= 0:
            return None, False
        x, status = model.solve(rows, left)
        if x is None:
            return None, status == INFEASIBLE
        plan = np.full(units, -1, dtype=np.int64)
        plan[unit[x]] = site[x]
        fresh = _broken(part, plan)
        if not fresh:
            return plan, status == 0
        rows += fresh
    return None, False


class _Model:
    """The model without connectivity rows."""

    def __init__(self, part: Part, unit: Ints, site: Ints, below: float, price: float) -> None:
        units, sites = part.cost.shape
        count = len(unit)
        self.column = np.full((units, sites), -1, dtype=np.int64)
        self.column[unit, site] = np.arange(count)
        self.count, self.sites = count, sites
        at = np.arange(count)
        size = count + 2 * sites
        self.size = size
        self.cost = np.r_[
            part.cost[unit, site],
            part.fixed_cost,
            np.full(sites, price if np.isfinite(price) else 0.0),
        ]
        covers = sp.csr_array((np.ones(count), (unit, at)), shape=(units, size))
        everyone = np.arange(sites)
        loads = sp.csr_array(
            (
                np.r_[part.demand[unit], -part.room, -np.ones(sites)],
                (
                    np.r_[site, everyone, everyone],
                    np.r_[at, count + everyone, count + sites + everyone],
                ),
            ),
            shape=(sites, size),
        )
        self.rules = [
            LinearConstraint(covers, 1, 1),
            LinearConstraint(loads, -np.inf, 0),
        ]
        if np.isfinite(below):
            self.rules.append(LinearConstraint(self.cost[None], -np.inf, below))
        low, high = np.zeros(size), np.r_[np.ones(count + sites), np.full(sites, np.inf)]
        low[count + np.flatnonzero(~part.may_close)] = 1
        own = self.column[part.own, everyone]
        stuck = own < 0
        high[count + np.flatnonzero(stuck)] = 0
        optional = np.flatnonzero(part.may_close & ~stuck)
        low[own[~part.may_close & ~stuck]] = 1
        if len(optional):
            k = np.arange(len(optional))
            same = sp.csr_array(
                (
                    np.r_[np.ones(len(k)), -np.ones(len(k))],
                    (np.r_[k, k], np.r_[own[optional], count + optional]),
                ),
                shape=(len(k), size),
            )
            self.rules.append(LinearConstraint(same, 0, 0))
            links = np.flatnonzero(np.isin(site, optional))
            k = np.arange(len(links))
            tied = sp.csr_array(
                (
                    np.r_[np.ones(len(k)), -np.ones(len(k))],
                    (np.r_[k, k], np.r_[links, count + site[links]]),
                ),
                shape=(len(k), size),
            )
            self.rules.append(LinearConstraint(tied, -np.inf, 0))
        if part.n_open is not None:
            total = np.zeros((1, size))
            total[0, count : count + sites] = 1
            self.rules.append(LinearConstraint(total, part.n_open, part.n_open))
        if not np.isfinite(price):
            high[count + sites :] = 0
        self.bounds = Bounds(low, high)
        self.integer = np.r_[np.ones(count + sites), np.zeros(sites)]

    def solve(self, rows: list[Row], seconds: float) -> tuple[Bools | None, int]:
        """Solve the model with some connectivity rows.

        Parameters
        ----------
        rows
            Connectivity rows.
        seconds
            Time for the solver.

        Returns
        -------
        tuple
            Which pairs are chosen, None where nothing was found, and the solver's status.
        """
        rules = list(self.rules)
        if rows:
            at: list[int] = []
            column: list[int] = []
            value: list[float] = []
            for k, row in enumerate(rows):
                through = [int(self.column[unit, row.site]) for unit in row.gate]
                through = [c for c in through if c >= 0]
                at += [k] * (1 + len(through))
                column += [int(self.column[row.unit, row.site]), *through]
                value += [1.0, *([-1.0] * len(through))]
            tied = sp.csr_array((value, (at, column)), shape=(len(rows), self.size))
            rules.append(LinearConstraint(tied, -np.inf, 0))
        solved = milp(
            self.cost,
            integrality=self.integer,
            bounds=self.bounds,
            constraints=rules,
            options={"time_limit": seconds, "mip_rel_gap": GAP},
        )
        if solved.x is None:
            return None, int(solved.status)
        return solved.x[: self.count] > HALF, int(solved.status)


def _first_rows(part: Part) -> list[Row]:
    """Give the rows of single units: one that does not touch the site's needs a neighbour.

    Parameters
    ----------
    part
        Units and sites.

    Returns
    -------
    list of Row
        Rows.
    """
    out = []
    for site, own in enumerate(part.own.tolist()):
        for unit in np.flatnonzero(np.isfinite(part.cost[:, site])).tolist():
            around = part.ground.around[unit]
            if unit != own and own not in around:
                out.append(Row(site, unit, tuple(around)))
    return out


def _broken(part: Part, plan: Ints) -> list[Row]:
    """Give the rows that a plan breaks.

    Parameters
    ----------
    part
        Units and sites.
    plan
        The site of each unit.

    Returns
    -------
    list of Row
        For each piece that does not hold its site's unit, the rows of its units.
    """
    touching = part.ground.touching
    out = []
    for site, own in enumerate(part.own.tolist()):
        area = mask_of(np.flatnonzero(plan == site))
        rest = area & ~reached(touching, 1 << own, area)
        usable = mask_of(np.flatnonzero(np.isfinite(part.cost[:, site])))
        while rest:
            piece = reached(touching, rest & -rest, rest)
            rest &= ~piece
            rim = 0
            for unit in units_of(piece):
                rim |= touching[unit]
            rim &= ~piece & usable
            home = reached(touching, 1 << own, usable & ~rim & ~piece)
            gate = 0
            for unit in units_of(home):
                gate |= touching[unit]
            gate &= rim
            out += [Row(site, unit, tuple(units_of(gate))) for unit in units_of(piece)]
    return out
