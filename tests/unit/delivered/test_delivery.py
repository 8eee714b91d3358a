"""A delivery with the habits and mishaps of a bureau reads to the same county, and says so."""

from pathlib import Path

import pytest
from sheets_changed import CANDIDATES, FLOWS, SCHOOLS, VILLAGES

import layoutplan as lp
from layoutplan.errors import DataError
from layoutplan.example.delivered import WORKBOOK
from layoutplan.tables import COUNTY_TABLES


def test_the_clean_delivery_has_no_finding(bureau, truth):
    assert bureau.codes(truth) == []
    made = lp.example.county(seed=4, villages=25)
    tables = {
        n: made.table(n) if t.key else made.table(n).reset_index(drop=True)
        for n, t in COUNTY_TABLES.items()
    }
    bureau.same(truth, lp.County.from_tables(**tables))


def test_the_demo_countys_files_read_to_the_demo_county(bureau):
    folder = Path(__file__).parents[3] / "geodata"
    county = lp.read_county(folder / "bureau")
    assert not bureau.codes(county)
    bureau.same(county, lp.read_county(folder / "demo.gpkg"))


def test_a_copy_of_the_clean_delivery_reads_the_same(read, bureau, truth):
    county, found = read(list)
    assert not found
    bureau.same(county, truth)


def test_sheets_by_other_names_are_recognised_and_told(read, bureau, truth):
    def change(sheets):
        names = {VILLAGES: "Sheet1", SCHOOLS: "2025学年", CANDIDATES: "拟建", FLOWS: "x"}
        for old, new in names.items():
            sheets[new] = sheets.pop(old)

    county, found = read(change)
    bureau.same(county, truth)
    assert {f.table for f in found["table_guessed"]} == {
        "villages",
        "schools",
        "candidates",
        "flows",
    }
    assert set(found) == {"table_guessed"}


def test_two_sheets_that_may_be_one_table_are_refused(refuse):
    def change(sheets):
        sheets["一"], sheets["二"] = sheets[VILLAGES], sheets.pop(VILLAGES)

    assert "二" in refuse(change)["two_tables"].what("zh")


def test_a_sheet_that_is_nothing_is_not_taken(read, bureau, truth):
    def change(sheets):
        sheets["说明"] = [["本表由各乡镇填报"], ["学校名称", "电话"], ["某小学", "123"]]

    county, found = read(change)
    assert not found
    bureau.same(county, truth)


def test_all_as_gbk_csv_gives_the_same_county(bureau, clean, truth, tmp_path):
    import shutil

    folder = shutil.copytree(clean, tmp_path / "csv")
    for name, rows in bureau.rows_of(clean).items():
        text = "\r".join(",".join("" if v is None else str(v) for v in r) for r in rows)
        (folder / f"{name}.csv").write_bytes(text.encode("gbk"))
    (folder / WORKBOOK).unlink()
    county = lp.read_county(folder)
    assert not bureau.codes(county)
    bureau.same(county, truth)


def test_an_old_workbook_gives_the_same_county(bureau, clean, truth, tmp_path):
    import shutil

    import xlwt

    folder = shutil.copytree(clean, tmp_path / "old")
    book = xlwt.Workbook(encoding="utf-8")
    for name, rows in bureau.rows_of(clean).items():
        sheet = book.add_sheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if value is not None:
                    sheet.write(r, c, value)
    (folder / WORKBOOK).unlink()
    book.save(str(folder / "学校与村庄.xls"))
    county = lp.read_county(folder)
    assert not bureau.codes(county)
    bureau.same(county, truth)


def test_a_lost_byte_is_a_finding_of_the_county(bureau, clean, tmp_path):
    import shutil

    folder = shutil.copytree(clean, tmp_path / "csv")
    rows = bureau.rows_of(clean)[VILLAGES]
    raw = "\n".join(",".join("" if v is None else str(v) for v in r) for r in rows).encode("gbk")
    name = rows[2][1].encode("gbk")
    raw = raw.replace(name, name[:-1] + b"\xff", 1)
    (folder / "村庄.csv").write_bytes(raw)
    sheets = bureau.rows_of(clean)
    del sheets[VILLAGES]
    bureau.write_sheets(folder / WORKBOOK, sheets)
    found = bureau.by_code(lp.read_county(folder))
    assert found["lost_bytes"][0].ids == ("#3",)


def test_coordinates_that_are_no_numbers_are_refused_with_their_rows(refuse, bureau):
    found = refuse(lambda s: bureau.set_cell(s[VILLAGES], 3, "经度", "村口往东"))
    assert found["coordinates_unread"].ids == ("#4",)


def test_a_comma_that_moves_the_cells_of_a_row_is_refused_with_the_row(bureau, clean, tmp_path):
    import shutil

    folder = shutil.copytree(clean, tmp_path / "csv")
    for name, rows in bureau.rows_of(clean).items():
        if name == VILLAGES:
            rows[2][1] = "河口,新村"
        text = "\n".join(",".join("" if v is None else str(v) for v in r) for r in rows)
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / WORKBOOK).unlink()
    with pytest.raises(DataError) as caught:
        lp.read_county(folder)
    found = {f.code: f.ids for f in caught.value.findings}
    assert found["rows_too_long"] == ("#3",)
