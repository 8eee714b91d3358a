"""From the values of the variables to what they say: sites, flows, moves, terms."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.model.columns import flow_prices
from layoutplan.model.constraints import Model
from layoutplan.model.ground import cut_off
from layoutplan.model.transport import levelled
from layoutplan.model.ways import WAYS

Floats = NDArray[np.float64]

_CENT = 0.01
"""Differences below one hundredth of a yuan a year are rounding."""

BROKEN: Final = (
    "unserved", "overload", "short_of_least_size", "pushed", "gate_travel", "size", "township",
)  # fmt: skip
"""Terms of the objective that price broken rules."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Answer:
    """What the solver found.

    Parameters
    ----------
    sites
        Indexed by site_id: measure (its state), extra_classes, extra_beds, overload, short
        and oversize (persons).
    flows
        Columns village_id, band, site_id, way, pupils.
    by_origin
        All pupils: columns village_id, band, from_site (today), to_site, way, pupils; an
        empty id stands for no school.
    unserved
        Columns village_id, band, pupils.
    pushed
        Pupils newly sent beyond the limit who have a school within it today: columns
        village_id, band, pupils.
    farther
        Pupils newly sent beyond the limit and farther than today who have no school within
        it: columns village_id, band, pupils.
    bare
        Townships left without grades 7-9.
    cut_off
        Villages that are cut off from their catchment, where catchments are to be
        connected: columns village_id, band, site_id.
    objective, bound
        Yuan a year.
    bound_split
        No plan costs less in which pupils of a village and band may be parted; equal to
        ``bound`` where nothing better is known.
    terms
        The objective's terms, yuan a year.
    status
        ``proven``, ``best_found`` or ``stopped``.
    cut_by_clock
        Whether the time limit ended the search.
    """

    sites: pd.DataFrame
    flows: pd.DataFrame
    by_origin: pd.DataFrame
    unserved: pd.DataFrame
    pushed: pd.DataFrame
    farther: pd.DataFrame
    bare: tuple[str, ...]
    cut_off: pd.DataFrame
    objective: float
    bound: float
    bound_split: float
    terms: dict[str, float]
    status: str
    cut_by_clock: bool

    @property
    def gap(self) -> float:
        """The unproven part, as a share of the cost without prices of broken rules."""
        return gap_of(self.objective, self.bound, broken=broken(self.terms))


def broken(terms: dict[str, float]) -> float:
    """Sum the prices of broken rules.

    Parameters
    ----------
    terms
        The objective's terms.

    Returns
    -------
    float
        Yuan a year.
    """
    return sum(terms[t] for t in BROKEN)


def gap_of(objective: float, bound: float, *, broken: float) -> float:
    """Give the unproven part of an objective as a share of its ordinary costs.

    Prices of broken rules, such as pupils without a school, are so high that a share
    of the whole sum would hide any layout behind them; the share is therefore taken of
    the rest.

    Parameters
    ----------
    objective, bound
        Yuan a year.
    broken
        The part of the objective that prices broken rules, yuan a year.

    Returns
    -------
    float
        From 0; 0 where nothing is left unproven.

    Examples
    --------
    >>> gap_of(1_100.0, 1_090.0, broken=100.0)
    0.01
    """
    if objective - bound <= _CENT:
        return 0.0
    return (objective - bound) / max(objective - broken, _CENT)


def terms_of(model: Model, values: Floats) -> dict[str, float]:
    """Split the objective of a plan into its terms.

    Parameters
    ----------
    model
        The model.
    values
        The plan.

    Returns
    -------
    dict
        Yuan a year by term; they sum to the objective.
    """
    sets, columns, price = model.sets, model.columns, model.sets.prices
    flow = values[columns.flow]
    by_flow = {name: float(flow @ yuan) for name, yuan in flow_prices(sets).items()}

    def sums(part: slice, name: str) -> float:
        return float(values[part].sum()) * price[name]

    states = values[columns.state]
    capital = float(states @ sets.states["capital_yuan"].to_numpy(dtype=float)) / (
        sets.capital_life_years
    )
    for part in (columns.extra, columns.beds):
        capital += float(values[part] @ columns.cost[part])
    return by_flow | {
        "unserved": sums(columns.unserved, "unserved"),
        "overload": sums(columns.overload, "overload"),
        "short_of_least_size": sums(columns.short, "overload"),
        "size": sums(columns.oversize, "size"),
        "fixed_running": float(states @ sets.states["annual_yuan"].to_numpy(dtype=float)),
        "capital_spread": capital,
        "township": sums(columns.bare, "township"),
        "equity": float(
            values[columns.above] @ columns.cost[columns.above]
            + values[columns.level] @ columns.cost[columns.level]
        ),
    }


def answer_of(
    model: Model,
    values: Floats,
    *,
    bound: float,
    bound_split: float | None = None,
    status: str,
    cut: bool,
) -> Answer:
    """Say what a plan means.

    Parameters
    ----------
    model
        The model.
    values
        The plan.
    bound
        No plan costs less, yuan a year.
    bound_split
        The same where pupils may be parted; ``bound`` where None.
    status
        See `Answer`.
    cut
        Whether the clock ended the search.

    Returns
    -------
    Answer
        The answer.
    """
    sets, columns = model.sets, model.columns
    # Local changes leave the level of the worst-off where it was.
    values = levelled(model, values)
    cost = float(columns.cost @ values)
    site_id = sets.sites.index.to_numpy()
    flow = np.rint(values[columns.flow]).astype(np.int64)
    used = sets.flows.assign(pupils=flow)[flow > 0]
    who = sets.groups.iloc[used["group"]].reset_index(drop=True)
    flows = pd.DataFrame(
        {
            "village_id": who["village_id"].to_numpy(),
            "band": who["band"].to_numpy(),
            "site_id": site_id[used["site"].to_numpy()],
            "way": np.array(WAYS, dtype=object)[used["way"].to_numpy()],
            "pupils": used["pupils"].to_numpy(),
        }
    ).astype({"way": "str"})
    by = ["village_id", "band", "site_id", "way"]
    unserved = sets.groups[["village_id", "band"]].assign(
        pupils=np.rint(values[columns.unserved]).astype(np.int64)
    )
    chosen = sets.states[values[columns.state] > 0.5]  # noqa: PLR2004 # 0 or 1
    count = {n: np.rint(values[getattr(columns, n)]).astype(np.int64)
             for n in ("extra", "beds", "overload", "short", "oversize")}  # fmt: skip
    module = sets.sites["bed_module"].to_numpy(dtype=np.int64)
    sites = pd.DataFrame(
        {
            "measure": chosen.sort_values("site")["measure"].to_numpy(),
            "extra_classes": count["extra"],
            "extra_beds": count["beds"] * module,
            "overload": count["overload"],
            "short": count["short"],
            "oversize": count["oversize"],
        },
        index=sets.sites.index,
    )
    marked = flows.assign(**{name: used[name].to_numpy(dtype=bool) for name in ("pushed", "gate")})
    return Answer(
        sites=sites,
        flows=flows.groupby(by, sort=True)["pupils"].sum().reset_index(),
        by_origin=_by_origin(model, flow),
        unserved=_summed(unserved),
        pushed=_summed(marked[marked["pushed"]]),
        farther=_summed(marked[marked["gate"]]),
        bare=tuple(sets.townships[np.rint(values[columns.bare]) > 0]),
        cut_off=cut_off(model, values),
        objective=cost,
        bound=min(bound, cost),
        bound_split=min(bound if bound_split is None else bound_split, cost),
        terms=terms_of(model, values),
        status=status,
        cut_by_clock=cut,
    )


def _summed(rows: pd.DataFrame) -> pd.DataFrame:
    some = rows[rows["pupils"] > 0]
    return some.groupby(["village_id", "band"], sort=True)["pupils"].sum().reset_index()


def _by_origin(model: Model, flow: NDArray[np.int64]) -> pd.DataFrame:
    """Say of all pupils where they go today and in the plan, and how.

    Group by group, pupils who leave are matched with places newly taken; where a group are
    those of one school, as all are that go whole, there is nothing to choose.
    """
    sets = model.sets
    flows = sets.flows.assign(pupils=flow)
    key = ["group", "site"]
    stays, comes = flows[flows["stay"]], flows[~flows["stay"]]
    # Those who went there today, whichever way they go in the plan, less those who stay.
    lost = stays.groupby(key)["most"].max() - stays.groupby(key)["pupils"].sum()
    origin = sets.groups[sets.groups["origin"] >= 0]
    own = pd.MultiIndex.from_arrays([origin.index, origin["origin"]], names=key)
    alone = own[~own.isin(lost.index)]
    lost = pd.concat([lost, pd.Series(origin["pupils"].to_numpy(), index=own).reindex(alone)])
    left = lost[lost > 0].reset_index(name="pupils").assign(way=0)
    taken = comes.loc[comes["pupils"] > 0, ["group", "site", "way", "pupils"]]
    gone, come = (
        rows.groupby("group")["pupils"].sum().reindex(range(len(sets.groups)), fill_value=0)
        for rows in (left, taken)
    )
    nobody = pd.DataFrame({"group": range(len(sets.groups)), "site": -1, "way": 0})
    ends = [
        pd.concat([rows, nobody.assign(pupils=rest).query("pupils > 0")])
        .sort_values(["group", "site", "way"])
        .assign(end=lambda t: t["pupils"].cumsum())
        for rows, rest in (
            (left, (come - gone).clip(lower=0).to_numpy()),
            (taken, (gone - come).clip(lower=0).to_numpy()),
        )
    ]
    marks = np.unique(np.concatenate([[0], *(e["end"] for e in ends)])).astype(np.int64)
    a, b = (np.searchsorted(e["end"], marks[:-1], side="right") for e in ends)
    source, target = ends[0].iloc[a], ends[1].iloc[b]
    here = stays[stays["pupils"] > 0]
    table = pd.DataFrame(
        {
            "group": np.concatenate([source["group"], here["group"]]),
            "from": np.concatenate([source["site"], here["site"]]),
            "to": np.concatenate([target["site"], here["site"]]),
            "way": np.concatenate([target["way"], here["way"]]),
            "pupils": np.concatenate([np.diff(marks), here["pupils"]]),
        }
    ).astype("int64")
    names = np.append(sets.sites.index.to_numpy(dtype=object), "")
    who = sets.groups.iloc[table["group"]]
    named = pd.DataFrame(
        {
            "village_id": who["village_id"].to_numpy(),
            "band": who["band"].to_numpy(),
            "from_site": names[table["from"]],
            "to_site": names[table["to"]],
            "way": np.array(WAYS, dtype=object)[table["way"]],
            "pupils": table["pupils"].to_numpy(),
        }
    )
    by = ["village_id", "band", "from_site", "to_site", "way"]
    texts = dict.fromkeys(by, "str")
    return named.astype(texts).groupby(by, sort=True)["pupils"].sum().reset_index()
