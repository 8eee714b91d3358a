"""Whether a plan that was searched for does what was asked of it."""

from collections import defaultdict
from collections.abc import Iterator

from layoutplan.testing.facts import BOARD, TOLERANCE, Facts, Row
from layoutplan.testing.score import moved, pupil_minutes, terms

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
    wrong = [*_locks(facts), *_limits(facts), *_layouts(facts), *_origins(facts)]
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
        way = pupil_minutes(facts)
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


def _origins(facts: Facts) -> Iterator[str]:
    """Hold the table by origin against the assignment, the moves and today's pupils."""
    plan = facts.plan
    if "by_origin" not in plan.tables:
        yield "by_origin: missing of a plan that was searched for"
        return
    counted: dict[str, dict[tuple[str, ...], int]] = defaultdict(lambda: defaultdict(int))
    for row in facts.by_origin:
        village, band, origin, to, mode = (
            str(row[c]) for c in ("village_id", "band", "from_site", "to_site", "mode")
        )
        pupils = int(row["pupils"])
        counted["now"][village, band, to, mode if to else ""] += pupils
        counted["today"][village, band, origin] += pupils
        if origin != to:
            counted["moves"][village, band, origin, to] += pupils
    tables = {
        "now": [(*_key(r), str(r["mode"]), r) for r in plan.assignment.to_dict("records")],
        "moves": [
            (str(r["village_id"]), str(r["band"]), str(r["from_site"]), str(r["to_site"]), r)
            for r in plan.moves.to_dict("records")
        ],
    }
    for name, rows in tables.items():
        wanted = {tuple(row[:-1]): int(row[-1]["pupils"]) for row in rows}
        have = {k: n for k, n in counted[name].items() if name != "now" or k[2]}
        if {k: n for k, n in have.items() if n} != wanted:
            yield f"by_origin: does not agree with {name}"
    before = {k: n for k, n in counted["today"].items() if k[2] and n}
    if before != {k: n for k, n in facts.today.items() if n}:
        yield "by_origin: does not agree with today"


def _key(row: Row) -> tuple[str, str, str]:
    return str(row["village_id"]), str(row["band"]), str(row["site_id"])


def _cohorts(facts: Facts) -> Iterator[str]:
    """Find villages whose pupils of one school of today do not go whole to one place."""
    places = defaultdict(set)
    for row in facts.by_origin:
        cohort = str(row["village_id"]), str(row["band"]), str(row["from_site"])
        places[cohort].add((row["to_site"], row["mode"] if row["to_site"] else ""))
    for cohort, to in places.items():
        if len(to) > 1:
            yield f"{' '.join(cohort)}: goes to {sorted(to)}"


def _together(facts: Facts) -> Iterator[str]:
    """Find schools whose leaving pupils of a band do not all go to one site."""
    to: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in facts.by_origin:
        origin, band, site = str(row["from_site"]), str(row["band"]), str(row["to_site"])
        if origin and site and band not in facts.taught(origin):
            to[origin, band].add(site)
    for (origin, band), sites in to.items():
        if len(sites) > 1:
            yield f"{origin} {band}: its pupils go to {sorted(sites)}"
