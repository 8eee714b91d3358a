"""Assessment: all indicators of a plan in one table."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from layoutplan.assessment.html import assessment_html
from layoutplan.assessment.worded import worded
from layoutplan.tables import COUNTY_TABLES
from layoutplan.words import Language, say

LEFT_OUT = ("indicator", "table", "reason", "rows", "ids")
"""The columns of the table of what is left out."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Assessment:
    """What a plan does, in numbers, and what the numbers are held to.

    Made by `assess`. The table is copied out.

    Parameters
    ----------
    name
        The name of the plan.
    lang
        The language of sources and of words.
    townships
        The names of the townships by id.
    rows
        The numbers, with the columns of `layoutplan.tables.ASSESSMENT`.
    omitted
        What the numbers leave out.
    """

    name: str
    lang: Language
    townships: Mapping[str, str] = field(repr=False)
    rows: pd.DataFrame = field(repr=False)
    omitted: pd.DataFrame = field(
        repr=False, default_factory=lambda: pd.DataFrame(columns=list(LEFT_OUT), dtype="str")
    )

    @property
    def table(self) -> pd.DataFrame:
        """The numbers under their codes, one row per indicator and group.

        Columns are those of `layoutplan.tables.ASSESSMENT`: ``group`` is the id of
        a township, ``met`` is ``yes``, ``no`` or empty, and ``value`` is in the unit
        named; a share lies between 0 and 1. A number that is missing has its
        ``reason``; ``left_out`` counts the villages and schools that the number of the
        county leaves out, which `left_out` names.
        """
        return self.rows.copy()

    @property
    def left_out(self) -> pd.DataFrame:
        """What the indicators leave out, and why.

        One row per indicator and reason: indicator, table (``villages`` or ``schools``),
        reason (under ``assessment.reason`` in words), rows (how many) and ids (text,
        separated by blanks).
        """
        return self.omitted.copy()

    def value(self, indicator: str, *, township: str = "", band: str = "") -> float:
        """Give one number.

        Parameters
        ----------
        indicator
            The name of the indicator.
        township
            The id of a township; the whole county where not given.
        band
            A grade band; all where not given.

        Returns
        -------
        float
            The number; NaN where the indicator has none for this group.
        """
        level = "township" if township else "band" if band else "county"
        keys = {"indicator": indicator, "level": level, "group": township, "band": band}
        at = pd.concat([self.rows[k] == v for k, v in keys.items()], axis=1).all(axis=1)
        found = self.rows.loc[at, "value"]
        return float(found.iloc[0]) if len(found) else float("nan")

    def words(self, lang: Language | None = None) -> pd.DataFrame:
        """Give the table in words, for a reader.

        Parameters
        ----------
        lang
            The language; that of the assessment where not given. Sources stay in the
            language in which they were written.

        Returns
        -------
        pandas.DataFrame
            The same rows with labels instead of codes.
        """
        return worded(self.rows, lang=lang or self.lang, townships=self.townships)

    def left_out_words(self, lang: Language | None = None) -> pd.DataFrame:
        """Give what the indicators leave out in words, for a reader.

        Parameters
        ----------
        lang
            The language; that of the assessment where not given.

        Returns
        -------
        pandas.DataFrame
            The rows of `left_out` with labels instead of codes.
        """
        spoken = lang or self.lang
        rows = self.left_out
        tables = {name: t.zh if spoken == "zh" else t.en for name, t in COUNTY_TABLES.items()}
        return rows.assign(
            indicator=[say(f"indicator.{i}", spoken) for i in rows["indicator"]],
            table=[tables[t] for t in rows["table"]],
            reason=[say(f"assessment.reason.{r}", spoken) for r in rows["reason"]],
        )

    def _repr_html_(self) -> str:
        """Show the county and its grade bands, for notebooks."""
        return assessment_html(self.rows, title=self.name, lang=self.lang)
