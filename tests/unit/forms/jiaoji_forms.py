"""The 教基 workbook of a made-up school, drawn by hand.

Nothing here reads the descriptions of the library: where each number stands is written
down anew, as the printed forms have it.
"""

from drawn_pages import Page, bands_of, codes_below
from made_up_schools import BANDS, GRADES, URBAN, WORDS, has


def _jiaoji_1001(school, end):
    kind_words = WORDS[school.kind][1]
    p = Page(f"教基1001{end}")
    p.put("A1", f"学校（机构）统计调查表（{school.year}/{school.year + 1}学年）")
    p.merge("A1:C1")
    p.put("A2", "指标名称", "代码", "内容")
    lines = {
        3: ("学校（机构）标识码", school.code),
        4: ("学校（机构）名称", school.name),
        14: ("学校（机构）地址", school.address),
        15: ("学校（机构）地址代码", "340123101001"),
        20: ("学校（机构）所在地城乡类型", f"{school.urban} {URBAN[school.urban]}"),
        25: ("学校（机构）办学类型", f"{WORDS[school.kind][0]} {kind_words}"),
        26: ("学校（机构）举办者", school.owner),
        40: ("经度", school.lon),
        41: ("纬度", school.lat),
    }
    for row, (label, value) in lines.items():
        p.put(f"A{row}", label, f"{row - 2:02d}", value)
    return p


def _jiaoji_1102(school, end):
    p = Page(f"教基1102续{end}")
    p.put("A1", "学校基本情况（续表）")
    p.put("A2", "指标名称", None, "代码", "数值")
    p.merge("A2:B2")
    p.put("A8", "体育器械配备达标", None, "07", "是")
    p.put("A9", "理科实验仪器达标", None, "08", "是")
    p.put("A12", "县级及以上骨干教师")
    p.merge("A12:A13")
    p.put("B12", "小学", "11", school.key.get("primary", "*"))
    p.put("B13", "初中", "12", school.key.get("junior", "*"))
    return p


def _jiaoji_2106(school, end):
    p = Page(f"教基2106{end}")
    p.put("A1", "小学班额情况")
    p.put("A3", "指标名称", "代码", "合计", *GRADES, "复式班")
    codes_below(p, 4, "A", 2, 8)
    p.put("A5", "总计", "01")
    rows = bands_of(p, school, "primary", first="C", row=5)
    for band, row in zip(BANDS, rows, strict=True):
        p.put(f"A{row}", band, f"{int(row) - 4:02d}")
    return p


def _jiaoji_3112(school, end):
    p = Page(f"教基3112{end}")
    p.put("A1", "小学分类型学生数")
    p.put("A3", "指标名称", "代码", "毕业生数", "招生数")
    p.put("E3", "#受过学前教育")
    p.merge("E3:H3")
    p.put("E4", "未接受过", "一年", "两年", "三年")
    p.put("I3", "在校生数", "#女", *GRADES, "预计毕业生数")
    p.merge("I3:I4")
    codes_below(p, 5, "A", 2, 15)
    grades = school.of_stage("primary")
    p.put("A6", "总计", "01", 900, grades[0], 0, 0, 0, grades[0], sum(grades), 9, *grades, 7)
    rest = (
        ("#女", 9), ("#少数民族", 0), ("#复式班", "-"), ("#寄宿生", school.boarders["primary"]),
        ("#随迁子女", 3), ("外省迁入", 1), ("本省外县迁入", 2), ("#进城务工人员随迁子女", 1),
        ("外省迁入", 0), ("本省外县迁入", 1), ("#农村留守儿童", school.left_behind["primary"]),
    )  # fmt: skip
    for i, (word, n) in enumerate(rest):
        p.put(f"A{7 + i}", word, f"{2 + i:02d}", "-", "-", "-", "-", "-", "-", n)
    return p


def _jiaoji_4155(school, end):
    p = Page(f"教基4155{end}")
    p.put("A1", "小学专任教师分课程、分学历情况")
    p.put("A3", "指标名称", "代码", "合计", "道德与法治", "语文", "数学", "外语", "科学",
          "信息技术", "劳动", "综合实践", "体育与健康", "艺术", "音乐", "美术")  # fmt: skip
    codes_below(p, 5, "A", 2, 13)
    sports, art, music, painting = school.arts["primary"]
    p.put("A6", "总计", "01", school.teachers["primary"])
    p.put("L6", sports, art, music, painting)
    p.put("A7", "#女", "02", 8)
    p.put("A8", "#少数民族", "03", 1)
    post, bachelor, college = school.degree["primary"]
    for i, (word, n) in enumerate(
        (("博士研究生", 0), ("硕士研究生", post), ("本科", bachelor), ("专科", college))
    ):
        p.put(f"A{9 + i}", word, f"{4 + i:02d}", n)
    return p


def _jiaoji_2107(school, end):
    p = Page(f"教基2107{end}")
    p.put("A1", "初中班额情况")
    p.put("A3", "指标名称", "代码", "合计", *GRADES[:4])
    codes_below(p, 4, "A", 2, 5)
    p.put("A5", "总计", "01")
    rows = bands_of(p, school, "junior", first="C", row=5)
    for band, row in zip(BANDS, rows, strict=True):
        p.put(f"A{row}", band, f"{int(row) - 4:02d}")
    return p


def _jiaoji_3115(school, end):
    p = Page(f"教基3115{end}")
    p.put("A1", "初中分类型学生数")
    p.put("A3", "指标名称", "代码", "毕业生数", "招生数", "在校生数", "#女", *GRADES[:4])
    codes_below(p, 5, "A", 2, 9)
    grades = school.of_stage("junior")
    p.put("A6", "总计", "01", 40, grades[0], sum(grades), 9, *grades, "-")
    p.put("A10", "#寄宿生", "05", "-", "-", school.boarders["junior"])
    p.put("A17", "#农村留守儿童", "12", "-", "-", school.left_behind["junior"])
    return p


def _jiaoji_4156(school, end):
    p = Page(f"教基4156{end}")
    p.put("A1", "初中专任教师分课程、分学历情况")
    p.put("A3", "指标名称", "代码", "合计")
    p.put("U3", "体育与健康", "艺术", "音乐", "美术")
    codes_below(p, 5, "A", 2, 22)
    p.put("A6", "总计", "01", school.teachers["junior"])
    p.put("U6", *school.arts["junior"])
    post, bachelor, college = school.degree["junior"]
    for i, (word, n) in enumerate(
        (("博士研究生", 0), ("硕士研究生", post), ("本科", bachelor), ("专科", college))
    ):
        p.put(f"A{10 + i}", word, f"{4 + i:02d}", n)
    return p


def _jiaoji_3118(school, end):
    p = Page(f"教基3118{end}")
    p.put("A1", "普通高中分类型学生数")
    p.put("A3", "指标名称", "代码", "毕业生数", "招生数", "在校生数", "#女", *GRADES[:3])
    codes_below(p, 5, "A", 2, 8)
    p.put("A6", "总计", "01", 40, 40, school.senior, 9, school.senior, 0, 0)
    return p


def _jiaoji_4153(school, end):
    p = Page(f"教基4153{end}")
    p.put("A1", "中小学专任教师专业技术职务情况")
    p.put("A3", "指标名称", "代码", "合计", "#女")
    codes_below(p, 5, "A", 2, 2)
    p.put("A6", "总计", "01", sum(school.teachers.values()))
    for row, stage, word in ((7, "primary", "小学"), (16, "junior", "初中")):
        p.put(f"A{row}", word, "02", school.teachers.get(stage, 0))
        titles = school.titles.get(stage, ("-", "-", "-"))
        for i, (title, n) in enumerate(zip(("正高级", "副高级", "中级"), titles, strict=True)):
            p.put(f"A{row + 1 + i}", title, f"{3 + i:02d}", n)
        p.put(f"A{row + 4}", "助理级", "06", 1)
    return p


def _jiaoji_5170(school, end):
    p = Page(f"教基5170{end}")
    p.put("A1", "中小学校舍情况")
    p.put("A3", "指标名称", None, None, "计量单位", "代码", "学校产权校舍建筑面积")
    p.merge("F3:H3")
    p.put("F4", "计", "#危房", "#当年新增校舍")
    codes_below(p, 6, "A", 1, 0)
    p.put("A6", "甲", None, None, "乙", "丙", "1", "2", "3")
    p.put("A9", "总计", None, None, "平方米", "01", school.rooms + 900)
    p.put("A10", "一、教学及辅助用房", None, None, "平方米", "02", school.rooms)
    p.put("A17", "体育馆", None, None, "平方米", "09", school.gym)
    p.put("A20", "学生宿舍（公寓）", None, None, "平方米", "11", 200)
    p.put("A23", "厕所", None, None, "平方米", "13", school.toilets)
    return p


def _jiaoji_5176(school, end):
    p = Page(f"教基5176{end}")
    p.put("A1", "中小学占地面积及其他办学条件")
    p.put("A3", "指标名称", "计量单位", "代码", "学校产权", "非学校产权独立使用")
    codes_below(p, 5, "A", 3, 2)
    lines = {
        6: ("占地面积", "平方米", 20000),
        7: ("#运动场地面积", "平方米", school.ground),
        12: ("图书", "册", school.books),
        14: ("数字终端数", "台", 300),
        15: ("#教学用计算机", "台", school.computers),
        16: ("教室", "间", 60),
        17: ("#网络多媒体教室", "间", school.multimedia),
        18: ("固定资产总值", "万元", 900),
        19: ("#教学仪器设备资产值", "万元", school.equipment_wan),
    }
    for row, (word, unit, n) in lines.items():
        p.put(f"A{row}", word, unit, f"{row - 5:02d}", n, "-")
    return p


JIAOJI = (
    (_jiaoji_1001, ""),
    (_jiaoji_1102, ""),
    (_jiaoji_2106, "primary"),
    (_jiaoji_3112, "primary"),
    (_jiaoji_4155, "primary"),
    (_jiaoji_2107, "junior"),
    (_jiaoji_3115, "junior"),
    (_jiaoji_4156, "junior"),
    (_jiaoji_3118, "senior"),
    (_jiaoji_4153, ""),
    (_jiaoji_5170, ""),
    (_jiaoji_5176, ""),
)


def jiaoji(school, *, suffix=True):
    """Draw the 教基 workbook of a school; sheets are named by form and kind."""
    end = f"_{WORDS[school.kind][1]}" if suffix else ""
    return [draw(school, end) for draw, stage in JIAOJI if has(school, stage)]
