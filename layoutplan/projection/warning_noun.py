"""EarlyWarning: seats against need, as tables and in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from layoutplan.findings import Finding
from layoutplan.frozen_tables import FrozenTables
from layoutplan.words import Language, say


@dataclass(frozen=True, eq=False, kw_only=True)
class EarlyWarning:
    """Seats against need by school, township, county, stage and year.

    Made by `layoutplan.early_warning`. Tables are copied out.

    Parameters
    ----------
    base_year
        The school year of the pupils at hand.
    lang
        The language of words.
    findings
        What was assumed.
    tables
        ``seats`` and ``first``.
    """

    base_year: int
    lang: Language
    findings: tuple[Finding, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        """Copy the tables in; they are copied out again at every look."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))

    @property
    def seats(self) -> pd.DataFrame:
        """Seats against need, one row per unit, stage and year.

        Columns: level (``school``, ``township``, ``county``, ``unplaced``), id, name,
        township_id, township (its name), stage (``primary``, ``junior``), year, seats, need
        (of the middle variant), need_low and need_high (10 and 90 % where the standards say
        so), spare (seats less need), p_short (probability of too few seats), p_very_small
        and p_small (of the whole school), warning (``short``, ``very_small``, ``small``,
        ``surplus``, ``unplaced`` or empty).
        """
        return self.tables["seats"]

    @property
    def first(self) -> pd.DataFrame:
        """The first year of each warning, one row per unit and stage.

        Columns: level, id, name, township_id, township, stage, seats_last, need_last and spare_last
        (of the last year), need_most, p_short_most, first_short, first_very_small,
        first_small, first_surplus (blank where never).
        """
        return self.tables["first"]

    def words(self, lang: Language | None = None, *, table: str = "seats") -> pd.DataFrame:
        """Give a table with words and headings for a reader.

        Parameters
        ----------
        lang
            The language; that of the county where not given.
        table
            ``"seats"`` or ``"first"``.

        Returns
        -------
        pandas.DataFrame
            The table.
        """
        spoken = lang or self.lang
        shown = self.tables[table]
        for column, key in (("level", "level"), ("stage", "stage"), ("warning", "warning")):
            if column in shown:
                codes = shown[column]
                said = {c: say(f"projection.{key}.{c}", spoken) if c else "" for c in set(codes)}
                shown[column] = codes.map(said)
        return shown.set_axis([say(f"projection.column.{c}", spoken) for c in shown], axis=1)

    def _repr_html_(self) -> str:
        """Show the schools with a warning, by their first years."""
        first = [c for c in self.first if str(c).startswith("first_")]
        warned = self.first[self.first[first].notna().any(axis=1)].index
        html: str = self.words(table="first").loc[warned].to_html(index=False, na_rep="")
        return html
