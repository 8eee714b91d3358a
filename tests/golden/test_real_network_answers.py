"""Ways, flows and nearest sites on real roads agree with travel times to the last minute."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from layoutplan.network import network_of_roads
from layoutplan.network.areas import nearest_site_roads
from layoutplan.network.flows import flows
from layoutplan.network.interchange import from_networkx
from layoutplan.network.paths import paths
from layoutplan.travel import travel_between

CASES = [
    pytest.param("liechtenstein", "car", marks=pytest.mark.slow),
    ("ijebu_ode", "walk"),
    ("ijebu_ode", "bus"),
]


@pytest.mark.parametrize(("case", "mode"), CASES)
def test_answers_agree_with_travel_times(shared, case, mode):
    path = shared / "cases" / f"{case}.gpkg"
    roads, villages, sites = (
        gpd.read_file(path, layer=layer) for layer in ("roads", "villages", "schools")
    )
    villages, sites = villages.set_index("village_id"), sites.set_index("school_id")
    made = network_of_roads(roads, mode=mode)
    times = travel_between(villages, sites, network=made)
    nearest = times.nearest(band="g46").set_index("village_id")["minutes"]
    ways = paths(villages, sites, network=made, band="g46").set_index("village_id")
    np.testing.assert_allclose(ways.loc[nearest.index, "minutes"], nearest, rtol=0, atol=1e-9)

    rng = np.random.default_rng(4)
    rows = ways.reset_index()[["village_id", "site_id"]].assign(band="g46")
    rows["pupils"] = rng.integers(1, 60, len(rows))
    other = rows.assign(band="g79", site_id=rng.choice(sites.index.astype("str"), len(rows)))
    rows = pd.concat([rows, other], ignore_index=True)
    minutes = np.empty(len(rows))
    for band in ("g46", "g79"):
        of = (rows["band"] == band).to_numpy()
        minutes[of] = times.array(band)[
            times.village_ids.get_indexer(rows.loc[of, "village_id"]),
            times.site_ids.get_indexer(rows.loc[of, "site_id"]),
        ]
    known = rows[np.isfinite(minutes)]
    found = flows(known, villages, sites, network=made)
    total = (known["pupils"] * minutes[np.isfinite(minutes)]).sum()
    assert found["pupil_minutes"].sum() == pytest.approx(total, rel=1e-12)

    around = nearest_site_roads(sites, network=made)
    assert around["length_m"].sum() == pytest.approx(made.edges["length_m"].sum(), rel=1e-12)
    again = from_networkx(made.to_networkx())
    both = travel_between(villages, sites, network=again)
    np.testing.assert_allclose(both.array("g13"), times.array("g13"), rtol=0, atol=1e-9)
