"""Match the rows of two tables: codes, then names within the township, then places."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.frozen_tables import FrozenTables
from layoutplan.sources.matching.answers import Answers, answered
from layoutplan.sources.matching.folding import Folded, Named, fold, heads, plain
from layoutplan.sources.matching.near import degrees_of, places_within
from layoutplan.sources.matching.noun import PAIRS, QUESTIONS, Matches
from layoutplan.sources.matching.score import score
from layoutplan.standards import Standards
from layoutplan.standards import standards as load_standards

_LEAST: Final = 0.5
"""Names that are less alike are not proposed; half of what they hold agrees."""

_NEXT_BEST: Final = 2
"""So many further rows are shown beside a proposal."""

_KEYS: Final = {"schools": "school_id", "villages": "village_id"}
_TIE: Final = 1e-9
_LONG_CODE: Final = re.compile(r"\d{9}000$")


def match_rows(
    left: pd.DataFrame,
    right: pd.DataFrame,
    *,
    table: Named = "schools",
    confirmed: str | Path | pd.DataFrame | Mapping[str, str] | None = None,
    least: float = _LEAST,
    standards: Standards | None = None,
) -> Matches:
    """Match schools or villages of two tables.

    In this order, each row with one other at most: what a person confirmed; equal codes;
    names that are equal once written in one way, within the township, then within the
    county; names that are alike, within the township where both tables tell it in the same codes or
    names; places.
    Alike names are assigned so that the sum of the scores is greatest (the assignment
    problem, by `scipy.optimize.linear_sum_assignment`), and no row gets two partners.

    A pair is certain if it was confirmed, if the codes are equal and the names do not
    contradict each other, or if all parts of the names are equal, no other row bears such
    a name, and the townships do not differ. All other pairs are proposals: they are
    in `Matches.to_confirm` and not in `Matches.certain`.

    Parameters
    ----------
    left, right
        Two tables, indexed by id or with a column ``school_id`` or ``village_id``. Of their
        columns ``name``, ``township_id`` and the geometry are used where they are there.
    table
        ``"schools"`` or ``"villages"``.
    confirmed
        Answers to an earlier match: the workbook of `write_questions`, filled in, or its
        table, or left id to right id, empty where the row has no partner.
    least
        Score below which alike names are not proposed.
    standards
        Where the distance stands within which places are one; the national ones where None.

    Returns
    -------
    Matches
        Pairs, what is left on each side, and the questions.

    Raises
    ------
    DataError
        If an answer names an unknown row or gives a row two partners.
    OptionsError
        If an option is unknown, or an id is blank or repeated.

    Examples
    --------
    >>> one = pd.DataFrame({"name": ["龙河镇第一小学", "古畈小学"]}, index=["a", "b"])
    >>> two = pd.DataFrame({"name": ["龙河一小", "古畈希望小学"]}, index=["x", "y"])
    >>> found = match_rows(one, two, table="schools")
    >>> found.pairs[["left_id", "right_id", "how", "certain"]].to_numpy().tolist()
    [['a', 'x', 'name', True], ['b', 'y', 'name', False]]
    """
    if table not in _KEYS:
        values = {"value": table}
        raise OptionsError(Finding(code="bad_option", column="table", values=values))
    rules = standards or load_standards()
    sides = _Side(left, table, "left"), _Side(right, table, "right")
    known = heads([plain(n) for side in sides for n in side.names if n])
    for side in sides:
        side.fold(table, known)
    notes = _agreed(*sides, table=table)
    work = _Work(*sides, least=least)
    work.take_answers(answered(confirmed, sides[0].ids, sides[1].ids))
    work.codes()
    work.equal(within=True)
    work.equal(within=False)
    work.alike()
    work.near(rules.value("check_same_place_m"))
    return work.matches(table, notes)


class _Side:
    """One of the two tables, in the order of its ids."""

    def __init__(self, frame: pd.DataFrame, table: Named, which: str) -> None:
        key = _KEYS[table]
        if key in frame.columns:
            frame = frame.set_index(key)
        labels = frame.index.astype("str").str.strip()
        if frame.index.isna().any() or (labels == "").any() or not labels.is_unique:
            ids = tuple(labels[labels.duplicated()].unique()) or ("",)
            raise OptionsError(Finding(code="match_ids", table=which, column=key, ids=ids))
        frame = frame.set_axis(labels, axis=0).sort_index()
        self.ids = [str(i) for i in frame.index]
        self.names = _texts(frame, "name")
        self.townships = [_township(t) for t in _texts(frame, "township_id")]
        self.places = degrees_of(frame)
        self.folded: list[Folded | None] = []
        self.free = np.ones(len(self.ids), dtype=bool)

    def fold(self, table: Named, known: frozenset[str]) -> None:
        self.folded = [fold(n, table, heads=known) if n else None for n in self.names]


def _texts(frame: pd.DataFrame, name: str) -> list[str]:
    if name not in frame.columns:
        return [""] * len(frame)
    given = frame[name]
    return [
        "" if missing else str(v).strip() for v, missing in zip(given, given.isna(), strict=True)
    ]


def _township(text: str) -> str:
    """Write a township in one way: a code of twelve digits that ends in 000 has nine."""
    return text[:-3] if _LONG_CODE.match(text) else plain(text)


def _agreed(left: _Side, right: _Side, *, table: Named) -> tuple[Finding, ...]:
    """Use townships only where both tables speak of the same ones: names are no codes."""
    one, other = (set(side.townships) - {""} for side in (left, right))
    if not one or not other or one & other:
        return ()
    for side in (left, right):
        side.townships = [""] * len(side.ids)
    values = {"left": min(one), "right": min(other)}
    return (
        Finding(
            code="match_townships_differ",
            severity="warning",
            table=table,
            column="township_id",
            rows=len(left.ids),
            values=values,
        ),
    )


class _Work:
    """The matching under way: who is free, who is taken, what is doubtful."""

    def __init__(self, left: _Side, right: _Side, *, least: float) -> None:
        self.left, self.right, self.least = left, right, least
        self.pairs: list[tuple[int, int, str, float, bool]] = []
        self.refused: set[tuple[int, int]] = set()
        self._scores: dict[tuple[int, int], float] = {}

    def take(self, i: int, j: int, how: str, *, value: float, certain: bool) -> None:
        self.pairs.append((i, j, how, value, certain))
        self.left.free[i] = self.right.free[j] = False

    def take_answers(self, given: Answers) -> None:
        at = {v: i for i, v in enumerate(self.left.ids)}
        to = {v: j for j, v in enumerate(self.right.ids)}
        for a, b in sorted(given.same):
            self.take(at[a], to[b], "confirmed", value=1.0, certain=True)
        self.refused = {(at[a], to[b]) for a, b in given.other}
        for a in given.alone:
            self.left.free[at[a]] = False
        self.alone = {at[a] for a in given.alone}

    def score(self, i: int, j: int) -> float:
        one, other = self.left.folded[i], self.right.folded[j]
        if (i, j) in self.refused or one is None or other is None:
            return 0.0
        if (i, j) not in self._scores:
            self._scores[i, j] = score(one, other)
        return self._scores[i, j]

    def codes(self) -> None:
        to = {v: j for j, v in enumerate(self.right.ids)}
        for i, code in enumerate(self.left.ids):
            j = to.get(code)
            if j is None or not (self.left.free[i] and self.right.free[j]):
                continue
            if (i, j) in self.refused:
                continue
            named = self.left.folded[i] is not None and self.right.folded[j] is not None
            # A code may be used again, or stand in the wrong row: names must not contradict.
            likeness = self.score(i, j) if named else 1.0
            self.take(i, j, "code", value=likeness, certain=likeness >= self.least)

    def equal(self, *, within: bool) -> None:
        """Match names whose parts are equal and that stand once on each side."""
        places = [_by_name(side, within=within) for side in (self.left, self.right)]
        how = "name within township" if within else "name"
        for key in sorted(set(places[0]) & set(places[1]), key=str):
            one = [i for i in places[0][key] if self.left.free[i]]
            other = [j for j in places[1][key] if self.right.free[j]]
            if len(one) != 1 or len(other) != 1 or (one[0], other[0]) in self.refused:
                continue
            i, j = one[0], other[0]
            if within or self.apart(i, j) is False or not self.rivals(i, j):
                alone = len(places[0][key]) == len(places[1][key]) == 1
                self.take(i, j, how, value=1.0, certain=alone and not self.apart(i, j))

    def apart(self, i: int, j: int) -> bool:
        """Whether both rows name a township, and not the same one."""
        one, other = self.left.townships[i], self.right.townships[j]
        return bool(one and other and one != other)

    def rivals(self, i: int, j: int) -> bool:
        """Whether a name that may be meant stands in the own township."""
        mine = [k for k in _free(self.right) if k != j and not self.apart(i, k)]
        return any(self.score(i, k) >= self.least for k in mine)

    def alike(self) -> None:
        """Match names that are alike; within the township where both tables tell it."""
        from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - takes time to import

        rows, columns = _free(self.left), _free(self.right)
        values = np.zeros((len(rows), len(columns)))
        for a, i in enumerate(rows):
            for b, j in enumerate(columns):
                if not self.apart(i, j):
                    values[a, b] = self.score(i, j)
        values[values < self.least] = 0.0
        if not values.any():
            return
        chosen = linear_sum_assignment(values, maximize=True)
        for a, b in np.column_stack(chosen).tolist():
            if values[a, b] > 0:
                i, j = rows[a], columns[b]
                both = self.left.townships[i] and self.right.townships[j]
                how = "name within township" if both else "name"
                self.take(i, j, how, value=float(values[a, b]), certain=False)

    def near(self, metres: float) -> None:
        """Match what is left and stands at one place, nearest first."""
        if self.left.places is None or self.right.places is None:
            return
        found = []
        for i, j, away in places_within(self.left.places, self.right.places, metres):
            contradict = self.left.folded[i] is not None and self.right.folded[j] is not None
            if self.left.free[i] and self.right.free[j] and (i, j) not in self.refused:
                likeness = self.score(i, j) if contradict else 1.0
                found.append((away, i, j, likeness))
        for away, i, j, likeness in sorted(found):
            if self.left.free[i] and self.right.free[j]:
                value = likeness * (1 - away / (2 * metres))
                self.take(i, j, "place", value=value, certain=False)

    def matches(self, table: Named, notes: tuple[Finding, ...]) -> Matches:
        left, right = self.left.ids, self.right.ids
        rows = [(left[i], right[j], how, round(v, 3), ok) for i, j, how, v, ok in self.pairs]
        pairs = pd.DataFrame(sorted(rows), columns=list(PAIRS))
        pairs = pairs.astype({"left_id": "str", "right_id": "str", "how": "str", "certain": bool})
        taken = {i for i, *_ in self.pairs}
        given = {j for _, j, *_ in self.pairs}
        alone = tuple(v for i, v in enumerate(left) if i not in taken)
        over = tuple(v for j, v in enumerate(right) if j not in given)
        questions = self.questions()
        return Matches(
            table=table,
            tables=FrozenTables({"pairs": pairs, "questions": questions}),
            unmatched_left=alone,
            unmatched_right=over,
            findings=(*notes, *_findings(table, pairs, alone, over)),
        )

    def questions(self) -> pd.DataFrame:
        """Ask about each doubtful pair, and about left rows with likely partners only."""
        asked: list[tuple[object, ...]] = []
        doubtful = {i: (j, how, v) for i, j, how, v, certain in self.pairs if not certain}
        sure = {j for _, j, _, _, certain in self.pairs if certain}
        for i in sorted({*doubtful, *_free(self.left)}):
            best = doubtful.get(i)
            if best:
                asked.append(self.question(i, best[0], best[1], best[2], proposed=True))
            others = [
                (-self.score(i, j), j)
                for j in range(len(self.right.ids))
                if j not in sure and (best is None or j != best[0])
            ]
            likely = [(v, j) for v, j in sorted(others) if -v >= self.least - _TIE]
            for v, j in likely[:_NEXT_BEST]:
                asked.append(self.question(i, j, "name", -v, proposed=False))
        table = pd.DataFrame(asked, columns=list(QUESTIONS))
        texts = {c: "str" for c in QUESTIONS if c not in ("score", "proposed")}
        return table.astype(texts | {"score": float, "proposed": bool})

    def question(
        self, i: int, j: int, how: str, value: float, *, proposed: bool
    ) -> tuple[object, ...]:
        names = self.left.names[i], self.right.names[j]
        township = self.left.townships[i] or self.right.townships[j]
        ids = self.left.ids[i], self.right.ids[j]
        return (ids[0], names[0], ids[1], names[1], township, how, round(value, 3), proposed, "")


def _free(side: _Side) -> list[int]:
    return [int(i) for i in np.flatnonzero(side.free)]


def _by_name(side: _Side, *, within: bool) -> dict[tuple[object, ...], list[int]]:
    found: dict[tuple[object, ...], list[int]] = {}
    for i, folded in enumerate(side.folded):
        if folded is None or (within and not side.townships[i]):
            continue
        marks = tuple(sorted(folded.marks))
        key = (folded.stem, folded.numbers, folded.stage, marks)
        found.setdefault((side.townships[i], *key) if within else key, []).append(i)
    return found


def _findings(
    table: Named, pairs: pd.DataFrame, alone: tuple[str, ...], over: tuple[str, ...]
) -> Iterable[Finding]:
    doubtful = pairs[~pairs["certain"]]
    if len(doubtful):
        ids = tuple(doubtful["left_id"])
        yield Finding(code="match_to_confirm", severity="warning", table=table, ids=ids)
    if alone:
        yield Finding(code="match_left_alone", severity="warning", table=table, ids=alone)
    if over:
        yield Finding(code="match_right_alone", severity="warning", table=table, ids=over)
