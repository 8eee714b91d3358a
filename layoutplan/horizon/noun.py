"""PlanAhead: one layout, and what it is like in every year and variant."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from layoutplan.findings import Finding, findings_table
from layoutplan.frozen_tables import FrozenTables
from layoutplan.horizon.loads import catchments, loads, sent_to
from layoutplan.plan import Plan, evaluate
from layoutplan.plan.noun import SolverReport
from layoutplan.projection import Projection
from layoutplan.words import Language


@dataclass(frozen=True, eq=False, kw_only=True)
class PlanAhead:
    """One layout with one set of catchments for several years and variants.

    Made by `layoutplan.propose_ahead`. Tables are copied out.

    Parameters
    ----------
    plan
        The layout, for the pupils expected over all years and variants.
    projection
        The projection.
    solver
        What the solver says of it: the costs of the pupils expected, with pupils beyond the
        places counted at each site in the year and variant in which they are most.
    findings
        What should be known about it.
    tables
        ``scenarios`` and ``sites``.
    """

    plan: Plan
    projection: Projection
    solver: SolverReport
    findings: tuple[Finding, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        """Copy the tables in; they are copied out again at every look."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))

    @property
    def scenarios(self) -> pd.DataFrame:
        """The years and variants, one row each.

        Columns: year, variant, weight, pupils, unserved, places, beyond_places (pupils) and
        sites_beyond (schools that have some).
        """
        return self.tables["scenarios"]

    @property
    def sites(self) -> pd.DataFrame:
        """The sites, indexed by ``site_id``.

        Columns: name, kind, action, places, expected (pupils), least and most (pupils of any
        year and variant), most_in (such as ``2031 high``) and beyond (pupils beyond the
        places of the site, or of a band, in the worst case).
        """
        return self.tables["sites"]

    @property
    def catchments(self) -> pd.DataFrame:
        """Where pupils of each village and band go: village_id, band, site_id, mode, share."""
        return catchments(self.plan)

    def pupils_at(self, year: int, variant: str = "mid") -> pd.DataFrame:
        """Give the pupils of each site and band in one year.

        Parameters
        ----------
        year
            The school year.
        variant
            The variant.

        Returns
        -------
        pandas.DataFrame
            Sites x bands.

        Raises
        ------
        OptionsError
            If the year or the variant is not in the projection.
        """
        return loads(self.catchments, self.projection.bands(year, variant))

    def plan_in(self, year: int, variant: str = "mid") -> Plan:
        """Give the layout with the pupils of one year, sent as the catchments say.

        The plan of the base year is that to begin with: `layoutplan.roadmap` puts it into
        years.

        Parameters
        ----------
        year
            The school year.
        variant
            The variant.

        Returns
        -------
        Plan
            The plan of that year.

        Raises
        ------
        OptionsError
            If the year or the variant is not in the projection.
        """
        plan = self.plan
        return evaluate(
            self.projection.county_in(year, variant), plan.times, plan.decisions,
            standards=plan.standards, options=plan.options, measures=plan.measures, bus=plan.bus,
            assignment=sent_to(self.catchments, self.projection.bands(year, variant)),
            name=f"{plan.name} {year} {variant}",
        )  # fmt: skip

    def words(self, lang: Language) -> str:
        """Say the status of the search in words.

        Parameters
        ----------
        lang
            The language.

        Returns
        -------
        str
            Such as "proven within 0.8 %".
        """
        return self.solver.words(lang)

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
