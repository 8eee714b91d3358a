"""The objective scored anew, term by term, from the plan's tables alone."""

import math
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


def pupil_minutes(facts: Facts) -> float:
    """Sum the minutes one way of all pupils, boarders by their journeys.

    Parameters
    ----------
    facts
        The plan.

    Returns
    -------
    float
        Minutes.
    """
    rows = facts.plan.assignment.to_dict("records")
    return sum(int(r["pupils"]) * float(r["minutes"]) * weight(facts, r) for r in rows)


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


def _stayers(facts: Facts) -> Iterator[tuple[Row, float, bool]]:
    """Give rows of pupils with a school: the nearest way, and whether they stay at a chosen one."""
    observed = _observed(facts) if facts.plan.options.keep_choices else set()
    for row in facts.by_origin:
        village, band, site = (str(row[c]) for c in ("village_id", "band", "to_site"))
        if site:
            stays = row["from_site"] == site and (village, band, site) in observed
            yield row, facts.nearest(village, band), stays and band in facts.taught_today(site)


def _minutes(facts: Facts, row: Row) -> float:
    village, band, site, mode = (str(row[c]) for c in ("village_id", "band", "to_site", "mode"))
    return facts.way(village, band, site, mode)


def _chosen(facts: Facts, price: dict[str, float]) -> float:
    """Sum the ways that families chose over the nearest school and keep in the plan."""
    total = 0.0
    for row, near, chosen in _stayers(facts):
        if not chosen:
            continue
        limit, way = facts.limit(str(row["band"])), _minutes(facts, row)
        credit = (way - near) * weight(facts, row) * price["minute"]
        if row["mode"] != BOARD:
            credit += (int(way > limit) - int(near > limit)) * price["over_limit"]
        total += int(row["pupils"]) * max(0.0, credit)
    return total


def _sent_beyond(facts: Facts) -> tuple[int, int]:
    """Count who is newly sent beyond the limit: with a school within it today; farther."""
    slack = facts.value("closure_longer_minutes_max")
    pushed = farther = 0
    for row, near, _ in _stayers(facts):
        village, band, origin = (str(row[c]) for c in ("village_id", "band", "from_site"))
        limit, way = facts.limit(band), _minutes(facts, row)
        if row["mode"] == BOARD or origin == row["to_site"] or way <= limit:
            continue
        before = facts.way(village, band, origin, facts.plan.times.mode) if origin else math.inf
        if near <= limit:
            pushed += int(row["pupils"])
        elif way > before + slack:
            farther += int(row["pupils"])
    return pushed, farther


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
    """Give the mean way of the worst-off share of pupils, cohort by cohort.

    A cohort are pupils of one village and band who go to one school today; its way is the
    mean of theirs. Whoever stays at a chosen school counts with the way to the nearest, if
    that is shorter, and whoever has no school, with none.
    """
    ways: dict[tuple[str, str, str], list[tuple[float, int]]] = defaultdict(list)
    for row, near, chosen in _stayers(facts):
        minutes = min(_minutes(facts, row), near) if chosen else _minutes(facts, row)
        key = str(row["village_id"]), str(row["band"]), str(row["from_site"])
        ways[key].append((minutes * weight(facts, row), int(row["pupils"])))
    left = facts.plan.unserved
    known = set(zip(*(left.loc[left["reason"] == "none_open", c] for c in ("village_id", "band")),
                    strict=True))  # fmt: skip
    for row in facts.by_origin:
        key = str(row["village_id"]), str(row["band"]), str(row["from_site"])
        if not row["to_site"] and key[:2] in known:
            ways[key].append((0.0, int(row["pupils"])))
    means = []
    for rows in ways.values():
        pupils = sum(n for _, n in rows)
        means.append((sum(m * n for m, n in rows) / pupils, pupils))
    total = sum(n for _, n in means)
    worst = max(facts.value("equity_worst_share") * total, 1.0)
    taken = mean = 0.0
    for minutes, pupils in sorted(means, reverse=True):
        part = min(float(pupils), worst - taken)
        if part <= 0:
            break
        taken, mean = taken + part, mean + part * minutes / worst
    return mean
