"""A case: a plan with everything its papers speak of, gathered once for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from layoutplan.assessment import Assessment, assess, class_table
from layoutplan.assessment.assess import township_names
from layoutplan.assessment.gates import gates_of
from layoutplan.assessment.selections import all_moves, has_today, sites
from layoutplan.errors import OptionsError
from layoutplan.explain.reasons import reason_words
from layoutplan.findings import Finding
from layoutplan.gates import Gates
from layoutplan.papers.asked import Projected, Scheduled
from layoutplan.plan import Plan
from layoutplan.reports.names import site_names, village_names
from layoutplan.reports.plain_text import legal
from layoutplan.reports.record import plan_record
from layoutplan.roadmap.tasks import AS_IT_IS, REDRAW
from layoutplan.words import Language, say

_NONE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, eq=False, kw_only=True)
class Case:
    """What papers are written from.

    Parameters
    ----------
    plan
        The plan.
    against
        The layout it is set beside; None where there is none.
    gates
        The gates of its closures.
    projection, roadmap
        Pupils of the years ahead and the plan year by year; None where there is none.
    lang
        The language.
    inputs
        The files the plan was made from: name to SHA-256.
    """

    plan: Plan
    against: Plan | None
    gates: Gates
    lang: Language
    projection: Projected | None = None
    roadmap: Scheduled | None = None
    inputs: Mapping[str, str] = field(default_factory=lambda: _NONE)

    @cached_property
    def done(self) -> Assessment:
        """The indicators of the plan."""
        return assess(self.plan, lang=self.lang)

    @cached_property
    def before(self) -> Assessment | None:
        """The indicators of the layout it is set beside."""
        return None if self.against is None else assess(self.against, lang=self.lang)

    @cached_property
    def sites(self) -> pd.DataFrame:
        """What happens at each site, with pupils and pupils_today."""
        return sites(self.plan)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The names of schools by id."""
        return {str(i): legal(str(n)) for i, n in site_names(self.plan).items()}

    @cached_property
    def villages(self) -> Mapping[str, str]:
        """The names of villages by id."""
        return {str(i): legal(str(n)) for i, n in village_names(self.plan).items()}

    @cached_property
    def townships(self) -> Mapping[str, str]:
        """The names of townships by id."""
        return {i: legal(n) for i, n in township_names(self.plan).items()}

    @cached_property
    def responsible(self) -> Mapping[str, str]:
        """Who answers for a township, where the county's tables say it."""
        table = self.plan.county.townships
        if "responsible" not in table:
            return {}
        told = table["responsible"].dropna().astype("str").str.strip()
        return {str(i): legal(n) for i, n in told[told.ne("")].items()}

    @cached_property
    def knows_today(self) -> bool:
        """Whether the plan knows where pupils go today."""
        return has_today(self.plan)

    @cached_property
    def moves(self) -> pd.DataFrame:
        """The pupils who change school or lose theirs; see `selections.all_moves`."""
        return all_moves(self.plan)

    @cached_property
    def reasons(self) -> Mapping[str, str]:
        """One reason for what happens at each site."""
        return reason_words(self.plan, self.lang)

    @cached_property
    def classes(self) -> pd.DataFrame:
        """The classes of the plan; see `layoutplan.class_table`."""
        return class_table(self.plan)

    @cached_property
    def classes_before(self) -> pd.DataFrame | None:
        """The classes of the layout it is set beside."""
        return None if self.against is None else class_table(self.against)

    @cached_property
    def gate_rows(self) -> pd.DataFrame:
        """The gates of all closures; see `Gates.rows`."""
        return self.gates.rows(self.lang)

    @cached_property
    def verdicts(self) -> Mapping[str, str]:
        """The worst gate of each closure."""
        table = self.gates.verdicts["verdict"]
        return {str(site): str(verdict) for site, verdict in table.items()}

    @cached_property
    def record(self) -> Mapping[str, Any]:
        """What the plan was made from; see `layoutplan.reports.plan_record`."""
        return plan_record(self.plan, inputs=self.inputs, done=self.done)

    @cached_property
    def schools(self) -> pd.DataFrame:
        """The county's schools and candidates."""
        return pd.DataFrame(self.plan.county.sites.drop(columns="geometry"))

    @cached_property
    def by_site(self) -> Mapping[str, Mapping[str, pd.DataFrame]]:
        """Tables that dossiers look into, cut up by site once."""
        tables = {
            "leave": (self.moves, "from_site"),
            "come": (self.moves, "to_site"),
            "classes": (self.classes, "site_id"),
            "gates": (self.gate_rows, "site_id"),
            "ways": (self.plan.assignment, "site_id"),
        }
        if self.classes_before is not None:
            tables["classes_before"] = (self.classes_before, "site_id")
        for name in ("actions", "steps"):
            if self.roadmap is not None:
                tables[name] = (getattr(self.roadmap, name), "site_id")
        return {
            name: {str(site): rows for site, rows in table.groupby(key, sort=True)}
            for name, (table, key) in tables.items()
        }

    def cut(self, name: str, site: str) -> pd.DataFrame | None:
        """Give one table's rows of one site.

        Parameters
        ----------
        name
            The name in `by_site`.
        site
            The site.

        Returns
        -------
        pandas.DataFrame or None
            The rows; None where there are none.
        """
        return self.by_site.get(name, {}).get(site)

    def school(self, site: str) -> str:
        """Name a site.

        Parameters
        ----------
        site
            Its id.

        Returns
        -------
        str
            Its name; its id where it has none, and words for no school.
        """
        return self.names.get(site, site) if site else say("report.no_school", self.lang)

    def township(self, township: object) -> str:
        """Name a township.

        Parameters
        ----------
        township
            Its id.

        Returns
        -------
        str
            Its name, or words for one that is not known.
        """
        return self.townships.get(str(township), str(township)) or self.say("no_township")

    @property
    def county(self) -> str:
        """The name of the county, or words where it has none."""
        return legal(self.plan.county.name) or self.say("this_county")

    def say(self, key: str, **values: Any) -> str:  # noqa: ANN401 - as words.say
        """Give a text of papers.

        Parameters
        ----------
        key
            The key below ``papers``.
        **values
            What it names.

        Returns
        -------
        str
            The text.
        """
        return say(f"papers.{key}", self.lang, **values)


def make_case(
    plan: Plan,
    *,
    against: Plan | None = None,
    gates: Gates | None = None,
    projection: Projected | None = None,
    roadmap: Scheduled | None = None,
    inputs: Mapping[str, str] = _NONE,
    lang: str = "auto",
) -> Case:
    """Gather what the papers of a plan speak of.

    Parameters
    ----------
    plan
        The plan; it is only read.
    against
        The layout it is set beside, such as today's.
    gates
        The gates of its closures, where they are already made, as with recorded votes.
    projection, roadmap
        Pupils of the years ahead and the plan year by year.
    inputs
        The files the plan was made from, as by `layoutplan.reports.input_hashes`.
    lang
        The language; that of the county's names where ``"auto"``.

    Returns
    -------
    Case
        The case.

    Raises
    ------
    OptionsError
        If gates, roadmap or the other layout are of another county, or the roadmap of another
        plan.
    """
    spoken = plan.county.language(lang)
    known = set(plan.decisions.index.astype("str"))
    given = {
        "against": set() if against is None else set(against.decisions.index.astype("str")) ^ known,
        "gates": set() if gates is None else set(gates.proposals.index.astype("str")) - known,
        "roadmap": (
            set() if roadmap is None else set(roadmap.actions["site_id"].astype("str")) - known
        ),
    }
    found = [
        Finding(
            code="papers_of_other_county",
            ids=tuple(sorted(ids)),
            values={"part": say(f"papers.part.{part}", spoken)},
        )
        for part, ids in given.items()
        if ids
    ]
    if not found and roadmap is not None:
        found = _of_other_plan(plan, roadmap)
    if found:
        raise OptionsError(found, lang=spoken)
    return Case(
        plan=plan,
        against=against,
        gates=gates or gates_of(plan),
        projection=projection,
        roadmap=roadmap,
        lang=spoken,
        inputs=inputs,
    )


def _of_other_plan(plan: Plan, roadmap: Scheduled) -> list[Finding]:
    """Find sites with which roadmap and plan do not do the same."""
    listed = [t[["site_id", "action"]] for t in (roadmap.actions, roadmap.left_over)]
    scheduled = {
        (str(site), str(action))
        for site, action in pd.concat(listed).itertuples(index=False, name=None)
        if action != REDRAW
    }
    actions = plan.decisions["action"].astype("str")
    changed = actions[~actions.isin(AS_IT_IS)]
    decided = {(str(site), action) for site, action in changed.items()}
    ids = tuple(sorted({site for site, _ in scheduled ^ decided}))
    return [Finding(code="papers_of_other_plan", ids=ids, rows=len(ids))] if ids else []
