"""The gates of parents and of the hearing: votes for, against, and not recorded."""

import pytest
from two_schools import FOR_IT, votes


def test_votes_that_are_not_recorded_are_open(closing):
    done = closing()
    assert done.verdicts.loc["A"].tolist() == ["open", "open", "pass", "pass", "pass", "open"]
    half = closing(votes=FOR_IT.iloc[:1])
    assert [half.verdict("A", g) for g in ("parents", "hearing")] == ["pass", "open"]


@pytest.mark.parametrize(
    ("said", "verdict"),
    [((10, 11), "fail"), ((10, 10), "pass"), ((11, 10), "pass"), ((0, 1), "fail")],
)
@pytest.mark.parametrize("gate", ["parents", "hearing"])
def test_a_majority_is_more_than_half(closing, gate, said, verdict):
    done = closing(votes=votes(("A", gate, *said, "2026-05-12")))
    assert done.verdict("A", gate) == verdict
    rows = done.rows("en").set_index("gate")
    assert rows.loc[gate, "concerned"] == (40 if verdict == "fail" else 0)
    assert done.must_not_be_forced == (("A",) if verdict == "fail" else ())
    assert f"{said[1]} against" in rows.loc[gate, "finding"]


def test_the_last_vote_counts(closing):
    both = votes(("A", "parents", 1, 9, "2026-05-12"), ("A", "parents", 9, 1, "2026年6月2日"))
    assert closing(votes=both).verdict("A", "parents") == "pass"
    assert closing(votes=both.iloc[::-1]).verdict("A", "parents") == "pass"
    assert closing(votes=both.iloc[:1]).verdict("A", "parents") == "fail"


def test_a_school_without_pupils_has_no_parents_to_ask(closing):
    done = closing(v1=(0, 0, 0))
    assert done.verdicts.loc["A"].tolist() == ["pass", "open", "pass", "pass", "pass", "open"]
    assert done.ways.empty
    assert done.rows()["pupils"].eq(0).all()
    assert done.opinion("A", "zh").splitlines()[0].endswith("：没有学生需要转学。")
