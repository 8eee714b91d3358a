"""Sheets and layers of a delivery that belong to no table."""

from collections.abc import Iterable, Mapping

from layoutplan.findings import Finding
from layoutplan.sources.headings.aliases import meanings
from layoutplan.tables import COUNTY_TABLES

Headings = tuple[tuple[str, ...], str]
"""Headings, and the type of geometry of a layer."""


def parts_unused(parts: Mapping[str, Headings]) -> Iterable[Finding]:
    """Name the parts that were not used although they may hold data.

    Parameters
    ----------
    parts
        Label -> headings and the type of geometry of each part that is no table.

    Yields
    ------
    Finding
        One where there are any: layers, and sheets with a column of codes.

    Examples
    --------
    >>> parts = {"教师": (("学校标识码", "教职工数"), ""), "说明": (("一",), "")}
    >>> [f.ids for f in parts_unused(parts)]
    [('教师',)]
    """
    told = tuple(label for label, (headings, shape) in parts.items() if shape or _known(headings))
    if told:
        yield Finding(code="parts_unused", severity="warning", ids=told)


def _known(headings: tuple[str, ...]) -> bool:
    """Tell whether a heading means a code, by which rows belong to those of a table."""
    for table in COUNTY_TABLES.values():
        means = (next(meanings(h, table), None) for h in headings)
        if any(m and m.column in table and table[m.column].type == "id" for m in means):
            return True
    return False
