"""Each defect put into a sound county is found, named with its rows, and no other one is."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import layoutplan as lp
from layoutplan.checks import CHECKS, findings
from layoutplan.checks.network import roads
from layoutplan.county import County
from layoutplan.words import LANGUAGES


@pytest.fixture(scope="module")
def made():
    return lp.example.county(seed=2, villages=30)


def tables_of(county):
    return {n: county.table(n) for n in county.tables}


def county_of(tables):
    return County.from_tables(**tables, name="霁川县")


def found_in(tables):
    """Give rows by code, without what a sound county has; ways take time and have their tests."""
    county, rules = county_of(tables), lp.standards()
    found = [f for check in CHECKS if check is not roads for f in check(county, rules)]
    return {f.code: f.ids for f in (*county.findings, *found) if f.code != "crowded"}


def test_a_sound_county_has_no_finding_but_full_schools(made):
    assert found_in(tables_of(made)) == {}
    for seed, villages in ((5, 25), (7, 90)):
        county = lp.example.county(seed=seed, villages=villages)
        assert {f.code for f in findings(county)} <= {"crowded"}


def put(table, row, column, value):
    """Change one value of a table."""

    def change(tables):
        frame = tables[table]
        label = frame.index[row]
        tables[table] = frame.assign(**{column: frame[column].where(frame.index != label, value)})
        return (label,)

    return change


def times(table, row, column, factor):
    def change(tables):
        frame = tables[table]
        value = frame[column].iloc[row] * factor
        return put(table, row, column, value)(tables)

    return change


def named(table, row, text):
    def change(tables):
        frame = tables[table]
        label = frame.index[row]
        names = frame["name"].astype("str").copy()
        names[label] = text.format(name=names[label])
        tables[table] = frame.assign(name=names)
        return (label,)

    return change


def coded(table, row, code):
    """Give a row another id, wherever it is named."""

    def change(tables):
        frame = tables[table]
        old, key = frame.index[row], frame.index.name
        new = code.format(old=old, head=old[:6], tail=old[6:])
        tables[table] = frame.rename(index={old: new})
        for name, other in tables.items():
            if name != table and key in other:
                tables[name] = other.assign(**{key: other[key].replace(old, new)})
        return (new,)

    return change


def moved(table, row, place):
    def change(tables):
        frame = tables[table]
        shapes = frame.geometry.to_numpy().copy()
        shapes[row] = place(tables)
        tables[table] = frame.set_geometry(gpd.GeoSeries(shapes, frame.index, crs=frame.crs))
        return (frame.index[row],)

    return change


def beyond_the_border(tables):
    """A place 1 km west of the westernmost township boundary, not far from the roads."""
    west, south, _, north = tables["townships"].total_bounds
    return shapely.Point(west - 0.01, (south + north) / 2)


def in_the_last_township(tables):
    return tables["townships"].geometry.iloc[-1].representative_point()


def first_school_of(kind):
    def row(tables):
        return int(np.flatnonzero((tables["schools"]["kind"] == kind).to_numpy())[0])

    return row


def school(kind, column, value):
    def change(tables):
        return put("schools", first_school_of(kind)(tables), column, value)(tables)

    return change


def twin(tables):
    """Enter the first school once more, under another code, 30 m away."""
    schools = tables["schools"]
    copy = schools.iloc[[0]].rename(index={schools.index[0]: "2134199999"})
    copy["name"] = copy["name"].str.replace("小学", "完小")
    copy = copy.set_geometry(copy.geometry.translate(0.0003, 0))
    tables["schools"] = pd.concat([schools, copy]).rename_axis("school_id")
    return (schools.index[0], "2134199999")


def twice_drawn(tables):
    lines = tables["roads"].drop(columns="road_id")
    copy = lines.iloc[[5]].rename(index={lines.index[5]: "again"})
    copy = copy.set_geometry(copy.geometry.reverse())
    both = pd.concat([lines, copy])
    tables["roads"] = both.assign(road_id=both.index)
    return ("again",)


def lonely_township(tables):
    townships = tables["townships"]
    last = townships.index[-1]
    for name in ("villages", "schools"):
        frame = tables[name]
        keep = frame["township_id"] != last
        tables[name] = frame[keep]
    flows = tables["flows"]
    here = flows["village_id"].isin(tables["villages"].index)
    here &= flows["school_id"].isin(tables["schools"].index)
    tables["flows"] = flows[here]
    return (last,)


def no_junior(tables):
    schools = tables["schools"]
    last = tables["townships"].index[-1]
    mine = (schools["township_id"] == last) & schools["kind"].isin(["junior", "nine_year"])
    tables["schools"] = schools[~mine]
    flows = tables["flows"]
    tables["flows"] = flows[flows["school_id"].isin(tables["schools"].index)]
    return (last,)


def half_of_the_schools_pupils(tables):
    schools = tables["schools"]
    halved = {c: (schools[c] // 2) for c in schools.columns if c.startswith("enrolment_g")}
    tables["schools"] = schools.assign(**halved)
    return ()


def births_of_a_year(tables):
    tables["villages"] = tables["villages"].assign(
        births_2021=tables["villages"]["births_2021"] * 10
    )
    return ()


DEFECTS = {
    "control character": (named("villages", 3, "{name}\x07"), "name_control_characters"),
    "zero width": (named("schools", 3, "\u200b{name}"), "name_control_characters"),
    "line end of a workbook": (named("villages", 4, "{name}_x000D_"), "name_control_characters"),
    "byte order mark": (named("townships", 0, "\ufeff{name}"), "name_control_characters"),
    "lost letters": (named("schools", 2, "\ufffd\ufffd小学"), "name_garbled"),
    "GBK as UTF-8": (named("villages", 2, "锟斤拷锟斤拷"), "name_garbled"),
    "UTF-8 as Latin-1": (named("villages", 5, "吴家湾".encode().decode("latin-1")), "name_garbled"),
    "question marks": (named("villages", 6, "????"), "name_garbled"),
    "total": (named("villages", 7, "合 计"), "totals_row"),
    "subtotal in a school list": (named("schools", 4, "小计"), "totals_row"),
    "code as name": (named("schools", 5, "2134100005"), "name_is_number"),
    "unnamed": (put("villages", 8, "name", None), "no_name"),
    "school code one digit short": (coded("schools", 1, "{head}999"), "school_code_pattern"),
    "school code in floating point": (coded("schools", 2, "2.134E+09"), "school_code_pattern"),
    "school code of no category": (coded("schools", 3, "9934100001"), "school_code_pattern"),
    "kind against the code": (coded("schools", 0, "5134100001"), "school_code_kind"),
    "village code one digit short": (coded("villages", 1, "{head}00001"), "division_code_pattern"),
    "village code with a letter": (coded("villages", 2, "{head}00000O"), "division_code_pattern"),
    "township code too long": (coded("townships", 0, "{old}0"), "division_code_pattern"),
    "village of another county": (coded("villages", 3, "449901{tail}"), "division_code_county"),
    "village of another township": (
        coded("villages", 4, "{head}999001"),
        "division_code_township",
    ),
    "village out of all townships": (moved("villages", 5, beyond_the_border), "outside_townships"),
    "school out of all townships": (moved("schools", 5, beyond_the_border), "outside_townships"),
    "village in another township": (moved("villages", 0, in_the_last_township), "other_township"),
    "school in another township": (moved("schools", 0, in_the_last_township), "other_township"),
    "more pupils than people": (put("villages", 3, "population", 5), "pupils_above_population"),
    "population in ten thousands": (
        times("villages", 4, "population", 1e-4),
        "pupils_above_population",
    ),
    "left-behind above pupils": (times("villages", 5, "left_behind", 40), "part_above_whole"),
    "births with a digit too many": (times("villages", 1, "births_2022", 10), "births_jump"),
    "births of another village": (put("villages", 0, "births_2019", 1), "births_jump"),
    "births of the county": (births_of_a_year, "births_jump_county"),
    "far above the places": (put("schools", 0, "places", 45), "far_above_places"),
    "junior pupils in a primary school": (
        school("primary", "enrolment_g79", 90),
        "enrolment_not_taught",
    ),
    "upper grades in a teaching point": (
        school("teaching_point", "enrolment_g46", 9),
        "enrolment_not_taught",
    ),
    "half of the pupils": (half_of_the_schools_pupils, "pupils_enrolment_apart"),
    "classes of another school": (put("schools", 0, "classes", 1), "class_size_odd"),
    "no classes": (put("schools", 1, "classes", 0), "class_size_odd"),
    "more classes than pupils": (put("schools", 2, "classes", 5000), "class_size_odd"),
    "key teachers above teachers": (times("schools", 3, "key_teachers", 50), "part_above_whole"),
    "teachers above staff": (times("schools", 4, "teachers", 9), "part_above_whole"),
    "equipment in 10,000 yuan": (times("schools", 3, "equipment_yuan", 1e-4), "other_unit"),
    "equipment in fen and more": (times("schools", 3, "equipment_yuan", 1e4), "other_unit"),
    "sports area in mu": (times("schools", 0, "sports_area_m2", 1 / 667), "other_unit"),
    "teaching area in 10,000 m2": (times("schools", 0, "teaching_area_m2", 1e-4), "other_unit"),
    "books in ten thousands": (times("schools", 0, "books", 1e-4), "other_unit"),
    "capital in 10,000 yuan": (times("candidates", 0, "capital_yuan", 1e-4), "other_unit"),
    "school entered twice": (twin, "school_twice"),
    "road drawn twice": (twice_drawn, "road_twice"),
    "township without villages": (lonely_township, "township_empty"),
    "township without junior": (no_junior, "township_has_no_junior"),
}


FOLLOWS = {
    "more classes than pupils": {"classes_above_classrooms"},
    "UTF-8 as Latin-1": {"name_control_characters"},
    "village of another county": {"division_code_township"},
    "population in ten thousands": {"other_unit"},
    "births of the county": {"births_jump"},
    "far above the places": {"places_short"},
    "junior pupils in a primary school": {"enrolment_differs"},
    "upper grades in a teaching point": {"enrolment_differs"},
    "half of the pupils": {"enrolment_differs"},
    "school entered twice": {"enrolment_differs", "pupils_enrolment_apart"},
    "township without villages": {"enrolment_differs", "flows_differ"},
    "township without junior": {"flows_differ", "places_short"},
}
"""What else a defect shows in, and rightly so."""


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_found_and_named(made, name):
    inject, code = DEFECTS[name]
    tables = tables_of(made)
    rows = inject(tables)
    found = found_in(tables)
    assert code in found
    if rows:
        assert set(rows) <= set(found[code])
        assert len(found[code]) == len(rows)
    assert set(found) - {code} == FOLLOWS.get(name, set())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            lambda s: s.assign(**{c: 0 for c in s.columns if c.startswith("enrolment_g")}),
            "no_enrolment",
        ),
        (lambda s: s.assign(campus_of=s.index), "campus_of_campus"),
        (lambda s: s.assign(boarders=99_999), "part_above_whole"),
    ],
)
def test_defects_of_one_school(made, change, code):
    tables = tables_of(made)
    schools = tables["schools"]
    changed = change(schools)
    mine = schools.index == schools.index[6]
    for column in changed.columns.difference(["geometry"]):
        before = schools.get(column)
        tables["schools"] = tables["schools"].assign(
            **{column: changed[column].where(mine, before)}
        )
    found = found_in(tables)
    assert found[code] == (schools.index[6],)


def test_a_campus_of_a_school_is_sound(made):
    tables = tables_of(made)
    schools = tables["schools"]
    of = np.where(schools.index == schools.index[6], schools.index[5], None)
    tables["schools"] = schools.assign(campus_of=of)
    assert found_in(tables) == {}


def test_a_total_that_is_not_the_sum_is_found(made):
    tables = tables_of(made)
    villages = tables["villages"]
    total = villages[[f"pupils_{b}" for b in ("g13", "g46", "g79")]].sum(axis=1)
    total.iloc[3] += 1
    tables["villages"] = villages.assign(pupils=total)
    assert found_in(tables) == {"pupils_not_the_sum": (villages.index[3],)}


def test_speeds_of_another_unit_are_found(made):
    tables = tables_of(made)
    lines = tables["roads"]
    speed = np.full(len(lines), 40.0)
    speed[[2, 3, 4]] = [400, 1.1, 0]
    tables["roads"] = lines.assign(maxspeed_kmh=speed)
    assert set(found_in(tables)["other_unit"]) == set(lines.index[[2, 3]])


def test_estimates_of_people_are_no_other_unit(made):
    tables = tables_of(made)
    villages = tables["villages"]
    tables["villages"] = villages.assign(population=villages["population"] + 0.37)
    assert found_in(tables) == {}


def test_coincident_villages_and_candidates_are_found(made):
    tables = tables_of(made)
    villages = tables["villages"]
    first, other = villages.index[:2]
    shapes = villages.geometry.where(villages.index != other, villages.geometry[first])
    tables["villages"] = villages.set_geometry(shapes)
    candidates = tables["candidates"]
    at = tables["schools"].geometry.iloc[0]
    places = candidates.geometry.where(candidates.index != candidates.index[0], at)
    tables["candidates"] = candidates.set_geometry(places)
    found = found_in(tables)
    assert found["villages_coincide"] == (first, other)
    assert found["candidate_at_school"] == (candidates.index[0],)


def test_a_county_with_codes_of_its_own_is_told_nothing_of_codes(made):
    tables = tables_of(made)
    names = {v: f"village {i}" for i, v in enumerate(tables["villages"].index)}
    codes = {s: f"S{i}" for i, s in enumerate(tables["schools"].index)}
    tables["villages"] = tables["villages"].rename(index=names)
    tables["schools"] = tables["schools"].rename(index=codes)
    flows = tables["flows"]
    tables["flows"] = flows.assign(
        village_id=flows["village_id"].map(names), school_id=flows["school_id"].map(codes)
    )
    assert found_in(tables) == {}


def test_every_finding_speaks_both_languages(made):
    tables = tables_of(made)
    for name in ("control character", "equipment in 10,000 yuan", "school entered twice"):
        DEFECTS[name][0](tables)
    county = county_of(tables)
    for lang in LANGUAGES:
        table = lp.check(county, lang=lang)
        assert not table["message"].str.contains(r"[{}]").any()
        assert table["cure"].str.len().gt(5).all()


def test_the_order_of_rows_decides_nothing(made):
    tables = tables_of(made)
    for name in ("births with a digit too many", "school in another township"):
        DEFECTS[name][0](tables)
    mixed = {n: t.sample(frac=1, random_state=1) for n, t in tables.items()}
    one, other = findings(county_of(tables)), findings(county_of(mixed))
    told = [{(f.code, f.table, frozenset(f.ids)) for f in found} for found in (one, other)]
    assert told[0] == told[1]
    assert len(CHECKS) > 20
