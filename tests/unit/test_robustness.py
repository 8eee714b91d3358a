"""Sensitivity: cases, the data under each, and which decisions stay."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import layoutplan as lp
from layoutplan.assessment import assess
from layoutplan.errors import OptionsError
from layoutplan.robustness.cases import Case, cases
from layoutplan.robustness.run import _decisions, keeps_to_rules
from layoutplan.robustness.variants import variant
from layoutplan.tables import BANDS
from layoutplan.travel import TravelTimes
from layoutplan.words import LANGUAGES


@pytest.fixture(scope="module")
def few():
    return lp.example.county(seed=10, villages=16)


@pytest.fixture(scope="module")
def few_times(few):
    return lp.travel_times(few)


@pytest.fixture(scope="module")
def few_today(few, few_times):
    return lp.evaluate(few, few_times)


@pytest.fixture(scope="module")
def few_plan(few, few_times):
    plan = lp.propose(few, few_times)
    lp.assert_plan_valid(plan)
    return plan


def _case(plan, **values):
    return next(
        c
        for c in cases(
            plan.standards,
            speeds=values.get("speed", []),
            births=values.get("births", []),
            class_sizes=values.get("class_size", []),
        )
    )


def test_usual_cases_come_from_the_standards(few_plan):
    made = cases(few_plan.standards)
    assert [c.name for c in made] == [
        "speed=3", "speed=5", "births=0.8", "births=1.2", "class_size=40",
    ]  # fmt: skip
    own = few_plan.standards.with_values(
        sensitivity_speed_kmh_low=3.5, sensitivity_births_high=1.1, walk_speed_kmh_g13=5
    )
    assert [c.name for c in cases(own)] == [
        "speed=3.5", "births=0.8", "births=1.1", "class_size=40",
    ]  # fmt: skip


def test_cases_together(few_plan):
    made = cases(few_plan.standards, speeds=(3, 4, 5), births=(0.8, 1, 1.2), class_sizes=())
    assert len(made) == 4
    every = cases(
        few_plan.standards, speeds=(3, 4, 5), births=(0.8, 1, 1.2), class_sizes=(), together=True
    )
    assert len(every) == 8
    assert "speed=3 births=0.8" in {c.name for c in every}
    assert len({c.name for c in every}) == 8


@pytest.mark.parametrize(
    "wrong", [{"speeds": [0]}, {"births": [-1]}, {"class_sizes": ["45"]}, {"births": [np.nan]},
              {"speeds": [np.inf]}, {"births": [True]}],
)  # fmt: skip
def test_values_must_be_numbers_above_0(few_plan, wrong):
    with pytest.raises(OptionsError) as error:
        lp.sensitivity(few_plan, **wrong)
    assert error.value.findings[0].column == next(iter(wrong))


def test_all_wrong_values_are_named_at_once(few_plan):
    with pytest.raises(OptionsError) as error:
        cases(few_plan.standards, speeds=[0, -3], births=[0])
    assert len(error.value.findings) == 3


def test_slower_walkers_take_longer(few_plan):
    slow = variant(few_plan, _case(few_plan, speed=[3]))
    for band in BANDS:
        expected = few_plan.times.table(band) * (4 / 3)
        pd.testing.assert_frame_equal(slow.times.table(band), expected)
    assert slow.standards.value("walk_speed_kmh_g13") == pytest.approx(3)
    assert slow.standards.value("walk_speed_kmh_g79") == pytest.approx(5 * 3 / 4)
    assert slow.county is few_plan.county


def test_times_at_another_speed_are_those_of_the_network(few, few_plan):
    quick = few_plan.standards.with_values(
        walk_speed_kmh_g13=5, walk_speed_kmh_g46=5.625, walk_speed_kmh_g79=6.25
    )
    computed = lp.travel_times(few, standards=quick)
    scaled = variant(few_plan, _case(few_plan, speed=[5])).times
    for band in BANDS:
        assert scaled.array(band) == pytest.approx(computed.array(band))


def test_rides_take_as_long_as_before(few):
    by_car = lp.travel_times(few, mode="car")
    plan = lp.evaluate(few, by_car)
    case = _case(plan, speed=[5])
    quick = plan.standards.with_values(
        walk_speed_kmh_g13=5, walk_speed_kmh_g46=5.625, walk_speed_kmh_g79=6.25
    )
    computed = lp.travel_times(few, mode="car", standards=quick)
    scaled = variant(plan, case).times
    for band in BANDS:
        assert scaled.array(band) == pytest.approx(computed.array(band))
    given = TravelTimes.from_matrix(by_car.table(), mode="car", county=few)
    with pytest.raises(OptionsError) as error:
        lp.sensitivity(lp.evaluate(few, given), speeds=[5], births=[], class_sizes=[])
    assert error.value.findings[0].code == "walks_not_known"
    # without walking speeds the same times will do
    assert len(lp.sensitivity(lp.evaluate(few, given), speeds=[], births=[1.1],
                              class_sizes=[]).cases) == 1  # fmt: skip


@pytest.mark.parametrize("factor", [0.8, 1.2])
def test_pupils_are_whole_and_their_sum_is_right(few_plan, factor):
    other = variant(few_plan, _case(few_plan, births=[factor]))
    pupils = other.county.villages[[f"pupils_{b}" for b in BANDS]].to_numpy()
    assert (pupils == np.round(pupils)).all()
    for n, band in enumerate(BANDS):
        assert pupils[:, n].sum() == round(few_plan.demand[band].sum() * factor)
    exact = few_plan.demand.to_numpy() * factor
    assert np.abs(pupils - exact).max() < 1
    flows = other.county.flows[[f"pupils_{b}" for b in BANDS]].to_numpy().sum()
    assert flows == pytest.approx(pupils.sum(), abs=3)
    # the county of the plan is as it was
    assert few_plan.county.villages["pupils_g13"].sum() == few_plan.demand["g13"].sum()


def test_smaller_classes_leave_fewer_places(few_plan):
    other = variant(few_plan, _case(few_plan, class_size=[40]))
    before, after = (c.schools.set_index("kind")["places"] for c in (few_plan.county, other.county))
    assert (after["primary"] == np.floor(before["primary"] * 40 / 45)).all()
    assert (after["junior"] == np.floor(before["junior"] * 45 / 50)).all()
    assert (after["teaching_point"] == before["teaching_point"]).all()
    assert other.standards.value("class_size_junior") == 45


@pytest.fixture(scope="module", name="kept")
def _kept(few_plan):
    return lp.sensitivity(few_plan, solve=False, lang="en")


def test_layout_kept(few_plan, kept):
    assert not kept.searched
    assert kept.cases["case"].tolist() == [
        "speed=3", "speed=5", "births=0.8", "births=1.2", "class_size=40",
    ]  # fmt: skip
    assert (kept.cases["status"] == "given").all()
    for case in kept.cases["case"]:
        assert kept.actions[case].equals(few_plan.decisions["action"].rename(case))
    table = kept.decisions
    assert (table["cases"] == 5).all()
    assert (table["mark"] == np.where(table["stays"] == 5, "robust", "sensitive")).all()
    named = table["changes_in"].map(lambda text: len([c for c in text.split("; ") if c]))
    assert (named == 5 - table["stays"]).all()
    assert {"robust", "sensitive"} == set(table["mark"])
    numbers = kept.indicators.set_index("indicator")
    assert numbers.at["travel_mean", "plan"] == assess(few_plan).value("travel_mean")
    assert numbers.at["travel_mean", "speed=3"] > numbers.at["travel_mean", "plan"]
    assert numbers.at["travel_mean", "least"] <= numbers.at["travel_mean", "speed=5"]
    assert numbers.at["pupils", "births=0.8"] == kept.cases["pupils"][2]


def test_share_of_cases_that_makes_a_decision_robust(few_plan, kept):
    # what stays in three of five cases is robust where 60 % are asked for
    mild = replace(few_plan, standards=few_plan.standards.with_values(robust_share=0.6))
    stays = pd.DataFrame({str(n): kept.decisions["stays"] > n for n in range(5)})
    loose = _decisions(mild, stays)
    assert (loose["mark"] == "robust").equals(kept.decisions["stays"] >= 3)
    assert (loose["mark"] == "robust").sum() > (kept.decisions["mark"] == "robust").sum()


def test_searched_again(few_plan):
    steps = []
    found = lp.sensitivity(
        few_plan, speeds=[5], births=[1.2], class_sizes=[], lang="en",
        progress=lambda done, total, what: steps.append((done, total, what)),
    )  # fmt: skip
    assert steps == [(0, 2, "walking 5 km/h"), (1, 2, "pupils × 1.2"), (2, 2, "")]
    assert found.searched
    assert found.cases["status"].isin(["proven", "best_found"]).all()
    assert (found.cases["unserved"] == 0).all()
    differs = found.actions.ne(few_plan.decisions["action"], axis=0)
    assert found.cases["changed"].tolist() == differs.sum().tolist()
    assert (found.decisions["stays"] == 2 - differs.sum(axis=1)).all()
    assert differs.to_numpy().any(), "a fifth more pupils needs classes"


def test_what_the_plan_assumes_is_no_case(few_plan):
    found = lp.sensitivity(few_plan, speeds=[4], births=[1], class_sizes=[45])
    assert found.cases.empty
    assert (found.decisions["mark"] == "").all()
    assert found._repr_html_()


def test_the_same_question_has_the_same_answer(few_plan):
    one, two = (
        lp.sensitivity(few_plan, speeds=[], births=[1.2], class_sizes=[], solve=False)
        for _ in range(2)
    )
    for name in one.tables:
        pd.testing.assert_frame_equal(one.tables[name], two.tables[name])


def test_given_plans_are_not_searched_for(few_today):
    found = lp.sensitivity(few_today, speeds=[3], births=[], class_sizes=[])
    assert not found.searched


def test_what_keeps_to_the_rules(merged):
    ok = keeps_to_rules(merged)
    # A has 110 pupils in 90 places; C closes, and its pupils go 31 minutes instead of 12
    assert ok.to_dict() == {"A": False, "B": True, "C": False, "N": True}
    longer = merged.standards.with_values(travel_limit_minutes_g13=31)
    assert keeps_to_rules(replace(merged, standards=longer))["C"]


@pytest.fixture(name="merged")
def _merged(few, few_times):
    """Reuse the drawing of six villages through its numbers alone."""
    sites = pd.Index(["A", "B", "C", "N"], name="site_id")
    minutes = pd.DataFrame(
        [[5.0, 25, 50, 60], [60.0, 31, 12, 5]], index=["V1", "V5"], columns=list(sites)
    )
    zero = dict.fromkeys(["before_g46", "before_g79", "after_g46", "after_g79"], 0)
    decisions = pd.DataFrame(
        {
            "township_id": "01",
            "action": ["keep", "keep", "close", "unused"],
            "places": [90, 60, 0, 0],
            "before_g13": [110, 0, 5, 0],
            "after_g13": [110, 5, 0, 0],
            **zero,
        },
        index=sites,
    )
    moves = pd.DataFrame(
        {"village_id": ["V5"], "band": ["g13"], "from_site": ["C"], "to_site": ["B"], "pupils": [5]}
    )
    today = lp.evaluate(few, few_times)
    times = TravelTimes.from_matrix(minutes, mode="walk")
    return replace(today, times=times, tables={**today.tables, "decisions": decisions,
                                               "moves": moves})  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_and_html(kept, lang):
    found = replace(kept, lang=lang)
    words = found.words()
    said = " ".join(words["changes_in"])
    assert "speed=3" not in said
    assert Case(speed=3, births=1, class_size=45, changed=("speed",)).words(lang) in said
    assert set(words.columns) == set(found.decisions.columns)
    html = found._repr_html_()
    assert "▲" in html
    assert html.count("<table") == 2
    evil = {**found.tables, "decisions": found.decisions.assign(name="<script>")}
    assert "<script>" not in replace(found, tables=evil)._repr_html_()
    table = found.decisions
    table["mark"] = ""
    assert (found.decisions["mark"] != "").all()
