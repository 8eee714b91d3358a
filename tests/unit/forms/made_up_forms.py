"""Workbooks of national school forms, drawn by hand from made-up schools whose truth is known.

Nothing here reads the descriptions of the library: where each number stands is written
down anew, as the printed forms have it.
"""

import random
import re
from dataclasses import dataclass, field, replace

import openpyxl
import xlwt
from openpyxl.utils import get_column_letter

LOW = (1, 26, 31, 36, 41, 46, 51, 56, 61, 66)
BANDS = (
    "25人及以下", "26-30人", "31-35人", "36-40人", "41－45人", "46-50人", "51-55人", "56-60人",
    "61-65人", "66人及以上",
)  # fmt: skip
GRADES = ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级")
WORDS = {
    "primary": ("211", "小学"),
    "teaching_point": ("218", "小学教学点"),
    "junior": ("311", "初级中学"),
    "nine_year": ("312", "九年一贯制学校"),
    "complete_secondary": ("341", "完全中学"),
    "kindergarten": ("111", "幼儿园"),
}
URBAN = {"111": "主城区", "121": "镇中心区", "210": "乡中心区", "220": "村庄"}
STAGES = {
    "primary": ("primary",),
    "teaching_point": ("primary",),
    "junior": ("junior",),
    "nine_year": ("primary", "junior"),
    "complete_secondary": ("junior",),
    "kindergarten": (),
}


@dataclass(frozen=True)
class School:
    """A made-up school: everything its forms say."""

    code: str
    name: str
    kind: str
    urban: str
    lon: float
    lat: float
    pupils: dict  # grade -> pupils
    size: dict  # grade -> (classes, least size of their band)
    boarders: dict  # stage -> pupils
    left_behind: dict
    teachers: dict
    degree: dict  # stage -> (postgraduate, bachelor, college)
    key: dict
    arts: dict  # stage -> (sports, art, music, painting)
    titles: dict  # stage -> (full, associate, middle)
    rooms: float
    gym: float
    ground: float
    equipment_wan: str
    books: int
    multimedia: int
    computers: int
    toilets: float = 80
    senior: int = 0
    year: int = 2021
    address: str = "云溪县清溪镇中心街十二号"
    owner: str = "县级教育部门"
    changes: dict = field(default_factory=dict)

    @property
    def stages(self):
        return STAGES[self.kind]

    def of_stage(self, stage):
        grades = range(1, 7) if stage == "primary" else range(7, 10)
        return [self.pupils.get(g, 0) for g in grades]

    def but(self, **changes):
        return replace(self, **changes)

    def truth(self):
        """Give the row of the schools table that must come out."""
        both = len(self.stages) > 1 or self.senior > 0

        def total(part):
            return sum(part[s] for s in self.stages)

        parts = {
            "teachers": self.teachers,
            "teachers_above_degree": {
                s: sum(d if s == "primary" else d[:2]) for s, d in self.degree.items()
            },
            "key_teachers": self.key,
            "pe_art_teachers": {s: sum(a) for s, a in self.arts.items()},
            "mid_title_teachers": {s: sum(t) for s, t in self.titles.items()},
        }
        row = {
            "name": self.name,
            "kind": self.kind,
            "urban_rural": self.urban,
            "enrolment_g13": sum(self.pupils.get(g, 0) for g in (1, 2, 3)),
            "enrolment_g46": sum(self.pupils.get(g, 0) for g in (4, 5, 6)),
            "enrolment_g79": sum(self.pupils.get(g, 0) for g in (7, 8, 9)),
            "boarders": total(self.boarders),
            "left_behind": total(self.left_behind),
            "classes": sum(n for n, _ in self.size.values()),
            "teaching_area_m2": self.rooms - self.gym,
            "sports_area_m2": self.ground + self.gym,
            "equipment_yuan": round(float(self.equipment_wan) * 10_000, 2),
            "books": self.books,
            "multimedia_rooms": self.multimedia,
            "computers": self.computers,
            "largest_class_from": max((low for n, low in self.size.values() if n), default=None),
            "school_year": self.year,
            "ownership": self.owner,
            "enrolment_senior": self.senior or None,
            "address": self.address,
        }
        for name, part in parts.items():
            row[name] = total(part)
            row[f"{name}_junior"] = part["junior"] if both and "junior" in self.stages else None
        return row


def made_up(n, seed=0, year=2021, kinds=("primary", "teaching_point", "junior", "nine_year")):
    """Make schools up."""
    rng = random.Random(seed)  # noqa: S311 - made-up numbers
    schools = []
    for i in range(n):
        kind = kinds[i % len(kinds)]
        category = {"junior": "31", "complete_secondary": "34", "kindergarten": "11"}.get(
            kind, "21"
        )
        schools.append(_school(rng, f"{category}34{100001 + i}", i, kind, year))
    return schools


def _school(rng, code, i, kind, year):
    first = {"teaching_point": 1, "junior": 7, "complete_secondary": 7}.get(kind, 1)
    last = {"teaching_point": 3, "primary": 6, "kindergarten": 0}.get(kind, 9)
    pupils, size = {}, {}
    for grade in range(first, last + 1):
        classes = rng.randint(1, 4)
        at = rng.randrange(len(LOW) - 1)
        pupils[grade] = classes * (LOW[at] + rng.randrange(5)) + rng.randrange(3)
        size[grade] = (classes, LOW[at])
    stages = STAGES[kind]

    def some(most):
        return {s: rng.randint(0, most) for s in stages}

    teachers = {s: rng.randint(30, 90) for s in stages}
    return School(
        code=code,
        name=f"云溪县第{i + 1}{WORDS[kind][1]}",
        kind=kind,
        urban=rng.choice(list(URBAN)),
        lon=round(116.9 + 0.003 * i + rng.random() / 1000, 6),
        lat=round(31.4 + rng.random() / 10, 6),
        pupils=pupils,
        size=size,
        boarders=some(60),
        left_behind=some(40),
        teachers=teachers,
        degree={s: (rng.randint(0, 3), rng.randint(5, 15), rng.randint(0, 9)) for s in stages},
        key=some(8),
        arts={s: (rng.randint(1, 5), rng.randint(0, 1), 2, rng.randint(0, 3)) for s in stages},
        titles={s: (rng.randint(0, 1), rng.randint(1, 4), rng.randint(3, 9)) for s in stages},
        rooms=float(rng.randint(1500, 6000)),
        gym=float(rng.choice([0, 420, 618])),
        ground=rng.randint(2000, 9000) + 0.5,
        equipment_wan=f"{rng.randint(20, 400)}.{rng.randint(10, 99)}",
        books=rng.randint(4000, 30000),
        multimedia=rng.randint(4, 40),
        computers=rng.randint(20, 200),
        senior=rng.randint(300, 900) if kind == "complete_secondary" else 0,
        year=year,
    )


class Page:
    """One sheet under construction; cells are named as Excel does."""

    def __init__(self, name):
        self.name, self.cells, self.merged = name, {}, []

    def put(self, cell, *values):
        letters, row = re.fullmatch(r"([A-Z]+)(\d+)", cell).groups()
        at = openpyxl.utils.column_index_from_string(letters)
        for i, value in enumerate(values):
            if value is not None:
                self.cells[int(row), at + i] = value

    def merge(self, area):
        left, right = (re.fullmatch(r"([A-Z]+)(\d+)", c).groups() for c in area.split(":"))
        index = openpyxl.utils.column_index_from_string
        self.merged.append((int(left[1]), index(left[0]), int(right[1]), index(right[0])))

    def framed(self):
        """Add the exported row of letters and column of numbers around B2."""
        rows = max(r for r, _ in self.cells)
        columns = max(c for _, c in self.cells)
        for c in range(2, columns + 1):
            self.cells[1, c] = get_column_letter(c - 1)
        for r in range(2, rows + 1):
            self.cells[r, 1] = str(r - 1)
        return self

    def moved(self, rows=0, columns=0):
        self.cells = {(r + rows, c + columns): v for (r, c), v in self.cells.items()}
        self.merged = [(a + rows, b + columns, c + rows, d + columns) for a, b, c, d in self.merged]
        return self

    def value(self, cell, value):
        self.put(cell, value)
        return self


def _codes(page, row, first, labels, values):
    """Put the row 甲 乙 1 2 3 below the headings."""
    page.put(f"{first}{row}", *"甲乙丙丁"[:labels], *map(str, range(1, values + 1)))


def _letter(first, i):
    return get_column_letter(openpyxl.utils.column_index_from_string(first) + i)


def _bands(page, school, stage, *, first, row, skip=0):
    """Put classes by size: the total in `row`, bands below after `skip` rows."""
    grades = list(range(1, 7)) if stage == "primary" else list(range(7, 11))
    counts = [[0] * len(grades) for _ in LOW]
    for grade, (classes, low) in school.size.items():
        if grade in grades:
            counts[LOW.index(low)][grades.index(grade)] = classes
    total = [sum(c[i] for c in counts) for i in range(len(grades))]
    page.put(f"{first}{row}", sum(total), *total)
    for i, line in enumerate(counts):
        page.put(f"{first}{row + 1 + skip + i}", sum(line), *line)
    return [f"{row + 1 + skip + i}" for i in range(len(LOW))]


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
    _codes(p, 5, "B", 3, 8)
    p.put("B6", "总计", "01", "个")
    rows = _bands(p, school, "primary", first="E", row=6, skip=1)
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
    _codes(p, 6, "B", 2, 12)
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
    _codes(p, 7, "B", 2, 14)
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
    _codes(p, 6, "B", 3, 9)
    p.put("B7", "总计", "01", "个")
    rows = _bands(p, school, "junior", first="E", row=7, skip=1)
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
    _codes(p, 6, "B", 2, 9)
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
    _codes(p, 6, "B", 2, 8)
    p.put("B7", "总计", "01", 40, 50, None, school.senior, 9, school.senior, 0, 0)
    return p


def _basic_424(school):
    p = Page("基础基424")
    p.put("B2", "中学专任教师分课程、分学历情况")
    p.put("B4", "指标名称", "编号", "合计", "语文", "体育与健康", "艺术", "音乐", "美术")
    _codes(p, 5, "B", 2, 6)
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
    _codes(p, 5, "B", 2, 3)
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
    _codes(p, 6, "B", 2, 5)
    teachers = sum(school.teachers.values())
    p.put("B7", "总计", "01", teachers + 6, teachers, 2, 2, 2)
    return p


def _basic_422(school):
    p = Page("基础基422")
    p.put("B2", "专任教师分专业技术职务、分年龄情况")
    p.put("B4", "指标名称", "编号", "合计", "24岁及以下")
    _codes(p, 5, "B", 2, 2)
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
    _codes(p, 8, "B", 3, 4)
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
    _codes(p, 8, "B", 2, 12)
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
    pages = [draw(school) for draw, stage in BASIC if _has(school, stage)]
    return [p.framed() if frame else p.moved(-1, -1) for p in pages]


def _has(school, stage):
    return not stage or stage in school.stages or (stage == "senior" and school.senior > 0)


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
    _codes(p, 4, "A", 2, 8)
    p.put("A5", "总计", "01")
    rows = _bands(p, school, "primary", first="C", row=5)
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
    _codes(p, 5, "A", 2, 15)
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
    _codes(p, 5, "A", 2, 13)
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
    _codes(p, 4, "A", 2, 5)
    p.put("A5", "总计", "01")
    rows = _bands(p, school, "junior", first="C", row=5)
    for band, row in zip(BANDS, rows, strict=True):
        p.put(f"A{row}", band, f"{int(row) - 4:02d}")
    return p


def _jiaoji_3115(school, end):
    p = Page(f"教基3115{end}")
    p.put("A1", "初中分类型学生数")
    p.put("A3", "指标名称", "代码", "毕业生数", "招生数", "在校生数", "#女", *GRADES[:4])
    _codes(p, 5, "A", 2, 9)
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
    _codes(p, 5, "A", 2, 22)
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
    _codes(p, 5, "A", 2, 8)
    p.put("A6", "总计", "01", 40, 40, school.senior, 9, school.senior, 0, 0)
    return p


def _jiaoji_4153(school, end):
    p = Page(f"教基4153{end}")
    p.put("A1", "中小学专任教师专业技术职务情况")
    p.put("A3", "指标名称", "代码", "合计", "#女")
    _codes(p, 5, "A", 2, 2)
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
    _codes(p, 6, "A", 1, 0)
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
    _codes(p, 5, "A", 3, 2)
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
    return [draw(school, end) for draw, stage in JIAOJI if _has(school, stage)]


def write(pages, path):
    """Write pages as a workbook, .xlsx or .xls."""
    if path.suffix == ".xls":
        return _write_old(pages, path)
    book = openpyxl.Workbook()
    book.remove(book.active)
    for page in pages:
        sheet = book.create_sheet(page.name)
        for (row, column), value in page.cells.items():
            sheet.cell(row, column, value)
        for first, left, last, right in page.merged:
            sheet.merge_cells(start_row=first, start_column=left, end_row=last, end_column=right)
    book.save(path)
    return path


def _write_old(pages, path):
    book = xlwt.Workbook(encoding="utf-8")
    for page in pages:
        sheet = book.add_sheet(page.name)
        merged = {(a, b): (c, d) for a, b, c, d in page.merged}
        for (row, column), value in page.cells.items():
            if (row, column) in merged:
                last, right = merged[row, column]
                sheet.write_merge(row - 1, last - 1, column - 1, right - 1, value)
            else:
                sheet.write(row - 1, column - 1, value)
    book.save(str(path))
    return path
