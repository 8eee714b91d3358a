"""A small county as a bureau delivers it, its workbook changed by the test."""

import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import shapely

import layoutplan as lp
from layoutplan.errors import DataError
from layoutplan.example.delivered import WORKBOOK

SEED, VILLAGES = 4, 25
TABLES = ("villages", "schools", "townships", "candidates", "flows", "roads")


class Bureau:
    """What the tests do with a delivery."""

    @staticmethod
    def write_clean(folder):
        lp.example.deliver(lp.example.county_tables(SEED, villages=VILLAGES), folder)
        return folder

    @staticmethod
    def rows_of(folder):
        """Give the sheets of the workbook as lists of rows, headings first."""
        book = openpyxl.load_workbook(folder / WORKBOOK)
        return {s.title: [[c.value for c in row] for row in s.iter_rows()] for s in book}

    @staticmethod
    def deliver(clean, folder, change, *, merge=None):
        """Write the delivery with its sheets changed; merge holds ranges by sheet."""
        shutil.copytree(clean, folder)
        sheets = Bureau.rows_of(clean)
        change(sheets)
        Bureau.write_sheets(folder / WORKBOOK, sheets, merge=merge)
        return folder

    @staticmethod
    def write_sheets(path: Path, sheets, *, merge=None):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for r, row in enumerate(rows, 1):
                for c, value in enumerate(row, 1):
                    if value is not None:
                        cell = sheet.cell(r, c, value)
                        if isinstance(value, str):
                            cell.data_type = "s"
            for area in (merge or {}).get(name, ()):
                sheet.merge_cells(area)
        book.save(path)

    @staticmethod
    def column(rows, heading):
        return rows[0].index(heading)

    @staticmethod
    def set_cell(rows, row, heading, value):
        rows[row][Bureau.column(rows, heading)] = value

    @staticmethod
    def same(one, other, *, further=frozenset()):
        """Assert that two counties are equal, table by table."""
        for name in TABLES:
            a, b = one.table(name), other.table(name)
            assert set(a.columns) - further == set(b.columns), name
            a = a[list(b.columns)]
            assert list(a.index) == list(b.index), name
            if "geometry" in a:
                away = shapely.distance(a.geometry.to_numpy(), b.geometry.to_numpy())
                assert away.max() < 1e-9
                a, b = (pd.DataFrame(t.drop(columns="geometry")) for t in (a, b))
            pd.testing.assert_frame_equal(a, b)

    @staticmethod
    def codes(county):
        """Give what was found, besides what the clean delivery has."""
        return [f for f in county.findings if f.code != "crs_converted"]

    @staticmethod
    def by_code(county):
        found = {}
        for f in Bureau.codes(county):
            found.setdefault(f.code, []).append(f)
        return found


@pytest.fixture(scope="session")
def bureau():
    return Bureau


@pytest.fixture(scope="session")
def clean(tmp_path_factory):
    return Bureau.write_clean(tmp_path_factory.mktemp("clean") / "bureau")


@pytest.fixture(scope="session")
def truth(clean):
    return lp.read_county(clean)


@pytest.fixture
def read(bureau, clean, tmp_path):
    """Read the delivery with a change; give the county and what was found, by code."""

    def read(change, *, merge=None, **options):
        folder = bureau.deliver(clean, tmp_path / "bureau", change, merge=merge)
        county = lp.read_county(folder, **options)
        for lang in ("zh", "en"):
            assert (
                not county.findings_table(lang=lang)["message"].str.contains("{", regex=False).any()
            )
        return county, bureau.by_code(county)

    return read


@pytest.fixture
def refuse(bureau, clean, tmp_path):
    def refuse(change, **options):
        folder = bureau.deliver(clean, tmp_path / "bureau", change)
        with pytest.raises(DataError) as caught:
            lp.read_county(folder, **options)
        assert caught.value.message("zh")
        assert caught.value.message("en")
        return {f.code: f for f in caught.value.findings}

    return refuse
