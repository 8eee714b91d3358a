"""What if: a lock is changed, and the question answered again from the present plan."""

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
import shapely

from layoutplan.errors import OptionsError
from layoutplan.explain.near import answered, bounded
from layoutplan.explain.places import fullness
from layoutplan.explain.question import asked_of
from layoutplan.explain.relaxations import LOCKS
from layoutplan.explain.told import names_of
from layoutplan.explain.what_if_noun import WhatIf
from layoutplan.findings import Finding
from layoutplan.measures import Options
from layoutplan.plan import Plan
from layoutplan.plan.build import pupils_moved
from layoutplan.tables import BANDS

NEAREST: Final = 8
"""So many of the nearest schools are looked at as receivers of a school that closes."""

_SEARCH: Final = 0.95
"""Share of the time to search in; comparing the plans takes the rest."""

_LEAST: Final = 0.5
"""Share of the time that a search has even where little is left."""

Ids = Iterable[str] | str


def what_if(
    plan: Plan,
    *,
    keep: Ids = (),
    close: Ids = (),
    freeze: Ids = (),
    release: Ids = (),
    options: Options | None = None,
    measures: pd.DataFrame | None = None,
    full: bool | None = None,
    time_limit: float = 20.0,
    gap: float = 0.001,
    lang: str = "auto",
) -> WhatIf:
    """Change a lock and answer the question again from the present plan.

    A change of few sites is answered near them: elsewhere the plan stays as it is. That
    takes a fraction of the time and finds nearly always what the whole search would. It
    does not where a large school closes, whose pupils are more than the free places of the
    eight nearest schools that teach them: then pupils are moved on from school to school,
    and the whole county is searched again.

    Parameters
    ----------
    plan
        The present plan.
    keep, close, freeze
        Sites to lock, besides those that are locked; one that was locked otherwise is
        locked anew.
    release
        Sites whose locks are taken away.
    options
        Other options to start from; those of the plan where None.
    measures
        What may be done at each site, where `layoutplan.propose` was given a table.
    full
        Whether the whole county is searched; where None, if the change asks for it.
    time_limit
        Seconds in all.
    gap
        As in `layoutplan.propose`, for the whole county.
    lang
        The language; that of the county's names where ``"auto"``.

    Returns
    -------
    WhatIf
        The new plan, and what is different.

    Raises
    ------
    OptionsError
        If nothing is changed, or the locks contradict each other or name unknown sites.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=20)
    >>> plan = lp.propose(county, lp.travel_times(county))
    >>> smallest = plan.decisions.filter(like="after_").sum(axis=1)
    >>> school = smallest[plan.decisions["action"] == "keep"].idxmin()
    >>> lp.what_if(plan, close={school}).plan.decisions.loc[school, "action"]
    'close'
    """
    start = time.monotonic()
    changed = {
        "keep": _ids(keep),
        "close": _ids(close),
        "freeze": _ids(freeze),
        "release": _ids(release),
    }
    sites = frozenset[str]().union(*changed.values())
    if not sites and options is None:
        raise OptionsError(Finding(code="nothing_changed"), lang=plan.county.language(lang))
    asked = asked_of(plan, measures)
    question = replace(asked, options=_locked(options or plan.options, changed))
    large = large_closures(plan, changed["close"])
    whole = full if full is not None else bool(large) or options is not None
    end = start + _SEARCH * time_limit
    limit = max(end - time.monotonic(), _LEAST * time_limit)
    found = answered(plan, question, sites=sites, full=whole, time_limit=limit, gap=gap)
    if not whole and found.pupils_unserved > plan.pupils_unserved:
        # Near the change there is no room for all, so that nothing short of the county will do.
        whole = True
        limit = max(end - time.monotonic(), _LEAST * time_limit)
        found = answered(plan, question, sites=sites, full=whole, time_limit=limit, gap=gap)
    if not changed["release"] and options is None and measures is None:
        # Locks leave fewer plans and add no ways, so that the old bound holds on.
        anew = {s for lock in LOCKS for s in getattr(plan.options, lock)} & sites
        found = found if anew else bounded(found, plan.solver.bound or 0.0, gap=gap)
    return WhatIf(
        lang=plan.county.language(lang),
        before=plan,
        plan=found,
        full=whole,
        large=tuple(sorted(large)),
        seconds=time.monotonic() - start,
        names=names_of(plan),
        tables={
            "sites": site_changes(plan, found),
            "pupils": pupil_changes(plan, found),
            "terms": term_changes(plan, found),
        },
    )


def large_closures(plan: Plan, close: Iterable[str]) -> list[str]:
    """Name the schools to close whose pupils do not fit into the nearest ones.

    Parameters
    ----------
    plan
        The present plan.
    close
        The schools to close.

    Returns
    -------
    list of str
        Those with more pupils in some band than the free places of the eight nearest open
        schools that teach it.
    """
    decisions = plan.decisions
    shut = set(close) & set(decisions.index)
    pupils = decisions[[f"after_{b}" for b in BANDS]].to_numpy(dtype=np.int64)
    free = fullness(plan)[[f"free_{b}" for b in BANDS]].to_numpy(dtype=np.int64)
    taught = decisions["bands"].astype("str").to_numpy()
    flat = shapely.get_coordinates(plan.county.sites.geometry.representative_point())
    # Only the order of distances matters here, so the county's own units will do.
    where = flat[plan.county.sites.index.get_indexer(decisions.index)]
    stays = ~decisions.index.isin(list(shut))
    found, names = [], decisions.index.astype("str").to_list()
    for at in map(int, np.flatnonzero(~stays)):
        order = np.argsort(np.hypot(*(where - where[at]).T), kind="stable")
        for n, band in enumerate(BANDS):
            teach = [i for i in order if stays[i] and band in taught[i].split()]
            if pupils[at, n] > free[teach[:NEAREST], n].sum():
                found.append(names[at])
                break
    return sorted(found)


def site_changes(before: Plan, after: Plan) -> pd.DataFrame:
    """List the sites that two plans treat differently.

    Parameters
    ----------
    before, after
        The plans.

    Returns
    -------
    pandas.DataFrame
        Indexed by site_id: action, extra_classes and pupils in both.
    """
    parts = []
    for name, plan in (("before", before), ("after", after)):
        table = plan.decisions
        pupils = table[[f"after_{b}" for b in BANDS]].sum(axis=1)
        part = table[["action", "extra_classes"]].assign(pupils=pupils)
        parts.append(part.add_suffix(f"_{name}"))
    both = pd.concat(parts, axis=1)
    same = (both["action_before"] == both["action_after"]) & (
        both["extra_classes_before"] == both["extra_classes_after"]
    )
    return both[~same]


def pupil_changes(before: Plan, after: Plan) -> pd.DataFrame:
    """List the pupils whom two plans send to different schools.

    Parameters
    ----------
    before, after
        The plans, of the same pupils.

    Returns
    -------
    pandas.DataFrame
        Columns village_id, band, from_site, to_site, pupils, minutes_before and
        minutes_after (missing without a school).
    """
    moved = pupils_moved(before.assignment, after.assignment, before.demand)
    for name, plan, column in (("before", before, "from_site"), ("after", after, "to_site")):
        given = plan.assignment.assign(weighted=lambda t: t["minutes"] * t["pupils"])
        by = given.groupby(["village_id", "band", "site_id"])[["weighted", "pupils"]].sum()
        keys = pd.MultiIndex.from_frame(moved[["village_id", "band", column]])
        minutes = (by["weighted"] / by["pupils"]).reindex(keys).to_numpy(dtype=float)
        moved[f"minutes_{name}"] = minutes
    return moved


def term_changes(before: Plan, after: Plan) -> pd.DataFrame:
    """Set the terms of two objectives side by side.

    Parameters
    ----------
    before, after
        The plans.

    Returns
    -------
    pandas.DataFrame
        Indexed by term: before, after and difference, yuan a year; missing where a plan
        was not searched for.
    """
    names = list(dict.fromkeys([*after.solver.terms, *before.solver.terms]))
    table = pd.DataFrame(
        {
            "before": pd.Series(dict(before.solver.terms), dtype=float).reindex(names),
            "after": pd.Series(dict(after.solver.terms), dtype=float).reindex(names),
        }
    ).rename_axis("term")
    return table.assign(difference=table["after"] - table["before"])


def _ids(given: Ids) -> frozenset[str]:
    return frozenset(str(i) for i in ((given,) if isinstance(given, str) else given))


def _locked(options: Options, changed: dict[str, frozenset[str]]) -> Options:
    """Add locks; a site that is locked anew loses the locks it had."""
    anew = frozenset[str]().union(*changed.values())
    return options.replace(
        **{lock: (frozenset(getattr(options, lock)) - anew) | changed[lock] for lock in LOCKS}
    )
