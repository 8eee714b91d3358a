"""Defects of the files themselves."""

import shutil
import zipfile
from pathlib import Path

import openpyxl
from delivery import Defect, Delivery

BOOK = "学校与村庄.xlsx"


def as_csv(name, written):
    def change(delivery: Delivery) -> list[str]:
        delivery.csv[name] = written
        return []

    return change


def afterwards(change_folder):
    def change(delivery: Delivery) -> list[str]:
        delivery.after.append(change_folder)
        return []

    return change


def one_bad_byte(text):
    raw = text.encode("utf-8")
    at = raw.index("村".encode(), 200)
    return raw[:at] + b"\xff" + raw[at + 1 :]


def cut_in_half(folder: Path):
    raw = (folder / BOOK).read_bytes()
    (folder / BOOK).write_bytes(raw[: len(raw) // 2])


def web_page(folder: Path):
    (folder / BOOK).write_text("<html><body>请登录</body></html>", encoding="utf-8")


def formulas(folder: Path):
    """Sums whose values the file does not hold."""
    book = openpyxl.load_workbook(folder / BOOK)
    sheet = book["村庄"]
    sheet["D3"] = "=D4+1"
    book.save(folder / BOOK)


def no_dbf(folder: Path):
    (folder / "道路.dbf").unlink()


def no_shx(folder: Path):
    (folder / "道路.shx").unlink()


def no_shp(folder: Path):
    (folder / "道路.shp").unlink()


def second_copy(folder: Path):
    shutil.copy(folder / BOOK, folder / f"副本{BOOK}")


def owner_file(folder: Path):
    (folder / f"~${BOOK}").write_bytes(b"\x00" * 60)


def further_files(folder: Path):
    (folder / "说明.txt").write_text("数据说明", encoding="utf-8")
    (folder / "Thumbs.db").write_bytes(b"\x00")


def macro_and_links(folder: Path):
    with zipfile.ZipFile(folder / BOOK, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\x00macro")
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")


def hidden_rows(folder: Path):
    book = openpyxl.load_workbook(folder / BOOK)
    book["学校"].row_dimensions[4].hidden = True
    book["学校"].sheet_state = "visible"
    book.save(folder / BOOK)


SAME = {
    "villages as CSV in UTF-8": (as_csv("villages", lambda t: t.encode("utf-8")), set()),
    "villages as CSV with a mark at its head": (
        as_csv("villages", lambda t: t.encode("utf-8-sig")),
        set(),
    ),
    "villages as CSV in GBK": (as_csv("villages", lambda t: t.encode("gbk")), set()),
    "villages as CSV in UTF-16": (as_csv("villages", lambda t: t.encode("utf-16")), set()),
    "lines that end in CR alone": (
        as_csv("villages", lambda t: t.replace("\n", "\r").encode("gbk")),
        set(),
    ),
    "lines that end in CR LF": (
        as_csv("villages", lambda t: t.replace("\n", "\r\n").encode("gbk")),
        set(),
    ),
    "semicolons between cells": (
        as_csv("villages", lambda t: t.replace(",", ";").encode("utf-8")),
        set(),
    ),
    "tabs between cells": (
        as_csv("villages", lambda t: t.replace(",", "\t").encode("utf-8")),
        set(),
    ),
    "a file that Excel left open": (afterwards(owner_file), set()),
    "other files in the folder": (afterwards(further_files), set()),
    "a macro and an external link": (
        afterwards(macro_and_links),
        {"macros", "external_links"},
    ),
    "a hidden row": (afterwards(hidden_rows), set()),
}

NAMED = {
    "one byte that is no UTF-8": (as_csv("villages", one_bad_byte), {"lost_bytes"}),
    "a formula without its value": (afterwards(formulas), {"formulas_without_value"}),
}

REFUSED = {
    "a workbook cut in half": (afterwards(cut_in_half), {"corrupt_file"}),
    "a web page called .xlsx": (afterwards(web_page), {"page_for_workbook"}),
    "a shapefile without its index": (afterwards(no_shx), {"corrupt_file", "shapefile_incomplete"}),
    "a shapefile without lines": (
        afterwards(no_shp),
        {"missing_table", "corrupt_file", "shapefile_incomplete"},
    ),
    "two workbooks of the same tables": (afterwards(second_copy), {"two_tables"}),
}


def defects() -> list[Defect]:
    """All of them."""
    kinds = ((SAME, "repaired"), (NAMED, ""), (REFUSED, "refused"))
    return [
        Defect(
            name=name,
            change=change,
            codes=frozenset(codes),
            repaired=kind == "repaired",
            refused=kind == "refused",
        )
        for group, kind in kinds
        for name, (change, codes) in group.items()
    ]
