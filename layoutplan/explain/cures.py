"""Single changes that could keep a rule which a plan breaks, each tried."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.actions import BECOMES, CLOSED_ACTIONS
from layoutplan.explain.question import Question, capital_yuan, running_yuan
from layoutplan.explain.relaxations import locked_sites, released
from layoutplan.explain.sites_and_ways import best_road, kind_for, with_roads, with_schools
from layoutplan.explain.trials import Cure, Trial, Trials
from layoutplan.plan import Plan
from layoutplan.tables import BANDS

_MOST: Final = 6
"""So many sites are tried for each kind of cure, those first that most pupils reach."""

_HALVINGS: Final = 5
"""So often an amount is halved in search of the least one that helps."""

_YUAN: Final = 1.0
"""Smaller differences of a budget are none."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Ill:
    """Breaches that have a cause in common.

    Parameters
    ----------
    question
        The question with strict prices.
    plan
        The plan that breaks the rules.
    rows
        The breaches.
    mask
        Where they stand among all breaches.
    relaxed
        The answer to the question without the cause.
    trials
        What was tried.
    """

    question: Question
    plan: Plan
    rows: pd.DataFrame
    mask: np.ndarray
    relaxed: Plan
    trials: Trials

    def near(self) -> list[str]:
        """Name the sites near the pupils concerned, those first that most of them reach."""
        return near_sites(self.question, self.plan, self.rows)


def near_sites(question: Question, plan: Plan, rows: pd.DataFrame) -> list[str]:
    """Name the sites near some breaches, those first that most of their pupils reach.

    Parameters
    ----------
    question
        The question, with the travel times.
    plan
        The plan that says who goes where.
    rows
        The breaches.

    Returns
    -------
    list of str
        First the sites of the breaches themselves, then all that pupils reach.
    """
    times, limit = question.times, question.standards.value
    here = list(dict.fromkeys(s for s in rows["site_id"] if s))
    given = plan.assignment
    there = given[given["site_id"].isin(here)][["village_id", "band", "pupils"]]
    own = rows.loc[rows["village_id"].ne(""), ["village_id", "band", "pupils"]]
    pupils = pd.concat([own, there]).groupby(["village_id", "band"])["pupils"].sum()
    weight = pd.Series(0.0, index=times.site_ids.astype("str"))
    for band in BANDS:
        if band not in pupils.index.get_level_values("band"):
            continue
        some = pupils.xs(band, level="band")
        way = times.table(band).loc[some.index].to_numpy(dtype=float)
        near = np.exp(-np.nan_to_num(way, posinf=np.inf) / limit(f"travel_limit_minutes_{band}"))
        weight += some.to_numpy(dtype=float) @ near
    weight = weight[weight > 0].sort_index()
    order = weight.sort_values(ascending=False, kind="stable").index
    bare = rows.loc[rows["township_id"].ne(""), "township_id"]
    decisions = plan.decisions
    inside = decisions.index[decisions["township_id"].isin(list(bare))].astype("str")
    first = [*here, *(s for s in inside if s not in here)]
    return [*first, *(s for s in order if s not in first)]


def try_cures(cause: str, ill: Ill) -> None:
    """Try the single cures of a cause; the trials remember them.

    Parameters
    ----------
    cause
        The cause.
    ill
        The breaches, and how they look without it.
    """
    for _ in _CURES[cause](ill):
        if ill.trials.out_of_time:
            return


def _locks(ill: Ill) -> Iterator[Trial | None]:
    """Release each lock: first those whose site the relaxed plan treats otherwise."""
    question, locks = ill.question, locked_sites(ill.question)
    before, after = ill.plan.decisions["action"], ill.relaxed.decisions["action"]
    changed = set(after.index[after.ne(before.reindex(after.index))].astype("str"))
    rank = {s: i for i, s in enumerate(ill.near())}
    rows = sorted(
        locks.itertuples(index=False, name=None),
        key=lambda r: (r[0] not in changed, rank.get(r[0], len(rank)), r),
    )
    for site, lock in rows[: 2 * _MOST]:
        cure = Cure(kind="release", site_id=site, detail=lock)
        yield ill.trials.ask(released(question, site, lock), cure)


def _schools(ill: Ill) -> Iterator[Trial | None]:
    """Allow the fewest further schools that help."""
    asked = ill.question.options.schools_max
    decisions = ill.relaxed.decisions
    closed = decisions["action"].isin(CLOSED_ACTIONS)
    most = int((~closed & decisions["bands"].ne("")).sum()) - int(asked or 0)

    def more(amount: float) -> Trial | None:
        number = math.ceil(amount)
        cure = Cure(kind="schools_max", amount=float(number), unit="schools")
        return ill.trials.ask(ill.question.asking(schools_max=int(asked or 0) + number), cure)

    yield from _least(ill, more, float(max(most, 1)), step=1.0)


def _budget(ill: Ill) -> Iterator[Trial | None]:
    """Raise the budget, or what may be spent a year, by the least sum that helps."""
    for option, spent in (("budget_yuan", capital_yuan), ("annual_yuan_max", running_yuan)):
        limit = getattr(ill.question.options, option)
        if limit is not None:
            yield from _money(ill, option, float(limit), spent)


def _money(
    ill: Ill, option: str, limit: float, spent: Callable[[Plan], float]
) -> Iterator[Trial | None]:
    def more(amount: float) -> Trial | None:
        sum_more = float(round(amount))
        cure = Cure(kind=option, amount=sum_more, unit="yuan")
        return ill.trials.ask(ill.question.asking(**{option: limit + sum_more}), cure)

    def used(trial: Trial) -> float:
        return math.ceil(spent(trial.plan) - limit)

    start = max(math.ceil(spent(ill.relaxed) - limit), _YUAN)
    yield from _least(ill, more, float(start), step=_YUAN, used=used)


def _size(ill: Ill) -> Iterator[Trial | None]:
    """Lower the least size of one kind, or raise the greatest, to what there then is."""
    options, decisions = ill.question.options, ill.relaxed.decisions
    pupils = decisions[[f"after_{b}" for b in BANDS]].sum(axis=1)
    is_open = ~decisions["action"].isin(CLOSED_ACTIONS)
    pairs = zip(decisions["action"], decisions["kind"], strict=True)
    kinds = pd.Series([BECOMES.get(str(a), str(k)) for a, k in pairs], index=decisions.index)
    for kind in sorted(set(kinds[is_open])):
        here = pupils[is_open & kinds.eq(kind)]
        least, most = options.min_pupils.get(kind, 0), int(here.max())
        if int(here.min()) < least:
            lower = int(here.min())
            cure = Cure(kind="size_least", detail=kind, amount=float(lower), unit="persons")
            changed = ill.question.asking(min_pupils={**options.min_pupils, kind: lower})
            yield ill.trials.ask(changed, cure)
        cure = Cure(kind="size_most", detail=kind, amount=float(most), unit="persons")
        changed = ill.question.asking(size_max={**options.size_max, kind: most})
        yield ill.trials.ask(changed, cure)


def _moves(ill: Ill) -> Iterator[Trial | None]:
    """Let as many pupils move as the relaxed plan moves."""
    moves = ill.relaxed.moves
    number = int(moves.loc[moves["from_site"].ne("") & moves["to_site"].ne(""), "pupils"].sum())
    cure = Cure(kind="moves", amount=float(number), unit="persons")
    yield ill.trials.ask(ill.question.asking(moved_max=number), cure)


def _ways(ill: Ill) -> Iterator[Trial | None]:
    """Take away the limit on minutes in all, or of any pupil."""
    for option in ("minutes_max", "worst_max"):
        if getattr(ill.question.options, option) is not None:
            yield ill.trials.ask(ill.question.asking(**{option: None}), Cure(kind=option))


def _whole(ill: Ill) -> Iterator[Trial | None]:
    """Let pupils of one village, or of one closed school, be parted."""
    options = ill.question.options
    if options.together:
        yield ill.trials.ask(ill.question.asking(together=False), Cure(kind="together"))
    if not options.split_villages:
        yield ill.trials.ask(ill.question.asking(split_villages=True), Cure(kind="split_villages"))


def _layouts(ill: Ill) -> Iterator[Trial | None]:
    """Let the layout be one that it was to differ from."""
    yield ill.trials.ask(ill.question.asking(differ_from=()), Cure(kind="layouts"))


def _beds(ill: Ill) -> Iterator[Trial | None]:
    """Add beds at one school, with the money for them."""
    table, module = ill.question.table(), int(ill.question.standards.value("bed_module"))
    wanted = math.ceil(int(ill.rows["pupils"].sum()) / module) * module
    boards = table[table["measure"].eq("board")].set_index("site_id")
    for site in [s for s in ill.near() if s in boards.index][:_MOST]:
        here = table["site_id"].eq(site) & table["measure"].eq("board")
        more = table["extra_beds_max"].to_numpy(dtype=np.int64) + np.where(here, wanted, 0)
        budget = ill.question.options.budget_yuan
        price = wanted * float(table.loc[here, "bed_yuan"].iloc[0])
        question = replace(
            ill.question.asking(budget_yuan=None if budget is None else budget + price),
            measures=table.assign(extra_beds_max=more, allowed=table["allowed"] | here),
        )
        cure = Cure(kind="beds", site_id=site, amount=float(wanted), unit="persons")
        yield ill.trials.ask(question, cure)


def _classes(ill: Ill) -> Iterator[Trial | None]:
    """Add classes at one school, with the money for them."""
    table = ill.question.table()
    opened = table["measure"].isin(["keep", "new"]) & table["allowed"].astype(bool)
    full = table[opened].set_index("site_id")
    wanted = int(ill.rows["pupils"].sum())
    sizes = full["class_places"].to_dict()
    bands = {b for b in ill.rows["band"] if b}
    for site in ill.near()[:_MOST]:
        if site not in full.index:
            continue
        taught = set(str(full.at[site, "bands"]).split())
        if not taught or (bands and not bands & taught):
            continue
        most = math.ceil(wanted / int(sizes[site]))
        trial = _with_classes(ill, site, most)
        yield trial
        if trial is None or not trial.wholly[ill.mask].all():
            continue
        used = _classes_used(ill, trial, site)
        if 0 < used < most:
            yield _with_classes(ill, site, used)


def _with_classes(ill: Ill, site: str, number: int) -> Trial | None:
    cure = Cure(kind="classes", site_id=site, amount=float(number), unit="classes")
    return ill.trials.ask(with_classes(ill.question, site, number), cure)


def _classes_used(ill: Ill, trial: Trial, site: str) -> int:
    table = ill.question.table()
    room = table["extra_classes_max"][table["site_id"].eq(site)].max()
    added = trial.plan.decisions["extra_classes"]
    return int(added[added.index == site].iloc[0]) - int(room)


def with_classes(question: Question, site: str, number: int) -> Question:
    """Let a school add further classes, with the money for them.

    Parameters
    ----------
    question
        The question.
    site
        The site.
    number
        Classes beyond those that the table of measures allows.

    Returns
    -------
    Question
        With room and budget for them.
    """
    table = question.table()
    here = table["site_id"].astype("str") == site
    growing = here & table["measure"].isin(["expand", "new"])
    price = float(table.loc[here & table["measure"].isin(["keep", "new"]), "class_yuan"].iloc[0])
    if growing.any():
        more = np.where(growing, number, 0)
        table = table.assign(extra_classes_max=table["extra_classes_max"] + more)
    else:
        row = table[here & table["measure"].eq("keep")].assign(
            measure="expand", extra_classes_max=number, allowed=True
        )
        table = pd.concat([table, row], ignore_index=True)
    budget = question.options.budget_yuan
    money = None if budget is None else budget + number * price
    return replace(question.asking(budget_yuan=money), measures=table)


def _limits(ill: Ill) -> Iterator[Trial | None]:
    """Raise the travel limit of one band to the longest way that the relaxed plan uses."""
    standards = ill.question.standards
    for band in BANDS:
        key = f"travel_limit_minutes_{band}"
        given = ill.relaxed.assignment
        used = given.loc[given["band"] == band, "minutes"]
        longest = float(math.ceil(used.max())) if len(used) else 0.0
        if longest <= standards.value(key):
            continue
        changed = replace(ill.question, standards=standards.with_values(**{key: longest}))
        yield ill.trials.ask(
            changed, Cure(kind="travel_limit", band=band, amount=longest, unit="minutes")
        )


def _roads(ill: Ill) -> Iterator[Trial | None]:
    """Build one road, or one school where there is none."""
    for village in sorted(ill.rows["village_id"].unique()):
        other, minutes = best_road(ill.question, village)
        cure = Cure(
            kind="road", village_id=village, detail=other, amount=round(minutes, 1), unit="minutes"
        )
        yield ill.trials.ask(with_roads(ill.question, [village]), cure)
    yield from _own_schools(ill)


def _conversions(ill: Ill) -> Iterator[Trial | None]:
    """Let one school take on the other grades."""
    table = ill.question.table()
    barred = table[table["measure"].eq("nine_year") & ~table["allowed"].astype(bool)]
    for site in [s for s in ill.near() if s in set(barred["site_id"])][:_MOST]:
        here = table["site_id"].eq(site) & table["measure"].eq("nine_year")
        budget = ill.question.options.budget_yuan
        price = float(table.loc[here, "capital_yuan"].iloc[0])
        question = replace(
            ill.question.asking(budget_yuan=None if budget is None else budget + price),
            measures=table.assign(allowed=table["allowed"].astype(bool) | here),
        )
        yield ill.trials.ask(question, Cure(kind="convert", site_id=site))


def _new_schools(ill: Ill) -> Iterator[Trial | None]:
    """Let a school take on grades, or build one beside one that pupils reach, or at home."""
    yield from _conversions(ill)
    rows = ill.rows[["village_id", "band", "pupils"]]
    for site in ill.near()[:_MOST]:
        reach = np.isfinite(
            np.array(
                [
                    ill.question.times.between([v], [site], band=b)[0]
                    for v, b in zip(rows["village_id"], rows["band"], strict=True)
                ]
            )
        )
        if not reach.any():
            continue
        some = rows[reach]
        cure = Cure(
            kind="school_beside",
            site_id=site,
            band=" ".join(b for b in BANDS if b in set(some["band"])),
            detail=kind_for(some["band"]),
            amount=float(some["pupils"].sum()),
            unit="persons",
        )
        yield ill.trials.ask(with_schools(ill.question, some, at=site), cure)
    if rows["village_id"].nunique() <= _MOST:
        yield from _own_schools(ill)


def _own_schools(ill: Ill) -> Iterator[Trial | None]:
    for village, rows in ill.rows.groupby("village_id", sort=True):
        some = rows[["village_id", "band", "pupils"]]
        cure = Cure(
            kind="school_in_village",
            village_id=str(village),
            band=" ".join(b for b in BANDS if b in set(some["band"])),
            detail=kind_for(some["band"]),
            amount=float(some["pupils"].sum()),
            unit="persons",
        )
        yield ill.trials.ask(with_schools(ill.question, some, at=""), cure)


def _least(
    ill: Ill,
    more: Callable[[float], Trial | None],
    start: float,
    *,
    step: float,
    used: Callable[[Trial], float] | None = None,
) -> Iterator[Trial | None]:
    """Halve an amount that helps until less does not, or often enough."""
    low, high = 0.0, start
    trial = more(high)
    yield trial
    if trial is None or not trial.wholly[ill.mask].all():
        return
    for _ in range(_HALVINGS):
        if used is not None:
            high = min(high, max(used(trial), step))
        if high - low <= step:
            return
        middle = math.floor((low + high) / 2 / step) * step
        other = more(middle)
        yield other
        if other is not None and other.wholly[ill.mask].all():
            high, trial = middle, other
        else:
            low = middle


_CURES: Final[dict[str, Callable[[Ill], Iterator[Trial | None]]]] = {
    "no_road": _roads,
    "no_site": _new_schools,
    "lock": _locks,
    "schools_max": _schools,
    "budget": _budget,
    "moves": _moves,
    "ways": _ways,
    "whole": _whole,
    "layouts": _layouts,
    "size": _size,
    "beds": _beds,
    "capacity": _classes,
    "travel_limit": _limits,
}
