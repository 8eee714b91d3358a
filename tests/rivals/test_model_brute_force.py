"""The model against brute force over all layouts of tiny counties."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from tiny_counties import BOARD, BUS, asked, on_all_ways, price_of, tiny

from layoutplan.measures import Options
from layoutplan.model.columns import make_columns
from layoutplan.model.sets import make_sets
from layoutplan.model.solve import solve
from layoutplan.standards import standards


def brute_force(sets):
    """Try every layout; pupils go any lawful way by an integer programme of its own for each."""
    sets = on_all_ways(sets)
    choices = []
    for site in range(len(sets.sites)):
        states = sets.states[(sets.states["site"] == site) & sets.states["free"]]
        choices.append(
            [
                (row, e, b)
                for row in states.to_dict("records")
                for e in range(int(row["extra_max"]) + 1)
                for b in range(int(row["beds_max"]) + 1)
            ]
        )
    best = np.inf
    layouts = [(fixed(sets, layout), i) for i, layout in enumerate(itertools.product(*choices))]
    every = list(itertools.product(*choices))
    for cost, i in sorted(layouts):
        if cost >= best:
            break
        best = min(best, cost + pupils_cost(sets, every[i]))
    return best


def fixed(sets, layout):
    total = money = 0.0
    kept, opened = set(), []
    for (state, extra, beds), (_, row) in zip(layout, sets.sites.iterrows(), strict=True):
        total += state["annual_yuan"]
        money += state["capital_yuan"] + extra * row["class_yuan"]
        money += beds * row["bed_module"] * row["bed_yuan"]
        opened.append(state["open"])
        if "g79" in state["bands"]:
            kept.add(row["township_id"])
    if money > sets.limits["budget_yuan"] or sum(opened) > sets.limits["schools"]:
        return np.inf
    for other in sets.differ_from:
        if (np.array(opened) != other).sum() < sets.at_least:
            return np.inf
    bare = sum(t not in kept for t in sets.townships)
    return total + money / sets.capital_life_years + bare * sets.prices["township"]


def staying(flows, row):
    """Count who stays once in all ways."""
    for g, j in {(f["group"], f["site"]) for f in flows if f["stay"]}:
        stays = [c for c, f in enumerate(flows) if f["stay"] and (f["group"], f["site"]) == (g, j)]
        row([(c, 1) for c in stays], -np.inf, max(flows[c]["most"] for c in stays))


def pupils_cost(sets, layout):
    """Send pupils at least cost: flows, unserved, overload, missing, oversize, receivers."""
    price, groups, m = sets.prices, sets.groups, len(sets.sites)
    flows = [f for f in sets.flows.to_dict("records") if f["band"] in layout[f["site"]][0]["bands"]]
    n, k = len(groups), len(flows)
    lost = sorted(
        {
            (g["origin"], g["band"])
            for g in groups.to_dict("records")
            if g["origin"] >= 0 and g["band"] not in layout[g["origin"]][0]["bands"]
        }
    )
    receivers = [(o, b, j) for o, b in lost for j in range(m)] if sets.together else []
    width = k + n + 3 * m + len(receivers)
    cost = np.zeros(width)
    cost[:k] = [price_of(sets, f) for f in flows]
    cost[k : k + n] = price["unserved"]
    cost[k + n : k + n + 2 * m] = price["overload"]
    cost[k + n + 2 * m : k + n + 3 * m] = price["size"]
    rows = []

    def row(entries, low, high):
        values = np.zeros(width)
        for column, value in entries:
            values[column] += value
        rows.append((values, low, high))

    for g, pupils in enumerate(groups["pupils"]):
        mine = [(c, 1) for c, f in enumerate(flows) if f["group"] == g]
        row([*mine, (k + g, 1)], pupils, pupils)
    for j, (state, extra, beds) in enumerate(layout):
        here = [(c, 1) for c, f in enumerate(flows) if f["site"] == j]
        room = state["places"] + extra * sets.sites["class_places"].iloc[j]
        row([*here, (k + n + j, -1)], -np.inf, room)
        row([*here, (k + n + m + j, 1)], state["least"], np.inf)
        row([*here, (k + n + 2 * m + j, -1)], -np.inf, state["most"])
        lodged = [(c, v) for c, v in here if flows[c]["way"] == BOARD]
        row(lodged, -np.inf, state["beds"] + beds * sets.sites["bed_module"].iloc[j])
    running = sum(s["annual_yuan"] for s, _, _ in layout)
    yearly = [
        (c, price["bus_rider"] if f["way"] == BUS else
         price["boarder_junior" if f["band"] == "g79" else "boarder_primary"])
        for c, f in enumerate(flows) if f["way"]
    ]  # fmt: skip
    row(yearly, -np.inf, sets.limits["annual_yuan"] - running)
    if running > sets.limits["annual_yuan"]:
        return np.inf
    schooled = groups["schooled"].to_numpy()
    moves = [(c, 1) for c, f in enumerate(flows) if not f["stay"] and schooled[f["group"]]]
    row(moves, -np.inf, sets.limits["moved"])
    way = [(c, f["minutes"] * f["weight"]) for c, f in enumerate(flows)]
    row(way, -np.inf, sets.limits["minutes"])
    for r, (o, b, j) in enumerate(receivers):
        for g in groups.index[(groups["origin"] == o) & (groups["band"] == b)]:
            to = [(c, 1) for c, f in enumerate(flows) if f["group"] == g and f["site"] == j]
            row([*to, (k + n + 3 * m + r, -groups["pupils"][g])], -np.inf, 0)
    for o, b in lost if receivers else []:
        mine = [(k + n + 3 * m + r, 1) for r, (p, c, _) in enumerate(receivers) if (p, c) == (o, b)]
        row(mine, -np.inf, 1)
    staying(flows, row)
    if sets.whole:
        trading(groups, flows, row)
    return solved(sets, flows, rows, cost, n=n, m=m)


def trading(groups, flows, row):
    """Nobody comes to a school from which another group of the village is sent away."""
    known = groups.to_dict("index")
    for (one, of_one), (other, of_other) in itertools.permutations(known.items(), 2):
        same = all(of_one[name] == of_other[name] for name in ("village_id", "band"))
        site = of_other["origin"]
        if not same or site < 0:
            continue
        to = [
            (c, 1 / known[g]["pupils"] * sign)
            for g, sign in ((one, 1), (other, -1))
            for c, f in enumerate(flows)
            if f["group"] == g and f["site"] == site
        ]
        row(to, -np.inf, 0)


def solved(sets, flows, rows, cost, *, n, m):
    k, width = len(flows), len(cost)
    high = np.full(width, np.inf)
    high[:k] = [f["most"] for f in flows]
    high[k + n + 3 * m :] = 1
    unit, whole = np.ones(width), np.zeros(width)
    whole[k + n + 3 * m :] = 1
    if sets.whole:
        unit[:k] = [sets.groups["pupils"][f["group"]] for f in flows]
        unit[k : k + n] = sets.groups["pupils"]
        whole[: k + n] = 1
        high[: k + n] = unit[: k + n]
    matrix = np.array([r[0] for r in rows]) * unit
    result = milp(
        cost * unit,
        constraints=LinearConstraint(matrix, [r[1] for r in rows], [r[2] for r in rows]),
        bounds=Bounds(np.zeros(width), high / unit),
        integrality=whole,
        options={"mip_rel_gap": 0.0},
    )
    return result.fun if result.success else np.inf


def cases(count, fast):
    marks = [() if seed < fast else (pytest.mark.slow,) for seed in range(count)]
    return [pytest.param(seed, marks=mark) for seed, mark in enumerate(marks)]


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "shares"])
@pytest.mark.parametrize("seed", cases(100, 14))
def test_the_model_finds_what_brute_force_finds(seed, whole):
    options = asked(seed).replace(split_villages=not whole)
    sets = make_sets(**tiny(seed, bus=seed % 3 == 1), standards=standards(), options=options)
    wanted = brute_force(sets)
    answer = solve(sets, gap=0.0)
    if (
        not whole
        and np.isfinite([sets.limits[n] for n in ("minutes", "annual_yuan", "moved")]).any()
    ):
        # Shares use such a limit to the last; whole pupils cannot.
        assert answer.objective >= wanted * (1 - 1e-6)
        assert answer.bound == pytest.approx(wanted, rel=1e-6)
        return
    assert answer.objective == pytest.approx(wanted, rel=1e-6)
    assert answer.bound <= wanted * (1 + 1e-6)
    assert answer.bound_split <= answer.objective * (1 + 1e-9)
    assert sum(answer.terms.values()) == pytest.approx(answer.objective)
    assert answer.status == "proven"


@pytest.mark.parametrize("seed", range(8))
def test_cohorts_put_together_have_the_same_bound(seed):
    parts, options = tiny(seed, villages=5, sites=4), Options(split_villages=True)
    few = make_sets(**parts, standards=standards(), options=options)
    many = replace(
        make_sets(**parts, standards=standards(), options=options, whole=True), whole=False
    )
    assert len(few.groups) <= len(many.groups)
    one, other = solve(few, gap=0.0), solve(many, gap=0.0)
    assert one.objective == pytest.approx(other.objective, rel=1e-9)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("split", [True, False], ids=["shares", "whole"])
def test_a_further_candidate_never_makes_the_best_plan_worse(seed, split):
    parts, options = tiny(seed, sites=5), Options(split_villages=split)
    with_it = solve(make_sets(**parts, standards=standards(), options=options), gap=0.0)
    measures = parts["measures"]
    without = parts | {"measures": measures.assign(allowed=measures["measure"] != "new")}
    alone = solve(make_sets(**without, standards=standards(), options=options), gap=0.0)
    assert with_it.objective <= alone.objective * (1 + 1e-9)


@pytest.mark.parametrize(
    ("tight", "loose"),
    [
        ({"budget_yuan": 0.0}, {"budget_yuan": 2_000_000.0}),
        ({"schools_max": 2}, {"schools_max": 3}),
        ({"annual_yuan_max": 600_000.0}, {"annual_yuan_max": 900_000.0}),
        ({"moved_max": 10}, {"moved_max": 40}),
        ({"minutes_max": 2_000.0}, {"minutes_max": 4_000.0}),
        ({"worst_max": 40.0}, {"worst_max": 80.0}),
        ({"size_max": {"primary": 40}}, {"size_max": {"primary": 80}}),
        ({"min_pupils": {"primary": 80}}, {"min_pupils": {"primary": 40}}),
        ({"split_villages": False}, {"split_villages": True}),
        ({"close": {"s1"}}, {}),
    ],
    ids=str,
)
@pytest.mark.parametrize("seed", [0, *(pytest.param(s, marks=pytest.mark.slow) for s in (3, 4))])
def test_a_looser_rule_never_makes_the_best_plan_worse(seed, tight, loose):
    parts = tiny(seed, villages=4, sites=4)
    one, other = (
        solve(make_sets(**parts, standards=standards(), options=Options(**o)), gap=0.0).objective
        for o in (tight, loose)
    )
    assert other <= one * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_twice_the_pupils_and_places_cost_twice_what_goes_by_pupils(seed):
    parts, options = tiny(seed), Options(split_villages=seed % 2 == 0)
    double = {
        "demand": parts["demand"] * 2,
        "today": parts["today"].assign(pupils=parts["today"]["pupils"] * 2),
        "measures": parts["measures"].assign(
            **{
                c: parts["measures"][c] * 2
                for c in (
                    "places",
                    "class_places",
                    "class_yuan",
                    "beds",
                    "capital_yuan",
                    "annual_yuan",
                )
            },
            extra_beds_max=0,
        ),
    }
    single = parts | {"measures": parts["measures"].assign(extra_beds_max=0)}
    one, two = (
        make_sets(**p, standards=standards(), options=options) for p in (single, single | double)
    )
    township = {"township": 2 * one.prices["township"]}
    two = replace(two, prices={**two.prices, **township})
    assert solve(two, gap=0.0).objective == pytest.approx(2 * solve(one, gap=0.0).objective)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("split", [True, False], ids=["shares", "whole"])
def test_the_order_of_rows_changes_nothing(seed, split):
    parts = tiny(seed, villages=6, sites=5)
    rng, options = np.random.default_rng(seed), Options(split_villages=split)
    shuffled = {
        "demand": parts["demand"].sample(frac=1, random_state=seed),
        "minutes": {
            b: t.iloc[rng.permutation(6), rng.permutation(5)] for b, t in parts["minutes"].items()
        },
        "measures": parts["measures"].sample(frac=1, random_state=seed),
        "places": parts["places"].sample(frac=1, random_state=seed),
        "today": parts["today"].sample(frac=1, random_state=seed),
    }
    one = solve(make_sets(**parts, standards=standards(), options=options), gap=0.0)
    other = solve(make_sets(**shuffled, standards=standards(), options=options), gap=0.0)
    pd.testing.assert_frame_equal(one.sites, other.sites)
    pd.testing.assert_frame_equal(one.flows, other.flows)
    pd.testing.assert_frame_equal(one.by_origin, other.by_origin)
    assert one.objective == other.objective


def test_least_size_is_kept_or_counted():
    parts = tiny(1)
    options = Options(min_pupils={"primary": 60, "junior": 60, "nine_year": 60})
    sets = make_sets(**parts, standards=standards(), options=options)
    answer = solve(sets, gap=0.0)
    pupils = (
        answer.flows.groupby("site_id")["pupils"].sum().reindex(answer.sites.index, fill_value=0)
    )
    full = answer.sites["measure"].isin(["keep", "nine_year", "new"])
    assert ((pupils + answer.sites["short"])[full] >= 60).all()


def test_columns_cost_what_the_objective_says():
    sets = make_sets(**tiny(2), standards=standards(), options=Options(equity=1000.0))
    columns = make_columns(sets)
    assert columns.n == len(columns.cost) == len(columns.low) == len(columns.high)
    assert (columns.low <= columns.high).all()
