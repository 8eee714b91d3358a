"""Folders of papers when a writer is killed, and when two write at once."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from write_until_killed import LINES, NAMES, write

from layoutplan.errors import DataError
from layoutplan.reports.whole import whole_folder


@pytest.mark.parametrize("lives", [10, pytest.param(50, marks=pytest.mark.slow)])
def test_a_killed_writer_leaves_every_file_whole(tmp_path, lives):
    if not hasattr(os, "fork"):
        pytest.skip("needs fork")
    script = Path(__file__).with_name("write_until_killed.py")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", script, tmp_path / "out", str(lives)],
        capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= lives


def test_two_writers_at_once_leave_every_file_whole(tmp_path):
    folder, failed = tmp_path / "out", []

    def writes(told):
        try:
            for _ in range(15):
                write(folder, told)
        except Exception as error:  # noqa: BLE001 - a thread must say what went wrong
            failed.append(error)

    writers = [threading.Thread(target=writes, args=(told,)) for told in (1, 2)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert not failed
    assert {p.name for p in folder.iterdir()} == set(NAMES)
    for name in NAMES:
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        assert len(lines) == LINES
        assert len(set(lines)) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_files_go_back_where_they_cannot_have_two_names(tmp_path, monkeypatch):
    def no_links(_, target):
        raise OSError(95, "not supported", str(target))

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    write(tmp_path / "out", 1)

    def fails():
        with whole_folder(tmp_path / "out", replaces=["00.txt"]) as new:
            (new / "01.txt").write_text("2")
            (new / "folder").mkdir()
            (new / "folder" / "x").touch()
            (tmp_path / "out" / "folder").mkdir()
            (tmp_path / "out" / "folder" / "y").touch()

    with pytest.raises(DataError):
        fails()
    (tmp_path / "out" / "folder" / "y").unlink()
    (tmp_path / "out" / "folder").rmdir()
    assert {p.read_text().splitlines()[0] for p in (tmp_path / "out").iterdir()} == {"1"}
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
