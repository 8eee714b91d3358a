"""The relaxation: links between groups and sites where it breaks them, ways that it wants."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.model.constraints import FAMILIES, Model
from layoutplan.model.corner import LOOSE, Basis, Corner, corner_of
from layoutplan.model.far import NO_PAIRS, Tolls, carried, no_tolls, priced, widened
from layoutplan.model.rows import Rows, stack
from layoutplan.model.ties import KEY, links, ties_of, violated

Floats = NDArray[np.float64]

_ROUNDS = 22
"""Rounds of adding links and ways; each costs one LP, few counties need more than twelve."""

_WORTH = 5e-4
"""Share of the bound that a round of links must gain for another to be worth its time."""

_PATIENCE = 1.5
"""Seconds of a relaxation until it is asked whether to stop, then twice as many."""

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
        The ties that have a link, by `layoutplan.model.ties.KEY`.
    added
        The ways that were added; see `layoutplan.model.reach.Reach.wider`.
    tolls
        What places and beds are worth in the relaxation.
    bound
        No plan costs less, yuan a year.
    cut
        Whether it ended before its last relaxation was solved, mostly by the clock.
    corner
        The optimum of the last relaxation; None where there was no time for one, and where
        ways were added since.
    reduced
        Its reduced costs.
    basis
        Where the next relaxation starts.
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
    basis: Basis | None = None

    def wider(self, pairs: pd.DataFrame) -> "Tight":
        """Add ways, and links for them and for all ties that had one.

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
        ties = ties_of(model.sets)
        fresh = ties.table.loc[~ties.names().isin(ties_of(self.model.sets).names()), KEY]
        added = pd.concat([self.added, pairs], ignore_index=True)
        found = Tight(
            model=model, rows=model.rows, tied=self.tied.iloc[:0], added=added, tolls=self.tolls,
            bound=self.bound, cut=self.cut, basis=_carried(self, model),
        )  # fmt: skip
        return found.linked(pd.concat([self.tied, fresh], ignore_index=True))

    def linked(self, some: pd.DataFrame) -> "Tight":
        """Tie pupils to single sites.

        Parameters
        ----------
        some
            The ties, by `layoutplan.model.ties.KEY`.

        Returns
        -------
        Tight
            The same with more rows.
        """
        number = ties_of(self.model.sets).names().get_indexer(pd.MultiIndex.from_frame(some))
        more = links(self.model.sets, self.model.columns, number[number >= 0].astype(np.int64))
        tied = pd.concat([self.tied, some[number >= 0]], ignore_index=True)
        rows = stack([self.rows, more])
        basis = None if self.basis is None else self.basis.with_rows(rows.matrix.shape[0])
        return replace(self, rows=rows, tied=tied, basis=basis)


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
    ties = ties_of(model.sets).table[KEY]
    found = Tight(
        model=model, rows=model.rows, tied=ties.iloc[:0], added=NO_PAIRS,
        tolls=no_tolls(model.sets),
    )  # fmt: skip
    return further(found, deadline=deadline)


def further(
    found: Tight, *, deadline: float, enough: Callable[[Tight], bool] | None = None
) -> Tight:
    """Go on where the clock has ended it.

    Parameters
    ----------
    found
        What was found before.
    deadline
        When to stop, by the monotonic clock.
    enough
        Asked before each relaxation, and during a long one, whether to stop, with what is
        found by then; never where None.

    Returns
    -------
    Tight
        As `tightened` gives it.
    """
    found = replace(found, cut=False)
    cost, solved, done, patience = 0.0, found, 0, _PATIENCE
    while done < _ROUNDS:
        model, left = found.model, deadline - time.monotonic()
        corner = None
        if left > 0 and not (enough is not None and enough(found)):
            seconds = left if enough is None else min(left, patience)
            corner = corner_of(model.columns, found.rows, start=found.basis, seconds=seconds)
            if isinstance(corner, Basis) and seconds < left:
                # Each start anew costs something, too.
                found, patience = replace(found, basis=corner), 2 * patience
                continue
        if not isinstance(corner, Corner):
            # What the clock left of a relaxation is no bound; the one before tells where to look.
            if found.corner is None:
                return replace(solved, cut=True)
            return replace(found, basis=corner or found.basis, cut=True)
        done, now = done + 1, corner.cost
        gained, cost = now - cost > _WORTH * abs(now), now
        prices = priced(model, corner.reduced)
        found = replace(
            found, tolls=prices.tolls, corner=corner.values, reduced=corner.reduced,
            basis=corner.basis, bound=max(found.bound, now + prices.missing),
        )  # fmt: skip
        solved = found
        loose = _loose(found, corner.values)
        if len(loose) and gained:
            found = found.linked(loose)
        elif prices.missing < -_WANTED * abs(now):
            found, cost = found.wider(prices.wanted), 0.0
        else:
            break
    return solved if found.corner is None else found


def _loose(tight: Tight, values: Floats) -> pd.DataFrame:
    """List the ties that the relaxation violates and that have no link yet."""
    found = violated(tight.model.sets, tight.model.columns, values, tolerance=_TOLERANCE)
    tied = pd.MultiIndex.from_frame(tight.tied)
    return found[~pd.MultiIndex.from_frame(found).isin(tied)]


def _carried(tight: Tight, model: Model) -> Basis | None:
    """Write the basis in the variables of a model with more ways.

    A family of rows that has grown starts anew: the new rows may stand between the old ones.
    """
    if tight.basis is None:
        return None
    old = tight.basis
    columns = carried(tight.model, model, old.columns.astype(float)).astype(np.int64)
    rows = []
    for family in FAMILIES:
        now, before = (m.family[family.__name__] for m in (model, tight.model))
        size = now.stop - now.start
        same = size == before.stop - before.start
        rows.append(old.rows[before] if same else np.full(size, LOOSE, dtype=np.int64))
    return Basis(
        columns=columns, rows=np.concatenate([*rows, old.rows[tight.model.rows.low.size :]])
    )
