"""Gates: what stands against each proposed closure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.findings import Finding
from layoutplan.frozen_tables import FrozenTables
from layoutplan.gates.by_votes import votes_form
from layoutplan.gates.check import GATE_STANDARDS, Check, sources, status_of, worst
from layoutplan.gates.declared import GATE_CHECKS, GATE_NAMES, GATES
from layoutplan.gates.shown import gates_html, opinion, worded_rows
from layoutplan.standards import Standards
from layoutplan.words import Language, say

_REMARKS: Final = (
    "boards",
    "stays_beyond",
    "longer",
    "no_road",
    "too_young",
    "build_first",
    "above_standard_class",
)
"""Checks that never fail and are said all the same where others do."""

_BY_SCHOOL: Final = ("boarding", "size")
"""Gates whose standard counts receiving schools; that of travel counts pupils."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Gates:
    """The five gates of every closure that a plan proposes.

    Made by `layoutplan.gates.gates`. A closure with a failed gate must not be forced;
    one with an open or unknown gate cannot be decided yet. How many pupils or receiving
    schools a failed check may concern before its gate fails is a standard
    (`layoutplan.gates.check.GATE_STANDARDS`): none, unless the county says otherwise.
    Tables are copied out.

    Parameters
    ----------
    name
        The name of the plan.
    lang
        The language of sentences where none is asked for.
    standards
        The standards that the gates rest on.
    checks
        All checks, closure by closure and gate by gate.
    names
        The names of schools by id.
    townships
        The names of townships by id.
    findings
        What should be known besides.
    tables
        ``proposals``, ``ways``, ``votes`` and ``unsafe_ways``.
    """

    name: str
    lang: Language
    standards: Standards = field(repr=False)
    checks: tuple[Check, ...] = field(repr=False)
    names: Mapping[str, str] = field(repr=False)
    townships: Mapping[str, str] = field(repr=False)
    findings: tuple[Finding, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        """Copy the tables in; they are copied out again at every look."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))

    @property
    def proposals(self) -> pd.DataFrame:
        """The proposed closures, indexed by ``site_id``; see `layoutplan.gates.losses`."""
        return self.tables["proposals"]

    @property
    def ways(self) -> pd.DataFrame:
        """The ways of the pupils who move, each judged; see `layoutplan.gates.by_travel.judge`."""
        return self.tables["ways"]

    @property
    def votes(self) -> pd.DataFrame:
        """The recorded votes."""
        return self.tables["votes"]

    @property
    def verdicts(self) -> pd.DataFrame:
        """The verdicts: closures x gates, and ``verdict``, the worst of the five."""
        table = pd.DataFrame("pass", index=self.proposals.index, columns=list(GATE_NAMES))
        failing = self._failing
        for (site, gate), checks in self._by_gate.items():
            allowed = self._allowed(gate, failing.get((site, gate), 0))
            table.loc[site, gate] = worst(
                c.verdict for c in checks if not (allowed and c.verdict == "fail")
            )
        every = [worst(row) for row in table.to_numpy().tolist()]
        return table.assign(verdict=pd.Series(every, index=table.index, dtype="str"))

    @property
    def must_not_be_forced(self) -> tuple[str, ...]:
        """The closures with a failed gate, by id: they must not be forced."""
        table = self.verdicts
        return tuple(table.index[table["verdict"] == "fail"])

    def verdict(self, site_id: str, gate: str = "verdict") -> str:
        """Give one verdict.

        Parameters
        ----------
        site_id
            The school.
        gate
            The gate; all five together where not given.

        Returns
        -------
        str
            ``pass``, ``open``, ``unknown`` or ``fail``.
        """
        return str(self.verdicts.loc[site_id, gate])

    def rows(self, lang: Language | None = None) -> pd.DataFrame:
        """Give the gates under their codes, one row per closure and gate.

        Parameters
        ----------
        lang
            The language of the sentences and sources.

        Returns
        -------
        pandas.DataFrame
            Columns of `layoutplan.gates.declared.GATES`. ``concerned`` counts every
            pupil once, whatever the number of checks that fail for them.
        """
        spoken = lang or self.lang
        proposals, verdicts = self.proposals, self.verdicts
        longest = self.ways.groupby("site_id")["after"].max()
        by_gate, failing = self._by_gate, self._failing
        records = []
        for site in proposals.index:
            known = proposals.loc[site]
            for gate in GATE_NAMES:
                checks = by_gate.get((site, gate), [])
                count = failing.get((site, gate), 0)
                finding = self._sentences(checks, spoken)
                if self._allowed(gate, count):
                    finding = self._with_allowance(finding, gate, count, lang=spoken)
                rests_on = [self.standards[GATE_STANDARDS[gate]]]
                rests_on += [s for c in checks for s in c.standards]
                records.append(
                    {
                        "site_id": site,
                        "name": known["name"],
                        "township_id": known["township_id"],
                        "proposal": known["proposal"],
                        "bands": known["bands"],
                        "gate": gate,
                        "verdict": verdicts.loc[site, gate],
                        "pupils": int(known["pupils"]),
                        "concerned": self._concerned(site, gate, checks),
                        "minutes": float(longest.get(site, np.nan)),
                        "receivers": known["receivers"],
                        "finding": finding,
                        "source": sources(rests_on, spoken),
                        "status": status_of(rests_on),
                    }
                )
        return pd.DataFrame(records, columns=[c.name for c in GATES.columns])

    def check_rows(self, lang: Language | None = None) -> pd.DataFrame:
        """Give all checks under their codes, for those who compute further.

        Parameters
        ----------
        lang
            The language of the sources.

        Returns
        -------
        pandas.DataFrame
            Columns of `layoutplan.gates.declared.GATE_CHECKS`.
        """
        spoken = lang or self.lang
        records = [
            {
                **{n: getattr(c, n) for n in ("site_id", "gate", "verdict", "band", "receiver",
                                              "pupils", "value", "before", "limit", "unit")},
                "check": c.name,
                "source": sources(c.standards, spoken),
                "status": status_of(c.standards),
            }
            for c in self.checks
        ]  # fmt: skip
        return pd.DataFrame(records, columns=[c.name for c in GATE_CHECKS.columns])

    def table(self, lang: Language | None = None) -> pd.DataFrame:
        """Give the gates in words, for a reader.

        Parameters
        ----------
        lang
            The language; that of the county where not given.

        Returns
        -------
        pandas.DataFrame
            The rows of `rows` with words instead of codes and headings with units.
        """
        spoken = lang or self.lang
        return worded_rows(
            self.rows(spoken), lang=spoken, names=self.names, townships=self.townships
        )

    def opinion(self, site_id: str, lang: Language | None = None) -> str:
        """Say in plain words what stands against one closure.

        Parameters
        ----------
        site_id
            The school.
        lang
            The language.

        Returns
        -------
        str
            A paragraph: what is proposed, what each gate says, what follows.
        """
        spoken = lang or self.lang
        rows = self.rows(spoken)
        return opinion(rows[rows["site_id"] == site_id], lang=spoken, names=self.names)

    def votes_form(self, lang: Language | None = None) -> pd.DataFrame:
        """Give the form in which votes are recorded: two rows for each closure.

        Parameters
        ----------
        lang
            The language of the headings.

        Returns
        -------
        pandas.DataFrame
            Text, with what is recorded already; `layoutplan.gates.read_votes` reads it
            once it is filled in.
        """
        return votes_form(self.proposals.index, self.votes, self.names, lang=lang or self.lang)

    @property
    def _by_gate(self) -> dict[tuple[str, str], list[Check]]:
        found: dict[tuple[str, str], list[Check]] = {}
        for check in self.checks:
            found.setdefault((check.site_id, check.gate), []).append(check)
        return found

    @property
    def _failing(self) -> dict[tuple[str, str], int]:
        """Count what fails a gate: pupils on their ways, receiving schools."""
        ways = self.ways
        pupils = ways[ways["fails"]].groupby("site_id")["pupils"].sum()
        counts = {(str(site), "travel"): int(n) for site, n in pupils.items()}
        for key, checks in self._by_gate.items():
            if key[1] in _BY_SCHOOL:
                counts[key] = len({c.receiver for c in checks if c.verdict == "fail"})
        return counts

    def _allowed(self, gate: str, count: int) -> bool:
        """Tell whether something fails, and no more than the gate's standard lets pass.

        Votes are held to their standard one by one.
        """
        return 0 < count <= self.standards.value(GATE_STANDARDS[gate])

    def _with_allowance(self, finding: str, gate: str, count: int, *, lang: Language) -> str:
        limit = f"{self.standards.value(GATE_STANDARDS[gate]):,.0f}"
        said = say(f"gates.allowed.{gate}", lang, value=f"{count:,}", limit=limit)
        return say("gates.between_sentences", lang).join([finding, said])

    def _concerned(self, site: str, gate: str, checks: list[Check]) -> int:
        if gate == "travel":
            ways = self.ways
            return int(ways.loc[(ways["site_id"] == site) & ways["fails"], "pupils"].sum())
        by_receiver: dict[str, int] = {}
        for check in checks:
            if check.verdict == "fail":
                most = by_receiver.get(check.receiver, 0)
                by_receiver[check.receiver] = max(most, check.pupils)
        return sum(by_receiver.values())

    def _sentences(self, checks: list[Check], lang: Language) -> str:
        """Say the worst checks first; what passes follows only where nothing is wrong."""
        verdict = worst(c.verdict for c in checks)
        loud = [c for c in checks if c.verdict == verdict]
        remarks = [c for c in checks if c.verdict not in (verdict, "pass")]
        remarks += [c for c in checks if verdict != "pass" and c.name in _REMARKS]
        said = dict.fromkeys(c.words(lang, self.names) for c in (*loud, *remarks))
        return say("gates.between_sentences", lang).join(said)

    def _repr_html_(self) -> str:
        """Show closures x gates with signs, and what fails, for notebooks."""
        return gates_html(self.rows(), verdicts=self.verdicts, lang=self.lang, names=self.names)
