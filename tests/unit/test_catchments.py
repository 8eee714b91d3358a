"""Who goes where, against a plain greedy oracle and by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layoutplan.catchments import assign
from layoutplan.demand.apportion import apportion


def county(seed, *, villages=12, sites=6, room=200):
    rng = np.random.default_rng(seed)
    v = [f"v{i:02d}" for i in range(villages)]
    s = [f"s{i:02d}" for i in range(sites)]
    pupils = pd.DataFrame(
        rng.integers(0, 60, (villages, 3)), index=v, columns=["g13", "g46", "g79"]
    )
    minutes = {
        b: pd.DataFrame(rng.permutation(villages * sites).reshape(villages, sites) + 1.0, v, s)
        for b in pupils
    }
    for table in minutes.values():
        table.iloc[rng.random((villages, sites)) < 0.2] = np.inf
    teaches = pd.DataFrame(rng.random((sites, 3)) < 0.7, index=s, columns=list(pupils))
    places = pd.Series(rng.integers(0, room, sites), index=s)
    return pupils, minutes, teaches, places


def greedy(pupils, minutes, teaches, places):
    """Serve pairs in the order of their minutes, one after the other."""
    pairs = [
        (minutes[b].loc[v, s], v, b, s)
        for b in pupils
        for v in pupils.index
        for s in places.index
        if teaches.loc[s, b] and np.isfinite(minutes[b].loc[v, s])
    ]
    room, want, got = (
        places.to_dict(),
        {(v, b): pupils.loc[v, b] for b in pupils for v in pupils.index},
        {},
    )
    for way, v, b, s in sorted(pairs):
        n = min(room[s], want[v, b])
        if n:
            got[v, b, s] = got.get((v, b, s), 0) + n
            room[s] -= n
            want[v, b] -= n
        del way
    for (v, b), n in want.items():
        open_to = [(w, s) for w, vv, bb, s in pairs if (vv, bb) == (v, b)]
        if n and open_to:
            s = min(open_to)[1]
            got[v, b, s] = got.get((v, b, s), 0) + n
    return got


@pytest.mark.parametrize("seed", range(25))
def test_assignment_equals_the_greedy_oracle(seed):
    pupils, minutes, teaches, places = county(seed)
    # Distinct minutes over all bands, so that no tie hides a difference.
    for k, band in enumerate(minutes):
        minutes[band] = minutes[band] + k / 7
    found = assign(pupils, minutes, teaches=teaches, places=places)
    have = {(r.village_id, r.band, r.site_id): r.pupils for r in found.assignment.itertuples()}
    assert have == greedy(pupils, minutes, teaches, places)


@given(seed=st.integers(0, 10_000), room=st.integers(1, 400))
@settings(max_examples=60, deadline=None)
def test_no_child_is_lost_and_order_changes_nothing(seed, room):
    pupils, minutes, teaches, places = county(seed, room=room)
    found = assign(pupils, minutes, teaches=teaches, places=places)
    total = found.assignment["pupils"].sum() + found.unserved["pupils"].sum()
    assert total == pupils.to_numpy().sum()
    assert set(found.unserved["reason"]) <= {"no_road", "no_site"}
    rng = np.random.default_rng(seed)
    rows, cols = rng.permutation(len(pupils)), rng.permutation(len(places))
    again = assign(
        pupils.iloc[rows],
        {b: t.iloc[rows, cols] for b, t in minutes.items()},
        teaches=teaches.iloc[cols],
        places=places.iloc[cols],
    )
    pd.testing.assert_frame_equal(found.assignment, again.assignment)
    pd.testing.assert_frame_equal(found.unserved, again.unserved)


def test_pupils_stay_where_they_are_observed_even_over_the_places():
    pupils = pd.DataFrame({"g13": [30], "g46": [0], "g79": [0]}, index=["v"])
    minutes = {b: pd.DataFrame({"a": [5.0], "b": [9.0]}, index=["v"]) for b in pupils}
    teaches = pd.DataFrame(data=True, index=["a", "b"], columns=list(pupils))
    places = pd.Series({"a": 100, "b": 10})
    stays = pd.DataFrame({"village_id": ["v"], "band": ["g13"], "site_id": ["b"], "pupils": [30]})
    found = assign(pupils, minutes, teaches=teaches, places=places, stays=stays)
    assert found.assignment.to_dict("records") == [
        {"village_id": "v", "band": "g13", "site_id": "b", "pupils": 30}
    ]


def test_too_many_observed_pupils_are_scaled_down():
    pupils = pd.DataFrame({"g13": [2], "g46": [0], "g79": [0]}, index=["v"])
    minutes = {b: pd.DataFrame({"a": [5.0], "b": [9.0]}, index=["v"]) for b in pupils}
    teaches = pd.DataFrame(data=True, index=["a", "b"], columns=list(pupils))
    stays = pd.DataFrame(
        {"village_id": ["v", "v"], "band": ["g13"] * 2, "site_id": ["a", "b"], "pupils": [2, 2]}
    )
    found = assign(
        pupils, minutes, teaches=teaches, places=pd.Series({"a": 9, "b": 9}), stays=stays
    )
    assert found.assignment["pupils"].tolist() == [1, 1]


def test_pupils_beyond_the_places_are_sent_on_within_the_limit_only():
    pupils = pd.DataFrame({"g13": [30, 30], "g46": 0, "g79": 0}, index=["near", "far"])
    way = pd.DataFrame({"a": [5.0, 9.0], "b": [20.0, 25.0], "c": [90.0, 90.0]}, index=pupils.index)
    minutes = dict.fromkeys(pupils, way)
    teaches = pd.DataFrame(data=True, index=["a", "b", "c"], columns=list(pupils))
    stays = pd.DataFrame(
        {"village_id": ["near", "far"], "band": "g13", "site_id": "a", "pupils": [30, 30]}
    )
    found = assign(
        pupils, minutes, teaches=teaches, places=pd.Series({"a": 40, "b": 5, "c": 99}),
        stays=stays, relieve={"g13": 30.0, "g46": 30.0, "g79": 30.0},
    )  # fmt: skip
    have = {(r.village_id, r.site_id): r.pupils for r in found.assignment.itertuples()}
    # Of the far village 20 are beyond the places of "a": 5 find a place at "b", 15 stay.
    assert have == {("near", "a"): 30, ("far", "a"): 25, ("far", "b"): 5}


def test_unobserved_pupils_go_to_the_nearest_school():
    pupils = pd.DataFrame({"g13": [10], "g46": [0], "g79": [0]}, index=["v"])
    minutes = {b: pd.DataFrame({"a": [5.0], "b": [9.0]}, index=["v"]) for b in pupils}
    teaches = pd.DataFrame(data=True, index=["a", "b"], columns=list(pupils))
    stays = pd.DataFrame(
        {"village_id": ["v", "v"], "band": ["g13"] * 2, "site_id": ["a", "b"], "pupils": [3, 1]}
    )
    found = assign(
        pupils, minutes, teaches=teaches, places=pd.Series({"a": 9, "b": 9}), stays=stays
    )
    # Three were seen at "a", one at "b"; of the other six all go to "a", where six places are left.
    assert found.assignment["pupils"].tolist() == [9, 1]


def test_unserved_pupils_have_a_reason():
    pupils = pd.DataFrame({"g13": [4, 5], "g46": 0, "g79": 0}, index=["cut_off", "no_school"])
    way = pd.DataFrame({"a": [np.inf, 3.0]}, index=pupils.index)
    minutes = dict.fromkeys(pupils, way)
    teaches = pd.DataFrame({"g13": [False], "g46": [True], "g79": [True]}, index=["a"])
    found = assign(pupils, minutes, teaches=teaches, places=pd.Series({"a": 9}))
    assert found.assignment.empty
    assert dict(zip(found.unserved["village_id"], found.unserved["reason"], strict=True)) == {
        "cut_off": "no_road",
        "no_school": "no_site",
    }


@given(
    shares=st.lists(st.floats(0, 1000), min_size=1, max_size=40).filter(lambda s: sum(s) > 1),
    total=st.integers(0, 5000),
)
def test_apportion_keeps_the_total_and_stays_within_one_of_the_share(shares, total):
    given_shares = np.array(shares)
    whole = apportion(given_shares, total, order=np.arange(len(shares)))
    assert whole.sum() == total
    exact = given_shares * total / given_shares.sum()
    assert (np.abs(whole - exact) <= 1 + 1e-6).all()
