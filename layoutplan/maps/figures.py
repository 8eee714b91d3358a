"""The key numbers of a plan, as they stand beside the map."""

from layoutplan.actions import ACTIONS
from layoutplan.assessment.selections import OPEN, nearest_open, trips
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
    near = nearest_open(plan)
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
        "none_near": int(near.loc[near["far"], "pupils"].sum()),
        **{f"beyond_{band}": pupils for band, pupils in far.items()},
        "capital_yuan": round(float(decisions["capital_yuan"].fillna(0).sum())),
    }
