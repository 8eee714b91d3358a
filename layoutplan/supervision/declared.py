"""Every column of the tables of supervision, declared once, with their headings."""

from types import MappingProxyType
from typing import Final

from layoutplan.table_columns import INDICATOR, MET, SOURCE, UNIT, column, table

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

_TOWNSHIP: Final = (
    column("township_id", "text", "乡镇代码", "township code"),
    column("township", "text", "乡镇", "township"),
)
_PERSON: Final = column("person", "text", "责任人", "person responsible")
_ITEM: Final = column("item_id", "id", "台账编号", "item")
_TITLE: Final = column("title", "text", "事项", "matter")
_BASIS: Final = (
    column("basis", "text", "依据", "legal basis"),
    column("basis_status", "text", "依据状态", "status of the source"),
)
_LIGHT: Final = (
    column("light", "category", "亮灯", "light", options=LIGHTS),
    column("why", "category", "亮灯原因", "why", options=WHYS),
)
_OWNER: Final = (
    column("owner_kind", "category", "责任主体类别", "kind of owner", options=OWNERS),
    column("owner", "text", "责任主体", "owner"),
    _PERSON,
)
_LAST: Final = (
    column("last", "number", "上期数值", "last period"),
    column("change", "number", "变化", "change"),
    column("trend", "category", "变化方向", "direction", options=TRENDS),
)

OVERVIEW: Final = table(
    "overview",
    "总体情况",
    "Overview",
    column("measure", "text", "项目", "measure"),
    column("value", "number", "本期", "this period"),
    column("last", "number", "上期", "last period"),
    column("change", "number", "变化", "change"),
    UNIT,
)
"""One row per count: items by light, new, closed, re-opened, overdue, schools passing."""

INDICATORS: Final = table(
    "indicators",
    "全县指标",
    "Indicators of the county",
    INDICATOR,
    column("value", "number", "本期数值", "this period"),
    column("limit", "number", "标准", "limit"),
    UNIT,
    MET,
    _LAST,
    SOURCE,
)
"""One row per indicator of the whole county that is held to a limit."""

BALANCE: Final = table(
    "balance",
    "校际差异系数",
    "Coefficients of variation",
    column("stage", "category", "学段", "stage", options=("primary", "junior")),
    INDICATOR,
    column("value", "number", "差异系数", "coefficient of variation"),
    column("limit", "number", "上限", "at most"),
    MET,
    _LAST,
    SOURCE,
)
"""One row per stage and indicator, the composite first."""

SCHOOLS: Final = table(
    "schools",
    "达标学校数",
    "Schools that pass",
    column("stage", "category", "学段", "stage", options=("primary", "junior")),
    column("schools", "count", "学校数", "schools", unit="schools"),
    column("passing", "count", "达标学校数", "schools that pass", unit="schools"),
    column("unknown", "count", "数据不全学校数", "schools without data", unit="schools"),
    column("share", "number", "达标率", "share that passes", unit="share"),
    column("last_passing", "number", "上期达标学校数", "passing last period", unit="schools"),
    column("change", "number", "变化", "change"),
)
"""One row per stage."""

TOWNSHIPS: Final = table(
    "townships",
    "乡镇情况与排名",
    "Townships",
    column("rank", "count", "排名", "rank"),
    column("tied", "count", "并列数", "so many share the rank"),
    _TOWNSHIP,
    _PERSON,
    column("light", "category", "亮灯", "light", options=LIGHTS),
    column("green", "count", "绿灯", "green"),
    column("yellow", "count", "黄灯", "yellow"),
    column("red", "count", "红灯", "red"),
    column("open", "count", "未销号", "open"),
    column("overdue", "count", "逾期", "overdue"),
    column("new", "count", "新增", "new"),
    column("reopened", "count", "重新立项", "re-opened"),
    column("closed", "count", "本期销号", "struck off"),
    column("closed_share", "number", "销号率", "share struck off", unit="share"),
    column("schools", "number", "学校数", "schools", unit="schools"),
    column("passing", "number", "达标学校数", "schools that pass", unit="schools"),
)
"""One row per township, the best first; equal ones share a rank."""

ITEMS: Final = table(
    "items",
    "整改台账",
    "Ledger",
    _ITEM,
    _TITLE,
    column("origin", "category", "来源", "comes from", options=ORIGINS),
    column("place_id", "text", "地点代码", "code of the place"),
    column("place", "text", "地点", "place"),
    _TOWNSHIP,
    _OWNER,
    column("value", "number", "现值", "value"),
    column("limit", "number", "标准", "limit"),
    UNIT,
    column("last", "number", "上期数值", "last period"),
    column("opened", "date", "立项日期", "opened"),
    column("due", "date", "整改期限", "due"),
    column("due_original", "date", "原定期限", "due at first"),
    column("days_left", "number", "剩余天数", "days left"),
    column("state", "category", "状态", "state", options=STATUSES),
    _LIGHT,
    column("progress", "number", "进度", "progress", unit="share"),
    column("note", "text", "最近进展", "last note"),
    column("evidence", "text", "佐证材料", "evidence"),
    column("missing", "text", "缺失信息", "what is missing"),
    _BASIS,
)
"""One row per item that is open at the end of the period or was struck off within it."""

CHANGED: Final = table(
    "changes",
    "台账变化",
    "Changes of the ledger",
    column("change", "category", "变化", "change", options=CHANGES),
    _ITEM,
    _TITLE,
    column("place", "text", "地点", "place"),
    column("township", "text", "乡镇", "township"),
    column("owner", "text", "责任主体", "owner"),
    column("date", "date", "日期", "date"),
    column("who", "text", "经办人", "by whom"),
    column("due_before", "date", "变更前期限", "due before"),
    column("due", "date", "期限", "due"),
    column("note", "text", "说明", "note"),
    column("evidence", "text", "佐证材料", "evidence"),
)
"""One row per item and thing that happened to it: new, re-opened, overdue, postponed, closed."""

_NAMED: Final = (
    *_TOWNSHIP,
    _PERSON,
    column("reason", "text", "理由", "reason"),
    column("red", "count", "红灯", "red"),
    column("yellow", "count", "黄灯", "yellow"),
    column("closed", "count", "本期销号", "struck off"),
)
PRAISE: Final = table("praise", "通报表扬", "Praise", _NAMED)
CRITICISM: Final = table("criticism", "通报批评", "Criticism", _NAMED)

NEXT_STEPS: Final = table(
    "next_steps",
    "下一步工作",
    "Next steps",
    column("due", "date", "期限", "due"),
    column("days_left", "number", "剩余天数", "days left"),
    _LIGHT,
    _ITEM,
    _TITLE,
    column("place", "text", "地点", "place"),
    column("township", "text", "乡镇", "township"),
    _OWNER,
)
"""What is overdue, then what falls due soon, the earliest first."""

COUNTDOWN: Final = table(
    "countdown",
    "倒计时",
    "Countdown",
    column("name", "text", "节点", "day"),
    column("date", "date", "日期", "date"),
    column("days_left", "number", "剩余天数", "days left"),
)

FAVOURED: Final = table(
    "favoured",
    "动态倾斜支持学校名单",
    "Schools to favour",
    column("rank", "count", "次序", "order"),
    column("school_id", "text", "学校标识码", "school code"),
    column("school", "text", "学校", "school"),
    _TOWNSHIP,
    column("stage", "category", "学段", "stage", options=("primary", "junior")),
    column("pupils", "number", "学生数", "pupils", unit="persons"),
    column("level", "number", "综合水平", "level of provision", unit="share"),
    column("gaps", "count", "缺口项数", "indicators short"),
    column("gaps_named", "text", "缺口", "what it is short of"),
    column("last_rank", "number", "上期次序", "order last period"),
    column("source", "text", "依据", "source"),
)
"""The weakest schools by what they lack, the weakest first."""

NOTICES: Final = table(
    "notices",
    "整改通知",
    "Rectification notices",
    column("notice", "text", "通知编号", "notice"),
    _OWNER,
    _ITEM,
    _TITLE,
    column("place", "text", "地点", "place"),
    column("township", "text", "乡镇", "township"),
    column("value", "number", "现值", "value"),
    column("limit", "number", "标准", "limit"),
    UNIT,
    column("due", "date", "整改期限", "due"),
    column("days_left", "number", "剩余天数", "days left"),
    _LIGHT,
    _BASIS,
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
