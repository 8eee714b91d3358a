"""Ties of pupils to single sites: they cut off no plan, and make the relaxation tight."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from tiny_counties import tiny

from layoutplan.measures import Options
from layoutplan.model.constraints import make_model
from layoutplan.model.corner import Basis, corner_of
from layoutplan.model.far import wanted
from layoutplan.model.local import with_all_links
from layoutplan.model.part import part_of, solve_part
from layoutplan.model.rows import stack
from layoutplan.model.sets import make_sets
from layoutplan.model.ties import links, ties_of
from layoutplan.model.tight import tightened
from layoutplan.model.transport import relaxed
from layoutplan.standards import standards


def model_of(seed, *, villages=6, sites=7):
    parts = tiny(seed, villages=villages, sites=sites)
    options = Options(split_villages=True, budget_yuan=3e6)
    return make_model(make_sets(**parts, standards=standards(), options=options))


def everything(model, rows=None):
    free = np.arange(model.columns.n)
    linked = model if rows is None else replace(model, rows=rows)
    return part_of(linked, np.zeros(model.columns.n), free)


def pairs_only(model):
    ties = ties_of(model.sets)
    chosen = np.flatnonzero(~ties.table["stay"]).astype(np.int64)
    return stack([model.rows, links(model.sets, model.columns, chosen)])


@pytest.mark.parametrize("seed", range(6))
def test_ties_leave_the_optimum_and_raise_the_bound(seed):
    model = model_of(seed)
    tied = with_all_links(model)
    free, bound = (solve_part(everything(m), gap=0.0).fun for m in (model, tied))
    assert bound == pytest.approx(free, rel=1e-6)
    loose, pairs, all_of_them = (
        relaxed(everything(model, rows)).fun for rows in (model.rows, pairs_only(model), tied.rows)
    )
    assert loose <= pairs * (1 + 1e-9)
    assert pairs <= all_of_them * (1 + 1e-9)
    assert all_of_them <= free * (1 + 1e-6)


def test_some_who_stay_are_fewer_than_their_group():
    """So that what is said of their ties is not said of nothing."""
    gains = []
    for seed in range(6):
        model = model_of(seed)
        assert ties_of(model.sets).table["stay"].any()
        pairs = relaxed(everything(model, pairs_only(model))).fun
        gains.append(relaxed(everything(with_all_links(model))).fun / pairs - 1)
    assert max(gains) > 1e-3


@pytest.mark.parametrize("seed", range(4))
def test_a_corner_from_another_one_is_that_from_nowhere(seed):
    model = model_of(seed)
    first = corner_of(model.columns, model.rows)
    assert first.cost == pytest.approx(relaxed(everything(model)).fun, rel=1e-9)
    tied = with_all_links(model)
    started = corner_of(
        tied.columns, tied.rows, start=first.basis.with_rows(tied.rows.matrix.shape[0])
    )
    fresh = relaxed(everything(tied))
    assert started.cost == pytest.approx(fresh.fun, rel=1e-9)
    # Weak duality: with these prices no values within the bounds cost less.
    columns, reduced = tied.columns, started.reduced
    inner = (reduced > 1e-6) & (started.values > columns.low + 1e-6)
    assert not inner.any()
    assert not ((reduced < -1e-6) & (started.values < columns.high - 1e-6)).any()


def test_where_the_clock_ends_a_corner_the_next_goes_on_from_there():
    model = model_of(1, villages=120, sites=30)
    first = corner_of(model.columns, model.rows)
    tied = with_all_links(model)
    basis = first.basis.with_rows(tied.rows.matrix.shape[0])
    assert corner_of(tied.columns, tied.rows, seconds=0.0) is None
    fresh = relaxed(everything(tied)).fun
    seconds, further_on = 0.01, 0
    solve = partial(corner_of, tied.columns, tied.rows)
    while isinstance(cut := solve(start=basis, seconds=seconds), Basis):
        assert (len(cut.columns), len(cut.rows)) == tied.rows.matrix.shape[::-1]
        if (cut.columns != basis.columns).any() or (cut.rows != basis.rows).any():
            further_on += 1
            rest = solve(start=cut)
            assert rest.cost == pytest.approx(fresh, rel=1e-9)
        seconds *= 1.2
    assert cut.cost == pytest.approx(fresh, rel=1e-9)
    assert further_on


def test_no_corner_where_nothing_is_lawful():
    model = model_of(0)
    columns = model.columns
    none = replace(columns, high=np.where(columns.low == 0, 0.0, columns.high))
    assert corner_of(none, model.rows) is None


@pytest.mark.parametrize("seed", range(4))
def test_the_relaxation_carries_its_corner_into_a_wider_model(seed):
    """Whatever it starts from, it ends where the same rows end from nowhere."""
    model = model_of(seed, villages=8, sites=9)
    tight = tightened(model, deadline=np.inf)
    assert tight.bound <= relaxed(everything(with_all_links(tight.model))).fun * (1 + 1e-6)
    behind = np.zeros(tight.model.columns.n)
    behind[tight.model.columns.unserved] = 1.0
    wide = tight.wider(wanted(tight.model, behind, tight.tolls))
    assert wide.model.columns.n > tight.model.columns.n
    assert len(wide.basis.columns) == wide.model.columns.n
    assert len(wide.basis.rows) == wide.rows.matrix.shape[0]
    started = corner_of(wide.model.columns, wide.rows, start=wide.basis)
    assert started.cost == pytest.approx(relaxed(everything(wide.model, wide.rows)).fun, rel=1e-9)


@pytest.mark.parametrize("rounds", [2, 3, 4])
def test_where_the_rounds_are_over_the_last_corner_is_told(rounds, monkeypatch):
    """Also where ways were added after it, so that the search has where to look."""
    monkeypatch.setattr("layoutplan.model.tight._ROUNDS", rounds)
    for seed in range(6):
        tight = tightened(model_of(seed), deadline=np.inf)
        assert not tight.cut
        assert len(tight.corner) == len(tight.reduced) == tight.model.columns.n
