"""How full the schools of a plan are, in all and by grade band."""

from typing import Final

import numpy as np
import pandas as pd

from layoutplan.actions import BECOMES, CLOSED_ACTIONS
from layoutplan.plan import Plan
from layoutplan.tables import BANDS

MEASURE_OF: Final = {"expand": "keep", "board": "keep"}
"""The row of the measures that an action starts from, where it has another name."""


def fullness(plan: Plan) -> pd.DataFrame:
    """Compare pupils with places, least and greatest sizes at every site.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        Indexed by site_id: pupils, over (beyond the places, in all or of a band), short
        (missing to the least size), oversize (beyond the greatest), and free_g13, free_g46
        and free_g79: places left for a band that is taught.
    """
    decisions = plan.decisions
    after = decisions[[f"after_{b}" for b in BANDS]].to_numpy(dtype=np.int64)
    total = after.sum(axis=1)
    places = decisions["places"].to_numpy(dtype=np.int64)
    most, class_places = _most(plan)
    most = most + (decisions["extra_classes"].to_numpy(dtype=np.int64) * class_places)[:, None]
    taught = np.array([[b in t.split() for b in BANDS] for t in decisions["bands"].astype("str")])
    most = np.where(taught, np.minimum(most, places[:, None]), 0)
    by_band = np.where(taught, after - most, 0).max(axis=1, initial=0)
    is_open = ~decisions["action"].isin(CLOSED_ACTIONS).to_numpy(dtype=bool)
    pairs = zip(decisions["action"], decisions["kind"], strict=True)
    kind = np.array([BECOMES.get(str(a), str(k)) for a, k in pairs], dtype=object)
    least = np.array(
        [0 if k == "teaching_point" else plan.options.min_pupils.get(k, 0) for k in kind]
    )
    greatest = np.array([_greatest(plan, k) for k in kind])
    free = np.minimum(most - after, (places - total)[:, None]).clip(min=0)
    table = pd.DataFrame(
        {
            "pupils": total,
            "over": np.maximum((total - places).clip(min=0), by_band),
            "short": np.where(is_open, (least - total).clip(min=0), 0).astype(np.int64),
            "oversize": np.where(is_open, (total - greatest).clip(min=0), 0).astype(np.int64),
        },
        index=decisions.index,
    )
    return table.assign(**{f"free_{b}": free[:, i] for i, b in enumerate(BANDS)})


def _greatest(plan: Plan, kind: str) -> int:
    ceiling = "size_max_nine_year" if kind == "nine_year" else "size_max_single_stage"
    return int(plan.options.size_max.get(kind, plan.standards.value(ceiling)))


def _most(plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """Give the most pupils of each band without added classes, and places of a class."""
    rows = plan.measures.set_index(["site_id", "measure"])
    decisions = plan.decisions
    state = [MEASURE_OF.get(str(a), str(a)) for a in decisions["action"]]
    wanted = pd.MultiIndex.from_arrays([decisions.index, state])
    most = rows[[f"places_{b}" for b in BANDS]].reindex(wanted).fillna(0)
    added = rows["class_places"].reindex(
        pd.MultiIndex.from_arrays([decisions.index, ["expand"] * len(state)])
    )
    new = rows["class_places"].reindex(wanted)
    size = added.to_numpy(dtype=float)
    size = np.where(np.isfinite(size), size, new.fillna(0).to_numpy(dtype=float))
    return most.to_numpy(dtype=np.int64), size.astype(np.int64)
