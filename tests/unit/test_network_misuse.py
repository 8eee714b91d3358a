"""Calls that are nearly right: each is understood, or refused with words that help."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from layoutplan.errors import DataError, OptionsError, TravelError
from layoutplan.maps.page import OfflineMap
from layoutplan.network import Barriers, network_of_roads
from layoutplan.network.areas import nearest_site_areas, nearest_site_roads
from layoutplan.network.change import without_roads
from layoutplan.network.flows import flows
from layoutplan.network.interchange import from_networkx
from layoutplan.network.isochrones import isochrone_areas
from layoutplan.network.new_road import with_road
from layoutplan.network.paths import paths

CRS = "+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m"
FAR = "LINESTRING (9000 0, 9000 900)"


def frame(*wkt, ids, crs=CRS, **columns):
    shapes = gpd.GeoSeries.from_wkt(list(wkt), crs=crs).set_axis(list(ids))
    return gpd.GeoDataFrame(columns, geometry=shapes, index=list(ids))


ROADS = frame("LINESTRING (0 0, 900 0)", "LINESTRING (900 0, 900 900)", FAR, ids=["12", "1", "2"])
VILLAGES = frame("POINT (9000 20)", "POINT (0 30)", ids=["far", "near"])
SITES = frame("POINT (900 880)", ids=["s1"])
RIVER = gpd.GeoSeries.from_wkt(["LINESTRING (500 -900, 500 900)"], crs=CRS)


def codes(error):
    return {f.code for f in error.value.findings}


@pytest.fixture(scope="module")
def made():
    return network_of_roads(ROADS, repair="off")


def test_one_label_is_not_its_letters(made):
    assert set(without_roads(made, "12").edges["road"]) == {"1", "2"}


def test_one_mode_and_one_class_are_not_their_letters():
    barriers = Barriers(road_classes="trunk", modes="walk")
    assert (barriers.road_classes, barriers.modes) == (("trunk",), ("walk",))
    assert barriers.highways == ("trunk",)


def test_villages_without_a_way_have_their_rows(made):
    found = paths(VILLAGES, SITES, network=made)
    assert found["village_id"].tolist() == ["far", "near"]
    assert found["site_id"].isna().tolist() == [True, False]
    assert np.isinf(found["minutes"]).tolist() == [True, False]
    assert found["length_m"].isna().tolist() == [True, False]
    assert found.is_empty.tolist() == [True, False]
    assert found["roads"].tolist() == ["", "12, 1"]
    assert found["across"].tolist() == [False, False]
    alone = paths(VILLAGES[1:], SITES, network=made)
    assert alone.dtypes.equals(found.dtypes)
    pd.testing.assert_frame_equal(
        pd.DataFrame(alone), pd.DataFrame(found[1:]).reset_index(drop=True)
    )


def test_villages_of_which_none_has_a_way_have_their_rows(made):
    found = paths(VILLAGES[:1], SITES, network=made)
    assert found["village_id"].tolist() == ["far"]
    assert np.isinf(found["minutes"]).all()
    assert found.dtypes.equals(paths(VILLAGES, SITES, network=made).dtypes)


@pytest.mark.parametrize("mode", ["bus", "car"])
def test_barriers_that_do_not_hold_for_a_mode_say_so(mode):
    found = network_of_roads(ROADS, mode=mode, barriers=Barriers(lines=RIVER)).findings
    noted = [f for f in found if f.code == "barriers_not_for_mode"]
    assert [f.severity for f in noted] == ["note"]
    assert "walk, bicycle" in noted[0].what("en")
    walked = network_of_roads(ROADS, barriers=Barriers(lines=RIVER)).findings
    assert "barriers_not_for_mode" not in {f.code for f in walked}


def test_a_season_that_closes_nothing_is_a_warning():
    found = network_of_roads(ROADS, season="flood").findings
    assert {f.code: f.severity for f in found}["season_closes_nothing"] == "warning"


@pytest.mark.parametrize(
    ("within", "code"),
    [
        (frame("POLYGON EMPTY", ids=["t"]), "area_within_empty"),
        (frame("POINT (0 0)", ids=["t"]), "area_within_empty"),
        (frame(ids=[]), "area_within_empty"),
        (frame("POLYGON ((9e5 0, 9e5 9, 900009 9, 9e5 0))", ids=["t"]), "area_within_apart"),
        (
            frame("POLYGON ((30 110, 31 110, 31 111, 30 110))", ids=["t"], crs="EPSG:4326"),
            "area_within_apart",
        ),
    ],
)
def test_areas_that_bound_nothing_are_refused(made, within, code):
    roads = nearest_site_roads(SITES, network=made)
    with pytest.raises(TravelError) as error:
        nearest_site_areas(roads, within=within)
    assert codes(error) == {code}


def goes(**changed):
    row = {"village_id": ["near"], "band": ["g13"], "site_id": ["s1"], "pupils": [9.0]}
    return pd.DataFrame(row | changed)


def test_pupils_that_are_missing_are_named(made):
    with pytest.raises(TravelError) as error:
        flows(goes(pupils=[np.nan]), VILLAGES, SITES, network=made)
    assert codes(error) == {"flow_pupils"}
    assert "nan" in str(error.value)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda n: flows(object(), VILLAGES, SITES, network=n), "no_table"),
        (lambda n: flows(goes(), object(), SITES, network=n), "no_table"),
        (lambda n: paths(object(), SITES, network=n), "no_table"),
        (lambda n: paths(VILLAGES, SITES, network=n, pairs=[("near", "s1")]), "no_table"),
        (lambda n: isochrone_areas(SITES.iloc[0], network=n, minutes=[9]), "no_table"),
        (
            lambda n: paths(gpd.GeoDataFrame({"a": [1]}), SITES, network=n),
            "missing_geometry",
        ),
        (
            lambda n: paths(VILLAGES.set_geometry([shapely.Point()] * 2), SITES, network=n),
            "empty_geometry",
        ),
        (lambda n: n.to_gdf(crs="x"), "unknown_crs"),
        (
            lambda n: with_road(n, shapely.LineString([(0, 0), (9, 9)]), crs="EPSG:99999"),
            "unknown_crs",
        ),
        (
            lambda n: with_road(n, shapely.LineString([(0, 0), (900, 9)]), crs="EPSG:4326"),
            "new_road_no_degrees",
        ),
    ],
)
def test_what_cannot_be_used_is_named(made, call, code):
    with pytest.raises(TravelError) as error:
        call(made)
    assert codes(error) == {code}


@pytest.mark.parametrize("reach", [-1, np.nan, "9", True])
def test_a_reach_is_a_number_from_0(made, reach):
    with pytest.raises(OptionsError) as error:
        with_road(made, shapely.LineString([(450, 0), (450, 900)]), reach_m=reach)
    assert codes(error) == {"new_road_reach"}


@pytest.mark.parametrize(
    "lines",
    [
        RIVER.iloc[0],
        RIVER.tolist(),
        pd.DataFrame({"a": [1]}),
        "rivers.gpkg",
        gpd.GeoDataFrame({"a": [1]}),
    ],
)
def test_barriers_are_tables_with_geometry(lines):
    with pytest.raises(DataError) as error:
        Barriers(lines=lines)
    assert codes(error) == {"barriers_no_layer"}


@pytest.mark.parametrize("given", [[None], 5, [3]])
def test_classes_and_modes_that_are_no_texts_are_unknown(given):
    with pytest.raises(OptionsError) as error:
        Barriers(road_classes=given, modes=given)
    assert codes(error) == {"barrier_class_unknown", "barrier_mode_unknown"}


def test_barriers_are_made_as_such():
    with pytest.raises(OptionsError) as error:
        network_of_roads(ROADS, barriers={"lines": RIVER})
    assert codes(error) == {"barriers_no_barriers"}


def test_tiles_of_heights_can_be_listed(tmp_path):
    pytest.importorskip("rasterio")
    tiles = [tmp_path / "a.tif", tmp_path / "b.tif"]
    with pytest.raises(DataError) as error:
        network_of_roads(ROADS, elevation=tiles)
    assert "a.tif" in str(error.value)


def test_a_map_cannot_go_into_a_folder_that_is_missing(tmp_path):
    page = OfflineMap({"title": "t", "lang": "en"})
    page.page = lambda: ""
    with pytest.raises(OptionsError, match=r"no folder .*nowhere") as error:
        page.save(tmp_path / "nowhere" / "map.html")
    assert codes(error) == {"map_folder_missing"}


def test_metres_of_a_repair_may_be_text():
    one, other = (network_of_roads(ROADS, repair=repair) for repair in ("20", 20))
    assert one.repairs.equals(other.repairs)
    assert one.findings == other.findings
    with pytest.raises(OptionsError) as error:
        network_of_roads(ROADS, repair="nan")
    assert codes(error) == {"repair_gap_out_of_range"}


def test_degrees_taken_for_metres_put_the_coordinate_system_in_doubt():
    lines = [f"LINESTRING (110.00{n} 30, 110.00{n} 30.001)" for n in range(4)]
    odd = frame(*lines, "LINESTRING (110 30, 110.5 30.5)", ids="abcde")
    found = {f.code: f for f in network_of_roads(odd, repair="off").findings}
    assert found["roads_mostly_without_length"].severity == "warning"
    assert found["roads_mostly_without_length"].ids == ("a", "b", "c", "d")
    assert "road_without_length" not in found


def test_a_graph_tells_of_barriers_it_does_not_carry(made):
    fenced = network_of_roads(ROADS, barriers=Barriers(lines=RIVER))
    found = {f.code: f.severity for f in from_networkx(fenced.to_networkx()).findings}
    assert found["graph_without_barriers"] == "warning"
    plain = from_networkx(made.to_networkx())
    assert "graph_without_barriers" not in {f.code for f in plain.findings}
