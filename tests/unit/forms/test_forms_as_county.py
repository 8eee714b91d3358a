"""The schools of the forms are the schools of a county, and read back from what is written."""

import math
import shutil
import sys

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from basic_forms import basic
from drawn_pages import write
from jiaoji_forms import jiaoji
from made_up_schools import LOW, School, made_up

import layoutplan as lp
from layoutplan import balance, cli
from layoutplan.reports.school_forms import write_forms

ENROLMENT = ["enrolment_g13", "enrolment_g46", "enrolment_g79"]
METRES = "EPSG:4548"
STAGES = {"primary": range(1, 7), "junior": range(7, 10)}


def as_school(code, row, place):
    """Give a school of the example county as one with forms."""
    pupils, size = {}, {}
    for band, first in (("g13", 1), ("g46", 4), ("g79", 7)):
        whole = int(row[f"enrolment_{band}"])
        for i in range(3):
            of_grade = whole // 3 + (i < whole % 3)
            if of_grade:
                classes = math.ceil(of_grade / 45)
                pupils[first + i] = of_grade
                size[first + i] = (classes, max(x for x in LOW if x * classes <= of_grade))
    stages = [s for s, grades in STAGES.items() if any(g in pupils for g in grades)]
    junior = sum(n for g, n in pupils.items() if g > 6) / max(sum(pupils.values()), 1)

    def part(name):
        second = round(junior * row[name])
        return {s: second if s == "junior" else int(row[name]) - second for s in stages}

    return School(
        code=code, name=row["name"], kind=row["kind"], urban="220",
        lon=round(place.x, 7), lat=round(place.y, 7), pupils=pupils, size=size,
        boarders=dict.fromkeys(stages, 0), left_behind=dict.fromkeys(stages, 0),
        teachers=part("teachers"), key=part("key_teachers"),
        degree={s: (0, n, 0) for s, n in part("teachers_above_degree").items()},
        arts={s: (n, 0, 0, 0) for s, n in part("pe_art_teachers").items()},
        titles={s: (0, 0, n) for s, n in part("mid_title_teachers").items()},
        rooms=float(row["teaching_area_m2"]), gym=0.0, ground=float(row["sports_area_m2"]),
        equipment_wan=f"{row['equipment_yuan'] / 10_000:.2f}", books=int(row["books"]),
        multimedia=int(row["multimedia_rooms"]), computers=int(row["computers"]),
    )  # fmt: skip


@pytest.fixture(scope="module", name="folder")
def _folder(small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("forms")
    schools = small.schools
    places = schools.geometry.to_crs("EPSG:4326")
    for code, row in schools.iterrows():
        school = as_school(code, row, places[code])
        write(basic(school) if code[-1] in "02468" else jiaoji(school), folder / f"{code}.xlsx")
    return folder


@pytest.fixture(scope="module", name="forms")
def _forms(folder):
    return lp.read_forms(folder)


def test_a_county_with_the_schools_of_the_forms(small, forms):
    assert {f.code for f in forms.findings} <= {"forms_rule_leavers", "forms_only_earlier"}
    county = lp.County.from_tables(
        villages=small.villages, schools=forms.schools, roads=small.roads,
        townships=small.townships,
    )  # fmt: skip
    had, has = small.schools.sort_index(), county.schools.sort_index()
    assert has.index.equals(had.index)
    pd.testing.assert_frame_equal(has[ENROLMENT], had[ENROLMENT], check_dtype=False)
    assert has["kind"].tolist() == had["kind"].tolist()
    assert float(has.to_crs(METRES).distance(had.to_crs(METRES)).max()) < 0.1
    plan = lp.evaluate(county, lp.travel_times(county))
    lp.assert_plan_valid(plan)
    assert plan.pupils_in == plan.pupils_assigned + plan.pupils_unserved


def test_the_balance_assessment_takes_them(small, forms):
    county = lp.County.from_tables(
        villages=small.villages, schools=forms.schools, roads=small.roads
    )
    columns = ["equipment_yuan", "teaching_area_m2", "multimedia_rooms", "teachers"]
    had = balance.stock_of(small).table[columns]
    has = balance.stock_of(county).table[columns]
    pd.testing.assert_frame_equal(has, had, atol=51, rtol=0)
    done = balance.quality_2017(balance.stock_of(county))
    assert len(done.schools) > 0


@pytest.mark.parametrize("ending", ["xlsx", "gpkg"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_written_reads_back_as_the_schools_of_a_county(
    small, forms, tmp_path, ending, lang
):
    small.villages.reset_index().to_file(tmp_path / "villages.geojson", driver="GeoJSON")
    small.roads[["highway", "geometry"]].to_file(tmp_path / "roads.geojson", driver="GeoJSON")
    write_forms(forms, tmp_path / f"schools.{ending}", lang=lang)
    read = lp.read_county(tmp_path).schools
    had = forms.schools
    assert read.index.equals(had.index)
    for name in (*ENROLMENT, "kind", "name", "classes", "equipment_yuan", "teachers_junior"):
        wanted = had[name].astype(read[name].dtype)
        pd.testing.assert_series_equal(read[name], wanted)
    assert float(read.to_crs(METRES).distance(had.to_crs(METRES)).max()) < 0.01


def run(monkeypatch, capfd, *args):
    monkeypatch.setattr(sys, "argv", ["layoutplan", *map(str, args)])
    with pytest.raises(SystemExit) as stop:
        cli.run()
    told = capfd.readouterr()
    return int(stop.value.code or 0), " ".join((told.out + told.err).split())


def test_from_forms_writes_a_workbook(folder, monkeypatch, capfd, tmp_path):
    out = tmp_path / "new" / "schools.xlsx"
    code, text = run(monkeypatch, capfd, "from-forms", folder, "-o", out, "--lang", "en")
    assert code == cli.DONE, text
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["Schools", "Classes by size", "Sources", "Findings"]
    assert f"{book['Schools'].max_row - 1} schools read" in text


def test_from_forms_refuses_what_it_cannot_do(folder, monkeypatch, capfd, tmp_path):
    code, text = run(monkeypatch, capfd, "from-forms", tmp_path / "no", "-o", tmp_path / "a.xlsx")
    assert code == cli.BAD_DATA, text
    code, text = run(monkeypatch, capfd, "from-forms", folder, "-o", tmp_path / "a.csv")
    assert code == cli.BAD_USAGE
    assert ".gpkg" in text
    path = next(folder.iterdir())
    before = path.read_bytes()
    code, text = run(monkeypatch, capfd, "from-forms", folder, "-o", path)
    assert code == cli.BAD_USAGE, text
    assert path.read_bytes() == before


def test_names_that_look_like_formulas_stay_text(tmp_path):
    (school,) = made_up(1)
    pages = jiaoji(school)
    odd = "=HYPERLINK(1)小学"
    next(p for p in pages if "1001" in p.name).put("C4", odd)
    book = openpyxl.Workbook()
    book.remove(book.active)
    for page in pages:
        sheet = book.create_sheet(page.name)
        for (row, column), value in page.cells.items():
            sheet.cell(row, column, value).data_type = "s" if value == odd else "n"
            if value != odd:
                sheet.cell(row, column).value = value
    book.save(tmp_path / "a.xlsx")
    forms = lp.read_forms(tmp_path / "a.xlsx")
    assert forms.schools["name"].tolist() == [odd]
    out = openpyxl.load_workbook(write_forms(forms, tmp_path / "out.xlsx"))
    cell = next(c for row in out["学校"].iter_rows() for c in row if c.value == odd)
    assert cell.data_type == "s"


def county_files(small, folder):
    folder.mkdir(exist_ok=True)
    small.villages.reset_index().to_file(folder / "villages.geojson", driver="GeoJSON")
    small.roads[["highway", "geometry"]].to_file(folder / "roads.geojson", driver="GeoJSON")
    return folder


@pytest.mark.parametrize("inner", ["", "学校报表/2021"])
def test_a_county_reads_the_forms_that_lie_in_its_folder(small, forms, folder, tmp_path, inner):
    county_files(small, tmp_path)
    place = tmp_path / inner
    place.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        shutil.copy(path, place)
    county = lp.read_county(tmp_path, name="small")
    read = county.schools
    pd.testing.assert_frame_equal(read[ENROLMENT], forms.schools[ENROLMENT], check_dtype=False)
    assert read["kind"].tolist() == forms.schools["kind"].tolist()
    assert (
        read["teachers_junior"].isna().tolist() == forms.schools["teachers_junior"].isna().tolist()
    )
    told = {f.code: f for f in county.findings}
    assert told["forms_as_schools"].count == len(read)
    assert str(len(list(folder.iterdir()))) in told["forms_as_schools"].what("zh")
    assert not {f.code for f in county.findings if f.severity == "error"}


def test_forms_are_left_alone_where_there_is_a_schools_table(small, folder, tmp_path):
    county_files(small, tmp_path)
    small.schools.reset_index().to_file(tmp_path / "schools.geojson", driver="GeoJSON")
    (tmp_path / "forms").mkdir()
    for path in folder.iterdir():
        shutil.copy(path, tmp_path / "forms")
    county = lp.read_county(tmp_path)
    assert county.schools["places"].notna().any()
    assert not [f for f in county.findings if f.code.startswith("forms_")]


def test_without_forms_the_schools_table_is_missed_as_before(small, tmp_path):
    county_files(small, tmp_path)
    (tmp_path / "sub").mkdir()
    openpyxl.Workbook().save(tmp_path / "sub" / "a.xlsx")
    with pytest.raises(lp.DataError) as error:
        lp.read_county(tmp_path)
    assert [(f.code, f.table) for f in error.value.findings] == [("missing_table", "schools")]


@pytest.mark.parametrize("ending", ["xlsx", "gpkg"])
@pytest.mark.parametrize("places", [1, 0])
def test_schools_without_a_place_are_written_too(tmp_path, ending, places):
    (tmp_path / "forms").mkdir()
    for i, school in enumerate(made_up(2, kinds=("primary",))):
        pages = jiaoji(school)
        if i >= places:
            page = next(p for p in pages if "1001" in p.name)
            page.cells = {k: v for k, v in page.cells.items() if k[0] < 40}
        write(pages, tmp_path / "forms" / f"{i}.xlsx")
    forms = lp.read_forms(tmp_path / "forms")
    path = write_forms(forms, tmp_path / f"schools.{ending}", lang="zh")
    if ending == "xlsx":
        read = pd.read_excel(path, sheet_name="学校", dtype=object, engine="openpyxl")
        assert read["学校标识码"].tolist() == list(forms.schools.index)
        assert ("经度" in read) == (places > 0)
        if places:
            assert read["经度"].notna().tolist() == [True, False]
    else:
        read = gpd.read_file(path, layer="schools")
        assert read["school_id"].tolist() == list(forms.schools.index)
        has = "geometry" in read and read["geometry"].notna().any()
        assert has == (places > 0)
