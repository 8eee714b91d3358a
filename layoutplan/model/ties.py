"""Ties of pupils to single sites: who goes there needs a school that teaches them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.model.columns import Columns
from layoutplan.model.rows import Entries, Floats, Ints, Rows, at, made, teaching
from layoutplan.model.sets import Sets
from layoutplan.tables import BANDS

KEY = ["group", "site", "stay"]
"""What names a tie, also in a model with more ways."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Ties:
    """All ties that a model can have.

    Parameters
    ----------
    table
        One row per tie: group and site (row numbers), band, stay (whether it ties only
        those who stay), most (pupils).
    tie, flow
        The flows of each tie: number of the tie and of the flow, pair by pair.
    """

    table: pd.DataFrame
    tie: Ints
    flow: Ints

    def names(self) -> pd.MultiIndex:
        """Name the ties.

        Returns
        -------
        pandas.MultiIndex
            By `KEY`.
        """
        return pd.MultiIndex.from_frame(self.table[KEY])


def pair_of_flow(sets: Sets, some: Ints | None = None) -> tuple[Ints, Ints]:
    """Give numbers to the pairs of group and site that flows belong to.

    Parameters
    ----------
    sets
        The sets.
    some
        Which flows; all where None.

    Returns
    -------
    tuple
        The pair of each of these flows, and for each pair the first of them.
    """
    flows = sets.flows if some is None else sets.flows.iloc[some]
    group, site = (flows[c].to_numpy(dtype=np.int64) for c in ("group", "site"))
    key = group * np.int64(len(sets.sites)) + site
    _, first, pair = np.unique(key, return_index=True, return_inverse=True)
    return pair.astype(np.int64), first.astype(np.int64)


def ties_of(sets: Sets) -> Ties:
    """List the ties: of each group to each site, and of those who stay where they are fewer.

    Parameters
    ----------
    sets
        The sets.

    Returns
    -------
    Ties
        The ties; those of whole pairs first.
    """
    flows = sets.flows
    group = flows["group"].to_numpy(dtype=np.int64)
    pupils = sets.groups["pupils"].to_numpy(dtype=np.int64)[group]
    most, number = flows["most"].to_numpy(dtype=np.int64), np.arange(len(flows), dtype=np.int64)
    fewer = np.flatnonzero(flows["stay"].to_numpy(dtype=bool) & (most < pupils))
    tables, tie, flow, begun = [], [], [], 0
    for stay, some, of in ((False, number, pupils), (True, fewer, most)):
        place, first = pair_of_flow(sets, some)
        one = some[first]
        table = flows.iloc[one][["group", "site", "band"]]
        tables.append(table.assign(stay=stay, most=of[one]))
        tie.append(begun + place)
        flow.append(some)
        begun += len(first)
    return Ties(
        table=pd.concat(tables, ignore_index=True), tie=np.concatenate(tie),
        flow=np.concatenate(flow).astype(np.int64),
    )  # fmt: skip


def links(sets: Sets, columns: Columns, chosen: Ints | None = None) -> Rows:
    r"""Tie pupils to single sites; valid, and needed only where violated.

    .. math::

        \sum_{f \in (i, j)} x_f \le d_i \sum_{s \in j,\, b(i) \in B_s} y_s,
        \qquad \sum_{f \in (i, j),\, stay} x_f \le s_{ij} \sum_{s \in j,\, b(i) \in B_s} y_s

    the latter for groups of several schools, of whom only :math:`s_{ij} < d_i` go there today.

    Parameters
    ----------
    sets, columns
        The model.
    chosen
        The ties to write, as `ties_of` numbers them; all where None.

    Returns
    -------
    Rows
        One row per tie.
    """
    ties = ties_of(sets)
    if chosen is None:
        chosen = np.arange(len(ties.table), dtype=np.int64)
    place = np.full(len(ties.table), -1, dtype=np.int64)
    place[chosen] = np.arange(len(chosen))
    here = place[ties.tie] >= 0
    table = ties.table.iloc[chosen]
    entries: Entries = [
        (place[ties.tie[here]], at(columns.flow)[ties.flow[here]], np.ones(int(here.sum()))),
        teaching_of(
            sets, columns,
            rows=np.arange(len(chosen), dtype=np.int64),
            site=table["site"].to_numpy(dtype=np.int64),
            band=table["band"].to_numpy(),
            factor=-table["most"].to_numpy(dtype=float),
        ),
    ]  # fmt: skip
    k = len(chosen)
    return made(entries, columns, np.full(k, -np.inf), np.zeros(k))


def violated(sets: Sets, columns: Columns, values: Floats, *, tolerance: float) -> pd.DataFrame:
    """List the ties that a relaxation violates.

    Parameters
    ----------
    sets, columns
        The model.
    values
        Values of all variables.
    tolerance
        Share of a tie's pupils by which it may be missed.

    Returns
    -------
    pandas.DataFrame
        The ties, by `KEY`.
    """
    ties = ties_of(sets)
    flow = np.bincount(ties.tie, weights=values[columns.flow][ties.flow], minlength=len(ties.table))
    most = ties.table["most"].to_numpy(dtype=float)
    band = ties.table["band"].map({b: i for i, b in enumerate(BANDS)}).to_numpy(dtype=np.int64)
    opened = share_teaching(sets, columns, values)[ties.table["site"].to_numpy(), band]
    over = flow > most * opened + tolerance * np.maximum(most, 1)
    found: pd.DataFrame = ties.table.loc[over, KEY]
    return found


def share_teaching(sets: Sets, columns: Columns, values: Floats) -> Floats:
    """Give the share to which each site teaches each band in a relaxation.

    Parameters
    ----------
    sets, columns
        The model.
    values
        Values of all variables.

    Returns
    -------
    numpy.ndarray
        Sites x bands, from 0 to 1.
    """
    states = sets.states
    found = np.zeros((len(sets.sites), len(BANDS)))
    site = states["site"].to_numpy(dtype=np.int64)
    for i, name in enumerate(BANDS):
        share = values[columns.state] * states[f"teaches_{name}"].to_numpy(dtype=float)
        found[:, i] = np.bincount(site, weights=share, minlength=len(found))
    return found


def teaching_of(
    sets: Sets,
    columns: Columns,
    *,
    rows: Ints,
    site: Ints,
    band: NDArray[np.object_],
    factor: Floats,
) -> tuple[Ints, Ints, Floats]:
    """Put a factor times "the site teaches the band" into rows.

    Parameters
    ----------
    sets, columns
        The model.
    rows, site, band, factor
        The rows, and for each of them the site, the band and the factor.

    Returns
    -------
    tuple
        Row numbers, columns and coefficients.
    """
    asked = pd.DataFrame({"row": rows, "site": site, "band": band, "factor": factor})
    parts = []
    for name in BANDS:
        teaches = teaching(sets, name) > 0
        states = pd.DataFrame(
            {"site": sets.states["site"][teaches], "column": at(columns.state)[teaches]}
        )
        parts.append(asked[asked["band"] == name].merge(states, on="site"))
    found = pd.concat(parts)
    return (
        found["row"].to_numpy(dtype=np.int64),
        found["column"].to_numpy(dtype=np.int64),
        found["factor"].to_numpy(dtype=float),
    )
