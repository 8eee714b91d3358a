"""What the schools that receive pupils have, today and in the plan."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layoutplan.gates.losses import Losses
from layoutplan.measures import site_capacity
from layoutplan.plan.ways import boarding_bands
from layoutplan.tables import BANDS

if TYPE_CHECKING:
    from layoutplan.plan import Plan


def receivers(plan: "Plan", lost: Losses, today: "Plan | None" = None) -> pd.DataFrame:
    """Set out what the receiving schools have.

    Parameters
    ----------
    plan
        The plan.
    lost
        What it takes from which school, with ways judged by
        `layoutplan.gates.by_travel.judge`.
    today
        The layout it is held against; that of the county's own tables where None.

    Returns
    -------
    pandas.DataFrame
        Indexed by site_id, receivers only: kind (today), bands (taught in the plan);
        pupils, places and classes, each with ``_today`` and ``_after``; ``today_<band>``
        and ``after_<band>`` (persons);
        extra_classes; beds (in the plan), boarders (today) and canteen (persons, NaN
        where not known);
        places_known and classes_known (whether the county's table gives them); arriving
        (pupils of all closures), beyond (those of them in bands that may board who
        end beyond the limit and farther than today).
    """
    ids = pd.Index(sorted(set(lost.ways["receiver"]) - {""}), dtype="str", name="site_id")
    sites, after = plan.county.sites, plan.decisions
    table = after[["kind", "bands", "extra_classes"]]
    if today is None:
        capacity = site_capacity(plan.county, standards=plan.standards)
        old = ~capacity["candidate"]
        for name in ("places", "classes"):
            table[f"{name}_today"] = capacity[name].where(old, 0).reindex(table.index)
        was = after[[f"before_{b}" for b in BANDS]]
    else:
        now = today.decisions.reindex(table.index)
        for name in ("places", "classes"):
            table[f"{name}_today"] = now[name]
        was = now[[f"after_{b}" for b in BANDS]]
    for name in ("places", "classes"):
        table[f"{name}_after"] = after[name]
    for band, column in zip(BANDS, was.columns, strict=True):
        table[f"today_{band}"] = was[column]
        table[f"after_{band}"] = after[f"after_{band}"]
    for when in ("today", "after"):
        table[f"pupils_{when}"] = table[[f"{when}_{b}" for b in BANDS]].sum(axis=1)
    rooms, places = _given(sites, "classrooms"), _given(sites, "places")
    table["classes_known"] = rooms.gt(0).reindex(table.index)
    table["places_known"] = (places.notna() | rooms.notna()).reindex(table.index)
    for name, column in (("beds", "beds"), ("boarders", "boarders"), ("canteen", "canteen_places")):
        table[name] = _given(sites, column).reindex(table.index)
    table["beds"] = _beds(table["beds"], after)
    ways = lost.ways[lost.ways["receiver"].ne("")]
    sums = {
        "arriving": ways.groupby("receiver")["pupils"].sum(),
        "beyond": ways[ways["pushed"] & ways["band"].isin(may_board(plan))]
        .groupby("receiver")["pupils"]
        .sum(),
    }
    for name, values in sums.items():
        table[name] = values.reindex(table.index).fillna(0).astype("int64")
    return table.reindex(ids)


def farther_beyond(ways: pd.DataFrame, *, slack: float = 0.0) -> pd.Series:
    """Tell whose way ends beyond the limit because of the closure.

    Those are the pupils who were within the limit and no longer are, and those who were
    beyond it and travel farther still. Who is beyond the limit today and does not travel
    farther is not harmed. A way that is not known counts as neither.

    Parameters
    ----------
    ways
        Columns before, after and limit, minutes.
    slack
        Minutes by which a way that is beyond the limit today may become longer.

    Returns
    -------
    pandas.Series
        Whether, row by row.

    Examples
    --------
    >>> ways = pd.DataFrame({"before": [20, 50, 50, 20], "after": [40, 60, 50, 25], "limit": 30})
    >>> farther_beyond(ways).tolist()
    [True, True, False, False]
    """
    newly = (ways["before"] <= ways["limit"]) & (ways["after"] > ways["limit"])
    return newly | ((ways["after"] > ways["limit"]) & (ways["after"] > ways["before"] + slack))


def may_board(plan: "Plan") -> tuple[str, ...]:
    """Give the bands all of whose grades may board.

    Parameters
    ----------
    plan
        The plan, for its standards.

    Returns
    -------
    tuple of str
        The bands.
    """
    return boarding_bands(plan.standards)


def _beds(known: pd.Series, after: pd.DataFrame) -> pd.Series:
    """Give the beds in the plan; not known where the county does not say and none is added."""
    return after["beds"].where(known.notna() | after["extra_beds"].gt(0)).astype(float)


def _given(sites: pd.DataFrame, column: str) -> pd.Series:
    if column not in sites:
        return pd.Series(np.nan, index=sites.index)
    return sites[column].astype(float)
