"""Published numbers of the assessments of balance, reached through counties made to fit."""

import tomllib

import numpy as np
import pandas as pd
import pytest

from layoutplan import balance as b
from layoutplan.balance.indicators import BASIC, QUALITY, STAGES
from layoutplan.balance.rulebook import QUALITY_2017, rulebook, school_rule
from layoutplan.balance.stages import shares
from layoutplan.balance.stock import PUPILS, with_pupils


@pytest.fixture(name="golden")
def _golden(shared):
    return tomllib.loads((shared / "domain" / "golden.toml").read_text(encoding="utf-8"))


@pytest.fixture(name="facts")
def _facts(shared):
    facts = tomllib.loads((shared / "domain" / "facts.toml").read_text(encoding="utf-8"))
    return {f["id"]: f for f in facts["fact"]}


def county_of(small, measured, *, means, cvs, stage):
    """Make a county of two schools whose indicators have these means and coefficients.

    One school has a tenth of the pupils; where it lies 3 coefficients above the mean and
    the other a third of one below, the weighted deviation is the coefficient.
    """
    pupils, share = np.array([1000.0, 9000.0]), np.array([0.1, 0.9])
    away = np.sqrt((1 - share) / share) * np.array([1, -1])
    rows = {
        m.resource: mean * (1 + cv * away) * pupils / m.per
        for m, mean, cv in zip(measured, means, cvs, strict=True)
    }
    kind = "primary" if stage == "primary" else "junior"
    table = pd.DataFrame({**rows, "kind": kind, "ownership": "7"}, index=["A", "B"])
    by_stage = {s: pupils if s == stage else 0.0 for s in PUPILS}
    stock = with_pupils(table, pd.DataFrame(by_stage, index=["A", "B"]))
    return b.Stock(name="two", lang="zh", county=small, rows=stock)


def test_the_worked_example(golden):
    example = golden["cv_worked_example"]
    done = b.variation(example["resource"], example["pupils"])
    known = example["computed"]
    assert done.mean == pytest.approx(known["mean"], abs=5e-5)
    assert done.terms.sum() == pytest.approx(known["sum"], abs=5e-5)
    assert done.deviation == pytest.approx(known["sd"], abs=5e-5)
    assert done.cv == pytest.approx(known["cv"], abs=5e-5)
    # the published terms are cut, not rounded, to two or three figures
    assert done.terms == pytest.approx(example["published"]["terms"], abs=0.01)
    for wrong in ("cv_unweighted_population", "cv_unweighted_sample"):
        assert abs(done.cv - known[wrong]) > 0.02


def test_the_split_of_a_nine_year_school(golden):
    example = golden["cv_split_nine_year"]
    pupils = pd.DataFrame({s: [example.get(s, 0)] for s in PUPILS})
    parts = example["total_books"] * shares(pupils, standards=rulebook(QUALITY_2017))
    for stage in STAGES:
        part = parts[stage].item()
        assert part == pytest.approx(example["computed"][f"{stage}_part"], abs=0.005)
        assert part == pytest.approx(
            example["published"][f"{stage}_part"], abs=example["tolerance"]
        )


def test_nine_published_composites(golden, small):
    example = golden["composite_is_mean_of_8"]
    assert len(example["rows"]) == 9
    for row in example["rows"]:
        stage = row["stage"]
        county = county_of(small, BASIC, means=np.full(8, 10.0), cvs=row["cv"], stage=stage)
        done = b.basic_2012(county)
        for m, cv in zip(BASIC, row["cv"], strict=True):
            assert done.cv(m.name, stage=stage) == pytest.approx(cv, rel=1e-9)
        assert done.cv(stage=stage) == pytest.approx(row["composite"], abs=example["tolerance"])
        assert done.met(stage) is True


def test_jiujiang_fails_each_and_passes_the_composite(facts, small):
    known = facts["golden_jiujiang_2023_primary"]["value"]
    county = county_of(small, QUALITY, means=known["mean"], cvs=known["cv"], stage="primary")
    exact = b.quality_2017(county, rounded=False)
    rows = exact.indicators.set_index("indicator")
    for m, mean, sd, cv in zip(QUALITY, known["mean"], known["sd"], known["cv"], strict=True):
        assert rows.loc[m.name, "mean"] == pytest.approx(mean, abs=1e-6)
        assert rows.loc[m.name, "deviation"] == pytest.approx(sd, rel=2e-6)
        assert rows.loc[m.name, "cv"] == pytest.approx(cv, abs=1e-6)
    assert exact.cv(stage="primary") == pytest.approx(known["composite"], abs=1e-6)
    assert rows["met"].eq("no").sum() == 1
    assert rows.loc[QUALITY[1].name, "met"] == "no"
    assert exact.met("primary") is False
    shown = b.quality_2017(county).indicators.set_index("indicator")
    assert shown.loc[QUALITY[1].name, ["cv", "met"]].tolist() == [0.502, "no"]
    assert shown.loc["composite", "cv"] == 0.368


def test_standards_and_weights_are_those_that_were_checked(facts, shared):
    rules = rulebook(QUALITY_2017)
    k_of_n = facts["quality_k_of_n"]["value"]
    profile = tomllib.loads((shared / "domain" / "standards.toml").read_text(encoding="utf-8"))
    rows = profile["profile"]["cn-quality-2017"]["indicator"]
    for stage in STAGES:
        rule = school_rule(rules, stage)
        assert (rule.least, len(rule.wanted)) == (k_of_n["k"], k_of_n["n"])
        assert rule.floor == k_of_n["floor_share"]
        limit = facts["quality_cv_each_indicator"]["value"][stage]
        assert rules.value(f"quality_cv_max_{stage}") == limit
        wanted = [rules.value(rule.wanted[m.name]) for m in QUALITY]
        assert wanted == [row[stage] for row in rows]
        floors = [row[f"{stage}_floor"] for row in rows]
        assert [rule.floor * w for w in wanted] == pytest.approx(floors)
    weights = facts["quality_split_weights"]["value"]
    pupils = pd.DataFrame({"primary": [1, 0, 1], "junior": [1, 1, 1], "senior": [0, 1, 1]})
    parts = shares(pupils, standards=rules)
    for row, name in enumerate(("nine_year", "complete_secondary", "twelve_year")):
        told = np.array(weights[name])
        part = parts.loc[row][lambda p: p > 0].to_numpy()
        assert part == pytest.approx(told / told.sum())


def test_pooled_and_idle_merges_of_the_example(golden, small):
    example = golden["cv_worked_example"]
    ids = list("12345")
    table = pd.DataFrame(
        {"books": [float(x) for x in example["resource"]], "kind": "primary"}, index=ids
    )
    pupils = pd.DataFrame({"primary": example["pupils"], "junior": 0, "senior": 0}, index=ids)
    stock = b.Stock(
        name="five", lang="en", county=small, rows=with_pupils(table, pupils.astype(float))
    )
    for way, known in (("pooled", 0.164), ("idle", 0.826)):
        merged = b.stock_merged(stock, {"3": "4"}, assets=way)
        cv = b.basic_2012(merged).cv("books_per_pupil", stage="primary")
        assert cv == pytest.approx(known, abs=5e-4)
