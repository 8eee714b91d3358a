"""The mapping of columns: written, corrected by the planner and read again."""

import pytest
from sheets_changed import ALIASES, SCHOOLS, VILLAGES, grades, rename

import layoutplan as lp


def command(monkeypatch, capfd, *args):
    import sys

    from layoutplan import cli

    monkeypatch.setattr(sys, "argv", ["layoutplan", *map(str, args)])
    with pytest.raises(SystemExit) as stop:
        cli.run()
    return stop.value.code, capfd.readouterr().out


def test_the_learned_mapping_is_written_read_and_gives_the_same_county(
    bureau, clean, truth, tmp_path, monkeypatch, capfd
):
    from layoutplan.sources.columns import read_columns

    def change(sheets):
        for sheet, names in ALIASES.items():
            rename(sheet, names)(sheets)
        top, below, spread, _ = grades(sheets[SCHOOLS])
        sheets["Sheet2"] = [["表"], top, below, *spread]
        del sheets[SCHOOLS]
        for i, row in enumerate(sheets["Sheet2"][1:]):
            row.append(None if i == 1 else ['不明"列\\' if i == 0 else "x"][0])

    folder = bureau.deliver(clean, tmp_path / "bureau", change)
    mapping = tmp_path / "columns.toml"
    code, out = command(
        monkeypatch, capfd, "check", folder, "--write-columns", mapping, "--lang", "en"
    )
    assert code == 0, out
    assert "columns.toml" in out.replace("\n", "")
    columns = read_columns(mapping)
    assert columns["schools"]["layer"] == "Sheet2"
    assert columns["schools"]["enrolment_g13"][0] == "在校生数/一年级"
    assert "不明" in mapping.read_text(encoding="utf-8")
    county = lp.read_county(folder, columns=columns)
    bureau.same(county, truth, further={'不明"列\\'})
    # What the planner has confirmed is no guess any more.
    assert set(bureau.by_code(county)) == {"headings_unused"}
    code, out = command(
        monkeypatch, capfd, "check", folder, "--write-columns", mapping, "--lang", "en"
    )
    assert code == 2


def test_a_corrected_mapping_holds_against_the_guess(read):
    def change(sheets):
        rows = sheets[VILLAGES]
        rows[0][rows[0].index("常住人口")] = "总人口"
        for i, row in enumerate(rows):
            row.append("实住人数" if i == 0 else 7)

    county, found = read(change, columns={"villages": {"population": "实住人数"}})
    assert (county.villages["population"] == 7).all()
    assert set(found) == {"headings_unused"}


def test_a_mapping_may_name_the_place_and_add_up_columns(read, truth):
    def change(sheets):
        rows = sheets[VILLAGES]
        rows[0][rows[0].index("经度")] = "位置一"
        rows[0][rows[0].index("纬度")] = "位置二"
        for i, row in enumerate(rows):
            half = row[rows[0].index("留守儿童数")] if i else None
            row.extend(["甲", "乙"] if i == 0 else [half, "1,000"])

    county, _ = read(
        change,
        columns={"villages": {"lon": "位置一", "lat": "位置二", "left_behind": ["甲", "乙"]}},
    )
    assert (county.villages["left_behind"] - 1000).tolist() == truth.villages[
        "left_behind"
    ].tolist()


def test_a_mapping_that_names_no_heading_is_refused(refuse):
    found = refuse(list, columns={"villages": {"population": ["没有", "这列"]}})
    assert found["mapped_column_missing"]
