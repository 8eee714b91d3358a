"""A plan that is there, as the values of a model that starts from it."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.model.cohorts import SEVERAL
from layoutplan.model.constraints import Model
from layoutplan.model.rows import at
from layoutplan.model.ways import WAYS
from layoutplan.plan.build import NOBODY
from layoutplan.plan.noun import Plan
from layoutplan.plan.ways import pupils_by_origin

Floats = NDArray[np.float64]

_STATE = {"expand": "keep", "board": "keep"}
"""The state of the measures that an action starts from, where it is not the action."""


def values_of(plan: Plan, model: Model) -> Floats:
    """Give the values of the variables that a plan stands for.

    Pupils of whole groups go where most of them go in the plan. Pupils for whom the model
    has no such flow are left without a school, to be sent somewhere by the search.

    Parameters
    ----------
    plan
        The plan.
    model
        The model, of the same county.

    Returns
    -------
    numpy.ndarray
        Values of all variables; those that follow from the others are 0.
    """
    values = np.zeros(model.columns.n)
    _sites(plan, model, values)
    columns, groups = model.columns, model.sets.groups
    found = _flows(plan, model)
    if model.sets.whole:
        order = found.sort_values(["group", "pupils", "column"], ascending=[True, False, True])
        found = order.drop_duplicates("group")
        found = found.assign(pupils=groups["pupils"].to_numpy()[found["group"]])
    values[found["column"]] = found["pupils"]
    sent = np.bincount(found["group"], weights=found["pupils"], minlength=len(groups))
    values[columns.unserved] = np.maximum(groups["pupils"].to_numpy(dtype=float) - sent, 0.0)
    return values


def _sites(plan: Plan, model: Model, values: Floats) -> None:
    sets, columns = model.sets, model.columns
    decisions = plan.decisions.reindex(sets.sites.index)
    measure = decisions["action"].replace(_STATE).to_numpy()
    states = sets.states
    mine = states["measure"].to_numpy() == measure[states["site"].to_numpy(dtype=np.int64)]
    values[columns.state] = mine
    values[columns.extra] = decisions["extra_classes"].to_numpy(dtype=float)
    module = sets.sites["bed_module"].to_numpy(dtype=float)
    values[columns.beds] = np.ceil(decisions["extra_beds"].to_numpy(dtype=float) / module)


def _flows(plan: Plan, model: Model) -> pd.DataFrame:
    """Give the flows of a plan: group, column, pupils."""
    sets = model.sets
    if "by_origin" in plan.tables:
        given = plan.tables["by_origin"].rename(columns={"to_site": "site_id"})
        given = given[given["site_id"] != NOBODY]
    else:
        given = pupils_by_origin(plan.assignment, plan.moves)
    names = sets.sites.index.to_numpy(dtype=object)
    origin = sets.groups["origin"].to_numpy(dtype=np.int64)
    label = np.where(origin >= 0, names[np.maximum(origin, 0)], NOBODY)
    groups = sets.groups[["village_id", "band"]].assign(
        group=np.arange(len(origin)), from_site=label, several=origin == SEVERAL
    )
    one = groups[~groups["several"]].drop(columns="several")
    many = groups[groups["several"]].drop(columns=["several", "from_site"])
    given = given.assign(
        stay=given["from_site"] == given["site_id"],
        way=given["mode"].replace({plan.times.mode: WAYS[0]}),
    )
    known = pd.concat(
        [given.merge(one, on=["village_id", "band", "from_site"]),
         given.merge(many, on=["village_id", "band"])]
    )  # fmt: skip
    flows = sets.flows
    columns = pd.DataFrame(
        {
            "group": flows["group"].to_numpy(),
            "site_id": names[flows["site"]],
            "way": np.array(WAYS, dtype=object)[flows["way"]],
            "stay": flows["stay"].to_numpy(),
            "column": at(model.columns.flow),
        }
    )
    both = known.merge(columns, on=["group", "site_id", "way", "stay"])
    return both.groupby(["group", "column"], sort=True)["pupils"].sum().reset_index()
