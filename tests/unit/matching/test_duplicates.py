"""Schools that are entered twice, and those that only look like it."""

from pathlib import Path

import geopandas as gpd
import pytest

import layoutplan as lp

IJEBU = Path(__file__).parents[4] / "shared" / "cases" / "ijebu_ode.gpkg"


def at(names, metres):
    spots = gpd.points_from_xy([110 + m / 96_500 for m in metres], [30.0] * len(metres), crs=4326)
    return gpd.GeoDataFrame(
        {"name": names}, geometry=spots, index=[chr(97 + i) for i in range(len(names))]
    )


def found(names, metres):
    table = lp.duplicates(at(names, metres), place_m=50, name_m=500)
    return [tuple(row) for row in table[["one", "other", "how"]].to_numpy()]


def test_folded_names_within_reach_are_one():
    assert found(["龙河镇第一小学", "龙河一小"], [0, 235]) == [("a", "b", "name")]
    assert found(["龙河镇第一小学", "龙河一小"], [0, 900]) == []


def test_alike_names_at_one_place_are_one():
    assert found(["大王庄上村小学", "大王庄小学"], [0, 36]) == [("a", "b", "place")]
    assert found(["大王庄上村小学", "大王庄小学"], [0, 100]) == []


@pytest.mark.parametrize(
    "names",
    [
        ["Oke Primary School I", "Oke Primary School II", "Oke Primary School III"],
        ["龙河第一小学", "龙河第二小学"],
        ["龙河小学", "龙河初级中学"],
        ["龙河小学", "龙河小学教学点"],
        ["龙河小学", "龙河小学东校区"],
        ["龙河小学", None],
    ],
)
def test_schools_of_one_campus_are_not(names):
    assert found(names, [0] * len(names)) == []


@pytest.mark.skipif(not IJEBU.exists(), reason="needs the case beside the project")
def test_the_duplicates_of_a_real_county():
    schools = gpd.read_file(IJEBU, layer="schools")
    schools.index = [f"r{i:02d}" for i in range(len(schools))]
    table = lp.duplicates(schools, place_m=50, name_m=500)
    group = {i: i for i in schools.index}
    for one, other in zip(table["one"], table["other"], strict=True):
        keep, drop = sorted((group[one], group[other]))
        group = {i: keep if g == drop else g for i, g in group.items()}
    sizes = [list(group.values()).count(g) for g in set(group.values())]
    assert sum(s for s in sizes if s > 1) == 33
    assert sum(s > 1 for s in sizes) == 15
    assert len(sizes) == 39
