"""Whatever the names: nobody has two partners, nothing is guessed in silence, order is nothing."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

import layoutplan as lp
from layoutplan.sources.matching.folding import fold
from layoutplan.sources.matching.score import score

STEM = st.sampled_from(["龙河", "龙湾", "古畈", "大王庄", "王庄", "白井", ""])
ENDING = st.sampled_from(
    ["小学", "完小", "中心小学", "第一小学", "二小", "初级中学", "教学点", "学校"]
)
NAME = st.one_of(st.builds("{}{}".format, STEM, ENDING), st.text(max_size=12), st.none())
TOWNSHIP = st.sampled_from(["t1", "t2", None])
SIDE = st.lists(st.tuples(NAME, TOWNSHIP), min_size=1, max_size=8)


def table(rows, prefix):
    names, townships = zip(*rows, strict=True)
    index = [f"{prefix}{i}" for i in range(len(rows))]
    return pd.DataFrame({"name": names, "township_id": townships}, index=index, dtype=object)


@settings(deadline=None)
@given(left=SIDE, right=SIDE, shared=st.booleans(), seed=st.integers(0, 99))
def test_matches_are_one_to_one_accounted_for_and_free_of_order(left, right, shared, seed):
    one, other = table(left, "a"), table(right, "a" if shared else "b")
    found = lp.match_rows(one, other)
    pairs = found.pairs
    assert pairs["left_id"].is_unique
    assert pairs["right_id"].is_unique
    assert sorted([*pairs["left_id"], *found.unmatched_left]) == sorted(one.index)
    assert sorted([*pairs["right_id"], *found.unmatched_right]) == sorted(other.index)
    asked = found.to_confirm
    proposed = set(
        zip(*(asked.loc[asked["proposed"], c] for c in ("left_id", "right_id")), strict=True)
    )
    doubtful = pairs[~pairs["certain"]]
    assert proposed == set(zip(doubtful["left_id"], doubtful["right_id"], strict=True))
    names = pairs["certain"] & pairs["how"].str.startswith("name")
    assert (pairs.loc[names, "score"] == 1).all()
    rng = np.random.default_rng(seed)
    mixed = one.iloc[rng.permutation(len(one))], other.iloc[rng.permutation(len(other))]
    again = lp.match_rows(*mixed)
    pd.testing.assert_frame_equal(again.pairs, pairs)
    pd.testing.assert_frame_equal(again.to_confirm, asked)


@settings(deadline=None)
@given(left=SIDE, right=SIDE)
def test_what_was_confirmed_stays(left, right):
    one, other = table(left, "a"), table(right, "b")
    found = lp.match_rows(one, other)
    told = found.pairs.set_index("left_id")["right_id"].to_dict()
    again = lp.match_rows(one, other, confirmed=told)
    assert again.pairs.set_index("left_id")["right_id"].to_dict().items() >= told.items()
    assert (again.pairs.loc[again.pairs["left_id"].isin(told), "how"] == "confirmed").all()


@settings(deadline=None)
@given(one=st.text(max_size=16), other=st.text(max_size=16))
def test_likeness_is_mutual_and_bounded(one, other):
    for kind in ("schools", "villages"):
        parts = fold(one, kind), fold(other, kind)
        assert score(*parts) == score(*parts[::-1])
        assert 0 <= score(*parts) <= 1
        assert score(parts[0], parts[0]) == 1
