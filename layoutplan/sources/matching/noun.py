"""What was matched, what was not, and what a person has to confirm."""

from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from layoutplan.findings import Finding, findings_table
from layoutplan.frozen_tables import FrozenTables
from layoutplan.sources.matching.folding import Named
from layoutplan.words import language

PAIRS: Final = ("left_id", "right_id", "how", "score", "certain")
QUESTIONS: Final = (
    "left_id",
    "left_name",
    "right_id",
    "right_name",
    "township_id",
    "how",
    "score",
    "proposed",
    "answer",
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Matches:
    """Rows of two tables that are the same school or village.

    Parameters
    ----------
    table
        ``"schools"`` or ``"villages"``.
    tables
        The three tables below, which are copied out at every look.
    unmatched_left, unmatched_right
        The ids without a partner.
    findings
        What is to be looked at.
    """

    table: Named
    tables: FrozenTables = field(repr=False)
    unmatched_left: tuple[str, ...]
    unmatched_right: tuple[str, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def pairs(self) -> pd.DataFrame:
        """One row per pair: left_id, right_id, how, score, and whether it is certain.

        ``how`` is ``confirmed``, ``code``, ``name within township``, ``name`` or ``place``.
        """
        return self.tables["pairs"]

    @property
    def certain(self) -> pd.DataFrame:
        """The pairs that need no confirmation."""
        pairs = self.pairs
        return pairs[pairs["certain"]].reset_index(drop=True)

    @property
    def to_confirm(self) -> pd.DataFrame:
        """The questions: each doubtful pair and the next best, with an empty answer.

        ``proposed`` marks the pair that also stands in `pairs`.
        """
        return self.tables["questions"]

    def findings_table(self, *, lang: str = "auto") -> pd.DataFrame:
        """Set out what is to be looked at.

        Parameters
        ----------
        lang
            The language of the messages.

        Returns
        -------
        pandas.DataFrame
            One row per finding, worst first.
        """
        return findings_table(self.findings, lang=language(lang))
