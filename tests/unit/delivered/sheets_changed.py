"""Sheets of the made-up delivery, and headings as bureaus write them."""

VILLAGES, SCHOOLS, CANDIDATES, FLOWS = "村庄", "学校", "候选校址", "就读流向"


def rename(sheet, names):
    def change(sheets):
        head = sheets[sheet][0]
        for old, new in names.items():
            head[head.index(old)] = new

    return change


ALIASES = {
    VILLAGES: {
        "村代码": "统计用区划代码（12位）",
        "村名": "行政村\n名称",
        "乡镇代码": "所属乡镇编码".replace("所属", ""),
        "常住人口": "一、常住人口数 (人)",
        "1-3年级学生数": "一至三年级学生数",
        "4-6年级学生数": "4～6年级学生数（人）",
        "7-9年级学生数": "初中学生数",
        "留守儿童数": "其中：农村留守儿童",
        "2023年出生人数": "２０２３年新生儿",
        "经度": "东经（°）",
        "纬度": "北纬（°）",
    },
    SCHOOLS: {
        "学校标识码": "学校（机构）标识码",
        "学校名称": "学校全称（章）",
        "办学类型": "学校（机构）办学类型",
        "教学班数": "班级数",
        "专任教师数": "专任教师",
        "教学及辅助用房面积": "(一)教学及辅助用房_x000D_",
        "教学仪器设备值": "教学仪器设备资产值（元）",
        "计算机台数": "教学用计算机",
        "图书册数": "图书（册）",
    },
    CANDIDATES: {"建设投资": "投资估算（元）", "候选校址代码": "候选点代码"},
    FLOWS: {"村代码": "村编码", "学校标识码": "就读学校代码"},
}


def grades(rows):
    """Spread the pupils of each band over its three grades, below one merged heading."""
    head, *body = rows
    bands = [head.index(f"{g}年级在校生数") for g in ("1-3", "4-6", "7-9")]
    top = [*head[: bands[0]], "在校生数", *[None] * 8, *head[bands[2] + 1 :]]
    below = [None] * len(top)
    for i, name in enumerate("一二三四五六七八九"):
        below[bands[0] + i] = f"{name}年级"
    spread = []
    for row in body:
        cells = []
        for at in bands:
            pupils = row[at] or 0
            cells += [pupils // 3, pupils // 3, pupils - 2 * (pupils // 3)]
        spread.append([*row[: bands[0]], *cells, *row[bands[2] + 1 :]])
    return top, below, spread, bands[0]


def letter(column):
    from openpyxl.utils import get_column_letter

    return get_column_letter(column + 1)
