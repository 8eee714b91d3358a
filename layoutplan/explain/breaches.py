"""The rules that a plan breaks: which, where, for how many pupils."""

from typing import Final

import numpy as np
import pandas as pd

from layoutplan.explain.places import fullness
from layoutplan.measures import Options
from layoutplan.model.sets import prices
from layoutplan.plan import Plan
from layoutplan.plan.ways import BOARD
from layoutplan.tables import BANDS

RULES: Final = (
    "unserved", "township", "pushed", "gate_travel", "overload", "size", "short",
)  # fmt: skip
"""What can be broken, worst first: pupils without a school, a township without grades 7-9,
pupils newly beyond the limit who have a school within it today, pupils whom a closure sends
farther beyond it, pupils beyond the places, beyond the greatest size, missing to the least."""

TRAVEL: Final = ("pushed", "gate_travel")
"""Rules on ways to school."""

KEYS: Final = ["rule", "village_id", "band", "site_id", "township_id"]
"""What tells one breach from another."""

_MOSTLY: Final = 0.9
"""Share of its weight by which all breaches must fall for one to count as removed: pupils
without a school who then crowd one are removed from the one breach, not quite from all."""

_ROUNDING: Final = 1e-9


def breaches(plan: Plan, *, priced_by: Options | None = None) -> pd.DataFrame:
    """List the rules that a plan breaks, from its tables.

    Parameters
    ----------
    plan
        The plan.
    priced_by
        The options whose prices give the weights; those of the plan where None.

    Returns
    -------
    pandas.DataFrame
        Columns rule, village_id, band, site_id, township_id (empty where they do not
        apply), pupils (persons; townships: 1), reason (of pupils without a school) and
        weight (yuan a year at the prices that hold).

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> int(breaches(today)["pupils"].min()) > 0
    True
    """
    parts = [_unserved(plan), _townships(plan), *_sent_beyond(plan), _sites(plan)]
    table = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)
    texts = [*KEYS, "reason"]
    for name in texts:
        table[name] = table[name].fillna("") if name in table else ""
    price = prices(priced_by or plan.options, plan.standards)
    # Each pupil missing to the least size costs as much as one beyond the places.
    price["short"] = price["overload"]
    weight = table["pupils"].to_numpy(dtype=float) * table["rule"].map(price).to_numpy(dtype=float)
    order = table["rule"].map({r: i for i, r in enumerate(RULES)})
    given = table.assign(weight=weight, order=order).astype(dict.fromkeys(texts, "str"))
    given = given.sort_values(["order", *KEYS[1:]], ignore_index=True)
    return given[[*KEYS, "pupils", "reason", "weight"]].astype({"pupils": "int64"})


def removed(before: pd.DataFrame, after: pd.DataFrame, *, wholly: bool) -> np.ndarray:
    """Tell which breaches another plan no longer has.

    A breach is removed where it is gone and has not only moved elsewhere: all breaches
    together must weigh less by its weight, or nearly so.

    Parameters
    ----------
    before, after
        Breaches of two plans.
    wholly
        Whether nothing may come in its place; or else a far lighter breach may, such as a
        full school instead of none.

    Returns
    -------
    numpy.ndarray
        True per row of ``before``.
    """
    there = set(after[KEYS].itertuples(index=False, name=None))
    gone = np.array([k not in there for k in before[KEYS].itertuples(index=False, name=None)])
    weight = before["weight"].to_numpy(dtype=float)
    fall = float(weight.sum() - after["weight"].sum())
    share = 1.0 - _ROUNDING if wholly else _MOSTLY
    return np.asarray(gone.astype(bool) & (fall >= share * weight))


def nearest_today(plan: Plan, band: str) -> pd.Series:
    """Give the minutes from each village to the nearest of today's schools for a band.

    Parameters
    ----------
    plan
        The plan.
    band
        The grade band.

    Returns
    -------
    pandas.Series
        By village_id; infinite where there is none.
    """
    teach = taught_today(plan, band)
    return plan.times.table(band)[teach].min(axis=1).fillna(np.inf)


def taught_today(plan: Plan, band: str) -> list[str]:
    """Name the schools that teach a band today.

    Parameters
    ----------
    plan
        The plan.
    band
        The grade band.

    Returns
    -------
    list of str
        Their ids.
    """
    now = plan.measures[plan.measures["measure"].eq("keep")]
    teach = now["bands"].map(lambda b: band in str(b).split())
    return sorted(now.loc[teach, "site_id"].astype("str"))


def _unserved(plan: Plan) -> pd.DataFrame:
    return plan.unserved[["village_id", "band", "pupils", "reason"]].assign(rule="unserved")


def _townships(plan: Plan) -> pd.DataFrame:
    decisions = plan.decisions
    old = decisions.index.isin(taught_today(plan, "g79"))
    place = decisions["township_id"]
    # A township that is not known is read as blank.
    known = place.notna() & place.ne("") & place.ne("nan")
    teaches = decisions["bands"].map(lambda b: "g79" in str(b).split()).to_numpy(dtype=bool)
    bare = sorted(set(place[old & known]) - set(place[teaches & known]))
    return pd.DataFrame({"township_id": bare, "pupils": 1, "rule": "township"})


def _sent_beyond(plan: Plan) -> list[pd.DataFrame]:
    """Count who is newly sent beyond the limit: with a school within it today, by a closure.

    Of the pupils of a village and band at a school, those who came are counted with the
    ways beyond the limit, as far as more go so than stay.
    """
    given, moves = plan.assignment, plan.moves
    limit = given["band"].map({b: plan.standards.value(f"travel_limit_minutes_{b}") for b in BANDS})
    key = ["village_id", "band", "site_id"]
    beyond = given[given["mode"].ne(BOARD) & (given["minutes"] > limit.to_numpy(dtype=float))]
    came = moves.rename(columns={"to_site": "site_id"})
    stay = given.groupby(key)["pupils"].sum().sub(came.groupby(key)["pupils"].sum(), fill_value=0)
    sent = beyond.groupby(key)["pupils"].sum()
    come = sent.sub(stay.reindex(sent.index).fillna(0)).clip(lower=0).astype("int64")
    rows = come[come > 0].reset_index(name="pupils")
    near = {b: nearest_today(plan, b) for b in BANDS}
    limits = {b: plan.standards.value(f"travel_limit_minutes_{b}") for b in BANDS}
    within = np.array(
        [near[b][v] <= limits[b] for v, b in zip(rows["village_id"], rows["band"], strict=True)],
        dtype=bool,
    )
    by = ["village_id", "band"]
    pushed = rows[within].groupby(by)["pupils"].sum().reset_index()
    found = [pushed.assign(rule="pushed")]
    if plan.options.gates and not within.all():
        far = rows[~within]
        number = [
            _farther(plan, beyond, moves, (str(v), str(b), str(s)), int(n))
            for v, b, s, n in far.itertuples(index=False, name=None)
        ]
        far = far.assign(pupils=number)
        gated = far[far["pupils"] > 0].groupby(by)["pupils"].sum().reset_index()
        found.append(gated.assign(rule="gate_travel"))
    return found


def _farther(
    plan: Plan, beyond: pd.DataFrame, moves: pd.DataFrame, key: tuple[str, str, str], come: int
) -> int:
    """Count those who come whom a closure sends farther, as few as the tables allow."""
    village, band, site = key
    here = beyond["village_id"].eq(village) & beyond["band"].eq(band) & beyond["site_id"].eq(site)
    ways = np.repeat(beyond.loc[here, "minutes"].to_numpy(dtype=float), beyond.loc[here, "pupils"])
    ways = np.sort(ways)[:come]
    to = moves["village_id"].eq(village) & moves["band"].eq(band) & moves["to_site"].eq(site)
    before: list[float] = []
    taught = plan.decisions["bands"].astype("str").to_dict()
    for origin, pupils in zip(moves.loc[to, "from_site"], moves.loc[to, "pupils"], strict=True):
        gone = bool(origin) and band not in taught.get(origin, "").split()
        # Who leaves a school that teaches on is sent farther by no closure.
        way = plan.times.between([village], [origin], band=band)[0] if gone else np.inf
        before += [float(way)] * int(pupils)
    before.sort()
    slack, found = plan.standards.value("closure_longer_minutes_max"), 0
    for minutes in ways[::-1]:
        if before and before[-1] + slack >= minutes:
            before.pop()
        else:
            found += 1
    return found


def _sites(plan: Plan) -> pd.DataFrame:
    table = fullness(plan)
    parts = [
        pd.DataFrame({"site_id": n.index[n > 0], "pupils": n[n > 0].to_numpy(), "rule": rule})
        for rule, n in (
            ("overload", table["over"]),
            ("size", table["oversize"]),
            ("short", table["short"]),
        )
    ]
    return pd.concat(parts, ignore_index=True)
