"""Balance: how equally schools are provided for, school by school and for the county."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

import pandas as pd

from layoutplan.balance.columns import BALANCE_TABLES
from layoutplan.balance.indicators import STAGES, Measured, Stage
from layoutplan.balance.stock import Stock
from layoutplan.balance.worded import as_printed, as_words, decimals_of
from layoutplan.findings import Finding, findings_table
from layoutplan.frozen_tables import FrozenTables
from layoutplan.standards import Standards
from layoutplan.words import Language, say

COMPOSITE = "composite"
"""The row of the mean of the coefficients among the indicators."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Balance:
    """How equally the schools of a county are provided for.

    Made by `basic_2012` and `quality_2017`. Tables are copied out.

    Parameters
    ----------
    profile
        The profile of the assessment, such as ``cn-quality-2017``.
    lang
        The language of words.
    stock
        What was assessed.
    standards
        The numbers it was held to, with posts and prices.
    measured
        The indicators, in their order; those without data are not among them.
    incomplete
        The indicators of the assessment that have no data at all.
    asked
        The options with which a stock is assessed in the same way.
    findings
        What should be known about it.
    tables
        ``schools``, ``indicators``, ``townships``, ``left_out`` (columns in
        `layoutplan.balance.columns`) and ``units``: what each stage of a school has.
    """

    profile: str
    lang: Language
    stock: Stock = field(repr=False)
    standards: Standards = field(repr=False)
    measured: tuple[Measured, ...] = field(repr=False)
    incomplete: tuple[str, ...] = ()
    asked: Mapping[str, object] = field(default_factory=dict, repr=False)
    findings: tuple[Finding, ...] = field(default=(), repr=False)
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        """Copy the tables in; they are copied out again at every look."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))

    @property
    def name(self) -> str:
        """The county or plan that was assessed."""
        return self.stock.name

    @property
    def schools(self) -> pd.DataFrame:
        """The units: what each stage of a school has per pupil, and whether it passes."""
        return self.tables["schools"]

    @property
    def indicators(self) -> pd.DataFrame:
        """The county: mean, deviation and coefficient of each indicator, by stage."""
        return self.tables["indicators"]

    @property
    def townships(self) -> pd.DataFrame:
        """The townships: per pupil of the township, and how many schools pass."""
        return self.tables["townships"]

    @property
    def left_out(self) -> pd.DataFrame:
        """What is not counted, and why."""
        return self.tables["left_out"]

    def cv(self, indicator: str = COMPOSITE, *, stage: Stage) -> float:
        """Give a coefficient of variation.

        Parameters
        ----------
        indicator
            The name of an indicator, or ``composite``.
        stage
            The stage.

        Returns
        -------
        float
            The coefficient; NaN where there is none, see `findings`.
        """
        table = self.tables["indicators"]
        at = table["stage"].eq(stage) & table["indicator"].eq(indicator)
        return float(table.loc[at, "cv"].iloc[0]) if at.any() else float("nan")

    def met(self, stage: Stage) -> bool | None:
        """Say whether a stage passes the assessment.

        Parameters
        ----------
        stage
            The stage.

        Returns
        -------
        bool or None
            For basic balance, whether the composite keeps its limit; for high-quality
            balance, whether every school passes and every coefficient keeps its limit.
            None where data are missing that could change the answer.
        """
        told = [
            verdict for name in ("schools", "indicators") for verdict in self._verdicts(name, stage)
        ]
        if "no" in told:
            return False
        return True if told and "" not in told and not self.incomplete_in(stage) else None

    def incomplete_in(self, stage: Stage) -> tuple[str, ...]:
        """Name the indicators of the assessment that have no data in a stage.

        Parameters
        ----------
        stage
            The stage.

        Returns
        -------
        tuple of str
            The indicators, those without data in any stage first.
        """
        table = self.tables["indicators"]
        there = set(table.loc[table["stage"].eq(stage), "indicator"])
        return (*self.incomplete, *(m.name for m in self.measured if m.name not in there))

    def _verdicts(self, name: str, stage: Stage) -> list[str]:
        table = self.tables[name]
        here = table["stage"].eq(stage)
        if name == "indicators":
            here &= table["cv_limit"].notna()
        return [str(v) for v in table.loc[here, "met"]] if "met" in table else []

    def words(self, table: str = "schools", *, lang: Language | None = None) -> pd.DataFrame:
        """Give a table in words, for a reader.

        Parameters
        ----------
        table
            ``schools``, ``indicators``, ``townships`` or ``left_out``.
        lang
            The language; that of the assessment where not given.

        Returns
        -------
        pandas.DataFrame
            The same rows with headings and labels instead of codes. Beside the
            coefficients of a plan stand, under each stage, the mean minutes to school
            and the pupils beyond the limit.
        """
        rows = self.tables[table]
        if table == "indicators" and self.stock.travelled is not None:
            rows = _beside(rows, self.stock.travelled)
        return as_words(rows, BALANCE_TABLES[table], lang=lang or self.lang)

    def findings_table(self, *, lang: Language | None = None) -> pd.DataFrame:
        """Set out what should be known.

        Parameters
        ----------
        lang
            The language; that of the assessment where not given.

        Returns
        -------
        pandas.DataFrame
            One row per finding.
        """
        return findings_table(self.findings, lang=lang or self.lang)

    def _repr_html_(self) -> str:
        """Show the verdict of each stage and the indicators, for notebooks."""
        parts = [f"<p>{escape(self.name)} · {escape(self._title())}</p>"]
        for stage in STAGES:
            told = {True: "passes", False: "fails", None: "open"}[self.met(stage)]
            spoken = say(f"balance.stage.{stage}", self.lang)
            parts.append(f"<p>{escape(say(f'balance.{told}', self.lang, stage=spoken))}</p>")
            parts += [f"<p>{escape(line)}</p>" for line in self._left_out_line(stage)]
        shown = self.words("indicators")
        names = [str(c) for c in self.tables["indicators"]]
        shown = pd.DataFrame(
            {
                heading: as_printed(shown[heading], decimals_of(name, self.standards))
                for name, heading in zip(names, shown.columns, strict=True)
            }
        )
        parts.append(str(shown.to_html(index=False, escape=True, border=0)))
        return "".join(parts)

    def _left_out_line(self, stage: Stage) -> list[str]:
        """Say how many schools of a stage are left out, or lack numbers, and why."""
        table = self.tables["left_out"]
        here = table[table["stage"].isin(["", stage])]
        if here.empty:
            return []
        of_each = here.groupby("reason", sort=True)["school_id"].nunique()
        reasons = say("template.comma", self.lang).join(
            say("balance.left_out_reason", self.lang, reason=self._reason(str(r)), rows=int(n))
            for r, n in of_each.items()
        )
        rows = int(here["school_id"].nunique())
        return [say("balance.left_out", self.lang, rows=rows, reasons=reasons)]

    def _reason(self, reason: str) -> str:
        return say(f"balance.reason.{reason}", self.lang)

    def _title(self) -> str:
        return self.standards.title_zh if self.lang == "zh" else self.standards.title_en


def _beside(indicators: pd.DataFrame, travelled: pd.DataFrame) -> pd.DataFrame:
    """Put the ways to school under the coefficients of each stage."""
    both = pd.concat([indicators.astype({"schools": "Int64"}), travelled])
    texts = [str(c) for c in indicators if isinstance(indicators[c].dtype, pd.StringDtype)]
    both[texts] = both[texts].fillna("").astype("str")
    order = both["stage"].map({s: i for i, s in enumerate(STAGES)})
    return both.iloc[order.argsort(kind="stable")].reset_index(drop=True)
