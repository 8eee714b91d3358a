"""Small counts stay hidden from somebody who solves the equations of the published table."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from thoroughly import examples

from layoutplan.papers.masking import masked, with_sums

LIMIT = 5


def bounds(whole, hidden, cell):
    """Attack one cell, written anew and densely: cells add up, withheld ones are at least 1."""
    cells = [tuple(c) for c in np.argwhere(hidden)]
    lines, right = [], []
    rows, columns = whole.shape
    groups = [[(r, c) for c in range(columns)] for r in range(rows)]
    groups += [[(r, c) for r in range(rows)] for c in range(columns)]
    for group in groups:
        signs = {at: -1.0 if at == group[-1] else 1.0 for at in group}
        lines.append([signs.get(at, 0.0) for at in cells])
        right.append(-sum(s * whole[at] for at, s in signs.items() if not hidden[at]))
    aim = np.array([float(at == cell) for at in cells])
    ends = []
    for sign in (1, -1):
        found = linprog(sign * aim, A_eq=lines, b_eq=right, bounds=(1, 10_000))
        assert found.status == 0
        ends.append(float(aim @ found.x))
    return ends


@given(
    st.integers(1, 6).flatmap(
        lambda n: st.lists(
            st.lists(st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9, 30, 400]), min_size=3, max_size=3),
            min_size=n,
            max_size=n,
        )
    )
)
@settings(max_examples=examples(25), deadline=None)
def test_no_small_count_can_be_computed(rows):
    counts = np.array(rows)
    table = masked(counts, limit=LIMIT)
    assert (table.counts == with_sums(counts)).all()
    assert table.hidden[table.small].all()
    for cell in map(tuple, np.argwhere(table.small)):
        least, greatest = bounds(table.counts, table.hidden, cell)
        inner = table.counts[:-1, :-1]
        parts = inner[cell[0] : cell[0] + 1] if cell[0] < len(inner) else inner
        parts = parts[:, cell[1] : cell[1] + 1] if cell[1] < inner.shape[1] else parts
        # Everybody sees that a sum holds at least one person for each cell that is not 0.
        assert least <= (parts > 0).sum() + 1e-6
        assert greatest >= LIMIT - 1 - 1e-6


def test_hiding_small_counts_alone_would_give_them_away():
    whole = with_sums(np.array([[2, 30, 8], [12, 25, 9]]))
    small = (whole > 0) & (whole < LIMIT)
    assert bounds(whole, small, (0, 0)) == pytest.approx([2, 2])


def test_a_table_without_small_counts_is_published_whole():
    counts = np.array(list(itertools.product([0, 5, 9], repeat=3)))
    assert not masked(counts, limit=LIMIT).hidden.any()
