"""Travel times of which only the near pairs are kept, and lists of other tools."""

import tracemalloc

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from thoroughly import examples

from layoutplan.errors import OptionsError, TravelError
from layoutplan.network import elimination, network_of_roads
from layoutplan.network import minutes as minutes_of_pairs
from layoutplan.network.minutes import every_pair, listed_pairs
from layoutplan.tables import BANDS
from layoutplan.travel import TravelTimes, travel_between

FLAT = CRS.from_proj4("+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m")


def frame(prefix, xy):
    points = gpd.GeoDataFrame(geometry=shapely.points(xy), crs=FLAT)
    return points.set_axis([f"{prefix}{i}" for i in range(len(xy))])


def random_county(rng):
    """Roads in fragments, one-way streets, places on, off and far from them, some at one spot."""
    ends = rng.integers(0, 9, (35, 2, 2)) * 700.0 + rng.normal(0, 40, (35, 2, 2))
    ends[10:, 0] = ends[rng.integers(0, 10, 25), 0]
    roads = gpd.GeoDataFrame(
        {
            "highway": rng.choice(["primary", "residential", "footway"], 35),
            "oneway": rng.choice(["yes", "no"], 35, p=[0.3, 0.7]),
        },
        geometry=shapely.linestrings(ends),
        crs=FLAT,
    )
    villages, sites = (rng.uniform(-3000, 9000, (n, 2)) for n in (25, 9))
    sites[-1] = sites[0]
    villages[0] = sites[0] + 20
    return roads, frame("v", villages), frame("s", sites)


@given(
    seed=st.integers(0, 10_000),
    mode=st.sampled_from(["walk", "car"]),
    cutoff=st.sampled_from([0.5, 6.0, 25.0, 90.0, 1e6]),
)
@settings(max_examples=examples(25), deadline=None, derandomize=True)
def test_pairs_kept_are_those_of_the_whole_table(seed, mode, cutoff):
    roads, villages, sites = random_county(np.random.default_rng(seed))
    network = network_of_roads(roads, mode=mode)
    whole = travel_between(villages, sites, network=network)
    near = travel_between(villages, sites, network=network, cutoff_minutes=cutoff)
    wanted = np.zeros((len(villages), len(sites)), dtype=bool)
    for band in BANDS:
        table = whole.array(band)
        wanted |= table <= cutoff
        wanted |= np.isfinite(table) & (table <= table.min(axis=1, keepdims=True))
        wanted |= np.isfinite(table) & (table <= table.min(axis=0))
    kept = np.isfinite(near.array())
    assert np.array_equal(kept, wanted)
    for band in BANDS:
        assert np.array_equal(near.array(band)[kept], whole.array(band)[kept])
        assert near.nearest(band=band).equals(whole.nearest(band=band))
        pairs = near.pairs(band)
        assert len(pairs) == kept.sum()
        across = near.across_country(band)
        assert len(across.merge(pairs)) == len(across)
        assert len(across) == len(whole.across_country(band).merge(pairs))
    assert near.unreachable.equals(whole.unreachable)
    assert [(f.code, f.ids) for f in near.findings] == [(f.code, f.ids) for f in whole.findings]


def small(cutoff=None, mode="walk"):
    roads = gpd.GeoDataFrame(
        {"highway": ["primary"]},
        geometry=gpd.GeoSeries.from_wkt(["LINESTRING (0 0, 20000 0)"], crs=FLAT),
    )
    villages = frame("v", [[0, 0], [1000, 0], [19_000, 0]])
    sites = frame("s", [[500, 0], [2000, 0], [9000, 0], [500, 0]])
    network = network_of_roads(roads, mode=mode)
    return travel_between(villages, sites, network=network, cutoff_minutes=cutoff)


def test_a_cutoff_keeps_near_pairs_and_the_nearest_of_all():
    # At 4 km/h a kilometre takes 15 minutes, at 5 km/h 12.
    times = small(cutoff=12.5)
    listed = times.pairs().round(3)
    assert listed.to_numpy().tolist() == [
        ["v0", "s0", 7.5],
        ["v0", "s3", 7.5],
        ["v1", "s0", 7.5],
        ["v1", "s1", 15.0],  # 12 minutes for grades 7-9
        ["v1", "s2", 120.0],  # the nearest village of s2
        ["v1", "s3", 7.5],
        ["v2", "s2", 150.0],  # the nearest site of v2
    ]
    assert times.cutoff_minutes == 12.5
    assert times.pairs("g79").round(3)["minutes"].tolist()[3:5] == [12.0, 96.0]


def test_kept_pairs_as_a_table():
    times = small(cutoff=12.5)
    table = times.table("g79")
    assert table.loc["v1", "s1"] == pytest.approx(12)
    assert table.loc["v0", "s1"] == np.inf
    with pytest.raises(ValueError, match="read-only"):
        times.array()[0, 0] = 0


def test_a_table_too_large_is_refused_before_it_is_made(monkeypatch):
    times = small(cutoff=12.5)
    monkeypatch.setattr(minutes_of_pairs, "_CELLS_MAX", 11)
    with pytest.raises(OptionsError) as caught:
        times.table()
    assert caught.value.findings[0].code == "times_table_too_large"
    for lang in ("zh", "en"):
        assert "12" in caught.value.findings[0].what(lang)
        assert "pairs()" in caught.value.findings[0].cure(lang)
    assert len(times.nearest(2)) == 5
    assert len(times.pairs()) == 7
    # A whole table is there already, so it can be given.
    assert small().table().shape == (3, 4)


@pytest.mark.parametrize("cutoff", [0, -3, np.inf, np.nan, "30", True])
def test_a_cutoff_that_is_no_time_is_refused(cutoff):
    with pytest.raises(OptionsError) as caught:
        small(cutoff=cutoff)
    assert caught.value.findings[0].code == "cutoff_not_positive"
    for lang in ("zh", "en"):
        assert caught.value.findings[0].what(lang)


def test_choosing_and_ordering_kept_pairs():
    times = small(cutoff=12.5)
    part = times.subset(["v2", "v1"], ["s3", "s2", "s1"])
    assert part.table().equals(times.table().loc[["v2", "v1"], ["s3", "s2", "s1"]])
    assert part.pairs()["site_id"].tolist() == ["s2", "s3", "s2", "s1"]
    back = times.aligned(["v2", "v1", "v0"], ["s3", "s2", "s1", "s0"])
    assert back.table().equals(times.table().iloc[::-1, ::-1])


def test_looking_up_pairs():
    for times in (small(), small(cutoff=12.5)):
        found = times.between(["v1", "v0", "v1"], ["s1", "s0", "s1"], band="g79")
        assert found == pytest.approx([12, 6, 12], abs=1e-3)
        with pytest.raises(TravelError) as caught:
            times.between(["v1", "v9"], ["s1", "s1"])
        assert caught.value.findings[0].ids == ("v9",)
    assert small(cutoff=12.5).between(["v0"], ["s2"]).tolist() == [np.inf]


def test_pairs_that_are_no_pairs_are_refused_and_a_text_is_one_id():
    times = small()
    with pytest.raises(TravelError) as caught:
        times.between(["v0", "v1"], ["s0"])
    (found,) = caught.value.findings
    assert found.code == "pairs_uneven"
    assert "2 villages and 1 sites" in found.what("en")
    assert times.between("v1", "s1") == pytest.approx([15], abs=1e-3)
    assert times.subset("v1", "s1").array().shape == (1, 1)


@pytest.mark.parametrize("k", [0, -1, 1.5, "2", True])
def test_the_number_of_nearest_sites_is_whole_and_from_1(k):
    with pytest.raises(OptionsError) as caught:
        small().nearest(k)
    assert caught.value.findings[0].code == "nearest_count"
    for lang in ("zh", "en"):
        assert str(k) in caught.value.findings[0].what(lang)


@pytest.mark.parametrize("mode", ["walk", "car", "bicycle"])
def test_every_village_keeps_the_nearest_that_teaches_each_band(mode):
    roads, villages, sites = random_county(np.random.default_rng(4))
    kinds = ["primary", "junior", "special"] * 3
    sites = sites.assign(kind=kinds, candidate=[True] * 4 + [False] * 5)
    network = network_of_roads(roads, mode=mode)
    whole = travel_between(villages, sites, network=network)
    near = travel_between(villages, sites, network=network, cutoff_minutes=0.5)
    missed = 0
    for band, kind in (("g13", "primary"), ("g46", "primary"), ("g79", "junior")):
        for some in (sites["kind"] == kind, (sites["kind"] == kind) & ~sites["candidate"]):
            table = whole.array(band)[:, some.to_numpy()]
            kept = near.array(band)[:, some.to_numpy()]
            assert np.array_equal(kept.min(axis=1), table.min(axis=1))
            missed += int(np.isinf(kept).sum() - np.isinf(table).sum())
    assert missed > 0


@pytest.mark.parametrize("cutoff", [None, 12.5])
def test_the_nearest_are_found_in_parts(monkeypatch, cutoff):
    times = small(cutoff=cutoff)
    expected = times.nearest(3)
    monkeypatch.setattr(minutes_of_pairs, "_CELLS_KEPT", 4)
    assert times.nearest(3).equals(expected)
    assert expected["site_id"].tolist()[:3] == (
        ["s0", "s3", "s1"] if cutoff is None else ["s0", "s3", "s0"]
    )


def test_bands_share_what_they_have_in_common():
    for mode in ("walk", "car"):
        minutes = small(mode=mode).minutes
        assert len({id(minutes.walked[band]) for band in BANDS}) == 1
    walked = small().minutes
    assert walked.ridden is None
    assert walked["g13"] is walked["g13"]
    assert np.shares_memory(walked["g13"], walked.walked["g13"])
    assert list(walked) == list(BANDS)
    assert len(walked) == 3


def test_pairs_of_every_kind():
    every = every_pair(2, 3)
    assert every.at(np.array([1, 0]), np.array([2, 1])).tolist() == [5, 1]
    some = listed_pairs(np.array([0, 1, 1]), np.array([2, 0, 1]), villages=2, sites=3)
    assert some.at(np.array([0, 0, 1]), np.array([2, 0, 1])).tolist() == [0, -1, 2]
    none = listed_pairs(np.array([], dtype=int), np.array([], dtype=int), villages=2, sites=3)
    assert none.at(np.array([0]), np.array([0])).tolist() == [-1]
    chosen, where = some.of(np.array([1, 0]), np.array([1, 2, 0]))
    assert where.tolist() == [2, 1, 0]
    assert [e.tolist() for e in chosen.ends()] == [[0, 0, 1], [0, 2, 1]]


LIST = pd.DataFrame(
    {
        "village_id": ["b", "a", "b", "c"],
        "site_id": ["t", "s", "s", "s"],
        "minutes": [4.0, 3.0, np.inf, None],
        "source": ["x"] * 4,
    }
)


def test_a_list_is_kept_as_short_as_it_is():
    times = TravelTimes.from_matrix(LIST, mode="walk")
    assert times.village_ids.tolist() == ["a", "b", "c"]
    assert times.site_ids.tolist() == ["s", "t"]
    assert len(times.minutes.pairs) == 2
    assert times.array("g79").tolist() == [[3, np.inf], [np.inf, 4], [np.inf, np.inf]]
    assert times.unreachable.index.tolist() == ["c"]
    codes = {f.code: f.ids for f in times.findings}
    assert codes == {"empty_minutes": ("c",), "village_without_way": ("c",)}
    again = TravelTimes.from_matrix(LIST.iloc[::-1], mode="walk")
    assert again.table().equals(times.table())


class Tables:
    def __init__(self, villages, sites):
        self.villages = pd.DataFrame({"population": 7}, index=villages)
        self.sites = pd.DataFrame(index=sites)


def test_a_list_follows_the_county_and_may_leave_out_what_has_no_way():
    county = Tables(["d", "c", "b", "a"], ["t", "s", "u"])
    times = TravelTimes.from_matrix(LIST.dropna(), mode="car", county=county)
    assert times.village_ids.tolist() == ["d", "c", "b", "a"]
    assert times.table().loc["b", "t"] == 4
    codes = {f.code: f.ids for f in times.findings}
    assert codes == {"village_without_way": ("d", "c"), "site_without_way": ("u",)}
    with pytest.raises(TravelError) as caught:
        TravelTimes.from_matrix(LIST, mode="car", county=Tables(["a", "b"], ["s"]))
    assert [(f.code, f.table, f.ids) for f in caught.value.findings] == [
        ("labels_unknown", "villages", ("c",)),
        ("labels_unknown", "schools", ("t",)),
    ]


def test_a_list_for_each_band():
    longer = LIST.assign(minutes=LIST["minutes"] * 2)
    more = pd.concat([LIST, pd.DataFrame({"village_id": ["a"], "site_id": ["t"], "minutes": [9]})])
    times = TravelTimes.from_matrix({"g13": longer, "g46": LIST, "g79": more}, mode="walk")
    assert times.table("g13").loc["a"].tolist() == [6, np.inf]
    assert times.table("g46").loc["a"].tolist() == [3, np.inf]
    assert times.table("g79").loc["a"].tolist() == [3, 9]
    assert times.pairs("g13")["minutes"].tolist() == [6, 8]


@pytest.mark.parametrize(
    ("rows", "error", "code", "ids"),
    [
        (LIST.assign(minutes=-1), TravelError, "not_minutes", ("b", "a", "c")),
        (LIST.assign(minutes="far"), TravelError, "not_minutes", ("b", "a", "c")),
        (LIST.assign(site_id="s"), TravelError, "pairs_repeat", ("b",)),
        (LIST.assign(site_id=["s", None, "t", None]), TravelError, "pairs_incomplete", ("1", "3")),
        (LIST.iloc[:0], TravelError, "empty_matrix", ()),
        ({"g13": LIST}, OptionsError, "bands_missing", ()),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(rows, error, code, ids):
    with pytest.raises(error) as caught:
        TravelTimes.from_matrix(rows, mode="walk")
    finding = caught.value.findings[0]
    assert (finding.code, finding.ids) == (code, ids)
    for lang in ("zh", "en"):
        assert finding.what(lang)
        assert finding.cure(lang)


def test_a_series_by_village_and_site_is_a_list():
    ends = pd.MultiIndex.from_tuples([("s", "a"), ("t", "b")], names=["site_id", "village_id"])
    by_name = TravelTimes.from_matrix(pd.Series([3.0, 4.0], index=ends), mode="walk")
    by_place = TravelTimes.from_matrix(
        pd.Series([3.0, 4.0], index=ends.swaplevel().rename([None, None])), mode="walk"
    )
    assert by_name.pairs().equals(by_place.pairs())
    assert by_name.pairs().to_numpy().tolist() == [["a", "s", 3], ["b", "t", 4]]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (np.zeros((2, 2)), "matrix_not_table"),
        ("minutes.csv", "matrix_not_table"),
        (pd.Series([1.0], index=["a"]), "matrix_not_table"),
        ({band: np.zeros((1, 1)) for band in BANDS}, "matrix_not_table"),
        (LIST.rename(columns={"site_id": "school"}), "matrix_other_columns"),
        (LIST.set_axis(["from", "to", "time", "by"], axis=1), "matrix_other_columns"),
        (pd.DataFrame({"village_id": [1], "s": [2.0]}), "matrix_other_columns"),
    ],
)
def test_what_is_no_table_of_minutes_is_refused_with_the_columns_to_give(given, code):
    with pytest.raises(OptionsError) as caught:
        TravelTimes.from_matrix(given, mode="walk")
    (found,) = caught.value.findings
    assert found.code == code
    for lang in ("zh", "en"):
        assert found.what(lang)
        assert all(c in found.cure(lang) for c in ("village_id", "site_id", "minutes"))


def test_the_whole_table_is_never_made(monkeypatch):
    rng = np.random.default_rng(3)
    spots = rng.uniform(0, 90_000, (1500, 2))
    lines = shapely.linestrings(np.stack([spots[:-1], spots[1:]], axis=1))
    network = network_of_roads(gpd.GeoDataFrame(geometry=lines, crs=FLAT))
    villages = frame("v", rng.uniform(0, 90_000, (3000, 2)))
    sites = frame("s", rng.uniform(0, 90_000, (1500, 2)))
    monkeypatch.setattr(elimination, "_BLOCK_BYTES", 2**22)
    tracemalloc.start()
    times = travel_between(villages, sites, network=network, cutoff_minutes=30)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    whole = 3000 * 1500 * 8
    assert times.minutes.walked["g13"].nbytes < whole / 50
    assert peak < whole / 2
