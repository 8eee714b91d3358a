"""Time limits of the search, and changes of single sites at its end."""

import time

import numpy as np
import pytest

import layoutplan as lp
from layoutplan.demand import demand
from layoutplan.model import shares, tight
from layoutplan.model.as_today import as_today
from layoutplan.model.behind import with_none_behind
from layoutplan.model.best import Found
from layoutplan.model.constraints import make_model
from layoutplan.model.part import holds
from layoutplan.model.single import changing, single_changes
from layoutplan.model.transport import levelled, sent_as_shares, whole_pupils
from layoutplan.model.whole import fractions_rounded, greedy
from layoutplan.plan.asking import asking
from layoutplan.plan.evaluate import today_of

FIXED_SECONDS = 2.0
"""Making the sets and writing the plan, on a busy machine."""


@pytest.fixture(scope="module")
def few():
    return lp.example.county(seed=1, villages=16)


@pytest.fixture(scope="module")
def few_times(few):
    return lp.travel_times(few)


def model_of(county, times, *, whole, **asked):
    rules = lp.standards()
    found = demand(county, standards=rules)
    today = today_of(county, times, found=found, standards=rules)
    sets = asking(
        county, times, standards=rules, options=lp.Options(**asked), bus=None,
        measures=lp.site_measures(county, standards=rules), demand=found.pupils,
        today=today.assignment,
    )(whole=whole)  # fmt: skip
    return make_model(sets)


def today_held(model):
    now = as_today(model)
    if model.sets.whole:
        values = fractions_rounded(model, sent_as_shares(model, now).plan, deadline=np.inf)
    else:
        values = whole_pupils(model, now)
    return Found(plan=values, cost=float(model.columns.cost @ values))


@pytest.mark.parametrize("whole", [False, True])
def test_no_single_change_is_left_that_pays(few, few_times, whole):
    model = model_of(few, few_times, whole=whole)
    first = today_held(model)
    told = []
    best, cut = single_changes(
        model, first, gap=0.0, deadline=np.inf, tell=told.append, keep=lambda _best: None
    )
    assert not cut
    assert best.cost < first.cost
    assert best.cost <= told[-1].cost
    change = changing(model)
    for site in range(0, len(model.sets.sites), 2):
        tried = change.changed(best.plan, site, deadline=np.inf)
        if tried is None or model.columns.cost @ tried >= best.cost:
            continue
        # What pays with shares of pupils does not with whole ones.
        if whole:
            values = fractions_rounded(model, tried, deadline=np.inf)
        else:
            values = change.changed(best.plan, site, deadline=np.inf, whole=True)
        assert values is None or model.columns.cost @ values >= best.cost * (1 - 1e-6)


def test_single_changes_stop_by_the_clock(few, few_times):
    model = model_of(few, few_times, whole=True)
    first = today_held(model)
    best, cut = single_changes(
        model, first, gap=0.0, deadline=time.monotonic() - 1, tell=print, keep=print
    )
    assert cut
    assert best is first


def test_an_alternative_by_one_site_is_not_cheaper(few, few_times):
    plan = lp.propose(few, few_times)
    lp.assert_plan_valid(plan)
    found = lp.alternatives(plan, k=2, differ=1, within=0.5)
    assert found.plans
    for other in found.plans:
        lp.assert_plan_valid(other)
        assert other.solver.objective >= plan.solver.objective * (1 - 1e-6)


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("equity", [0.0, 2000.0])
def test_there_is_a_plan_without_any_time(few, few_times, whole, equity):
    model = model_of(few, few_times, whole=whole, equity=equity)
    now = as_today(model)
    assert sent_as_shares(model, now, deadline=time.monotonic()) is None
    values = greedy(model, now)
    sets, columns = model.sets, model.columns
    group = sets.flows["group"].to_numpy()
    flow = values[columns.flow]
    assert (flow == np.rint(flow)).all()
    sent = np.bincount(group, weights=flow, minlength=len(sets.groups)) + values[columns.unserved]
    assert (sent == sets.groups["pupils"]).all()


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("equity", [0.0, 2000.0])
def test_nobody_is_left_behind_whose_ways_the_model_has(few, few_times, whole, equity):
    model = model_of(few, few_times, whole=whole, equity=equity)
    first, columns = today_held(model), model.columns
    group = int(model.sets.groups["pupils"].argmax())
    plan = first.plan.copy()
    plan[columns.flow][model.sets.flows["group"].to_numpy() == group] = 0.0
    plan[columns.unserved][group] = model.sets.groups["pupils"].iloc[group]
    held = Found(plan=plan, cost=float(columns.cost @ plan))
    again, best = with_none_behind(model, held)
    assert (best.plan[again.columns.unserved] == 0).all()
    assert holds(again, best.plan)
    assert best.cost < held.cost


def test_those_behind_are_sent_to_sites_that_are_open(few, few_times, monkeypatch):
    # The one way that is added leads to the plan's only site, not to a nearer one it closes.
    monkeypatch.setattr("layoutplan.model.far._MORE", 1)
    model = model_of(few, few_times, whole=True)
    sets, columns = model.sets, model.columns
    sites, only = np.zeros(columns.n), sets.states["site"] == 3
    chosen = sets.states["open"].where(only, ~sets.states["open"])
    sites[columns.state][sets.states[chosen].drop_duplicates("site").index] = 1.0
    assert sets.states[chosen & only]["bands"].tolist() == ["g13"]
    young = (sets.groups["band"] == "g13").to_numpy()
    plan = greedy(model, sites)
    assert (plan[columns.unserved][young] > 0).any()
    again, best = with_none_behind(model, Found(plan=plan, cost=float(columns.cost @ plan)))
    assert (best.plan[again.columns.unserved][young] == 0).all()
    assert (best.plan[again.columns.unserved][~young] > 0).all()


def test_the_level_of_the_worst_off_costs_least(few, few_times):
    model = model_of(few, few_times, whole=False, equity=2000.0)
    sent = sent_as_shares(model, as_today(model))
    again = levelled(model, sent.plan)
    assert model.columns.cost @ again == pytest.approx(sent.cost, rel=1e-9)
    raised = again.copy()
    raised[model.columns.level] += 1.0
    way = model.rows.matrix[model.family["worst_off"]] @ raised
    raised[model.columns.above] = np.maximum(way + raised[model.columns.above], 0.0)
    assert model.columns.cost @ raised >= model.columns.cost @ again


ASKED = {
    "whole with equity": {"equity": 2000.0},
    "all at once": {"equity": 2000.0, "contiguous": True, "split_villages": True},
}


@pytest.mark.slow
@pytest.mark.parametrize("asked", ASKED)
def test_time_limits_are_kept(asked):
    county = lp.example.county(seed=3, villages=150)
    times = lp.travel_times(county)
    options = lp.Options(budget_yuan=20_000_000, **ASKED[asked])
    start = time.monotonic()
    plan = lp.propose(county, times, options=options, time_limit=4, gap=0.0)
    assert time.monotonic() - start <= 1.1 * 4 + FIXED_SECONDS
    lp.assert_plan_valid(plan)
    assert plan.solver.status == "proven" or plan.solver.cut_by_clock


def test_ways_added_without_time_to_look_again_lose_nothing(monkeypatch):
    """The relaxation before them tells where to look, and what no plan can cost less than."""
    county = lp.example.county(seed=1, villages=40)
    model = model_of(county, lp.travel_times(county), whole=False)
    corner_of, wider, added = tight.corner_of, tight.Tight.wider, []

    def until_added(columns, rows, **asked):
        return None if added else corner_of(columns, rows, **asked)

    def noted(found, pairs):
        added.append(pairs)
        return wider(found, pairs)

    monkeypatch.setattr(tight, "corner_of", until_added)
    monkeypatch.setattr(tight.Tight, "wider", noted)
    found = tight.tightened(model, deadline=np.inf)
    assert added
    assert found.cut
    assert found.bound > 0
    assert found.reduced is not None
    assert len(found.reduced) == len(found.corner) == found.model.columns.n
    monkeypatch.undo()
    rest = tight.further(found, deadline=np.inf)
    assert not rest.cut
    assert rest.bound >= found.bound
    whole = tight.tightened(model, deadline=np.inf)
    assert rest.bound == pytest.approx(whole.bound, rel=2e-3)


def test_a_relaxation_that_the_clock_cuts_goes_on_from_where_it_was(monkeypatch):
    county = lp.example.county(seed=1, villages=40)
    model = model_of(county, lp.travel_times(county), whole=False)
    corner_of, starts = tight.corner_of, []

    def cut_at_the_second(columns, rows, *, start, seconds):
        starts.append(start)
        return corner_of(columns, rows, start=start, seconds=0.0 if len(starts) == 2 else seconds)

    monkeypatch.setattr(tight, "corner_of", cut_at_the_second)
    found = tight.tightened(model, deadline=np.inf)
    assert found.cut
    assert len(found.corner) == model.columns.n
    rest = tight.further(found, deadline=np.inf)
    # Not from the corner that the second had begun from.
    assert starts[2] is found.basis is not starts[1]
    monkeypatch.undo()
    whole = tight.tightened(model, deadline=np.inf)
    assert rest.bound == pytest.approx(whole.bound, rel=2e-3)


def test_a_search_begun_after_its_time_ends_at_once_without_fault(few, few_times):
    model = model_of(few, few_times, whole=False)
    found = tight.tightened(model, deadline=np.inf)
    result = shares._started(found, target=0.0, until=time.monotonic() - 1).answer()
    assert result.x is None or holds(model, np.asarray(result.x))


def test_no_township_stays_bare_that_has_grades_seven_to_nine_again(few, few_times):
    model = model_of(few, few_times, whole=False)
    plan = whole_pupils(model, as_today(model))
    columns = model.columns
    assert not plan[columns.bare].any()
    left = plan.copy()
    left[columns.bare] = 1.0
    assert (levelled(model, left)[columns.bare] == 0).all()
    states = model.sets.states
    shut = plan.copy()
    shut[columns.state] = np.where(states["teaches_g79"], 0.0, plan[columns.state])
    shut[columns.bare] = 1.0
    assert (levelled(model, shut)[columns.bare] == 1).all()


@pytest.mark.parametrize("full", [True, False])
def test_what_if_in_a_second_charges_for_no_township_that_has_a_school(full):
    county = lp.example.county(seed=5, villages=40)
    plan = lp.propose(county, lp.travel_times(county), time_limit=1)
    found = lp.what_if(plan, close={"2134100127"}, time_limit=1, full=full)
    lp.assert_plan_valid(found.plan)


def test_a_search_of_whole_groups_that_is_stopped_keeps_the_bound_of_shares():
    county = lp.example.county(seed=1, villages=40)
    told = []

    def stop(_done, _steps, step):
        told.append(getattr(step, "bound", 0.0))
        if step == "whole":
            raise KeyboardInterrupt

    plan = lp.propose(county, lp.travel_times(county), time_limit=20, progress=stop)
    lp.assert_plan_valid(plan)
    assert plan.solver.status == "stopped"
    assert plan.solver.bound >= max(told[:-1]) * (1 - 1e-9) > 0


def test_what_if_within_the_gap_of_the_bound_of_before_is_proven(few, few_times):
    plan = lp.propose(few, few_times, time_limit=20, gap=0.02)
    assert plan.solver.status == "proven"
    shut = plan.decisions.index[plan.decisions["action"] == "unused"][:1]
    found = lp.what_if(plan, close=set(shut), time_limit=5, gap=0.02)
    lp.assert_plan_valid(found.plan)
    assert found.plan.solver.gap <= 0.02
    assert found.plan.solver.status == "proven"
    assert not found.plan.solver.cut_by_clock
