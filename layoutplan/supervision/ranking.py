"""Townships set side by side: lights, what was struck off, ranks with ties, lists."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from layoutplan.standards import Standards
from layoutplan.supervision.declared import LIGHTS
from layoutplan.supervision.worded import typed

_DECIMALS = 9


def townships_table(
    items: pd.DataFrame, changes: pd.DataFrame, *, named: pd.DataFrame, schools: pd.DataFrame
) -> pd.DataFrame:
    """Rank the townships of a county.

    A township comes before another with a smaller share of red lights among its items
    that are open or were struck off within the period; where these are equal, with a
    smaller share of yellow ones; then with a greater share of all its items struck off.
    Townships equal in all three share a rank, and the next rank is left out accordingly.

    Parameters
    ----------
    items
        All items by today, with light, state, township_id, overdue and in_period.
    changes
        What happened within the period, with township_id.
    named
        township_id, name and person of the newest assessment.
    schools
        township_id and met of the schools assessed.

    Returns
    -------
    pandas.DataFrame
        The table ``townships`` of a report.
    """
    ids = sorted({*named["township_id"], *items["township_id"]} - {""})
    table = pd.DataFrame(index=pd.Index(ids, name="township_id", dtype="str"))
    for column, source in (("township", "name"), ("person", "person")):
        known = dict(zip(named["township_id"], named[source], strict=True))
        table[column] = pd.Series([known.get(t, "") for t in ids], index=table.index, dtype="str")
    table["township"] = table["township"].where(table["township"].ne(""), table.index)
    for light in LIGHTS:
        table[light] = _count(items[items["light"].eq(light)], table.index)
    table["open"] = _count(items[items["state"].ne("closed")], table.index)
    table["overdue"] = _count(items[items["overdue"]], table.index)
    for change in ("new", "reopened", "closed"):
        table[change] = _count(changes[changes["change"].eq(change)], table.index)
    every = _count(items, table.index)
    struck = _count(items[items["state"].eq("closed")], table.index)
    table["closed_share"] = np.where(every > 0, struck / every.clip(lower=1), np.nan)
    counted = _count(items[items["in_period"]], table.index).clip(lower=1)
    table["schools"] = _count(schools, table.index).astype("float64")
    table["passing"] = _count(schools[schools["met"].eq("yes")], table.index).astype("float64")
    if schools.empty:
        table[["schools", "passing"]] = np.nan
    table["light"] = np.select([table["red"] > 0, table["yellow"] > 0], ["red", "yellow"], "green")
    marks = pd.DataFrame(
        {
            "red": table["red"] / counted,
            "yellow": table["yellow"] / counted,
            "closed": -table["closed_share"].fillna(1.0),
        }
    ).round(_DECIMALS)
    return typed(_ranked(table, marks).reset_index(), "townships")


def praised(townships: pd.DataFrame) -> pd.DataFrame:
    """List the townships to be praised: nothing red or yellow, and something struck off.

    Parameters
    ----------
    townships
        The table ``townships`` of a report.

    Returns
    -------
    pandas.DataFrame
        The table ``praise``.
    """
    at = townships["red"].eq(0) & townships["yellow"].eq(0) & townships["closed"].gt(0)
    return _listed(townships[at], {"struck_off": "closed"}, "praise")


def criticised(townships: pd.DataFrame, standards: Standards, worse: pd.Series) -> pd.DataFrame:
    """List the townships to be criticised: with so many items red.

    Parameters
    ----------
    townships
        The table ``townships`` of a report.
    standards
        A profile with ``supervision_criticise_red_items``.
    worse
        How many items are red because they are worse, by township.

    Returns
    -------
    pandas.DataFrame
        The table ``criticism``, the most red first.
    """
    at = townships["red"].ge(standards.value("supervision_criticise_red_items"))
    worst = townships[at].assign(
        worse=worse.reindex(townships["township_id"][at]).fillna(0).to_numpy()
    )
    worst = worst.sort_values(["red", "township_id"], ascending=[False, True], kind="stable")
    return _listed(worst, {"overdue": "overdue", "worse": "worse"}, "criticism")


def _ranked(table: pd.DataFrame, marks: pd.DataFrame) -> pd.DataFrame:
    key = pd.Series(list(marks.itertuples(index=False, name=None)), index=table.index)
    order = sorted(set(key))
    sizes = key.value_counts()
    before = np.cumsum([0, *(int(sizes[k]) for k in order)])
    rank = key.map({k: int(before[i]) + 1 for i, k in enumerate(order)})
    ranked = table.assign(rank=rank, tied=key.map(sizes))
    return ranked.sort_values(["rank", "township_id"], kind="stable")


def _count(rows: pd.DataFrame, ids: pd.Index) -> pd.Series:
    return rows["township_id"].value_counts().reindex(ids).fillna(0).astype("int64")


def _listed(rows: pd.DataFrame, reasons: Mapping[str, str], name: str) -> pd.DataFrame:
    said = [
        " ".join(f"{code}={int(row[column])}" for code, column in reasons.items() if row[column])
        for row in rows.to_dict("records")
    ]
    return typed(rows.assign(reason=pd.Series(said, index=rows.index, dtype="str")), name)
