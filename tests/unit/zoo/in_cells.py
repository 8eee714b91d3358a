"""Defects in headings and cells of a workbook."""

from delivery import Defect, Delivery

VILLAGES, SCHOOLS, FLOWS = "villages", "schools", "flows"


def _each(delivery: Delivery, name: str, column: str, worded) -> list[str]:
    table = delivery[name]
    table[column] = [worded(v) for v in table[column]]
    return []


def cell(table, column, at, value):
    """A defect in one cell: the value may be made from the one that is there."""

    def change(delivery: Delivery) -> list[str]:
        old = delivery[table][column].iloc[at]
        delivery.put(table, column, at, value(old) if callable(value) else value)
        return [delivery.row(table, at)]

    return change


def column(table, heading, worded):
    return lambda delivery: _each(delivery, table, heading, worded)


def renamed(table, **headings):
    def change(delivery: Delivery) -> list[str]:
        delivery.sheets[table] = delivery[table].rename(columns=headings)
        return []

    return change


def dropped(table, heading):
    def change(delivery: Delivery) -> list[str]:
        delivery.sheets[table] = delivery[table].drop(columns=heading)
        return []

    return change


def title_lines(delivery):
    delivery.above["villages"] = [
        ["霁川县2026年村庄学生情况统计表"],
        ["填报单位：霁川县教育局"],
        [],
    ]


def title_merged(delivery):
    delivery.above["schools"] = [["霁川县学校基本情况"]]
    delivery.merged["schools"] = ["A1:F1"]


def two_heading_rows(delivery):
    """Pupils by grade under one merged heading."""
    table = delivery["villages"]
    heads = list(table.columns)
    first = ["学生数" if "年级学生数" in h else h for h in heads]
    second = [h.replace("学生数", "") if "年级学生数" in h else None for h in heads]
    at = [i for i, h in enumerate(first) if h == "学生数"]
    first = [None if h == "学生数" and i != at[0] else h for i, h in enumerate(first)]
    delivery.above["villages"] = [first, second]
    delivery.headless.add("villages")
    letters = [chr(65 + i) for i in (at[0], at[-1])]
    delivery.merged["villages"] = [f"{letters[0]}1:{letters[1]}1"]


def letters_and_numbers(delivery):
    width = len(delivery["schools"].columns)
    delivery.below["schools"] = []
    delivery.above["schools"] = [["甲"] * width]


def total_row(delivery):
    table = delivery["villages"]
    row = ["合计", None, None]
    for heading in table.columns[3:]:
        numeric = heading not in ("经度", "纬度")
        row.append(int(table[heading].sum()) if numeric else None)
    delivery.below["villages"] = [row]


def coded_subtotal(delivery):
    """A total under the code of the township, as statistical lists write it."""
    import pandas as pd

    table = delivery["villages"]
    town = table["乡镇代码"].iloc[0]
    rows = table[table["乡镇代码"] == town]
    line = {h: rows[h].sum() for h in table.columns[3:] if h not in ("经度", "纬度")}
    line |= {"村代码": f"{town}000", "村名": "城关镇小计", "乡镇代码": town}
    line |= {h: rows[h].mean() for h in ("经度", "纬度")}
    delivery.sheets["villages"] = pd.concat([table, pd.DataFrame([line])])[table.columns].astype(
        object
    )


def teachers_apart(delivery):
    """Staff in a sheet of its own that is no table of ours."""
    table = delivery["schools"]
    part = table[["学校标识码", "学校名称", "教职工数"]]
    delivery.sheets["staff"] = part
    delivery.titles["staff"] = "教师"


def wrong_total_row(delivery):
    total_row(delivery)
    delivery.below["villages"][0][3] += 1000


def subtotal_rows(delivery):
    """小计 after each township."""
    import pandas as pd

    table = delivery["villages"]
    parts = []
    for town, rows in table.groupby("乡镇代码", sort=False):
        line = {h: rows[h].sum() for h in table.columns[3:] if h not in ("经度", "纬度")}
        parts += [rows, pd.DataFrame([{"村名": "小计", "乡镇代码": town, **line}])]
    delivery.sheets["villages"] = pd.concat(parts)[table.columns].astype(object)


def notes_below(delivery):
    delivery.below["schools"] = [[], ["注：本表由县教育局填报，数据截至2026年9月。"]]


def notes_column(delivery):
    delivery["schools"]["备注"] = "无"
    delivery.put("schools", "备注", 2, "拟撤并")


def blank_rows(delivery):
    import pandas as pd

    table = delivery["villages"]
    blank = pd.DataFrame([[None] * len(table.columns)] * 2, columns=table.columns)
    delivery.sheets["villages"] = pd.concat([table[:7], blank, table[7:]]).astype(object)


def blank_columns(delivery):
    table = delivery["villages"]
    table.insert(2, "Unnamed", None)
    delivery.sheets["villages"] = table.rename(columns={"Unnamed": ""})


def other_sheet_names(delivery):
    delivery.titles = {"villages": "Sheet1", "schools": "表2", "candidates": "3", "flows": "流向表"}


def wan(delivery):
    _each(delivery, "schools", "教学仪器设备值", lambda v: v / 10_000)
    delivery.sheets["schools"] = delivery["schools"].rename(
        columns={"教学仪器设备值": "教学仪器设备资产值（万元）"}
    )


def wan_untold(delivery):
    _each(delivery, "schools", "教学仪器设备值", lambda v: v / 10_000)


def zeros_lost(delivery):
    """Township codes are fine; a school's code has lost a digit at its end as a number."""
    _each(delivery, "schools", "学校标识码", int)


def village_codes_as_numbers(delivery):
    for name in ("villages", "flows"):
        _each(delivery, name, "村代码", float)


def codes_in_scientific_form(delivery):
    delivery.put("villages", "村代码", 3, "3.49901E+11")
    return ["3.49901E+11"]


def school_code_cut(delivery):
    """A digit is lost wherever the code stands."""
    old = delivery.row("schools", 9)
    for name in ("schools", "flows"):
        _each(delivery, name, "学校标识码", lambda v: v[:-1] if v == old else v)
    return [old[:-1]]


def township_unknown(delivery):
    delivery.put("villages", "乡镇代码", 3, "349901999")
    return ["349901999"]


def duplicate_row(delivery):
    import pandas as pd

    table = delivery["schools"]
    delivery.sheets["schools"] = pd.concat([table, table.iloc[[4]]])
    return [delivery.row("schools", 4)]


def same_code_twice(delivery):
    delivery.put("villages", "村代码", 5, delivery.row("villages", 6))
    return [delivery.row("villages", 6)]


def grades_apart(delivery):
    """One column a grade instead of one a band."""
    table = delivery["villages"]
    words = "一二三四五六七八九"
    for band, grades in (("1-3", words[:3]), ("4-6", words[3:6]), ("7-9", words[6:])):
        whole = table.pop(f"{band}年级学生数")
        part = [int(v) // 3 for v in whole]
        table[f"{grades[0]}年级学生数"] = part
        table[f"{grades[1]}年级学生数"] = part
        table[f"{grades[2]}年级学生数"] = [int(v) - 2 * p for v, p in zip(whole, part, strict=True)]


def swapped_columns(delivery):
    """Minority of cells: population and pupils exchanged in one row."""
    table = delivery["villages"]
    a, b = table["常住人口"].iloc[4], table["1-3年级学生数"].iloc[4]
    delivery.put("villages", "常住人口", 4, b)
    delivery.put("villages", "1-3年级学生数", 4, a)
    return [delivery.row("villages", 4)]


SAME = {
    "a code in scientific form": (codes_in_scientific_form, {"codes_completed"}),
    "three lines of title above the headings": (title_lines, set()),
    "a merged title": (title_merged, set()),
    "two rows of headings, merged": (two_heading_rows, set()),
    "a row of 甲 above the headings": (letters_and_numbers, set()),
    "a row of totals": (total_row, {"totals_left_out"}),
    "a subtotal with the code of its township": (coded_subtotal, {"totals_left_out"}),
    "subtotals by township": (subtotal_rows, {"totals_left_out"}),
    "a note below the table": (notes_below, {"rows_left_out", "notes_left_out"}),
    "empty rows in the middle": (blank_rows, set()),
    "an empty column": (blank_columns, set()),
    "a column of notes": (notes_column, set()),
    "sheets with other names": (other_sheet_names, {"table_guessed"}),
    "equipment in 10,000 yuan, as the heading says": (wan, {"unit_converted"}),
    "school codes as numbers": (zeros_lost, set()),
    "village codes as decimal numbers": (village_codes_as_numbers, set()),
    "grades one by one": (grades_apart, {"headings_guessed"}),
    "other words: 常住人口数": (
        renamed("villages", 常住人口="常住人口数（人）"),
        {"headings_guessed"},
    ),
    "other words: 行政村": (renamed("villages", 村名="行政村"), {"headings_guessed"}),
    "other words: 统计用区划代码": (
        renamed("villages", 村代码="统计用区划代码"),
        {"headings_guessed"},
    ),
    "other words: 学校（机构）标识码": (
        renamed("schools", 学校标识码="学校(机构)标识码"),
        set(),
    ),
    "other words: 学校（机构）名称（章）": (
        renamed("schools", 学校名称="学校（机构）名称（章）"),
        set(),
    ),
    "other words: 学校办学类型": (
        renamed("schools", 办学类型="学校（机构）办学类型"),
        {"headings_guessed"},
    ),
    "other words: 班数": (renamed("schools", 教学班数="班数"), {"headings_guessed"}),
    "other words: 专任教师": (renamed("schools", 专任教师数="专任教师"), {"headings_guessed"}),
    "other words: 图书": (renamed("schools", 图书册数="图书（册）"), {"headings_guessed"}),
    "blanks and a line break in a heading": (
        renamed("villages", 常住人口=" 常住\n人 口 "),
        set(),
    ),
    "full-width digits in a heading": (
        renamed("villages", **{"1-3年级学生数": "\uff11\uff0d\uff13年级学生数"}),
        set(),
    ),
    "_x000D_ in a heading": (renamed("villages", 常住人口="常住人口_x000D_"), set()),
    "births headed 新生儿": (
        renamed("villages", **{"2023年出生人数": "2023年新生儿数"}),
        set(),
    ),
    "numbers as text": (column("villages", "常住人口", str), set()),
    "thousands with commas": (column("villages", "常住人口", lambda v: f"{v:,}"), {"numbers_read"}),
    "numbers with 人": (column("villages", "常住人口", lambda v: f"{v}人"), {"numbers_read"}),
    "full-width numbers": (
        column(
            "villages",
            "常住人口",
            lambda v: str(v).translate({48 + i: 65296 + i for i in range(10)}),
        ),
        {"numbers_read"},
    ),
    "blanks around numbers": (column("villages", "常住人口", lambda v: f" {v} "), set()),
    "blanks around codes": (column("villages", "村代码", lambda v: f" {v}\u3000"), set()),
    "full-width codes": (
        cell(
            "villages", "村代码", 3, lambda v: v.translate({48 + i: 65296 + i for i in range(10)})
        ),
        {"codes_read"},
    ),
    "an apostrophe before a code": (
        cell("schools", "学校标识码", 3, lambda v: f"'{v}"),
        {"codes_read"},
    ),
    "kinds in Chinese": (
        column(
            "schools",
            "办学类型",
            {
                "primary": "小学",
                "junior": "初级中学",
                "nine_year": "九年一贯制学校",
                "teaching_point": "教学点",
                "complete_secondary": "完全中学",
                "special": "特殊教育学校",
            }.get,
        ),
        {"kinds_read"},
    ),
    "kinds by code": (
        column(
            "schools",
            "办学类型",
            {
                "primary": "211",
                "junior": "311",
                "nine_year": "312",
                "teaching_point": "218",
                "complete_secondary": "341",
                "special": "519",
            }.get,
        ),
        {"kinds_read"},
    ),
}
"""Repaired, and told where something was guessed."""

NAMED = {
    "a sheet that is no table": (teachers_apart, {"parts_unused"}),
    "women only, as the brackets say": (
        renamed("villages", 常住人口="常住人口（其中：女）"),
        {"heading_remarks"},
    ),
    "dollars, as the brackets say": (
        renamed("schools", 教学仪器设备值="教学仪器设备值（美元）"),
        {"heading_remarks"},
    ),
    "two columns of population": (
        lambda d: [d["villages"].insert(4, "常住人口数", d["villages"]["常住人口"])],
        {"headings_unused"},
    ),
    "— for no beds": (
        column("schools", "床位数", lambda v: "—" if v == 0 else v),
        {"not_applicable"},
    ),
    "* for no beds": (
        column("schools", "床位数", lambda v: "*" if v == 0 else v),
        {"not_applicable"},
    ),
    "-1 for no beds": (
        column("schools", "床位数", lambda v: -1 if v == 0 else v),
        {"not_applicable"},
    ),
    "无 for no beds": (
        column("schools", "床位数", lambda v: "无" if v == 0 else v),
        {"not_applicable"},
    ),
    "totals that are not the sum": (wrong_total_row, {"totals_differ"}),
    "equipment in 10,000 yuan, untold": (wan_untold, {"money_unit_doubtful"}),
    "pupils above population": (
        cell("villages", "常住人口", 3, 20),
        {"pupils_above_population"},
    ),
    "population and pupils exchanged": (swapped_columns, {"pupils_above_population"}),
    "births that jump": (
        cell("villages", "2023年出生人数", 0, 9_000),
        {"births_jump"},
    ),
    "a village without pupils": (
        lambda d: [
            [d.put("villages", f"{b}年级学生数", 8, 0) for b in ("1-3", "4-6", "7-9")]
            and d.row("villages", 8)
        ][0:1],
        {"no_pupils_in_village", "flows_differ"},
    ),
    "a village without a name": (cell("villages", "村名", 4, None), {"no_name"}),
    "two schools of one name": (
        cell("schools", "学校名称", 3, lambda _: "竹口村小学"),
        {"same_name"},
    ),
    "enrolment above places": (cell("schools", "学位数", 2, 20), {"crowded"}),
    "enrolment that differs from flows": (
        cell("schools", "1-3年级在校生数", 2, 500),
        {"enrolment_differs"},
    ),
    "more teachers than staff": (cell("schools", "教职工数", 2, 3), {"part_above_whole"}),
    "more key teachers than teachers": (
        cell("schools", "县级以上骨干教师数", 2, 99),
        {"part_above_whole"},
    ),
    "classes far too large": (cell("schools", "教学班数", 0, 6), {"class_size_odd"}),
    "more classes than classrooms": (
        cell("schools", "教室数", 0, 10),
        {"classes_above_classrooms"},
    ),
    "a school code of nine digits": (
        school_code_cut,
        {"code_pattern", "school_code_pattern", "codes_odd_length", "unknown_reference"},
    ),
    "a village code whose township is another": (
        cell("villages", "乡镇代码", 3, "349901101"),
        {"division_code_township"},
    ),
    "a control character in a name": (
        cell("villages", "村名", 3, lambda v: f"{v}\u200b\u202e"),
        {"name_control_characters"},
    ),
}
"""Read as they are and named by the check."""

REFUSED = {
    "two numbers in one cell": (cell("villages", "常住人口", 3, "2019 1200"), {"not_a_number"}),
    "the same row twice": (duplicate_row, {"duplicate_id"}),
    "the same code for two villages": (same_code_twice, {"duplicate_id"}),
    "a blank code": (cell("schools", "学校标识码", 3, None), {"blank_id"}),
    "a negative number": (cell("schools", "学位数", 3, -40), {"negative"}),
    "words for a number": (cell("schools", "学位数", 3, "很多"), {"not_a_number"}),
    "half a class": (cell("schools", "教学班数", 3, 5.5), {"not_whole"}),
    "an unknown kind": (cell("schools", "办学类型", 3, "驾校"), {"unknown_value"}),
    "a kind left blank": (cell("schools", "办学类型", 3, None), {"blank_value"}),
    "a township that is not there": (
        township_unknown,
        {"unknown_reference"},
    ),
    "flows to a school that is not there": (
        lambda d: [
            d.sheets["flows"].__setitem__(
                "学校标识码", ["9999999999", *d["flows"]["学校标识码"][1:]]
            )
        ],
        {"unknown_reference"},
    ),
    "no column of codes": (dropped("villages", "村代码"), {"missing_column"}),
    "no column of kinds": (dropped("schools", "办学类型"), {"missing_column"}),
    "no coordinates": (
        lambda d: [d.sheets.__setitem__("villages", d["villages"].drop(columns=["经度", "纬度"]))],
        {"missing_geometry"},
    ),
    "no villages": (lambda d: d.sheets.pop("villages") is None or [], {"missing_table"}),
    "an empty table": (
        lambda d: [d.sheets.__setitem__("schools", d["schools"][:0])],
        {"empty_table"},
    ),
}
"""Refused with the reason: what is meant cannot be known."""


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
