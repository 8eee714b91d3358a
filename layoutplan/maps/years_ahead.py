"""A roadmap on the map: what has taken effect in each half-year, and the seats then."""

from typing import Any

import pandas as pd

from layoutplan.actions import ACTIONS


def years_ahead(roadmap: Any, sites: pd.Index) -> dict[str, object]:  # noqa: ANN401 - any noun with these tables
    """Give what the page needs of a roadmap.

    Parameters
    ----------
    roadmap
        An object with the tables ``actions`` and ``seats`` of a roadmap.
    sites
        The order of the sites.

    Returns
    -------
    dict
        ``halves``: the half-years, in order; ``actions``: site, action and the position of
        the half-year in which it takes effect; ``seats``: half-year, site, places, pupils.
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
    }


def _repeated(seats: pd.DataFrame) -> bool:
    """Tell whether each band's row repeats the places that all bands of a school share."""
    if "band" not in seats:
        return False
    each = seats.groupby(["half_year", "site_id"], observed=True)["places"]
    return bool(each.nunique().le(1).all()) and bool(each.size().gt(1).any())
