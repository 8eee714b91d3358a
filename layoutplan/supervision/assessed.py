"""What assessments say: indicators, coefficients and schools, against the last period."""

import sqlite3
from dataclasses import dataclass
from datetime import date

import pandas as pd

from layoutplan.assessment.indicators import INDICATORS as MEASURED
from layoutplan.standards import Standards
from layoutplan.supervision.lights import trend
from layoutplan.supervision.state import assessed_by, frame
from layoutplan.supervision.worded import typed
from layoutplan.words import Language

_COMPOSITE = "composite"
_STAGES = ("primary", "junior")


@dataclass(frozen=True, eq=False, kw_only=True)
class Assessed:
    """The newest numbers by a day, each part from the newest assessment that has it.

    Parameters
    ----------
    indicators_day
        The day of the indicators; None where there are none.
    balance_day
        The day of the balance between schools; None where there is none.
    rows
        The rows of the county: part, indicator, band, value, unit, at_most, met, source,
        status.
    schools
        The schools of the balance.
    townships
        township_id, name and person.
    """

    indicators_day: date | None
    balance_day: date | None
    rows: pd.DataFrame
    schools: pd.DataFrame
    townships: pd.DataFrame

    @property
    def day(self) -> date | None:
        """The day of the newest of both."""
        days = [d for d in (self.indicators_day, self.balance_day) if d is not None]
        return max(days) if days else None


def read_assessed(db: sqlite3.Connection, until: date) -> Assessed:
    """Read the newest numbers by a day.

    Parameters
    ----------
    db
        A connection that reads.
    until
        The day.

    Returns
    -------
    Assessed
        The numbers.
    """
    found = {part: assessed_by(db, until, part=part) for part in ("indicators", "balance")}
    any_part = assessed_by(db, until)

    def read(table: str, known: tuple[int, date] | None) -> pd.DataFrame:
        return frame(db, table, assessment=known[0] if known is not None else -1)

    rows = [
        read("assessment_rows", known).query("part == @part and level == 'county'")
        for part, known in found.items()
    ]
    whole = pd.concat(rows, ignore_index=True)
    named = read("townships", any_part)
    if named.empty:
        named = read("townships", found["indicators"])
    days = {part: known[1] if known is not None else None for part, known in found.items()}
    return Assessed(
        indicators_day=days["indicators"],
        balance_day=days["balance"],
        rows=whole,
        schools=read("assessed_schools", found["balance"]),
        townships=named,
    )


def assessed_tables(
    new: Assessed, old: Assessed, *, standards: Standards, lang: Language
) -> dict[str, pd.DataFrame]:
    """Set numbers against those of the last period.

    Parameters
    ----------
    new
        The numbers of the period.
    old
        Those of the last period.
    standards
        A profile with ``supervision_favoured_schools``.
    lang
        The language of citations.

    Returns
    -------
    dict
        The tables ``indicators``, ``balance``, ``schools`` and ``favoured``.
    """
    return {
        "indicators": _indicators(new, old),
        "balance": _balance(new, old),
        "schools": _schools(new, old),
        "favoured": favoured(new, old, standards=standards, lang=lang),
    }


def favoured(new: Assessed, old: Assessed, *, standards: Standards, lang: Language) -> pd.DataFrame:
    """List the schools to favour: the weakest of those that do not pass.

    Schools come in the order of `layoutplan.balance.gaps.ranked`: the lower the level of
    provision, the earlier; then the larger one; then by code.

    Parameters
    ----------
    new
        The numbers of the period.
    old
        Those of the last period, for the order then.
    standards
        A profile with ``supervision_favoured_schools``, how many are listed.
    lang
        The language of the citation.

    Returns
    -------
    pandas.DataFrame
        The table ``favoured`` of a report.
    """
    most = int(standards.value("supervision_favoured_schools"))
    order, before = _weakest(new.schools), _weakest(old.schools)
    last = before.set_index(["stage", "school_id"])["rank"].astype("float64")
    key = pd.MultiIndex.from_frame(order[["stage", "school_id"]])
    names = dict(zip(new.townships["township_id"], new.townships["name"], strict=True))
    table = order.assign(
        school=order["name"],
        township=order["township_id"].map(lambda t: names.get(t, t)).astype("str"),
        gaps=[len(str(f).split()) for f in order["failed"]],
        gaps_named=order["failed"],
        last_rank=last.reindex(key).to_numpy(),
        source=standards["supervision_favoured_schools"].citation(lang),
    )
    return typed(table.head(most), "favoured")


def _weakest(schools: pd.DataFrame) -> pd.DataFrame:
    failing = schools[schools["met"].eq("no")].sort_values(
        ["level", "pupils", "stage", "school_id"], ascending=[True, False, True, True],
        na_position="last", ignore_index=True,
    )  # fmt: skip
    return failing.assign(rank=pd.Series(range(1, len(failing) + 1), dtype="int64"))


def _indicators(new: Assessed, old: Assessed) -> pd.DataFrame:
    rows = _with_last(new, old, "indicators", ["indicator", "band"])
    rows = rows[rows["at_most"].notna() | rows["met"].ne("")]
    less_is_worse = {i.name for i in MEASURED if i.better == "more"}
    up = trend(rows["value"], rows["last"])
    down = trend(rows["value"], rows["last"], more_is_worse=False)
    table = rows.assign(
        limit=rows["at_most"], trend=up.where(~rows["indicator"].isin(less_is_worse), down)
    )
    return typed(table, "indicators")


def _balance(new: Assessed, old: Assessed) -> pd.DataFrame:
    rows = _with_last(new, old, "balance", ["indicator", "band"])
    stage = rows["band"].map({s: i for i, s in enumerate(_STAGES)})
    table = rows.assign(
        stage=rows["band"], limit=rows["at_most"], trend=trend(rows["value"], rows["last"]),
        _stage=stage, _first=rows["indicator"].ne(_COMPOSITE),
    ).sort_values(["_stage", "_first"], kind="stable")  # fmt: skip
    return typed(table, "balance")


def _with_last(new: Assessed, old: Assessed, part: str, key: list[str]) -> pd.DataFrame:
    rows, before = (a.rows[a.rows["part"].eq(part)] for a in (new, old))
    last = before.set_index(key)["value"]
    found = last.reindex(pd.MultiIndex.from_frame(rows[key])).to_numpy()
    return rows.assign(last=found, change=rows["value"] - found).reset_index(drop=True)


def _schools(new: Assessed, old: Assessed) -> pd.DataFrame:
    def counted(schools: pd.DataFrame) -> pd.DataFrame:
        by = schools.groupby("stage")["met"]
        return pd.DataFrame(
            {
                "schools": by.size(),
                "passing": by.apply(lambda met: int(met.eq("yes").sum())),
                "unknown": by.apply(lambda met: int(met.eq("").sum())),
            },
            dtype="int64",
        ).reindex([s for s in _STAGES if s in set(schools["stage"])])

    table, before = counted(new.schools), counted(old.schools)
    last = before["passing"].reindex(table.index).astype("float64")
    shown = table.assign(
        share=table["passing"] / table["schools"], last_passing=last,
        change=table["passing"] - last,
    )  # fmt: skip
    return typed(shown.rename_axis("stage").reset_index(), "schools")
