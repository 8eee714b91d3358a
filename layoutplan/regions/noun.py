"""What a province is made of, and what a run over its counties has come to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pandas as pd

from layoutplan.findings import Finding
from layoutplan.frozen_tables import FrozenTables
from layoutplan.words import Language, say

Kind = Literal["file", "layers", "dataset"]
"""A file or folder of its own; rows of one GeoPackage; rows of a GeoParquet dataset."""


@dataclass(frozen=True, kw_only=True)
class CountyPart:
    """One county in the source of a province, not read yet.

    Parameters
    ----------
    code
        Its code: the six digits that name it, or the name of its file.
    name
        Its name, where the source tells one.
    kind
        How the source holds it.
    path
        The file or folder that holds it.
    """

    code: str
    name: str
    kind: Kind
    path: Path


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one county.

    Parameters
    ----------
    code, name
        The county.
    state
        ``done``, ``kept`` (nothing had changed since the former run) or ``failed``.
    numbers
        Its row of the provincial table.
    findings
        Why it failed.
    fault
        Whether the failure is none of the data's: it may pass at another try.
    disk_full
        Whether it failed because nothing more can be written.
    """

    code: str
    name: str
    state: Literal["done", "kept", "failed"]
    numbers: Mapping[str, float] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    fault: bool = False
    disk_full: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Regions:
    """What a run over the counties of a province has come to.

    Made by `layoutplan.plan_regions`. Tables are copied out.

    Parameters
    ----------
    out
        The folder of the results.
    job
        What was done in every county.
    lang
        The language of words.
    stopped
        Why the run ended before all counties were tried: ``""``, ``"disk_full"``.
    tables
        ``counties``, ``border``, ``failed`` and ``findings``.
    """

    out: Path
    job: str
    lang: Language
    stopped: str
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        """Copy the tables in; they are copied out again at every look."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))

    @property
    def counties(self) -> pd.DataFrame:
        """The provincial table: one row per county, indexed by ``county_code``.

        Columns: name, state (``done``, ``kept``, ``failed`` or ``waiting``) and the numbers
        of the job; see `layoutplan.regions.jobs`.
        """
        return self.tables["counties"]

    @property
    def border(self) -> pd.DataFrame:
        """Pupils whose nearest school lies across a county line, by pair of counties.

        Columns: from_county, to_county, band, pupils, minutes_own and minutes_across
        (pupil-minutes one way, to the nearest school of the own county and of the other) and
        minutes_less, their difference.
        """
        return self.tables["border"]

    @property
    def failed(self) -> pd.DataFrame:
        """The counties that failed: county_code, name, message and cure."""
        return self.tables["failed"]

    @property
    def findings(self) -> pd.DataFrame:
        """What was found in the province as a whole, such as rows that are no county's.

        The columns of `layoutplan.tables.FINDINGS`; also written as ``findings.csv``.
        """
        return self.tables["findings"]

    def sentences(self, lang: Language | None = None) -> list[str]:
        """Say what was done and what is left.

        Parameters
        ----------
        lang
            The language; that of the run where not given.

        Returns
        -------
        list of str
            A line each.
        """
        spoken = lang or self.lang
        states = self.counties["state"].value_counts()
        told = [
            say(
                "regions.done",
                spoken,
                counties=len(self.counties),
                **{s: int(states.get(s, 0)) for s in ("done", "kept", "failed", "waiting")},
            )
        ]
        across = int(self.border["pupils"].sum()) if len(self.border) else 0
        if across:
            told.append(say("regions.across", spoken, pupils=across))
        if len(self.findings):
            told.extend(self.findings["message"].astype("str"))
            told.append(say("regions.findings", spoken))
        if self.stopped:
            told.append(say(f"regions.{self.stopped}", spoken))
        return told
