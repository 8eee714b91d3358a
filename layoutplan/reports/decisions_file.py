"""Decisions read back from a CSV file, as edited in a meeting."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pandas as pd

from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.reports.plain_text import as_given
from layoutplan.sources.headings.plain import plain_heading
from layoutplan.tables import DECISIONS, heading
from layoutplan.words import LANGUAGES, catalogue

_NEEDED = ("site_id", "action")
_CAP = "places_cap"
"""Written by the page of a review map: the most places of a school."""


def read_decisions(path: str | Path, *, lang: str = "auto") -> pd.DataFrame:
    """Read decisions from a CSV file, such as the ``decisions.csv`` of a plan.

    Columns may carry our names or their Chinese or English headings, and actions
    our codes or their words, so that a sheet saved from ``report.xlsx`` does as
    well. The file may be UTF-8 or, as Excel in China saves it, GB18030.

    Parameters
    ----------
    path
        The file, with at least the columns site_id and action.
    lang
        The language of messages.

    Returns
    -------
    pandas.DataFrame
        Indexed by site_id, for `layoutplan.evaluate`: the declared columns that the
        file has, ids as text.

    Raises
    ------
    DataError
        With everything wrong at once, if the file cannot be used.

    Examples
    --------
    >>> read_decisions("no-such-file.csv", lang="en")
    Traceback (most recent call last):
    layoutplan.errors.DataError: Problems found in no-such-file.csv: 1
    1. There is no file of decisions no-such-file.csv.
       Cure: Check the path for typing errors; plans hold one named decisions.csv.
    """
    path = Path(path)
    table = _under_our_names(_cells(path, lang=lang))
    missing = [c for c in _NEEDED if c not in table]
    if missing:
        have = ", ".join(map(str, table.columns))
        raise DataError(
            [
                Finding(
                    code="decisions_column_missing",
                    table=path.name,
                    column=c,
                    values={"heading": f"{c} / {DECISIONS[c].zh}", "have": have},
                )
                for c in missing
            ],
            where=str(path),
            lang=lang,
        )
    table = table.assign(action=_actions(table["action"]))
    found = [*_wrong_rows(table, path), *_wrong_numbers(table, path)]
    if found:
        raise DataError(found, where=str(path), lang=lang)
    return _typed(table).set_index("site_id")


def _cells(path: Path, *, lang: str) -> pd.DataFrame:
    """All cells as text, as they were before they were made harmless."""
    values = {"path": path.name}
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        found = Finding(code="no_decisions_file", table=path.name, values=values)
        raise DataError(found, where=str(path), lang=lang) from None
    except OSError as error:
        why = {"why": error.strerror or ""}
        found = Finding(code="decisions_unreadable", table=path.name, values=values | why)
        raise DataError(found, where=str(path), lang=lang) from None
    text = _decoded(raw)
    if text is None:
        why = {"why": "UTF-8, GB18030"}
        found = Finding(code="decisions_unreadable", table=path.name, values=values | why)
        raise DataError(found, where=str(path), lang=lang)
    try:
        table = pd.read_csv(StringIO(text), dtype="str", keep_default_na=False, header=None)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        why = {"why": str(error)}
        found = Finding(code="decisions_unreadable", table=path.name, values=values | why)
        raise DataError(found, where=str(path), lang=lang) from None
    table = table.map(as_given)
    rows = table.iloc[1:].set_axis(list(table.iloc[0]), axis="columns")
    blank = rows.apply(lambda column: column.str.strip().eq("")).all(axis="columns")
    filled: pd.DataFrame = rows.loc[~blank].reset_index(drop=True)
    return filled


def _decoded(raw: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _under_our_names(table: pd.DataFrame) -> pd.DataFrame:
    ours: dict[str, str] = {}
    for column in DECISIONS.columns:
        headings = (heading(DECISIONS, column.name, lang=lang) for lang in LANGUAGES)
        texts = (column.name, column.zh, column.en, *headings)
        ours |= {plain_heading(text): column.name for text in texts}
    ours[plain_heading(_CAP)] = _CAP
    named = [ours.get(plain_heading(c), "") for c in table.columns]
    chosen = [i for i, n in enumerate(named) if n and n not in named[:i]]
    if not chosen:
        return table
    return table.iloc[:, chosen].set_axis([named[i] for i in chosen], axis="columns")


def _actions(given: pd.Series) -> pd.Series:
    known = DECISIONS["action"].options
    spoken = {catalogue(lang)[f"action.{a}"]: a for lang in LANGUAGES for a in known}
    return given.str.strip().map(lambda text: spoken.get(text, text))


def _wrong_rows(table: pd.DataFrame, path: Path) -> Iterator[Finding]:
    ids = table["site_id"].str.strip()
    if ids.eq("").any():
        rows = tuple(f"#{i + 2}" for i in ids.index[ids.eq("")])
        yield Finding(code="blank_id", table=path.name, column="site_id", ids=rows)
    twice = ids[ids.ne("") & ids.duplicated(keep=False)]
    if len(twice):
        yield Finding(
            code="duplicate_id",
            table=path.name,
            column="site_id",
            ids=tuple(twice.unique()),
            rows=len(twice),
        )
    known = DECISIONS["action"].options
    wrong = table[~table["action"].isin(known)]
    if len(wrong):
        yield Finding(
            code="unknown_action",
            ids=tuple(wrong["site_id"]),
            values={
                "action": ", ".join(sorted(set(wrong["action"]))),
                "known": ", ".join(known),
            },
        )


def _wrong_numbers(table: pd.DataFrame, path: Path) -> Iterator[Finding]:
    for column in table.columns:
        kind = "count" if column == _CAP else DECISIONS[column].type
        if kind not in ("count", "amount"):
            continue
        text = table[column].str.strip()
        number = _number(text)
        tests = {"not_a_number": text.ne("") & number.isna(), "negative": number < 0}
        if kind == "count":
            tests["not_whole"] = number.notna() & (number % 1 != 0)
        for code, wrong in tests.items():
            if wrong.any():
                yield Finding(
                    code=code,
                    table=path.name,
                    column=column,
                    ids=tuple(table.loc[wrong, "site_id"]),
                    values={"examples": ", ".join(sorted(set(text[wrong]))[:5]), "known": ""},
                )


def _number(text: pd.Series) -> pd.Series:
    return pd.to_numeric(text.str.replace(",", ""), errors="coerce").astype(float)


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    typed: dict[str, pd.Series] = {}
    for column in table.columns:
        # A blank cap caps nothing, which is not 0.
        kind = "amount" if column == _CAP else DECISIONS[column].type
        if kind == "count":
            typed[column] = _number(table[column]).fillna(0).astype("int64")
        elif kind == "amount":
            typed[column] = _number(table[column])
        else:
            typed[column] = table[column].str.strip().astype("str")
    return pd.DataFrame(typed)
