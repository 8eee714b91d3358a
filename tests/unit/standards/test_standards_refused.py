"""Profiles that are refused: every breach is told, and in words."""

import json
import re
import tomllib
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from own_profile import HEAD, RULE, STANDARD, WHEN, written

from layoutplan.errors import DataError, LayoutPlanError, OptionsError
from layoutplan.standards import (
    standards,
    standards_from,
)
from layoutplan.standards.load import names, shipped
from layoutplan.standards.references import reference_findings
from layoutplan.standards.shape import shape_findings


def codes(folder, text):
    with pytest.raises(DataError) as raised:
        standards_from(written(folder, text))
    for lang in ("zh", "en"):
        message = raised.value.message(lang)
        assert not re.search(r"\{[a-z_]+\}", message)
        assert "own.toml" in message
    return sorted(f.code for f in raised.value.findings)


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
