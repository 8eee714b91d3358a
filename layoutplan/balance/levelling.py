"""Levelling: the fewest things to move until a coefficient of variation keeps its limit."""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]


def levelled(
    has: Numbers, pupils: Numbers, *, limit: float, step: float, most_out: Counts, most_in: Counts
) -> tuple[Counts, bool]:
    r"""Find the fewest steps from rich to poor schools that bring the variation down.

    Moving things changes neither the pupils nor the county mean X, so that the square
    of the deviation, :math:`\sum_i (P_i/P)(x_i - X)^2`, is a sum of one convex function
    for each school. The t-th step out of school i lessens it by
    :math:`(P_i/P)\,d_i\,(2(x_i - X) - (2t-1)d_i)` with :math:`d_i` = step / P_i, less
    with every step, and in the same way for steps into a school. So the m largest
    gains out and the m largest gains in are the best m steps, and the first m at which
    the limit is kept is the fewest.

    Parameters
    ----------
    has
        What each school has, shape (n,).
    pupils
        Its pupils, shape (n,), above 0.
    limit
        The coefficient of variation to keep.
    step
        What is moved in one step, in the unit of ``has``.
    most_out, most_in
        The steps each school can give and take, shape (n,).

    Returns
    -------
    change : numpy.ndarray
        Steps into each school, shape (n,), below 0 where it gives; their sum is 0.
    kept : bool
        Whether the limit is kept afterwards; where not, the change is the best there is.

    Examples
    --------
    >>> books, pupils = np.array([279.0, 137, 935, 160, 402]), np.array([45.0, 37, 89, 76, 55])
    >>> any_number = np.full(5, 1000)
    >>> change, kept = levelled(
    ...     books, pupils, limit=0.3, step=1, most_out=any_number, most_in=any_number
    ... )
    >>> change.tolist(), kept
    ([0, 15, -167, 152, 0], True)
    """
    weight = pupils / pupils.sum()
    mean = float(has.sum() / pupils.sum())
    above = has / pupils - mean
    each = step / pupils
    square = float((weight * above**2).sum())
    goal = (limit * mean) ** 2
    change = np.zeros(len(has), dtype=np.int64)
    if square <= goal:
        return change, True
    count, kept = 0, False
    out = into = np.zeros(0, dtype=np.intp)
    # Steps that lose on one side gain on both together only where the other side may not
    # take its best steps; they are many, so they are looked at last.
    for losing in (False, True):
        out, gain_out = _gains(weight, above, each, most_out, most_in if losing else None)
        into, gain_in = _gains(weight, -above, each, most_in, most_out if losing else None)
        pairs = min(len(out), len(into))
        both = gain_out[:pairs] + gain_in[:pairs]
        pairs = int((both > 0).sum())
        left = square - np.cumsum(both[:pairs])
        done = np.flatnonzero(left <= goal)
        kept = bool(len(done))
        count = int(done[0]) + 1 if kept else pairs
        if kept:
            break
    np.subtract.at(change, out[:count], 1)
    np.add.at(change, into[:count], 1)
    return change, kept


def _gains(
    weight: Numbers, above: Numbers, each: Numbers, most: Counts, others: Counts | None
) -> tuple[NDArray[np.intp], Numbers]:
    """List the steps, the largest gain first: school and gain.

    Those that gain something, or, where ``others`` says what the other side can do at
    most, as many as it could match.
    """
    useful = np.floor((2 * above / each + 1) / 2)
    if others is not None:
        # The other side gains by its first steps only, so it can pay for no more.
        paying = np.clip(np.minimum(np.floor((1 - 2 * above / each) / 2), others), 0, None)
        useful = np.clip(useful, 0, None) + paying.sum()
    steps = np.clip(np.minimum(useful, most), 0, None).astype(np.int64)
    school = np.repeat(np.arange(len(above)), steps)
    number = np.arange(len(school)) - np.repeat(np.cumsum(steps) - steps, steps) + 1
    gain = weight[school] * each[school] * (2 * above[school] - (2 * number - 1) * each[school])
    order = np.lexsort((school, -gain))
    if others is None:
        order = order[gain[order] > 0]
    return school[order], gain[order]
