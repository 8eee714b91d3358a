"""Areas seen so far: the columns of the set-partitioning model."""

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from layoutplan.location.contiguous.universe import Masks, Universe
from layoutplan.location.problem import Floats, Ints


@dataclass(slots=True)
class Pool:
    """Areas with their cost, each kept once.

    Parameters
    ----------
    universe
        The units of each site.
    n_units
        How many units there are.
    row
        The row of the universe to which each area belongs.
    cost
        The cost of each area.
    holds
        Which units each area holds, shape (areas, units).
    """

    universe: Universe
    n_units: int
    row: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    cost: Floats = field(default_factory=lambda: np.zeros(0))
    holds: sp.csr_array = field(init=False)
    _seen: dict[bytes, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin without areas."""
        self.holds = sp.csr_array((0, self.n_units), dtype=np.float64)

    def __len__(self) -> int:
        """Count the areas.

        Returns
        -------
        int
            How many.
        """
        return len(self.row)

    def add(self, rows: Ints, masks: Masks) -> Ints:
        """Take in areas.

        Parameters
        ----------
        rows
            The row of the universe of each area.
        masks
            Their places, shape (areas, words).

        Returns
        -------
        Ints
            The positions of those that were not there yet.
        """
        keys = np.c_[rows.astype(np.uint64), masks]
        fresh: list[int] = []
        start = len(self)
        for at in range(len(rows)):
            key = keys[at].tobytes()
            if key not in self._seen:
                self._seen[key] = start + len(fresh)
                fresh.append(at)
        if not fresh:
            return np.zeros(0, dtype=np.int64)
        rows, masks = rows[fresh], masks[fresh]
        at, places = self.universe.spread(masks)
        units = self.universe.units[rows[at], places]
        holds = sp.csr_array((np.ones(len(at)), (at, units)), shape=(len(rows), self.n_units))
        cost = np.bincount(at, weights=self.universe.cost[rows[at], places], minlength=len(rows))
        self.holds = sp.csr_array(sp.vstack([self.holds, holds], format="csr"))
        self.row = np.r_[self.row, rows]
        self.cost = np.r_[self.cost, cost]
        return np.arange(start, len(self))

    def take_plan(self, assignment: Ints, sites: Ints) -> Ints:
        """Take in the areas of a plan.

        Parameters
        ----------
        assignment
            The site of each unit.
        sites
            The site of each row of the universe.

        Returns
        -------
        Ints
            Positions of the plan's areas; one that leaves the universe is left out.
        """
        out: list[int] = []
        for row, site in enumerate(sites.tolist()):
            places = self.universe.place[row, np.flatnonzero(assignment == site)]
            if not len(places) or (places < 0).any():
                continue
            mask = np.bitwise_or.reduce(self.universe.bit[places], axis=0)
            self.add(np.array([row]), mask[None])
            out.append(self._seen[np.r_[np.uint64(row), mask].tobytes()])
        return np.array(out, dtype=np.int64)
