"""The rules that a plan breaks: which, where, for how many pupils."""

from typing import Final

import numpy as np
import pandas as pd

from layoutplan.measures import Options
from layoutplan.model.sets import prices
from layoutplan.plan import Plan
from layoutplan.tables import BANDS, BANDS_OF_KIND

RULES: Final = ("unserved", "township", "pushed", "overload", "short")
"""What can be broken, worst first: pupils without a school, a township without grades 7-9,
pupils newly beyond the limit, pupils beyond the places, pupils missing to the least size."""

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
    parts = [_unserved(plan), _townships(plan), _pushed(plan), _sites(plan)]
    table = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)
    texts = [*KEYS, "reason"]
    for name in texts:
        table[name] = table[name].fillna("") if name in table else ""
    price = prices(priced_by or plan.options, plan.standards)
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
    schools = plan.county.schools
    teach = [s for s, k in schools["kind"].items() if band in BANDS_OF_KIND[str(k)]]
    return plan.times.table(band)[teach].min(axis=1).fillna(np.inf)


def _unserved(plan: Plan) -> pd.DataFrame:
    return plan.unserved[["village_id", "band", "pupils", "reason"]].assign(rule="unserved")


def _townships(plan: Plan) -> pd.DataFrame:
    decisions = plan.decisions
    junior = decisions["kind"].map(lambda k: "g79" in BANDS_OF_KIND[str(k)]).to_numpy(dtype=bool)
    old = ~decisions.index.isin(plan.county.candidates.index)
    place = decisions["township_id"]
    # A township that is not known is read as blank.
    known = place.notna() & place.ne("") & place.ne("nan")
    teaches = decisions["bands"].map(lambda b: "g79" in str(b).split()).to_numpy(dtype=bool)
    bare = sorted(set(place[junior & old & known]) - set(place[teaches & known]))
    return pd.DataFrame({"township_id": bare, "pupils": 1, "rule": "township"})


def _pushed(plan: Plan) -> pd.DataFrame:
    found = []
    moves = plan.moves[plan.moves["to_site"].ne("")]
    for band in BANDS:
        rows = moves[moves["band"] == band]
        limit = plan.standards.value(f"travel_limit_minutes_{band}")
        way = plan.times.between(rows["village_id"], rows["to_site"], band=band)
        near = rows["village_id"].map(nearest_today(plan, band)).to_numpy(dtype=float)
        found.append(rows[(way > limit) & (near <= limit)])
    both = pd.concat(found)
    by = both.groupby(["village_id", "band"])["pupils"].sum().reset_index()
    return by.assign(rule="pushed")


def _sites(plan: Plan) -> pd.DataFrame:
    decisions = plan.decisions
    pupils = decisions[[f"after_{b}" for b in BANDS]].sum(axis=1)
    over = (pupils - decisions["places"]).clip(lower=0)
    least = decisions["kind"].map(lambda k: plan.options.min_pupils.get(str(k), 0))
    full = decisions["action"].isin(["keep", "expand", "new"]) & decisions["kind"].ne(
        "teaching_point"
    )
    short = (least - pupils).clip(lower=0).where(full, 0)
    parts = [
        pd.DataFrame({"site_id": n.index[n > 0], "pupils": n[n > 0].to_numpy(), "rule": rule})
        for rule, n in (("overload", over), ("short", short))
    ]
    return pd.concat(parts, ignore_index=True)
