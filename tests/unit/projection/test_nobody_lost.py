"""Whatever the county: villages sum to the county, and schools to the villages."""

import numpy as np
import pandas as pd
from counties_by_hand import ages, county
from hypothesis import given, settings
from hypothesis import strategies as st
from thoroughly import examples

import layoutplan as lp
from layoutplan.projection.catchments_ahead import catchments_of, pupils_at_schools
from layoutplan.tables import BANDS

FEW = st.integers(0, 40)
SHARE = st.floats(-0.2, 0.2)


@st.composite
def asked(draw):
    """Draw columns of one to four villages, and what project is asked."""
    count = draw(st.integers(1, 4))
    rows = draw(st.lists(st.lists(FEW, min_size=9, max_size=9), min_size=count, max_size=count))
    columns = ages(*rows)
    if draw(st.booleans()):
        columns |= {f"age_{a}": draw(st.lists(FEW, min_size=count, max_size=count))
                    for a in range(6)}  # fmt: skip
    for year in draw(st.sets(st.integers(2015, 2025), max_size=4)):
        born = st.one_of(st.none(), FEW, st.floats(0, 40))
        columns[f"births_{year}"] = np.array(
            draw(st.lists(born, min_size=count, max_size=count)), dtype=float
        )
    homes = pd.DataFrame({"township_id": ["T1"], "year": [2028], "pupils": [draw(FEW)]})
    return columns, {"migration": draw(SHARE), "housing": homes, "seed": draw(FEW)}


@settings(max_examples=examples(12), deadline=None, derandomize=True)
@given(asked())
def test_no_child_is_lost_or_invented(drawn):
    columns, options = drawn
    own = county(columns)
    made = lp.project(own, years=8, samples=1, **options)
    by_village = made.pupils.groupby(level=["variant", "year"], sort=False).sum()
    pd.testing.assert_frame_equal(by_village, made.county_pupils)
    assert (made.counts >= 0).all()
    pupils = sum(np.sum(columns[f"age_{6 + a}"]) for a in range(9))
    assert (made.county_pupils.xs(2026, level="year").sum(axis=1) == pupils).all()
    # Without migration and housing a cohort only moves on: nobody comes and nobody goes.
    plain = lp.project(own, years=8, variants=()).county_pupils.loc["mid"].to_numpy()
    assert (plain[1:, 1:] == plain[:-1, :-1]).all()
    # And all of them are at the schools of the plan, or told to have none.
    if pupils:
        later = made.county_in(2032)
        bands = made.bands(2032)
        assert later.villages[[f"pupils_{b}" for b in BANDS]].to_numpy().sum() == bands.sum(
            axis=None
        )
        plan = lp.evaluate(own, one_minute(own))
        for way in ("plan", "huff"):
            need = lp.early_warning(made, plan, choice=way).seats
            need = need[need["level"].isin(["school", "unplaced"])].groupby("year")["need"].sum()
            total = made.county_pupils.loc["mid"].sum(axis=1)
            assert (need.reindex(total.index).fillna(0) == total).all()
        at = pupils_at_schools(made, catchments_of(plan, made))
        assert (at.sum(axis=(2, 3)) == made.counts.sum(axis=(2, 3))).all()


def one_minute(own):
    """Give a minute to every school, without a network."""
    table = pd.DataFrame(1.0, index=own.villages.index, columns=own.sites.index)
    return lp.TravelTimes.from_matrix(table, mode="walk", county=own)
