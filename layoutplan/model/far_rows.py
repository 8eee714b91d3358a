"""Constraints on pupils who go ways that the flows leave out; one function per family."""

import numpy as np

from layoutplan.model.columns import Columns
from layoutplan.model.rows import Entries, Ints, Rows, at, made, teaching
from layoutplan.model.sets import Sets
from layoutplan.tables import BANDS


def band_of_group(sets: Sets) -> Ints:
    """Give the number of the band of each group.

    Parameters
    ----------
    sets
        The sets.

    Returns
    -------
    numpy.ndarray
        From 0, in the order of `layoutplan.tables.BANDS`.
    """
    number = {band: i for i, band in enumerate(BANDS)}
    return np.asarray(sets.groups["band"].map(number), dtype=np.int64)


def far_pupils_arrive(sets: Sets, columns: Columns) -> Rows:
    r"""Let as many arrive on far ways as set out on them.

    .. math:: \sum_{i \in b} z_{ki} = \sum_j q_{kbj} \quad \forall k, b

    for kinds :math:`k` of ways and bands :math:`b`; who arrives at a site :math:`j` is counted
    among its pupils as everybody is.

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per kind and band.
    """
    m, bands = len(sets.sites), len(BANDS)
    band = band_of_group(sets)
    entries: Entries = [
        (np.concatenate([band, band + bands]), at(columns.far), np.ones(2 * len(band))),
        (np.repeat(np.arange(2 * bands), m), at(columns.pool), -np.ones(2 * bands * m)),
    ]
    return made(entries, columns, np.zeros(2 * bands), np.zeros(2 * bands))


def far_where_taught(sets: Sets, columns: Columns) -> Rows:
    r"""Let nobody arrive at a site that does not teach the band.

    .. math:: \sum_k q_{kbj} \le D_b \sum_{s \in j,\, b \in B_s} y_s

    with :math:`D_b` all pupils of the band.

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per band and site.
    """
    m, bands = len(sets.sites), len(BANDS)
    pupils = sets.groups["pupils"].to_numpy(dtype=float)
    total = np.bincount(band_of_group(sets), weights=pupils, minlength=bands)
    entries: Entries = [
        (np.tile(np.arange(bands * m), 2), at(columns.pool), np.ones(2 * bands * m))
    ]
    site = sets.states["site"].to_numpy(dtype=np.int64)
    for i, name in enumerate(BANDS):
        entries.append((site + m * i, at(columns.state), -total[i] * teaching(sets, name)))
    return made(entries, columns, np.full(bands * m, -np.inf), np.zeros(bands * m))
