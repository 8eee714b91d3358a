"""The model against brute force over all layouts of tiny counties."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from layoutplan.measures import Options
from layoutplan.model.columns import make_columns
from layoutplan.model.sets import make_sets
from layoutplan.model.solve import solve
from layoutplan.standards import standards
from layoutplan.tables import BANDS


def tiny(seed, *, villages=4, sites=4, candidate=True):
    """Make the parts of a model of a few villages and sites, with teaching points."""
    rng = np.random.default_rng(seed)
    v = [f"v{i}" for i in range(villages)]
    s = [f"s{i}" for i in range(sites)]
    demand = pd.DataFrame(rng.integers(0, 40, (villages, 3)), index=v, columns=list(BANDS))
    minutes = {b: pd.DataFrame(rng.uniform(2, 70, (villages, sites)), v, s) for b in BANDS}
    kinds = rng.choice(["primary", "junior", "nine_year"], sites)
    bands = {"primary": "g13 g46", "junior": "g79", "nine_year": "g13 g46 g79"}
    rows = []
    for i, (site, kind) in enumerate(zip(s, kinds, strict=True)):
        new = candidate and i == sites - 1
        places = int(rng.integers(20, 120))
        base = {
            "site_id": site,
            "bands": bands[kind],
            "places": places,
            "classes": 2,
            "class_places": 45,
            "extra_classes_max": 0,
            "class_yuan": 1_300_000.0,
            "capital_yuan": 3_000_000.0 if new else 0.0,
            "annual_yuan": float(rng.integers(1, 9)) * 60_000,
            "allowed": True,
        }
        nothing = base | {"bands": "", "places": 0, "capital_yuan": 0.0, "annual_yuan": 0.0}
        if new:
            rows += [base | {"measure": "new"}, nothing | {"measure": "unused"}]
            continue
        rows += [base | {"measure": "keep"}, nothing | {"measure": "close"}]
        rows.append(base | {"measure": "expand", "extra_classes_max": int(rng.integers(1, 3))})
        if kind == "primary":
            small = {"bands": "g13", "places": min(places, 90), "annual_yuan": 100_000.0}
            rows.append(base | small | {"measure": "teaching_point"})
    places = pd.DataFrame(
        {
            "kind": kinds,
            "candidate": [candidate and i == sites - 1 for i in range(sites)],
            "township_id": rng.choice(["t1", "t2"], sites),
        },
        index=pd.Index(s, name="site_id"),
    )
    nearest = []
    for band in BANDS:
        taught = [
            i for i in range(sites) if band in bands[kinds[i]] and not places["candidate"].iloc[i]
        ]
        for village in v:
            if taught and demand.loc[village, band]:
                site = s[min(taught, key=lambda i, b=band, w=village: minutes[b].loc[w, s[i]])]
                nearest.append((village, band, site, int(demand.loc[village, band])))
    today = pd.DataFrame(nearest, columns=["village_id", "band", "site_id", "pupils"])
    return {
        "demand": demand,
        "minutes": minutes,
        "measures": pd.DataFrame(rows),
        "places": places,
        "today": today,
    }


def brute_force(sets):
    """Try every layout; pupils go by a linear programme of its own for each."""
    sites, best = sets.sites, np.inf
    states = []
    for row in sites.itertuples():
        options = [("none", 0)] if row.may_close and not row.must_open else []
        if not row.must_close:
            options += [("full", e) for e in range(int(row.extra_max) + 1)]
            options += [("small", 0)] if row.can_shrink else []
        states.append(options)
    for layout in itertools.product(*states):
        cost = fixed(sets, layout)
        if cost < best:
            best = min(best, cost + pupils_cost(sets, layout))
    return best


def fixed(sets, layout):
    total = money = 0.0
    kept = set()
    for (state, extra), (_, row) in zip(layout, sets.sites.iterrows(), strict=True):
        if state == "full":
            total += row["annual_yuan"]
            money += row["capital_yuan"] + extra * row["class_yuan"]
            if "g79" in row["bands"]:
                kept.add(row["township_id"])
        elif state == "small":
            total += row["small_annual_yuan"]
    if money > sets.budget_yuan or sum(s != "none" for s, _ in layout) > sets.schools_max:
        return np.inf
    bare = sum(t not in kept for t in sets.townships)
    return total + money / sets.capital_life_years + bare * sets.prices["township"]


def pupils_cost(sets, layout):
    price, groups = sets.prices, sets.groups
    columns, cost, upper = [], [], []
    schooled = sets.pairs.groupby("group")["today"].sum()
    for pair in sets.pairs.itertuples():
        state = layout[pair.site][0]
        if state == "none" or (state == "small" and pair.band != "g13"):
            continue
        way = pair.minutes * price["minute"] + pair.over * price["over_limit"]
        if pair.today:
            columns.append((pair.group, pair.site))
            cost.append(way)
            upper.append(pair.today)
        if pair.come:
            columns.append((pair.group, pair.site))
            moved = price["moved"] * (schooled[pair.group] > 0)
            cost.append(way + moved + price["pushed"] * pair.pushed)
            upper.append(groups["pupils"][pair.group])
    n, m, k = len(groups), len(sets.sites), len(columns)
    a_eq, a_ub, b_ub = np.zeros((n, k + n + m)), np.zeros((m, k + n + m)), np.zeros(m)
    for c, (g, s) in enumerate(columns):
        a_eq[g, c] = 1
        a_ub[s, c] = 1
    a_eq[np.arange(n), k + np.arange(n)] = 1
    for s, ((state, extra), (_, row)) in enumerate(zip(layout, sets.sites.iterrows(), strict=True)):
        a_ub[s, k + n + s] = -1
        if state == "full":
            b_ub[s] = row["places"] + extra * row["class_places"]
        elif state == "small":
            b_ub[s] = row["small_places"]
    closed = [(0, 0 if layout[s][0] == "none" else None) for s in range(m)]
    result = linprog(
        [*cost, *[price["unserved"]] * n, *[price["overload"]] * m],
        A_ub=a_ub,
        b_ub=b_ub,
        A_eq=a_eq,
        b_eq=groups["pupils"].to_numpy(),
        bounds=[*[(0, u) for u in upper], *[(0, None)] * n, *closed],
    )
    assert result.success
    return result.fun


@pytest.mark.parametrize("seed", range(30))
def test_the_model_finds_what_brute_force_finds(seed):
    rng = np.random.default_rng(seed)
    options = Options(
        budget_yuan=None if seed % 3 else float(rng.integers(0, 4)) * 1_300_000,
        schools_max=None if seed % 4 else 3,
        keep={"s0"} if seed % 5 == 0 else (),
        close={"s1"} if seed % 5 == 1 else (),
    )
    sets = make_sets(**tiny(seed), standards=standards(), options=options)
    answer = solve(sets, gap=0.0)
    wanted = brute_force(sets)
    assert answer.objective == pytest.approx(wanted, rel=1e-6)
    assert answer.bound <= wanted * (1 + 1e-6)
    assert sum(answer.terms.values()) == pytest.approx(answer.objective)
    assert answer.status == "proven"


@pytest.mark.parametrize("seed", range(12))
def test_a_further_candidate_never_makes_the_best_plan_worse(seed):
    parts = tiny(seed, sites=5)
    with_it = solve(make_sets(**parts, standards=standards(), options=Options()), gap=0.0)
    measures = parts["measures"]
    without = parts | {"measures": measures.assign(allowed=measures["measure"] != "new")}
    alone = solve(make_sets(**without, standards=standards(), options=Options()), gap=0.0)
    assert with_it.objective <= alone.objective * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_the_order_of_rows_changes_nothing(seed):
    parts = tiny(seed, villages=6, sites=5)
    rng = np.random.default_rng(seed)
    shuffled = {
        "demand": parts["demand"].sample(frac=1, random_state=seed),
        "minutes": {
            b: t.iloc[rng.permutation(6), rng.permutation(5)] for b, t in parts["minutes"].items()
        },
        "measures": parts["measures"].sample(frac=1, random_state=seed),
        "places": parts["places"].sample(frac=1, random_state=seed),
        "today": parts["today"].sample(frac=1, random_state=seed),
    }
    one = solve(make_sets(**parts, standards=standards(), options=Options()), gap=0.0)
    other = solve(make_sets(**shuffled, standards=standards(), options=Options()), gap=0.0)
    pd.testing.assert_frame_equal(one.sites, other.sites)
    pd.testing.assert_frame_equal(one.flows, other.flows)
    assert one.objective == other.objective


def test_least_size_is_kept_or_counted():
    parts = tiny(1)
    options = Options(min_pupils={"primary": 60, "junior": 60, "nine_year": 60})
    sets = make_sets(**parts, standards=standards(), options=options)
    answer = solve(sets, gap=0.0)
    pupils = (
        answer.flows.groupby("site_id")["pupils"].sum().reindex(answer.sites.index, fill_value=0)
    )
    full = answer.sites["full"]
    assert ((pupils + answer.sites["short"])[full] >= 60).all()


def test_columns_cost_what_the_objective_says():
    sets = make_sets(**tiny(2), standards=standards(), options=Options())
    columns = make_columns(sets)
    assert columns.n == len(columns.cost) == len(columns.low) == len(columns.high)
    assert (columns.low <= columns.high).all()
