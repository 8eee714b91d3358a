"""The split model: units may be shared between sites, the decisions on sites are whole."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from layoutplan.location.clock import Clock
from layoutplan.location.knapsack import filled, items_of
from layoutplan.location.problem import Bools, Floats, Ints, Problem

_VIOLATED = 1e-4
"""A link x <= y that is broken by less is left alone."""

_NOISE = 1e-7
"""Share of all gains below which a knapsack's value may be rounding."""

_SLOW = 1e-5
"""Share of the bound below which another round of links is not worth its time."""

_VALID = 1e-9
"""Share by which a knapsack's value is raised in a cut, against rounding."""

_MARGINAL = 1e-7
"""Share of a cost by which a reduced cost has to pass the limit before a column is left out."""

_LEAST_SECONDS = 0.05
"""The solver is not called for less."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Pairs:
    """The pairs of unit and site that a model looks at.

    Parameters
    ----------
    unit
        Unit of each pair.
    site
        Site of each pair.
    far
        For each unit, the least cost of a pair that was left out; infinite where none was.
    """

    unit: Ints
    site: Ints
    far: Floats


def nearest_pairs(problem: Problem, nearest: int) -> Pairs:
    """Pair each unit with the sites that serve it at least cost.

    Parameters
    ----------
    problem
        The problem.
    nearest
        How many sites for each unit.

    Returns
    -------
    Pairs
        The pairs, and the cost of the cheapest one left out.
    """
    cost = problem.cost
    if nearest >= problem.n_sites:
        unit, site = np.nonzero(np.isfinite(cost))
        return Pairs(unit=unit, site=site, far=np.full(problem.n_units, np.inf))
    order = np.argsort(cost, axis=1, kind="stable")
    kept = np.zeros(cost.shape, dtype=bool)
    np.put_along_axis(kept, order[:, :nearest], values=True, axis=1)
    unit, site = np.nonzero(kept & np.isfinite(cost))
    far = np.take_along_axis(cost, order[:, [nearest]], axis=1)[:, 0]
    return Pairs(unit=unit, site=site, far=far)


def priced_pairs(problem: Problem, prices: Floats, number: int) -> Pairs:
    """Pair each unit with the sites where it costs least beyond its price.

    Parameters
    ----------
    problem
        The problem.
    prices
        The price of each unit.
    number
        How many pairs in all, beside those that cost less than the price and the cheapest
        of each unit.

    Returns
    -------
    Pairs
        The pairs, and the cost of the cheapest one left out.
    """
    cost = problem.cost
    beyond = cost - prices[:, None]
    finite = beyond[np.isfinite(beyond)]
    most = np.inf
    if len(finite) > number:
        most = max(0.0, float(np.partition(finite, number)[number]))
    kept = beyond <= most
    kept[np.arange(problem.n_units), np.argmin(cost, axis=1)] = True
    kept &= np.isfinite(cost)
    unit, site = np.nonzero(kept)
    return Pairs(unit=unit, site=site, far=np.where(kept, np.inf, cost).min(axis=1))


@dataclass(frozen=True, eq=False, kw_only=True)
class Split:
    """An answer of the split model.

    Parameters
    ----------
    bound
        No plan costs less.
    cost
        Cost of the answer.
    share
        Share of the unit in each pair.
    opening
        How far each site is open.
    prices
        Dual value of each unit, of the linear relaxation; None of the whole model.
    reduced
        Reduced cost of each column, of the linear relaxation.
    """

    bound: float
    cost: float
    share: Floats
    opening: Floats
    prices: Floats | None = None
    reduced: Floats | None = None


class SplitModel:
    r"""The split model over chosen pairs, with links added where they are broken.

    .. math::

        \min \sum_{ij} c_{ij} x_{ij} + \sum_i c_i^{far} z_i + \sum_j f_j y_j, \quad
        \sum_j x_{ij} + z_i = 1, \quad \sum_i d_i x_{ij} \le q_j y_j, \quad
        x_{ij} \le y_j, \quad \sum_j q_j y_j \ge \sum_i d_i, \quad x, z \ge 0

    :math:`z_i` stands for all pairs that were left out, at the cost of the cheapest of
    them, so the least cost is a bound on that of the problem with all pairs. The rows
    :math:`x_{ij} \le y_j` follow from the others for whole :math:`x` but not for shares;
    they are added only where an answer breaks them.

    Parameters
    ----------
    problem
        The problem.
    pairs
        The pairs looked at.
    margin
        The capacities are multiplied with it: below 1, the sites chosen leave room for
        units that go whole. The model is then no bound.
    """

    def __init__(self, problem: Problem, pairs: Pairs, *, margin: float = 1.0) -> None:
        self.problem = problem
        self.pairs = pairs
        self.far = np.flatnonzero(np.isfinite(pairs.far))
        self.n_pairs = len(pairs.unit)
        self.links = np.zeros(self.n_pairs, dtype=bool)
        n, m = problem.n_units, problem.n_sites
        self.first_site = self.n_pairs + len(self.far)
        self.n_columns = self.first_site + m
        self.cost = np.concatenate(
            [
                problem.cost[pairs.unit, pairs.site],
                pairs.far[self.far],
                problem.fixed_cost,
            ]
        )
        self.scale = max(float(np.abs(self.cost).mean()), 1e-300)
        columns = np.arange(self.n_pairs)
        self.once = sp.csr_array(
            (
                np.ones(self.first_site),
                (np.concatenate([pairs.unit, self.far]), np.arange(self.first_site)),
            ),
            shape=(n, self.n_columns),
        )
        total = float(problem.demand.sum())
        room = np.minimum(problem.room, total) * margin
        weight = problem.demand[pairs.unit] / np.maximum(room, 1e-300)[pairs.site]
        loads = sp.csr_array(
            (
                np.concatenate([weight, -np.ones(m)]),
                (
                    np.concatenate([pairs.site, np.arange(m)]),
                    np.concatenate([columns, self.first_site + np.arange(m)]),
                ),
            ),
            shape=(m, self.n_columns),
        )
        cover = sp.csr_array(
            (
                -room / max(total, np.finfo(float).tiny),
                (np.zeros(m, dtype=int), self.first_site + np.arange(m)),
            ),
            shape=(1, self.n_columns),
        )
        self.capacity_rows = sp.vstack([loads, cover], format="csr")
        self.capacity_most = np.concatenate([np.zeros(m), [-1.0 if total > 0 else 0.0]])
        self.cuts: list[sp.csr_array] = []
        self.excluded: list[sp.csr_array] = []
        self.excluded_most: list[float] = []
        self.lower = np.zeros(self.n_columns)
        self.upper = np.ones(self.n_columns)
        if problem.every_site:
            self.lower[self.first_site :] = 1.0

    def fix(self, opened: Bools, closed: Bools) -> None:
        """Decide some sites.

        Parameters
        ----------
        opened
            The sites that are open.
        closed
            The sites that are closed.
        """
        self.lower[self.first_site :] = np.where(opened, 1.0, 0.0)
        self.upper[self.first_site :] = np.where(closed, 0.0, 1.0)

    def link_like(self, other: "SplitModel") -> None:
        """Add the links that another model of the same problem has.

        Parameters
        ----------
        other
            The other model.
        """
        shape = (self.problem.n_units, self.problem.n_sites)
        linked = np.zeros(shape, dtype=bool)
        linked[other.pairs.unit[other.links], other.pairs.site[other.links]] = True
        self.links |= linked[self.pairs.unit, self.pairs.site]

    def add_knapsack_cuts(self, prices: Floats) -> None:
        r"""Add for each site the row that its exact knapsack at these prices gives.

        .. math::

            \sum_i (u_i - c_{ij})^+ x_{ij} \le K_j(u) \, y_j, \qquad
            K_j(u) = \max \Big\{ \sum_i (u_i - c_{ij})^+ x_i : \sum_i d_i x_i \le q_j,
            x \in \{0, 1\} \Big\}

        With them the model is at least as strong as the Lagrangian bound at :math:`u`
        (cuts of Fenchel's kind [1]_).

        Parameters
        ----------
        prices
            The price of each unit.

        References
        ----------
        .. [1] E. A. Boyd, "Fenchel cutting planes for integer programs", Operations
           Research 42, 1994, 53-64.
        """
        problem, pairs = self.problem, self.pairs
        gain = np.maximum(prices[pairs.unit] - problem.cost[pairs.unit, pairs.site], 0.0)
        items, _ = items_of(pairs.site, gain, problem.demand[pairs.unit], problem.room)
        worth = filled(items).value
        # Prices equal to costs but for rounding leave gains that are noise: a row made of
        # them alone would cut off plans.
        real = worth > _NOISE * float(gain.sum())
        used = np.flatnonzero((gain > 0) & real[pairs.site])
        sites = np.flatnonzero(real)
        share = gain[used] / (worth[pairs.site[used]] * (1 + _VALID))
        value = np.concatenate([share, -np.ones(len(sites))])
        row = np.concatenate([pairs.site[used], sites])
        column = np.concatenate([used, self.first_site + sites])
        shape = (problem.n_sites, self.n_columns)
        self.cuts.append(sp.csr_array((value, (row, column)), shape=shape))

    def exclude(self, opened: Bools) -> None:
        r"""Exclude one choice of sites, of which it is known what its best plan costs.

        .. math::

            \sum_{j \in S} (1 - y_j) + \sum_{j \notin S} y_j \ge 1

        Parameters
        ----------
        opened
            The sites :math:`S`.
        """
        row = np.zeros((1, self.n_columns))
        row[0, self.first_site :] = np.where(opened, 1.0, -1.0)
        self.excluded.append(sp.csr_array(row))
        self.excluded_most.append(float(opened.sum()) - 1.0)

    def leave_out(self, relaxed: Split, upper: float) -> None:
        """Leave out what no plan cheaper than a known one uses.

        Parameters
        ----------
        relaxed
            An answer of the linear relaxation.
        upper
            Cost of the plan known.
        """
        if relaxed.reduced is None:
            return
        # Marginals come with rounding: what is close to the limit stays.
        spare = upper - relaxed.bound + _MARGINAL * max(1.0, abs(upper))
        free = self.upper > self.lower
        self.upper[free & (relaxed.reduced > spare)] = 0.0
        up = free & (-relaxed.reduced > spare)
        up[: self.first_site] = False
        self.lower[up] = 1.0

    def _rows(self) -> tuple[sp.csr_array, Floats]:
        """Give the rows that are at most a number: capacities and the links so far."""
        linked = np.flatnonzero(self.links)
        rows = np.arange(len(linked))
        links = sp.csr_array(
            (
                np.concatenate([np.ones(len(linked)), -np.ones(len(linked))]),
                (
                    np.concatenate([rows, rows]),
                    np.concatenate([linked, self.first_site + self.pairs.site[linked]]),
                ),
            ),
            shape=(len(linked), self.n_columns),
        )
        parts = [self.capacity_rows, *self.excluded, links, *self.cuts]
        rows_all = sp.vstack(parts, format="csr")
        most = np.zeros(rows_all.shape[0])
        known = np.concatenate([self.capacity_most, self.excluded_most])
        most[: len(known)] = known
        return rows_all, most

    def _equal(self) -> tuple[sp.csr_array, Floats]:
        """Give the rows that are equal to a number: every unit once, the number of sites."""
        if self.problem.n_open is None:
            return self.once, np.ones(self.problem.n_units)
        count = np.zeros((1, self.n_columns))
        count[0, self.first_site :] = 1.0
        rows = sp.vstack([self.once, sp.csr_array(count)], format="csr")
        return rows, np.concatenate([np.ones(self.problem.n_units), [self.problem.n_open]])

    def _add_links(self, x: Floats) -> int:
        """Add the links that an answer breaks, and give how many."""
        opening = x[self.first_site :]
        broken = x[: self.n_pairs] > opening[self.pairs.site] + _VIOLATED
        broken &= ~self.links
        self.links |= broken
        return int(broken.sum())

    def relaxed(self, clock: Clock) -> Split | None:
        """Solve with sites that may be open in part, until no link is broken.

        Parameters
        ----------
        clock
            When to stop.

        Returns
        -------
        Split or None
            The last answer; None where there is none.
        """
        last = None
        while not clock.out(_LEAST_SECONDS):
            rows, most = self._rows()
            equal, once = self._equal()
            done = linprog(  # type: ignore[call-overload] # the stubs know no sparse matrix
                self.cost / self.scale,
                A_ub=rows,
                b_ub=most,
                A_eq=equal,
                b_eq=once,
                bounds=np.column_stack([self.lower, self.upper]),
                method="highs",
                options={"time_limit": clock.left},
            )
            clock.out(0.0)  # noted where the clock ended it
            if done.status != 0:
                break
            before = -np.inf if last is None else last.bound
            last = Split(
                bound=float(done.fun) * self.scale,
                cost=float(done.fun) * self.scale,
                share=done.x[: self.n_pairs],
                opening=done.x[self.first_site :],
                prices=done.eqlin.marginals[: self.problem.n_units] * self.scale,
                reduced=(done.lower.marginals + done.upper.marginals) * self.scale,
            )
            slow = last.bound - before <= _SLOW * abs(last.bound)
            if not self._add_links(done.x) or slow:
                break
        return last

    def whole(self, clock: Clock, *, gap: float) -> Split | None:
        """Solve with whole decisions on sites, until no link is broken.

        Parameters
        ----------
        clock
            When to stop.
        gap
            Relative gap at which the solver may stop.

        Returns
        -------
        Split or None
            The last answer with the best bound; None where there is none.
        """
        last, bound = None, -np.inf
        while not clock.out(_LEAST_SECONDS):
            rows, most = self._rows()
            equal, once = self._equal()
            integrality = np.zeros(self.n_columns, dtype=np.int64)
            integrality[self.first_site :] = 1
            done = milp(
                self.cost / self.scale,
                integrality=integrality,
                bounds=Bounds(self.lower, self.upper),
                constraints=[
                    LinearConstraint(rows, ub=most),
                    LinearConstraint(equal, lb=once, ub=once),
                ],
                options={"time_limit": clock.left, "mip_rel_gap": gap},
            )
            clock.out(0.0)  # noted where the clock ended it
            if done.mip_dual_bound is not None:
                bound = max(bound, float(done.mip_dual_bound) * self.scale)
            if done.x is None:
                break
            last = Split(
                bound=bound,
                cost=float(done.fun) * self.scale,
                share=done.x[: self.n_pairs],
                opening=done.x[self.first_site :],
            )
            if not self._add_links(done.x):
                break
        return last
