"""What must hold for the gates of every layout, computed anew from the plan's tables."""

from dataclasses import replace

import numpy as np
import pandas as pd
from example_counties import today_of
from hypothesis import given, settings
from hypothesis import strategies as st
from thoroughly import examples

import layoutplan as lp
from layoutplan.gates import gates, must_keep
from layoutplan.gates.declared import GATE_NAMES
from layoutplan.tables import BANDS, BANDS_OF_KIND


def layouts(data):
    """Draw a county and a layout of it in which some schools close or give up grades."""
    today = today_of(data.draw(st.sampled_from([1, 2, 5])))
    county, times = today.county, today.times
    kinds = county.schools["kind"]
    closed = data.draw(st.sets(st.sampled_from(sorted(kinds.index)), max_size=5))
    primary = sorted(set(kinds.index[kinds == "primary"]) - closed)
    reduced = data.draw(st.sets(st.sampled_from(primary), max_size=2)) if primary else set()
    actions = dict.fromkeys(closed, "close") | dict.fromkeys(reduced, "teaching_point")
    return lp.evaluate(county, times, today.decisions_with(actions)), closed, reduced


def anew(plan, boarding):
    """Work out the gates from the plan's tables, row by row, sharing no code with them."""
    value, schools = plan.standards.value, plan.county.schools
    decisions = plan.decisions.to_dict("index")
    moves = plan.moves.to_dict("records")
    # Who boards is within the limit. Where others of the village and band go there too, the
    # tables do not say which of them board: the number beyond lies between two.
    least, most, out = {}, {}, {}
    key = ["village_id", "band", "site_id"]
    there = plan.assignment.groupby(key)["pupils"].sum().to_dict()
    lodged = plan.assignment[plan.assignment["mode"] == "board"]
    board = lodged.groupby(key)["pupils"].sum().to_dict()
    for m in moves:
        source, target, band = m["from_site"], m["to_site"], m["band"]
        if not source or band in str(decisions[source]["bands"]).split():
            continue
        ways = plan.times.table(band).loc[m["village_id"]]
        bad = target == "" or (
            ways[target] > value(f"travel_limit_minutes_{band}")
            and ways[target] > ways[source]
            and not (boarding and band != "g13")
        )
        out.setdefault(source, []).append(m)
        at = (m["village_id"], band, target)
        beds, others = board.get(at, 0), there.get(at, m["pupils"]) - m["pupils"]
        few = max(m["pupils"] - beds, 0) if bad else 0
        many = m["pupils"] - max(beds - others, 0) if bad else 0
        least[source] = least.get(source, 0) + few
        most[source] = most.get(source, 0) + many
    beyond = {source: (least[source], most[source]) for source in out}
    over, large = {}, {}
    for site, d in decisions.items():
        before, after = (sum(int(d[f"{w}_{b}"]) for b in BANDS) for w in ("before", "after"))
        places = int(schools.loc[site, "places"]) if site in schools.index else 0
        over[site] = max(after - d["places"], 0) > max(before - places, 0)
        rooms = int(schools.loc[site, "classrooms"]) if site in schools.index else 0
        sizes = []
        for w, classes in (("before", rooms), ("after", d["classes"])):
            pupils = [int(d[f"{w}_{b}"]) for b in BANDS]
            size = 0
            if sum(pupils) and classes:
                size = 1
                while sum(-(-p // size) for p in pupils) > classes and size < sum(pupils):
                    size += 1
                if sum(p > 0 for p in pupils) > classes:
                    size = -(-sum(pupils) // classes)
            sizes.append(size)
        full = 2500 if len(BANDS_OF_KIND[d["kind"]]) == 3 else 2000
        large[site] = (sizes[1] >= 56 and sizes[1] > sizes[0]) or (after > full and after > before)
    return out, beyond, over, large


@given(data=st.data(), boarding=st.booleans())
@settings(max_examples=examples(25), deadline=None)
def test_gates_agree_with_the_plans_tables(data, boarding):
    plan, closed, reduced = layouts(data)
    done = gates(plan, boarding=boarding)
    assert set(done.proposals.index) >= closed
    assert {s for s in done.proposals.index if done.proposals.at[s, "proposal"] != "emptied"} <= (
        closed | reduced
    )
    out, beyond, over, large = anew(plan, boarding)
    rows = done.rows().set_index(["site_id", "gate"])
    for site in closed | reduced:
        if site not in done.proposals.index:
            continue
        gone = out.get(site, [])
        targets = {m["to_site"] for m in gone} - {""}
        assert done.proposals.at[site, "pupils"] == sum(m["pupils"] for m in gone)
        assert set(done.proposals.at[site, "receivers"].split()) == targets
        few, many = beyond.get(site, (0, 0))
        assert few <= rows.loc[(site, "travel"), "concerned"] <= many
        failed = done.verdict(site, "travel") == "fail"
        assert failed or few == 0
        assert not failed or many > 0
        assert (done.verdict(site, "size") == "fail") == any(large[t] for t in targets)
        if any(over[t] for t in targets):
            assert done.verdict(site, "boarding") == "fail"


@given(data=st.data())
@settings(max_examples=examples(25), deadline=None)
def test_no_pupil_is_counted_twice(data):
    plan, _, _ = layouts(data)
    done = gates(plan)
    proposals, ways = done.proposals, done.ways
    assert proposals["pupils"].sum() == ways["pupils"].sum() <= plan.pupils_in
    leaving = ways.groupby(["village_id", "band"])["pupils"].sum()
    there = plan.demand.rename_axis("village_id").reset_index().melt("village_id", var_name="band")
    there = there.set_index(["village_id", "band"])["value"]
    assert (leaving <= there.reindex(leaving.index)).all()
    before = plan.decisions[[f"before_{b}" for b in BANDS]]
    for site, row in proposals.iterrows():
        assert row["pupils"] == sum(
            int(before.at[site, f"before_{b}"]) for b in row["bands"].split()
        )
    assert (proposals["moved"] + proposals["without_school"] == proposals["pupils"]).all()
    rows = done.rows()
    assert (rows["concerned"] <= rows["pupils"]).all()
    assert (rows["concerned"].gt(0) <= rows["verdict"].eq("fail")).all()
    assert len(rows) == len(GATE_NAMES) * len(proposals)
    moved = plan.moves[plan.moves["from_site"].isin(proposals.index)]["pupils"].sum()
    assert proposals["pupils"].sum() <= moved


@given(data=st.data())
@settings(max_examples=examples(15), deadline=None)
def test_whoever_loses_the_only_school_fails_its_gate_of_travel(data):
    plan, _, _ = layouts(data)
    keep, done = must_keep(plan), gates(plan)
    assert keep.dependents["pupils"].sum() == keep.pupils
    assert not keep.dependents.duplicated(["village_id", "band"]).any()
    lost = keep.schools[keep.schools["kept"] == "no"]
    there = done.ways.groupby(["site_id", "band", "village_id"])["pupils"].sum()
    dependents = keep.dependents.set_index(["site_id", "band", "village_id"]).sort_index()
    for key in zip(lost["site_id"], lost["band"], strict=True):
        villages = set(dependents.loc[key].index)
        attending = {v for s, b, v in there.index if (s, b) == key}
        if villages & attending:
            assert done.verdict(key[0], "travel") == "fail"


@given(data=st.data())
@settings(max_examples=examples(10), deadline=None)
def test_longer_limits_never_fail_more(data):
    plan, _, _ = layouts(data)
    rules = lp.standards().with_values(
        **{f"travel_limit_minutes_{b}": 3 * plan.standards.value(f"travel_limit_minutes_{b}")
           for b in BANDS}
    )  # fmt: skip
    # The same layout, to the pupil, under longer limits.
    longer = gates(replace(plan, standards=rules)).rows().set_index(["site_id", "gate"])
    shorter = gates(plan).rows().set_index(["site_id", "gate"])
    assert (longer["concerned"] <= shorter["concerned"]).all()
    assert np.array_equal(longer["pupils"], shorter["pupils"])
    pd.testing.assert_index_equal(longer.index, shorter.index)
