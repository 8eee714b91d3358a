"""Numbers that cannot be are refused, in files and in code, all of them at once."""

import pytest

from layoutplan.errors import DataError, OptionsError
from layoutplan.standards import standards, standards_from
from layoutplan.standards.load import names

WRONG = {
    "closure_parents_against_max": (50, "share"),
    "quality_cv_max_primary": (50, "ratio"),
    "quality_floor_share": (85, "share"),
    "quality_indicators_met_min": (9, "indicators"),
    "large_class_pupils": (70, "persons"),
    "travel_limit_minutes_g13": (-5, "minutes"),
    "class_size_primary": (0, "persons"),
    "quality_decimals_cv": (2.5, "decimals"),
    "split_weight_junior": (-1.1, "weight"),
}
CODES = {
    "quality_indicators_met_min": "profile_more_than_parts",
    "large_class_pupils": "profile_not_rising",
}


def written(tmp_path, numbers):
    rows = [
        'title_zh = "龙河县"',
        'extends = ["cn-layout-national", "cn-quality-2017"]',
        '[[document]]\nid = "own"\ntitle = "龙河县文件"',
    ]
    rows += [
        f'[[standard]]\nid = "{key}"\nvalue = {value}\nunit = "{unit}"\n'
        'document = "own"\nstatus = "confirmed"\n'
        for key, (value, unit) in numbers.items()
    ]
    path = tmp_path / "longhe.toml"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def both():
    return standards("cn-layout-national", "cn-quality-2017")


@pytest.mark.parametrize("key", WRONG)
def test_a_number_that_cannot_be_is_refused(tmp_path, key):
    code = CODES.get(key, "profile_out_of_bounds")
    with pytest.raises(DataError) as caught:
        standards_from(written(tmp_path, {key: WRONG[key]}))
    assert [f.code for f in caught.value.findings] == [code]
    with pytest.raises(OptionsError) as given:
        both().with_values(**{key: WRONG[key][0]})
    assert [f.code for f in given.value.findings] == [code]
    for found in (*caught.value.findings, *given.value.findings):
        assert key in found.what("zh")
        assert key in found.what("en")


def test_all_of_them_are_told_at_once(tmp_path):
    with pytest.raises(DataError) as caught:
        standards_from(written(tmp_path, WRONG))
    assert len(caught.value.findings) == len(WRONG)
    with pytest.raises(OptionsError) as given:
        both().with_values(no_such=1, **{k: v for k, (v, _) in WRONG.items()})
    assert len(given.value.findings) == len(WRONG) + 1


@pytest.mark.parametrize("value", [400, -1, 2.5])
def test_decimals_are_few_and_whole(value):
    with pytest.raises(OptionsError):
        both().with_values(quality_decimals_cv=value)


def test_a_speed_of_a_file_is_above_0(tmp_path):
    with pytest.raises(DataError):
        standards_from(written(tmp_path, {"walk_speed_kmh_g13": (0, "km/h")}))


def test_two_numbers_changed_together_are_judged_together():
    own = standards().with_values(large_class_pupils=70, extra_large_class_pupils=80)
    assert own.value("large_class_pupils") == 70


@pytest.mark.parametrize("name", names())
def test_shipped_numbers_keep_their_bounds(name):
    given = standards(name)
    numbers = {k: s.value for k, s in given.items()}
    assert dict(given.with_values(**numbers).items()).keys() == numbers.keys()


def test_what_one_text_says_is_not_told_as_confirmed():
    quality = standards("cn-quality-2017")
    assert {quality.rules[f"quality_cv_{s}"].status for s in ("primary", "junior")} == {"to-verify"}
    for profile, start in (
        ("cn-construction-urban-2002", "urban_floor_m2_"),
        ("cn-construction-rural-2008", "rural_land_"),
    ):
        found = [s.status for k, s in standards(profile).items() if k.startswith(start)]
        assert set(found) == {"to-verify"}
