"""The columns of the tables of balance, declared once, with their headings."""

from collections.abc import Iterable
from typing import Any, Final

from layoutplan.balance.counted import REASONS
from layoutplan.balance.indicators import BASIC, QUALITY, RESOURCES, STAGES, Measured
from layoutplan.tables import KINDS, Column, Table
from layoutplan.words import catalogue

_YES_NO: Final = ("yes", "no", "")


def _c(name: str, type: Any, zh: str, en: str, **rest: Any) -> Column:  # noqa: A002, ANN401
    return Column(name=name, type=type, zh=zh, en=en, **rest)


def _measured(indicators: Iterable[Measured]) -> tuple[Column, ...]:
    texts = [catalogue(lang) for lang in ("zh", "en")]
    named = {m.name: m for m in indicators}
    return tuple(
        _c(name, "amount", *(t[f"balance.indicator.{name}"] for t in texts), unit=m.unit)
        for name, m in named.items()
    )


ALL_MEASURED: Final = _measured((*QUALITY, *BASIC))

_STAGE = _c("stage", "category", "学段", "stage", options=STAGES, filled=True)
_SCHOOL = (
    _STAGE,
    _c("school_id", "id", "学校标识码", "school code", filled=True),
    _c("name", "text", "学校名称", "school"),
)
_PLACE = _c("township_id", "text", "乡镇代码", "township code")
_PUPILS = _c("pupils", "amount", "学生数", "pupils", unit="persons")
_LEVEL = _c("level", "amount", "综合水平", "level of provision", unit="share")
_INDICATOR = _c("indicator", "text", "指标", "indicator")
_UNIT = _c("unit", "text", "单位", "unit")
_WAY = (
    _c("way", "amount", "两校间路程", "way between the schools"),
    _c("way_unit", "text", "路程单位", "unit of the way"),
)
_SOURCE = (
    _c("source", "text", "依据", "source"),
    _c("status", "text", "依据状态", "status of the source"),
)

SCHOOLS: Final = Table(
    name="schools",
    zh="学校达标情况",
    en="Schools",
    columns=(
        *_SCHOOL,
        _c("kind", "category", "办学类型", "kind of school", options=KINDS),
        _PLACE,
        _PUPILS,
        *ALL_MEASURED,
        _c("reached", "count", "达标项数", "indicators reached"),
        _c("below_floor", "count", "低于最低比例项数", "indicators below the floor"),
        _c("failed", "text", "未达标指标", "indicators not reached"),
        _LEVEL,
        _c("met", "category", "是否达标", "met", options=_YES_NO),
    ),
)
"""One row per unit, that is, per stage of a school."""

INDICATORS: Final = Table(
    name="indicators",
    zh="指标与差异系数",
    en="Indicators",
    columns=(
        _STAGE,
        _INDICATOR,
        _UNIT,
        _c("schools", "count", "计入学校数", "schools counted", unit="schools"),
        _c("mean", "amount", "全县平均值", "county mean"),
        _c("deviation", "amount", "标准差", "standard deviation"),
        _c("cv", "amount", "差异系数", "coefficient of variation"),
        _c("cv_limit", "amount", "差异系数上限", "coefficient at most"),
        _c("met", "category", "是否达标", "met", options=_YES_NO),
        _c("standard", "amount", "学校标准", "standard of schools"),
        _c("reached", "count", "达标学校数", "schools that reach it", unit="schools"),
        _c("below_floor", "count", "低于最低比例学校数", "schools below the floor", unit="schools"),
        *_SOURCE,
    ),
)
"""One row per indicator and stage, and one for the composite."""

TOWNSHIPS: Final = Table(
    name="townships",
    zh="乡镇汇总",
    en="Townships",
    columns=(
        _STAGE,
        _PLACE,
        _c("name", "text", "乡镇名称", "township"),
        _c("schools", "count", "学校数", "number of schools", unit="schools"),
        _PUPILS,
        *ALL_MEASURED,
        _c("passing", "count", "达标学校数", "schools that pass", unit="schools"),
        _c("passing_share", "amount", "达标学校占比", "share of schools that pass", unit="share"),
        _LEVEL,
    ),
)
"""One row per township and stage."""

LEFT_OUT: Final = Table(
    name="left_out",
    zh="未计入的学校",
    en="Left out",
    columns=(
        *_SCHOOL,
        _INDICATOR,
        _c("reason", "category", "原因", "why", options=REASONS),
    ),
)
"""One row per school, or per school and indicator, that is not counted."""

GAPS: Final = Table(
    name="gaps",
    zh="缺口清单",
    en="Gaps",
    columns=(
        _c("rank", "count", "先后次序", "order"),
        *_SCHOOL,
        _PLACE,
        _PUPILS,
        _INDICATOR,
        _UNIT,
        _c("has", "amount", "现有", "has"),
        _c("wanted", "amount", "标准需要", "wanted"),
        _c("missing", "amount", "缺口", "missing"),
        _c("to_floor", "amount", "到最低比例的缺口", "missing to the floor"),
        _c("capital_yuan", "amount", "建设和购置投资", "capital cost", unit="yuan"),
        _c("annual_yuan", "amount", "年度人员成本", "cost of staff a year", unit="yuan/year"),
        *_SOURCE,
    ),
)
"""One row per school and indicator it does not reach, weakest school first."""

MOVES: Final = Table(
    name="moves",
    zh="调配清单",
    en="Moves",
    columns=(
        _STAGE,
        _c("resource", "category", "资源", "resource", options=RESOURCES),
        _c("from_school", "text", "调出学校标识码", "from school code"),
        _c("from_name", "text", "调出学校", "from school"),
        _c("to_school", "text", "调入学校标识码", "to school code"),
        _c("to_name", "text", "调入学校", "to school"),
        _c("number", "amount", "数量", "number"),
        _UNIT,
        *_WAY,
    ),
)
"""One row per pair of schools and resource moved."""

POSTS: Final = Table(
    name="posts",
    zh="教职工编制",
    en="Posts",
    columns=(
        *_SCHOOL,
        _PUPILS,
        _c("classes", "count", "教学班数", "classes", unit="classes"),
        _c("by_pupils", "amount", "按生师比", "posts by pupils", unit="persons"),
        _c("by_classes", "amount", "按班师比", "posts by classes", unit="persons"),
        _c("posts", "count", "核定编制", "posts", unit="persons"),
        _c("teachers", "amount", "专任教师数", "full-time teachers", unit="persons"),
        _c("over", "amount", "富余", "over", unit="persons"),
        _c("short", "amount", "缺员", "short", unit="persons"),
    ),
)
"""One row per unit with its posts and its teachers."""

PAIRS: Final = Table(
    name="pairs",
    zh="结对帮扶",
    en="Pairs",
    columns=(
        _STAGE,
        _c("weak", "text", "薄弱学校标识码", "weak school code"),
        _c("weak_name", "text", "薄弱学校", "weak school"),
        _c("strong", "text", "帮扶学校标识码", "strong school code"),
        _c("strong_name", "text", "帮扶学校", "strong school"),
        *_WAY,
        _c("weak_pupils", "amount", "薄弱学校学生数", "pupils of the weak school", unit="persons"),
        _c(
            "strong_pupils",
            "amount",
            "帮扶学校学生数",
            "pupils of the strong school",
            unit="persons",
        ),
        _c("level_gap", "amount", "综合水平差距", "difference of levels", unit="share"),
        _c("failed", "text", "需帮扶的指标", "indicators to help with"),
    ),
)
"""One row per weak school with the strong school that helps it."""

BALANCE_TABLES: Final = {
    t.name: t for t in (SCHOOLS, INDICATORS, TOWNSHIPS, LEFT_OUT, GAPS, MOVES, POSTS, PAIRS)
}
"""The tables of this room, by name."""
