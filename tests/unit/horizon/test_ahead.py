"""One layout for several years: loads, worst case, the independent check, what is refused."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import layoutplan as lp
from layoutplan.horizon.checking import plan_ahead_breaches
from layoutplan.horizon.loads import catchments, loads, sent_to
from layoutplan.horizon.scenarios import scenarios_of
from layoutplan.model.growth import not_less
from layoutplan.tables import BANDS

QUICK = {"time_limit": 60, "gap": 0.02, "options": lp.Options(split_villages=True)}


@pytest.fixture(scope="module")
def found(projection, times):
    return lp.propose_ahead(projection, times, years=[2026, 2030, 2034], **QUICK)


def test_the_layout_holds_in_every_year_and_variant(found):
    lp.assert_plan_ahead_valid(found)
    assert len(found.scenarios) == 9
    assert found.solver.gap <= 0.02
    places = found.sites["places"]
    for year, variant in found.scenarios[["year", "variant"]].itertuples(index=False):
        here = found.pupils_at(year, variant).sum(axis=1)
        beyond = (here - places.reindex(here.index)).clip(lower=0)
        assert (beyond <= found.sites["beyond"].reindex(here.index) + 0.5).all()


def test_no_child_is_lost_in_any_year(found, projection):
    for year in (2026, 2034):
        plan = found.plan_in(year, "high")
        lp.assert_plan_valid(plan)
        assert plan.pupils_in == int(projection.bands(year, "high").to_numpy().sum())
        assert plan.pupils_in == plan.pupils_assigned + plan.pupils_unserved
        assert plan.decisions["action"].equals(found.plan.decisions["action"])


def test_pupils_expected_are_the_mean_over_the_years(projection):
    chosen = scenarios_of(projection, years=[2026, 2034], weights={2026: 3, 2034: 1})
    assert chosen.table.groupby("year")["weight"].sum().tolist() == pytest.approx([0.75, 0.25])
    mean = sum(
        w * projection.bands(y, v).to_numpy(dtype=float)
        for y, v, w in chosen.table.itertuples(index=False)
    )
    assert np.abs(chosen.expected.to_numpy() - mean).max() <= 1
    for (year, variant, _), growth in zip(
        chosen.table.itertuples(index=False), chosen.growth, strict=True
    ):
        again = growth.to_numpy() * chosen.expected.to_numpy()
        np.testing.assert_allclose(again, projection.bands(year, variant).to_numpy())


def test_a_village_whose_children_are_yet_to_come_has_a_place(county, times):
    village = county.villages.index[3]
    villages = county.villages.assign(pupils_g13=county.villages["pupils_g13"])
    villages.loc[village, "pupils_g13"] = 0
    tables = {n: county.table(n) for n in county.tables if n != "flows"} | {"villages": villages}
    empty = lp.County.from_tables(**tables, name=county.name, year=county.year)
    ahead = lp.project(
        empty,
        years=4,
        housing=pd.DataFrame({"village_id": [village], "year": [2028], "pupils": [90]}),
    )
    assert int(ahead.bands(2026).loc[village, "g13"]) == 0
    made = lp.propose_ahead(ahead, times, years=[2026, 2030], **QUICK)
    lp.assert_plan_ahead_valid(made)
    sent = made.plan_in(2030).assignment
    assert sent.loc[sent["village_id"] == village, "pupils"].sum() == int(
        ahead.bands(2030).loc[village].sum()
    )


def test_places_for_more_years_never_cost_less(projection, times):
    """The same pupils expected, but places that are to hold in one more year."""
    one = lp.propose_ahead(projection, times, years=[2034], variants=["mid"], **QUICK)
    both = lp.propose_ahead(
        projection, times, years=[2026, 2034], variants=["mid"], weights={2034: 1.0}, **QUICK
    )
    lp.assert_plan_ahead_valid(one)
    lp.assert_plan_ahead_valid(both)
    assert both.solver.objective >= one.solver.bound - 1
    assert both.sites["most"].sum() > one.sites["most"].sum()


def test_a_single_year_is_the_plan_of_that_year(projection, times):
    ahead = lp.propose_ahead(
        projection, times, years=[2026], variants=["mid"], time_limit=20, gap=0.0005,
        options=lp.Options(split_villages=True),
    )  # fmt: skip
    plan = lp.propose(
        projection.county_in(2026), times, time_limit=20, gap=0.0005,
        options=lp.Options(split_villages=True),
    )  # fmt: skip
    lp.assert_plan_valid(plan)
    assert ahead.solver.objective == pytest.approx(plan.solver.objective, rel=2e-3)
    assert ahead.solver.bound <= plan.solver.objective * 1.000001
    assert plan.solver.bound <= ahead.solver.objective * 1.000001


def test_row_order_changes_nothing(county, times):
    """Whoever wrote the county's rows in another order gets the same layout."""
    mixed = {n: county.table(n).sample(frac=1, random_state=1) for n in county.tables}
    other = lp.County.from_tables(**mixed, name=county.name, year=county.year)
    quick = {"years": [2026, 2028], "variants": ["mid"], "time_limit": 20, "gap": 0.02,
             "options": lp.Options(split_villages=True)}  # fmt: skip
    a = lp.propose_ahead(lp.project(county, years=2), times, **quick)
    b = lp.propose_ahead(lp.project(other, years=2), lp.travel_times(other), **quick)
    assert not a.solver.cut_by_clock
    assert a.solver.objective == pytest.approx(b.solver.objective)
    pd.testing.assert_frame_equal(
        a.sites.sort_index(), b.sites.sort_index().reindex(columns=a.sites.columns)
    )


def test_years_without_more_pupils_ask_for_nothing(projection):
    """Places that hold in the fullest years hold in all: the others need no rows."""
    chosen = scenarios_of(projection)
    kept = not_less(chosen.growth)
    assert 1 <= len(kept) < len(chosen.growth)
    top = np.max([k.to_numpy() for k in kept], axis=0)
    for table in chosen.growth:
        assert (table.to_numpy() <= top + 1e-12).all()


@pytest.mark.parametrize("kind", ["pupils", "unserved", "beyond_places", "weight", "places"])
def test_the_check_sees_a_wrong_scenario(found, kind):
    rows = found.scenarios
    rows[kind] = rows[kind].astype(float)
    rows.loc[4, kind] += 7
    assert plan_ahead_breaches(replace(found, tables={**found.tables, "scenarios": rows}))


def test_the_check_sees_wrong_sites_costs_and_bounds(found):
    sites = found.sites
    sites.loc[sites.index[0], "beyond"] += 3
    wrong = [replace(found, tables={**found.tables, "sites": sites})]
    solver = found.solver
    wrong += [
        replace(found, solver=replace(solver, objective=solver.objective + 5_000)),
        replace(found, solver=replace(solver, bound=solver.objective + 5_000)),
        replace(found, solver=replace(solver, terms={**solver.terms, "minutes": 1.0})),
        replace(found, solver=replace(solver, objective=None)),
    ]
    sent = found.plan.assignment
    sent.loc[0, "pupils"] += 1
    wrong.append(
        replace(found, plan=replace(found.plan, tables={**found.plan.tables, "assignment": sent}))
    )
    for one in wrong:
        with pytest.raises(AssertionError):
            lp.assert_plan_ahead_valid(one)


def test_what_cannot_be_planned_for_is_named(projection, times):
    with pytest.raises(lp.OptionsError) as caught:
        lp.propose_ahead(projection, times, years=[2026, 1999], variants=["mid", "middle"])
    assert [f.code for f in caught.value.findings] == [
        "projection_no_such_year", "projection_no_such_variant",
    ]  # fmt: skip
    with pytest.raises(lp.OptionsError) as caught:
        lp.propose_ahead(projection, times, years=[2026], weights={2027: 1, 2026: -1})
    assert [f.code for f in caught.value.findings] == ["horizon_bad_weights"]
    for empty in ({"years": []}, {"variants": []}):
        with pytest.raises(lp.OptionsError) as caught:
            lp.propose_ahead(projection, times, **empty)
        assert [f.code for f in caught.value.findings] == ["horizon_empty"]


def test_too_few_places_are_told_with_the_worst_year(county, times):
    """A county that cannot grow is over its places in the year when most pupils are there."""
    closed = lp.project(
        county, years=4,
        housing=pd.DataFrame({"village_id": [county.villages.index[0]], "year": [2027],
                              "pupils": [4000]}),
    )  # fmt: skip
    made = lp.propose_ahead(
        closed, times, years=[2026, 2030], time_limit=4,
        options=lp.Options(split_villages=True, budget_yuan=0),
    )  # fmt: skip
    lp.assert_plan_ahead_valid(made)
    worst = made.sites[made.sites["beyond"] > 0]
    assert len(worst)
    assert worst["most_in"].str.startswith("2030").all()
    assert "over_places_ahead" in {f.code for f in made.findings}
    assert made.solver.terms["overload"] > 0


def test_the_roadmap_of_the_years_takes_it(found, projection):
    ahead = lp.roadmap(
        found.plan_in(2026), projection=projection, start="2027H1", years=3, time_limit=10
    )
    lp.assert_roadmap_valid(ahead)
    assert set(ahead.actions["site_id"]) <= set(found.plan.decisions.index)


def test_waiting_tells_what_is_right_whatever_comes(found, projection):
    told = lp.waiting(found, years=[2026, 2034], variants=["mid"], time_limit=3)
    assert told.scenarios["weight"].sum() == pytest.approx(1)
    assert (told.scenarios["known"] <= told.scenarios["yuan"] * 1.000001).all()
    assert told.worth_most == pytest.approx(max(told.expected_yuan - told.known_yuan, 0))
    anew = lp.cost_over_years(found.plan, projection, years=[2026, 2034], variants=["mid"])
    own = [sum(lp.yearly_cost(found.plan_in(y, "mid")).values()) for y in (2026, 2034)]
    assert told.scenarios["yuan"].tolist() == pytest.approx(anew["yuan"].tolist())
    assert (anew["yuan"] <= np.array(own) + 1e-6).all()
    table = told.decisions
    assert ((table["right"] >= 0) & (table["right"] <= 1 + 1e-9)).all()
    assert (table["advice"] == "now").equals(table["right"] > 1 - 1e-9)
    assert set(table["advice"]) <= {"now", "later", "watch"}


def test_catchments_send_whole_pupils(found, projection):
    shares, pupils = catchments(found.plan), projection.bands(2030)
    sent = sent_to(shares, pupils)
    both = sent.groupby(["village_id", "band"])["pupils"].sum().unstack(fill_value=0)
    pd.testing.assert_frame_equal(
        both.reindex(index=pupils.index, columns=list(BANDS)).fillna(0).astype("int64"),
        pupils, check_names=False,
    )  # fmt: skip
    assert loads(shares, pupils).to_numpy().sum() == pytest.approx(pupils.to_numpy().sum())
