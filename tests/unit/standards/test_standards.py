"""Profiles: what ships with the library, and what a county writes itself."""

import pickle
import re
import sys
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from own_profile import HEAD, OWN, STANDARD, written

import layoutplan as lp
from layoutplan import cli
from layoutplan.county_file import write_county
from layoutplan.errors import OptionsError
from layoutplan.standards import (
    STATUSES,
    profiles,
    standards,
    standards_from,
    standards_table,
)
from layoutplan.standards.load import names
from layoutplan.words import catalogue, has_han

# ---- what ships


@pytest.mark.parametrize("name", names())
def test_a_shipped_profile_is_whole(name):
    given = standards(name)
    assert given.name == name
    assert has_han([given.title("zh")])
    assert not has_han([given.title("en")])
    assert len(given)
    for key, standard in given.items():
        assert key == standard.id
        assert standard.status in STATUSES
        assert has_han([standard.label("zh")]), key
        assert not has_han([standard.label("en")]), key
        assert standard.document
        assert f"unit.{standard.unit}" in catalogue("zh"), standard.unit
    for key, rule in given.rules.items():
        assert key == rule.id
        assert has_han([rule.label("zh")]), key
        assert not has_han([rule.label("en")]), key
        assert set(rule.standards) <= set(given)
        assert not rule.relaxes or rule.relaxes in given.rules


def test_an_id_means_the_same_in_every_profile():
    units, values = {}, {}
    for name in names():
        for key, standard in standards(name).items():
            assert units.setdefault(key, standard.unit) == standard.unit, (name, key)
            values.setdefault(key, set()).add(standard.value)
    # The numbers that provinces set for themselves; everything else is one number.
    differ = {k for k, many in values.items() if len(many) > 1}
    assert differ == {k for k in differ if k.startswith("province_")}


def test_every_document_that_is_declared_is_named():
    # The national profile also declares the documents of formulas that need no number.
    for name in set(names()) - {"cn-layout-national"}:
        file = files("layoutplan.standards").joinpath("profiles", f"{name}.toml")
        profile = tomllib.loads(file.read_text(encoding="utf-8"))
        used = {r["document"] for t in ("standard", "rule") for r in profile.get(t, ())}
        declared = [d["id"] for d in profile["document"]]
        assert sorted(used) == sorted(declared), name


def test_a_number_that_is_not_confirmed_is_marked_wherever_it_is_cited():
    for name in names():
        for standard in standards(name).values():
            marked = standard.citation("zh").endswith(("[待核实]", "[规划假设]"))
            assert marked == (standard.status != "confirmed")
    relaxed = standards("cn-quality-2017")["quality_size_max_single_stage_relaxed"]
    assert relaxed.citation("en").endswith("[to verify]")


def test_what_is_not_known_is_absent():
    anhui = standards("cn-province-anhui")
    assert "province_walk_km_max_primary" in anhui
    assert "province_walk_km_max_junior" not in anhui
    assert "closure_notice_days_min" not in standards()
    assert standards("cn-province-hebei").value("closure_notice_days_min") == 30
    with pytest.raises(OptionsError, match="province_walk_km_max_junior"):
        anhui.value("province_walk_km_max_junior")


def test_profiles_lists_names_and_titles():
    table = profiles()
    assert list(table.index) == list(names())
    assert table.loc["cn-basic-2012", "title_zh"] == "义务教育基本均衡评估（2012）"
    assert (table["standards"] > 0).all()


def test_a_profile_is_set_out_as_a_table():
    table = standards_table(standards("cn-quality-2017"), lang="zh")
    row = table.loc["quality_sports_area_m2_junior"]
    assert (row["value"], row["unit"], row["status"]) == (10.2, "平方米/生", "confirmed")
    assert row["citation"] == "县域义务教育优质均衡发展督导评估办法（教督〔2017〕6号） 资源配置"
    assert (
        standards_table(standards("cn-quality-2017"), lang="en").loc[row.name, "unit"]
        != "平方米/生"
    )
    funds = standards_table(standards("cn-funding-and-posts"), lang="en")
    assert funds.loc["public_funds_yuan_primary", "from_year"] == 2023
    assert table.notna().all(axis=None)


# ---- several together, extended, overridden


def test_several_profiles_are_taken_as_one():
    both = standards("cn-layout-national", "cn-quality-2017")
    assert len(both) == len(standards()) + len(standards("cn-quality-2017"))
    assert set(both.rules) == {*standards().rules, *standards("cn-quality-2017").rules}
    joined = standards("cn-layout-national+cn-quality-2017")
    assert joined.name == both.name
    assert dict(joined) == dict(both)
    assert both.title("en").count("; ") == 1


def test_the_later_profile_counts(tmp_path):
    text = HEAD.replace('extends = ["cn-layout-national"]', "") + STANDARD
    text = text.replace("new_limit", "travel_limit_minutes_g13").replace('"km"', '"minutes"')
    path = written(tmp_path, text)
    assert standards("cn-layout-national", path).value("travel_limit_minutes_g13") == 7
    assert standards(path, "cn-layout-national").value("travel_limit_minutes_g13") == 30
    joined = standards(f"cn-layout-national+{path}")
    assert joined.value("travel_limit_minutes_g13") == 7


def test_a_county_extends_and_overrides():
    own, base = standards_from(OWN), standards("cn-province-anhui", "cn-funding-and-posts")
    assert own.name == "longhe"
    changed = own["travel_limit_minutes_g46"]
    assert changed.value == 40
    assert changed.label("zh") == base["travel_limit_minutes_g46"].label("zh")
    assert changed.citation("zh") == "龙河县义务教育学校布局专项规划（2026-2030年） 第九条"
    assert changed.note == ""
    added = set(own) - set(base)
    assert {k for k in added if not k.startswith("small_school_")} == set()
    same = set(base) - {"travel_limit_minutes_g46"}
    assert {k: own[k] for k in same} == {k: base[k] for k in same}
    assert set(own.rules) - set(base.rules) == {"small_school_basics"}
    assert standards(OWN).value("travel_limit_minutes_g46") == 40
    assert standards(str(OWN)).title("en") == "Longhe County"


def test_a_county_extends_its_province_by_file(tmp_path):
    (tmp_path / "省").mkdir()
    written(tmp_path / "省", HEAD + STANDARD, name="某省.toml")
    text = 'title_zh = "某县"\nextends = ["省/某省.toml"]\n'
    own = STANDARD.replace("value = 7", "value = 5.5")
    path = written(tmp_path, text + own)
    assert standards_from(path).value("new_limit") == 5.5
    assert "travel_limit_minutes_g13" in standards_from(path)


def test_an_overridden_number_changes_the_rules_that_rest_on_it(tmp_path):
    import pandas as pd

    from layoutplan.standards import verdicts

    text = HEAD.replace("cn-layout-national", "cn-quality-2017") + STANDARD
    text = text.replace("new_limit", "quality_class_size_primary").replace('"km"', '"persons"')
    data = pd.DataFrame({"stage": ["primary"], "largest_class": [40]})
    rules = ["quality_class_size_primary"]
    own = standards_from(written(tmp_path, text))
    assert verdicts(data, own, rules=rules)["verdict"].tolist() == ["not_met"]
    shipped = standards("cn-quality-2017")
    assert verdicts(data, shipped, rules=rules)["verdict"].tolist() == ["met"]
    lower = shipped.with_values(quality_class_size_primary=39)
    assert verdicts(data, lower, rules=rules)["verdict"].tolist() == ["not_met"]


def test_a_plan_can_be_made_by_a_profile_of_ones_own(small, small_times):
    plan = lp.evaluate(small, small_times, standards=standards_from(OWN))
    assert plan.standards.value("travel_limit_minutes_g46") == 40
    assert "longhe" in plan.standards.name


def test_replaced_numbers_are_marked_as_the_countys_own():
    own = standards().with_values(travel_limit_minutes_g46=40, class_size_primary=40)
    assert own.name == "cn-layout-national+"
    assert own["class_size_primary"].status == "assumption"
    assert own["class_size_primary"].citation("zh") == "本县设定（原值 45） [规划假设]"
    assert own.with_values(class_size_primary=42).name == "cn-layout-national+"
    assert standards().value("class_size_primary") == 45
    with pytest.raises(OptionsError) as raised:
        standards().with_values(no_such=1, class_size_primary="40", class_size_junior=float("nan"))
    found = sorted(f.code for f in raised.value.findings)
    assert found == ["profile_not_number", "profile_not_number", "unknown_standard"]
    assert "class_size_primary" in raised.value.message("en")


def test_a_profile_goes_to_another_process_and_back():
    own = standards_from(OWN)
    again = pickle.loads(pickle.dumps(own))  # noqa: S301
    assert dict(again) == dict(own)
    assert dict(again.rules) == dict(own.rules)
    assert again.name == own.name
    with pytest.raises(TypeError):
        again.entries["new"] = own["class_size_primary"]


# ---- on the command line


def command(monkeypatch, capfd, *args):
    monkeypatch.setattr(sys, "argv", ["layoutplan", *map(str, args)])
    with pytest.raises(SystemExit) as stop:
        cli.run()
    out, err = capfd.readouterr()
    return stop.value.code or 0, out + err


def test_the_command_line_takes_names_and_files(small, monkeypatch, capfd, tmp_path):
    county = write_county(small, tmp_path / "county.gpkg")
    path = written(tmp_path, HEAD + STANDARD)
    for asked in (str(path), f"cn-school-bus+{path}", "cn-layout-national+cn-quality-2017"):
        code, text = command(
            monkeypatch, capfd, "check", county, "--standards", asked, "--lang", "en"
        )
        assert code == cli.DONE, text
    wrong = written(tmp_path, HEAD + STANDARD.replace("value = 7", 'value = "7"'), "wrong.toml")
    code, text = command(monkeypatch, capfd, "check", county, "--standards", wrong, "--lang", "zh")
    assert code == cli.BAD_DATA
    assert "new_limit" in text
    assert "不是有限的数" in text
    code, text = command(
        monkeypatch, capfd, "propose", county, "-o", tmp_path / "out", "--standards", "cn-quality"
    )
    assert code == cli.BAD_USAGE
    assert "cn-quality-2017" in text
    assert not (tmp_path / "out").exists()


def test_the_profile_in_the_instructions_can_be_read(tmp_path):
    text = (Path(__file__).parents[3] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    own = standards_from(written(tmp_path, shown))
    assert own.value("travel_limit_minutes_g46") == 40
    assert "walk_primary" in own.rules
