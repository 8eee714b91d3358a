"""Connected catchments: they are, or the plan says which villages are cut off."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist

import layoutplan as lp
from layoutplan.model.answer import BROKEN
from layoutplan.testing.contiguous import _cut_off, contiguous
from layoutplan.testing.facts import facts_of

FAR = 0.02
SEEDS = (1, 2, 5)


@cache
def county_of(seed, villages=20):
    county = lp.example.county(seed=seed, villages=villages)
    return county, lp.travel_times(county)


def tree(county):
    """Give few neighbours: the shortest tree through all villages."""
    where = county.villages.geometry.get_coordinates()
    edges = coo_array(minimum_spanning_tree(cdist(where, where)))
    names = county.villages.index
    return [(names[a], names[b]) for a, b in zip(edges.row, edges.col, strict=True)]


@cache
def proposed(seed, *, split, joined, few=False):
    county, times = county_of(seed)
    options = lp.Options(
        split_villages=split, contiguous=joined, neighbours=tree(county) if few else None
    )
    return lp.propose(county, times, options=options, time_limit=5, gap=FAR)


def off(plan, neighbours=None):
    """Name what is cut off, whether the plan was asked for connected catchments or not."""
    return set(_cut_off(facts_of(with_option(plan, neighbours=neighbours))))


def with_option(plan, **changes):
    return replace(plan, options=plan.options.replace(contiguous=True, **changes))


def rules_broken(plan):
    return sum(plan.solver.terms[t] for t in BROKEN)


@pytest.mark.parametrize("few", [False, True])
@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_catchments_are_connected_or_told_to_be_cut_off(seed, split, few):
    plan = proposed(seed, split=split, joined=True, few=few)
    lp.assert_plan_valid(plan)
    told = {v for f in plan.findings if f.code == "catchments_cut_off" for v in f.ids}
    assert told == {village for village, _, _ in off(plan, plan.options.neighbours)}
    # Where little time is left, or places and limits bind, some stay cut off, and few.
    assert few or len(told) <= 2
    # The bound is that of the question without the option.
    free = proposed(seed, split=split, joined=False)
    assert plan.solver.bound <= free.solver.objective + 0.01


def test_few_neighbours_cut_more_villages_off_than_stay_so():
    """What is tested above would hold of plans that were never repaired."""
    before = after = 0
    for seed in SEEDS:
        few = tuple(tree(county_of(seed)[0]))
        before += len(off(proposed(seed, split=False, joined=False), few))
        after += len(off(proposed(seed, split=False, joined=True, few=True), few))
    assert before >= 10
    # Some stay: where all ways between lead over one village, places and limits bind.
    assert after < before


def test_a_plan_near_another_is_connected_as_well():
    county, times = county_of(2)
    plan = proposed(2, split=True, joined=True)
    open_now = plan.decisions.index[plan.decisions["after_g13"].gt(0)]
    closed = plan.decisions.loc[open_now, "after_g13"].idxmin()
    near = lp.propose(
        county, times, options=plan.options.replace(close={closed}), start=plan,
        around=[closed], time_limit=6,
    )  # fmt: skip
    lp.assert_plan_valid(near)
    assert any(f.code == "contiguous_bound" for f in near.findings)


def alone(plan):
    """Take all neighbours from a village that is not where its pupils go to school."""
    pairs = [tuple(p) for p in lp.village_neighbours(plan.county).to_numpy()]
    facts = facts_of(plan)
    for village in plan.county.villages.index:
        few = [p for p in pairs if village not in p]
        changed = with_option(plan, neighbours=few)
        if set(_cut_off(replace(facts, plan=changed))):
            return changed
    return None


def sent_far(plan):
    """Send the pupils of a village and band to the farthest school that they reach."""
    table, ways = plan.assignment, plan.times
    for row in table.index[table["band"].eq("g13")]:
        way = ways.table("g13").loc[table.loc[row, "village_id"]]
        there = table.loc[table["band"].eq("g13"), "site_id"].unique()
        far = way[there][np.isfinite(way[there])].idxmax()
        changed = plan.assignment
        mine = changed["village_id"].eq(table.loc[row, "village_id"]) & changed["band"].eq("g13")
        changed.loc[mine, "site_id"] = far
        new = replace(plan, tables={**plan.tables, "assignment": changed})
        if off(new):
            return new
    return None


def without(plan, code):
    return replace(plan, findings=tuple(f for f in plan.findings if f.code != code))


def told(plan):
    """Tell of a village that it is cut off, which it is not."""
    village = plan.county.villages.index[0]
    values = {"villages": 1, "pairs": 1}
    wrong = lp.findings.Finding(code="catchments_cut_off", ids=(village,), values=values)
    return replace(plan, findings=(*plan.findings, wrong))


MUTATIONS = {
    "a village sent far": sent_far,
    "a village without neighbours": alone,
    "a village told that is joined": told,
    "the bound of another question not told": lambda p: without(p, "contiguous_bound"),
    "told though nobody asked": lambda p: replace(
        told(p), options=p.options.replace(contiguous=False)
    ),
}


@pytest.mark.parametrize("kind", MUTATIONS)
def test_a_changed_plan_is_caught(kind):
    plan = proposed(2, split=True, joined=True)
    assert not list(contiguous(facts_of(plan)))
    changed = MUTATIONS[kind](plan)
    assert changed is not None
    assert list(contiguous(facts_of(changed))), kind


def test_what_is_cut_off_must_be_told():
    few = tuple(tree(county_of(1)[0]))
    plan = proposed(1, split=False, joined=False)
    asked = with_option(plan, neighbours=few)
    assert off(plan, few)
    assert any("cut off" in line for line in contiguous(facts_of(asked)))


def test_options_name_what_is_wrong_with_neighbours(small, small_times):
    first = small.villages.index[0]
    for wrong in ([(first, "nowhere")], [(first,)], "V1"):
        with pytest.raises(lp.OptionsError):
            lp.propose(small, small_times, options=lp.Options(contiguous=True, neighbours=wrong))
    with pytest.raises(lp.OptionsError):
        lp.propose(small, small_times, options=lp.Options(contiguous="yes"))


def test_the_order_of_neighbours_changes_nothing_of_the_options():
    one = lp.Options(contiguous=True, neighbours=[("B", "A"), ("C", "A")])
    two = lp.Options(contiguous=True, neighbours=[("A", "C"), ("A", "B"), ("B", "A")])
    assert one.as_record() == two.as_record()
    assert one.as_record()["neighbours"] == [["A", "B"], ["A", "C"]]


@pytest.mark.slow
def test_the_demo_of_120_villages_has_connected_catchments():
    county, times = county_of(1, villages=120)
    options = lp.Options(contiguous=True, split_villages=True)
    plan = lp.propose(county, times, options=options, time_limit=12, gap=FAR)
    lp.assert_plan_valid(plan)
    assert len(off(plan)) <= 1
    assert plan.solver.gap <= FAR
