"""A roadmap on the map: what has taken effect in each half-year, and the seats then."""

from typing import Any, Final

import pandas as pd

from layoutplan.actions import ACTIONS
from layoutplan.tables import BANDS

_ENDS: Final = ("village_id", "band", "from_site", "to_site")


def years_ahead(
    roadmap: Any,  # noqa: ANN401 - any noun with these tables
    sites: pd.Index,
    villages: pd.Index,
    *,
    plan: int,
) -> dict[str, object]:
    """Give what the page needs of a roadmap.

    Parameters
    ----------
    roadmap
        An object with the tables ``actions`` and ``seats`` of a roadmap, and ``pupils``
        where it tells who changes school with which action.
    sites, villages
        The order of the sites and of the villages.
    plan
        The position of the plan that is put into years.

    Returns
    -------
    dict
        ``plan``; ``halves``: the half-years, in order; ``actions``: site, action and the
        position of the half-year in which it takes effect; ``seats``: half-year, site,
        places, pupils; ``moves``: village, band, the site left, the one gone to and the
        half-year from which, or None where the roadmap does not tell.
    """
    actions, seats = roadmap.actions, roadmap.seats
    rows = actions[actions["site_id"].isin(sites) & actions["action"].isin(ACTIONS)]
    ready = rows["ready"].astype("str")
    summed = seats[seats["site_id"].isin(sites)].copy()
    summed["half_year"] = summed["half_year"].astype("str")
    summed = summed.groupby(["half_year", "site_id"], observed=True, sort=True)
    shared = summed["places"].max() if _repeated(seats) else summed["places"].sum()
    table = pd.DataFrame({"places": shared, "pupils": summed["pupils"].sum()}).reset_index()
    halves = sorted({*ready, *seats["half_year"].astype("str")})
    at = {half: n for n, half in enumerate(halves)}
    return {
        "plan": plan,
        "halves": halves,
        "actions": {
            "site": sites.get_indexer(pd.Index(rows["site_id"])).tolist(),
            "action": [ACTIONS.index(a) for a in rows["action"].astype("str")],
            "ready": [at[half] for half in ready],
        },
        "seats": {
            "half": [at[half] for half in table["half_year"]],
            "site": sites.get_indexer(pd.Index(table["site_id"])).tolist(),
            "places": table["places"].astype(int).tolist(),
            "pupils": table["pupils"].astype(int).tolist(),
        },
        "moves": _moves(roadmap, at, sites, villages),
    }


def _moves(
    roadmap: Any,  # noqa: ANN401
    at: dict[str, int],
    sites: pd.Index,
    villages: pd.Index,
) -> dict[str, list[int]] | None:
    """Tell who changes school from which half-year on: rows of the roadmap's pupils."""
    table = getattr(roadmap, "pupils", None)
    if table is None:
        return None
    ready = roadmap.actions["ready"].astype("str").map(at)
    table = table[table["action_id"].isin(ready.index)]
    # Years and variants of a projection differ in how many move, not in who and when.
    table = table.drop_duplicates([*_ENDS, "action_id"]).sort_values([*_ENDS, "action_id"])
    return {
        "village": villages.get_indexer(pd.Index(table["village_id"])).tolist(),
        "band": [BANDS.index(band) for band in table["band"].astype("str")],
        "from": sites.get_indexer(pd.Index(table["from_site"])).tolist(),
        "to": sites.get_indexer(pd.Index(table["to_site"])).tolist(),
        "half": table["action_id"].map(ready).astype(int).tolist(),
    }


def _repeated(seats: pd.DataFrame) -> bool:
    """Tell whether each band's row repeats the places that all bands of a school share."""
    if "band" not in seats:
        return False
    each = seats.groupby(["half_year", "site_id"], observed=True)["places"]
    return bool(each.nunique().le(1).all()) and bool(each.size().gt(1).any())
