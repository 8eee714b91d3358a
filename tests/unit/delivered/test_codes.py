"""Codes that a spreadsheet has spoilt are given back, or refused with their rows."""

import pytest
from sheets_changed import FLOWS, SCHOOLS, VILLAGES


def test_codes_as_decimals_and_with_quotes_are_read(read, bureau, truth):
    def change(sheets):
        rows = sheets[VILLAGES]
        for i, row in enumerate(rows[1:]):
            row[0] = (f"{row[0]}.0", f"'{row[0]}", row[0])[i % 3]

    county, found = read(change)
    bureau.same(county, truth)
    assert set(found) == {"codes_read"}


def test_codes_that_became_numbers_are_the_same(read, bureau, truth):
    def change(sheets):
        for name in (VILLAGES, FLOWS):
            for row in sheets[name][1:]:
                row[0] = float(row[0])

    county, found = read(change)
    assert not found
    bureau.same(county, truth)


def zeros(sheets, name, *, lost):
    """Put two zeros before all codes of villages; lose them in one sheet."""
    for sheet in (VILLAGES, FLOWS):
        for row in sheets[sheet][1:]:
            row[0] = row[0] if sheet == name and lost(row) else f"00{row[0]}"


@pytest.mark.parametrize("sheet", [VILLAGES, FLOWS])
def test_lost_zeros_are_given_back_by_the_other_table(read, sheet):
    county, found = read(lambda s: zeros(s, sheet, lost=bool))
    assert county.villages.index.str.startswith("00").all()
    assert county.flows["village_id"].isin(county.villages.index).all()
    assert set(found) == {"codes_zeros"}


def test_zeros_lost_by_some_rows_are_given_back_by_the_others(read, truth):
    def change(sheets):
        zeros(sheets, VILLAGES, lost=lambda row: str(row[0])[-1] in "13")
        del sheets[FLOWS]

    county, found = read(change)
    assert list(county.villages.index) == [f"00{i}" for i in truth.villages.index]
    assert set(found) == {"codes_zeros"}


def test_codes_of_odd_length_are_named(read):
    def change(sheets):
        sheets[VILLAGES][4][0] = sheets[VILLAGES][4][0][:-1]
        del sheets[FLOWS]

    _, found = read(change)
    assert found["codes_odd_length"][0].count == 1


def test_a_rounded_code_that_only_one_fits_is_completed(read, bureau, truth):
    row = next(i for i, k in enumerate(truth.schools.index, 1)
               if k in set(truth.flows["school_id"]))  # fmt: skip

    def change(sheets):
        rows = sheets[SCHOOLS]
        rows[row][0] = f"{float(rows[row][0]):.8E}"

    county, found = read(change)
    bureau.same(county, truth)
    assert set(found) == {"codes_completed"}


def test_rounded_codes_that_several_fit_are_refused_with_their_rows(refuse):
    def change(sheets):
        for row in sheets[FLOWS][1:4]:
            row[0] = f"{float(row[0]):.2E}"

    found = refuse(change)
    assert found["codes_rounded"].ids == ("#2", "#3", "#4")


def test_townships_by_name_become_codes(read, bureau, truth):
    names = truth.townships["name"].to_dict()

    def change(sheets):
        rows = sheets[VILLAGES]
        c = rows[0].index("乡镇代码")
        rows[0][c] = "所属乡镇"
        for row in rows[1:]:
            row[c] = names[row[c]]

    county, found = read(change)
    bureau.same(county, truth)
    assert set(found) == {"headings_guessed", "townships_by_name"}
