"""Alternatives: several plans beside one, and whether there are more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

import pandas as pd

from layoutplan.explain.told import Word, tell
from layoutplan.frozen_tables import FrozenTables
from layoutplan.plan import Plan
from layoutplan.words import Language


@dataclass(frozen=True, eq=False, kw_only=True)
class Alternatives:
    """Plans that differ in many sites from a plan and from each other.

    Made by `layoutplan.alternatives`. Tables are copied out.

    Parameters
    ----------
    lang
        The language of words.
    plan
        The plan they are alternatives to.
    plans
        The alternatives, cheapest first as far as the search proved it.
    differ, within
        What was asked.
    verdict
        ``found`` (as many as were wanted), ``proven`` (no further one exists that differs
        from all of these) or ``unproven`` (none was found, which proves nothing).
    seconds
        Time used.
    tables
        ``plans``.
    """

    lang: Language
    plan: Plan
    plans: tuple[Plan, ...] = field(repr=False)
    differ: int
    within: float
    verdict: str
    seconds: float
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        """Copy the tables in; they are copied out again at every look."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))

    @property
    def table(self) -> pd.DataFrame:
        """The plan and its alternatives, one row each.

        Columns: plan, objective and bound (yuan a year, of the plans that differ enough from
        those above), gap, cost_more and share_more (than the plan), apart (sites in which it
        differs from the nearest of those above), opened and closed (sites, against the
        plan), open_sites, capital_yuan, pupils_moved and unserved.
        """
        return self.tables["plans"]

    def sentences(self, lang: Language | None = None) -> list[str]:
        """Say what was found.

        Parameters
        ----------
        lang
            The language; that of the answer where not given.

        Returns
        -------
        list of str
            A line for each alternative, and whether there are more.
        """
        spoken = lang or self.lang
        told = [
            tell(
                "alternatives.plan",
                plan=row["plan"],
                share=f"{100 * float(row['share_more']):.2f}",
                apart=int(row["apart"]),
                gap=f"{100 * float(row['gap']):.2f}",
            )
            for row in self.table.iloc[1:].to_dict("records")
        ]
        told.append(
            tell(
                f"alternatives.{self.verdict}",
                differ=self.differ,
                share=f"{100 * self.within:g}",
                number=len(self.plans),
            )
        )
        return [t.words(spoken) for t in told]

    def _repr_html_(self) -> str:
        """Show what was found."""
        lines = "".join(f"<li>{escape(line)}</li>" for line in self.sentences())
        return f"<ul>{lines}</ul>"


@dataclass(frozen=True, eq=False, kw_only=True)
class Frontier:
    """Plans of which none is better than another in everything that was asked about.

    Made by `layoutplan.frontier`. Tables are copied out.

    Parameters
    ----------
    lang
        The language of words.
    axes
        What was weighed.
    plans
        The plans, in the order of the table.
    seconds
        Time used.
    tables
        ``plans`` and ``tried``.
    """

    lang: Language
    axes: tuple[str, ...]
    plans: tuple[Plan, ...] = field(repr=False)
    seconds: float
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        """Copy the tables in; they are copied out again at every look."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))

    @property
    def table(self) -> pd.DataFrame:
        """The plans that no other one dominates, one row each, cheapest first.

        Columns: plan, axis and most (the limit that was set), cost (yuan a year), bound (no
        plan within that limit costs less), gap, minutes (pupil-minutes a day, one way),
        mean (minutes of a pupil), worst (minutes of the worst-off), capital (yuan) and
        moved (pupils).
        """
        return self.tables["plans"]

    @property
    def tried(self) -> pd.DataFrame:
        """All limits that were tried.

        The columns of `table`, and ``kept``: whether the plan is on the frontier,
        ``dominated`` by another one, or ``broken``: breaks more rules than the cheapest
        plan, because no plan within the limit keeps them or none was found.
        """
        return self.tables["tried"]

    def sentences(self, lang: Language | None = None) -> list[str]:
        """Say what the plans give and cost.

        Parameters
        ----------
        lang
            The language; that of the answer where not given.

        Returns
        -------
        list of str
            A line for each plan.
        """
        spoken = lang or self.lang
        rows = self.table.to_dict("records")
        return [
            tell(
                "frontier.plan",
                axis=Word(key=f"explain.axis.{row['axis']}"),
                cost=round(float(row["cost"])),
                gap=f"{100 * float(row['gap']):.2f}",
                mean=float(row["mean"]),
                worst=float(row["worst"]),
                capital=round(float(row["capital"])),
                moved=int(row["moved"]),
            ).words(spoken)
            for row in rows
        ]

    def _repr_html_(self) -> str:
        """Show the plans."""
        lines = "".join(f"<li>{escape(line)}</li>" for line in self.sentences())
        return f"<ul>{lines}</ul>"
