"""Nearby, boarding, public transport, school bus: in the order of the law."""

import numpy as np
import pandas as pd
import pytest

from layoutplan.errors import OptionsError, TravelError
from layoutplan.standards import standards
from layoutplan.tables import BANDS
from layoutplan.travel import TravelTimes, lawful_ways
from layoutplan.travel.lawful_way import WAYS
from layoutplan.words import say

NUMBERS = standards()
LIMIT = {band: NUMBERS.value(f"travel_limit_minutes_{band}") for band in BANDS}
SITES = ["near", "far", "farther", "beyond"]


def times(minutes, mode="walk"):
    frame = pd.DataFrame([minutes], index=["v1"], columns=SITES, dtype=float)
    return TravelTimes.from_matrix(frame, mode=mode)


WALK = times([20, 100, 200, np.inf])
PUBLIC = times([9, 25, 90, np.inf], mode="bus")
BUS = times([8, 20, 70, np.inf], mode="bus")


def ways(band="g13", walk=WALK, **rest):
    table = lawful_ways(walk, **rest).table(band)
    return table["way"].tolist()


def test_the_order_of_the_law():
    assert ways() == ["walk", "none", "none", "none"]
    assert ways(school_bus=BUS) == ["walk", "bus", "bus", "none"]
    # Public transport where it will do; where it takes too long, a school bus.
    assert ways(school_bus=BUS, public_transport=PUBLIC) == ["walk", "public", "bus", "none"]
    beds = pd.Series({"far": 80, "farther": 0})
    both = {"school_bus": BUS, "public_transport": PUBLIC, "beds": beds}
    assert ways("g46", **both) == ["walk", "board", "bus", "none"]
    assert ways("g79", **both) == ["walk", "board", "bus", "none"]


def test_grades_1_to_3_never_board():
    beds = pd.Series(dict.fromkeys(SITES, 100))
    assert "board" not in ways("g13", beds=beds, school_bus=BUS)
    assert ways("g46", beds=beds) == ["walk", "board", "board", "none"]


def test_without_a_bus_slow_public_transport_is_all_there_is():
    found = lawful_ways(WALK, public_transport=PUBLIC)
    table = found.table("g13")
    assert table["way"].tolist() == ["walk", "public", "public", "none"]
    assert table["within"].tolist() == [True, True, False, False]
    assert table["minutes"].tolist() == [20, 25, 90, np.inf]


def test_nearby_ends_at_the_limit_of_the_band():
    for band in BANDS:
        walk = times([LIMIT[band], LIMIT[band] + 0.01, 1, np.inf])
        assert ways(band, walk=walk) == ["walk", "none", "walk", "none"]
    strict = NUMBERS.with_values(travel_limit_minutes_g13=10)
    assert ways(standards=strict) == ["none"] * 4


def test_bicycles_count_as_nearby_for_those_who_may_ride():
    bicycle = times([7, 30, 65, np.inf], mode="bicycle")
    beds = pd.Series({"far": 80})
    assert ways("g79", bicycle=bicycle, beds=beds) == ["walk", "bicycle", "none", "none"]
    assert ways("g46", bicycle=bicycle, beds=beds) == ["walk", "board", "none", "none"]


def test_boarders_travel_the_quickest_way_and_are_within_the_limit():
    table = lawful_ways(WALK, school_bus=BUS, beds=pd.Series({"farther": 5})).table("g79")
    row = table.set_index("site_id").loc["farther"]
    assert (row["way"], row["minutes"], row["within"]) == ("board", 70, True)


def test_sites_in_another_order_are_brought_together():
    turned = BUS.subset(site_ids=SITES[::-1])
    assert ways(school_bus=turned) == ways(school_bus=BUS)
    with pytest.raises(TravelError):
        lawful_ways(WALK, school_bus=BUS.subset(site_ids=SITES[:2]))


def test_what_is_not_on_foot_is_refused():
    with pytest.raises(OptionsError) as caught:
        lawful_ways(BUS)
    assert [f.code for f in caught.value.findings] == ["times_of_other_mode"]
    with pytest.raises(OptionsError):
        lawful_ways(WALK).table("g10")


def test_ways_are_named_in_both_languages_and_arrays_cannot_be_written():
    found = lawful_ways(WALK, school_bus=BUS)
    assert found.table("g13", lang="zh")["way"].tolist()[1] == "校车"
    for way in WAYS:
        assert say(f"way.{way}", "en") != say(f"way.{way}", "zh")
    with pytest.raises(ValueError, match="read-only"):
        found.way["g13"][0, 0] = 1


def test_a_county_of_real_shape(small, small_times):
    import layoutplan as lp

    bus = lp.travel_times(small, mode="bus")
    found = lp.lawful_ways(small_times, school_bus=bus, beds=small.schools.get("beds"))
    for band in BANDS:
        walked = found.way[band] == WAYS.index("walk")
        assert (walked == (small_times.array(band) <= LIMIT[band])).all()
        assert np.isfinite(found.minutes[band][found.way[band] != WAYS.index("none")]).all()
    assert len(found.table("g46")) == small_times.array().size


def test_beds_may_be_a_dict():
    assert ways("g46", beds={"far": 80}) == ways("g46", beds=pd.Series({"far": 80}))
    assert ways("g46", beds={}) == ["walk", "none", "none", "none"]


@pytest.mark.parametrize(
    ("beds", "expected"),
    [
        ({"far": 5, "nowhere": 3}, [("labels_unknown", ("nowhere",))]),
        ({"far": -1, "near": np.nan}, [("beds_not_numbers", ("far", "near"))]),
        (
            {"far": "many", "x": None},
            [("labels_unknown", ("x",)), ("beds_not_numbers", ("far", "x"))],
        ),
        (pd.Series([1, 2], index=["far", "far"]), [("labels_repeat", ("far",))]),
        ([1, 2], [("beds_not_by_site", ())]),
    ],
)
def test_beds_that_are_no_beds_are_refused(beds, expected):
    with pytest.raises(OptionsError) as caught:
        lawful_ways(WALK, beds=beds)
    assert [(f.code, f.ids) for f in caught.value.findings] == expected
    for lang in ("zh", "en"):
        assert all(f.what(lang) and f.cure(lang) for f in caught.value.findings)
