"""One thing relaxed at a time: what could be the cause of a broken rule."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd

from layoutplan.explain.breaches import TRAVEL
from layoutplan.explain.question import Question
from layoutplan.explain.sites_and_ways import with_roads, with_schools, without_way
from layoutplan.measures import site_measures
from layoutplan.tables import BANDS, KINDS

LOCKS: Final = ("keep", "close", "freeze")
"""Options that lock single sites."""

NO_LIMIT: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "schools_max": {"schools_max": None},
        "budget": {"budget_yuan": None, "annual_yuan_max": None},
        "moves": {"moved_max": None},
        "ways": {"minutes_max": None, "worst_max": None},
        "whole": {"split_villages": True, "together": False},
        "layouts": {"differ_from": ()},
    }
)
"""Options that set limits, and what they are without one."""


def relaxed(question: Question, breaches: pd.DataFrame, *, everyone: int) -> dict[str, Question]:
    """Relax everything that could be the cause of broken rules, one thing at a time.

    Parameters
    ----------
    question
        The question, with strict prices.
    breaches
        The rules that its plan breaks.
    everyone
        Pupils of the county.

    Returns
    -------
    dict
        Cause to the question without it, in the order in which causes are named; those
        that cannot be the cause are left out.
    """
    made: dict[str, Callable[[], Question | None]] = {
        "no_road": lambda: without_no_road(question, breaches),
        "no_site": lambda: without_no_site(question, breaches),
        "lock": lambda: without_locks(question),
        **{
            name: lambda name=name: without_limits(question, name)  # type: ignore[misc]
            for name in NO_LIMIT
        },
        "size": lambda: without_sizes(question, everyone),
        "beds": lambda: with_free_beds(question, everyone),
        "capacity": lambda: with_free_places(question, everyone),
        "travel_limit": lambda: without_travel_limit(question, breaches),
    }
    asked = [name for name in made if could_cause(name, question, breaches)]
    found = {name: made[name]() for name in asked}
    return {name: other for name, other in found.items() if other is not None}


def could_cause(name: str, question: Question, breaches: pd.DataFrame) -> bool:
    """Tell whether a thing can be the cause of any of some breaches, as far as is plain.

    Parameters
    ----------
    name
        The thing.
    question
        The question.
    breaches
        The breaches.

    Returns
    -------
    bool
        False where it need not be tried.
    """
    rules, reasons, options = set(breaches["rule"]), breaches["reason"], question.options
    roads, sites = reasons.eq("no_road"), reasons.eq("no_site")
    if name in ("no_road", "no_site"):
        return bool(reasons.eq(name).any())
    if roads.all() or (name != "lock" and (roads | sites).all()):
        return False
    sized = bool(options.min_pupils or options.size_max or rules & {"size", "short"})
    possible = {
        "whole": not options.split_villages,
        "beds": bool(rules & {"unserved", *TRAVEL}),
        "size": sized or len(question.county.schools) > _FEW,
    }
    return possible.get(name, True)


_FEW = 20
"""In smaller counties no school comes near the greatest size unless that is broken."""


def locked_sites(question: Question) -> pd.DataFrame:
    """List the locks of single sites.

    Parameters
    ----------
    question
        The question.

    Returns
    -------
    pandas.DataFrame
        Columns site_id and lock: ``keep``, ``close``, ``freeze`` of the options; the
        measures that the table does not allow as ``not_<measure>``; ``locked`` where it
        demands one.
    """
    rows = [(str(site), lock) for lock in LOCKS for site in sorted(getattr(question.options, lock))]
    table = question.measures
    usual = _allowed(site_measures(question.county, standards=question.standards))
    # What is not allowed by default, such as a conversion without room, is no lock.
    barred = _allowed(table).eq(False) & usual.reindex(_allowed(table).index).eq(True)  # noqa: FBT003
    rows += [(str(s), f"not_{m}") for s, m in barred.index[barred]]
    demanded = table.loc[table["locked"].astype(bool), "site_id"]
    rows += [(str(s), "locked") for s in demanded.unique()]
    return pd.DataFrame(rows, columns=["site_id", "lock"]).astype("str")


def released(question: Question, site: str, lock: str) -> Question:
    """Release one lock of one site.

    Parameters
    ----------
    question
        The question.
    site
        The site.
    lock
        The lock, as in `locked_sites`.

    Returns
    -------
    Question
        Without that lock.
    """
    if lock in LOCKS:
        return question.asking(**{lock: getattr(question.options, lock) - {site}})
    table = question.table()
    here = table["site_id"].astype("str") == site
    if lock == "locked":
        locked = table["locked"].astype(bool) & ~here
        return replace(question, measures=table.assign(locked=locked))
    here &= table["measure"] == lock.removeprefix("not_")
    return replace(question, measures=table.assign(allowed=table["allowed"].astype(bool) | here))


def without_locks(question: Question) -> Question | None:
    """Release all locks of single sites.

    Parameters
    ----------
    question
        The question.

    Returns
    -------
    Question or None
        Without locks; None where there are none.
    """
    if locked_sites(question).empty:
        return None
    free = question.asking(**dict.fromkeys(LOCKS, frozenset()))
    usual = _allowed(site_measures(question.county, standards=question.standards))
    keys = pd.MultiIndex.from_frame(free.measures[["site_id", "measure"]])
    by_default = usual.reindex(keys).eq(True).to_numpy(dtype=bool)  # noqa: FBT003 # blanks: no
    allowed = free.measures["allowed"].to_numpy(dtype=bool) | by_default
    return replace(free, measures=free.measures.assign(allowed=allowed, locked=False))


def _allowed(table: pd.DataFrame) -> pd.Series:
    return table.set_index(["site_id", "measure"])["allowed"].astype(bool)


def without_limits(question: Question, name: str) -> Question | None:
    """Take away one kind of limit of the options.

    Parameters
    ----------
    question
        The question.
    name
        A key of `NO_LIMIT`.

    Returns
    -------
    Question or None
        Without it; None where none was asked.
    """
    free, options = NO_LIMIT[name], question.options
    asked = any(getattr(options, option) != value for option, value in free.items())
    return question.asking(**free) if asked else None


def without_sizes(question: Question, everyone: int) -> Question:
    """Let schools be of any size.

    Parameters
    ----------
    question
        The question.
    everyone
        Pupils of the county.

    Returns
    -------
    Question
        Without least sizes, and with greatest ones that no school reaches.
    """
    return question.asking(min_pupils={}, size_max=dict.fromkeys(KINDS, everyone))


def with_free_beds(question: Question, everyone: int) -> Question:
    """Give every school beds for all pupils, at no cost, where grades may board.

    Parameters
    ----------
    question
        The question.
    everyone
        Pupils of the county.

    Returns
    -------
    Question
        With beds that no school can fill.
    """
    table = question.table()
    lodging = table["bands"].map(lambda b: bool({"g46", "g79"} & set(str(b).split())))
    beds = table["beds"].to_numpy(dtype=np.int64) + np.where(lodging, everyone, 0)
    return replace(question, measures=table.assign(beds=beds))


def with_free_places(question: Question, everyone: int) -> Question:
    """Give every school places for all pupils, at no cost.

    Parameters
    ----------
    question
        The question.
    everyone
        Pupils of the county.

    Returns
    -------
    Question
        With places that no school can fill.
    """
    table = question.table()
    columns = [str(c) for c in table.columns]
    named = [c for c in columns if c == "places" or c.startswith("places_")]
    taught = table["bands"].astype("str").ne("").to_numpy(dtype=bool)
    for name in named:
        offered = taught if name == "places" else taught & (table[name].to_numpy() > 0)
        table[name] = table[name] + np.where(offered, everyone, 0)
    return replace(question, measures=table)


def without_travel_limit(question: Question, breaches: pd.DataFrame) -> Question | None:
    """Let every way be within the limit.

    Where pupils are beyond the limit, the limit is the rule and not the cause.

    Parameters
    ----------
    question
        The question.
    breaches
        The rules that its plan breaks.

    Returns
    -------
    Question or None
        With limits as long as the longest way; None where nothing but the limit is broken.
    """
    if breaches["rule"].isin(TRAVEL).all():
        return None
    longest = {}
    for band in BANDS:
        ways = question.times.array(band)
        known = ways[np.isfinite(ways)]
        key = f"travel_limit_minutes_{band}"
        most = float(np.ceil(known.max())) if len(known) else 0.0
        longest[key] = max(most, question.standards.value(key))
    return replace(question, standards=question.standards.with_values(**longest))


def without_no_road(question: Question, breaches: pd.DataFrame) -> Question | None:
    """Give villages without a road one to the nearest village that has one.

    Parameters
    ----------
    question
        The question.
    breaches
        The rules that its plan breaks.

    Returns
    -------
    Question or None
        With those roads; None where no village lacks one, or none has one.
    """
    cut_off = without_way(question, breaches)
    return with_roads(question, cut_off) if len(cut_off) else None


def without_no_site(question: Question, breaches: pd.DataFrame) -> Question | None:
    """Put a school at every village whose pupils reach none that teaches their grades.

    Parameters
    ----------
    question
        The question.
    breaches
        The rules that its plan breaks.

    Returns
    -------
    Question or None
        With those sites; None where every village reaches one.
    """
    lacking = breaches[breaches["reason"].eq("no_site")]
    if lacking.empty:
        return None
    return with_schools(question, lacking[["village_id", "band", "pupils"]], at="", free=True)
