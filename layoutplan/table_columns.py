"""Columns that tables of several rooms share, and a short way to declare others."""

from collections.abc import Iterable
from typing import Any, Final

from layoutplan.tables import Column, Table, Type


def column(name: str, type: Type, zh: str, en: str, **rest: Any) -> Column:  # noqa: A002, ANN401
    """Declare a column.

    Parameters
    ----------
    name, type, zh, en
        See `layoutplan.tables.Column`.
    **rest
        Its other fields.

    Returns
    -------
    Column
        The column.

    Examples
    --------
    >>> column("pupils", "count", "学生数", "pupils", unit="persons").unit
    'persons'
    """
    return Column(name=name, type=type, zh=zh, en=en, **rest)


def table(name: str, zh: str, en: str, *columns: Column | Iterable[Column]) -> Table:
    """Declare a table.

    Parameters
    ----------
    name, zh, en
        See `layoutplan.tables.Table`.
    *columns
        Its columns, or several of them together, in their order.

    Returns
    -------
    Table
        The table.

    Examples
    --------
    >>> [c.name for c in table("gaps", "缺口清单", "Gaps", MET, SOURCE).columns]
    ['met', 'source', 'status']
    """
    flat = [c for given in columns for c in ((given,) if isinstance(given, Column) else given)]
    return Table(name=name, zh=zh, en=en, columns=tuple(flat))


MET: Final = column("met", "category", "是否达标", "met", options=("yes", "no", ""))
"""Whether a limit is kept; empty where nothing is known."""

SOURCE: Final = (
    column("source", "text", "依据", "source"),
    column("status", "text", "依据状态", "status of the source"),
)
"""Where a number comes from."""

INDICATOR: Final = column("indicator", "text", "指标", "indicator")

UNIT: Final = column("unit", "text", "单位", "unit")


def title_of(table: Table, lang: str) -> str:
    """Give the name of a table.

    Parameters
    ----------
    table
        The table.
    lang
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str
        Its name in that language.

    Examples
    --------
    >>> title_of(table("gaps", "缺口清单", "Gaps"), "en")
    'Gaps'
    """
    return table.zh if lang == "zh" else table.en
