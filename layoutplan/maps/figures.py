"""The key numbers of a plan, as they stand beside the map."""

import numpy as np
import pandas as pd

from layoutplan.actions import ACTIONS
from layoutplan.assessment.once import once
from layoutplan.assessment.selections import OPEN, open_schools, travel_limits, trips
from layoutplan.maps.themes import moves
from layoutplan.plan import Plan
from layoutplan.plan.ways import BOARD, BUS
from layoutplan.tables import BANDS


def beyond_limit(plan: Plan) -> dict[str, int]:
    """Count pupils whose way is longer than the limit of their band.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    dict
        Band to pupils.
    """
    ways = trips(plan)
    counted = ways[ways["beyond"]].groupby("band", observed=True)["pupils"].sum()
    return {b: int(counted.get(b, 0)) for b in BANDS}


@once
def far_from_schools(plan: Plan) -> pd.DataFrame:
    """Tell the villages with pupils who have no open school within the limit.

    Minutes are taken pair by pair, so that a large county needs no table of all of them.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        Whether it is so, by village and band; False where a village has no pupils.
    """
    villages, sites = plan.county.villages.index, plan.times.site_ids
    schools = open_schools(plan)
    village, site = plan.times.minutes.pairs.ends()
    village = villages.get_indexer(plan.times.village_ids)[village]
    pupils = plan.demand.reindex(villages).fillna(0)
    far = pd.DataFrame(data=False, index=villages, columns=list(BANDS))
    for band, limit in travel_limits(plan).items():
        taught = schools["bands"].str.split().map(lambda names, band=band: band in names)
        open_here = sites.isin(schools.index[taught.to_numpy(dtype=bool)])
        minutes = np.asarray(plan.times.minutes.of_pairs(band))
        within = open_here[site] & (village >= 0) & (minutes <= limit.value)
        close = np.bincount(village[within], minlength=len(villages)) > 0
        far[band] = ~close & pupils[band].gt(0).to_numpy()
    return far


def key_numbers(plan: Plan) -> dict[str, int]:
    """Count what a meeting asks first.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    dict
        Name of the number to its value: sites by action, pupils, yuan.
    """
    decisions = plan.decisions
    action = decisions["action"].astype("str")
    far = beyond_limit(plan)
    none_near = plan.demand.where(far_from_schools(plan).reindex(plan.demand.index), 0)
    counted = plan.assignment.groupby("mode")["pupils"].sum()
    by_mode = {str(mode): int(pupils) for mode, pupils in counted.items()}
    return {
        "open": int(action.isin(OPEN).sum()),
        **{a: int((action == a).sum()) for a in ACTIONS if a not in ("keep", "unused")},
        "pupils_in": plan.pupils_in,
        "assigned": plan.pupils_assigned,
        "unserved": plan.pupils_unserved,
        "boarders": by_mode.get(BOARD, 0),
        "riders": by_mode.get(BUS, 0) if plan.bus is not None else 0,
        "moved": int(moves(plan)["pupils"].sum()),
        "none_near": int(none_near[list(BANDS)].to_numpy().sum()),
        **{f"beyond_{band}": pupils for band, pupils in far.items()},
        "capital_yuan": round(float(decisions["capital_yuan"].fillna(0).sum())),
    }
