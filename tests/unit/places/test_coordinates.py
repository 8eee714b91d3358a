"""Points of all systems come to where they are; nothing changes in data that agree."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from frames_in_systems import LAYERS, away_m, codes, exchanged, frames_of, in_system, unnamed

import layoutplan as lp
from layoutplan.sources.coordinates import gauss_kruger, settle_places
from layoutplan.sources.coordinates.road_fit import Roads, fit_to_roads


def test_nothing_changes_in_clean_data(frames):
    settled = settle_places(frames)
    assert settled.findings == ()
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(settled.tables[name], frame)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("count", [20, 45, 80])
def test_no_false_alarm_on_clean_counties(seed, count):
    clean = frames_of(lp.example.county(seed=seed, villages=count))
    assert settle_places(clean).findings == ()


def test_places_far_from_all_roads_raise_no_alarm(made):
    roads = Roads(made.roads.geometry.to_numpy())
    low, high = made.villages.total_bounds[:2], made.villages.total_bounds[2:]
    truth = made.villages.geometry.get_coordinates().to_numpy()
    for seed in range(25):
        rng = np.random.default_rng(seed)
        count = int(rng.integers(3, 120))
        assert not fit_to_roads(rng.uniform(low, high, (count, 2)), roads).system
        scattered = truth[rng.permutation(len(truth))[:count]]
        far = rng.normal(0, rng.choice([0.001, 0.004, 0.01]), scattered.shape)
        assert not fit_to_roads(scattered + far, roads).system


def test_with_few_roads_it_asks_or_is_silent_but_never_wrong(made):
    sparse = Roads(made.roads.geometry.iloc[::4].to_numpy())
    for name in ("villages", "schools"):
        truth = made.table(name).geometry.get_coordinates().to_numpy()
        for off in ([0, 0], [0.001, 0.0005], [-0.0012, 0.001], [0.0025, -0.002]):
            assert not fit_to_roads(truth + np.array(off), sparse).system
        for system in ("gcj02", "bd09"):
            found = fit_to_roads(np.column_stack(lp.from_wgs84(*truth.T, system)), sparse)
            assert found.system in (system, "")


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
def test_points_of_a_map_site_are_moved_back(frames, system):
    truth = frames["schools"], frames["villages"]
    given = frames | {n: in_system(frames[n], system) for n in ("schools", "villages")}
    assert away_m(given["schools"], truth[0]) > 300
    settled = settle_places(given)
    for layer in ("schools", "villages"):
        assert codes(settled, layer) == ["map_site_undone"]
    assert away_m(settled.tables["schools"], truth[0]) < 0.01
    assert away_m(settled.tables["villages"], truth[1]) < 0.01
    told = next(f for f in settled.findings if f.table == "schools")
    assert told.count == len(truth[0])
    assert 300 < float(told.values["metres"]) < 1500
    assert float(told.values["after"]) < float(told.values["before"]) / 2
    assert settled.tables["schools"].crs == frames["schools"].crs


def test_a_small_layer_follows_the_others(frames):
    few = frames["schools"].iloc[10:17].drop(columns="school_id")
    few = few.assign(school_id=[f"C{i}" for i in range(7)])[["school_id", "kind", "geometry"]]
    given = frames | {"candidates": in_system(few, "gcj02")}
    assert codes(settle_places(given)) == []
    given |= {"villages": in_system(frames["villages"], "gcj02")}
    settled = settle_places(given)
    assert codes(settled, "candidates") == ["map_site_undone"]
    assert away_m(settled.tables["candidates"], few) < 0.01


def test_a_few_points_that_may_be_either_are_asked_about(frames):
    # Three of the four candidates of this county lie at other roads when they are shifted.
    given = frames | {n: in_system(frames[n], "gcj02") for n in ("villages", "candidates")}
    settled = settle_places(given)
    assert codes(settled, "candidates") == ["map_site_unclear"]
    assert away_m(settled.tables["candidates"], given["candidates"]) == 0
    # Where they are right, the others of the county do not draw them along.
    given |= {"candidates": frames["candidates"]}
    settled = settle_places(given)
    assert "map_site_undone" not in codes(settled, "candidates")
    assert away_m(settled.tables["candidates"], frames["candidates"]) == 0


def test_a_layer_too_small_to_be_certain_is_asked_about_or_left():
    small = frames_of(lp.example.county(seed=4, villages=60))
    given = small | {"schools": in_system(small["schools"], "bd09")}
    settled = settle_places(given)
    assert codes(settled) == ["map_site_unclear"]
    assert away_m(settled.tables["schools"], given["schools"]) == 0
    assert "--coordinates bd09" in settled.findings[0].cure("en")
    told = settle_places(given, coordinates={"schools": "BD-09"})
    assert codes(told) == ["coordinates_told"]
    assert away_m(told.tables["schools"], small["schools"]) < 0.01


def test_roads_of_a_map_site_are_told_not_moved(frames):
    given = frames | {"roads": in_system(frames["roads"], "gcj02")}
    settled = settle_places(given)
    assert set(codes(settled)) == {"roads_map_site"}
    assert away_m(settled.tables["villages"], frames["villages"]) == 0
    told = settle_places(given, coordinates={"roads": "gcj02"})
    assert codes(told) == ["coordinates_told"]
    assert away_m(told.tables["roads"], frames["roads"]) < 0.01


def test_points_and_roads_of_one_map_site_agree(frames):
    given = {n: in_system(f, "gcj02") for n, f in frames.items()}
    assert settle_places(given).findings == ()


@pytest.mark.parametrize(
    ("crs", "swapped", "code"),
    [
        (gauss_kruger("cgcs2000", meridian=117, prefix=True), False, "system_guessed"),
        (gauss_kruger("cgcs2000", meridian=117, prefix=True), True, "axes_exchanged"),
        (gauss_kruger("cgcs2000", meridian=117, width=6, prefix=True), False, "system_guessed"),
        (gauss_kruger("cgcs2000", meridian=117), False, "system_guessed"),
        (gauss_kruger("cgcs2000", meridian=120), True, "axes_exchanged"),
        ("EPSG:32650", False, "system_guessed"),
        ("EPSG:3857", False, "system_guessed"),
        ("EPSG:4326", False, "system_guessed"),
        ("EPSG:4326", True, "axes_exchanged"),
    ],
)
@pytest.mark.parametrize("layer", ["schools", "roads"])
def test_a_layer_without_a_system_is_read_from_its_numbers(frames, layer, crs, swapped, code):
    projected = frames[layer].to_crs(crs)
    projected = unnamed(exchanged(projected) if swapped else projected)
    settled = settle_places(frames | {layer: projected})
    # Lengths of web Mercator are far off in China: that is told besides.
    also = ["far_from_meridian"] if crs == "EPSG:3857" else []
    assert codes(settled) == [*also, code]
    assert away_m(settled.tables[layer], frames[layer]) < 0.5
    assert all(f.count == len(projected) for f in settled.findings)


def test_feet_are_found(frames):
    projected = frames["schools"].to_crs("EPSG:4548")
    feet = shapely.transform(projected.geometry.to_numpy(), lambda xy: xy / 0.3048)
    given = projected.set_geometry(gpd.GeoSeries(feet, index=projected.index, crs=projected.crs))
    for frame in (given, unnamed(given)):
        settled = settle_places(frames | {"schools": frame})
        assert codes(settled) == ["feet_read"]
        # The feet of older surveys differ by 2 millionths: metres in the northing.
        assert away_m(settled.tables["schools"], frames["schools"]) < 10


def test_a_wrong_zone_is_corrected_by_the_other_layers(frames):
    roads = frames["roads"].to_crs("EPSG:32650").set_crs("EPSG:32651", allow_override=True)
    assert away_m(roads, frames["roads"]) > 500_000
    settled = settle_places(frames | {"roads": roads})
    assert codes(settled) == ["system_corrected"]
    assert settled.tables["roads"].crs == "EPSG:32650"
    assert away_m(settled.tables["roads"], frames["roads"]) < 0.5


def test_a_zone_far_away_is_told_and_changes_nothing(frames):
    roads = frames["roads"].to_crs("EPSG:32647")
    settled = settle_places(frames | {"roads": roads})
    assert codes(settled) == ["far_from_meridian"]
    assert settled.findings[0].severity == "note"
    assert float(settled.findings[0].values["percent"]) > 1
    assert settled.tables["roads"].crs == "EPSG:32647"


def test_axes_of_most_layers_exchanged_beside_right_roads(frames):
    given = {n: exchanged(f) if n in ("villages", "schools") else f for n, f in frames.items()}
    settled = settle_places(given)
    assert codes(settled) == ["axes_exchanged", "axes_exchanged"]
    assert away_m(settled.tables["villages"], frames["villages"]) < 0.01


def test_exchanged_axes_where_both_orders_are_degrees(frames):
    # In the west of Europe the latitude is a longitude, too: only other layers tell.
    def west(xy):
        return xy - np.array([115.4, -11.1])

    moved = {}
    for name, frame in frames.items():
        shapes = shapely.transform(frame.geometry.to_numpy(), west)
        moved[name] = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=4326))
    settled = settle_places(moved | {"villages": exchanged(moved["villages"])})
    assert codes(settled) == ["axes_exchanged"]
    assert away_m(settled.tables["villages"], moved["villages"]) < 0.01


def test_single_rows_are_brought_in_and_named(frames):
    schools = frames["schools"].copy()
    shapes = schools.geometry.to_numpy().copy()
    shapes[[2, 5]] = shapely.transform(shapes[[2, 5]], lambda xy: xy[:, ::-1])
    zone = gauss_kruger("cgcs2000", meridian=117, prefix=True)
    shapes[7] = schools.to_crs(zone).geometry.iloc[7]
    given = schools.set_geometry(gpd.GeoSeries(shapes, index=schools.index, crs=schools.crs))
    settled = settle_places(frames | {"schools": given})
    assert codes(settled) == ["rows_exchanged", "rows_other_system"]
    by_code = {f.code: f for f in settled.findings}
    assert by_code["rows_exchanged"].ids == tuple(schools["school_id"].iloc[[2, 5]])
    assert by_code["rows_other_system"].ids == (schools["school_id"].iloc[7],)
    assert away_m(settled.tables["schools"], frames["schools"]) < 0.5


def test_a_row_that_lies_elsewhere_in_every_way_stays(frames):
    schools = frames["schools"].copy()
    shapes = schools.geometry.to_numpy().copy()
    shapes[3] = shapely.Point(121.4, 25.0)
    given = schools.set_geometry(gpd.GeoSeries(shapes, index=schools.index, crs=schools.crs))
    settled = settle_places(frames | {"schools": given})
    assert settled.findings == ()
    assert settled.tables["schools"].geometry.iloc[3].equals(shapely.Point(121.4, 25.0))


def test_a_layer_of_another_county_is_told(frames):
    moved = shapely.transform(
        frames["townships"].geometry.to_numpy(), lambda xy: xy + np.array([4, 3])
    )
    given = frames["townships"].set_geometry(
        gpd.GeoSeries(moved, index=frames["townships"].index, crs=frames["townships"].crs)
    )
    settled = settle_places(frames | {"townships": given})
    assert codes(settled) == ["layer_elsewhere"]
    assert settled.tables["townships"].geometry.equals(given.geometry)


def test_old_datums_are_named_as_approximate(frames):
    for datum in ("xian80", "beijing54"):
        schools = frames["schools"].to_crs(gauss_kruger(datum, meridian=117))
        settled = settle_places(frames | {"schools": schools})
        assert codes(settled) == ["old_datum"]
        assert away_m(settled.tables["schools"], frames["schools"]) < 1


def test_degrees_in_words_become_points(frames):
    def words(value):
        minutes, seconds = divmod(round(value * 360_000), 6000)
        return f"{minutes // 60}°{minutes % 60}′{seconds / 100:.2f}″"

    schools = pd.DataFrame(frames["schools"].drop(columns="geometry"))
    schools["经度"] = [words(v) for v in frames["schools"].geometry.x]
    schools["纬度"] = [words(v) for v in frames["schools"].geometry.y]
    settled = settle_places(frames | {"schools": schools})
    assert codes(settled) == ["degrees_read", "degrees_read"]
    assert away_m(settled.tables["schools"], frames["schools"]) < 1
    schools.loc[4, "经度"] = "不详"
    settled = settle_places(frames | {"schools": schools})
    lost = next(f for f in settled.findings if f.code == "no_coordinate")
    assert lost.ids == (schools["school_id"].iloc[4],)
    assert settled.tables["schools"].geometry.isna().sum() == 1


def test_as_is_leaves_everything(frames):
    given = frames | {"schools": in_system(frames["schools"], "gcj02")}
    settled = settle_places(given, coordinates="as-is")
    assert settled.findings == ()
    assert settled.tables["schools"].geometry.equals(given["schools"].geometry)


def test_the_order_of_rows_changes_nothing(frames):
    given = frames | {"villages": in_system(frames["villages"], "gcj02")}
    turned = {n: f.iloc[::-1] for n, f in given.items()}
    one, other = settle_places(given), settle_places(turned)
    assert [f.values for f in one.findings] == [f.values for f in other.findings]


def test_rows_without_a_place_and_layers_without_rows_do_no_harm(frames):
    villages = in_system(frames["villages"], "gcj02")
    shapes = villages.geometry.to_numpy().copy()
    shapes[[0, 4]] = None, shapely.Point()
    villages = villages.set_geometry(gpd.GeoSeries(shapes, index=villages.index, crs=villages.crs))
    candidates = frames["candidates"].iloc[:0]
    settled = settle_places(frames | {"villages": villages, "candidates": candidates})
    assert codes(settled, "villages") == ["map_site_undone"]
    moved = settled.tables["villages"]
    assert list(np.flatnonzero(moved.geometry.isna() | moved.geometry.is_empty)) == [0, 4]
    rest = ~(moved.geometry.isna() | moved.geometry.is_empty)
    assert away_m(moved[rest], frames["villages"][rest]) < 0.01
    nothing = unnamed(frames["schools"]).iloc[:0]
    assert settle_places({"schools": nothing}).findings == ()
    assert settle_places({}).findings == ()


def test_numbers_that_cannot_be_told_stay_without_a_system(frames):
    # Eastings without a zone, and no other layer to tell the central meridian.
    bare = {n: unnamed(f.to_crs("EPSG:4548")) for n, f in frames.items()}
    settled = settle_places(bare)
    assert settled.findings == ()
    assert all(f.crs is None for f in settled.tables.values())
    told = settle_places(bare, coordinates=dict.fromkeys(LAYERS, "EPSG:4548"))
    assert set(codes(told)) == {"coordinates_told"}
    assert away_m(told.tables["villages"], frames["villages"]) < 0.5
