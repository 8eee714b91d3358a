"""The optimum of counties of few cohorts and up to ten sites, without any solver.

What a site costs follows from the set of whole cohorts that it takes: of every state, number of
classes and beds, and way of each cohort, the cheapest that nothing else betters. Sites are
added one by one; of each set of cohorts settled so far and each set of townships served, the
costs are kept that no other betters in cost and in all that is limited. Equity is the least, over
all levels, of the level and what is beyond it (Rockafellar and Uryasev 2000), which for a
given level is a price on each way; the best level is the way of some cohort.
"""

import itertools
import math
from typing import NamedTuple

import numpy as np
from tiny_counties import BOARD, BUS, on_all_ways, price_of

LIMITED = ("budget_yuan", "schools", "annual_yuan", "moved", "minutes")


def optimum(sets):
    """Give the least cost of any plan."""
    sets = on_all_ways(sets)
    rows = Rows(*(t.to_dict("records") for t in (sets.groups, sets.flows, sets.states, sets.sites)))
    if not sets.equity:
        return _optimum(sets, rows, level=0.0)
    ways = {flow["minutes"] * flow["weight"] for flow in rows.flows}
    return min(_optimum(sets, rows, level=level) for level in {0.0, *ways})


class Rows(NamedTuple):
    """The tables of the sets as plain rows, which are read again and again."""

    groups: list
    flows: list
    states: list
    sites: list


def _optimum(sets, rows, *, level):
    n, price = len(rows.groups), sets.prices
    limits = [sets.limits[name] for name in LIMITED]
    active = [i for i, most in enumerate(limits) if math.isfinite(most)]
    most = [limits[i] * (1 + 1e-9) + 1e-9 for i in active]
    ways = _ways(sets, rows, level)
    township = {name: i for i, name in enumerate(sets.townships)}
    kept = {(0, 0): [(0.0, *(0.0 for _ in active))]}
    for site, row in enumerate(rows.sites):
        bit = 1 << township[row["township_id"]] if row["township_id"] in township else 0
        options = _options(sets, rows, site, ways, active, most)
        longer = {}
        for (mask, served), labels in kept.items():
            for (some, junior), costs in options.items():
                if some & mask:
                    continue
                key = (mask | some, served | (bit if junior else 0))
                found = longer.setdefault(key, [])
                for one, two in itertools.product(labels, costs):
                    both = tuple(a + b for a, b in zip(one, two, strict=True))
                    if all(b <= m for b, m in zip(both[1:], most, strict=True)):
                        found.append(both)
        kept = {key: _undominated(labels) for key, labels in longer.items() if labels}
    pupils = [group["pupils"] for group in rows.groups]
    best = np.inf
    for (mask, served), labels in kept.items():
        missed = sum(int(p) for i, p in enumerate(pupils) if not mask >> i & 1)
        bare = len(township) - served.bit_count()
        rest = missed * price["unserved"] + bare * price["township"]
        best = min(best, rest + min(label[0] for label in labels))
    assert n == len(pupils)
    return best + sets.equity * level


def _undominated(labels):
    kept = []
    for label in sorted(set(labels)):
        if not any(all(a <= b for a, b in zip(k, label, strict=True)) for k in kept):
            kept.append(label)
    return kept


def _ways(sets, rows, level):
    """By cohort and site: way, yuan, running cost, moved, minutes, of the whole cohort."""
    found, groups = {}, rows.groups
    worst = max(sets.worst_share * sum(g["pupils"] for g in groups), 1.0)
    for flow in rows.flows:
        group = groups[flow["group"]]
        minutes = flow["minutes"] * flow["weight"]
        yuan = price_of(sets, flow) + sets.equity * max(minutes - level, 0.0) / worst
        name = "boarder_junior" if flow["band"] == "g79" else "boarder_primary"
        running = {BUS: sets.prices["bus_rider"], BOARD: sets.prices[name]}.get(flow["way"], 0.0)
        moved = float(not flow["stay"] and group["schooled"])
        numbers = [x * group["pupils"] for x in (yuan, running, moved, minutes)]
        found.setdefault((flow["group"], flow["site"]), []).append((flow["way"] == BOARD, *numbers))
    return {pair: _undominated(some) for pair, some in found.items()}


def _options(sets, rows, site, ways, active, most):
    """Give, by set of cohorts and whether grades 7-9 are taught, what the site costs."""
    groups, row = rows.groups, rows.sites[site]
    states = [s for s in rows.states if s["site"] == site and s["free"]]
    found = {}
    here = [g for g in range(len(groups)) if (g, site) in ways]
    for size in range(len(here) + 1):
        for some in itertools.combinations(here, size):
            if not _fair(groups, site, some):
                continue
            mask, bands = sum(1 << g for g in some), {groups[g]["band"] for g in some}
            able = [s for s in states if bands <= set(s["bands"].split())]
            for chosen in itertools.product(*(ways[g, site] for g in some)) if able else ():
                for state in able:
                    key = (mask, "g79" in state["bands"])
                    for label in _costs(sets, groups, row, state, some, chosen):
                        short = (label[0], *(label[1 + i] for i in active))
                        if all(a <= b for a, b in zip(short[1:], most, strict=True)):
                            found.setdefault(key, []).append(short)
    return {key: _undominated(labels) for key, labels in found.items()}


def _fair(groups, site, some):
    """Tell whether nobody comes from a village whose own cohort at the site is sent away."""
    own = [g for g, x in enumerate(groups) if x["origin"] == site and g not in some]
    left = {(groups[g]["village_id"], groups[g]["band"]) for g in own}
    return not any((groups[g]["village_id"], groups[g]["band"]) in left for g in some)


def _costs(sets, groups, row, state, some, chosen):
    """Yield cost and what is limited, for each number of classes that can be added."""
    price = sets.prices
    load = dict.fromkeys(("g13", "g46", "g79"), 0)
    for g in some:
        load[groups[g]["band"]] += int(groups[g]["pupils"])
    total = sum(load.values())
    boarders = sum(int(groups[g]["pupils"]) for g, way in zip(some, chosen, strict=True) if way[0])
    module = row["bed_module"]
    beds = max(0, math.ceil((boarders - state["beds"]) / module))
    if beds > state["beds_max"]:
        return
    yuan, running, moved, minutes = (sum(way[i] for way in chosen) for i in range(1, 5))
    for extra in range(int(state["extra_max"]) + 1):
        more = extra * row["class_places"]
        over = max(
            0.0,
            total - state["places"] - more,
            *(n - state[f"places_{b}"] - more for b, n in load.items() if n),
        )
        if over and not state["open"]:
            continue
        capital = state["capital_yuan"] + extra * row["class_yuan"]
        capital += beds * module * row["bed_yuan"]
        cost = yuan + state["annual_yuan"] + capital / sets.capital_life_years
        cost += price["overload"] * (over + max(0.0, state["least"] - total))
        cost += price["size"] * (max(0.0, total - state["most"]) if state["open"] else 0.0)
        annual = running + state["annual_yuan"]
        yield cost, capital, float(state["counted"]), annual, moved, minutes
