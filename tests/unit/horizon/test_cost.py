"""What layouts cost in the years: pupils at least cost on sites that stand fast."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

import layoutplan as lp
from layoutplan.horizon import cost as cost_file
from layoutplan.horizon import sending as sending_file
from layoutplan.horizon.sending import sent_at_least_cost
from layoutplan.model.constraints import make_model
from layoutplan.tables import BANDS

BEYOND = 1e4
NOTHING = ("over_limit", "pushed", "gate_travel", "moved", "size")
PRICES = dict.fromkeys(NOTHING, 0.0) | {"boarder_primary": 1e6, "boarder_junior": 1e6}
DECIDED = ["action", "extra_classes", "extra_beds", "places", "beds"]


@pytest.fixture(scope="module")
def layouts(county, times, projection):
    quick = {"time_limit": 20, "gap": 0.01, "options": lp.Options(split_villages=True)}
    return {
        "as it is": lp.evaluate(county, times),
        "today": lp.propose(projection.county_in(2026), times, **quick),
        "last": lp.propose(projection.county_in(2034), times, **quick),
    }


@pytest.mark.parametrize("name", ["as it is", "today", "last"])
@pytest.mark.parametrize("year", [2026, 2034])
def test_sites_stand_fast_and_every_pupil_of_the_year_is_there(layouts, projection, name, year):
    plan = layouts[name]
    then = sent_at_least_cost(plan, projection, year=year, variant="high")
    lp.assert_plan_valid(then)
    pd.testing.assert_frame_equal(then.decisions[DECIDED], plan.decisions[DECIDED])
    assert then.pupils_in == int(projection.bands(year, "high").to_numpy().sum())
    assert then.pupils_in == then.pupils_assigned + then.pupils_unserved


def test_the_plan_of_a_year_costs_in_it_what_it_was_proposed_for(layouts, projection):
    """In its own year nothing is cheaper for a plan's sites than its own pupils."""
    for name, year in (("today", 2026), ("last", 2034)):
        plan = layouts[name]
        table = lp.cost_over_years(plan, projection, years=[year], variants=["mid"])
        assert table["sent"].tolist() == ["least_cost"]
        assert table["yuan"].iloc[0] <= plan.solver.objective + 1e-6
        assert table["yuan"].iloc[0] >= plan.solver.bound - 1e-6
        assert sum(lp.yearly_cost(plan).values()) == pytest.approx(plan.solver.objective)


def test_no_layout_is_cheaper_in_a_year_than_the_bound_of_the_years_own_plan(layouts, projection):
    cost = {
        name: lp.cost_over_years(plan, projection, years=[2026, 2034], variants=["mid"])
        for name, plan in layouts.items()
    }
    for table in cost.values():
        assert table["weight"].sum() == pytest.approx(1)
        assert table["unserved"].sum() == 0
        assert table["yuan"].iloc[0] >= layouts["today"].solver.bound - 1e-6
        assert table["yuan"].iloc[1] >= layouts["last"].solver.bound - 1e-6
    assert cost["today"]["yuan"].iloc[0] <= cost["last"]["yuan"].iloc[0] * 1.01
    assert cost["last"]["yuan"].iloc[1] <= cost["today"]["yuan"].iloc[1] * 1.01


def test_pupils_go_as_a_transport_problem_written_anew_sends_them():
    """With minutes and pupils beyond the places alone priced, linprog finds the same sum."""
    county = lp.example.county(seed=5, villages=14)
    times, ahead = lp.travel_times(county), lp.project(county, years=4)
    asked = lp.Options(prices=PRICES | {"minute": 1.0, "overload": BEYOND}, keep_choices=False)
    plan = lp.evaluate(county, times, options=asked)
    then = sent_at_least_cost(plan, ahead, year=2029, variant="mid")
    lp.assert_plan_valid(then)
    assert then.pupils_unserved == 0
    assert (then.assignment["mode"] == times.mode).all()
    told = lp.yearly_cost(then)
    cost = told["minutes"] + told["overload"]
    assert told["overload"] > 0
    minutes = {b: times.table(b) for b in BANDS}
    assert cost == pytest.approx(_cheapest(plan, ahead.bands(2029, "mid"), minutes))


def _cheapest(plan, pupils, minutes):
    """Solve the transport problem of pupils and open sites in dense matrices."""
    decided = plan.decisions[plan.decisions["places"] > 0]
    ways, cost = [], []
    for b in BANDS:
        teaches = decided.index[decided["bands"].str.split().map(lambda t, b=b: b in t)]
        for v in pupils.index[pupils[b] > 0]:
            ways += [(f"{v} {b}", s) for s in teaches]
            cost += [minutes[b].at[v, s] for s in teaches]
    group, site = (np.array(c) for c in zip(*ways, strict=True))
    names = np.unique(group)
    there = [pupils.at[tuple(name.split())] for name in names]
    a_eq = (group == names[:, None]).astype(float)
    a_ub = (site == decided.index.to_numpy()[:, None]).astype(float)
    over = len(decided)
    found = linprog(
        np.concatenate([cost, np.full(over, BEYOND)]),
        A_ub=np.hstack([a_ub, -np.eye(over)]), b_ub=decided["places"],
        A_eq=np.hstack([a_eq, np.zeros((len(names), over))]), b_eq=there,
    )  # fmt: skip
    assert found.status == 0
    return float(found.fun)


@pytest.mark.parametrize(("seed", "closed"), [(2, 2), (3, 3), (3, 4)])
def test_ways_to_farther_schools_are_added_where_the_nearest_are_closed(seed, closed, monkeypatch):
    """With all lawful ways at hand from the start nothing is cheaper."""
    county = lp.example.county(seed=seed, villages=30)
    times, ahead = lp.travel_times(county), lp.project(county, years=6)
    measures = lp.site_measures(county, standards=lp.standards())
    can = measures.loc[measures["measure"].eq("close") & measures["allowed"], "site_id"]
    there = county.sites.index[~county.sites["candidate"]]
    shut = there[there.isin(can)][:closed]
    plan = lp.evaluate(county, times, pd.DataFrame({"site_id": shut, "action": "close"}))
    year = {"year": ahead.years[-1], "variant": "high"}
    found = sent_at_least_cost(plan, ahead, **year)
    lp.assert_plan_valid(found)
    rounds, really = [], sending_file.widened
    monkeypatch.setattr(sending_file, "widened", lambda *asked: rounds.append(1) or really(*asked))
    sent_at_least_cost(plan, ahead, **year)
    assert rounds
    monkeypatch.setattr(sending_file, "_with_all_that_pay", _with_all_lawful)
    every = sent_at_least_cost(plan, ahead, **year)
    cost = [sum(lp.yearly_cost(p).values()) for p in (found, every)]
    assert cost[0] == pytest.approx(cost[1])


def _with_all_lawful(model, _values, start):
    reach = model.sets.reach
    by_band = {b: replace(w, come=dict(w.lawful)) for b, w in reach.by_band.items()}
    reach = replace(reach, by_band=by_band)
    model = make_model(replace(model.sets, reach=reach, flows=reach.tables()[1]))
    return model, start(model)


def test_least_sizes_are_priced_as_in_the_plan_itself(times, projection):
    asked = lp.Options(min_pupils={"primary": 400, "junior": 900}, split_villages=True)
    plan = lp.evaluate(projection.county_in(2026), times, options=asked)
    own = lp.yearly_cost(plan)
    assert own["short_of_least_size"] > 0
    table = lp.cost_over_years(plan, projection, years=[2026], variants=["mid"])
    assert table["broken"].iloc[0] > 0
    assert table["yuan"].iloc[0] <= sum(own.values()) + 1e-6


def test_beds_that_fill_no_module_are_kept_as_they_are(county, times, projection):
    measures = lp.site_measures(county, standards=lp.standards())
    boards = measures["measure"].eq("board") & measures["extra_beds_max"].gt(0)
    site = measures.loc[boards, "site_id"].iloc[0]
    for beds, way in ((8, "least_cost"), (3, "anew")):
        asked = pd.DataFrame({"site_id": [site], "action": ["board"], "extra_beds": [beds]})
        allowed = measures.assign(allowed=measures["allowed"] | boards)
        plan = lp.evaluate(county, times, asked, measures=allowed)
        assert plan.decisions.at[site, "extra_beds"] == beds
        then = sent_at_least_cost(plan, projection, year=2030, variant="mid")
        if way == "least_cost":
            pd.testing.assert_frame_equal(then.decisions[DECIDED], plan.decisions[DECIDED])
        else:
            assert then is None


def test_where_sites_are_in_a_state_not_offered_catchments_or_nearness_send(
    layouts, projection, monkeypatch
):
    monkeypatch.setattr(cost_file, "sent_at_least_cost", lambda *_, **__: None)
    table = lp.cost_over_years(layouts["last"], projection, years=[2026, 2034])
    assert set(table["sent"]) <= {"kept", "anew"}
    exact = {"years": [2034], "variants": ["mid"]}
    own = lp.cost_over_years(layouts["last"], projection, **exact)["yuan"].iloc[0]
    monkeypatch.undo()
    assert lp.cost_over_years(layouts["last"], projection, **exact)["yuan"].iloc[0] <= own + 1e-6


def test_a_state_that_is_not_offered_is_none_of_the_model(county, times, projection):
    """A school is closed by hand that the search would not be let to close."""
    school = county.sites.index[~county.sites["candidate"]][0]
    measures = lp.site_measures(county, standards=lp.standards())
    barred = measures["site_id"].eq(school) & measures["measure"].eq("close")
    closed = pd.DataFrame({"site_id": [school], "action": ["close"]})
    for allowed in (True, False):
        offered = measures.assign(allowed=measures["allowed"] & (allowed | ~barred))
        plan = lp.evaluate(county, times, closed, measures=offered)
        then = sent_at_least_cost(plan, projection, year=2030, variant="mid")
        assert (then is not None) == allowed
        table = lp.cost_over_years(plan, projection, years=[2030], variants=["mid"])
        assert table["sent"].isin(["least_cost"] if allowed else ["kept", "anew"]).all()


def test_variants_that_do_not_differ_yet_are_sent_once(layouts, projection, monkeypatch):
    sent = []
    exact = cost_file.sent_at_least_cost
    monkeypatch.setattr(
        cost_file, "sent_at_least_cost",
        lambda *a, **kw: sent.append((kw["year"], kw["variant"])) or exact(*a, **kw),
    )  # fmt: skip
    table = lp.cost_over_years(layouts["today"], projection, years=[2026, 2034])
    assert len(table) == 6
    assert [year for year, _ in sent] == [2026, 2034, 2034, 2034]
    assert len(set(table.loc[table["year"].eq(2026), "yuan"])) == 1
