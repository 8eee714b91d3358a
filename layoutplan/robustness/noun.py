"""Sensitivity: which decisions stay under other assumptions, and how indicators move."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from layoutplan.frozen_tables import FrozenTables
from layoutplan.robustness.cases import Case
from layoutplan.robustness.shown import sensitivity_html
from layoutplan.words import Language, say


@dataclass(frozen=True, eq=False, kw_only=True)
class Sensitivity:
    """What becomes of a plan's decisions and indicators when its assumptions change.

    Made by `layoutplan.sensitivity`. Tables are copied out.

    Parameters
    ----------
    name
        The name of the plan.
    lang
        The language of words.
    searched
        Whether the layout was searched for anew in each case; or else the decisions were
        kept and held against travel limits and places.
    made
        The cases.
    tables
        ``cases``, ``decisions``, ``actions`` and ``indicators``.
    """

    name: str
    lang: Language
    searched: bool
    made: tuple[Case, ...]
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        """Copy the tables in; they are copied out again at every look."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))

    @property
    def cases(self) -> pd.DataFrame:
        """The cases, one row each.

        Columns: case, speed_kmh, births (multiple), class_size, pupils, unserved, changed
        (decisions that do not stay), status, gap and cut_by_clock of the search.
        """
        return self.tables["cases"]

    @property
    def decisions(self) -> pd.DataFrame:
        """The decisions of the plan, indexed by ``site_id``.

        Columns: name, kind, township_id, action, cases (how many), stays (in how many the
        decision stays), mark (``robust`` or ``sensitive``; empty without cases) and
        changes_in (the names of the others, separated by semicolons).
        """
        return self.tables["decisions"]

    @property
    def actions(self) -> pd.DataFrame:
        """What is done at each site in each case: sites x names of cases."""
        return self.tables["actions"]

    @property
    def indicators(self) -> pd.DataFrame:
        """The numbers of the whole county.

        Columns: indicator, unit, plan, one per case, least and most of all of them.
        """
        return self.tables["indicators"]

    def words(self, lang: Language | None = None) -> pd.DataFrame:
        """Give the decisions in words, for a reader.

        Parameters
        ----------
        lang
            The language; that of the analysis where not given.

        Returns
        -------
        pandas.DataFrame
            The decisions with labels instead of codes, indexed by ``site_id``.
        """
        spoken = lang or self.lang
        said = {case.name: case.words(spoken) for case in self.made}
        table = self.decisions
        return table.assign(
            kind=[say(f"kind.{k}", spoken) for k in table["kind"]],
            action=[say(f"action.{a}", spoken) for a in table["action"]],
            mark=[say(f"robustness.mark.{m}", spoken) if m else "" for m in table["mark"]],
            changes_in=[
                "; ".join(said[c] for c in text.split("; ") if c) for text in table["changes_in"]
            ],
        )

    def _repr_html_(self) -> str:
        """Show how many decisions stay, those that do not, and the main indicators."""
        return sensitivity_html(self, lang=self.lang)
