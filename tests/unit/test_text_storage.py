"""How text is kept while the package's own programs run, and in the files of a province."""

import sys

import numpy as np
import pandas as pd
import pytest

import layoutplan as lp
from layoutplan import cli
from layoutplan.county_file import write_county
from layoutplan.regions.one_county import _parquet as write_parquet
from layoutplan.text_storage import OPTION, one_kind_of_text

pytest.importorskip("pyarrow")


@pytest.fixture(name="session")
def _session():
    """Give a session beside pyarrow as a notebook has it."""
    with pd.option_context("mode.string_storage", "pyarrow"):
        yield


@pytest.mark.usefixtures("session")
def test_the_command_line_is_quick_and_leaves_the_session_as_it_was(monkeypatch):
    seen = []
    monkeypatch.setattr(sys, "argv", ["layoutplan"])
    monkeypatch.setattr(cli, "app", lambda **_: seen.append(pd.get_option(OPTION[0])))
    cli.run()
    assert seen == ["python"]
    assert pd.get_option(OPTION[0]) == "pyarrow"


@pytest.mark.usefixtures("session")
def test_text_of_either_kind_makes_the_same_file(tmp_path):
    arrow = pd.DataFrame({"name": ["\u9701\u5ddd", None], "pupils": [1, 2]}, index=["a", "b"])
    assert arrow["name"].dtype.storage == "pyarrow"
    kind = pd.StringDtype("python", na_value=np.nan)
    plain = arrow.astype({"name": kind}).set_axis(arrow.index.astype(kind))
    for name, table in (("arrow", arrow), ("plain", plain)):
        one_kind_of_text(table).to_parquet(tmp_path / name)
    assert (tmp_path / "arrow").read_bytes() == (tmp_path / "plain").read_bytes()


def test_text_that_is_made_while_writing_is_kept_the_same_way(tmp_path):
    """Names as objects become text in the storage of the process that writes."""
    table = pd.DataFrame({"their_school": pd.Series(["\u9701\u5ddd", None], dtype=object)})
    for storage in ("pyarrow", "python"):
        with pd.option_context("mode.string_storage", storage):
            write_parquet(table, tmp_path / storage)
    assert (tmp_path / "pyarrow").read_bytes() == (tmp_path / "python").read_bytes()


@pytest.mark.slow
@pytest.mark.usefixtures("session")
def test_a_province_has_the_same_bytes_from_a_session_beside_pyarrow(tmp_path):
    pytest.importorskip("distributed")
    source = tmp_path / "in"
    source.mkdir()
    write_county(lp.example.county(seed=1, villages=12), source / "340101.gpkg")
    made = {}
    for workers, out in ((0, tmp_path / "loop"), (1, tmp_path / "one")):
        lp.plan_regions(source, out, job="assess", workers=workers, margin_m=0)
        made[workers] = {
            p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*.parquet"))
        }
    assert pd.get_option(OPTION[0]) == "pyarrow"
    assert len(made[0]) > 3
    assert made[0] == made[1]


def test_each_worker_of_our_own_is_quick():
    pytest.importorskip("distributed")
    from layoutplan.regions.workers import workers_of

    with workers_of(None, workers=1, memory="1GB", tries=1, lang="en") as crew:
        assert list(crew.each(pd.get_option, [OPTION[0]], names=["x"])) == [(0, "python")]
