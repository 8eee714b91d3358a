"""A year of supervision agrees with the table kept by hand, month by month."""

import pytest
from made_up_months import BY_HAND, MEASURES, RULES, items_of, lived

from layoutplan.supervision import record_assessment, report


@pytest.mark.parametrize("month", sorted(BY_HAND))
def test_counts_and_lights_of_a_month_are_those_kept_by_hand(year, month):
    made = report(year, f"2027-{month:02d}", standards=RULES)
    assert tuple(made.count(m) for m in MEASURES) == BY_HAND[month]
    before = made.overview.set_index("measure")["last"]
    if month > 1:
        assert tuple(before[["open", "green", "yellow", "red"]]) == BY_HAND[month - 1][:4]
    towns = made.townships
    assert towns[["green", "yellow", "red"]].sum().tolist() == list(BY_HAND[month][1:4])
    assert towns["new"].sum() == BY_HAND[month][4]


@pytest.mark.parametrize(
    ("period", "new", "closed", "reopened", "postponed"),
    [("2027Q1", 40, 10, 0, 0), ("2027Q3", 10, 10, 20, 0), ("2027H1", 50, 30, 0, 10),
     ("2027H2", 10, 21, 20, 0)],
)  # fmt: skip
def test_longer_periods_add_up(year, period, new, closed, reopened, postponed):
    made = report(year, period, standards=RULES)
    asked = ("new", "closed", "reopened", "postponed")
    assert tuple(made.count(m) for m in asked) == (new, closed, reopened, postponed)


def test_the_same_failing_thing_is_the_same_item_all_year(year):
    made = report(year, "2027H2", standards=RULES)
    assert len(items_of(year, "travel_beyond")) == 10
    ids = {i for name in ("travel_beyond", "travel_none_near", "classes_over_size",
                          "schools_over_places", "classes_large", "整治校门口道路")
           for i in items_of(year, name)}  # fmt: skip
    assert ids == {f"{n:04d}" for n in range(1, 61)}
    again = made.items[made.items["item_id"].isin(items_of(year, "travel_beyond"))]
    assert set(again["opened"]) == {"2027-01-10"}


def test_a_postponed_item_keeps_its_first_day(year):
    made = report(year, "2027-06", standards=RULES)
    moved = made.items[made.items["item_id"].isin(items_of(year, "schools_over_places"))]
    assert set(moved["due"]) == {"2027-09-30"}
    assert set(moved["due_original"]) == {"2027-06-08"}
    told = made.changes[made.changes["change"] == "postponed"]
    assert set(told["due_before"]) == {"2027-06-08"}
    assert set(told["note"]) == {"汛期"}


def test_equal_townships_share_a_rank_and_the_next_is_left_out(year):
    made = report(year, "2027-12", standards=RULES)
    ranks = made.townships[["rank", "tied"]].to_numpy().tolist()
    assert ranks == [[1, 1]] + [[2, 9]] * 9
    assert made.townships["township_id"].iloc[0] == "T00"


def test_praise_and_criticism_follow_from_the_lights(year):
    december = report(year, "2027-12", standards=RULES)
    worst = [f"T{i:02d}" for i in range(1, 10)]
    assert december.tables["criticism"]["township_id"].tolist() == worst
    assert set(december.tables["criticism"]["reason"]) == {"overdue=1"}
    assert december.tables["praise"].empty
    august = report(year, "2027-08", standards=RULES)
    assert set(august.tables["criticism"]["reason"]) == {"overdue=1 worse=2"}


def test_a_report_before_the_end_counts_to_its_day(year):
    made = report(year, "2027-05", today="2027-05-04", standards=RULES)
    assert made.count("closed") == 0
    assert made.count("open") == 40
    later = report(year, "2027-05", today="2028-01-01", standards=RULES)
    assert later.today.isoformat() == "2027-05-31"


def test_next_steps_and_countdown_count_from_the_day(year):
    made = report(year, "2027-11", standards=RULES, countdown={"验收": "2027-12-31"})
    steps = made.tables["next_steps"]
    assert steps["due"].is_monotonic_increasing
    assert steps["due"].max() <= "2027-12-30"
    assert made.tables["countdown"]["days_left"].tolist() == [31.0]


def test_the_order_of_rows_changes_nothing(year, tmp_path):
    other = lived(tmp_path / "other.sqlite", months=4, seed=7)
    one, two = (report(x, "2027-04", standards=RULES) for x in (year, other))
    for name in one.tables:
        assert one.tables[name].equals(two.tables[name]), name


def test_recording_late_gives_the_same_as_recording_in_time(tmp_path):
    from made_up_months import assessed

    from layoutplan.supervision import init_ledger

    months = {f"2027-0{m}-10": assessed({"travel_beyond": v}) for m, v in ((1, 5), (2, 0), (3, 4))}
    made = []
    for name, order in (("in time", sorted(months)), ("late", sorted(months, reverse=True))):
        ledger = init_ledger(tmp_path / f"{name}.sqlite", county="龙河县")
        for on in order:
            record_assessment(ledger, months[on], date=on, standards=RULES)
        made.append(report(ledger, "2027Q1", standards=RULES))
    assert made[0].count("new") == 10
    assert made[0].items.equals(made[1].items)


def test_a_corrected_assessment_no_longer_counts(tmp_path):
    from made_up_months import assessed

    from layoutplan.supervision import init_ledger

    ledger = init_ledger(tmp_path / "l.sqlite", county="龙河县")
    first = record_assessment(ledger, assessed({"travel_beyond": 5}), date="2027-01-10")
    right = record_assessment(
        ledger, assessed({"travel_beyond": 0}), date="2027-01-10",
        supersedes=first.assessment_id,
    )  # fmt: skip
    assert right.opened == ()
    assert report(ledger, "2027-01").count("open") == 0
    again = record_assessment(
        ledger, assessed({"travel_beyond": 0}), date="2027-01-10",
        supersedes=first.assessment_id,
    )  # fmt: skip
    assert again.repeated
    assert again.assessment_id == right.assessment_id
