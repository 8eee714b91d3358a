"""Assessment: all indicators of a plan in one table."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from layoutplan.assessment.worded import as_html, worded
from layoutplan.words import Language


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
    """

    name: str
    lang: Language
    townships: Mapping[str, str] = field(repr=False)
    rows: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """The numbers under their codes, one row per indicator and group.

        Columns are those of `layoutplan.tables.ASSESSMENT`: ``group`` is the id of
        a township, ``met`` is ``yes``, ``no`` or empty, and ``value`` is in the unit
        named; a share lies between 0 and 1.
        """
        return self.rows.copy()

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

    def _repr_html_(self) -> str:
        """Show the whole county first, for notebooks."""
        return as_html(self.rows, lang=self.lang, townships=self.townships, values=("value",))
