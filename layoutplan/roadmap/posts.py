"""Teachers who are freed where pupils leave and needed where they go."""

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.standards import Standard
from layoutplan.standards import standards as load_standards

if TYPE_CHECKING:
    from layoutplan.plan import Plan

RATIOS: Final = ("pupils_per_post_primary", "pupils_per_post_junior")
"""Pupils to a post: 中央编办发〔2014〕72号."""

_PROFILE: Final = "cn-funding-and-posts"


def ratios_of(plan: "Plan") -> dict[str, Standard]:
    """Give the pupils to a post by stage.

    Parameters
    ----------
    plan
        The plan; what its standards leave open is taken from those of posts.

    Returns
    -------
    dict
        Standards, by ``primary`` and ``junior``.
    """
    rules = plan.standards
    shipped = load_standards(_PROFILE)
    return {key.rsplit("_", 1)[1]: rules[key] if key in rules else shipped[key] for key in RATIOS}


def posts_of(plan: "Plan", tasks: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Count posts that are freed and needed with each task, by the pupils who move.

    A school that closes frees at least its fixed posts, as the model of the plan counts
    them.

    Parameters
    ----------
    plan
        The plan.
    tasks, cells
        What has to be done and who goes where.

    Returns
    -------
    pandas.DataFrame
        Indexed by action_id: teachers_freed, teachers_needed; posts, to one decimal.
    """
    ratio = {stage: s.value for stage, s in ratios_of(plan).items()}
    moving = cells[cells["task"] >= 0]
    stage = np.where(moving["band"] == "g79", ratio["junior"], ratio["primary"])
    posts = moving["pupils"].to_numpy(dtype=float) / stage
    task = moving["task"].to_numpy(dtype=np.int64)

    def counted(end: str) -> NDArray[np.float64]:
        some = (moving[end] != "").to_numpy()
        sums = np.bincount(task[some], weights=posts[some], minlength=len(tasks))
        return sums.astype(np.float64)

    freed, needed = counted("from_site"), counted("to_site")
    closes = (tasks["action"] == "close").to_numpy()
    kinds = plan.decisions["kind"].reindex(tasks["site_id"]).to_numpy()
    fixed = np.array([plan.standards.value(f"fixed_posts_{k}") for k in kinds])
    freed = np.where(closes, np.maximum(freed, fixed), freed)
    return pd.DataFrame(
        {"teachers_freed": freed.round(1), "teachers_needed": needed.round(1)}, index=tasks.index
    )
