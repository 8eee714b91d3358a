"""Whose way changes when a road is closed or built."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from layoutplan.errors import OptionsError, TravelError
from layoutplan.network import network_of_roads
from layoutplan.network.change import without_roads
from layoutplan.network.new_road import with_road
from layoutplan.travel import TravelTimes, minutes_changed, travel_between

CRS = "+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m"


def frame(*wkt, ids):
    shapes = gpd.GeoSeries.from_wkt(list(wkt), crs=CRS).set_axis(list(ids))
    return gpd.GeoDataFrame(geometry=shapes)


@pytest.fixture(scope="module")
def river():
    """Two banks; a school on each, and a bridge far away on one side."""
    lines = [
        "LINESTRING (0 0, 4000 0)",
        "LINESTRING (0 1000, 4000 1000)",
        "LINESTRING (0 0, 0 1000)",
    ]
    roads = frame(*lines, ids=["south", "north", "bridge"])
    made = network_of_roads(roads, repair="off")
    villages = frame("POINT (4000 0)", "POINT (0 0)", "POINT (4000 1000)", ids=["far", "v", "w"])
    return made, villages, frame("POINT (4000 1000)", ids=["s"])


def test_a_new_bridge_shortens_the_way_of_those_across(river):
    made, villages, school = river
    bridged = with_road(made, shapely.LineString([(4000, 0), (4000, 1000)]), crs=CRS)
    before, after = (travel_between(villages, school, network=n) for n in (made, bridged))
    found = minutes_changed(before, after)
    assert found["village_id"].tolist() == ["far"]
    row = found.loc[0]
    assert row["minutes_before"] == pytest.approx(9000 / (4000 / 60), rel=1e-3)
    assert row["minutes_after"] == pytest.approx(1000 / (4000 / 60), rel=1e-3)
    assert row["change"] == row["minutes_after"] - row["minutes_before"]


def test_a_closed_bridge_cuts_off(river):
    made, villages, school = river
    closed = without_roads(made, ["bridge"])
    before, after = (travel_between(villages, school, network=n) for n in (made, closed))
    found = minutes_changed(before, after)
    assert found["village_id"].tolist() == ["far", "v"]
    assert np.isinf(found["change"]).all()
    assert found["site_after"].isna().all()
    back = minutes_changed(after, before)
    assert (back["change"] == -np.inf).all()
    assert minutes_changed(after, after).empty


def test_pairs_of_an_assignment_are_compared_each_once():
    one = pd.DataFrame([[10.0, 20.0], [5.0, 8.0]], index=["a", "b"], columns=["s", "t"])
    before, after = (
        TravelTimes.from_matrix(f, mode="walk") for f in (one, one.add(np.array([[1, 0], [0, 3]])))
    )
    rows = pd.DataFrame({"village_id": ["b", "a", "a", "b"], "site_id": ["t", "s", "s", "s"]})
    found = minutes_changed(before, after, of=rows)
    assert found[["village_id", "site_before", "change"]].to_numpy().tolist() == [
        ["b", "t", 3.0],
        ["a", "s", 1.0],
    ]


def test_another_nearest_site_counts_as_a_change():
    one = pd.DataFrame([[10.0, 20.0]], index=["a"], columns=["s", "t"])
    two = pd.DataFrame([[20.0, 10.0]], index=["a"], columns=["s", "t"])
    found = minutes_changed(*(TravelTimes.from_matrix(f, mode="walk") for f in (one, two)))
    assert found[["site_before", "site_after", "change"]].to_numpy().tolist() == [["s", "t", 0.0]]


def test_what_cannot_be_compared_is_refused():
    one = pd.DataFrame([[10.0]], index=["a"], columns=["s"])
    before = TravelTimes.from_matrix(one, mode="walk")
    with pytest.raises(OptionsError, match="different modes"):
        minutes_changed(before, TravelTimes.from_matrix(one, mode="car"))
    with pytest.raises(TravelError):
        minutes_changed(before, TravelTimes.from_matrix(one.set_axis(["b"]), mode="walk"))
    pairs = pd.DataFrame({"village_id": ["x"], "site_id": ["y"]})
    with pytest.raises(TravelError) as error:
        minutes_changed(before, before, of=pairs)
    assert [f.ids for f in error.value.findings] == [("x",), ("y",)]
    with pytest.raises(TravelError, match="site_id"):
        minutes_changed(before, before, of=pairs[["village_id"]])
    for of in (None, pairs.assign(village_id="a", site_id="s")):
        with pytest.raises(OptionsError, match="g99"):
            minutes_changed(before, before, band="g99", of=of)


def test_pairs_that_a_cut_off_left_out_are_not_taken_for_unchanged(river):
    made, villages, _ = river
    sites = frame("POINT (4000 1000)", "POINT (4000 20)", ids=["s", "t"])
    whole = travel_between(villages, sites, network=made)
    near = travel_between(villages, sites, network=made, cutoff_minutes=5)
    of = pd.DataFrame({"village_id": ["far", "far"], "site_id": ["s", "t"]})
    assert np.isinf(near.between("far", "s")).all()
    for sides in ((near, whole), (whole, near), (near, near)):
        with pytest.raises(OptionsError) as caught:
            minutes_changed(*sides, of=of)
        (found,) = caught.value.findings
        assert (found.code, found.ids, found.count) == ("changed_beyond_cutoff", ("far",), 1)
        for lang in ("zh", "en"):
            assert "5" in found.what(lang)
            assert "cutoff_minutes" in found.cure(lang)
    assert minutes_changed(near, near, of=of[1:]).empty
    assert minutes_changed(near, whole).empty
