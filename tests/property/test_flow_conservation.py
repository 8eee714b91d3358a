"""Pupils on random roads: at every node as many leave as arrive, set out and stay."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from thoroughly import examples

from layoutplan.network import network_of_roads
from layoutplan.network.flows import flows
from layoutplan.network.modes import MODES
from layoutplan.travel import travel_between

FLAT = "+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m"
BANDS = ["g13", "g46", "g79"]


def case(seed):
    """A few random roads, parallel, one-way and apart, villages, sites and who goes where."""
    rng = np.random.default_rng(seed)
    spots = rng.uniform(-2000, 2000, (int(rng.integers(3, 12)), 2)).round(1)
    lines = [
        shapely.LineString(spots[rng.choice(len(spots), int(rng.integers(2, 4)), replace=False)])
        for _ in range(int(rng.integers(2, 14)))
    ]
    roads = gpd.GeoDataFrame(
        {
            "highway": rng.choice(["primary", "residential", "service"], len(lines)),
            "oneway": rng.choice(["yes", "no", "-1"], len(lines), p=[0.2, 0.6, 0.2]),
        },
        geometry=lines,
        crs=FLAT,
    ).set_axis([f"r{n}" for n in range(len(lines))])

    def places(prefix, count):
        points = shapely.points(rng.uniform(-2300, 2300, (count, 2)).round(1))
        return gpd.GeoDataFrame(
            geometry=points, crs=FLAT, index=[f"{prefix}{n}" for n in range(count)]
        )

    villages, sites = places("v", int(rng.integers(1, 7))), places("s", int(rng.integers(1, 5)))
    count = int(rng.integers(1, 20))
    rows = pd.DataFrame(
        {
            "village_id": rng.choice(villages.index, count),
            "band": rng.choice(BANDS, count),
            "site_id": rng.choice(sites.index, count),
            "pupils": rng.integers(0, 40, count),
        }
    )
    return roads, villages, sites, rows


@given(seed=st.integers(0, 10_000), mode=st.sampled_from(MODES), merged=st.booleans())
@settings(max_examples=examples(25), deadline=None)
def test_no_pupil_is_lost_at_any_node(seed, mode, merged):
    roads, villages, sites, rows = case(seed)
    made = network_of_roads(roads, mode=mode, repair="off")
    found = flows(rows, villages, sites, network=made, merged=merged).to_crs(made.crs)
    times = travel_between(villages, sites, network=made)
    minutes = [times.table(r.band).loc[r.village_id, r.site_id] for r in rows.itertuples()]
    total = sum(p * m for p, m in zip(rows["pupils"], minutes, strict=True) if p)
    assert found["pupil_minutes"].sum() == pytest.approx(total, rel=1e-9)

    sent = rows.groupby("village_id")["pupils"].sum()
    setting_out = found[found["kind"].isin(["from_village", "across", "no_way"])]
    assert setting_out["pupils"].sum() == rows["pupils"].sum()
    left = setting_out.groupby("village_id")["pupils"].sum()
    assert left.to_dict() == sent[sent > 0].to_dict()

    moving = found[~found["kind"].isin(["across", "no_way"])]
    for _, table in moving.groupby("mode"):
        balance = {}
        for row in table.itertuples():
            ends = shapely.get_coordinates(row.geometry)[[0, -1]].round(3)
            for (x, y), sign in zip(ends, (-1, 1), strict=True):
                at = (x + 0.0, y + 0.0)
                net = row.pupils_forward - row.pupils_backward
                balance[at] = balance.get(at, 0) + sign * net
        # What is left over sets out at villages and stays at schools.
        for row in table.itertuples():
            ends = shapely.get_coordinates(row.geometry)[[0, -1]].round(3) + 0.0
            if row.kind == "from_village":
                balance[tuple(ends[0])] += row.pupils
            if row.kind == "to_site":
                balance[tuple(ends[1])] -= row.pupils
        assert not [place for place, pupils in balance.items() if abs(pupils) > 1e-6]
