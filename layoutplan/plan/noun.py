"""Plan: what happens at every site and where every pupil goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from layoutplan.actions import ACTIONS, BECOMES, BED_ACTIONS
from layoutplan.county import County
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.frozen_tables import FrozenTables
from layoutplan.measures import Options
from layoutplan.standards import Standards
from layoutplan.tables import BANDS_OF_KIND
from layoutplan.travel import TravelTimes
from layoutplan.words import Language, say

HAND_ACTIONS = tuple(a for a in ACTIONS if a != "unused")


@dataclass(frozen=True, kw_only=True)
class SolverReport:
    """What the solver says of its answer, in our words.

    Parameters
    ----------
    status
        ``proven``, ``best_found``, ``stopped`` (by the user) or ``given`` (a plan
        that was not searched for).
    objective
        Yuan a year, prices included; None for a plan that was given.
    bound
        No plan within the same rules costs less, yuan a year; where catchments are to be
        connected, that of the question without this, which holds all the more.
    gap
        The unproven part of the objective as a share of its ordinary costs, that is,
        without the prices of broken rules; see `layoutplan.model.solve.gap_of`.
    seconds
        Time used.
    seed
        The seed.
    cut_by_clock
        Whether the time limit ended the search, so that a repeat may differ.
    terms
        The objective's terms, yuan a year.
    bound_split
        The bound if pupils of one village could go to several schools, yuan a year; None
        where they may.
    """

    status: str
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    seconds: float = 0.0
    seed: int = 0
    cut_by_clock: bool = False
    terms: Mapping[str, float] = field(default_factory=dict)
    bound_split: float | None = None

    def words(self, lang: Language) -> str:
        """Say the status in words.

        Parameters
        ----------
        lang
            The language.

        Returns
        -------
        str
            Such as "proven within 0.8 %".
        """
        gap = "" if self.gap is None else f"{100 * self.gap:.2f}"
        return say(f"solver.{self.status}", lang, gap=gap, seconds=f"{self.seconds:.0f}")


@dataclass(frozen=True, eq=False, kw_only=True)
class Plan:
    """A layout of the county's schools and where every pupil goes.

    Made by `layoutplan.evaluate` and `layoutplan.propose`. Tables are copied out.

    Parameters
    ----------
    name
        What the plan is called, such as ``today``.
    county, times, standards, options
        What it was made from.
    solver
        What the solver says of it.
    demand
        Pupils by village and band, whole persons.
    findings
        What should be known about it.
    bus
        Travel times of the school bus; None where there is none.
    tables
        ``decisions``, ``assignment``, ``unserved``, ``moves``, ``demand`` and ``measures``;
        of a plan that was searched for also ``by_origin``: where all pupils go today and
        in the plan, and how.
    """

    name: str
    county: County
    times: TravelTimes
    standards: Standards
    options: Options
    solver: SolverReport
    bus: TravelTimes | None = None
    findings: tuple[Finding, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        """Copy the tables in; they are copied out again at every look."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))

    @property
    def decisions(self) -> pd.DataFrame:
        """What happens at each site, indexed by ``site_id``."""
        return self.tables["decisions"]

    @property
    def assignment(self) -> pd.DataFrame:
        """Where pupils go: village_id, band, site_id, pupils, minutes, mode."""
        return self.tables["assignment"]

    @property
    def unserved(self) -> pd.DataFrame:
        """Pupils without a school and why: village_id, band, pupils, reason."""
        return self.tables["unserved"]

    @property
    def moves(self) -> pd.DataFrame:
        """Pupils who change school: village_id, band, from_site, to_site, pupils."""
        return self.tables["moves"]

    @property
    def demand(self) -> pd.DataFrame:
        """Pupils by village and band, whole persons."""
        return self.tables["demand"]

    @property
    def measures(self) -> pd.DataFrame:
        """What could be done at each site, one row per site and measure."""
        return self.tables["measures"]

    @property
    def bands_today(self) -> pd.Series:
        """The bands that each site teaches today, separated by blanks; none for candidates."""
        sites = self.decisions["kind"]
        if "measures" in self.tables:
            table = self.measures
            keep = table[table["measure"] == "keep"].set_index("site_id")["bands"]
            return keep.reindex(sites.index).fillna("").astype("str")
        every = sites.map(lambda kind: " ".join(BANDS_OF_KIND.get(kind, ())))
        return every.where(~sites.index.isin(self.county.candidates.index), "").astype("str")

    @property
    def kinds(self) -> pd.Series:
        """The kind of school that each site is in the plan, closed ones as they were."""
        table = self.decisions
        return table["action"].map(BECOMES).fillna(table["kind"]).astype("str")

    @property
    def pupils_in(self) -> int:
        """All pupils of the county."""
        return int(self.tables["demand"].to_numpy().sum())

    @property
    def pupils_assigned(self) -> int:
        """Pupils with a school."""
        return int(self.tables["assignment"]["pupils"].sum())

    @property
    def pupils_unserved(self) -> int:
        """Pupils without a school, each with a reason."""
        return int(self.tables["unserved"]["pupils"].sum())

    def decisions_with(self, actions: Mapping[str, str] | None = None, **more: str) -> pd.DataFrame:
        """Give the decisions with some of them changed by hand.

        An expansion is by one class where none was planned, and beds are added for one
        room; write other numbers into the columns ``extra_classes`` and ``extra_beds`` of
        the table.

        Parameters
        ----------
        actions
            Site to action; for ids that are no Python names.
        **more
            The same, as keywords.

        Returns
        -------
        pandas.DataFrame
            Decisions for `layoutplan.evaluate`.

        Raises
        ------
        OptionsError
            If a site or an action is unknown.
        """
        wanted = {**(actions or {}), **more}
        table = self.decisions
        found = [
            Finding(code="unknown_site", column="decisions", ids=(site,))
            for site in wanted
            if site not in table.index
        ]
        known = ", ".join(HAND_ACTIONS)
        found += [
            Finding(code="unknown_action", ids=(s,), values={"action": a, "known": known})
            for s, a in wanted.items()
            if a not in ACTIONS
        ]
        if found:
            raise OptionsError(found, lang=self.county.language())
        for site, action in wanted.items():
            table.loc[site, "action"] = action
        changed, grows = table.index.isin(list(wanted)), table["action"].eq("expand")
        table.loc[changed & ~grows, "extra_classes"] = 0
        table.loc[changed & grows & table["extra_classes"].lt(1), "extra_classes"] = 1
        lodges = table["action"].eq("board")
        table.loc[changed & ~table["action"].isin(BED_ACTIONS), "extra_beds"] = 0
        room = int(self.standards.value("bed_module"))
        table.loc[changed & lodges & table["extra_beds"].lt(1), "extra_beds"] = room
        return table
