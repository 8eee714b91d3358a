"""The columns of the tables of balance, declared once, with their headings."""

from collections.abc import Iterable
from typing import Final

from layoutplan.balance.counted import REASONS
from layoutplan.balance.indicators import BASIC, QUALITY, RESOURCES, STAGES, Measured
from layoutplan.table_columns import INDICATOR, MET, SOURCE, UNIT, column, table
from layoutplan.tables import KINDS, Column
from layoutplan.words import catalogue


def _measured(indicators: Iterable[Measured]) -> tuple[Column, ...]:
    texts = [catalogue(lang) for lang in ("zh", "en")]
    named = {m.name: m for m in indicators}
    return tuple(
        column(name, "amount", *(t[f"balance.indicator.{name}"] for t in texts), unit=m.unit)
        for name, m in named.items()
    )


ALL_MEASURED: Final = _measured((*QUALITY, *BASIC))

_STAGE = column("stage", "category", "学段", "stage", options=STAGES, filled=True)
_SCHOOL = (
    _STAGE,
    column("school_id", "id", "学校标识码", "school code", filled=True),
    column("name", "text", "学校名称", "school"),
)
_PLACE = column("township_id", "text", "乡镇代码", "township code")
_PUPILS = column("pupils", "amount", "学生数", "pupils", unit="persons")
_LEVEL = column("level", "amount", "综合水平", "level of provision", unit="share")
_WAY = (
    column("way", "amount", "两校间路程", "way between the schools"),
    column("way_unit", "text", "路程单位", "unit of the way"),
)

SCHOOLS: Final = table(
    "schools",
    "学校达标情况",
    "Schools",
    _SCHOOL,
    column("kind", "category", "办学类型", "kind of school", options=KINDS),
    _PLACE,
    _PUPILS,
    ALL_MEASURED,
    column("reached", "count", "达标项数", "indicators reached"),
    column("below_floor", "count", "低于最低比例项数", "indicators below the floor"),
    column("failed", "text", "未达标指标", "indicators not reached"),
    _LEVEL,
    MET,
)
"""One row per unit, that is, per stage of a school."""

INDICATORS: Final = table(
    "indicators",
    "指标与差异系数",
    "Indicators",
    _STAGE,
    INDICATOR,
    UNIT,
    column("schools", "count", "计入学校数", "schools counted", unit="schools"),
    column("mean", "amount", "全县平均值", "county mean"),
    column("deviation", "amount", "标准差", "standard deviation"),
    column("cv", "amount", "差异系数", "coefficient of variation"),
    column("cv_limit", "amount", "差异系数上限", "coefficient at most"),
    MET,
    column("standard", "amount", "学校标准", "standard of schools"),
    column("reached", "count", "达标学校数", "schools that reach it", unit="schools"),
    column("below_floor", "count", "低于最低比例学校数", "schools below the floor", unit="schools"),
    SOURCE,
)
"""One row per indicator and stage, and one for the composite."""

TOWNSHIPS: Final = table(
    "townships",
    "乡镇汇总",
    "Townships",
    _STAGE,
    _PLACE,
    column("name", "text", "乡镇名称", "township"),
    column("schools", "count", "学校数", "number of schools", unit="schools"),
    _PUPILS,
    ALL_MEASURED,
    column("passing", "count", "达标学校数", "schools that pass", unit="schools"),
    column("passing_share", "amount", "达标学校占比", "share of schools that pass", unit="share"),
    _LEVEL,
)
"""One row per township and stage."""

LEFT_OUT: Final = table(
    "left_out",
    "未计入的学校",
    "Left out",
    _SCHOOL,
    INDICATOR,
    column("reason", "category", "原因", "why", options=REASONS),
)
"""One row per school, or per school and indicator, that is not counted."""

GAPS: Final = table(
    "gaps",
    "缺口清单",
    "Gaps",
    column("rank", "count", "先后次序", "order"),
    _SCHOOL,
    _PLACE,
    _PUPILS,
    INDICATOR,
    UNIT,
    column("has", "amount", "现有", "has"),
    column("wanted", "amount", "标准需要", "wanted"),
    column("missing", "amount", "缺口", "missing"),
    column("to_floor", "amount", "到最低比例的缺口", "missing to the floor"),
    column("capital_yuan", "amount", "建设和购置投资", "capital cost", unit="yuan"),
    column("annual_yuan", "amount", "年度人员成本", "cost of staff a year", unit="yuan/year"),
    SOURCE,
)
"""One row per school and indicator it does not reach, weakest school first."""

MOVES: Final = table(
    "moves",
    "调配清单",
    "Moves",
    _STAGE,
    column("resource", "category", "资源", "resource", options=RESOURCES),
    column("from_school", "text", "调出学校标识码", "from school code"),
    column("from_name", "text", "调出学校", "from school"),
    column("to_school", "text", "调入学校标识码", "to school code"),
    column("to_name", "text", "调入学校", "to school"),
    column("number", "amount", "数量", "number"),
    UNIT,
    _WAY,
)
"""One row per pair of schools and resource moved."""

POSTS: Final = table(
    "posts",
    "教职工编制",
    "Posts",
    _SCHOOL,
    _PUPILS,
    column("classes", "count", "教学班数", "classes", unit="classes"),
    column("by_pupils", "amount", "按生师比", "posts by pupils", unit="persons"),
    column("by_classes", "amount", "按班师比", "posts by classes", unit="persons"),
    column("posts", "count", "核定编制", "posts", unit="persons"),
    column("teachers", "amount", "专任教师数", "full-time teachers", unit="persons"),
    column("over", "amount", "富余", "over", unit="persons"),
    column("short", "amount", "缺员", "short", unit="persons"),
)
"""One row per unit with its posts and its teachers."""

PAIRS: Final = table(
    "pairs",
    "结对帮扶",
    "Pairs",
    _STAGE,
    column("weak", "text", "薄弱学校标识码", "weak school code"),
    column("weak_name", "text", "薄弱学校", "weak school"),
    column("strong", "text", "帮扶学校标识码", "strong school code"),
    column("strong_name", "text", "帮扶学校", "strong school"),
    _WAY,
    column("weak_pupils", "amount", "薄弱学校学生数", "pupils of the weak school", unit="persons"),
    column(
        "strong_pupils",
        "amount",
        "帮扶学校学生数",
        "pupils of the strong school",
        unit="persons",
    ),
    column("level_gap", "amount", "综合水平差距", "difference of levels", unit="share"),
    column("failed", "text", "需帮扶的指标", "indicators to help with"),
)
"""One row per weak school with the strong school that helps it."""

BALANCE_TABLES: Final = {
    t.name: t for t in (SCHOOLS, INDICATORS, TOWNSHIPS, LEFT_OUT, GAPS, MOVES, POSTS, PAIRS)
}
"""The tables of this room, by name."""
