"""Roadmap: a plan year by year."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from layoutplan.findings import Finding, findings_table
from layoutplan.frozen_tables import FrozenTables
from layoutplan.words import Language, say

if TYPE_CHECKING:
    from layoutplan.plan import Plan, SolverReport

Words = Mapping[str, str]


@dataclass(frozen=True, eq=False, kw_only=True)
class Roadmap:
    """A plan year by year: what takes effect when, who sits where, what is paid.

    Made by `layoutplan.roadmap` and `layoutplan.roadmap.replan`. Tables are copied out.
    Half-years are text such as ``2027H1`` (January to June); school years are named by the
    autumn in which they begin.

    Parameters
    ----------
    plan
        The plan.
    projection
        The pupils of the years to come; None where they stay as today.
    half_years
        The half-years, ascending.
    years
        The calendar years that they belong to.
    budget_by_year
        Yuan by year; None where there was no limit.
    variants
        Variants of the projection that seats are held for, that of ``seats`` first;
        ``today`` where pupils stay as today.
    solver
        What the solver says of it: yuan over all half-years.
    findings
        What should be known about it.
    at
        The half-year at which it was made anew with facts; empty otherwise.
    tables
        ``actions``, ``left_over``, ``steps``, ``seats``, ``seats_by_variant``,
        ``unplaced``, ``money``, ``pupils`` and ``changes``.
    """

    plan: "Plan"
    projection: Any = None
    half_years: tuple[str, ...]
    years: tuple[int, ...]
    budget_by_year: Mapping[int, float] | None
    variants: tuple[str, ...]
    solver: "SolverReport"
    findings: tuple[Finding, ...] = ()
    at: str = ""
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        """Copy the tables in; they are copied out again at every look."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))

    @property
    def start(self) -> str:
        """The first half-year."""
        return self.half_years[0]

    @property
    def actions(self) -> pd.DataFrame:
        """What is done, indexed by ``action_id``, in the order in which it takes effect.

        site_id, name, action (as in decisions, or ``redraw``), township_id, responsible,
        starts, builds_from (blank where nothing is built), ready (half-years), receivers,
        capital_yuan, teachers_freed, teachers_needed, pupils (who move with it, of today),
        added_places, after (ids that it waits for).
        """
        return self.tables["actions"]

    @property
    def left_over(self) -> pd.DataFrame:
        """What is not done within the years, indexed by ``action_id``, and why.

        site_id, name, action, township_id, reason (``years``, ``waits``, ``budget``,
        ``seats`` or ``time_limit``), waits_for, capital_yuan, pupils.
        """
        return self.tables["left_over"]

    @property
    def steps(self) -> pd.DataFrame:
        """The steps of every action, indexed by ``step_id``, by date.

        action_id, site_id, township_id, step, starts, due (ISO dates), responsible.
        """
        return self.tables["steps"]

    @property
    def seats(self) -> pd.DataFrame:
        """Places and pupils of each half-year, site and band, of the first variant.

        half_year, site_id, band, places, pupils. The places of a site are shared among its
        bands: what its pupils need first, the rest evenly.
        """
        return self.tables["seats"]

    @property
    def seats_by_variant(self) -> pd.DataFrame:
        """The same for all variants, with a column ``variant``."""
        return self.tables["seats_by_variant"]

    @property
    def unplaced(self) -> pd.DataFrame:
        """Pupils without a school, of the first variant.

        half_year, village_id, band, pupils, reason.
        """
        return self.tables["unplaced"]

    @property
    def money(self) -> pd.DataFrame:
        """Capital by year: year, budget_yuan (blank without a limit), spent_yuan."""
        return self.tables["money"]

    @property
    def pupils(self) -> pd.DataFrame:
        """Who goes where before and after: whole persons by variant and school year.

        variant, school_year, village_id, band, from_site, to_site, action_id (with which
        they change; empty for those who stay), pupils.
        """
        return self.tables["pupils"]

    @property
    def changes(self) -> pd.DataFrame:
        """What the facts changed against the roadmap before; empty where it is the first.

        action_id, site_id, name, action, was_ready, ready, change (``kept``, ``done``,
        ``earlier``, ``later``, ``left_over``, ``taken_up``).
        """
        return self.tables["changes"]

    def lines(self, lang: str = "auto") -> pd.DataFrame:
        """Say for each school what happens when.

        Parameters
        ----------
        lang
            The language; that of the county's names where ``"auto"``.

        Returns
        -------
        pandas.DataFrame
            Indexed by site_id: name, township_id, what (sentences).
        """
        from layoutplan.roadmap.lines import lines_of  # noqa: PLC0415 - lines read roadmaps

        return lines_of(self, self.plan.county.language(lang))

    def findings_table(self, *, lang: str = "auto") -> pd.DataFrame:
        """Set out what should be known.

        Parameters
        ----------
        lang
            The language of the messages.

        Returns
        -------
        pandas.DataFrame
            One row per finding, worst first.
        """
        return findings_table(self.findings, lang=self.plan.county.language(lang))

    def words(self, lang: Language) -> str:
        """Say in one sentence what comes of it.

        Parameters
        ----------
        lang
            The language.

        Returns
        -------
        str
            How many measures are done by when, and how many are left over.
        """
        done = self.actions
        return say(
            "roadmap.summary",
            lang,
            done=len(done),
            left=len(self.left_over),
            first=self.half_years[0],
            last=self.half_years[-1],
            status=self.solver.words(lang),
        )

    def _repr_html_(self) -> str:
        """Show the actions, for notebooks."""
        lang = self.plan.county.language()
        table = self.lines(lang)
        return f"<p>{self.words(lang)}</p>{table.to_html(escape=True)}"
