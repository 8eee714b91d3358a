"""One file per table, each with the sheet that Excel makes, and templates beside other files."""

import pandas as pd

import layoutplan as lp
from layoutplan.example import county_tables, deliver
from layoutplan.sources.columns import read_columns
from layoutplan.sources.headings.written import write_learned


def test_a_learned_mapping_names_the_file_of_sheets_called_alike(tmp_path):
    folder = tmp_path / "bureau"
    book = deliver(county_tables(1, villages=40), folder)[0]
    for name, table in pd.read_excel(
        book, sheet_name=None, dtype=object, engine="openpyxl"
    ).items():
        table.to_excel(folder / f"{name} 汇总(最终版).xlsx", index=False, sheet_name="Sheet1")
    book.unlink()
    mapping = tmp_path / "columns.toml"
    write_learned(folder, mapping, columns={}, crs="", lang="zh")
    again = lp.read_county(folder, columns=read_columns(mapping))
    once = lp.read_county(folder)
    for name, table in once.tables.items():
        assert again.table(name).index.equals(table.index)


def test_empty_templates_do_not_stand_in_the_way(tmp_path):
    folder = tmp_path / "mine"
    deliver(county_tables(1, villages=40), folder)
    lp.write_templates(folder, lang="zh")
    assert len(lp.read_county(folder).villages) == 40
