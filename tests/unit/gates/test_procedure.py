"""The procedure of a closure: what must come before what, and what is refused."""

from datetime import date

import pandas as pd
import pytest

import layoutplan as lp
from layoutplan.errors import DataError, OptionsError
from layoutplan.gates import gates, procedures, read_procedure
from layoutplan.gates.declared import PROCEDURE, STEPS
from layoutplan.gates.procedure import REQUIRES
from layoutplan.standards import standards

PASSED = dict.fromkeys(("parents", "hearing", "travel", "boarding", "size"), "pass")


def made(*, verdicts=None, receivers=("B", "C"), notice=None):
    from layoutplan.gates.procedure import Procedure

    return Procedure(
        site_id="A", receivers=receivers, verdicts=PASSED | (verdicts or {}),
        names={"A": "<b>", "B": "Beta"}, notice=notice, lang="en",
    )  # fmt: skip


def walked(procedure, *steps, start=1):
    for i, step in enumerate(steps, start):
        name, _, receiver = step.partition(":")
        procedure = procedure.record(
            name, f"2026-03-{i:02d}", evidence=f"{name}.pdf", receiver=receiver
        )
    return procedure


WAY = ("survey", "scheme", "hearing", "argument", "notice", "deliberation", "approval",
       "building:B", "building:C", "transfer", "premises", "transition", "done")  # fmt: skip


def refused(procedure, step, on="2026-06-01", **more):
    with pytest.raises(OptionsError) as caught:
        procedure.record(step, on, **({"evidence": "x.pdf"} | more))
    for lang in ("zh", "en"):
        assert caught.value.message(lang)
    return {f.code: f for f in caught.value.findings}


def test_the_whole_way():
    procedure = made()
    assert procedure.state == ""
    assert procedure.next_steps == ("survey",)
    states = []
    for i, step in enumerate(WAY, 1):
        assert step.partition(":")[0] in procedure.next_steps
        procedure = walked(procedure, step, start=i)
        states.append(procedure.state)
    assert states == ["survey", "scheme", "hearing", "hearing", "notice", "deliberation",
                      "approval", "approval", "building", "transfer", "premises", "premises",
                      "done"]  # fmt: skip
    assert procedure.done == STEPS
    assert procedure.next_steps == ()
    assert list(procedure.table.columns) == [c.name for c in PROCEDURE.columns]
    assert len(procedure.table) == len(WAY)


def test_every_step_has_its_requirements():
    assert tuple(REQUIRES) == STEPS
    for step, before in REQUIRES.items():
        assert all(STEPS.index(b) < STEPS.index(step) for b in before)


@pytest.mark.parametrize("step", STEPS[1:])
def test_nothing_can_be_left_out(step):
    receiver = {"receiver": "B"} if step == "building" else {}
    found = refused(made(), step, **receiver)
    assert "procedure_steps_missing" in found
    assert "survey" in found["procedure_steps_missing"].what("en")


def test_argument_and_hearing_in_either_order():
    one = walked(made(), "survey", "scheme", "argument", "hearing")
    two = walked(made(), "survey", "scheme", "hearing", "argument")
    assert one.done == two.done
    assert one.next_steps == ("notice",)
    assert walked(made(), "survey", "scheme").next_steps == ("argument", "hearing")


def test_build_first_then_close():
    procedure = walked(made(), *WAY[:8])
    assert procedure.ready == ("B",)
    found = refused(procedure, "transfer")
    assert found["procedure_not_ready"].ids == ("C",)
    assert walked(procedure, "building:C", start=20).next_steps == ("transfer",)
    assert set(refused(procedure, "building", receiver="Z")) == {"procedure_receiver"}
    assert set(refused(procedure, "building")) == {"procedure_receiver"}
    assert set(refused(procedure, "building", receiver="B")) == {"procedure_repeated"}
    assert "procedure_receiver" in refused(procedure, "transfer", receiver="B")


def test_a_school_without_receivers_has_nothing_to_build():
    procedure = walked(made(receivers=()), *WAY[:7])
    assert procedure.next_steps == ("transfer",)
    assert walked(procedure, "transfer", start=9).state == "transfer"


@pytest.mark.parametrize(
    ("verdict", "code"), [("fail", "procedure_gate_failed"), ("open", "procedure_gate_open")]
)
def test_a_closure_must_not_be_forced(verdict, code):
    procedure = walked(made(verdicts={"parents": verdict}), *WAY[:5])
    assert procedure.next_steps == ()
    found = refused(procedure, "deliberation")
    assert set(found) == {code}
    assert found[code].ids == ("opinion of parents",)
    assert procedure.lacking("deliberation", "en")
    unknown = walked(made(verdicts={"size": "unknown"}), *WAY[:5])
    assert unknown.next_steps == ("deliberation",)


def test_dates_must_follow_each_other():
    procedure = walked(made(), "survey", "scheme")
    assert set(refused(procedure, "argument", "2026-03-01")) == {"procedure_dates"}
    assert procedure.record("argument", date(2026, 3, 2), evidence="x").state == "argument"
    stamped = procedure.record("argument", pd.Timestamp("2026-03-02 10:00"), evidence="x")
    assert stamped.records[-1].date == date(2026, 3, 2)
    assert set(refused(procedure, "argument", "soon")) == {"procedure_no_date"}


def test_evidence_is_a_name_that_is_given():
    assert set(refused(made(), "survey", evidence=" ")) == {"procedure_no_evidence"}
    assert set(refused(made(), "survey", evidence="../x")) == {"procedure_evidence_name"}
    assert set(refused(made(), "demolition")) == {"procedure_unknown_step"}
    assert set(refused(made(), "survey", "x", evidence="")) == {
        "procedure_no_evidence", "procedure_no_date",
    }  # fmt: skip


def test_days_of_the_notice_are_provincial():
    assert "closure_notice_days_min" not in standards()
    hebei = standards("cn-province-hebei")["closure_notice_days_min"]
    procedure = walked(made(notice=hebei), *WAY[:4])
    assert set(refused(procedure, "notice")) == {"procedure_notice_short"}
    short = refused(procedure, "notice", "2026-06-01", until="2026-06-29")
    assert "29 days" in short["procedure_notice_short"].what("en")
    noticed = procedure.record("notice", "2026-06-01", until="2026-06-30", evidence="x")
    assert set(refused(noticed, "deliberation", "2026-06-30")) == {"procedure_notice_running"}
    assert noticed.record("deliberation", "2026-07-01", evidence="x").state == "deliberation"
    nowhere = walked(made(), *WAY[:4])
    assert nowhere.record("notice", "2026-06-01", evidence="x").state == "notice"
    assert set(refused(nowhere, "notice", until="2026-05-30")) == {"procedure_until"}
    assert set(refused(made(), "survey", until="2026-07-30")) == {"procedure_until"}


def test_a_closure_can_be_given_up_until_pupils_move():
    given_up = walked(made(), "survey", "withdrawn")
    assert given_up.withdrawn
    assert given_up.state == "withdrawn"
    assert given_up.next_steps == ()
    assert set(refused(given_up, "scheme")) == {"procedure_withdrawn"}
    moved = walked(made(), *WAY[:10])
    assert set(refused(moved, "withdrawn")) == {"procedure_too_late"}


def test_a_step_changes_nothing_in_place():
    before = made()
    walked(before, "survey")
    assert before.records == ()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_is_set_out_for_a_reader(lang):
    procedure = walked(made(), *WAY[:5])
    table = procedure.words(lang)
    assert len(table) == len(STEPS)
    assert "<b>" not in procedure._repr_html_()
    assert "✔" in procedure._repr_html_()
    assert not table.isna().any(axis=None)


@pytest.fixture(name="done", scope="module")
def _done(draw):
    school = {"kind": "primary", "places": 90, "classrooms": 6}
    county, times = draw(
        {"V1": (40, 0, 0)}, {"A": school, "B": school, "C": school},
        {("V1", "A"): 5, ("V1", "B"): 10, ("V1", "C"): 90},
    )  # fmt: skip
    today = lp.evaluate(county, times)
    plan = lp.evaluate(county, times, today.decisions_with(A="close"))
    votes = pd.DataFrame(
        [("A", g, 2, 1, "2026-02-01") for g in ("parents", "hearing")],
        columns=["school_id", "gate", "votes_for", "votes_against", "date"],
    )
    return gates(plan), gates(plan, votes=votes)


def test_procedures_of_a_plan_take_over_the_gates(done):
    before, after = done
    procedure = procedures(before)["A"]
    assert procedure.receivers == ("B",)
    assert procedure.verdicts["hearing"] == "open"
    waiting = walked(procedure, *WAY[:5])
    assert "procedure_gate_open" in refused(waiting, "deliberation")
    assert waiting.with_gates(after).next_steps == ("deliberation",)


def test_records_make_the_round_trip(done, tmp_path):
    _, after = done
    way = ["survey", "scheme", "argument", "hearing", "notice", "deliberation", "approval",
           "building:B", "transfer"]  # fmt: skip
    procedure = walked(procedures(after)["A"], *way)
    path = tmp_path / "steps.csv"
    procedure.table.sample(frac=1, random_state=1).to_csv(path, index=False)
    again = procedures(after, read_procedure(path))["A"]
    pd.testing.assert_frame_equal(again.table, procedure.table)
    text = path.read_text().replace("survey,", "摸底,").replace("site_id", "学校代码")
    path.write_text(text, encoding="utf-8")
    assert procedures(after, read_procedure(path))["A"].state == "transfer"


def test_records_that_could_not_have_been_are_all_named(done):
    _, after = done
    columns = [c.name for c in PROCEDURE.columns]
    rows = [
        ("A", "survey", "2026-01-01", "", "", "x", ""),
        ("A", "transfer", "2026-01-02", "", "", "x", ""),
        ("A", "notice", "2026-01-03", "", "", "x", ""),
        ("Z", "survey", "2026-01-03", "", "", "x", ""),
    ]
    with pytest.raises(DataError) as caught:
        procedures(after, pd.DataFrame(rows, columns=columns))
    codes = [f.code for f in caught.value.findings]
    assert codes.count("procedure_steps_missing") == 2
    assert {"unknown_reference", "procedure_not_ready"} <= set(codes)
    wrong = pd.DataFrame([("A", "dance", "soon", "", "", "", "")], columns=columns)
    with pytest.raises(DataError) as caught:
        procedures(after, wrong)
    assert {f.code for f in caught.value.findings} == {"unknown_value", "bad_date", "blank_value"}
