"""From a schedule to the tables of a roadmap."""

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from layoutplan.roadmap.half_years import name_of, year_of
from layoutplan.roadmap.posts import posts_of
from layoutplan.roadmap.question import Flags, Floats, Ints, Question
from layoutplan.roadmap.seating import places_of
from layoutplan.roadmap.steps import spans_of, steps_of
from layoutplan.roadmap.times_needed import TimesNeeded
from layoutplan.tables import BANDS

if TYPE_CHECKING:
    from layoutplan.plan import Plan

ACTIONS: Final = (
    "site_id", "name", "action", "township_id", "responsible", "starts", "builds_from", "ready",
    "receivers", "capital_yuan", "teachers_freed", "teachers_needed", "pupils", "added_places",
    "after",
)  # fmt: skip

LEFT_OVER: Final = (
    "site_id", "name", "action", "township_id", "reason", "waits_for", "capital_yuan", "pupils",
)  # fmt: skip

CHANGES: Final = ("action_id", "site_id", "name", "action", "was_ready", "ready", "change")


def tables_of(
    plan: "Plan",
    question: Question,
    ready: Ints,
    *,
    needed: TimesNeeded,
    reasons: Mapping[str, tuple[str, str]],
) -> dict[str, pd.DataFrame]:
    """Make the tables of a roadmap.

    Parameters
    ----------
    plan
        The plan.
    question
        The question.
    ready
        The position of the half-year of each task, -1 where it is left over.
    needed
        How long the steps take.
    reasons
        Why a task is left over, and what it waits for; by action_id.

    Returns
    -------
    dict
        Tables by name.
    """
    full = _actions(plan, question, ready, needed)
    done = full["ready_number"] >= 0
    chosen = full[done].sort_values(["ready_number", "site_id", "action"])
    left = full[~done].drop(columns=["ready"]).sort_index()
    left["reason"] = [reasons[str(a)][0] for a in left.index]
    left["waits_for"] = [reasons[str(a)][1] for a in left.index]
    seats, unplaced = _seats(question, ready, plan)
    first = question.scenarios.variants[0]
    money = pd.DataFrame(
        {
            "year": question.years,
            "budget_yuan": np.where(np.isinf(question.budgets), np.nan, question.budgets),
            "spent_yuan": spent_by_year(question, ready),
        }
    )
    return {
        "actions": chosen[list(ACTIONS)],
        "left_over": left[list(LEFT_OVER)].astype({"reason": "str", "waits_for": "str"}),
        "steps": steps_of(chosen, question.tasks, needed),
        "seats": seats[seats["variant"] == first].drop(columns="variant").reset_index(drop=True),
        "seats_by_variant": seats,
        "unplaced": unplaced,
        "money": money,
        "pupils": _pupils(question),
        "changes": pd.DataFrame(columns=list(CHANGES), dtype="str"),
    }


def spent_by_year(question: Question, ready: Ints) -> Floats:
    """Add up the capital of each year.

    Parameters
    ----------
    question
        The question.
    ready
        The position of the half-year of each task, -1 where it is left over.

    Returns
    -------
    numpy.ndarray
        Yuan, one per year.
    """
    spent = np.zeros(len(question.years))
    for a in np.flatnonzero(ready >= 0):
        spent += question.spent(int(a), int(ready[a]))
    return spent


def _actions(plan: "Plan", question: Question, ready: Ints, needed: TimesNeeded) -> pd.DataFrame:
    tasks = question.tasks
    places = question.halves[np.maximum(ready, 0)]
    built = tasks["building"].to_numpy() > 0
    begins = question.begins[np.arange(len(tasks)), np.maximum(ready, 0)]
    table = tasks.join(posts_of(plan, tasks, question.cells))
    table["pupils"] = _movers(question)
    table["responsible"] = table["township_id"].map(responsible_of(plan)).fillna("").astype("str")
    table["ready_number"] = np.where(ready >= 0, places, -1)
    table["begins"] = np.where(built, begins, -1)
    table["ready"] = [name_of(int(h)) for h in places]
    table["builds_from"] = [name_of(int(h)) if h >= 0 else "" for h in table["begins"]]
    table["starts"] = [
        _starts(row, needed) if row["ready_number"] >= 0 else "" for row in table.to_dict("records")
    ]
    table["receivers"] = [" ".join(r) for r in table["receivers"]]
    table["after"] = [" ".join(a) for a in table["after"]]
    texts = dict.fromkeys(("ready", "starts", "builds_from", "receivers", "after"), "str")
    return table.astype(texts)


def _starts(row: Mapping[Hashable, object], needed: TimesNeeded) -> str:
    """Name the half-year in which the first step begins."""
    begins, ready = int(str(row["begins"])), int(str(row["ready_number"]))
    spans = spans_of(
        str(row["action"]),
        begins=None if begins < 0 else begins,
        ready=ready,
        loses=bool(row["loses"]),
        needed=needed,
    )
    if not spans:
        return name_of(ready)
    first = min(s.starts for s in spans)
    return name_of(2 * first.year + (first.month > 6))  # noqa: PLR2004 - July begins a half


def _movers(question: Question) -> Ints:
    task = question.cells["task"].to_numpy(dtype=np.int64)
    pupils = question.cells["pupils"].to_numpy(dtype=np.int64)
    counted = np.zeros(len(question.tasks), dtype=np.int64)
    np.add.at(counted, task[task >= 0], pupils[task >= 0])
    return counted


def responsible_of(plan: "Plan") -> pd.Series:
    """Give the person responsible of each township.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.Series
        Names by township_id; none where the county does not name any.
    """
    townships = plan.county.townships
    if townships is None or "responsible" not in townships:
        return pd.Series(dtype="str")
    named: pd.Series = townships["responsible"].fillna("").astype("str")
    return named


def _pupils(question: Question) -> pd.DataFrame:
    """List who goes where before and after, by variant and school year."""
    cells, names = question.cells, question.tasks.index.to_numpy(dtype=object)
    task = cells["task"].to_numpy()
    action = np.where(task >= 0, names[np.maximum(task, 0)] if len(names) else "", "")
    base = cells[["village_id", "band", "from_site", "to_site"]].assign(action_id=action)
    parts = [
        base.assign(variant=variant, school_year=year, pupils=pupils)[pupils > 0]
        for (variant, year), pupils in question.scenarios.pupils.items()
    ]
    columns = ["variant", "school_year", *base.columns, "pupils"]
    table = pd.concat(parts, ignore_index=True)[columns]
    return table.astype({"variant": "str", "action_id": "str"})


def _seats(question: Question, ready: Ints, plan: "Plan") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Say who sits where in each half-year, and who has no school."""
    sites, m = question.sites, len(question.sites)
    band = question.cells["band"].map({b: i for i, b in enumerate(BANDS)}).to_numpy()
    task = question.cells["task"].to_numpy(dtype=np.int64)
    before, after = (
        sites.get_indexer(pd.Index(question.cells[e])) for e in ("from_site", "to_site")
    )
    taught = {
        name: np.array([[b in str(text).split() for b in BANDS] for text in bands.reindex(sites)])
        for name, bands in (("today", plan.bands_today), ("plan", plan.decisions["bands"]))
    }
    reason = plan.unserved.groupby(["village_id", "band"])["reason"].first()
    parts, nobody = [], []
    first = question.scenarios.variants[0]
    for variant in question.scenarios.variants:
        for h, number in enumerate(question.halves):
            done = (ready >= 0) & (ready <= h)
            pupils = question.scenarios.at(variant, int(number))
            changed = (task >= 0) & done[task] if len(done) else np.zeros(len(task), dtype=bool)
            where = np.where(changed, after, before)
            count = np.zeros((m, len(BANDS)), dtype=np.int64)
            some = where >= 0
            np.add.at(count, (where[some], band[some]), pupils[some])
            own = (question.own >= 0) & done[question.own] if len(done) else np.zeros(m, bool)
            teaches = np.where(own[:, None], taught["plan"], taught["today"]) | (count > 0)
            places = shared(places_of(question, done), count, teaches)
            site, which = np.nonzero(teaches)
            parts.append(
                pd.DataFrame(
                    {
                        "variant": variant,
                        "half_year": name_of(int(number)),
                        "site_id": sites[site],
                        "band": np.array(BANDS)[which],
                        "places": places[site, which],
                        "pupils": count[site, which],
                    }
                )
            )
            if variant == first:
                left = question.cells.loc[~some & (pupils > 0), ["village_id", "band"]]
                rows = left.assign(pupils=pupils[~some & (pupils > 0)])
                nobody.append(rows.assign(half_year=name_of(int(number))))
    lost = pd.concat(nobody, ignore_index=True)
    keys = pd.MultiIndex.from_frame(lost[["village_id", "band"]])
    lost["reason"] = reason.reindex(keys).fillna("no_site").to_numpy()
    texts = dict.fromkeys(("variant", "half_year", "site_id", "band"), "str")
    unplaced = lost[["half_year", "village_id", "band", "pupils", "reason"]]
    return pd.concat(parts, ignore_index=True).astype(texts), unplaced.reset_index(drop=True)


def shared(places: Ints, pupils: Ints, teaches: Flags) -> Ints:
    """Share the places of sites among their bands, in whole places.

    Where all find a place, each band has what its pupils need and an even part of the
    rest; where they do not, the places are shared in proportion to pupils. Ties and what is
    left go to the lower band.

    Parameters
    ----------
    places
        Places, one per site.
    pupils
        Persons, sites x bands.
    teaches
        Whether a band is taught, sites x bands.

    Returns
    -------
    numpy.ndarray
        Places, sites x bands; they sum to the places of the site where it teaches anybody.

    Examples
    --------
    >>> shared(np.array([100]), np.array([[30, 40, 0]]), np.array([[True, True, False]]))
    array([[45, 55,  0]])
    """
    total = pupils.sum(axis=1, keepdims=True)
    room = places[:, None]
    even = teaches / np.maximum(teaches.sum(axis=1, keepdims=True), 1)
    full = total > room
    exact = np.where(full, pupils * room / np.maximum(total, 1), pupils + (room - total) * even)
    whole = np.floor(exact + 1e-9).astype(np.int64)
    left = np.where(teaches.any(axis=1), places - whole.sum(axis=1), 0)
    order = np.argsort(-np.round(exact - whole, 9), axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    seats: Ints = whole + (rank < left[:, None])
    return seats


def calendar_years(halves: Ints) -> tuple[int, ...]:
    """Give the calendar years of half-years.

    Parameters
    ----------
    halves
        The half-years.

    Returns
    -------
    tuple of int
        The years, ascending.
    """
    return tuple(sorted({year_of(int(h)) for h in halves}))
