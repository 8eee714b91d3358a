"""What tables that people fill in have together: text, dates, and breaches named row by row."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd

from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.sources.sheets.cell_text import cell_text
from layoutplan.tables import Table
from layoutplan.words import LANGUAGES, catalogue

_DATE: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(\s.*)?")
_NO_NAME: Final = r"[/\\:*?\"<>|\x00-\x1f]|^\.+$"


def parse_date(text: str) -> date | None:
    """Read a date as people write it.

    Parameters
    ----------
    text
        Such as ``2026-05-12``, ``2026/5/12``, ``2026.5.12`` or ``2026年5月12日``.

    Returns
    -------
    datetime.date or None
        The date; None where the text is none.

    Examples
    --------
    >>> parse_date("2026年5月12日"), parse_date("2026-13-01")
    (datetime.date(2026, 5, 12), None)
    """
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups()[:3])
    try:
        return date(year, month, day)
    except ValueError:
        return None


def plain_file_name(text: str) -> bool:
    """Tell whether a text is the name of a file and nothing else: no folder, no address.

    Parameters
    ----------
    text
        The text.

    Returns
    -------
    bool
        Whether it is; an empty text is one as well.

    Examples
    --------
    >>> plain_file_name("听证会记录.pdf"), plain_file_name("../secret.txt")
    (True, False)
    """
    return re.search(_NO_NAME, text) is None


class Rows:
    """The rows of a recorded table as text, and the breaches found in them.

    Parameters
    ----------
    table
        The rows as given; cells may be of any type.
    declared
        What the table should be.
    where
        The file, for messages.
    lang
        The language of messages.

    Raises
    ------
    DataError
        If required columns are missing.
    """

    def __init__(self, table: pd.DataFrame, declared: Table, *, where: str, lang: str) -> None:
        self.where, self.lang, self._declared = where, lang, declared
        self._name = Path(where).name or declared.name
        self.found: list[Finding] = []
        missing = [c for c in declared.columns if c.required and c.name not in table]
        for column in missing:
            have = ", ".join(map(str, table.columns))
            values = {"heading": f"{column.name} / {column.zh}", "have": have}
            self.found.append(
                Finding(code="missing_column", table=self._name, column=column.name, values=values)
            )
        self.check()
        blank = pd.Series("", index=table.index, dtype="str")
        self.text = pd.DataFrame(
            {
                c.name: table[c.name].map(cell_text).astype("str") if c.name in table else blank
                for c in declared.columns
            },
            index=table.index,
        )

    def breach(self, code: str, column: str, wrong: pd.Series) -> None:
        """Note the rows that break a rule.

        Parameters
        ----------
        code
            The code of the finding.
        column
            The column that breaks it.
        wrong
            Whether each row does.
        """
        at = wrong.reindex(self.text.index, fill_value=False).astype(bool)
        if not at.any():
            return
        known = ", ".join(self._declared[column].options)
        examples = ", ".join(sorted(set(self.text.loc[at, column]))[:5])
        self.found.append(
            Finding(
                code=code,
                table=self._name,
                column=column,
                ids=tuple(f"#{i}" for i in self.text.index[at]),
                values={"examples": examples, "known": known},
            )
        )

    def filled(self, *columns: str) -> None:
        """Note rows without a value in columns that must have one.

        Parameters
        ----------
        *columns
            The columns.
        """
        for column in columns:
            self.breach("blank_value", column, self.text[column].eq(""))

    def category(self, column: str) -> pd.Series:
        """Give a category under our names and note values that are none of it.

        Parameters
        ----------
        column
            The column; its words are ``<column>.<value>``.

        Returns
        -------
        pandas.Series
            Our names; empty where a value is blank or unknown.
        """
        options = self._declared[column].options
        spoken = {catalogue(lang)[f"{column}.{o}"]: o for lang in LANGUAGES for o in options}
        spoken |= {o: o for o in options}
        ours = self.text[column].map(lambda v: spoken.get(v, "")).astype("str")
        self.breach("unknown_value", column, ours.eq("") & self.text[column].ne(""))
        return ours

    def whole(self, column: str) -> pd.Series:
        """Give whole numbers from 0 and note what is none.

        Parameters
        ----------
        column
            The column.

        Returns
        -------
        pandas.Series
            Numbers; NaN where there is none.
        """
        text = self.text[column]
        number = pd.to_numeric(text.str.replace(",", ""), errors="coerce").astype(float)
        number = number.where(number.abs() < float("inf"))
        self.breach("not_a_number", column, text.ne("") & number.isna())
        self.breach("negative", column, number < 0)
        self.breach("not_whole", column, number.notna() & (number % 1 != 0))
        return number

    def dates(self, column: str) -> pd.Series:
        """Give dates as year-month-day and note what is none.

        Parameters
        ----------
        column
            The column.

        Returns
        -------
        pandas.Series
            Text; empty where a value is blank or no date.
        """
        read = self.text[column].map(parse_date)
        text = read.map(lambda d: "" if d is None or pd.isna(d) else d.isoformat()).astype("str")
        self.breach("bad_date", column, text.eq("") & self.text[column].ne(""))
        return text

    def file_names(self, column: str) -> None:
        """Note names of files that are more than a name.

        Parameters
        ----------
        column
            The column.
        """
        wrong = ~self.text[column].map(plain_file_name).astype(bool)
        self.breach("no_plain_file_name", column, wrong)

    def check(self) -> None:
        """Raise with everything noted.

        Raises
        ------
        DataError
            If anything was.
        """
        if self.found:
            raise DataError(self.found, where=self.where, lang=self.lang)


def unknown_ids(
    column: pd.Series, known: pd.Index, *, declared: Table, of: str
) -> Iterator[Finding]:
    """Find the ids of a recorded table that the county does not have.

    Parameters
    ----------
    column
        The ids.
    known
        Those of the county.
    declared
        The recorded table.
    of
        The county's table.

    Yields
    ------
    Finding
        One, where there are any.
    """
    unknown = column[~column.isin(known)]
    if len(unknown):
        yield Finding(
            code="unknown_reference",
            table=declared.name,
            column=str(column.name),
            ids=tuple(sorted(unknown.unique())),
            rows=len(unknown),
            values={"of": of},
        )
