"""Profiles: what ships with the library, what a county writes itself, what is refused."""

import json
import pickle
import re
import sys
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import layoutplan as lp
from layoutplan import cli
from layoutplan.county_file import write_county
from layoutplan.errors import DataError, LayoutPlanError, OptionsError
from layoutplan.standards import (
    STATUSES,
    profiles,
    standards,
    standards_from,
    standards_table,
)
from layoutplan.standards.load import names, shipped
from layoutplan.standards.references import reference_findings
from layoutplan.standards.shape import shape_findings
from layoutplan.words import catalogue, has_han

OWN = Path(__file__).parents[1] / "profiles" / "longhe.toml"

HEAD = """
title_zh = "龙河县"
extends = ["cn-layout-national"]
[[document]]
id = "own"
title = "龙河县教育局文件"
year = 2026
"""

STANDARD = """
[[standard]]
id = "new_limit"
value = 7
unit = "km"
label_zh = "新标准"
document = "own"
status = "confirmed"
"""

RULE = """
[[rule]]
id = "new_rule"
form = "limit"
severity = "hard"
label_zh = "新规则"
document = "own"
status = "confirmed"
metric = "walk_km"
op = "le"
standard = "new_limit"
"""


WHEN = "when = [{ metric = 'm', op = 'le', standard = 'new_limit' }]\n"


def written(folder, text, name="own.toml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def codes(folder, text):
    with pytest.raises(DataError) as raised:
        standards_from(written(folder, text))
    for lang in ("zh", "en"):
        message = raised.value.message(lang)
        assert not re.search(r"\{[a-z_]+\}", message)
        assert "own.toml" in message
    return sorted(f.code for f in raised.value.findings)


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


# ---- what is refused


def test_an_unknown_name_is_told_with_the_nearest():
    with pytest.raises(OptionsError) as raised:
        standards("cn-quality-2018", "no-such-profile")
    first, second = raised.value.findings
    assert first.cure("en") == "There are: cn-quality-2017."
    assert "india-rte" in second.cure("en")


def test_all_breaches_are_told_at_once(tmp_path):
    text = (
        HEAD
        + "standards = 1\n"
        + STANDARD.replace("value = 7", 'value = "7"').replace('unit = "km"\n', "")
        + STANDARD.replace('"confirmed"', '"certain"').replace("new_limit", "other")
        + STANDARD.replace('document = "own"\n', "lable = 1\n").replace("new_limit", "third")
        + STANDARD.replace('"own"', '"gone"').replace("new_limit", "travel_limit_minutes_g13")
        + RULE.replace('"new_limit"', '"gone"')
    )
    found = codes(tmp_path, text)
    assert found == [
        "profile_missing_key",
        "profile_missing_key",
        "profile_not_among",
        "profile_not_declared",
        "profile_not_declared",
        "profile_not_number",
        "profile_unit_differs",
        "profile_unknown_key",
        "profile_unknown_key",
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (STANDARD.replace("value = 7", "value = true"), "profile_not_number"),
        (STANDARD.replace("value = 7", "value = nan"), "profile_not_number"),
        (STANDARD.replace("value = 7", "value = inf"), "profile_not_number"),
        (STANDARD.replace("value = 7", f"value = {'9' * 400}"), "profile_not_number"),
        (STANDARD.replace("value = 7", "value = 2026-01-01"), "profile_not_number"),
        (STANDARD.replace("value = 7", "value = [7]"), "profile_not_number"),
        (STANDARD.replace('"km"', '" "'), "profile_not_text"),
        (STANDARD.replace('"新标准"', "7"), "profile_not_text"),
        (STANDARD.replace('"new_limit"', '"new limit"'), "profile_not_id"),
        (STANDARD.replace('"own"', '"other"'), "profile_not_declared"),
        (STANDARD.replace('label_zh = "新标准"\n', ""), "profile_missing_key"),
        (STANDARD + "from_year = 2.5\n", "profile_not_whole"),
        (STANDARD + "from_year = 2026\nuntil_year = 2020\n", "profile_years_order"),
        (STANDARD + STANDARD, "profile_id_twice"),
        (STANDARD.replace("new_limit", "travel_limit_minutes_g13"), "profile_unit_differs"),
        (STANDARD.replace("[[standard]]", "[standard]"), "profile_not_tables"),
        ('[[document]]\nid = "own"\ntitle = "x"\n', "profile_id_twice"),
        (STANDARD + RULE.replace('"limit"', '"either"'), "profile_not_among"),
        (STANDARD + RULE.replace('"hard"', '"very"'), "profile_not_among"),
        (STANDARD + RULE.replace('"le"', '"<="'), "profile_not_among"),
        (STANDARD + RULE.replace('"new_limit"', '"old_limit"'), "profile_not_declared"),
        (STANDARD + RULE + 'lower = "new_limit"\n', "profile_unknown_key"),
        (STANDARD + RULE + "where = { stage = 1 }\n", "profile_not_allowed"),
        (STANDARD + RULE + "where = { stage = [] }\n", "profile_not_allowed"),
        (STANDARD + RULE + "relaxes = 'no_large_class'\n", "rule_relaxes_when"),
        (STANDARD + RULE + WHEN, "rule_relaxes_when"),
        (STANDARD + RULE + f"relaxes = 'new_rule'\n{WHEN}", "profile_not_declared"),
        (STANDARD + RULE + f"relaxes = 'gone'\n{WHEN}", "profile_not_declared"),
        (STANDARD + RULE + 'decimals = "none"\n', "profile_not_declared"),
        (STANDARD + RULE.replace('metric = "walk_km"\n', ""), "profile_missing_key"),
    ],
)  # fmt: skip
def test_a_breach_is_told(tmp_path, text, code):
    assert codes(tmp_path, HEAD + text) == [code]


K_OF_N = RULE.replace('"limit"', '"k-of-n"').replace(
    'metric = "walk_km"\nop = "le"\nstandard = "new_limit"\n', ""
)

PART = "parts = [{ metric = 'a', op = 'ge', standard = 'new_limit' }]\n"


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ("parts = []\nleast = 'new_limit'\n", ["profile_missing_key"]),
        ("parts = [1]\nleast = 'new_limit'\n", ["profile_not_tables"]),
        ("least = 'new_limit'\n", ["profile_missing_key"]),
        (
            PART,
            ["rule_least_or_missed"],
        ),
        (
            "parts = [{ metric = 'a', op = 'ge' }]\nleast = 'new_limit'\n",
            ["profile_missing_key"],
        ),
        (
            "least = 'new_limit'\nfloor = 'new_limit'\n" + PART.replace("ge", "le"),
            ["rule_floor_upward"],
        ),
        (
            "least = 'new_limit'\nparts = [{ metric = 'a', op = 'le', standard = 'none' }]\n",
            ["profile_not_declared"],
        ),
    ],
)
def test_a_breach_in_a_rule_of_several_parts_is_told(tmp_path, more, found):
    counted = STANDARD.replace("value = 7", "value = 1")
    assert codes(tmp_path, HEAD + counted + K_OF_N + more) == found


def test_files_that_are_no_profile_are_told(tmp_path):
    assert codes(tmp_path, "title_zh = ") == ["profile_not_toml"]
    assert codes(tmp_path, "a = " + "[" * 20_000) == ["profile_not_toml"]
    assert codes(tmp_path, HEAD + "# " + "x" * 1_000_000) == ["profile_too_large"]
    assert codes(tmp_path, "extends = []") == ["profile_missing_key"]
    assert codes(tmp_path, HEAD.replace("layout-national", "layout-nation")) == ["unknown_profile"]
    assert codes(tmp_path, HEAD.replace('["cn-layout-national"]', '"x"')) == ["profile_not_texts"]
    assert codes(tmp_path, 'schema = "other/1"\n' + HEAD) == ["profile_not_among"]
    path = tmp_path / "own.toml"
    path.write_bytes(HEAD.encode("gb18030"))
    with pytest.raises(DataError, match="UTF-8"):
        standards_from(path)
    with pytest.raises(DataError, match="own2"):
        standards(tmp_path / "own2.toml")
    with pytest.raises(DataError):
        standards_from(tmp_path)
    with pytest.raises(DataError):
        standards_from("a\0b.toml")
    path.write_bytes(b"\xef\xbb\xbf" + (HEAD + STANDARD).replace("\n", "\r\n").encode())
    assert standards_from(path).value("new_limit") == 7


def test_profiles_that_differ_in_a_unit_are_not_taken_as_one(tmp_path):
    one = written(tmp_path, HEAD + STANDARD, name="one.toml")
    two = written(tmp_path, HEAD + STANDARD.replace('"km"', '"m"'), name="two.toml")
    with pytest.raises(DataError, match="new_limit"):
        standards(one, two)
    both = 'title_zh = "丙"\nextends = ["one.toml", "two.toml"]\n'
    assert codes(tmp_path, both) == ["profile_unit_differs"]


def test_shipped_profiles_keep_what_is_asked_of_others():
    for name in names():
        file = files("layoutplan.standards").joinpath("profiles", f"{name}.toml")
        profile = tomllib.loads(file.read_text(encoding="utf-8"))
        bases = [shipped(n) for n in profile["extends"]]
        assert shape_findings(profile, file=name) == []
        assert reference_findings(profile, file=name, bases=bases) == []


def test_files_that_extend_each_other_are_told(tmp_path):
    written(tmp_path, 'title_zh = "甲"\nextends = ["b.toml"]\n', name="a.toml")
    written(tmp_path, 'title_zh = "乙"\nextends = ["a.toml"]\n', name="b.toml")
    with pytest.raises(DataError, match=r"a\.toml → b\.toml → a\.toml"):
        standards_from(tmp_path / "a.toml")
    written(tmp_path, 'title_zh = "丙"\nextends = ["c.toml"]\n', name="c.toml")
    with pytest.raises(DataError, match=r"c\.toml → c\.toml"):
        standards(str(tmp_path / "c.toml"))
    written(tmp_path, 'title_zh = "丁"\nextends = ["gone.toml"]\n', name="d.toml")
    with pytest.raises(DataError, match=r"gone\.toml"):
        standards_from(tmp_path / "d.toml")


VALUES = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(2**60), 2**60),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Z")), max_size=8),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=2)
    ),
    max_leaves=4,
)
KEYS = (
    "id", "value", "unit", "label_zh", "document", "article", "status", "note", "form", "metric",
    "op", "standard", "parts", "metrics", "least", "where", "when", "relaxes", "from_year",
)  # fmt: skip


def as_toml(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k} = {as_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    table=st.sampled_from(("standard", "rule", "document")),
    changes=st.dictionaries(st.sampled_from(KEYS), VALUES, min_size=1, max_size=3),
)
def test_any_file_is_read_or_refused_in_words(tmp_path, table, changes):
    tables = {
        "standard": STANDARD,
        "rule": RULE,
        "document": '[[document]]\nid = "x"\ntitle = "x"\n',
    }
    lines = [line for line in tables[table].splitlines() if line.partition(" = ")[0] not in changes]
    lines += [f"{key} = {as_toml(value)}" for key, value in changes.items()]
    whole = {**tables, table: "\n".join(lines) + "\n"}
    path = written(tmp_path, HEAD + whole["document"] + whole["standard"] + whole["rule"])
    read, findings, told = {}, (), ""
    try:
        read = standards_from(path)
    except LayoutPlanError as error:
        findings, told = error.findings, error.message("zh") + error.message("en")
    assert bool(read) != bool(findings)
    assert bool(told) == bool(findings)
    assert all(isinstance(s.value, float) for s in read.values())


def test_the_profile_in_the_instructions_can_be_read(tmp_path):
    text = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    own = standards_from(written(tmp_path, shown))
    assert own.value("travel_limit_minutes_g46") == 40
    assert "walk_primary" in own.rules
