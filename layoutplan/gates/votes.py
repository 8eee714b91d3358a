"""Votes of parents and hearings, and unsafe ways: recorded by people, read and checked."""

from pathlib import Path
from typing import Final

import pandas as pd

from layoutplan.gates.declared import UNSAFE_WAYS, VOTES
from layoutplan.gates.recorded import Rows
from layoutplan.sources.one_table import read_cells
from layoutplan.words import language

_COUNTS: Final = ("votes_for", "votes_against")


def read_votes(path: str | Path, *, lang: str = "auto") -> pd.DataFrame:
    r"""Read the votes of parents and of the delegates of hearings.

    Parameters
    ----------
    path
        A CSV file or an Excel workbook with the columns of
        `layoutplan.gates.declared.VOTES`, under our names or their headings.
    lang
        The language of messages.

    Returns
    -------
    pandas.DataFrame
        school_id, gate (``parents`` or ``hearing``), votes_for, votes_against, date
        (text), evidence (a name that is never opened) and recorded_by; sorted. Rows
        without a number are not filled in yet and are left out.

    Raises
    ------
    DataError
        With everything wrong at once.

    Examples
    --------
    >>> import tempfile
    >>> text = "学校标识码,征求意见方式,赞成人数,反对人数,日期\nS1,家长意见,20,31,2026年5月12日\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "votes.csv"
    ...     _ = path.write_text(text, encoding="utf-8")
    ...     read_votes(path)[["gate", "votes_against", "date"]].to_numpy().tolist()
    [['parents', 31, '2026-05-12']]
    """
    cells = read_cells(path, VOTES, lang=lang)
    spoken = language(lang, [str(path), *cells.to_numpy().ravel()])
    return typed_votes(cells, where=str(path), lang=spoken)


def typed_votes(votes: pd.DataFrame, *, where: str = "", lang: str = "auto") -> pd.DataFrame:
    """Check a table of votes and give it its types.

    Parameters
    ----------
    votes
        Columns of `layoutplan.gates.declared.VOTES`; cells may be text.
    where
        The file, for messages.
    lang
        The language of messages.

    Returns
    -------
    pandas.DataFrame
        As `read_votes`.

    Raises
    ------
    DataError
        With everything wrong at once: blank or unknown values, votes of one side
        only, no or two votes on one day, what is no date, and evidence that is more
        than the name of a file.

    Examples
    --------
    >>> row = {"school_id": "S1", "gate": "hearing", "votes_for": 5, "votes_against": 2}
    >>> typed_votes(pd.DataFrame([row | {"date": "2026-5-12"}]))["date"].tolist()
    ['2026-05-12']
    """
    rows = Rows(votes, VOTES, where=where, lang=lang)
    blank = {c: rows.text[c].eq("") for c in _COUNTS}
    rows.text = rows.text[~(blank["votes_for"] & blank["votes_against"])]
    rows.filled("school_id", "gate", "date")
    gate, dates = rows.category("gate"), rows.dates("date")
    given = {c: rows.whole(c) for c in _COUNTS}
    rows.breach("votes_one_side", "votes_for", blank["votes_for"] ^ blank["votes_against"])
    rows.breach("votes_of_nobody", "votes_for", (given["votes_for"] + given["votes_against"]).eq(0))
    rows.file_names("evidence")
    done = rows.text.assign(gate=gate, date=dates)
    keys = ["school_id", "gate", "date"]
    twice = done.duplicated(keys, keep=False) & (done[keys] != "").all(axis=1)
    rows.breach("votes_twice", "school_id", twice)
    rows.check()
    done = done.assign(**{c: n.astype("int64") for c, n in given.items()})
    return done.sort_values(keys, ignore_index=True)


def read_unsafe_ways(path: str | Path, *, lang: str = "auto") -> pd.DataFrame:
    """Read the ways that were seen on the spot and are not safe for pupils.

    Parameters
    ----------
    path
        A CSV file or an Excel workbook with the columns of
        `layoutplan.gates.declared.UNSAFE_WAYS`, under our names or their headings.
    lang
        The language of messages.

    Returns
    -------
    pandas.DataFrame
        village_id, school_id, hazard, date (text), recorded_by; sorted.

    Raises
    ------
    DataError
        With everything wrong at once.
    """
    cells = read_cells(path, UNSAFE_WAYS, lang=lang)
    spoken = language(lang, [str(path), *cells.to_numpy().ravel()])
    return typed_unsafe_ways(cells, where=str(path), lang=spoken)


def typed_unsafe_ways(ways: pd.DataFrame, *, where: str = "", lang: str = "auto") -> pd.DataFrame:
    """Check a table of unsafe ways and give it its types.

    Parameters
    ----------
    ways
        Columns of `layoutplan.gates.declared.UNSAFE_WAYS`; cells may be text.
    where
        The file, for messages.
    lang
        The language of messages.

    Returns
    -------
    pandas.DataFrame
        As `read_unsafe_ways`.

    Raises
    ------
    DataError
        With everything wrong at once.

    Examples
    --------
    >>> row = {"village_id": "V1", "school_id": "S1", "hazard": "ford, floods in June"}
    >>> typed_unsafe_ways(pd.DataFrame([row]))["hazard"].tolist()
    ['ford, floods in June']
    """
    rows = Rows(ways, UNSAFE_WAYS, where=where, lang=lang)
    rows.filled("village_id", "school_id", "hazard")
    dates = rows.dates("date")
    rows.check()
    done = rows.text.assign(date=dates).drop_duplicates()
    return done.sort_values(["village_id", "school_id", "hazard"], ignore_index=True)
