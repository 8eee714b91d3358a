"""Who borders on whom, and which villages are cut off from the rest of their catchment."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.model.constraints import Model
from layoutplan.model.sets import Sets
from layoutplan.model.ways import WAYS
from layoutplan.tables import BANDS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NOBODY = -1
"""Stands for the catchment of villages of which nobody goes daily."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Villages of one catchment that are connected with each other and not with its school.

    Parameters
    ----------
    site
        Row number of the site.
    band
        Number of the band.
    inside
        Row numbers of the villages, sorted.
    border
        Those of other catchments that border on it.
    """

    site: int
    band: int
    inside: tuple[int, ...]
    border: tuple[int, ...]


def daily(sets: Sets, flows: Floats) -> Ints:
    """Count the pupils who go daily, by band, village and site.

    Parameters
    ----------
    sets
        The sets, with ground.
    flows
        Pupils of each flow.

    Returns
    -------
    numpy.ndarray
        Whole persons, bands x villages x sites.
    """
    group, site, way = (sets.flows[c].to_numpy(dtype=np.int64) for c in ("group", "site", "way"))
    band, village = places_of_groups(sets)
    shape = (len(BANDS), len(sets.ground.villages) if sets.ground else 0, len(sets.sites))
    some = (way != WAYS.index("board")) & (flows > 0)
    at = np.ravel_multi_index((band[group[some]], village[group[some]], site[some]), shape)
    counted = np.bincount(at, weights=flows[some], minlength=int(np.prod(shape)))
    return np.rint(counted).astype(np.int64).reshape(shape)


def places_of_groups(sets: Sets) -> tuple[Ints, Ints]:
    """Give the band and the village of each group, by their numbers.

    Parameters
    ----------
    sets
        The sets, with ground.

    Returns
    -------
    tuple
        Numbers of bands and row numbers of villages.
    """
    band = sets.groups["band"].map({b: i for i, b in enumerate(BANDS)}).to_numpy(dtype=np.int64)
    names = pd.Index([]) if sets.ground is None else sets.ground.villages
    village = names.get_indexer(pd.Index(sets.groups["village_id"]))
    return np.asarray(band, dtype=np.int64), np.asarray(village, dtype=np.int64)


def pieces(model: Model, values: Floats) -> list[Piece]:
    r"""Find the pieces of catchments that are cut off.

    With :math:`n_{ijb}` pupils of band :math:`b` who go daily from village :math:`i` to site
    :math:`j`, the catchment of a site is

    .. math:: C_{jb} = \{i : j = \min \arg\max_k n_{ikb}, \; n_{ijb} > 0\}

    and it is connected where from each of its villages one gets to the village :math:`h_j` in
    which the site stands over :math:`C_{jb} \cup \{h_j\} \cup \{i : \sum_k n_{ikb} = 0\}`.

    Parameters
    ----------
    model
        The model.
    values
        A plan.

    Returns
    -------
    list of Piece
        The pieces, in the order of bands, sites and villages.
    """
    sets = model.sets
    if sets.ground is None:
        return []
    counted = daily(sets, values[model.columns.flow])
    found = []
    for band in range(len(BANDS)):
        number = counted[band]
        goes = np.where(number.max(axis=1, initial=0) > 0, number.argmax(axis=1), _NOBODY)
        for site in np.unique(goes[goes >= 0]):
            found += _pieces_of(sets, int(site), band, goes.tolist())
    return found


def cut_off(model: Model, values: Floats) -> pd.DataFrame:
    """Name the villages that are cut off from their catchment.

    Parameters
    ----------
    model
        The model.
    values
        A plan.

    Returns
    -------
    pandas.DataFrame
        Columns village_id, band and site_id, sorted; without rows where catchments need
        not be connected.
    """
    sets = model.sets
    rows = [
        (str(sets.ground.villages[village]), BANDS[piece.band], str(sets.sites.index[piece.site]))
        for piece in pieces(model, values)
        if sets.ground is not None
        for village in piece.inside
    ]
    return pd.DataFrame(sorted(rows), columns=["village_id", "band", "site_id"], dtype="str")


def _pieces_of(sets: Sets, site: int, band: int, goes: list[int]) -> list[Piece]:
    """Find the pieces of one catchment."""
    if sets.ground is None:
        return []
    around, home = sets.ground.around, int(sets.ground.home[site])
    seen = _reached(around, [home], site, goes) if home >= 0 else set()
    found = []
    for village in (v for v, to in enumerate(goes) if to == site):
        if village in seen:
            continue
        part = _reached(around, [village], site, goes)
        seen |= {v for v in part if goes[v] == site}
        border = {w for v in part for w in around[v] if w not in part}
        inside = tuple(sorted(v for v in part if goes[v] == site))
        found.append(Piece(site=site, band=band, inside=inside, border=tuple(sorted(border))))
    return found


def _reached(
    around: tuple[tuple[int, ...], ...], start: list[int], site: int, goes: list[int]
) -> set[int]:
    """Give where one gets from some villages over a catchment and villages of nobody."""
    seen, front = set(start), list(start)
    while front:
        for other in around[front.pop()]:
            if other not in seen and goes[other] in (site, _NOBODY):
                seen.add(other)
                front.append(other)
    return seen
