"""Every column of the tables of supervision, declared once, with their headings."""

from types import MappingProxyType
from typing import Any, Final

from layoutplan.tables import Column, Table, Type

LIGHTS: Final = ("green", "yellow", "red")
"""The lights, from best to worst."""

WHYS: Final = ("closed", "on_time", "near", "behind", "awaiting", "overdue", "worse", "no_due")
"""Why a light is what it is; see `layoutplan.supervision.lights`."""

ORIGINS: Final = ("indicator", "gap", "gate", "step", "own")
"""Where an item of the ledger comes from; ``own`` was entered by hand."""

STATUSES: Final = ("open", "met", "closed")
"""``met``: the last assessment found nothing wrong, but nobody has struck it off yet."""

OWNERS: Final = ("township", "school", "department")
"""Who owes something."""

CHANGES: Final = ("new", "reopened", "overdue", "postponed", "closed")
"""What happened to an item within a period."""

TRENDS: Final = ("better", "worse", "same", "")
"""A number against that of the last period; empty where one of them is missing."""

_YES_NO: Final = ("yes", "no", "")


def _c(name: str, type: Type, zh: str, en: str, **rest: Any) -> Column:  # noqa: A002, ANN401
    return Column(name=name, type=type, zh=zh, en=en, **rest)


_TOWNSHIP: Final = (
    _c("township_id", "text", "乡镇代码", "township code"),
    _c("township", "text", "乡镇", "township"),
)
_PERSON: Final = _c("person", "text", "责任人", "person responsible")
_ITEM: Final = _c("item_id", "id", "台账编号", "item")
_TITLE: Final = _c("title", "text", "事项", "matter")
_BASIS: Final = (
    _c("basis", "text", "依据", "legal basis"),
    _c("basis_status", "text", "依据状态", "status of the source"),
)
_LIGHT: Final = (
    _c("light", "category", "亮灯", "light", options=LIGHTS),
    _c("why", "category", "亮灯原因", "why", options=WHYS),
)
_OWNER: Final = (
    _c("owner_kind", "category", "责任主体类别", "kind of owner", options=OWNERS),
    _c("owner", "text", "责任主体", "owner"),
    _PERSON,
)
_LAST: Final = (
    _c("last", "number", "上期数值", "last period"),
    _c("change", "number", "变化", "change"),
    _c("trend", "category", "变化方向", "direction", options=TRENDS),
)
_SOURCE: Final = (
    _c("source", "text", "依据", "source"),
    _c("status", "text", "依据状态", "status of the source"),
)

OVERVIEW: Final = Table(
    name="overview",
    zh="总体情况",
    en="Overview",
    columns=(
        _c("measure", "text", "项目", "measure"),
        _c("value", "number", "本期", "this period"),
        _c("last", "number", "上期", "last period"),
        _c("change", "number", "变化", "change"),
        _c("unit", "text", "单位", "unit"),
    ),
)
"""One row per count: items by light, new, closed, re-opened, overdue, schools passing."""

INDICATORS: Final = Table(
    name="indicators",
    zh="全县指标",
    en="Indicators of the county",
    columns=(
        _c("indicator", "text", "指标", "indicator"),
        _c("value", "number", "本期数值", "this period"),
        _c("limit", "number", "标准", "limit"),
        _c("unit", "text", "单位", "unit"),
        _c("met", "category", "是否达标", "met", options=_YES_NO),
        *_LAST,
        *_SOURCE,
    ),
)
"""One row per indicator of the whole county that is held to a limit."""

BALANCE: Final = Table(
    name="balance",
    zh="校际差异系数",
    en="Coefficients of variation",
    columns=(
        _c("stage", "category", "学段", "stage", options=("primary", "junior")),
        _c("indicator", "text", "指标", "indicator"),
        _c("value", "number", "差异系数", "coefficient of variation"),
        _c("limit", "number", "上限", "at most"),
        _c("met", "category", "是否达标", "met", options=_YES_NO),
        *_LAST,
        *_SOURCE,
    ),
)
"""One row per stage and indicator, the composite first."""

SCHOOLS: Final = Table(
    name="schools",
    zh="达标学校数",
    en="Schools that pass",
    columns=(
        _c("stage", "category", "学段", "stage", options=("primary", "junior")),
        _c("schools", "count", "学校数", "schools", unit="schools"),
        _c("passing", "count", "达标学校数", "schools that pass", unit="schools"),
        _c("unknown", "count", "数据不全学校数", "schools without data", unit="schools"),
        _c("share", "number", "达标率", "share that passes", unit="share"),
        _c("last_passing", "number", "上期达标学校数", "passing last period", unit="schools"),
        _c("change", "number", "变化", "change"),
    ),
)
"""One row per stage."""

TOWNSHIPS: Final = Table(
    name="townships",
    zh="乡镇情况与排名",
    en="Townships",
    columns=(
        _c("rank", "count", "排名", "rank"),
        _c("tied", "count", "并列数", "so many share the rank"),
        *_TOWNSHIP,
        _PERSON,
        _c("light", "category", "亮灯", "light", options=LIGHTS),
        _c("green", "count", "绿灯", "green"),
        _c("yellow", "count", "黄灯", "yellow"),
        _c("red", "count", "红灯", "red"),
        _c("open", "count", "未销号", "open"),
        _c("overdue", "count", "逾期", "overdue"),
        _c("new", "count", "新增", "new"),
        _c("reopened", "count", "重新立项", "re-opened"),
        _c("closed", "count", "本期销号", "struck off"),
        _c("closed_share", "number", "销号率", "share struck off", unit="share"),
        _c("schools", "number", "学校数", "schools", unit="schools"),
        _c("passing", "number", "达标学校数", "schools that pass", unit="schools"),
    ),
)
"""One row per township, the best first; equal ones share a rank."""

ITEMS: Final = Table(
    name="items",
    zh="整改台账",
    en="Ledger",
    columns=(
        _ITEM,
        _TITLE,
        _c("origin", "category", "来源", "comes from", options=ORIGINS),
        _c("place_id", "text", "地点代码", "code of the place"),
        _c("place", "text", "地点", "place"),
        *_TOWNSHIP,
        *_OWNER,
        _c("value", "number", "现值", "value"),
        _c("limit", "number", "标准", "limit"),
        _c("unit", "text", "单位", "unit"),
        _c("last", "number", "上期数值", "last period"),
        _c("opened", "date", "立项日期", "opened"),
        _c("due", "date", "整改期限", "due"),
        _c("due_original", "date", "原定期限", "due at first"),
        _c("days_left", "number", "剩余天数", "days left"),
        _c("state", "category", "状态", "state", options=STATUSES),
        *_LIGHT,
        _c("progress", "number", "进度", "progress", unit="share"),
        _c("note", "text", "最近进展", "last note"),
        _c("evidence", "text", "佐证材料", "evidence"),
        _c("missing", "text", "缺失信息", "what is missing"),
        *_BASIS,
    ),
)
"""One row per item that is open at the end of the period or was struck off within it."""

CHANGED: Final = Table(
    name="changes",
    zh="台账变化",
    en="Changes of the ledger",
    columns=(
        _c("change", "category", "变化", "change", options=CHANGES),
        _ITEM,
        _TITLE,
        _c("place", "text", "地点", "place"),
        _c("township", "text", "乡镇", "township"),
        _c("owner", "text", "责任主体", "owner"),
        _c("date", "date", "日期", "date"),
        _c("who", "text", "经办人", "by whom"),
        _c("due_before", "date", "变更前期限", "due before"),
        _c("due", "date", "期限", "due"),
        _c("note", "text", "说明", "note"),
        _c("evidence", "text", "佐证材料", "evidence"),
    ),
)
"""One row per item and thing that happened to it: new, re-opened, overdue, postponed, closed."""

_NAMED: Final = (
    *_TOWNSHIP,
    _PERSON,
    _c("reason", "text", "理由", "reason"),
    _c("red", "count", "红灯", "red"),
    _c("yellow", "count", "黄灯", "yellow"),
    _c("closed", "count", "本期销号", "struck off"),
)
PRAISE: Final = Table(name="praise", zh="通报表扬", en="Praise", columns=_NAMED)
CRITICISM: Final = Table(name="criticism", zh="通报批评", en="Criticism", columns=_NAMED)

NEXT_STEPS: Final = Table(
    name="next_steps",
    zh="下一步工作",
    en="Next steps",
    columns=(
        _c("due", "date", "期限", "due"),
        _c("days_left", "number", "剩余天数", "days left"),
        *_LIGHT,
        _ITEM,
        _TITLE,
        _c("place", "text", "地点", "place"),
        _c("township", "text", "乡镇", "township"),
        *_OWNER,
    ),
)
"""What is overdue, then what falls due soon, the earliest first."""

COUNTDOWN: Final = Table(
    name="countdown",
    zh="倒计时",
    en="Countdown",
    columns=(
        _c("name", "text", "节点", "day"),
        _c("date", "date", "日期", "date"),
        _c("days_left", "number", "剩余天数", "days left"),
    ),
)

FAVOURED: Final = Table(
    name="favoured",
    zh="动态倾斜支持学校名单",
    en="Schools to favour",
    columns=(
        _c("rank", "count", "次序", "order"),
        _c("school_id", "text", "学校标识码", "school code"),
        _c("school", "text", "学校", "school"),
        *_TOWNSHIP,
        _c("stage", "category", "学段", "stage", options=("primary", "junior")),
        _c("pupils", "number", "学生数", "pupils", unit="persons"),
        _c("level", "number", "综合水平", "level of provision", unit="share"),
        _c("gaps", "count", "缺口项数", "indicators short"),
        _c("gaps_named", "text", "缺口", "what it is short of"),
        _c("last_rank", "number", "上期次序", "order last period"),
        _c("source", "text", "依据", "source"),
    ),
)
"""The weakest schools by what they lack, the weakest first."""

NOTICES: Final = Table(
    name="notices",
    zh="整改通知",
    en="Rectification notices",
    columns=(
        _c("notice", "text", "通知编号", "notice"),
        *_OWNER,
        _ITEM,
        _TITLE,
        _c("place", "text", "地点", "place"),
        _c("township", "text", "乡镇", "township"),
        _c("value", "number", "现值", "value"),
        _c("limit", "number", "标准", "limit"),
        _c("unit", "text", "单位", "unit"),
        _c("due", "date", "整改期限", "due"),
        _c("days_left", "number", "剩余天数", "days left"),
        *_LIGHT,
        *_BASIS,
    ),
)
"""One row per item that is yellow or red; those of one owner make one notice."""

REPORT_TABLES: Final = MappingProxyType(
    {
        t.name: t
        for t in (
            OVERVIEW, INDICATORS, BALANCE, SCHOOLS, TOWNSHIPS, ITEMS, CHANGED, PRAISE, CRITICISM,
            NEXT_STEPS, COUNTDOWN, FAVOURED, NOTICES,
        )
    }
)  # fmt: skip
"""The tables of a `layoutplan.supervision.SupervisionReport`, by name."""
