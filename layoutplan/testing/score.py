"""The objective scored anew, term by term, from the plan's tables alone."""

from collections import defaultdict
from collections.abc import Iterator

from layoutplan.tables import BANDS
from layoutplan.testing.facts import BOARD, BUS, TOLERANCE, Facts, Row
from layoutplan.testing.sites import a_class_of

_CENT = 0.01
_LARGEST_PROVEN_GAP = 0.05
_BROKEN = (
    "unserved", "overload", "short_of_least_size", "pushed", "township", "gate_travel", "size",
)  # fmt: skip
_BECOMES = {"teaching_point": "teaching_point", "primary_only": "primary", "nine_year": "nine_year"}
_STATUS = ("proven", "best_found", "stopped", "given")

_PRICES = {
    "minute": "price_yuan_per_minute",
    "over_limit": "price_yuan_over_limit",
    "pushed": "price_yuan_pushed_beyond",
    "gate_travel": "price_yuan_gate_travel",
    "moved": "price_yuan_moved",
    "overload": "price_yuan_overload",
    "size": "price_yuan_oversize",
    "unserved": "price_yuan_unserved",
    "bus_rider": "school_bus_yuan_per_rider",
    "boarder_primary": "boarder_yuan_primary",
    "boarder_junior": "boarder_yuan_junior",
}


def objective(facts: Facts) -> list[str]:
    """Compare what the solver says with the plan scored anew.

    Parameters
    ----------
    facts
        The plan.

    Returns
    -------
    list of str
        What does not hold.
    """
    report = facts.plan.solver
    if report.status not in _STATUS:
        return [f"{report.status} is no status"]
    if report.objective is None or report.bound is None or report.gap is None:
        if report.status != "given":
            return ["a plan that was searched for has no objective"]
        numbers = (report.objective, report.bound, report.gap)
        some = any(n is not None for n in numbers) or bool(report.terms)
        return ["a plan that was given has an objective"] if some else []
    scored = terms(facts)
    total = sum(scored.values())
    near = TOLERANCE * max(1.0, abs(total))
    wrong = [
        f"term {name}: {report.terms.get(name)}, scored anew {value}"
        for name, value in scored.items()
        if not abs(report.terms.get(name, 0.0) - value) <= near
    ]
    wrong += [f"term {name} is unknown" for name in report.terms if name not in scored]
    if not abs(total - report.objective) <= near:
        wrong.append(f"objective {report.objective}, scored anew {total}")
    if not abs(sum(report.terms.values()) - report.objective) <= near:
        wrong.append("the terms do not add up to the objective")
    for name, bound in (("bound", report.bound), ("bound_split", report.bound_split)):
        if bound is not None and not bound <= report.objective + near:
            wrong.append(f"{name} {bound} above objective {report.objective}")
    broken = sum(scored[t] for t in _BROKEN)
    left = report.objective - report.bound
    gap = 0.0 if left <= _CENT else left / max(report.objective - broken, _CENT)
    if report.status == "proven" and gap > _LARGEST_PROVEN_GAP:
        wrong.append(f"called proven with a gap of {gap}")
    if not abs(gap - report.gap) <= TOLERANCE:
        wrong.append(f"gap {report.gap}, should be {gap}")
    return wrong


def terms(facts: Facts) -> dict[str, float]:
    """Sum what the plan costs a year, prices included, term by term.

    Parameters
    ----------
    facts
        The plan.

    Returns
    -------
    dict
        Yuan a year by name of the term.
    """
    plan = facts.plan
    price = {
        name: float(plan.options.prices.get(name, facts.value(key)))
        for name, key in _PRICES.items()
    }
    found = dict.fromkeys(
        (
            "minutes", "over_limit", "chosen", "pushed", "moved", "unserved", "overload",
            "short_of_least_size", "fixed_running", "capital_spread", "township", "boarding",
            "bus", "gate_travel", "equity", "size",
        ),
        0.0,
    )  # fmt: skip
    for trip in plan.assignment.to_dict("records"):
        pupils, minutes = int(trip["pupils"]), float(trip["minutes"])
        found["minutes"] += pupils * minutes * weight(facts, trip) * price["minute"]
        found["over_limit"] += pupils * beyond(facts, trip) * price["over_limit"]
        stage = "junior" if trip["band"] == BANDS[2] else "primary"
        if trip["mode"] == BOARD:
            found["boarding"] += pupils * price[f"boarder_{stage}"]
        if trip["mode"] == BUS and facts.rides:
            found["bus"] += pupils * price["bus_rider"]
    found["chosen"] -= _chosen(facts, price)
    pushed, gated = _sent_beyond(facts)
    found["pushed"] = pushed * price["pushed"]
    found["gate_travel"] = gated * price["gate_travel"] if plan.options.gates else 0.0
    found["moved"] = moved(facts) * price["moved"]
    none_open = plan.unserved[plan.unserved["reason"] == "none_open"]
    found["unserved"] = float(none_open["pupils"].sum()) * price["unserved"]
    for site, row in facts.sites.items():
        over, short, large = _sizes(facts, site, row)
        found["overload"] += over * price["overload"]
        found["short_of_least_size"] += short * price["overload"]
        found["size"] += large * price["size"]
        found["fixed_running"] += float(row["annual_yuan"])
        found["capital_spread"] += float(row["capital_yuan"]) / facts.value("capital_life_years")
    found["township"] = _bare(facts) * facts.value("price_yuan_township_without_junior")
    found["equity"] = plan.options.equity * _worst_off(facts) if plan.options.equity else 0.0
    return found


def weight(facts: Facts, row: Row) -> float:
    """Give the journeys of a pupil as a share of those of daily travel.

    Parameters
    ----------
    facts
        The plan.
    row
        A row of the assignment.

    Returns
    -------
    float
        1 for daily travel, less for boarders.
    """
    if row["mode"] != BOARD:
        return 1.0
    return facts.value("journeys_per_week_boarder") / facts.value("journeys_per_week_daily")


def beyond(facts: Facts, row: Row) -> bool:
    """Tell whether a daily way is longer than the limit; boarding never is.

    Parameters
    ----------
    facts
        The plan.
    row
        A row of the assignment.

    Returns
    -------
    bool
        Whether it is.
    """
    return row["mode"] != BOARD and float(row["minutes"]) > facts.limit(str(row["band"]))


def moved(facts: Facts) -> int:
    """Count pupils who go from one school to another.

    Parameters
    ----------
    facts
        The plan.

    Returns
    -------
    int
        Pupils.
    """
    table = facts.plan.moves
    return int(table.loc[(table["from_site"] != "") & (table["to_site"] != ""), "pupils"].sum())


def _sizes(facts: Facts, site: str, row: Row) -> tuple[int, int, int]:
    """Count pupils beyond the places, missing to the least size, beyond the greatest."""
    pupils = {b: int(row[f"after_{b}"]) for b in BANDS}
    total = sum(pupils.values())
    over = max(0, total - int(row["places"]))
    action = str(row["action"])
    state = facts.measures.get((site, "keep" if action in ("expand", "board") else action))
    if state is not None:
        more = int(row["extra_classes"]) * int(a_class_of(facts, site, state)["class_places"])
        for band in str(state["bands"]).split():
            most = int(state.get(f"places_{band}", state["places"]))
            over = max(over, pupils[band] - most - more)
    if action in ("close", "unused"):
        return over, 0, 0
    kind = _BECOMES.get(action, str(row["kind"]))
    least = 0 if kind == "teaching_point" else facts.plan.options.min_pupils.get(kind, 0)
    ceiling = "size_max_nine_year" if kind == "nine_year" else "size_max_single_stage"
    most = facts.plan.options.size_max.get(kind, int(facts.value(ceiling)))
    return over, max(0, least - total), max(0, total - most)


def _observed(facts: Facts) -> set[tuple[str, str, str]]:
    flows = facts.plan.county.flows
    found = set()
    for band in BANDS:
        if f"pupils_{band}" in flows:
            seen = flows[flows[f"pupils_{band}"] > 0]
            found |= {
                (str(v), band, str(s))
                for v, s in zip(seen["village_id"], seen["school_id"], strict=True)
            }
    return found


def _chosen_ways(facts: Facts) -> Iterator[tuple[Row, int, float]]:
    """Give rows of pupils who stay at a school they chose: how many, and the nearest way."""
    if not facts.plan.options.keep_choices:
        return
    observed = _observed(facts)
    for row in facts.plan.assignment.to_dict("records"):
        key = str(row["village_id"]), str(row["band"]), str(row["site_id"])
        if key in observed and row["mode"] == facts.plan.times.mode:
            stays = min(int(row["pupils"]), facts.today.get(key, 0))
            if stays and key[1] in facts.taught_today(key[2]):
                yield row, stays, facts.nearest(key[0], key[1])


def _chosen(facts: Facts, price: dict[str, float]) -> float:
    """Sum the ways that families chose over the nearest school and keep in the plan."""
    total = 0.0
    for row, stays, near in _chosen_ways(facts):
        limit = facts.limit(str(row["band"]))
        way = float(row["minutes"])
        credit = (way - near) * price["minute"]
        credit += (int(way > limit) - int(near > limit)) * price["over_limit"]
        total += stays * max(0.0, credit)
    return total


def _sent_beyond(facts: Facts) -> tuple[int, int]:
    """Count who is newly sent beyond the limit: with a school within it today, by a closure."""
    daily: dict[tuple[str, str, str], list[tuple[float, int]]] = defaultdict(list)
    for row in facts.plan.assignment.to_dict("records"):
        if beyond(facts, row):
            key = str(row["village_id"]), str(row["band"]), str(row["site_id"])
            daily[key].append((float(row["minutes"]), int(row["pupils"])))
    slack = facts.value("closure_longer_minutes_max")
    comers: dict[tuple[str, str, str], list[tuple[int, float]]] = defaultdict(list)
    for row in facts.plan.moves.to_dict("records"):
        key = str(row["village_id"]), str(row["band"]), str(row["to_site"])
        origin = str(row["from_site"])
        gone = bool(origin) and key[1] not in facts.taught(origin)
        before = facts.way(key[0], key[1], origin, facts.plan.times.mode) if gone else float("inf")
        comers[key].append((int(row["pupils"]), before))
    pushed = gated = 0
    for key, rows in daily.items():
        sent = sum(n for _, n in rows)
        stay = facts.now.get(key, 0) - sum(n for n, _ in comers[key])
        come = max(0, sent - stay)
        if facts.nearest(key[0], key[1]) <= facts.limit(key[1]):
            pushed += come
            continue
        gated += _sent_farther(sorted(rows), comers[key], come=come, slack=slack)
    return pushed, gated


def _sent_farther(
    rows: list[tuple[float, int]], comers: list[tuple[int, float]], *, come: int, slack: float
) -> int:
    """Count who of those that come must travel longer than before.

    The table does not say who of those that stay and come goes by which way; as few are
    counted as it allows: those who come have the shortest of the ways beyond the limit, and
    the longest of these go to those whose way was the longest before.
    """
    ways: list[float] = []
    for minutes, pupils in rows:
        ways += [minutes] * min(pupils, come - len(ways))
    before = sorted(b for pupils, b in comers for b in [b] * pupils)
    found = 0
    for minutes in reversed(ways):
        if before and before[-1] + slack >= minutes:
            before.pop()
        else:
            found += 1
    return found


def _bare(facts: Facts) -> int:
    """Count townships that have a school with grades 7-9 today and keep none."""
    now, kept = set(), set()
    for site, row in facts.sites.items():
        township = row["township_id"]
        if not isinstance(township, str) or township in ("", "nan"):
            continue
        if BANDS[2] in facts.taught_today(site):
            now.add(township)
        if BANDS[2] in facts.taught(site):
            kept.add(township)
    return len(now - kept)


def _worst_off(facts: Facts) -> float:
    """Give the mean way of the worst-off share of pupils, village by village and school of today.

    Whoever stays at a chosen school counts with the way to the nearest, if that is shorter.
    """
    near = {}
    for row, _, way in _chosen_ways(facts):
        near[row["village_id"], row["band"], row["site_id"]] = way
    ways: dict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)
    for row in facts.plan.assignment.to_dict("records"):
        minutes = float(row["minutes"]) * weight(facts, row)
        key = (row["village_id"], row["band"], row["site_id"])
        if row["mode"] != BOARD:
            minutes = min(minutes, near.get(key, minutes))
        ways[str(row["village_id"]), str(row["band"])].append((minutes, int(row["pupils"])))
    left = facts.plan.unserved
    left = left[left["reason"] == "none_open"]
    for row in left.to_dict("records"):
        ways[str(row["village_id"]), str(row["band"])].append((0.0, int(row["pupils"])))
    every = sorted((way for rows in ways.values() for way in rows), reverse=True)
    total = sum(n for _, n in every)
    worst = max(facts.value("equity_worst_share") * total, 1.0)
    taken = mean = 0.0
    for minutes, pupils in every:
        part = min(float(pupils), worst - taken)
        if part <= 0:
            break
        taken, mean = taken + part, mean + part * minutes / worst
    return mean
