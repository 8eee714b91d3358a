"""What stands in the file of a ledger: tables that only grow, with their own description.

The file is plain SQLite 3, so that any other program can read it. The table
``about_columns`` in it says what every column means, in Chinese and English.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

VERSION: Final = 1
"""The version of the tables, kept in ``PRAGMA user_version``."""

APPLICATION: Final = int.from_bytes(b"LPLG", "big")
"""Marks the file as a ledger, kept in ``PRAGMA application_id``."""

MIGRATIONS: Final[Mapping[int, tuple[str, ...]]] = MappingProxyType({})
"""Statements that bring a file from this version to the next one."""

ABOUT: Final = ("county", "lang", "made_with")
"""The keys of the table ``about``."""

_KINDS: Final = "'fails', 'meets', 'progress', 'postponed', 'closed', 'reopened'"

_COLUMNS: Final[Mapping[str, tuple[tuple[str, str, str, str], ...]]] = MappingProxyType(
    {
        "about": (
            ("key", "TEXT PRIMARY KEY NOT NULL", "项目", "key"),
            ("value", "TEXT NOT NULL", "内容", "value"),
        ),
        "assessments": (
            ("assessment_id", "INTEGER PRIMARY KEY NOT NULL", "评估编号", "number"),
            ("date", "TEXT NOT NULL", "评估日期（年-月-日）", "day of the assessment, YYYY-MM-DD"),
            ("name", "TEXT NOT NULL", "评估名称", "name of the plan that was assessed"),
            ("lang", "TEXT NOT NULL", "依据文字的语言", "language of the sources"),
            ("parts", "TEXT NOT NULL", "包含内容", "parts that were recorded"),
            ("who", "TEXT NOT NULL", "登记人", "recorded by"),
            ("digest", "TEXT NOT NULL", "内容摘要（SHA-256）", "SHA-256 of what was recorded"),
            ("supersedes", "INTEGER", "更正的评估编号", "number of the assessment it corrects"),
        ),
        "assessment_rows": (
            ("assessment_id", "INTEGER NOT NULL", "评估编号", "number of the assessment"),
            ("line", "INTEGER NOT NULL", "行号", "line"),
            ("part", "TEXT NOT NULL", "部分", "indicators or balance"),
            ("indicator", "TEXT NOT NULL", "指标", "indicator"),
            ("level", "TEXT NOT NULL", "层级", "county, township or band"),
            ("place", "TEXT NOT NULL", "乡镇代码", "township code"),
            ("band", "TEXT NOT NULL", "学段", "grade band or stage"),
            ("value", "REAL", "数值", "value"),
            ("unit", "TEXT NOT NULL", "单位", "unit"),
            ("at_most", "REAL", "标准", "limit"),
            ("met", "TEXT NOT NULL", "是否达标", "yes, no or empty"),
            ("source", "TEXT NOT NULL", "依据", "document and article"),
            ("status", "TEXT NOT NULL", "依据状态", "status of the source"),
        ),
        "assessed_schools": (
            ("assessment_id", "INTEGER NOT NULL", "评估编号", "number of the assessment"),
            ("stage", "TEXT NOT NULL", "学段", "stage"),
            ("school_id", "TEXT NOT NULL", "学校标识码", "school code"),
            ("name", "TEXT NOT NULL", "学校名称", "school"),
            ("township_id", "TEXT NOT NULL", "乡镇代码", "township code"),
            ("pupils", "REAL", "学生数", "pupils"),
            ("level", "REAL", "综合水平", "level of provision"),
            ("failed", "TEXT NOT NULL", "未达标指标", "indicators not reached"),
            ("met", "TEXT NOT NULL", "是否达标", "yes, no or empty"),
        ),
        "townships": (
            ("assessment_id", "INTEGER NOT NULL", "评估编号", "number of the assessment"),
            ("township_id", "TEXT NOT NULL", "乡镇代码", "township code"),
            ("name", "TEXT NOT NULL", "乡镇名称", "township"),
            ("person", "TEXT NOT NULL", "第一责任人", "head, who is responsible first"),
        ),
        "items": (
            ("item_id", "TEXT PRIMARY KEY NOT NULL", "台账编号", "number of the item"),
            ("key", "TEXT UNIQUE NOT NULL", "事项的唯一标识", "what makes it the same item again"),
            ("origin", "TEXT NOT NULL", "来源", "indicator, gap, gate, step or own"),
            ("subject", "TEXT NOT NULL", "事项代码", "indicator, gate or step"),
            ("title", "TEXT NOT NULL", "标题（自立事项）", "title, where entered by hand"),
            ("place_kind", "TEXT NOT NULL", "地点类别", "county, township or school"),
            ("place_id", "TEXT NOT NULL", "地点代码", "code of the place"),
            ("place", "TEXT NOT NULL", "地点名称", "name of the place"),
            ("township_id", "TEXT NOT NULL", "乡镇代码", "township code"),
            ("band", "TEXT NOT NULL", "学段", "grade band or stage"),
            ("owner_kind", "TEXT NOT NULL", "责任主体类别", "township, school or department"),
            ("owner", "TEXT NOT NULL", "责任主体", "code or name of the owner"),
            ("unit", "TEXT NOT NULL", "单位", "unit of the values"),
        ),
        "events": (
            ("event_id", "INTEGER PRIMARY KEY NOT NULL", "登记编号", "number of the entry"),
            ("item_id", "TEXT NOT NULL REFERENCES items(item_id)", "台账编号", "item"),
            ("date", "TEXT NOT NULL", "日期", "day it happened, YYYY-MM-DD"),
            (
                "kind",
                f"TEXT NOT NULL CHECK (kind IN ({_KINDS}))",
                "登记类别",
                "fails (found again or first), meets, progress, postponed, closed, reopened",
            ),
            ("who", "TEXT NOT NULL", "经办人", "by whom"),
            ("note", "TEXT NOT NULL", "说明", "note"),
            ("evidence", "TEXT NOT NULL", "佐证材料", "evidence"),
            ("due", "TEXT NOT NULL", "整改期限", "due, where it is set by this entry"),
            ("progress", "REAL", "进度", "share done, 0 to 1"),
            ("value", "REAL", "数值", "value found"),
            ("at_most", "REAL", "标准", "limit"),
            ("person", "TEXT NOT NULL", "责任人", "person responsible"),
            ("basis", "TEXT NOT NULL", "依据", "document and article"),
            ("basis_status", "TEXT NOT NULL", "依据状态", "status of the source"),
            ("assessment_id", "INTEGER", "评估编号", "the assessment that found it"),
            ("supersedes", "INTEGER", "更正的登记编号", "the entry that it corrects"),
        ),
        "about_columns": (
            ("table_name", "TEXT NOT NULL", "表名", "table"),
            ("column_name", "TEXT NOT NULL", "字段名", "column"),
            ("zh", "TEXT NOT NULL", "中文说明", "meaning in Chinese"),
            ("en", "TEXT NOT NULL", "英文说明", "meaning in English"),
        ),
    }
)
"""Columns of each table: name, declaration, meaning in Chinese and in English."""

_KEYS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = MappingProxyType(
    {
        "about": (("key",),),
        "assessments": (("assessment_id",),),
        "assessment_rows": (("assessment_id", "line"),),
        "assessed_schools": (("assessment_id", "stage", "school_id"),),
        "townships": (("assessment_id", "township_id"),),
        "items": (("item_id",), ("key",)),
        "events": (("event_id",),),
        "about_columns": (("table_name", "column_name"),),
    }
)
"""What names a row."""


def columns(table: str) -> tuple[str, ...]:
    """Give the names of the columns of a table.

    Parameters
    ----------
    table
        The table.

    Returns
    -------
    tuple of str
        The names in their order.

    Examples
    --------
    >>> columns("about")
    ('key', 'value')
    """
    return tuple(c[0] for c in _COLUMNS[table])


def statements() -> Iterator[str]:
    """Give the statements that make an empty ledger.

    Yields
    ------
    str
        Tables, keys, and triggers that refuse to change, delete or replace a row: what
        was recorded stays, and a correction is a new row.
    """
    for table, declared in _COLUMNS.items():
        body = ", ".join(f"{name} {kind}" for name, kind, _, _ in declared)
        yield f"CREATE TABLE {table} ({body})"
        for number, key in enumerate(_KEYS[table]):
            if len(key) > 1:
                yield f"CREATE UNIQUE INDEX {table}_key ON {table} ({', '.join(key)})"
            same = " AND ".join(f"{c} IS NEW.{c}" for c in key)
            known = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - our own names
            # REPLACE deletes without asking the trigger on DELETE.
            yield (
                f"CREATE TRIGGER {table}_no_replace_{number} BEFORE INSERT ON {table} "
                f"WHEN {known} BEGIN SELECT RAISE(ABORT, 'append-only'); END"
            )
        for what in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
            )
    yield "CREATE INDEX events_by_item ON events (item_id, date, event_id)"


def described() -> list[tuple[str, str, str, str]]:
    """Give what every column means, as it is written into the file.

    Returns
    -------
    list of tuple
        Table, column, meaning in Chinese and in English.
    """
    return [(t, n, zh, en) for t, cols in _COLUMNS.items() for n, _, zh, en in cols]
