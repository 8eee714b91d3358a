"""Whatever is drawn: joining keeps the length, the order of rows is nothing, levels stay apart."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from layoutplan.network.levels import levels_of
from layoutplan.network.repair import Repair, joined_roads
from layoutplan.network.strands import strands
from layoutplan.standards import standards

FLAT = CRS.from_proj4("+proj=tmerc +lat_0=30 +lon_0=110 +k=1 +datum=WGS84 +units=m")
NUMBERS = standards()

spot = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda p: (p[0] * 9.0, p[1] * 9.0))
nudge = st.tuples(st.integers(-3, 3), st.integers(-3, 3)).map(lambda p: (p[0] * 1.7, p[1] * 1.7))
course = st.tuples(st.lists(spot, min_size=2, max_size=4), nudge).map(
    lambda drawn: [(x + drawn[1][0], y + drawn[1][1]) for x, y in drawn[0]]
)
road = st.fixed_dictionaries(
    {
        "geometry": course.map(shapely.LineString),
        "bridge": st.sampled_from([None, None, None, "yes"]),
        "layer": st.sampled_from([None, None, None, "1", "-1"]),
    }
)
tables = st.lists(road, min_size=1, max_size=9).map(
    lambda rows: gpd.GeoDataFrame(rows, geometry="geometry", crs=FLAT).rename(index="r{}".format)
)
repairs = st.builds(
    Repair, crossings=st.booleans(), gap_m=st.sampled_from([0.0, 2.0, 5.0, 20.0, 60.0])
)


def joined(table, repair):
    usable = np.ones(len(table), dtype=bool)
    return joined_roads(table, usable, repair=repair, standards=NUMBERS)


@settings(max_examples=30, deadline=None)
@given(table=tables, repair=repairs)
def test_the_length_is_kept_but_for_the_joins(table, repair):
    before, after = joined(table, "off"), joined(table, repair)
    gaps = after.repairs[after.repairs["kind"] == "gap"]
    assert gaps["length_m"].le(repair.gap_m + 1e-6).all()
    assert gaps.length.to_numpy() == pytest.approx(gaps["length_m"].to_numpy(), abs=0.02)
    moved = 0.04 * len(after.repairs)
    total = before.pieces.length_m.sum() + gaps["length_m"].sum()
    assert after.pieces.length_m.sum() == pytest.approx(total, abs=moved + 1e-6)


@settings(max_examples=30, deadline=None)
@given(table=tables, repair=repairs, data=st.data())
def test_the_order_of_rows_is_nothing(table, repair, data):
    order = data.draw(st.permutations(range(len(table))))
    one, other = joined(table, repair), joined(table.iloc[order], repair)
    assert np.array_equal(one.pieces.xy, other.pieces.xy)
    assert np.array_equal(one.pieces.start, other.pieces.start)
    assert np.array_equal(one.pieces.end, other.pieces.end)
    labels = table.index.to_numpy()
    assert labels[one.row].tolist() == labels[order][other.row].tolist()
    assert one.repairs.equals(other.repairs)
    assert one.findings == other.findings


@settings(max_examples=30, deadline=None)
@given(table=tables, repair=repairs)
def test_more_is_joined_never_less_and_never_across_levels(table, repair):
    before, after = joined(table, "off"), joined(table, repair)
    level = levels_of(table)

    def whole(made):
        pieces = made.pieces
        lines = int(pieces.line.max(initial=-1)) + 1
        flat = np.zeros(lines, dtype=int)
        return strands(pieces, level=flat, usable=np.ones(lines, dtype=bool))

    assert len(np.unique(whole(after).parts())) <= len(np.unique(whole(before).parts()))
    level_of = dict(zip(table.index, level, strict=True))
    found = after.repairs
    crossed = found[found["kind"] == "crossing"]
    assert [level_of[r] for r in crossed["road"]] == [level_of[r] for r in crossed["other_road"]]
    # What is joined to a bridge or tunnel is joined from loose end to loose end.
    aloft = found[found["kind"] == "gap"]
    aloft = aloft[aloft[["road", "other_road"]].map(level_of.get).ne(0).any(axis=1)]
    drawn = whole(joined(table, Repair(crossings=repair.crossings, gap_m=0)))
    ends = shapely.multipoints(drawn.xy[drawn.degree == 1])
    for vertex in shapely.points(shapely.get_coordinates(aloft.geometry)):
        assert vertex.distance(ends) < 0.03
