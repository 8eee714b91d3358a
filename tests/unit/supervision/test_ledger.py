"""The file of a ledger: only grows, survives crashes, takes one writer at a time."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from layoutplan.errors import DataError, OptionsError
from layoutplan.supervision import (
    add_item,
    close_item,
    correct,
    init_ledger,
    note_progress,
    open_ledger,
    postpone,
    record_assessment,
    reopen_item,
    report,
    schema,
)
from layoutplan.supervision.store import writing


@pytest.fixture
def ledger(tmp_path):
    made = init_ledger(tmp_path / "ledger.sqlite", county="龙河县", wait=5)
    add_item(made, "修屋顶", date="2027-03-01", due="2027-06-30", owner="住建局")
    return made


def codes(error):
    return {f.code for f in error.value.findings}


@pytest.mark.parametrize("lives", [10, pytest.param(50, marks=pytest.mark.slow)])
def test_whatever_a_killed_process_acknowledged_is_there(tmp_path, lives):
    if not hasattr(os, "fork"):
        pytest.skip("needs fork")
    path = tmp_path / "ledger.sqlite"
    init_ledger(path, county="龙河县")
    script = Path(__file__).with_name("append_until_killed.py")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", script, path, str(lives)],
        capture_output=True, text=True, check=True, timeout=240,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert told["sound"] == "ok"
    acknowledged, notes = told["acknowledged"], told["notes"]
    assert len({a.partition("-")[0] for a in acknowledged}) == lives
    assert set(acknowledged) <= set(notes)
    assert len(notes) == len(set(notes))
    # A worker may be killed between writing and saying so, once in its life.
    assert len(set(notes) - set(acknowledged)) <= lives


def test_nothing_can_be_changed_deleted_or_replaced(ledger):
    close_item(ledger, "0001", date="2027-04-01", who="甲", evidence="报告")
    with closing(sqlite3.connect(ledger.path, isolation_level=None)) as db:
        tables = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        assert {"items", "events", "assessments", "about_columns"} <= set(tables)
        for table in tables:
            row = db.execute(f"SELECT * FROM {table}").fetchone()  # noqa: S608
            column = db.execute(f"PRAGMA table_info({table})").fetchone()[1]
            if row is None:
                continue
            marks = ", ".join("?" for _ in row)
            for query, values in (
                (f"UPDATE {table} SET {column} = {column}", ()),  # noqa: S608
                (f"DELETE FROM {table}", ()),  # noqa: S608
                (f"INSERT OR REPLACE INTO {table} VALUES ({marks})", row),  # noqa: S608
            ):
                with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                    db.execute(query, values)


def test_every_column_is_described_in_the_file(ledger):
    with closing(sqlite3.connect(ledger.path)) as db:
        told = set(db.execute("SELECT table_name, column_name FROM about_columns").fetchall())
        tables = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        there = {
            (t, r[1]) for t in tables for r in db.execute(f"PRAGMA table_info({t})").fetchall()
        }
        empty = db.execute("SELECT count(*) FROM about_columns WHERE zh = '' OR en = ''")
        assert empty.fetchone()[0] == 0
    assert told == there


def test_a_second_writer_is_told_who_writes(ledger, monkeypatch):
    monkeypatch.setenv("USER", "督导员甲")
    hasty = open_ledger(ledger.path, wait=0.1)
    with writing(ledger.path, what="record 2027-03"), pytest.raises(DataError) as error:
        note_progress(hasty, "0001", date="2027-03-02", note="b")
    assert codes(error) == {"ledger_locked"}
    message = error.value.message("en")
    assert "督导员甲" in message
    assert "record 2027-03" in message
    note_progress(hasty, "0001", date="2027-03-02", note="b")


def test_a_second_writer_waits_for_the_first(ledger):
    inside, leave = threading.Event(), threading.Event()

    def first():
        with writing(ledger.path, what="record"):
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(10)
    threading.Timer(0.3, leave.set).start()
    entry = note_progress(ledger, "0001", date="2027-03-02", note="waited")
    thread.join()
    assert entry.event_id == 2
    assert not ledger.path.with_name("ledger.sqlite.writing").exists()


def test_a_block_that_fails_writes_nothing(ledger):
    def fails():
        with writing(ledger.path, what="x") as db:
            db.execute("INSERT INTO about VALUES ('a', 'b')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with closing(sqlite3.connect(ledger.path)) as db:
        assert db.execute("SELECT count(*) FROM about WHERE key = 'a'").fetchone()[0] == 0


def test_a_newer_file_is_refused_and_left_alone(ledger):
    with closing(sqlite3.connect(ledger.path)) as db:
        db.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    before = ledger.path.read_bytes()
    with pytest.raises(DataError) as error:
        open_ledger(ledger.path)
    assert codes(error) == {"ledger_newer"}
    assert ledger.path.read_bytes() == before


def test_an_older_file_is_brought_up_to_date_on_a_copy(ledger, monkeypatch):
    monkeypatch.setattr(schema, "VERSION", 2)
    step = ("ALTER TABLE items ADD COLUMN remark TEXT NOT NULL DEFAULT ''",)
    monkeypatch.setattr(schema, "MIGRATIONS", {1: step})
    before = ledger.path.read_bytes()
    again = open_ledger(ledger.path)
    assert ledger.path.with_name("ledger.v1.sqlite").read_bytes() == before
    with closing(sqlite3.connect(again.path)) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == 2
        assert db.execute("SELECT remark FROM items").fetchall() == [("",)]
    assert report(again, "2027-03").count("open") == 1


def test_a_migration_that_fails_leaves_the_file_alone(ledger, monkeypatch):
    monkeypatch.setattr(schema, "VERSION", 2)
    monkeypatch.setattr(schema, "MIGRATIONS", {1: ("ALTER TABLE nothing ADD COLUMN a TEXT",)})
    before = ledger.path.read_bytes()
    with pytest.raises(sqlite3.OperationalError):
        open_ledger(ledger.path)
    assert ledger.path.read_bytes() == before
    assert [p.name for p in ledger.path.parent.iterdir()] == [ledger.path.name]


def test_what_is_no_ledger_is_refused(tmp_path, ledger):
    text, other = tmp_path / "a.sqlite", tmp_path / "b.sqlite"
    text.write_text("no database", encoding="utf-8")
    with closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE a (b)")
    for path in (text, other):
        with pytest.raises(DataError) as error:
            open_ledger(path)
        assert codes(error) == {"ledger_foreign"}
    with pytest.raises(DataError) as error:
        open_ledger(tmp_path / "none.sqlite")
    assert codes(error) == {"ledger_missing"}
    with pytest.raises(DataError) as error:
        init_ledger(ledger.path, county="x")
    assert codes(error) == {"ledger_exists"}


def test_mistakes_are_told_all_at_once(ledger):
    with pytest.raises(OptionsError) as error:
        close_item(ledger, "1", date="2027-04-01", who=" ", evidence="")
    assert codes(error) == {"supervision_must_be_named", "supervision_unknown_item"}
    for call, code in (
        (lambda: close_item(ledger, "0001", date="2027-01-01", who="a", evidence="b"),
         "supervision_before_opened"),
        (lambda: reopen_item(ledger, "0001", date="2027-04-01", due="2027-05-01", who="a",
                             note="b"), "supervision_not_closed"),
        (lambda: postpone(ledger, "0001", date="2027-04-01", due="2027-03-01", who="a",
                          reason="b"), "supervision_due_too_early"),
        (lambda: note_progress(ledger, "0001", date="2027-04-01", progress=2), "bad_option"),
        (lambda: note_progress(ledger, "0001", date="1.4.2027"), "supervision_bad_date"),
        (lambda: report(ledger, "2027-13"), "supervision_bad_period"),
    ):  # fmt: skip
        with pytest.raises(OptionsError) as error:
            call()
        assert codes(error) == {code}
    close_item(ledger, "0001", date="2027-04-01", who="a", evidence="b")
    with pytest.raises(OptionsError) as error:
        close_item(ledger, "0001", date="2027-04-02", who="a", evidence="b")
    assert codes(error) == {"supervision_closed_already"}


def test_a_correction_is_a_new_entry_and_the_wrong_one_stays(ledger):
    wrong = close_item(ledger, "0001", date="2027-04-01", who="a", evidence="b")
    right = correct(ledger, wrong.event_id, who="c", reason="日期有误", date="2027-05-02")
    assert report(ledger, "2027-04").count("closed") == 0
    assert report(ledger, "2027-05").count("closed") == 1
    with closing(sqlite3.connect(ledger.path)) as db:
        query = "SELECT date, supersedes FROM events WHERE kind = 'closed' ORDER BY event_id"
        assert db.execute(query).fetchall() == [
            ("2027-04-01", None),
            ("2027-05-02", wrong.event_id),
        ]
    with pytest.raises(OptionsError) as error:
        correct(ledger, wrong.event_id, who="c", reason="d", date="2027-05-03")
    assert codes(error) == {"supervision_unknown_entry"}
    assert right.event_id != wrong.event_id


def test_a_day_that_people_set_stays_until_the_roadmap_says_another(tmp_path):
    made = init_ledger(tmp_path / "ledger.sqlite", county="龙河县")
    steps = pd.DataFrame({"site_id": ["1"], "step": ["notice"], "due": ["2027-03-15"]})
    (item,) = record_assessment(made, date="2027-01-31", steps=steps).opened
    postpone(made, item, date="2027-02-10", due="2027-04-20", who="甲", reason="雨季")
    assert not record_assessment(made, date="2027-02-28", steps=steps).postponed
    assert report(made, "2027-03").items.loc[0, "due"] == "2027-04-20"
    moved = record_assessment(made, date="2027-03-31", steps=steps.assign(due="2027-05-10"))
    assert moved.postponed == (item,)


@pytest.mark.parametrize("asked", ["9999-12", "0001-01", "2027-13", "2027年3月"])
def test_periods_at_the_ends_of_the_calendar_are_told(ledger, asked):
    with pytest.raises(OptionsError):
        report(ledger, asked)


@pytest.mark.parametrize("date", [pd.NaT, "2027/03/01", "2027-02-29", "", None])
def test_what_is_no_day_is_told(ledger, date):
    with pytest.raises(OptionsError):
        note_progress(ledger, "0001", date=date, note="x")


def test_steps_of_a_roadmap_are_named_and_wait_for_their_time(tmp_path):
    made = init_ledger(tmp_path / "ledger.sqlite", county="Longhe", lang="en")
    rows = {"action_id": "a-b-close", "site_id": "a-b", "step": "survey", "due": "2028-02-20"}
    steps = pd.DataFrame([{**rows, "starts": "2028-01-22", "responsible": "A. Li"}])
    record_assessment(made, date="2027-01-31", steps=steps)
    shown = report(made, "2027-12").items.loc[0]
    assert shown["title"] == "roadmap, close: survey"
    # Most of the time since the recording has gone, but the step has not begun.
    assert shown["light"] == "green"
    assert report(made, "2028-02", today="2028-02-15").items.loc[0, "light"] == "yellow"
