"""WhatIf: a plan under other locks, and what is different."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

import pandas as pd

from layoutplan.explain.told import Word, tell
from layoutplan.frozen_tables import FrozenTables
from layoutplan.plan import Plan
from layoutplan.words import Language


@dataclass(frozen=True, eq=False, kw_only=True)
class WhatIf:
    """What becomes of a plan when a lock is changed.

    Made by `layoutplan.what_if`. Tables are copied out.

    Parameters
    ----------
    lang
        The language of words.
    before
        The plan before.
    plan
        The plan with the change.
    full
        Whether the whole county was searched, or only what is near the change.
    large
        Schools to close whose pupils do not fit into the nearest ones: near them alone,
        the best plan may not be found.
    seconds
        Time used.
    names
        Names of sites and villages by id.
    tables
        ``sites``, ``pupils`` and ``terms``.
    """

    lang: Language
    before: Plan
    plan: Plan
    full: bool
    large: tuple[str, ...]
    seconds: float
    names: Mapping[str, str] = field(repr=False)
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        """Copy the tables in; they are copied out again at every look."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))

    @property
    def gap(self) -> float | None:
        """The unproven part of the new plan's cost; None where nothing is proven.

        Near the change alone, a bound is known only where the change leaves fewer plans than
        before, so that the bound of the plan before holds on.
        """
        return self.plan.solver.gap if self.plan.solver.bound else None

    @property
    def sites(self) -> pd.DataFrame:
        """Sites that are treated otherwise: action, extra_classes, pupils before and after."""
        return self.tables["sites"]

    @property
    def pupils(self) -> pd.DataFrame:
        """Pupils who are sent elsewhere than before, with their minutes."""
        return self.tables["pupils"]

    @property
    def terms(self) -> pd.DataFrame:
        """The terms of the objective before and after, yuan a year."""
        return self.tables["terms"]

    def sentences(self, lang: Language | None = None) -> list[str]:
        """Say what the change does.

        Parameters
        ----------
        lang
            The language; that of the answer where not given.

        Returns
        -------
        list of str
            How it was answered; what it costs; the sites that are treated otherwise.
        """
        spoken = lang or self.lang
        gap = "–" if self.gap is None else f"{100 * self.gap:.2f} %"
        told = [
            tell(
                "what_if.full" if self.full else "what_if.near",
                seconds=f"{self.seconds:.1f}",
                gap=gap,
            )
        ]
        if self.large and not self.full:
            told.append(tell("what_if.large", sites=[self.names.get(s, s) for s in self.large]))
        if self.before.solver.objective is not None and self.plan.solver.objective is not None:
            cost = self.plan.solver.objective - self.before.solver.objective
            more = tell("less" if cost < 0 else "more", yuan=round(abs(cost)))
            told.append(tell("what_if.cost", cost=more))
        moved = self.pupils
        told.append(tell("what_if.pupils", pupils=int(moved["pupils"].sum())))
        told += [
            tell(
                "what_if.site",
                site=self.names.get(str(site), str(site)),
                before=Word(key=f"action.{row['action_before']}"),
                after=Word(key=f"action.{row['action_after']}"),
                classes=int(row["extra_classes_after"]),
            )
            for site, row in self.sites.iterrows()
        ]
        return [t.words(spoken) for t in told]

    def _repr_html_(self) -> str:
        """Show what the change does."""
        lines = "".join(f"<li>{escape(line)}</li>" for line in self.sentences())
        return f"<ul>{lines}</ul>"
