"""The counties of a province on Dask: the same as the loop, workers that die, a scheduler apart."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from provinces import EAST, WEST, as_folder, counts, dies_always, dies_once, halves

import layoutplan as lp

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore")  # Dask leaves sockets open at its end


@pytest.fixture(scope="module")
def counties():
    return halves(lp.example.county(seed=1, villages=24))


@pytest.fixture(scope="module")
def source(counties, tmp_path_factory):
    return as_folder(counties, tmp_path_factory.mktemp("province") / "in")


def tables_of(out):
    return {
        p.relative_to(out).as_posix(): p.read_bytes()
        for p in sorted(out.rglob("*"))
        if p.suffix in {".parquet", ".csv"}
    }


@pytest.mark.slow
def test_workers_of_the_users_give_the_same_bytes_and_may_die(
    counties, source, tmp_path, monkeypatch
):
    monkeypatch.setenv("LAYOUTPLAN_TEST_MARK", str(tmp_path / "died"))
    monkeypatch.setenv("LAYOUTPLAN_TEST_VILLAGES", str(len(counties[EAST].villages)))
    plain = lp.plan_regions(source, tmp_path / "loop", job="travel_times", workers=0)
    with (
        dask.config.set({"distributed.deploy.lost-worker-timeout": "1 day"}),
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        told = []
        done = lp.plan_regions(
            source, tmp_path / "dask", job="travel_times", client=client,
            progress=lambda *step: told.append(step),
        )  # fmt: skip
        assert done.counties.equals(plain.counties)
        assert tables_of(tmp_path / "dask") == tables_of(tmp_path / "loop")
        assert [step[:3] for step in told] == [(1, 2, 0), (2, 2, 0)]
        lost = lp.plan_regions(source, tmp_path / "lost", job=dies_once, client=client, margin_m=0)
    assert (tmp_path / "died").exists()
    assert lost.counties["state"].to_dict() == {WEST: "done", EAST: "done"}


@pytest.mark.slow
def test_a_county_that_kills_every_worker_takes_no_other_with_it(counties, tmp_path, monkeypatch):
    monkeypatch.setenv("LAYOUTPLAN_TEST_VILLAGES", str(len(counties[WEST].villages)))
    more = counties | {"341503": counties[EAST], "341504": counties[EAST]}
    source = as_folder(more, tmp_path / "in")
    done = lp.plan_regions(
        source, tmp_path / "out", job=dies_always, workers=1, margin_m=0, lang="en"
    )
    assert done.counties["state"].tolist() == ["failed", "done", "done", "done"]
    assert "died" in done.failed["message"].iloc[0]


def test_a_scheduler_that_does_not_answer(source, tmp_path, monkeypatch):
    monkeypatch.setattr("layoutplan.regions.workers._PATIENCE", "1s")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(lp.OptionsError) as caught:
            lp.plan_regions(source, tmp_path / "out", job=counts, client=address)
    assert [f.code for f in caught.value.findings] == ["scheduler_unreachable"]
    assert not list((tmp_path / "out").rglob("*.parquet"))


def test_a_scheduler_without_workers_is_named_and_nothing_begun(source, tmp_path, monkeypatch):
    monkeypatch.setattr("layoutplan.regions.workers._FIRST_WORKER", 1.0)
    empty = distributed.LocalCluster(
        n_workers=0, processes=True, dashboard_address=None, host="127.0.0.1"
    )
    with empty as cluster, pytest.raises(lp.OptionsError) as caught:
        lp.plan_regions(source, tmp_path / "out", job=counts, client=cluster.scheduler_address)
    assert [f.code for f in caught.value.findings] == ["scheduler_without_workers"]
    assert not list((tmp_path / "out").rglob("*.parquet"))


@pytest.mark.slow
def test_a_scheduler_and_workers_started_apart(source, tmp_path):
    """As on a cluster: the command finds them by their address."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    dask = [sys.executable, "-m", "dask"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = [
        subprocess.Popen(
            [*dask, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"],
            **quiet,
        ),
        subprocess.Popen(
            [*dask, "worker", address, "--nworkers", "2", "--nthreads", "1", "--no-dashboard"],
            **quiet,
        ),
    ]
    try:
        wait_for(port)
        command = [str(Path(sys.executable).with_name("layoutplan")), "regions", str(source)]
        asked = ["-o", str(tmp_path / "out"), "--scheduler", address, "--job", "travel_times"]
        ran = subprocess.run(
            [*command, *asked, "--lang", "en"], capture_output=True, text=True, check=False,
            env=os.environ | {"COLUMNS": "200"},
        )  # fmt: skip
    finally:
        for process in started:
            process.terminate()
            process.wait(30)
    assert ran.returncode == 0, ran.stderr
    assert "2 counties: 2 done" in ran.stdout
    lp.plan_regions(source, tmp_path / "loop", job="travel_times", workers=0, lang="en")
    assert tables_of(tmp_path / "out") == tables_of(tmp_path / "loop")


@pytest.mark.slow
def test_the_command_names_a_corrupt_county(counties, tmp_path):
    source = as_folder(counties, tmp_path / "in")
    (source / f"{EAST} {counties[EAST].name}.gpkg").write_bytes(b"not a GeoPackage")
    command = [str(Path(sys.executable).with_name("layoutplan")), "regions", str(source)]
    asked = ["-o", str(tmp_path / "out"), "--workers", "2", "--job", "check", "--lang", "en"]
    ran = subprocess.run([*command, *asked], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert EAST in ran.stdout
    assert "1 failed" in ran.stdout
    assert "Traceback" not in ran.stderr


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(port):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail("the scheduler did not start")


@pytest.mark.slow
def test_a_script_without_a_guard_is_told_so(source, tmp_path):
    """Each worker would run the script again, and start workers of its own."""
    script = tmp_path / "plan_all.py"
    script.write_text(
        "import sys\nimport layoutplan as lp\n"
        'lp.plan_regions(sys.argv[1], sys.argv[2], job="check", workers=2, lang="en")\n',
        encoding="utf-8",
    )
    command = [sys.executable, str(script), str(source), str(tmp_path / "out")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert 'if __name__ == "__main__":' in ran.stderr
    assert ran.stderr.count("Traceback (most recent call last)") == 1
    assert ran.stderr.rstrip().splitlines()[-1].count("workers=0")
    assert not list((tmp_path / "out").rglob("*.parquet"))
