"""The relaxation: links between groups and sites where it breaks them, ways that it wants."""

import time
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.model.constraints import Model
from layoutplan.model.far import NO_PAIRS, Tolls, no_tolls, priced, widened
from layoutplan.model.part import OPTIMAL, part_of
from layoutplan.model.pupil_rows import links, pair_of_flow
from layoutplan.model.rows import Rows, stack
from layoutplan.model.transport import relaxed
from layoutplan.tables import BANDS

Floats = NDArray[np.float64]

_ROUNDS = 16
"""Rounds of adding links and ways; each costs one LP, few counties need more than eight."""

_WORTH = 2e-3
"""Share of the bound that a round of links must gain for another to be worth its time."""

_TOLERANCE = 1e-6

_WANTED = 1e-5
"""Share of the optimum that ways left out must promise to be added before the search."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Tight:
    """The model with the ways and links that matter, and what its relaxation says.

    Parameters
    ----------
    model
        The model.
    rows
        Its rows, with the links that were added.
    tied
        The pairs of group and site that have a link.
    added
        The ways that were added; see `layoutplan.model.reach.Reach.wider`.
    tolls
        What places and beds are worth in the relaxation.
    bound
        No plan costs less, yuan a year.
    cut
        Whether the clock ended it.
    corner
        The optimum of the last relaxation; None where there was no time for one.
    reduced
        Its reduced costs.
    """

    model: Model
    rows: Rows
    tied: pd.DataFrame
    added: pd.DataFrame
    tolls: Tolls
    bound: float = 0.0
    cut: bool = False
    corner: Floats | None = None
    reduced: Floats | None = None

    def wider(self, pairs: pd.DataFrame) -> "Tight":
        """Add ways, and links for them and for all pairs that had one.

        Parameters
        ----------
        pairs
            The ways; see `layoutplan.model.reach.Reach.wider`.

        Returns
        -------
        Tight
            The wider model, not solved yet.
        """
        model = widened(self.model, pairs)
        old = _pairs_of(self.model)
        new = _pairs_of(model)
        fresh = new[~pd.MultiIndex.from_frame(new).isin(pd.MultiIndex.from_frame(old))]
        added = pd.concat([self.added, pairs], ignore_index=True)
        found = Tight(
            model=model, rows=model.rows, tied=self.tied.iloc[:0], added=added, tolls=self.tolls,
            bound=self.bound, cut=self.cut,
        )  # fmt: skip
        return found.linked(pd.concat([self.tied, fresh], ignore_index=True))

    def linked(self, some: pd.DataFrame) -> "Tight":
        """Tie pairs of group and site.

        Parameters
        ----------
        some
            Columns group and site.

        Returns
        -------
        Tight
            The same with more rows.
        """
        number = pd.MultiIndex.from_frame(_pairs_of(self.model)).get_indexer(
            pd.MultiIndex.from_frame(some)
        )
        more = links(self.model.sets, self.model.columns, np.unique(number))
        tied = pd.concat([self.tied, some], ignore_index=True)
        return replace(self, rows=stack([self.rows, more]), tied=tied)


def _pairs_of(model: Model) -> pd.DataFrame:
    """List group and site of each pair, as `pair_of_flow` numbers them."""
    _, first = pair_of_flow(model.sets)
    return model.sets.flows.iloc[first][["group", "site"]]


def tightened(model: Model, *, deadline: float) -> Tight:
    """Add links that the relaxation violates and ways that it wants, while it is worth it.

    Parameters
    ----------
    model
        The model, of shares.
    deadline
        When to stop, by the monotonic clock.

    Returns
    -------
    Tight
        The model with them, and a bound that holds for all lawful ways.
    """
    found = Tight(
        model=model, rows=model.rows, tied=_pairs_of(model).iloc[:0], added=NO_PAIRS,
        tolls=no_tolls(model.sets),
    )  # fmt: skip
    cost, solved = 0.0, found
    for _ in range(_ROUNDS):
        model, left = found.model, deadline - time.monotonic()
        every = np.arange(model.columns.n, dtype=np.int64)
        part = part_of(replace(model, rows=found.rows), np.zeros(model.columns.n), every)
        result = relaxed(part, seconds=left) if left > 0 else None
        if result is None or result.status != OPTIMAL:
            # What the clock left of a relaxation is no bound; the one before tells where to look.
            return replace(solved, cut=True)
        values, now = np.asarray(result.x, dtype=float), float(result.fun)
        gained, cost = now - cost > _WORTH * abs(now), now
        reduced = np.asarray(result.lower.marginals) + np.asarray(result.upper.marginals)
        prices = priced(model, reduced)
        found = replace(
            found, tolls=prices.tolls, corner=values, reduced=reduced,
            bound=max(found.bound, now + prices.missing),
        )  # fmt: skip
        solved = found
        violated = _violated(found, values)
        if len(violated) and gained:
            found = found.linked(violated)
        elif prices.missing < -_WANTED * abs(now):
            found, cost = found.wider(prices.wanted), 0.0
        else:
            break
    return found


def _violated(tight: Tight, values: Floats) -> pd.DataFrame:
    """List the pairs whose link the relaxation violates."""
    model, sets = tight.model, tight.model.sets
    pair, first = pair_of_flow(sets)
    group, site = (sets.flows[c].to_numpy(dtype=np.int64)[first] for c in ("group", "site"))
    band = sets.flows["band"].map({b: i for i, b in enumerate(BANDS)}).to_numpy()[first]
    pupils = sets.groups["pupils"].to_numpy(dtype=float)[group]
    flow = np.bincount(pair, weights=values[model.columns.flow], minlength=len(first))
    opened = share_teaching(model, values)[site, band]
    over = flow > pupils * opened + _TOLERANCE * np.maximum(pupils, 1)
    pairs: pd.DataFrame = _pairs_of(model)
    tied = pd.MultiIndex.from_frame(pairs).isin(pd.MultiIndex.from_frame(tight.tied))
    return pairs[pd.Series(over & ~tied, index=pairs.index)]


def share_teaching(model: Model, values: Floats) -> Floats:
    """Give the share to which each site teaches each band in a relaxation.

    Parameters
    ----------
    model
        The model.
    values
        Values of all variables.

    Returns
    -------
    numpy.ndarray
        Sites x bands, from 0 to 1.
    """
    states = model.sets.states
    found = np.zeros((len(model.sets.sites), len(BANDS)))
    site = states["site"].to_numpy(dtype=np.int64)
    for i, name in enumerate(BANDS):
        share = values[model.columns.state] * states[f"teaches_{name}"].to_numpy(dtype=float)
        found[:, i] = np.bincount(site, weights=share, minlength=len(found))
    return found
