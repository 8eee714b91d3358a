"""Subset-row cuts: of areas that hold two of three units, a plan has one at most."""

import numpy as np
import scipy.sparse as sp

from layoutplan.location.problem import Floats, Ints

Cuts = Ints
"""Three units per row."""
PAIR = 2
"""An area counts that holds at least two of the three."""
VIOLATED = 0.02
"""Cuts exceeded by less change too little."""
MOST, PER_UNIT = 80, 6
"""Cuts per round, and those of one round in which a unit takes part."""
FRACTIONAL = 1e-6


def no_cuts() -> Cuts:
    """Give an empty set of cuts.

    Returns
    -------
    Cuts
        No rows.
    """
    return np.zeros((0, 3), dtype=np.int64)


def coefficients(holds: sp.csr_array, cuts: Cuts) -> sp.csr_array:
    """Tell which areas count in which cut.

    Parameters
    ----------
    holds
        Which units each area holds, shape (areas, units).
    cuts
        The cuts.

    Returns
    -------
    sp.csr_array
        Ones, shape (areas, cuts).
    """
    members = sp.csr_array(
        (np.ones(cuts.size), (cuts.ravel(), np.repeat(np.arange(len(cuts)), 3))),
        shape=(holds.shape[1], len(cuts)),
    )
    counts = sp.csr_array(holds @ members)
    counts.data = (counts.data >= PAIR).astype(np.float64)
    counts.eliminate_zeros()
    return counts


def separated(holds: sp.csr_array, share: Floats, present: Cuts) -> Cuts:
    r"""Find the cuts that a fractional solution exceeds most.

    For units *a*, *b*, *c* and areas *S* with shares :math:`\lambda_S`,

    .. math:: \sum_{S : |S \cap \{a, b, c\}| \ge 2} \lambda_S \le 1

    holds for every plan, because each unit lies in one area (Jepsen, Petersen, Spoorendonk
    and Pisinger 2008, "Subset-row inequalities", Operations Research 56(2)). With the weight
    :math:`w_{ab}` of areas that hold both, the left side is
    :math:`w_{ab} + w_{ac} + w_{bc} - 2 w_{abc}`.

    Parameters
    ----------
    holds
        Which units each area holds, shape (areas, units).
    share
        The share of each area.
    present
        Cuts that are there already.

    Returns
    -------
    Cuts
        New cuts, the most exceeded first.
    """
    split = np.flatnonzero((share > FRACTIONAL) & (share < 1 - FRACTIONAL))
    if not len(split):
        return no_cuts()
    inside, weight = holds[split].toarray(), share[split]
    together = (inside * weight[:, None]).T @ inside
    exceeded: list[tuple[float, int, int, int]] = []
    for first in np.flatnonzero(inside.any(axis=0)).tolist():
        mine = inside[:, first] > 0
        near = np.flatnonzero(inside[mine].any(axis=0))
        near = near[near > first]
        of_mine = inside[np.ix_(mine, near)]
        all_three = (of_mine * weight[mine, None]).T @ of_mine
        left = (
            together[first, near][:, None]
            + together[first, near][None]
            + together[np.ix_(near, near)]
            - 2 * all_three
        )
        at, other = np.nonzero(np.triu(left > 1 + VIOLATED, 1))
        exceeded += [
            (round(-float(left[i, j]), 9), first, int(near[i]), int(near[j]))
            for i, j in zip(at.tolist(), other.tolist(), strict=True)
        ]
    return _chosen(sorted(exceeded), present)


def _chosen(exceeded: list[tuple[float, int, int, int]], present: Cuts) -> Cuts:
    """Take the first cuts, no unit in too many of them.

    Parameters
    ----------
    exceeded
        Cuts with how far they are exceeded, in order.
    present
        Cuts that are there already.

    Returns
    -------
    Cuts
        Those taken.
    """
    known = {tuple(cut) for cut in present.tolist()}
    count: dict[int, int] = {}
    taken: list[tuple[int, int, int]] = []
    for _, *cut in exceeded:
        if tuple(cut) in known or max(count.get(unit, 0) for unit in cut) >= PER_UNIT:
            continue
        for unit in cut:
            count[unit] = count.get(unit, 0) + 1
        taken.append((cut[0], cut[1], cut[2]))
        if len(taken) == MOST:
            break
    return np.array(taken, dtype=np.int64).reshape(-1, 3)
