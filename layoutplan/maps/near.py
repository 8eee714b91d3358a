"""What the page needs to send pupils elsewhere by itself: ways, and what sites can be."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.plan import Plan
from layoutplan.plan.ways import BOARD, BUS, boarding_bands, pupils_by_origin
from layoutplan.tables import BANDS

_PAIRS_MAX: Final = 150_000
_SITES_MIN: Final = 6
_TENTHS: Final = 10


def what_if_of(plans: Sequence[Plan]) -> dict[str, object]:
    """Give what pupils are sent to other schools by.

    Parameters
    ----------
    plans
        Plans of one county.

    Returns
    -------
    dict
        ``ways`` by band: the nearest sites of each village, as many as fit, nearest first,
        with tenths of minutes rounded up, the first of each village in full, all others as
        differences; ``cut`` where some did not fit. ``today``: where pupils go today.
        ``keep`` and ``close``: what each site offers and costs then, None where it cannot
        be. ``board``: the bands that may board. ``modes``: those of going from home and of
        boarding. ``ride``: whether pupils go by school bus, of whose ways the page knows
        nothing.
    """
    first = plans[0]
    rows = {str(site): n for n, site in enumerate(first.county.sites.index)}
    today = _today(first)
    taught = _taught(plans)
    used = pd.concat([today, *(p.assignment for p in plans)])[["village_id", "band", "site_id"]]
    return {
        "ways": {b: _ways(first, b, taught=taught[b].to_numpy(), used=used) for b in BANDS},
        "today": {
            "village": first.county.villages.index.get_indexer(today["village_id"]).tolist(),
            "band": pd.Index(BANDS).get_indexer(pd.Index(today["band"])).tolist(),
            "site": first.county.sites.index.get_indexer(pd.Index(today["site_id"])).tolist(),
            "pupils": today["pupils"].astype(int).tolist(),
        },
        "keep": _states(first, "keep", rows),
        "close": _states(first, "close", rows),
        "board": [BANDS.index(b) for b in boarding_bands(first.standards)],
        "modes": [first.times.mode, BOARD],
        "ride": any(BUS in set(p.assignment["mode"]) for p in plans),
    }


def _today(plan: Plan) -> pd.DataFrame:
    """Where pupils go today: the plan's pupils by the school they come from."""
    served = pupils_by_origin(plan.assignment, plan.moves, plan.tables.get("by_origin"))
    lost = plan.moves.query("to_site == ''")
    by = ["village_id", "band", "from_site"]
    both = pd.concat([served[[*by, "pupils"]], lost[[*by, "pupils"]]])
    both = both[both["from_site"].ne("") & both["pupils"].gt(0)]
    summed = both.groupby(by, sort=True)["pupils"].sum().reset_index()
    return summed.rename(columns={"from_site": "site_id"})


def _taught(plans: Sequence[Plan]) -> pd.DataFrame:
    """Sites x bands: whether a site teaches a band today or in one of the plans."""
    sites = plans[0].county.sites.index
    texts = [plans[0].bands_today, *(p.decisions["bands"] for p in plans)]
    said = [t.reindex(sites).fillna("").astype("str").str.split() for t in texts]
    return pd.DataFrame(
        {b: np.any([s.map(lambda t, b=b: b in t) for s in said], axis=0) for b in BANDS},
        index=sites,
    )


def _ways(plan: Plan, band: str, *, taught: np.ndarray, used: pd.DataFrame) -> dict[str, object]:
    county = plan.county
    villages, sites = county.villages.index, county.sites.index
    village, site = plan.times.minutes.pairs.ends()
    minutes = np.asarray(plan.times.minutes.of_pairs(band), dtype=float)
    # The times may hold villages and sites in an order of their own.
    village = villages.get_indexer(plan.times.village_ids)[village]
    site = sites.get_indexer(plan.times.site_ids)[site]
    pupils = plan.demand[band].reindex(villages).fillna(0).to_numpy(dtype=int)
    some = np.isfinite(minutes) & (village >= 0) & (site >= 0)
    some[some] = taught[site[some]] & (pupils[village[some]] > 0)
    village, site, minutes = village[some], site[some], minutes[some]
    order = np.lexsort((site, minutes, village))
    village, site, minutes = village[order], site[order], minutes[order]
    begins = np.searchsorted(village, np.arange(len(villages)))
    rank = np.arange(len(village)) - begins[village]
    most = max(_SITES_MIN, _PAIRS_MAX // max(1, len(BANDS) * len(villages)))
    goes = used[used["band"] == band]
    known = villages.get_indexer(goes["village_id"]) * len(sites) + sites.get_indexer(
        goes["site_id"]
    )
    kept = (rank < most) | np.isin(village * len(sites) + site, known)
    village, site = village[kept], site[kept]
    tenths = np.ceil((minutes[kept] * _TENTHS).round(6)).astype(np.int64)
    new = np.r_[True, np.diff(village) != 0] if len(village) else np.zeros(0, dtype=bool)
    steps = np.where(new, tenths, np.diff(tenths, prepend=0))
    return {
        "n": np.bincount(village, minlength=len(villages)).tolist(),
        "site": site.tolist(),
        "minutes": steps.tolist(),
        "cut": not bool(kept.all()),
    }


def _states(plan: Plan, measure: str, rows: dict[str, int]) -> list[list[object] | None]:
    """Bands, places, classes, beds and yuan of each site after a measure."""
    table = plan.measures
    table = table[table["measure"] == measure]
    states: list[list[object] | None] = [None] * len(rows)
    for row in table.to_dict("records"):
        bands = [n for n, b in enumerate(BANDS) if b in str(row["bands"]).split()]
        numbers = [row[c] for c in ("places", "classes", "beds", "capital_yuan")]
        whole = [0 if pd.isna(v) else round(float(v)) for v in numbers]
        if str(row["site_id"]) in rows:
            states[rows[str(row["site_id"])]] = [bands, *whole]
    return states
