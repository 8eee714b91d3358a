"""Parts of models of tiny counties, made up by seed, for comparison with brute force."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd

from layoutplan.measures import Options
from layoutplan.tables import BANDS

TAUGHT = {"primary": "g13 g46", "junior": "g79", "nine_year": "g13 g46 g79"}


def tiny(seed, *, villages=3, sites=3, candidate=True, bus=False):
    """Make the parts of a model of a few villages and sites, with all measures."""
    rng = np.random.default_rng(seed)
    v = [f"v{i}" for i in range(villages)]
    s = [f"s{i}" for i in range(sites)]
    demand = pd.DataFrame(rng.integers(0, 40, (villages, 3)), index=v, columns=list(BANDS))
    minutes = {b: pd.DataFrame(rng.uniform(2, 90, (villages, sites)), v, s) for b in BANDS}
    kinds = rng.choice(list(TAUGHT), sites)
    new = [candidate and i == sites - 1 for i in range(sites)]
    places = pd.DataFrame(
        {"kind": kinds, "candidate": new, "township_id": rng.choice(["t1", "t2"], sites)},
        index=pd.Index(s, name="site_id"),
    )
    rows = [
        row
        for site, kind, is_new in zip(s, kinds, new, strict=True)
        for row in measures_of(rng, site, kind, new=is_new)
    ]
    ride = {b: t * rng.uniform(0.2, 0.6) for b, t in minutes.items()} if bus else None
    return {
        "demand": demand,
        "minutes": minutes,
        "ride": ride,
        "measures": pd.DataFrame(rows),
        "places": places,
        "today": todays(rng, demand, minutes, kinds, new),
    }


def measures_of(rng, site, kind, *, new):
    places = int(rng.integers(20, 120))
    base = {
        "site_id": site,
        "bands": TAUGHT[kind],
        "places": places,
        "classes": 2,
        "class_places": 45,
        "extra_classes_max": 0,
        "class_yuan": 1_300_000.0,
        "beds": int(rng.choice([0, 12])),
        "extra_beds_max": 0,
        "bed_yuan": 23_000.0,
        "capital_yuan": 3_000_000.0 if new else 0.0,
        "annual_yuan": float(rng.integers(1, 9)) * 60_000,
        "allowed": True,
        "locked": False,
    }
    nothing = base | dict.fromkeys(("places", "beds"), 0) | {"bands": ""}
    nothing |= {"capital_yuan": 0.0, "annual_yuan": 0.0}
    if new:
        return [base | {"measure": "new"}, nothing | {"measure": "unused"}]
    rows = [base | {"measure": "keep"}, nothing | {"measure": "close"}]
    rows.append(base | {"measure": "expand", "extra_classes_max": 1})
    rows.append(base | {"measure": "board", "extra_beds_max": int(rng.choice([0, 11]))})
    if kind == "primary":
        small = {"bands": "g13", "places": min(places, 90), "beds": 0, "annual_yuan": 100_000.0}
        rows.append(base | small | {"measure": "teaching_point"})
    if kind == "nine_year":
        part = {"bands": "g13 g46", "annual_yuan": base["annual_yuan"] * 0.6}
        rows.append(base | part | {"measure": "primary_only"})
    elif rng.random() < 0.5:
        more = {"bands": " ".join(BANDS), "capital_yuan": 1_500_000.0}
        rows.append(base | more | {"measure": "nine_year"})
    return rows


def todays(rng, demand, minutes, kinds, new):
    """Send pupils to the nearest school, and of some villages a part to another."""
    rows = []
    for band, village in itertools.product(BANDS, demand.index):
        taught = [i for i, k in enumerate(kinds) if band in TAUGHT[k].split() and not new[i]]
        pupils = int(demand.loc[village, band])
        if not taught or not pupils:
            continue
        taught.sort(key=lambda i, b=band, w=village: minutes[b].loc[w, f"s{i}"])
        part = int(rng.integers(0, pupils + 1)) if len(taught) > 1 and rng.random() < 0.4 else 0
        rows += [
            (village, band, f"s{i}", n)
            for i, n in ((taught[0], pupils - part), (taught[-1], part))
            if n
        ]
    return pd.DataFrame(rows, columns=["village_id", "band", "site_id", "pupils"])


def on_all_ways(sets):
    """Give the same question with all lawful ways as flows."""
    known = {b: replace(w, come=w.lawful) for b, w in sets.reach.by_band.items()}
    reach = replace(sets.reach, by_band=known)
    groups, flows = reach.tables()
    assert len(groups) == len(sets.groups)
    return replace(sets, reach=reach, flows=flows)


BOARD, BUS = 2, 1
"""Ways of a flow."""


def price_of(sets, flow):
    price = sets.prices
    way = flow["minutes"] * flow["weight"] * price["minute"]
    way += flow["over"] * price["over_limit"]
    if flow["way"] == BOARD:
        way += price["boarder_junior" if flow["band"] == "g79" else "boarder_primary"]
    if flow["way"] == BUS:
        way += price["bus_rider"]
    if not flow["stay"]:
        way += price["moved"] * bool(sets.groups.loc[flow["group"], "schooled"])
        way += price["pushed"] * flow["pushed"] + price["gate_travel"] * flow["gate"]
    return way


def asked(seed):
    """Give options of many kinds, a few at a time."""
    rng = np.random.default_rng(seed)
    some = {
        "budget_yuan": None if seed % 3 else float(rng.integers(0, 4)) * 1_300_000,
        "schools_max": None if seed % 4 else 2,
        "keep": {"s0"} if seed % 5 == 0 else (),
        "close": {"s1"} if seed % 5 == 1 else (),
        "gates": bool(seed % 2),
        "together": seed % 6 == 2,
        "moved_max": 20 if seed % 7 == 3 else None,
        "annual_yuan_max": 900_000.0 if seed % 8 == 5 else None,
        "minutes_max": 3000.0 if seed % 9 == 4 else None,
        "min_pupils": {"primary": 40, "nine_year": 50} if seed % 4 == 1 else {},
        "size_max": {"primary": 60, "junior": 50} if seed % 5 == 3 else {},
    }
    if seed % 10 == 7:
        some |= {"differ_from": [["s0", "s1"]], "at_least": 2}
    return Options(**some)
