"""Items as they are read: the ledger, its changes, next steps, notices, counts."""

from datetime import date

import numpy as np
import pandas as pd

from layoutplan.standards import Standards
from layoutplan.supervision.assessed import Assessed
from layoutplan.supervision.declared import CHANGES, LIGHTS
from layoutplan.supervision.state import Standings
from layoutplan.supervision.worded import owner_words, place_words, title_words, typed
from layoutplan.words import LANGUAGES, Language

_NOTICE_DIGITS = 3


def names_table(items: pd.DataFrame, new: Assessed, *, lang: Language) -> pd.DataFrame:
    """Say what items are called, in both languages.

    Parameters
    ----------
    items
        The items.
    new
        The newest numbers, for the names of townships and schools.
    lang
        The language of title, place, owner and township.

    Returns
    -------
    pandas.DataFrame
        title, place, owner and township, and title, place and owner by language.
    """
    townships = {str(k): str(v) for k, v in new.townships.set_index("township_id")["name"].items()}
    schools = {str(k): str(v) for k, v in new.schools.set_index("school_id")["name"].items()}
    known = townships | schools
    rows = items.reset_index().to_dict("records")
    columns: dict[str, list[str]] = {}
    for spoken in LANGUAGES:
        columns[f"title_{spoken}"] = [
            title_words(
                str(r["origin"]), str(r["subject"]), str(r["title"]), spoken, stage=str(r["band"])
            )
            for r in rows
        ]
        columns[f"place_{spoken}"] = [
            place_words(str(r["place_kind"]), str(r["place_id"]), str(r["place"]), known, spoken)
            for r in rows
        ]
        columns[f"owner_{spoken}"] = [
            owner_words(
                str(r["owner_kind"]), str(r["owner"]),
                {**known, str(r["place_id"]): known.get(str(r["place_id"]), "") or str(r["place"])},
                spoken,
            )
            for r in rows
        ]  # fmt: skip
    table = pd.DataFrame(columns, index=items.index, dtype="str")
    of = items["township_id"]
    return table.assign(
        **{c: table[f"{c}_{lang}"] for c in ("title", "place", "owner")},
        township=of.map(lambda t: townships.get(t, t)).astype("str"),
    )


def items_table(items: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Set items out: the red first, then by day.

    Parameters
    ----------
    items
        The items that are open, or were struck off within the period.
    names
        What they are called.

    Returns
    -------
    pandas.DataFrame
        The table ``items`` of a report.
    """
    lacks = {
        "person": items["person"].eq(""),
        "due": items["due"].eq(""),
        "basis": items["basis"].eq(""),
        "evidence": items["state"].eq("met") & items["evidence"].eq(""),
    }
    missing = [
        " ".join(code for code, at in zip(lacks, row, strict=True) if at)
        for row in pd.DataFrame(lacks).itertuples(index=False, name=None)
    ]
    order = {light: -i for i, light in enumerate(LIGHTS)} | {"": 1}
    table = (
        items.drop(columns=["title", "place", "owner"])
        .join(names)
        .assign(
            missing=pd.Series(missing, index=items.index, dtype="str"),
            _light=items["light"].map(order),
            _due=items["due"].where(items["due"].ne(""), "9999"),
        )
        .reset_index()
        .sort_values(["_light", "_due", "item_id"], kind="stable")
    )
    return typed(table, "items")


def changes_table(now: Standings, items: pd.DataFrame, *, since: date, today: date) -> pd.DataFrame:
    """List what happened to items within a period.

    Parameters
    ----------
    now
        How items stand today.
    items
        The items with ``overdue``.
    since
        The first day of the period.
    today
        The last day counted.

    Returns
    -------
    pandas.DataFrame
        The columns of ``CHANGED`` but those that names give. ``overdue`` are all items
        that are open past their day, whenever that was.
    """
    told = now.changes
    told = told[told["date"].ge(since.isoformat()) & told["date"].le(today.isoformat())]
    late = items[items["overdue"]]
    columns = ("who", "note", "evidence", "due_before")
    overdue = pd.DataFrame(
        {
            "item_id": late.index.to_series(),
            "date": late["due"],
            "change": "overdue",
            **dict.fromkeys(columns, ""),
            "due": late["due"],
        }
    )
    both = pd.concat([told, overdue.astype("str")], ignore_index=True)
    order = both["change"].map({c: i for i, c in enumerate(CHANGES)})
    return (
        both.assign(_order=order)
        .sort_values(["_order", "date", "item_id"], kind="stable", ignore_index=True)
        .drop(columns="_order")
    )


def next_steps(items: pd.DataFrame, standards: Standards) -> pd.DataFrame:
    """List what is overdue and what falls due soon.

    Parameters
    ----------
    items
        The table ``items`` of a report.
    standards
        A profile with ``supervision_ahead_days``.

    Returns
    -------
    pandas.DataFrame
        The table ``next_steps`` of a report.
    """
    soon = items["days_left"].le(standards.value("supervision_ahead_days"))
    rows = items[items["state"].ne("closed") & soon]
    return typed(rows.sort_values(["due", "item_id"], kind="stable"), "next_steps")


def notices_table(items: pd.DataFrame, period: str) -> pd.DataFrame:
    """Gather the yellow and red items of each owner into one notice.

    Parameters
    ----------
    items
        The table ``items`` of a report.
    period
        The period, which begins the number of a notice.

    Returns
    -------
    pandas.DataFrame
        The table ``notices`` of a report.
    """
    rows = items[items["light"].isin(["yellow", "red"]) & items["state"].eq("open")]
    kinds = {"department": 0, "township": 1, "school": 2}
    rows = rows.assign(_kind=rows["owner_kind"].map(kinds)).sort_values(
        ["_kind", "township_id", "owner", "due", "item_id"], kind="stable"
    )
    home = rows["township_id"].where(rows["_kind"].ne(0), "")
    keys = [tuple(map(str, k)) for k in zip(rows["owner_kind"], home, rows["owner"], strict=True)]
    numbers = {k: i for i, k in enumerate(dict.fromkeys(keys), 1)}
    said = [f"{period}-{numbers[k]:0{_NOTICE_DIGITS}d}" for k in keys]
    return typed(rows.assign(notice=pd.Series(said, index=rows.index, dtype="str")), "notices")


def overview_table(
    items: pd.DataFrame,
    before: pd.DataFrame,
    happened: pd.DataFrame,
    new: Assessed,
    old: Assessed,
) -> pd.DataFrame:
    """Count items by light and by what happened, and schools that pass.

    Parameters
    ----------
    items
        The items today.
    before
        The items at the end of the last period.
    happened
        What happened within the period.
    new
        The newest numbers.
    old
        Those of the last period.

    Returns
    -------
    pandas.DataFrame
        The table ``overview`` of a report. What happened within a period is counted
        without the last one.
    """
    counts, counts_before = _by_light(items), _by_light(before)
    rows: list[tuple[str, float, float, str]] = [
        (name, n, counts_before[name], "items") for name, n in counts.items()
    ]
    rows += [
        (change, float(happened["change"].eq(change).sum()), np.nan, "items")
        for change in ("new", "closed", "reopened", "postponed")
    ]
    rows += [
        (name, _told(new, name, met), _told(old, name, met), unit)
        for name, met, unit in (
            ("schools", ("yes", "no", ""), "schools"),
            ("schools_passing", ("yes",), "schools"),
            ("limits", ("yes", "no"), "indicators"),
            ("limits_kept", ("yes",), "indicators"),
        )
    ]
    table = pd.DataFrame(rows, columns=["measure", "value", "last", "unit"])
    return typed(table.assign(change=table["value"] - table["last"]), "overview")


def _by_light(items: pd.DataFrame) -> dict[str, float]:
    return {
        "open": float(items["state"].ne("closed").sum()),
        **{light: float(items["light"].eq(light).sum()) for light in LIGHTS},
        "overdue": float(items["overdue"].sum()),
        "met": float(items["state"].eq("met").sum()),
    }


def _told(numbers: Assessed, name: str, met: tuple[str, ...]) -> float:
    """Count schools or numbers of the county by whether they pass; NaN where none are there."""
    of_schools = name.startswith("schools")
    if (numbers.balance_day if of_schools else numbers.day) is None:
        return float("nan")
    rows = numbers.schools if of_schools else numbers.rows
    return float(rows["met"].isin(met).sum())
