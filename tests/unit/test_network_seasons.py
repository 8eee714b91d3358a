"""Roads closed by flood and snow, and vehicles on snow."""

import geopandas as gpd
import numpy as np
import pytest
from pyproj import CRS

import layoutplan as lp
from layoutplan.errors import OptionsError, TravelError
from layoutplan.network import network_of_roads
from layoutplan.network.seasons import closed_in
from layoutplan.standards import standards
from layoutplan.travel import travel_between

FLAT = CRS.from_proj4("+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m")
NUMBERS = standards()
WALK = NUMBERS.value("walk_speed_kmh_g13") * 1000 / 60


def roads(closed=(None, "flood"), highway="tertiary"):
    """Draw a way round of 3 km, and a ford of 1 km."""
    lines = ["LINESTRING (0 0, 0 1000, 1000 1000, 1000 0)", "LINESTRING (0 0, 1000 0)"]
    shapes = gpd.GeoSeries.from_wkt(lines, crs=FLAT)
    table = gpd.GeoDataFrame({"highway": [highway] * 2, "closed_in": closed}, geometry=shapes)
    return table.set_axis(["round", "ford"])


def place(x, y):
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy([x], [y]), crs=FLAT, index=["p"])


def minutes(table, **rest):
    made = network_of_roads(table, repair="off", **rest)
    return float(travel_between(place(0, 0), place(1000, 0), network=made).array()[0, 0])


def test_a_road_is_closed_in_its_season_alone():
    table = roads()
    assert minutes(table) * WALK == pytest.approx(1000)
    assert minutes(table, season="flood") * WALK == pytest.approx(3000)
    assert minutes(table, season="snow") * WALK == pytest.approx(1000)


@pytest.mark.parametrize(
    "text", ["flood", "Flood;snow", "snow, flood", "汛期", "汛期、冰雪期", "洪水", "冬季和汛期"]
)
def test_seasons_are_written_in_many_ways(text):
    closed, findings = closed_in(roads((None, text)), "flood")
    assert closed.tolist() == [False, True]
    assert findings == ()


@pytest.mark.parametrize("text", ["snow", "ice", "冰雪", "大雪", "否", "no", "", None, "-"])
def test_other_seasons_and_none_do_not_close(text):
    closed, findings = closed_in(roads((None, text)), "flood")
    assert not closed.any()
    assert findings == ()


def test_words_that_name_no_season_are_reported_and_close_nothing():
    made = network_of_roads(roads(("drought", "flood; market days")), season="flood", repair="off")
    (found,) = [f for f in made.findings if f.code == "closed_in_unknown"]
    assert (found.ids, found.severity) == (("round", "ford"), "warning")
    assert "days, drought, market" in found.what("en")
    assert minutes(
        roads(("drought", "flood; market days")), season="flood"
    ) * WALK == pytest.approx(3000)


def test_what_is_closed_is_told():
    made = network_of_roads(roads(), season="flood", repair="off")
    (found,) = [f for f in made.findings if f.code == "season_closes"]
    assert (found.ids, found.values["km"]) == (("ford",), "1.0")
    for lang in ("zh", "en"):
        assert found.what(lang)
        assert found.cure(lang)
    none = network_of_roads(roads().drop(columns="closed_in"), season="flood", repair="off")
    assert "season_closes_nothing" in {f.code for f in none.findings}
    assert made.conditions.season == "flood"


def test_closing_changes_neither_nodes_nor_their_places():
    open_, closed = (network_of_roads(roads(), season=s, repair="off") for s in (None, "flood"))
    assert open_.crs == closed.crs
    assert np.array_equal(open_.nodes[["x", "y"]], closed.nodes[["x", "y"]])


def test_vehicles_slow_down_on_snow_and_walkers_do_not():
    table = roads((None, None))
    assert minutes(table, season="snow") == minutes(table)
    car = NUMBERS.value("limit_kmh_hazard")
    assert minutes(table, mode="car", season="snow") == pytest.approx(60 / car)
    stops = NUMBERS.value("bus_dwell_minutes") * 1000 / NUMBERS.value("bus_stop_spacing_m")
    bus = 60 / NUMBERS.value("bus_speed_max_kmh_hazard") + stops
    wait = NUMBERS.value("bus_wait_minutes")
    assert minutes(table, mode="bus", season="snow") == pytest.approx(bus + wait)
    slow = roads((None, None), highway="living_street")
    assert minutes(slow, mode="car", season="snow") == minutes(slow, mode="car")


@pytest.mark.parametrize("season", ["rain", "", "SNOW", "冬季"])
def test_an_unknown_season_is_refused(season):
    with pytest.raises(OptionsError) as caught:
        network_of_roads(roads(), season=season)
    (found,) = caught.value.findings
    assert found.code == "season_unknown"
    assert "flood, snow" in found.cure("zh")


def test_a_season_that_closes_every_road_is_an_error():
    with pytest.raises(TravelError) as caught:
        network_of_roads(roads(("snow", "snow")), season="snow")
    (found,) = caught.value.findings
    assert found.code == "roads_all_barred"
    assert "snow" in found.what("zh")


def test_a_county_keeps_the_column_and_plans_with_it(small):
    table = small.roads.assign(
        closed_in=["冰雪" if i % 7 == 0 else None for i in range(len(small.roads))]
    )
    county = lp.County.from_tables(
        villages=small.villages.reset_index(),
        schools=small.schools.reset_index(),
        roads=table.reset_index(drop=True),
    )
    summer = lp.travel_times(county)
    winter = lp.travel_times(county, network=lp.network(county, season="snow"))
    assert (winter.array() > summer.array() + 1).any()
