"""Cells of workbooks and CSV files: read as typed, and nothing but read."""

import struct
import warnings
import zipfile

import openpyxl
import pytest
import xlwt

from layoutplan.errors import DataError
from layoutplan.sources.sheets import read_sheets
from layoutplan.sources.sheets.text_file import decoded, split_cells

ROWS = [
    ["村代码", "村名", "人口"],
    ["0340123001", "河口村", "1200"],
    ["0340123002", "上李村", "87"],
]


def codes(sheets):
    return [f.code for s in sheets for f in s.findings]


def listed(sheet):
    return sheet.cells.to_numpy().tolist()


def refused(path):
    with pytest.raises(DataError) as caught:
        read_sheets(path, lang="en")
    for lang in ("zh", "en"):
        assert caught.value.message(lang)
    return caught.value.findings[0].code


def old(path, rows=ROWS, name="村庄"):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(name)
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            sheet.write(r, c, value)
    book.save(str(path))
    return path


def new(path, rows=ROWS, name="村庄"):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = name
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def changed(path, edit):
    """Write an archive anew: edit takes and gives the entries by name."""
    with zipfile.ZipFile(path) as archive:
        entries = {n: archive.read(n) for n in archive.namelist()}
    entries = edit(entries)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("write", [old, new])
def test_a_workbook_old_or_new_gives_its_cells_as_text(tmp_path, write):
    path = write(tmp_path / ("b.xls" if write is old else "b.xlsx"))
    (sheet,) = read_sheets(path)
    assert (sheet.name, listed(sheet), sheet.findings) == ("村庄", ROWS, ())
    assert (sheet.cells.index[0], sheet.cells.columns[0]) == (1, 1)


def test_numbers_and_dates_stand_as_they_were_typed(tmp_path):
    import datetime as dt

    path = tmp_path / "b.xlsx"
    new(path, [[12, 1.5, 340123001001, "007", True, dt.datetime(2024, 9, 1, 8), " x\u3000"]])  # noqa: DTZ001
    (sheet,) = read_sheets(path)
    assert listed(sheet) == [["12", "1.5", "340123001001", "007", "TRUE", "2024-09-01", "x"]]


def with_shared_texts(path, count):
    """Write texts as Excel does, in a part of their own, which tells how many there are."""

    def edit(entries):
        sheet = b'<row r="1"><c r="A1" t="s"><v>1</v></c><c r="C1" t="s"><v>0</v></c></row>'
        start = entries["xl/worksheets/sheet1.xml"].partition(b"<sheetData>")[0]
        kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
        return entries | {
            "xl/worksheets/sheet1.xml": start
            + b"<sheetData>"
            + sheet
            + b"</sheetData></worksheet>",
            "xl/sharedStrings.xml": (
                '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
                f'count="{count}" uniqueCount="{count}">'
                "<si><r><t>河</t></r><r><t>口</t></r></si><si><t>村</t></si></sst>"
            ).encode(),
            "[Content_Types].xml": entries["[Content_Types].xml"].replace(
                b"</Types>",
                b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/></Types>',
            ),
            "xl/_rels/workbook.xml.rels": entries["xl/_rels/workbook.xml.rels"].replace(
                b"</Relationships>",
                b'<Relationship Id="rId99" Target="sharedStrings.xml" Type="http://schemas.'
                b'openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/>'
                b"</Relationships>",
            ),
        }

    return changed(new(path), edit)


def test_texts_that_a_workbook_shares_are_read(tmp_path):
    (sheet,) = read_sheets(with_shared_texts(tmp_path / "a.xlsx", 2))
    assert listed(sheet) == [["村", "", "河口"]]


@pytest.mark.parametrize("count", [100_000, 4_294_967_295])
def test_a_workbook_that_tells_of_more_texts_than_it_can_hold_is_refused(tmp_path, count):
    assert refused(with_shared_texts(tmp_path / "a.xlsx", count)) == "corrupt_file"


@pytest.mark.parametrize("part", ["xl/styles.xml", "xl/worksheets/sheet1.xml"])
def test_no_count_that_a_part_tells_is_believed(tmp_path, part):
    def edit(entries):
        text = entries[part]
        for word in (b"<cellXfs", b"<numFmts", b"<sheetData"):
            text = text.replace(word, word + b' x="1"')
        wide = text.replace(b'count="1"', b'count="4294967295"')
        wide = wide.replace(b"</sheetData>", b'</sheetData><mergeCells count="4294967295"/>')
        assert wide != text
        return entries | {part: wide}

    assert refused(changed(new(tmp_path / "a.xlsx"), edit)) == "corrupt_file"


def test_merged_cells_are_told(tmp_path):
    path = new(tmp_path / "b.xlsx", [["a", "b"], ["c", "d"], ["e", "f"]])
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A1:B1")
    book.active.merge_cells("A2:A3")
    book.save(path)
    (sheet,) = read_sheets(path)
    assert set(sheet.merged) == {(1, 1, 1, 2), (2, 1, 3, 1)}
    assert sheet.cells.loc[1, 2] == ""


def test_merged_cells_of_an_old_workbook_are_told(tmp_path):
    book = xlwt.Workbook()
    book.add_sheet("s").write_merge(1, 2, 0, 3, "title")
    book.save(str(tmp_path / "b.xls"))
    (sheet,) = read_sheets(tmp_path / "b.xls")
    assert sheet.merged == ((2, 1, 3, 4),)


def test_what_stands_above_and_left_of_the_cells_keeps_its_place(tmp_path):
    book = openpyxl.Workbook()
    book.active["C4"] = "x"
    book.save(tmp_path / "b.xlsx")
    (sheet,) = read_sheets(tmp_path / "b.xlsx")
    assert sheet.cells.loc[4, 3] == "x"
    assert sheet.cells.shape == (4, 3)


TEXT = "村代码,村名,人口\r\n0340123001,河口村,1200\r\n0340123002,上李村,87\r\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"])
def test_encodings_and_line_ends(tmp_path, encoding, ends):
    path = tmp_path / "村庄.csv"
    path.write_bytes(TEXT.replace("\r\n", ends).encode(encoding))
    (sheet,) = read_sheets(path)
    assert (listed(sheet), sheet.name, codes([sheet])) == (ROWS, "", [])


@pytest.mark.parametrize("mark", ["\t", ";"])
def test_other_delimiters(tmp_path, mark):
    path = tmp_path / "a.csv"
    path.write_text(TEXT.replace(",", mark), encoding="utf-8")
    assert listed(read_sheets(path)[0]) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_one_bad_byte_is_named_with_its_row(tmp_path, encoding):
    path = tmp_path / "a.csv"
    raw = TEXT.encode(encoding)
    # The last byte of 村 in the third row is lost.
    at = raw.index("李村".encode(encoding)) + len("李村".encode(encoding)) - 1
    path.write_bytes(raw[:at] + b"\xff" + raw[at + 1 :])
    (sheet,) = read_sheets(path)
    (found,) = sheet.findings
    assert (found.code, found.severity, found.ids) == ("lost_bytes", "warning", ("#3",))
    assert sheet.cells.loc[2].tolist() == ROWS[1]
    assert "\ufffd" in sheet.cells.loc[3, 2]


def test_a_stray_western_letter_does_not_make_the_file_chinese():
    assert (
        decoded(b"name,pupils\nOl\xe9ron,5\nSouth,7\n") == "name,pupils\nOl\ufffdron,5\nSouth,7\n"
    )


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(bytes(range(256)) * 20)
    assert refused(path) == "unreadable_encoding"


def test_quotes_may_hold_delimiters_lines_and_quotes():
    text = 'a,"b, ""c""",d\n1,"two\nlines",\n'
    assert split_cells(text) == [["a", 'b, "c"', "d"], ["1", "two\nlines", ""]]


def test_a_cell_of_a_megabyte_is_read(tmp_path):
    line = "LINESTRING(" + ",".join(f"{i} {i}" for i in range(100_000)) + ")"
    (tmp_path / "a.csv").write_text(f'id,wkt\n1,"{line}"\n', encoding="utf-8")
    assert read_sheets(tmp_path / "a.csv")[0].cells.loc[2, 2] == line


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\n \n")
    assert refused(tmp_path / "a.csv") == "empty_file"


def test_a_workbook_under_a_wrong_ending_is_read_and_noted(tmp_path):
    path = new(tmp_path / "a.xlsx").rename(tmp_path / "a.xls")
    assert codes(read_sheets(path)) == ["wrong_ending"]
    path = old(tmp_path / "b.xls").rename(tmp_path / "b.xlsx")
    assert listed(read_sheets(path)[0]) == ROWS
    text = tmp_path / "c.xls"
    text.write_bytes(TEXT.replace(",", "\t").encode("gbk"))
    assert listed(read_sheets(text)[0]) == ROWS


def test_a_web_page_under_the_ending_of_a_workbook_is_refused(tmp_path):
    path = tmp_path / "a.xls"
    path.write_text("<html><table><tr><td>1</td></tr></table></html>", encoding="utf-8")
    assert refused(path) == "page_for_workbook"


@pytest.mark.parametrize("ending", [".xls", ".xlsx"])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_half_a_workbook_is_refused(tmp_path, ending, share):
    path = (old if ending == ".xls" else new)(tmp_path / f"a{ending}", ROWS * 200)
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * share)])
    assert refused(path) == "corrupt_file"


DAMAGED = {"corrupt_file", "password", "sheet_too_large"}


@pytest.mark.parametrize("seed", range(30))
def test_a_damaged_old_workbook_is_refused_or_read_and_never_crashes(tmp_path, seed):
    import random

    chance = random.Random(seed)  # noqa: S311 - damage, no secret
    path = old(tmp_path / "a.xls", ROWS * 20)
    raw = bytearray(path.read_bytes())
    for _ in range(20):
        raw[chance.randrange(8, len(raw))] = chance.randrange(256)
    path.write_bytes(raw)
    try:
        read_sheets(path, lang="en")
    except DataError as error:
        assert error.findings[0].code in DAMAGED  # noqa: PT017


# Nothing is computed, run or followed.


def test_formulas_are_not_computed_and_those_without_value_are_named(tmp_path):
    path = new(tmp_path / "a.xlsx", [["a", "b"], [1, "=A2+1"]])
    (sheet,) = read_sheets(path)
    assert sheet.cells.loc[2, 2] == ""
    assert [(f.code, f.severity, f.ids) for f in sheet.findings] == [
        ("formulas", "note", ()),
        ("formulas_without_value", "warning", ("B2",)),
    ]


def test_the_stored_value_of_a_formula_is_read(tmp_path):
    def edit(entries):
        name = "xl/worksheets/sheet1.xml"
        # openpyxl writes it with lxml in one way, without in another.
        written = [b"<f>A2+1</f><v />", b"<f>A2+1</f><v/>", b"<f>A2+1</f><v></v>"]
        (cell,) = (c for c in written if c in entries[name])
        return entries | {name: entries[name].replace(cell, b"<f>HYPERLINK(A2)</f><v>2</v>")}

    path = changed(new(tmp_path / "a.xlsx", [["a", "b"], [1, "=A2+1"]]), edit)
    (sheet,) = read_sheets(path)
    assert sheet.cells.loc[2, 2] == "2"
    assert codes([sheet]) == ["formulas"]


def test_formulas_of_an_old_workbook_are_named(tmp_path):
    book = xlwt.Workbook()
    book.add_sheet("first")
    sheet = book.add_sheet("second")
    sheet.write(3, 1, xlwt.Formula("1+1"))
    book.save(str(tmp_path / "a.xls"))
    first, second = read_sheets(tmp_path / "a.xls")
    assert not first.findings
    assert [(f.code, f.ids) for f in second.findings][-1] == ("formulas_without_value", ("B4",))


def test_cells_that_hold_an_error_are_empty_and_named(tmp_path):
    path = new(tmp_path / "a.xlsx", [["a"], ["#REF!"]])
    book = openpyxl.load_workbook(path)
    book.active["A2"].data_type = "e"
    book.save(path)
    (sheet,) = read_sheets(path)
    assert sheet.cells.size == 1 or sheet.cells.loc[2, 1] == ""
    assert [(f.code, f.ids) for f in sheet.findings] == [("error_cells", ("A2",))]


def test_macros_are_named_and_not_run(tmp_path):
    path = changed(
        new(tmp_path / "a.xlsx"), lambda e: e | {"xl/vbaProject.bin": b"Sub Auto_Open()"}
    ).rename(tmp_path / "a.xlsm")
    sheets = read_sheets(path)
    assert codes(sheets) == ["macros"]
    assert listed(sheets[0]) == ROWS


def test_external_links_and_connections_are_named_and_not_followed(tmp_path, monkeypatch):
    import socket

    def never(*_args, **_options):
        raise AssertionError

    monkeypatch.setattr(socket, "socket", never)
    path = changed(
        new(tmp_path / "a.xlsx"),
        lambda e: (
            e
            | {
                "xl/externalLinks/externalLink1.xml": b"<externalLink/>",
                "xl/connections.xml": b"<connections/>",
                "xl/embeddings/oleObject1.bin": b"MZ",
            }
        ),
    )
    found = {f.code: f.ids for f in read_sheets(path)[0].findings}
    assert found["external_links"] == ("xl/externalLinks/externalLink1.xml", "xl/connections.xml")
    assert found["embedded_files"] == ("xl/embeddings/oleObject1.bin",)


def test_paths_inside_an_archive_are_never_followed(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    names = ("../outside.txt", "/outside.txt", "..\\outside.txt", "C:/outside.txt")
    path = changed(new(inside / "a.xlsx"), lambda e: e | dict.fromkeys(names, b"bad"))
    before = sorted(tmp_path.rglob("*"))
    sheets = read_sheets(path)
    (found,) = sheets[0].findings
    assert (found.code, set(found.ids)) == ("paths_in_archive", set(names))
    assert listed(sheets[0]) == ROWS
    assert sorted(tmp_path.rglob("*")) == before


def test_a_sheet_outside_of_the_archive_is_not_read(tmp_path):
    secret = tmp_path / "secret.xml"
    secret.write_text("<worksheet/>", encoding="utf-8")

    def edit(entries):
        name = "xl/_rels/workbook.xml.rels"
        rels = entries[name].replace(b"/xl/worksheets/sheet1.xml", str(secret).encode())
        assert rels != entries[name]
        return entries | {name: rels}

    assert refused(changed(new(tmp_path / "a.xlsx"), edit)) == "corrupt_file"


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10) for i in range(1, 10)).replace(
        b"&a0;", b"&a;"
    )
    + b"]>"
)


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_an_entity_bomb_is_refused(tmp_path, part):
    def edit(entries):
        return entries | {part: BOMB + entries.get(part, b"<sst><si><t>&a9;</t></si></sst>")}

    assert refused(changed(new(tmp_path / "a.xlsx"), edit)) == "xml_declarations"


def test_an_external_entity_is_refused(tmp_path):
    head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'

    def edit(entries):
        part = "xl/worksheets/sheet1.xml"
        return entries | {part: head + entries[part].replace("村名".encode(), b"&e;")}

    assert refused(changed(new(tmp_path / "a.xlsx"), edit)) == "xml_declarations"


@pytest.mark.slow
def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path):
    path = new(tmp_path / "a.xlsx")
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet9.xml", "w", force_zip64=True) as entry,
    ):
        for _ in range(60):
            entry.write(b"\0" * 10_000_000)
    assert path.stat().st_size < 2_000_000
    assert refused(path) == "too_large"


def with_size(path, size):
    """Have an archive tell another size of its sheet."""
    raw, name = bytearray(path.read_bytes()), b"xl/worksheets/sheet1.xml"
    for at, offset in ((raw.index(name), 8), (raw.rindex(name), 22)):
        struct.pack_into("<I", raw, at - offset, size)
    path.write_bytes(raw)
    return path


def test_an_archive_that_tells_a_huge_size_is_refused(tmp_path):
    assert refused(with_size(new(tmp_path / "a.xlsx"), 600_000_000)) == "too_large"


def test_an_archive_that_tells_less_than_it_unpacks_to_is_refused(tmp_path):
    assert refused(with_size(new(tmp_path / "a.xlsx", ROWS * 500), 100)) == "corrupt_file"


def test_a_sheet_that_lies_about_its_size_costs_nothing(tmp_path):
    def edit(entries):
        name = "xl/worksheets/sheet1.xml"
        told = entries[name].replace(b'<dimension ref="A1:C3"', b'<dimension ref="A1:XFD1048576"')
        assert told != entries[name]
        return entries | {name: told}

    assert listed(read_sheets(changed(new(tmp_path / "a.xlsx"), edit))[0]) == ROWS


def test_a_cell_at_the_end_of_the_sheet_is_refused_and_named(tmp_path):
    path = new(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    book.active["XFD1048576"] = 1
    book.save(path)
    assert refused(path) == "sheet_too_large"
    with pytest.raises(DataError, match="XFD1048576"):
        read_sheets(path, lang="zh")


def test_formats_down_to_the_last_row_are_no_cells(tmp_path):
    path = new(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    book.active["XFD1048576"].number_format = "@"
    book.save(path)
    assert listed(read_sheets(path)[0]) == ROWS


def test_a_workbook_with_a_password_is_refused(tmp_path):
    # An encrypted workbook is a compound file that holds one stream of this name.
    path = old(tmp_path / "a.xls")
    raw = path.read_bytes()
    stream = "Workbook".encode("utf-16-le")
    entry = raw.index(stream)
    name = "EncryptedPackage".encode("utf-16-le")
    changed_entry = name + b"\0" * (64 - len(name)) + struct.pack("<H", len(name) + 2)
    path.write_bytes(raw[:entry] + changed_entry + raw[entry + len(changed_entry) :])
    assert refused(path) == "password"


def test_reading_warns_of_nothing_and_changes_nothing(tmp_path):
    path = new(tmp_path / "a.xlsx")
    before = path.read_bytes(), path.stat().st_mtime_ns
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_sheets(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_another_format_and_a_missing_file_are_refused(tmp_path):
    (tmp_path / "a.docx").write_bytes(b"PK")
    assert refused(tmp_path / "a.docx") == "unknown_format"
    assert refused(tmp_path / "b.xls") == "no_table_file"


def test_a_quote_that_nothing_closes_is_refused_with_its_row(tmp_path):
    (tmp_path / "a.csv").write_text('id,name\n1,"one\n2,two\n', encoding="utf-8")
    assert refused(tmp_path / "a.csv") == "corrupt_file"
    (tmp_path / "a.csv").write_text('id,name\n1,5" pipe\n2,a "b" c\n', encoding="utf-8")
    assert listed(read_sheets(tmp_path / "a.csv")[0])[1:] == [["1", '5" pipe'], ["2", 'a "b" c']]
