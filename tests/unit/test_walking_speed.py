"""Times at other walking speeds, and times side by side."""

import numpy as np
import pandas as pd
import pytest

import layoutplan as lp
from layoutplan.errors import OptionsError, TravelError
from layoutplan.standards import standards
from layoutplan.tables import BANDS
from layoutplan.travel import (
    TravelTimes,
    at_walking_speeds,
    nearest_side_by_side,
    with_walking_speed,
)


def test_scaled_times_are_those_computed_anew(small, small_times):
    scaled = at_walking_speeds(small_times)
    assert list(scaled) == [3, 4, 5]
    for kmh, times in scaled.items():
        anew = lp.travel_times(small, standards=with_walking_speed(standards(), kmh))
        for band in BANDS:
            assert times.array(band) == pytest.approx(anew.array(band), rel=1e-9)
        assert times.access["minutes"].to_numpy() == pytest.approx(
            anew.access["minutes"].to_numpy(), rel=1e-9
        )
    limit = standards().value("travel_limit_minutes_g13")
    reached = [int((t.array().min(axis=1) <= limit).sum()) for t in scaled.values()]
    assert reached == sorted(reached)


def test_speeds_of_their_own_by_band_are_left_behind():
    frame = pd.DataFrame([[40.0]], index=["v"], columns=["s"])
    by_band = {"g13": frame, "g46": frame / 4.5 * 4, "g79": frame / 5 * 4}
    times = TravelTimes.from_matrix(by_band, mode="walk")
    (slow,) = at_walking_speeds(times, [2]).values()
    assert [slow.array(band).item() for band in BANDS] == pytest.approx([80] * 3)


def test_a_cut_off_allows_slower_walkers_only(small):
    near = lp.travel_times(small, cutoff_minutes=40)
    assert at_walking_speeds(near, [3])[3].array().shape == near.array().shape
    with pytest.raises(OptionsError) as caught:
        at_walking_speeds(near, [6])
    (found,) = caught.value.findings
    assert found.code == "cutoff_too_short_for_speed"
    assert found.what("zh")
    assert found.cure("en")


@pytest.mark.parametrize("kmh", [0, -3, float("nan"), float("inf"), "4", None, True])
def test_a_speed_must_be_above_0(small_times, kmh):
    with pytest.raises(OptionsError) as caught:
        at_walking_speeds(small_times, [kmh])
    assert [f.code for f in caught.value.findings] == ["speed_not_positive"]
    with pytest.raises(OptionsError):
        at_walking_speeds(small_times, kmh)


def test_a_single_speed_is_one(small_times):
    assert list(at_walking_speeds(small_times, 4)) == [4.0]


def test_only_walks_can_be_scaled():
    frame = pd.DataFrame([[40.0]], index=["v"], columns=["s"])
    with pytest.raises(OptionsError) as caught:
        at_walking_speeds(TravelTimes.from_matrix(frame, mode="car"))
    assert [f.code for f in caught.value.findings] == ["times_of_other_mode"]


def test_side_by_side_takes_the_nearest_site_of_each():
    frame = pd.DataFrame(
        [[10.0, 20], [5, 30], [np.inf, np.inf]], index=["a", "b", "c"], columns=["s", "t"]
    )
    summer = TravelTimes.from_matrix(frame, mode="walk")
    winter = frame.copy()
    winter.loc["a", "s"] = 50
    winter.loc["b"] = np.inf
    snow = TravelTimes.from_matrix(winter.loc[["c", "b", "a"]], mode="walk")
    table = nearest_side_by_side(summer=summer, snow=snow).set_index("village_id")
    assert list(table.columns) == ["minutes_summer", "minutes_snow", "difference"]
    assert table.loc["a"].tolist() == [10, 20, 10]
    assert table.loc["b"].tolist() == [5, np.inf, np.inf]
    assert np.isnan(table.loc["c", "difference"])
    with pytest.raises(OptionsError):
        nearest_side_by_side(summer=summer)
    with pytest.raises(TravelError):
        nearest_side_by_side(summer=summer, other=snow.subset(["a"]))
