"""Which table of a county a delivered sheet or layer is, told by its headings."""

from collections.abc import Iterable, Mapping

from layoutplan.sources.headings.learned import learn
from layoutplan.tables import COUNTY_TABLES, Table

_LEAST = 3
"""Columns that tell a table: two codes alone may be anything."""


def likeness(headings: Iterable[str], table: Table, *, geometry: str) -> int:
    """Count the columns by which headings show that they are a table.

    Parameters
    ----------
    headings
        The headings of a sheet, or the fields of a layer.
    table
        The table it may be.
    geometry
        The geometry type of a layer; empty for a sheet.

    Returns
    -------
    int
        How many of our columns are there; 0 where one is missing that the table needs.

    Examples
    --------
    >>> likeness(["村编码", "村名", "东经", "北纬"], COUNTY_TABLES["villages"], geometry="")
    4
    """
    entries = learn(headings, table, given={}).entries
    placed = {"lon", "lat"} <= set(entries) or {"x", "y"} <= set(entries) or "wkt" in entries
    shaped = geometry in table.geometries or f"Multi{geometry}" in table.geometries
    needed = {c.name for c in table.columns if c.required and c.type != "geometry"}
    if not needed <= set(entries):
        return 0
    if table.geometries and not (shaped if geometry else placed):
        return 0
    if not table.geometries and geometry:
        return 0
    lines = table.name == "roads" and bool(geometry)
    count = len([c for c in entries if c != "layer"]) + bool(geometry)
    return count if lines or count >= _LEAST else 0


def recognise(
    parts: Mapping[str, tuple[tuple[str, ...], str]], wanted: Iterable[str]
) -> dict[str, list[str]]:
    """Tell which of some parts are which of some tables.

    Parameters
    ----------
    parts
        Part -> its headings and the geometry type, empty for a sheet.
    wanted
        The tables that are looked for.

    Returns
    -------
    dict of str to list of str
        Table -> the parts that are most like it; more than one where none is more so.
    """
    found = dict[str, list[tuple[int, str]]]()
    wanted = list(wanted)
    for part, (headings, geometry) in parts.items():
        scores = {
            name: likeness(headings, table, geometry=geometry)
            for name, table in COUNTY_TABLES.items()
        }
        best = max(scores.values())
        like = [name for name, score in scores.items() if score == best]
        if best and len(like) == 1 and like[0] in wanted:
            found.setdefault(like[0], []).append((best, part))
    return {
        name: [part for score, part in claims if score == max(claims)[0]]
        for name, claims in found.items()
    }
