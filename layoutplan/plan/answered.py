"""What an answer of the model means for a plan: actions, unserved pupils, broken rules."""

import numpy as np
import pandas as pd

from layoutplan.findings import Finding
from layoutplan.model.solve import Answer
from layoutplan.plan.build import without_school
from layoutplan.tables import BANDS
from layoutplan.travel import TravelTimes


def actions_of(answer: Answer) -> pd.DataFrame:
    """Name the action at each site.

    Parameters
    ----------
    answer
        The answer.

    Returns
    -------
    pandas.DataFrame
        Indexed by site_id: action, extra_classes, extra_beds.
    """
    sites = answer.sites
    kept = (sites["measure"] == "keep").to_numpy()
    classes, beds = (sites[c].to_numpy() > 0 for c in ("extra_classes", "extra_beds"))
    action = np.select(
        [kept & classes, kept & beds], ["expand", "board"], default=sites["measure"].to_numpy()
    )
    return sites[["extra_classes", "extra_beds"]].assign(action=action)


def unserved_of(demand: pd.DataFrame, answer: Answer, times: TravelTimes) -> pd.DataFrame:
    """Name all pupils without a school: no road, no site that teaches them, none left open.

    Parameters
    ----------
    demand
        Pupils, villages x bands.
    answer
        The answer.
    times
        Travel times.

    Returns
    -------
    pandas.DataFrame
        Columns village_id, band, pupils, reason.
    """
    rest = without_school(answer.flows, demand)
    in_model = set(zip(answer.unserved["village_id"], answer.unserved["band"], strict=True))
    near = {}
    for band in BANDS:
        table = times.table(band)
        found = np.isfinite(table.to_numpy(dtype=float)).any(axis=1)
        near[band] = dict(zip(table.index, found, strict=True))
    reason = [
        "none_open" if (v, b) in in_model else "no_site" if near[b][v] else "no_road"
        for v, b in zip(rest["village_id"], rest["band"], strict=True)
    ]
    rest = rest.assign(reason=pd.Series(reason, index=rest.index, dtype="str"))
    return rest[["village_id", "band", "pupils", "reason"]]


def breaches_of(answer: Answer) -> list[Finding]:
    """Say which rules of the model could not be kept, for whom, and what would cure it.

    Parameters
    ----------
    answer
        The answer.

    Returns
    -------
    list of Finding
        Warnings.
    """
    found = []
    for column, code in (("short", "below_least_size"), ("oversize", "above_greatest_size")):
        some = answer.sites[answer.sites[column] > 0]
        if len(some):
            ids, values = tuple(some.index), {"pupils": int(some[column].sum())}
            found.append(
                Finding(code=code, severity="warning", table="schools", ids=ids, values=values)
            )
    for rows, code in ((answer.pushed, "pupils_pushed"), (answer.farther, "pupils_farther")):
        if len(rows):
            found.append(
                Finding(
                    code=code,
                    severity="warning",
                    table="villages",
                    ids=tuple(rows["village_id"].unique()),
                    values={"pupils": int(rows["pupils"].sum())},
                )
            )
    if answer.bare:
        found.append(
            Finding(
                code="township_without_junior",
                severity="warning",
                table="townships",
                ids=answer.bare,
            )
        )
    return found


def catchments_of(answer: Answer) -> list[Finding]:
    """Say of connected catchments which villages stay cut off, and what the bound is.

    Parameters
    ----------
    answer
        An answer to a question that asks for connected catchments.

    Returns
    -------
    list of Finding
        A warning where villages stay cut off, and a note.
    """
    found = []
    off = answer.cut_off
    if len(off):
        villages = tuple(off["village_id"].unique())
        found.append(
            Finding(
                code="catchments_cut_off",
                severity="warning",
                table="villages",
                ids=villages,
                values={"villages": len(villages), "pairs": len(off)},
            )
        )
    return [*found, Finding(code="contiguous_bound", severity="note", table="villages")]
