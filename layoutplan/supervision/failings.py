"""What fails, as rows of one form: indicators, gaps of schools, gates, steps of a roadmap."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from layoutplan.assessment import Assessment
from layoutplan.balance.gaps import gaps as gaps_of
from layoutplan.balance.noun import Balance
from layoutplan.gates import Gates
from layoutplan.standards import Standards
from layoutplan.supervision.periods import day

COLUMNS: Final = (
    "key", "origin", "subject", "title", "place_kind", "place_id", "place", "township_id", "band",
    "owner_kind", "owner", "unit", "kind", "due", "value", "at_most", "basis", "basis_status",
)  # fmt: skip
"""The columns of `Failings`-tables; ``kind`` is ``fails`` or ``meets``."""

EDUCATION: Final = "education"
"""The department that owes what is owed by no township and no school."""

_DEPARTMENT_OF_GATE: Final = {"travel": "transport"}

STEP_COLUMNS: Final = ("site_id", "step", "due")
"""The columns that a table of steps cannot be without; `Roadmap.steps` has them."""

_NAMED_BY_GAPS: Final = "balance_failing_"
_NAMED_BY_GATES: Final = "closures_failing"


def failing_indicators(done: Assessment, *, gaps: bool, gates: bool) -> pd.DataFrame:
    """Give the indicators that are held to a limit, failing or not.

    An indicator that is measured by township is owed by townships, else by the department
    of education. Counts that gaps or gates name one by one are left to them.

    Parameters
    ----------
    done
        The assessment.
    gaps
        Whether the gaps of schools are recorded with it.
    gates
        Whether gates are recorded with it.

    Returns
    -------
    pandas.DataFrame
        The columns `COLUMNS`.
    """
    rows = done.table
    rows = rows[rows["met"].ne("") & rows["level"].isin(["county", "township"])]
    if gaps:
        rows = rows[~rows["indicator"].str.startswith(_NAMED_BY_GAPS)]
    if gates:
        rows = rows[rows["indicator"] != _NAMED_BY_GATES]
    by_township = set(rows.loc[rows["level"] == "township", "indicator"])
    rows = rows[(rows["level"] == "township") | ~rows["indicator"].isin(by_township)]
    of_township = rows["level"].eq("township")
    return _framed(
        rows,
        origin="indicator",
        subject=rows["indicator"],
        place_kind=rows["level"],
        place_id=rows["group"],
        place=rows["group"].map(lambda t: done.townships.get(t, "")),
        township_id=rows["group"],
        owner_kind=np.where(of_township, "township", "department"),
        owner=rows["group"].where(of_township, EDUCATION),
        kind=np.where(rows["met"].eq("no"), "fails", "meets"),
        value=rows["value"],
        at_most=rows["limit"],
        unit=rows["unit"],
        basis=rows["source"],
        basis_status=rows["status"],
    )


def failing_gaps(balance: Balance) -> pd.DataFrame:
    """Give what each school is short of; a school that lacks nothing any more meets.

    Parameters
    ----------
    balance
        The assessment of balance.

    Returns
    -------
    pandas.DataFrame
        The columns `COLUMNS`; ``value`` is what is missing, and nothing may be missing.
    """
    short = gaps_of(balance)
    key = ["stage", "school_id", "indicator"]
    schools = balance.schools
    shown = [m.name for m in balance.measured if m.name in schools]
    every = schools.melt(
        id_vars=["stage", "school_id", "name", "township_id"], value_vars=shown,
        var_name="indicator", value_name="has",
    )  # fmt: skip
    every = every[every["has"].notna()].drop(columns="has")
    rows = every.merge(short[[*key, "unit", "missing", "source", "status"]], on=key, how="left")
    fails = rows["missing"].notna()
    return _framed(
        rows,
        origin="gap",
        subject=rows["indicator"],
        place_kind="school",
        place_id=rows["school_id"],
        place=rows["name"],
        township_id=rows["township_id"],
        band=rows["stage"],
        owner_kind="school",
        owner=rows["school_id"],
        kind=np.where(fails, "fails", "meets"),
        value=rows["missing"].fillna(0.0),
        at_most=0.0,
        unit=rows["unit"],
        basis=rows["source"],
        basis_status=rows["status"],
    )


def failing_gates(gates: Gates) -> pd.DataFrame:
    """Give the gates of closures; what is open or unknown says nothing.

    Parameters
    ----------
    gates
        The gates.

    Returns
    -------
    pandas.DataFrame
        The columns `COLUMNS`; ``value`` counts the pupils concerned.
    """
    rows = gates.rows()
    rows = rows[rows["verdict"].isin(["fail", "pass"])]
    return _framed(
        rows,
        origin="gate",
        subject=rows["gate"],
        place_kind="school",
        place_id=rows["site_id"],
        place=rows["name"],
        township_id=rows["township_id"],
        owner_kind="department",
        owner=rows["gate"].map(lambda g: _DEPARTMENT_OF_GATE.get(g, EDUCATION)),
        kind=np.where(rows["verdict"].eq("fail"), "fails", "meets"),
        value=rows["concerned"].astype("float64"),
        at_most=0.0,
        unit="persons",
        basis=rows["source"],
        basis_status=rows["status"],
    )


def due_steps(steps: pd.DataFrame, names: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Give the steps of a roadmap with the day each is due.

    Parameters
    ----------
    steps
        `Roadmap.steps`, or a table with the columns site_id, step and due; township_id,
        name, action, action_id and responsible where they are known.
    names
        Names of schools by id, for a table that has none.

    Returns
    -------
    pandas.DataFrame
        The columns `COLUMNS`.
    """
    rows = steps.reset_index()
    text = {
        c: rows[c].astype("object").where(rows[c].notna(), "").astype("str")
        if c in rows
        else pd.Series("", index=rows.index, dtype="str")
        for c in ("site_id", "township_id", "name", "action", "action_id", "responsible", "step")
    }
    known = names or {}
    called = pd.Series([known.get(s, "") for s in text["site_id"]], index=rows.index, dtype="str")
    text["name"] = text["name"].where(text["name"].ne(""), called)
    # The id of a measure in a roadmap is that of the site and the action.
    pairs = zip(text["site_id"], text["action_id"], strict=True)
    told = pd.Series(
        [a.removeprefix(f"{s}-") if a.startswith(f"{s}-") else "" for s, a in pairs],
        index=rows.index, dtype="str",
    )  # fmt: skip
    text["action"] = text["action"].where(text["action"].ne(""), told)
    named = text["responsible"].ne("")
    by_township = ~named & text["township_id"].ne("")
    framed = _framed(
        rows,
        origin="step",
        subject=text["step"],
        title=text["action"],
        place_kind="school",
        place_id=text["site_id"],
        place=text["name"],
        township_id=text["township_id"],
        band=text["action_id"],
        owner_kind=np.where(by_township, "township", "department"),
        owner=text["responsible"]
        .where(named, text["township_id"])
        .mask(~named & ~by_township, EDUCATION),
        kind="fails",
        due=[_iso(value) for value in rows["due"]],
    )
    return framed.drop_duplicates("key")


def with_dues(rows: pd.DataFrame, *, found: date, standards: Standards) -> pd.DataFrame:
    """Set the day by which each is owed, where it has none.

    Parameters
    ----------
    rows
        Rows with the columns `COLUMNS`.
    found
        The day it was found.
    standards
        Days to remedy by origin, ``supervision_remedy_days_<origin>``.

    Returns
    -------
    pandas.DataFrame
        The rows with ``due``.
    """
    origins = ("indicator", "gap", "gate")
    days = {o: standards.value(f"supervision_remedy_days_{o}") for o in origins}
    dues = {o: (pd.Timestamp(found) + pd.Timedelta(days=d)).date() for o, d in days.items()}
    set_by_rule = rows["origin"].map({o: d.isoformat() for o, d in dues.items()}).fillna("")
    return rows.assign(due=rows["due"].where(rows["due"].ne(""), set_by_rule))


def together(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put rows of several kinds together, in the order of their keys.

    Parameters
    ----------
    parts
        Rows with the columns `COLUMNS`.

    Returns
    -------
    pandas.DataFrame
        All of them.
    """
    given = [p for p in parts if len(p)]
    if not given:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(given).sort_values("key", kind="stable", ignore_index=True)


def _framed(rows: pd.DataFrame, **columns: Any) -> pd.DataFrame:  # noqa: ANN401 - columns of any kind
    """Make a table of one form; columns that are not given are empty."""
    framed = pd.DataFrame({"key": ""}, index=rows.index).assign(
        **{c: columns.get(c, np.nan if c in ("value", "at_most") else "") for c in COLUMNS[1:]}
    )
    texts = [c for c in COLUMNS if c not in ("value", "at_most")]
    framed = framed.assign(**{c: framed[c].astype("object").fillna("") for c in texts})
    framed = framed.astype(dict.fromkeys(texts, "str"))
    parts = [framed[c] for c in ("origin", "subject", "place_kind", "place_id", "band")]
    joined: Callable[..., str] = "|".join
    framed["key"] = [joined(p) for p in zip(*parts, strict=True)]
    return framed[list(COLUMNS)].astype({"value": "float64", "at_most": "float64"})


def _iso(value: object) -> str:
    if value is None or pd.isna(value) or value == "":  # type: ignore[call-overload]
        return ""
    if isinstance(value, date):
        return day(value).isoformat()
    return day(str(value)[:10], what="due").isoformat()
