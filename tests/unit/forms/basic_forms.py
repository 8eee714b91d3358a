"""The 基础基 workbook of a made-up school, drawn by hand.

Nothing here reads the descriptions of the library: where each number stands is written
down anew, as the printed forms have it.
"""

from drawn_pages import Page, bands_of, codes_below
from made_up_schools import BANDS, GRADES, URBAN, WORDS, has


def _basic_111(school):
    kind_code, kind_words = WORDS[school.kind]
    p = Page("基础基111")
    p.put("B2", "基础教育学校（机构）统计调查表")
    p.merge("B2:K2")
    p.put("B3", f"{school.year} /{school.year + 1}学年")
    p.put("B6", "学校（机构）_x000D_\n标识码")
    p.put("D6", "学校（机构）名称（章）")
    p.put("B7", school.code)
    p.put("D7", school.name)
    p.put("D9", "学校（机构）地址")
    p.merge("D9:F9")
    p.put("G9", "学校（机构）驻地城乡类型")
    p.put("B10", "名称")
    p.put("D10", school.address)
    p.put("G10", URBAN[school.urban])
    p.put("B11", "代码")
    p.put("D11", "340123101001")
    p.put("G11", school.urban)
    p.put("D13", "学校（机构）办学类型", "学校（机构）举办者")
    p.put("G13", "规定年制")
    p.merge("G13:H13")
    p.put("I13", "规定入学年龄")
    p.merge("I13:J13")
    p.put("B14", "名称")
    p.put("D14", kind_words, school.owner)
    p.put("B15", "代码")
    p.put("D15", kind_code, "831")
    has = {s: s in school.stages for s in ("primary", "junior")}
    p.put("G14", "小学", "6" if has["primary"] else "*", "小学", "6" if has["primary"] else "*")
    p.put("G15", "初中", "3" if has["junior"] else "*", "初中", "12" if has["junior"] else "*")
    p.put("J18", "经度", "纬度")
    p.put("J19", school.lon, school.lat)
    return p


def _basic_112(school):
    p = Page("基础基112")
    p.put("B2", "学校基本情况（续表）")
    p.put("B4", "指标名称", None, "内容")
    p.put("B6", "乡镇中心小学", None, "否")
    p.put("B30", "县级及以上骨干教师（人）")
    p.merge("B30:B32")
    for i, (stage, word) in enumerate(
        (("primary", "小学"), ("junior", "初中"), ("senior", "高中"))
    ):
        p.put(f"C{30 + i}", word, str(school.key.get(stage, "*")))
    return p


def _basic_212(school):
    p = Page("基础基212")
    p.put("B2", "小学教学班数、班额情况")
    p.put("B4", "指标名称", "编号", "计量单位", "合计", *GRADES, "复式班")
    codes_below(p, 5, "B", 3, 8)
    p.put("B6", "总计", "01", "个")
    rows = bands_of(p, school, "primary", first="E", row=6, skip=1)
    p.put("B7", "其中：附设班", "02", "个")
    for band, row in zip(BANDS, rows, strict=True):
        p.put(f"B{row}", band, f"{int(row) - 5:02d}", "个")
    return p


def _basic_312(school):
    p = Page("基础基312")
    p.put("B2", "小学学生数")
    p.put("B4", "指标名称", "编号", "毕业生数（人）", "招生数", "其中：受过学前教育")
    p.merge("B4:B5")
    p.put("H4", "在校生数")
    p.merge("H4:O4")
    p.put("H5", "合计", "其中：女", *GRADES)
    codes_below(p, 6, "B", 2, 12)
    grades = school.of_stage("primary")
    p.put("B7", "总计", "01", 900, grades[0], "*", None, sum(grades), 5, *grades)
    p.put("B8", "其中：女", "02", 20, 5, "*", None, 5, "*", 1, 1, 1, 1, 1, 0)
    return p


def _basic_423(school):
    p = Page("基础基423")
    p.put("B2", "小学专任教师分课程、分学历情况")
    p.put("B4", "指标名称", "编号", "合计")
    courses = ["品德", "语文", "数学", "外语", "科学", "信息技术", "综合实践", "校本课程"]
    p.put("E5", *courses, "体育", "艺术", "劳动", "音乐", "美术")
    codes_below(p, 7, "B", 2, 14)
    sports, art, music, painting = school.arts["primary"]
    p.put("B8", "总计", "01", school.teachers["primary"])
    p.put("M8", sports, art, 1, music, painting)
    p.put("B9", "其中：女", "02", 3)
    for i, (word, n) in enumerate(
        zip(("研究生毕业", "本科毕业", "专科毕业"), school.degree["primary"], strict=True)
    ):
        p.put(f"B{11 + i}", word, f"{4 + i:02d}", n)
    p.put("B14", "高中阶段毕业", "07", 1)
    return p


def _basic_213(school):
    p = Page("基础基213")
    p.put("B2", "中学教学班数、班额情况")
    p.put("B4", "指标名称", "编号", "计量单位", "初中")
    p.merge("E4:I4")
    p.put("J4", "高中")
    p.merge("J4:M4")
    p.put("E5", "合计", *GRADES[:4], "合计", *GRADES[:3])
    codes_below(p, 6, "B", 3, 9)
    p.put("B7", "总计", "01", "个")
    rows = bands_of(p, school, "junior", first="E", row=7, skip=1)
    p.put("J7", 99)
    for band, row in zip(BANDS, rows, strict=True):
        p.put(f"B{row}", band, f"{int(row) - 6:02d}", "个")
    return p


def _basic_313(school):
    p = Page("基础基313")
    p.put("B2", "初中学生数")
    p.put("B4", "指标名称", "编号", "毕业生数", "招生数")
    p.put("G4", "在校生数")
    p.merge("G4:L4")
    p.put("G5", "合计", "其中：女", *GRADES[:4])
    codes_below(p, 6, "B", 2, 9)
    grades = school.of_stage("junior")
    p.put("B7", "总计", "01", 40, grades[0], None, sum(grades), 9, *grades, "*")
    return p


def _basic_314(school):
    p = Page("基础基314")
    p.put("B2", "普通高中学生数")
    p.put("B4", "指标名称", "编号", "毕业生数", "招生数")
    p.put("G4", "在校生数")
    p.merge("G4:K4")
    p.put("G5", "合计", "其中：女", *GRADES[:3])
    codes_below(p, 6, "B", 2, 8)
    p.put("B7", "总计", "01", 40, 50, None, school.senior, 9, school.senior, 0, 0)
    return p


def _basic_424(school):
    p = Page("基础基424")
    p.put("B2", "中学专任教师分课程、分学历情况")
    p.put("B4", "指标名称", "编号", "合计", "语文", "体育与健康", "艺术", "音乐", "美术")
    codes_below(p, 5, "B", 2, 6)
    p.put("B6", "初中", "01", school.teachers["junior"], 9, *school.arts["junior"])
    for i, (word, n) in enumerate(
        zip(("研究生毕业", "本科毕业", "专科毕业"), school.degree["junior"], strict=True)
    ):
        p.put(f"B{7 + i}", word, f"{2 + i:02d}", n)
    return p


def _basic_341(school):
    p = Page("基础基341")
    p.put("B2", "在校生中其他情况")
    p.put("B4", "指标名称", "编号", "寄宿生", "进城务工人员随迁子女", "农村留守儿童")
    codes_below(p, 5, "B", 2, 3)
    for i, (stage, word) in enumerate((("primary", "小学"), ("junior", "初中"))):
        if stage in school.stages:
            p.put(f"B{6 + i}", word, f"{1 + i:02d}", school.boarders[stage], 7,
                  school.left_behind[stage])  # fmt: skip
    return p


def _basic_412(school):
    p = Page("基础基412")
    p.put("B2", "中小学教职工数")
    p.put("B4", "指标名称", "编号", "教职工数")
    p.merge("D4:H4")
    p.put("D5", "合计", "专任教师", "行政人员", "教辅人员", "工勤人员")
    codes_below(p, 6, "B", 2, 5)
    teachers = sum(school.teachers.values())
    p.put("B7", "总计", "01", teachers + 6, teachers, 2, 2, 2)
    return p


def _basic_422(school):
    p = Page("基础基422")
    p.put("B2", "专任教师分专业技术职务、分年龄情况")
    p.put("B4", "指标名称", "编号", "合计", "24岁及以下")
    codes_below(p, 5, "B", 2, 2)
    row = 6
    for stage, word in (("primary", "小学"), ("junior", "初中")):
        if stage in school.stages:
            p.put(f"B{row}", word, "01", school.teachers[stage])
            for i, (title, n) in enumerate(
                zip(("正高级", "副高级", "中级"), school.titles[stage], strict=True)
            ):
                p.put(f"B{row + 1 + i}", title, "02", n)
            p.put(f"B{row + 4}", "助理级", "05", 4)
            row += 6
    return p


def _basic_512(school):
    p = Page("基础基512")
    p.put("B2", "中小学校舍情况")
    p.put("B3", "单位：平方米")
    p.put("B5", "指标名称", "编号", None, "学校产权校舍建筑面积")
    p.merge("E5:H5")
    p.put("E6", "计", "其中：危房", "当年新增", "被外单位借用")
    codes_below(p, 8, "B", 3, 4)
    p.put("B9", "总计", "01", None, school.rooms + 900, "*")
    p.put("B10", "一、教学及辅助用房", "02", None, school.rooms, "*")
    for i, word in enumerate(("教室", "实验室", "图书室", "微机室", "语音室")):
        p.put(f"B{11 + i}", word, f"{3 + i:02d}", None, 100)
    p.put("B16", "体育馆", "08", None, school.gym)
    p.put("B17", "二、行政办公用房", "09", None, 300)
    p.put("B18", "三、生活用房", "10", None, 600)
    p.put("B19", "学生宿舍（公寓）", "11", None, 200)
    p.put("B20", "学生餐厅", "12", None, 150)
    p.put("B21", "厕所", "13", None, school.toilets)
    return p


def _basic_522(school):
    p = Page("基础基522")
    p.put("B2", "中小学占地面积及其他办学条件")
    p.put("B4", "指标名称", "编号", "占地面积（平方米）")
    p.merge("D4:F4")
    p.put("D5", "合计", "其中：绿化用地面积", "其中：运动场地面积")
    p.put("G4", "图书（册）", "计算机数（台）")
    p.merge("H4:I4")
    p.put("H5", "计", "其中：教学用计算机")
    p.put("L4", "教室（间）")
    p.merge("L4:N4")
    p.put("L5", "计", None, "其中：网络多媒体教室")
    p.put("O4", "教学仪器设备资产值（万元）")
    codes_below(p, 8, "B", 2, 12)
    p.put("B9", "总计", "01", 20000, 3000, school.ground, school.books, 300, school.computers)
    p.put("L9", 60, None, school.multimedia, school.equipment_wan)
    return p


def _basic_cover(_school):
    p = Page("封面")
    p.put("B2", "请勿外传")
    return p


BASIC = (
    (_basic_111, ""),
    (_basic_112, ""),
    (_basic_212, "primary"),
    (_basic_312, "primary"),
    (_basic_423, "primary"),
    (_basic_213, "junior"),
    (_basic_313, "junior"),
    (_basic_314, "senior"),
    (_basic_424, "junior"),
    (_basic_341, ""),
    (_basic_412, ""),
    (_basic_422, ""),
    (_basic_512, ""),
    (_basic_522, ""),
    (_basic_cover, ""),
)


def basic(school, *, frame=True):
    """Draw the 基础基 workbook of a school, as exported: A holds numbers, row 1 letters."""
    pages = [draw(school) for draw, stage in BASIC if has(school, stage)]
    return [p.framed() if frame else p.moved(-1, -1) for p in pages]
