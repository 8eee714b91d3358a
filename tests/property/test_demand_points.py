"""Whatever the weights: sums are kept, and the order of rows decides nothing."""

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import layoutplan as lp
from layoutplan.sources.population.whole import whole_by_group

AREAS = gpd.GeoDataFrame(
    index=["t1", "t2", "t3"],
    geometry=[shapely.box(500_000 + 1000 * i, 0, 501_000 + 1000 * i, 1000) for i in range(3)],
    crs="EPSG:32649",
)

WEIGHT = st.floats(min_value=0, max_value=1e9, allow_nan=False, allow_infinity=False)


@settings(deadline=None)
@given(
    rows=st.lists(st.tuples(WEIGHT, st.integers(0, 3)), min_size=1, max_size=60),
    totals=st.lists(st.integers(0, 10**7), min_size=4, max_size=4),
    seed=st.integers(0, 99),
)
def test_every_group_keeps_its_total_in_any_order(rows, totals, seed):
    weight = np.array([w for w, _ in rows])
    group, wanted = np.array([g for _, g in rows]), np.array(totals)
    labels = np.array([f"{i:03d}" for i in range(len(rows))])
    whole = whole_by_group(weight, group, wanted, order=labels)
    sums = np.bincount(group, weights=weight, minlength=4)
    given_out = np.bincount(group, weights=whole, minlength=4)
    np.testing.assert_array_equal(given_out, np.where(sums > 0, wanted, 0))
    assert (whole >= 0).all()
    exact = np.divide(weight, sums[group], out=np.zeros_like(weight), where=sums[group] > 0)
    assert (np.abs(whole - exact * wanted[group]) <= 1 + 1e-6).all()
    mixed = np.random.default_rng(seed).permutation(len(rows))
    again = whole_by_group(weight[mixed], group[mixed], wanted, order=labels[mixed])
    np.testing.assert_array_equal(again, whole[mixed])


@settings(max_examples=30, deadline=None)
@given(
    homes=st.lists(
        st.tuples(st.floats(-500, 3500), st.floats(-500, 1500), st.integers(0, 400)),
        min_size=1,
        max_size=40,
    ),
    totals=st.lists(st.integers(0, 50_000), min_size=3, max_size=3),
    seed=st.integers(0, 99),
)
def test_townships_keep_their_totals_in_any_order(homes, totals, seed):
    x, y, weight = (np.array(v, dtype=float) for v in zip(*homes, strict=True))
    table = gpd.GeoDataFrame(
        {"flats": weight}, geometry=gpd.points_from_xy(x + 500_000, y), crs="EPSG:32649"
    )
    wanted = dict(zip(AREAS.index, totals, strict=True))
    made = lp.demand_points(table, AREAS, totals=wanted, weight="flats")
    sums = made.points.groupby("township_id")["population"].sum()
    assert {t: int(sums.get(t, 0)) for t in wanted} == wanted
    inside = float(made.townships["source"].sum())
    assert np.isclose(inside + made.outside, weight.sum())
    mixed = table.iloc[np.random.default_rng(seed).permutation(len(table))]
    again = lp.demand_points(mixed, AREAS[::-1], totals=wanted, weight="flats")
    assert again.points["population"].to_dict() == made.points["population"].to_dict()
    assert again.points.geometry.geom_equals_exact(made.points.geometry, 1e-6).all()
