"""Every column of every table, declared once.

Checks, messages, templates, headings of reports and the documentation are all
made from what stands here: name, type, unit, meaning in Chinese and English,
and the rule that a value must keep.
"""

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from layoutplan.actions import ACTIONS
from layoutplan.words import Language, catalogue

BANDS: Final = ("g13", "g46", "g79")
"""The grade bands: grades 1-3, 4-6 (primary) and 7-9 (junior)."""

GRADES_PER_BAND: Final = 3
"""A band holds three grades in the six-three system."""

KINDS: Final = ("teaching_point", "primary", "junior", "nine_year", "complete_secondary", "special")
"""Kinds of school that a county's schools table may hold."""

BANDS_OF_KIND: Final = MappingProxyType(
    {
        "teaching_point": ("g13",),
        "primary": ("g13", "g46"),
        "junior": ("g79",),
        "nine_year": ("g13", "g46", "g79"),
        "complete_secondary": ("g79",),
        "special": (),
    }
)
"""The bands each kind of school teaches, before enrolment says otherwise."""

Type = Literal[
    "id", "text", "category", "count", "amount", "number", "year", "date", "flag", "geometry"
]
"""id and text are text; count is a whole number from 0; amount a number from 0."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name
        The name in tables and files.
    type
        What a value may be; see `Type`.
    zh
        Heading in Chinese, also accepted as a heading in files.
    en
        Heading in English, also accepted as a heading in files.
    unit
        The unit of the values, empty where there is none.
    required
        Whether a table without this column is refused.
    filled
        Whether every row must have a value.
    options
        The values allowed in a category.
    of
        The table whose ids the values are, for a reference.
    """

    name: str
    type: Type
    zh: str
    en: str
    unit: str = ""
    required: bool = False
    filled: bool = False
    options: tuple[str, ...] = ()
    of: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table: its columns, its key and the geometries it may hold.

    Parameters
    ----------
    name
        The name of the table, and of the layer or sheet that holds it.
    zh
        Its name in Chinese, also accepted for a layer, sheet or file.
    en
        Its name in English.
    columns
        The columns in the order in which they are written.
    key
        The column that names a row; empty where rows have no name of their own.
    geometries
        The geometry types allowed; empty for a table without geometry.
    required
        Whether a county cannot be without it.
    """

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    key: str = ""
    geometries: tuple[str, ...] = ()
    required: bool = False

    def __getitem__(self, column: str) -> Column:
        """Give the column of this name."""
        return next(c for c in self.columns if c.name == column)

    def __contains__(self, column: str) -> bool:
        """Whether the table declares a column of this name."""
        return any(c.name == column for c in self.columns)


def _c(name: str, type: Type, **rest: Any) -> Column:  # noqa: A002, ANN401
    return Column(name=name, type=type, **rest)


def _pupils(prefix: str, zh: str, en: str) -> tuple[Column, ...]:
    grades = {"g13": "1-3", "g46": "4-6", "g79": "7-9"}
    return tuple(
        _c(f"{prefix}_{band}", "count", zh=f"{g}年级{zh}", en=f"{en}, grades {g}", unit="persons")
        for band, g in grades.items()
    )


SERIES: Final = re.compile(r"^(births_\d{4}|age_\d{1,2})$")
"""Further columns of the villages: persons by year of birth or by age."""

_TEACHERS = {
    "teachers": ("专任教师数", "full-time teachers"),
    "teachers_above_degree": ("高于规定学历教师数", "teachers above the required degree"),
    "key_teachers": ("县级以上骨干教师数", "key teachers of county level and above"),
    "pe_art_teachers": ("体育艺术专任教师数", "teachers of sports, music and art"),
    "mid_title_teachers": ("中级及以上职称教师数", "teachers with a middle or higher title"),
}
_JUNIOR = {f"{n}_junior": (f"初中{z}", f"{e}, junior stage") for n, (z, e) in _TEACHERS.items()}
_VISITING = {
    "pe_art_teachers_visiting": ("走教体育艺术教师数", "visiting teachers of sports and art")
}
_LEASED = ("十分钟步行内租用运动场地面积", "sports area leased within ten minutes' walk")


def _persons(columns: dict[str, tuple[str, str]]) -> tuple[Column, ...]:
    return tuple(_c(n, "amount", zh=z, en=e, unit="persons") for n, (z, e) in columns.items())


_RESOURCES = (
    _c("classes", "count", zh="教学班数", en="classes today", unit="classes"),
    _c("staff", "amount", zh="教职工数", en="staff", unit="persons"),
    *_persons(_TEACHERS),
    _c(
        "teaching_area_m2",
        "amount",
        zh="教学及辅助用房面积",
        en="teaching and auxiliary area",
        unit="m2",
    ),
    _c("sports_area_m2", "amount", zh="体育运动场馆面积", en="sports grounds and halls", unit="m2"),
    _c(
        "equipment_yuan",
        "amount",
        zh="教学仪器设备值",
        en="value of teaching equipment",
        unit="yuan",
    ),
    _c("multimedia_rooms", "amount", zh="网络多媒体教室数", en="multimedia rooms", unit="rooms"),
    _c("computers", "amount", zh="计算机台数", en="computers", unit="computers"),
    _c("books", "amount", zh="图书册数", en="library books", unit="books"),
    *_persons(_JUNIOR),
    *_persons(_VISITING),
    _c("sports_area_leased_m2", "amount", zh=_LEASED[0], en=_LEASED[1], unit="m2"),
)

_CAPACITY = (
    _c("classrooms", "count", zh="教室数", en="classrooms", unit="classrooms"),
    _c("places", "count", zh="学位数", en="places", unit="persons"),
    _c("beds", "count", zh="床位数", en="beds", unit="persons"),
    _c(
        "canteen_places",
        "count",
        zh="食堂可供就餐人数",
        en="pupils the canteen can feed",
        unit="persons",
    ),
    _c(
        "max_extra_classes",
        "count",
        zh="最多可增班数",
        en="classes that can be added at most",
        unit="classes",
    ),
)

_GROUPS = (
    _c("boarders", "amount", zh="寄宿生数", en="boarders", unit="persons"),
    _c(
        "special_need",
        "amount",
        zh="特殊教育需要学生数",
        en="pupils with special needs",
        unit="persons",
    ),
)

_POINT = ("Point", "MultiPoint", "Polygon", "MultiPolygon")

VILLAGES: Final = Table(
    name="villages",
    zh="村庄",
    en="Villages",
    key="village_id",
    required=True,
    geometries=_POINT,
    columns=(
        _c("village_id", "id", zh="村代码", en="village code", required=True, filled=True),
        _c("name", "text", zh="村名", en="village"),
        _c("township_id", "text", zh="乡镇代码", en="township code", of="townships"),
        _c("geometry", "geometry", zh="位置", en="location", required=True, filled=True),
        _c("population", "amount", zh="常住人口", en="resident population", unit="persons"),
        *_pupils("pupils", "学生数", "pupils"),
        _c("pupils", "amount", zh="义务教育学生数", en="pupils of grades 1-9", unit="persons"),
        _c("left_behind", "amount", zh="留守儿童数", en="left-behind children", unit="persons"),
        *_GROUPS,
    ),
)

SCHOOLS: Final = Table(
    name="schools",
    zh="学校",
    en="Schools",
    key="school_id",
    required=True,
    geometries=_POINT,
    columns=(
        _c("school_id", "id", zh="学校标识码", en="school code", required=True, filled=True),
        _c("name", "text", zh="学校名称", en="school"),
        _c(
            "kind",
            "category",
            zh="办学类型",
            en="kind of school",
            required=True,
            filled=True,
            options=KINDS,
        ),
        _c("township_id", "text", zh="乡镇代码", en="township code", of="townships"),
        _c("geometry", "geometry", zh="位置", en="location", required=True, filled=True),
        *_CAPACITY,
        *_pupils("enrolment", "在校生数", "enrolment"),
        *_GROUPS,
        _c("enrolment_senior", "count", zh="高中在校生数", en="enrolment, senior", unit="persons"),
        _c("campus_of", "text", zh="所属学校标识码", en="campus of school", of="schools"),
        _c("ownership", "text", zh="举办者", en="run by"),
        *_RESOURCES,
    ),
)

ROADS: Final = Table(
    name="roads",
    zh="道路",
    en="Roads",
    required=True,
    geometries=("LineString", "MultiLineString"),
    columns=(
        _c("road_id", "text", zh="路线编号", en="road code"),
        _c("name", "text", zh="道路名称", en="road"),
        _c("geometry", "geometry", zh="线位", en="line", required=True, filled=True),
        _c("highway", "text", zh="道路等级", en="OpenStreetMap class"),
        _c("road_class", "text", zh="行政等级", en="administrative class"),
        _c("oneway", "text", zh="单行", en="one-way"),
        _c("maxspeed_kmh", "amount", zh="限速", en="speed limit", unit="km/h"),
        _c("bridge", "text", zh="桥梁", en="bridge"),
        _c("tunnel", "text", zh="隧道", en="tunnel"),
        _c("layer", "text", zh="层", en="layer"),
        _c("surface", "text", zh="路面类型", en="surface"),
        _c("foot", "text", zh="步行", en="access on foot"),
        _c("closed_in", "text", zh="不通季节", en="closed in"),
    ),
)

TOWNSHIPS: Final = Table(
    name="townships",
    zh="乡镇",
    en="Townships",
    key="township_id",
    geometries=_POINT,
    columns=(
        _c("township_id", "id", zh="乡镇代码", en="township code", required=True, filled=True),
        _c("name", "text", zh="乡镇名称", en="township"),
        _c("geometry", "geometry", zh="范围", en="area", required=True, filled=True),
        _c("responsible", "text", zh="责任人", en="person responsible"),
    ),
)

CANDIDATES: Final = Table(
    name="candidates",
    zh="候选校址",
    en="Candidate sites",
    key="school_id",
    geometries=_POINT,
    columns=(
        _c("school_id", "id", zh="候选校址代码", en="candidate code", required=True, filled=True),
        _c("name", "text", zh="名称", en="candidate site"),
        _c(
            "kind",
            "category",
            zh="办学类型",
            en="kind of school",
            required=True,
            filled=True,
            options=KINDS,
        ),
        _c("township_id", "text", zh="乡镇代码", en="township code", of="townships"),
        _c("geometry", "geometry", zh="位置", en="location", required=True, filled=True),
        *_CAPACITY,
        _c("capital_yuan", "amount", zh="建设投资", en="capital cost", unit="yuan"),
    ),
)

FLOWS: Final = Table(
    name="flows",
    zh="就读流向",
    en="Where pupils go today",
    columns=(
        _c(
            "village_id",
            "text",
            zh="村代码",
            en="village code",
            required=True,
            filled=True,
            of="villages",
        ),
        _c(
            "school_id",
            "text",
            zh="学校标识码",
            en="school code",
            required=True,
            filled=True,
            of="schools",
        ),
        *_pupils("pupils", "学生数", "pupils"),
    ),
)

COUNTY_TABLES: Final = MappingProxyType(
    {t.name: t for t in (VILLAGES, SCHOOLS, ROADS, TOWNSHIPS, CANDIDATES, FLOWS)}
)
"""The tables of a county, by name."""

_BAND = _c("band", "category", zh="学段", en="grade band", options=BANDS, filled=True)
_SITE = _c("site_id", "id", zh="学校代码", en="school code", filled=True)

DECISIONS: Final = Table(
    name="decisions",
    zh="布局决定",
    en="Decisions",
    key="site_id",
    columns=(
        _SITE,
        _c("name", "text", zh="学校名称", en="school"),
        _c("kind", "category", zh="办学类型", en="kind of school", options=KINDS),
        _c("township_id", "text", zh="乡镇代码", en="township code"),
        _c("action", "category", zh="措施", en="action", options=ACTIONS, filled=True),
        _c("receivers", "text", zh="接收学校", en="receiving schools"),
        _c("bands", "text", zh="学段", en="grade bands taught"),
        _c("classes", "count", zh="教学班容量", en="classes there is room for", unit="classes"),
        _c("extra_classes", "count", zh="新增班数", en="classes added", unit="classes"),
        _c("places", "count", zh="学位数", en="places", unit="persons"),
        _c("beds", "count", zh="床位数", en="beds", unit="persons"),
        _c("extra_beds", "count", zh="新增床位数", en="beds added", unit="persons"),
        *_pupils("before", "现状学生数", "pupils today"),
        *_pupils("after", "方案学生数", "pupils in the plan"),
        _c("capital_yuan", "amount", zh="建设投资", en="capital cost", unit="yuan"),
        _c(
            "annual_yuan",
            "amount",
            zh="年度固定运行成本",
            en="fixed running cost a year",
            unit="yuan/year",
        ),
    ),
)

ASSIGNMENT: Final = Table(
    name="assignment",
    zh="学生去向",
    en="Assignment",
    columns=(
        _c("village_id", "text", zh="村代码", en="village code", filled=True),
        _BAND,
        _c("site_id", "text", zh="学校代码", en="school code", filled=True),
        _c("pupils", "count", zh="学生数", en="pupils", unit="persons", filled=True),
        _c("minutes", "amount", zh="路途时间", en="travel time", unit="minutes"),
        _c("mode", "text", zh="方式", en="mode"),
    ),
)

UNSERVED: Final = Table(
    name="unserved",
    zh="未安排学生",
    en="Pupils without a school",
    columns=(
        _c("village_id", "text", zh="村代码", en="village code", filled=True),
        _BAND,
        _c("pupils", "count", zh="学生数", en="pupils", unit="persons", filled=True),
        _c("reason", "text", zh="原因", en="reason", filled=True),
    ),
)

FINDINGS: Final = Table(
    name="findings",
    zh="检查结果",
    en="Findings",
    columns=(
        _c("severity", "category", zh="程度", en="severity", options=("error", "warning", "note")),
        _c("code", "text", zh="代码", en="code"),
        _c("table", "text", zh="表", en="table"),
        _c("column", "text", zh="列", en="column"),
        _c("rows", "count", zh="行数", en="rows"),
        _c("ids", "text", zh="首批编号", en="first ids"),
        _c("message", "text", zh="说明", en="what"),
        _c("cure", "text", zh="处理办法", en="cure"),
    ),
)

ASSESSMENT: Final = Table(
    name="assessment",
    zh="指标",
    en="Indicators",
    columns=(
        _c("indicator", "text", zh="指标", en="indicator"),
        _c("level", "category", zh="层级", en="level", options=("county", "township", "band")),
        _c("group", "text", zh="范围", en="group"),
        _c("band", "text", zh="学段", en="grade band"),
        _c("value", "number", zh="数值", en="value"),
        _c("unit", "text", zh="单位", en="unit"),
        _c("limit", "number", zh="标准", en="limit"),
        _c("met", "text", zh="是否达标", en="met"),
        _c("source", "text", zh="依据", en="source"),
        _c("status", "text", zh="依据状态", en="status of the source"),
        _c("left_out", "count", zh="未计入的村或学校数", en="villages or schools left out"),
        _c("reason", "text", zh="无数值的原因", en="why there is no number"),
    ),
)

PLAN_TABLES: Final = MappingProxyType(
    {t.name: t for t in (DECISIONS, ASSIGNMENT, UNSERVED, FINDINGS, ASSESSMENT)}
)
"""The tables a plan is written as, by name."""


def heading(table: Table, column: str, *, lang: str) -> str:
    """Give the heading of a column with its unit.

    Parameters
    ----------
    table
        The table.
    column
        The name of one of its columns; another name is given back as it is.
    lang
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str
        The heading, with the unit in brackets where there is one.

    Examples
    --------
    >>> heading(ASSIGNMENT, "minutes", lang="en")
    'travel time (minutes)'
    """
    if column not in table:
        return column
    declared = table[column]
    text = declared.zh if lang == "zh" else declared.en
    spoken: Language = "zh" if lang == "zh" else "en"
    unit = catalogue(spoken).get(f"unit.{declared.unit}", declared.unit)
    brackets = "（{}）" if lang == "zh" else " ({})"
    return text + brackets.format(unit) if unit else text
