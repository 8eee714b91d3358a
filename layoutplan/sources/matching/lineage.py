"""Schools over the years: ids of merged, renamed, split and closed schools."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.sources.sheets.cell_text import cell_text

KINDS_OF_CHANGE: Final = ("merged", "renamed", "split", "closed")
"""What may happen to an id."""

COLUMNS: Final = ("old_id", "new_id", "date", "kind")


@dataclass(frozen=True, eq=False, kw_only=True)
class Traced:
    """A table of former years under the ids of a later day.

    Parameters
    ----------
    frame
        The rows, indexed by the id of that day, the former one in ``former_id``. Rows are
        neither added up nor left out.
    heirs
        Former id to the id of that day, for each id that changed.
    findings
        Rows of schools that were split or closed, and ids that are not as they should be.
    """

    frame: pd.DataFrame = field(repr=False)
    heirs: Mapping[str, str]
    findings: tuple[Finding, ...] = ()


def apply_lineage(
    frame: pd.DataFrame,
    lineage: pd.DataFrame,
    *,
    as_of: str,
    known: Iterable[str] | None = None,
) -> Traced:
    """Bring a table of former years under the ids of a later day.

    An id that was merged or renamed is followed to its last heir by that day. Rows of a
    school that was split stay under its former id, for nobody knows which part a pupil
    went to; so do rows of closed schools. Both are named in the findings. An id that a
    merger, a split or a closure retired is never given again; an id that is kept by the
    merged school is not retired.

    Parameters
    ----------
    frame
        A table indexed by school id, such as enrolment of a former year.
    lineage
        One row per change: ``old_id``, ``new_id`` (empty for closed), ``date`` (a year, a
        month or a day: ``2023``, ``2023-09`` or ``2023-09-01``) and ``kind``, one of
        `KINDS_OF_CHANGE`; a split has a row for each part.
    as_of
        The day, month or year up to whose end changes count.
    known
        The ids of that day, where they are at hand: heirs that are not among them, and
        retired ids that are, are found.

    Returns
    -------
    Traced
        The table under the ids of that day, and the findings.

    Raises
    ------
    DataError
        If the lineage lacks a column, a value cannot be used, an id has two heirs without
        being split, or ids go round in a circle.

    Examples
    --------
    >>> lineage = pd.DataFrame(
    ...     [["a", "b", "2021", "merged"], ["b", "c", "2023-09-01", "renamed"]],
    ...     columns=["old_id", "new_id", "date", "kind"],
    ... )
    >>> pupils = pd.DataFrame({"pupils": [30, 50]}, index=["a", "b"])
    >>> apply_lineage(pupils, lineage, as_of="2024").frame["pupils"].groupby(level=0).sum()
    school_id
    c    80
    Name: pupils, dtype: int64
    >>> apply_lineage(pupils, lineage, as_of="2022").frame.index.tolist()
    ['b', 'b']
    """
    changes = _changes(lineage)
    by_then = changes[changes["date"] <= _end(as_of)]
    if pd.isna(_end(as_of)):
        raise DataError(Finding(code="lineage_date", column="as_of", ids=(str(as_of),)))
    _refuse_circles(changes)
    former = frame.index.astype("str").str.strip()
    heirs, split, closed = _heirs(by_then)
    now = former.map(lambda i: heirs.get(i, i))
    traced = frame.assign(former_id=former.to_numpy()).set_axis(
        pd.Index(now, name=frame.index.name or "school_id", dtype="str"), axis=0
    )
    findings = [
        *_stayed(now, split, closed),
        *_again(changes),
        *_unknown(by_then, heirs, known),
    ]
    return Traced(frame=traced, heirs=dict(sorted(heirs.items())), findings=tuple(findings))


def _changes(lineage: pd.DataFrame) -> pd.DataFrame:
    missing = [c for c in COLUMNS if c not in lineage]
    if missing:
        values = {"missing": ", ".join(missing)}
        raise DataError(Finding(code="lineage_columns", rows=len(missing), values=values))
    # A column of whole numbers with a blank among them has become one of decimals.
    text = lineage[list(COLUMNS)].map(cell_text)
    text["kind"] = text["kind"].str.casefold()
    row = pd.Index([f"#{i}" for i in range(1, len(text) + 1)])
    days = pd.Series([_start(d) for d in text["date"]], index=text.index, dtype="datetime64[ns]")
    faults = {
        "lineage_kind": ~text["kind"].isin(KINDS_OF_CHANGE),
        "lineage_date": days.isna(),
        "lineage_blank": text["old_id"].eq("")
        | (text["new_id"].eq("") & text["kind"].ne("closed")),
    }
    found = [
        Finding(code=code, table="lineage", ids=tuple(row[at.to_numpy()]))
        for code, at in faults.items()
        if at.any()
    ]
    if found:
        raise DataError(found)
    changes = text.assign(date=days).sort_values(list(COLUMNS), kind="stable")
    changes = changes.drop_duplicates(list(COLUMNS)).reset_index(drop=True)
    _refuse_two_heirs(changes)
    return changes


def _start(date: str) -> pd.Timestamp:
    """Give the first day of a year, month or day."""
    return _period(date)[0]


def _end(date: str) -> pd.Timestamp:
    """Give the last moment of a year, month or day."""
    return _period(str(date).strip())[1]


def _period(date: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    plain = date.removesuffix(" 00:00:00").removesuffix(".0").replace("/", "-").replace(".", "-")
    period: object
    try:
        period = pd.Period(plain, freq={0: "Y", 1: "M", 2: "D"}[plain.count("-")])
    except (ValueError, KeyError):
        period = pd.NaT
    if not isinstance(period, pd.Period):
        return pd.NaT, pd.NaT  # type: ignore[return-value]
    return period.start_time, period.end_time


def _refuse_two_heirs(changes: pd.DataFrame) -> None:
    """Refuse two heirs on one day of a school that is not split."""
    whole = changes[changes["kind"].isin(("merged", "renamed"))]
    twice = whole[whole.duplicated(["old_id", "date"], keep=False)]
    if len(twice):
        ids = tuple(twice["old_id"].unique())
        raise DataError(Finding(code="lineage_two_heirs", table="lineage", ids=ids))


def _refuse_circles(changes: pd.DataFrame) -> None:
    """Refuse ids that come back to themselves, whatever the dates say."""
    kinds = changes["kind"].isin(("merged", "renamed"))
    moved = changes[kinds & changes["old_id"].ne(changes["new_id"])]
    ids = pd.Index(sorted({*moved["old_id"], *moved["new_id"]}), dtype="str")
    ends = ids.get_indexer(moved["old_id"]), ids.get_indexer(moved["new_id"])
    links = coo_array((np.ones(len(moved)), ends), shape=(len(ids), len(ids)))
    _, ring = connected_components(links, directed=True, connection="strong")
    sizes = np.bincount(ring, minlength=1)
    round_again = ids[sizes[ring] > 1]
    if len(round_again):
        raise DataError(Finding(code="lineage_circle", table="lineage", ids=tuple(round_again)))


def _heirs(changes: pd.DataFrame) -> tuple[dict[str, str], set[str], set[str]]:
    """Follow each id to its heir, change by change in the order of their days."""
    heirs, split, closed = dict[str, str](), set[str](), set[str]()
    moved_on = dict[str, pd.Timestamp]()
    ordered = changes.sort_values(["date", "old_id", "new_id"])
    for old, new, day, kind in ordered[list(COLUMNS)].itertuples(index=False):
        if kind == "closed":
            closed.add(old)
        elif kind == "split":
            split.add(old)
        elif old != new:
            # Changes of one day are one step, in whatever order they are written.
            heir = heirs[new] if moved_on.get(new) == day else new
            heirs |= {i: heir for i, was in heirs.items() if was == old} | {old: heir}
            moved_on[old] = day
    return heirs, split, closed


def _stayed(now: pd.Index, split: set[str], closed: set[str]) -> Iterable[Finding]:
    for code, ids in (("lineage_split", split), ("lineage_closed", closed)):
        at = tuple(sorted({str(i) for i in now if i in ids}))
        if at:
            yield Finding(code=code, severity="warning", table="lineage", ids=at)


def _retired(changes: pd.DataFrame) -> dict[str, pd.Timestamp]:
    """Tell since when ids are retired; one that goes on as a part or heir is not."""
    gone = dict[str, pd.Timestamp]()
    stays = changes["old_id"].eq(changes["new_id"])
    kept = pd.MultiIndex.from_frame(changes.loc[stays, ["old_id", "date"]])
    every = pd.MultiIndex.from_frame(changes[["old_id", "date"]])
    ends = changes[~every.isin(kept)].sort_values("date", kind="stable")
    for old, day in zip(ends["old_id"], ends["date"], strict=True):
        gone.setdefault(str(old), day)
    return gone


def _again(changes: pd.DataFrame) -> Iterable[Finding]:
    gone = _retired(changes)
    later = [
        i
        for name in ("old_id", "new_id")
        for i, day in zip(changes[name], changes["date"], strict=True)
        if i in gone and day > gone[i]
    ]
    if later:
        ids = tuple(sorted(set(later)))
        yield Finding(code="lineage_id_again", severity="warning", table="lineage", ids=ids)


def _unknown(
    changes: pd.DataFrame, heirs: Mapping[str, str], known: Iterable[str] | None
) -> Iterable[Finding]:
    if known is None:
        return
    there = {str(i).strip() for i in known}
    gone = _retired(changes)
    new = {heirs.get(i, i) for i in changes["new_id"] if i}
    lost = tuple(sorted(i for i in new if i not in there and i not in gone))
    if lost:
        yield Finding(code="lineage_unknown", severity="warning", table="lineage", ids=lost)
    alive = tuple(sorted(there & set(gone)))
    if alive:
        yield Finding(code="lineage_id_again", severity="warning", table="lineage", ids=alive)
