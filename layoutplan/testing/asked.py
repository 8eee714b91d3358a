"""Whether a plan that was searched for does what was asked of it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

from layoutplan.testing.facts import BOARD, TOLERANCE, Facts
from layoutplan.testing.score import moved, terms, weight

_CLOSED = ("close", "unused")
_YUAN = 1.0


def asked(facts: Facts) -> list[str]:
    """Check locks, limits, cohorts, and difference from other layouts.

    Parameters
    ----------
    facts
        The plan.

    Returns
    -------
    list of str
        What does not hold.
    """
    plan = facts.plan
    if plan.solver.status == "given":
        return []
    wrong = [*_locks(facts), *_limits(facts), *_layouts(facts)]
    if not plan.options.split_villages:
        wrong += _cohorts(facts)
    if plan.options.together:
        wrong += _together(facts)
    return wrong


def _locks(facts: Facts) -> Iterator[str]:
    options, county = facts.plan.options, facts.plan.county
    action = {site: str(row["action"]) for site, row in facts.sites.items()}
    for site in options.keep:
        if action.get(site) in (*_CLOSED, "teaching_point", "primary_only", None):
            yield f"{site}: was to be kept"
    for site in options.close:
        if action.get(site) not in _CLOSED:
            yield f"{site}: was to be closed"
    for site in options.freeze:
        as_it_is = "unused" if site in county.candidates.index else "keep"
        if action.get(site) != as_it_is:
            yield f"{site}: was to stay as it is"
    for site, row in facts.sites.items():
        if row["kind"] == "special" and row["action"] == "close":
            yield f"{site}: teaches none of the bands and is closed"


def _limits(facts: Facts) -> Iterator[str]:
    plan, options = facts.plan, facts.plan.options
    cost = terms(facts)
    spent = sum(float(row["capital_yuan"]) for row in facts.sites.values())
    if options.budget_yuan is not None and spent > options.budget_yuan + _YUAN:
        yield f"budget {options.budget_yuan}, spent {spent}"
    running = cost["fixed_running"] + cost["boarding"] + cost["bus"]
    if options.annual_yuan_max is not None and running > options.annual_yuan_max + _YUAN:
        yield f"running cost {running}, at most {options.annual_yuan_max} asked"
    counted = sum(1 for site in facts.sites if facts.taught(site))
    if options.schools_max is not None and counted > options.schools_max:
        yield f"{counted} sites open, {options.schools_max} allowed"
    if options.moved_max is not None and moved(facts) > options.moved_max:
        yield f"{moved(facts)} pupils moved, {options.moved_max} allowed"
    rows = plan.assignment.to_dict("records")
    if options.minutes_max is not None:
        way = sum(int(r["pupils"]) * float(r["minutes"]) * weight(facts, r) for r in rows)
        if way > options.minutes_max * (1 + TOLERANCE):
            yield f"{way} pupil-minutes, {options.minutes_max} allowed"
    if options.worst_max is not None:
        for row in rows:
            if row["mode"] != BOARD and float(row["minutes"]) > options.worst_max + TOLERANCE:
                yield f"{row['village_id']} {row['band']}: {row['minutes']} minutes"


def _layouts(facts: Facts) -> Iterator[str]:
    options = facts.plan.options
    opened = {site for site, row in facts.sites.items() if row["action"] not in _CLOSED}
    for layout in options.differ_from:
        differ = len(opened ^ set(layout))
        if differ < options.at_least:
            yield f"differs in {differ} sites from another layout, {options.at_least} asked"


def _cohorts(facts: Facts) -> Iterator[str]:
    """Find villages whose pupils of one school of today do not go whole to one place."""
    cohorts, parts = defaultdict(list), defaultdict(list)
    for (village, band, site), pupils in facts.today.items():
        if pupils and band in facts.taught_today(site):
            cohorts[village, band].append(pupils)
    for table in (facts.plan.assignment, facts.plan.unserved):
        for row in table.to_dict("records"):
            parts[str(row["village_id"]), str(row["band"])].append(int(row["pupils"]))
    for key, sizes in parts.items():
        schooled = cohorts.get(key, [])
        rest = sum(sizes) - sum(schooled)
        whole = [*schooled, rest] if rest > 0 else schooled
        if not _fill(tuple(sorted(whole, reverse=True)), sizes):
            yield f"{' '.join(key)}: cohorts of {sorted(whole)} come as {sorted(sizes)}"


def _fill(cohorts: tuple[int, ...], places: Sequence[int]) -> bool:
    """Tell whether whole cohorts fill places of given sizes exactly."""

    @cache
    def fits(first: int, room: tuple[int, ...]) -> bool:
        if first == len(cohorts):
            return not any(room)
        size = cohorts[first]
        return any(
            fits(first + 1, tuple(sorted((*room[:i], left - size, *room[i + 1 :]))))
            for i, left in enumerate(room)
            if left >= size
        )

    return fits(0, tuple(sorted(places)))


def _together(facts: Facts) -> Iterator[str]:
    """Find schools whose leaving pupils of a band cannot all have gone to one site."""
    come: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for (village, band, site), pupils in facts.now.items():
        come[village, band][site] = pupils - facts.today.get((village, band, site), 0)
    left = {
        (str(r["village_id"]), str(r["band"])): int(r["pupils"])
        for r in facts.plan.unserved.to_dict("records")
    }
    leaving = defaultdict(list)
    for (village, band, site), pupils in facts.today.items():
        if pupils and band in facts.taught_today(site) and band not in facts.taught(site):
            leaving[site, band].append((village, pupils))
    for (site, band), cohorts in leaving.items():
        moved_on = [(v, n) for v, n in cohorts if left.get((v, band), 0) < n]
        fits = any(
            all(come[v, band].get(to, 0) >= n for v, n in moved_on)
            for to in {s for v, _ in moved_on for s in come[v, band]}
        )
        if moved_on and not fits:
            yield f"{site} {band}: its pupils do not go to one school"
