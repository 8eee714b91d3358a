"""The report of a period: who owes what by when, in green, yellow and red."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import Final

import pandas as pd

from layoutplan.findings import Finding
from layoutplan.frozen_tables import FrozenTables
from layoutplan.standards import Standards
from layoutplan.supervision.declared import REPORT_TABLES
from layoutplan.supervision.periods import Period
from layoutplan.supervision.worded import as_words, sentence
from layoutplan.words import Language, say

NAMED: Final = ("title", "place", "owner")
"""The columns of an item that are said in the language of the reader."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SupervisionReport:
    """A county's supervision in a month, a quarter or a half-year.

    Made by `layoutplan.supervision.report`. Tables are copied out. Codes stand in them;
    `words` gives them for a reader. What is missing, such as an assessment, gates or the
    heads of townships, is told by `missing` for the table in which it would stand.

    Parameters
    ----------
    county
        The name of the county.
    period
        The period.
    today
        The day up to which things are counted, at most the last day of the period; days
        left and lights are those of this day.
    last
        The last day of the period that numbers are compared with.
    assessed
        The day of the newest assessment that was counted; None where there is none.
    assessed_last
        That of the last period.
    lang
        The language of words where none is asked for.
    standards
        The numbers that lights and lists rest on.
    missing
        What is not there, by the name of the table in which it would stand.
    tables
        The tables of `layoutplan.supervision.declared.REPORT_TABLES`, and ``names``: what an
        item is called in both languages.
    """

    county: str
    period: Period
    today: date
    last: date
    assessed: date | None = None
    assessed_last: date | None = None
    lang: Language
    standards: Standards = field(repr=False)
    missing: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict, repr=False)
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        """Copy the tables in; they are copied out again at every look."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))

    @property
    def overview(self) -> pd.DataFrame:
        """Counts of the period and of the last one; see ``OVERVIEW``."""
        return self.tables["overview"]

    @property
    def items(self) -> pd.DataFrame:
        """The items open at the end of the period, or struck off within it; see ``ITEMS``."""
        return self.tables["items"]

    @property
    def changes(self) -> pd.DataFrame:
        """What happened to items within the period; see ``CHANGED``."""
        return self.tables["changes"]

    @property
    def townships(self) -> pd.DataFrame:
        """The townships by rank; see ``TOWNSHIPS``."""
        return self.tables["townships"]

    @property
    def notices(self) -> pd.DataFrame:
        """What is to be rectified, by owner; see ``NOTICES``."""
        return self.tables["notices"]

    def count(self, measure: str) -> int:
        """Give a count of the overview.

        Parameters
        ----------
        measure
            Such as ``open``, ``red``, ``new``, ``closed``, ``reopened``, ``overdue``.

        Returns
        -------
        int
            The count in this period.
        """
        table = self.tables["overview"].set_index("measure")
        return int(table["value"].loc[measure])

    def title(self, lang: Language | None = None) -> str:
        """Give the title of the report.

        Parameters
        ----------
        lang
            The language.

        Returns
        -------
        str
            County, period and what it is.
        """
        spoken = lang or self.lang
        when = period_words(self.period, spoken)
        return say("supervision.title", spoken, county=self.county, period=when)

    def words(self, table: str = "items", *, lang: Language | None = None) -> pd.DataFrame:
        """Give a table in words, for a reader.

        Parameters
        ----------
        table
            The name of a table.
        lang
            The language; that of the report where not given.

        Returns
        -------
        pandas.DataFrame
            The same rows with headings and labels instead of codes.
        """
        spoken, rows = lang or self.lang, self.tables[table]
        if "item_id" in rows:
            names = self.tables["names"].set_index("item_id")
            for column in (c for c in NAMED if c in rows):
                rows[column] = rows["item_id"].map(names[f"{column}_{spoken}"]).astype("str")
        return as_words(rows, REPORT_TABLES[table], lang=spoken)

    def said_missing(self, table: str, lang: Language | None = None) -> tuple[str, ...]:
        """Say what a table lacks, and what can be done.

        Parameters
        ----------
        table
            The name of a table.
        lang
            The language.

        Returns
        -------
        tuple of str
            Sentences; none where nothing is missing.
        """
        spoken = lang or self.lang
        return tuple(
            f"{f.what(spoken)} {f.cure(spoken)}".strip() for f in self.missing.get(table, ())
        )

    def sentence(self, lang: Language | None = None) -> str:
        """Say the period in one paragraph.

        Parameters
        ----------
        lang
            The language.

        Returns
        -------
        str
            How many items are green, yellow, red, new, closed, re-opened and overdue.
        """
        return sentence(self.tables["overview"], today=self.today, lang=lang or self.lang)

    def _repr_html_(self) -> str:
        """Show the paragraph and the townships, for notebooks."""
        parts = [f"<p><b>{escape(self.title())}</b></p>", f"<p>{escape(self.sentence())}</p>"]
        shown = self.words("townships")
        parts.append(str(shown.to_html(index=False, escape=True, border=0)))
        return "".join(parts)


def period_words(period: Period, lang: Language) -> str:
    """Say a period.

    Parameters
    ----------
    period
        The period.
    lang
        The language.

    Returns
    -------
    str
        The period in words.
    """
    return say(f"supervision.period.{period.length}", lang, year=period.year, number=period.number)
