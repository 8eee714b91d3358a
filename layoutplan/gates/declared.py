"""Every column of the tables of closures: votes, ways, gates, must-keep, procedure."""

from types import MappingProxyType
from typing import Any, Final

from layoutplan.actions import ACTIONS
from layoutplan.tables import BANDS, KINDS, Column, Table, Type

GATE_NAMES: Final = ("parents", "hearing", "travel", "boarding", "size")
"""The five gates of a closure; the votes of the first two are recorded, the others computed."""

VOTE_GATES: Final = GATE_NAMES[:2]
"""The gates whose votes are recorded."""

VERDICTS: Final = ("pass", "open", "unknown", "fail")
"""What a gate says, from best to worst: ``open`` is not recorded yet, ``unknown`` lacks data."""

STEPS: Final = (
    "survey", "scheme", "argument", "hearing", "notice", "deliberation", "approval",
    "building", "transfer", "transition", "premises", "done",
)  # fmt: skip
"""The steps of a closure in their order; see `layoutplan.gates.Procedure`."""

WITHDRAWN: Final = "withdrawn"
"""What ends a closure that is given up."""

PROPOSALS: Final = ("closed", "reduced", "emptied")
"""What takes pupils away: closing, giving up grades, or leaving a school without pupils."""


def _c(name: str, type: Type, **rest: Any) -> Column:  # noqa: A002, ANN401
    return Column(name=name, type=type, **rest)


_SITE = _c("site_id", "id", zh="学校代码", en="school code", filled=True)
_BAND = _c("band", "category", zh="学段", en="grade band", options=BANDS, filled=True)

VOTES: Final = Table(
    name="votes",
    zh="意见记录",
    en="Votes",
    columns=(
        _c("school_id", "text", zh="学校标识码", en="school code", required=True, filled=True),
        _c(
            "gate",
            "category",
            zh="征求意见方式",
            en="whose opinion",
            required=True,
            filled=True,
            options=VOTE_GATES,
        ),
        _c("votes_for", "count", zh="赞成人数", en="for the closure", unit="persons"),
        _c("votes_against", "count", zh="反对人数", en="against the closure", unit="persons"),
        _c("date", "date", zh="日期", en="date"),
        _c("evidence", "text", zh="佐证材料文件名", en="name of the file of evidence"),
        _c("recorded_by", "text", zh="记录人", en="recorded by"),
    ),
)
"""What parents and the delegates of hearings said; recorded, never computed."""

UNSAFE_WAYS: Final = Table(
    name="unsafe_ways",
    zh="不安全路段",
    en="Unsafe ways",
    columns=(
        _c("village_id", "text", zh="村代码", en="village code", required=True, filled=True),
        _c("school_id", "text", zh="学校标识码", en="school code", required=True, filled=True),
        _c("hazard", "text", zh="隐患", en="hazard", required=True, filled=True),
        _c("date", "date", zh="日期", en="date"),
        _c("recorded_by", "text", zh="记录人", en="recorded by"),
    ),
)
"""Ways that were seen on the spot and are not safe for pupils."""

_VERDICT = _c("verdict", "category", zh="结论", en="verdict", options=VERDICTS, filled=True)
_GATE = _c("gate", "category", zh="情形", en="gate", options=GATE_NAMES, filled=True)

GATES: Final = Table(
    name="gates",
    zh="撤并把关",
    en="Closure gates",
    columns=(
        _SITE,
        _c("name", "text", zh="学校名称", en="school"),
        _c("township_id", "text", zh="乡镇代码", en="township code"),
        _c("proposal", "category", zh="撤并方式", en="what is proposed", options=PROPOSALS),
        _c("bands", "text", zh="涉及学段", en="grade bands taken away"),
        _GATE,
        _VERDICT,
        _c("pupils", "count", zh="涉及学生数", en="pupils who would move", unit="persons"),
        _c("concerned", "count", zh="受不利影响学生数", en="pupils it fails for", unit="persons"),
        _c("minutes", "amount", zh="最长路途时间", en="longest way", unit="minutes"),
        _c("receivers", "text", zh="接收学校", en="receiving schools"),
        _c("finding", "text", zh="说明", en="what was found"),
        _c("source", "text", zh="依据", en="source"),
        _c("status", "text", zh="依据状态", en="status of the source"),
    ),
)

GATE_CHECKS: Final = Table(
    name="gate_checks",
    zh="逐项核对",
    en="Checks of the gates",
    columns=(
        _SITE,
        _GATE,
        _c("check", "text", zh="核对项", en="check", filled=True),
        _VERDICT,
        _c("band", "category", zh="学段", en="grade band", options=BANDS),
        _c("receiver", "text", zh="接收学校", en="receiving school"),
        _c("pupils", "count", zh="受影响学生数", en="pupils concerned", unit="persons"),
        _c("value", "number", zh="方案数值", en="in the plan"),
        _c("before", "number", zh="现状数值", en="today"),
        _c("limit", "number", zh="标准", en="limit"),
        _c("unit", "text", zh="单位", en="unit"),
        _c("source", "text", zh="依据", en="source"),
        _c("status", "text", zh="依据状态", en="status of the source"),
    ),
)

MUST_KEEP: Final = Table(
    name="must_keep",
    zh="必须保留的学校",
    en="Schools that must stay",
    columns=(
        _SITE,
        _c("name", "text", zh="学校名称", en="school"),
        _c("kind", "category", zh="办学类型", en="kind of school", options=KINDS),
        _c("township_id", "text", zh="乡镇代码", en="township code"),
        _BAND,
        _c("pupils", "count", zh="依赖学生数", en="pupils who depend on it", unit="persons"),
        _c("villages", "count", zh="村数", en="villages"),
        _c("limit", "amount", zh="时间上限", en="limit", unit="minutes"),
        _c("alternative", "text", zh="最近的其他学校", en="nearest other school"),
        _c("minutes", "amount", zh="最近者路途", en="its way, nearest pupil", unit="minutes"),
        _c("minutes_mean", "amount", zh="平均路途", en="its way, mean", unit="minutes"),
        _c("without_way", "count", zh="无路可达学生数", en="pupils with no way", unit="persons"),
        _c("short_of_places", "count", zh="无学位学生数", en="pupils without a place",
           unit="persons"),
        _c("in_plan", "category", zh="方案措施", en="action in the plan", options=ACTIONS),
        _c("kept", "text", zh="方案是否保留", en="kept by the plan"),
        _c("finding", "text", zh="保留理由", en="why it must stay"),
        _c("source", "text", zh="依据", en="source"),
        _c("status", "text", zh="依据状态", en="status of the source"),
    ),
)  # fmt: skip

PROCEDURE: Final = Table(
    name="procedure",
    zh="撤并程序",
    en="Procedure of a closure",
    columns=(
        _c("site_id", "id", zh="学校代码", en="school code", required=True, filled=True),
        _c(
            "step",
            "category",
            zh="程序步骤",
            en="step",
            options=(*STEPS, WITHDRAWN),
            filled=True,
            required=True,
        ),
        _c("date", "date", zh="日期", en="date", filled=True, required=True),
        _c("until", "date", zh="截止日期", en="until"),
        _c("receiver", "text", zh="接收学校", en="receiving school"),
        _c("evidence", "text", zh="佐证材料文件名", en="name of the file of evidence"),
        _c("recorded_by", "text", zh="记录人", en="recorded by"),
    ),
)

GATE_TABLES: Final = MappingProxyType(
    {t.name: t for t in (VOTES, UNSAFE_WAYS, GATES, GATE_CHECKS, MUST_KEEP, PROCEDURE)}
)
"""The tables of closures and their gates, by name."""
