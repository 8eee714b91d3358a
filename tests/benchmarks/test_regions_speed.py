"""A province on Dask: speed-up over one process, cost by number of counties, memory.

Run alone on a quiet machine with two cores:
pytest -n 0 -s -m benchmark tests/benchmarks/test_regions_speed.py

LAYOUTPLAN_COUNTIES (100), LAYOUTPLAN_SIZES (10,30,100,300) and LAYOUTPLAN_SMALL (1000) choose
how many counties each of the three runs takes.
"""

import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

import layoutplan as lp
from layoutplan.county_file import write_county
from layoutplan.regions.jobs import Done, assess_today

pytest.importorskip("distributed")
pytestmark = [pytest.mark.benchmark, pytest.mark.filterwarnings("ignore")]

COUNTIES = int(os.environ.get("LAYOUTPLAN_COUNTIES", "100"))
SIZES = tuple(int(n) for n in os.environ.get("LAYOUTPLAN_SIZES", "10,30,100,300").split(","))
SMALL = int(os.environ.get("LAYOUTPLAN_SMALL", "1000"))
VILLAGES = 120


def write_province(folder: Path, counties: int, villages: int, *, kinds: int = 10) -> Path:
    """Write made-up counties side by side on a grid; every tenth is of one kind, moved."""
    folder.mkdir(parents=True, exist_ok=True)
    made = [lp.example.county(seed=s, villages=villages) for s in range(1, kinds + 1)]
    for n in range(counties):
        county, right, up = made[n % kinds], n % 20, n // 20
        tables = {}
        for name in ("villages", "schools", "roads", "townships"):
            table = county.table(name)
            # To the east only: north of it a degree has fewer metres.
            table = table.set_geometry(table.translate(0.9 * right + 0.0 * up, 0))
            tables[name] = table
        code = f"{34}{n + 1000:04d}"
        write_county(lp.County.from_tables(**tables, name=code), folder / f"{code}.gpkg")
    return folder


def tables_of(out: Path) -> dict[str, bytes]:
    return {
        p.relative_to(out).as_posix(): p.read_bytes()
        for p in sorted((out / "counties").rglob("*.parquet"))
    }


def peaked(asked):
    """Assess a county and tell the most memory that the process has held."""
    done = assess_today(asked)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return type(done)(tables={}, numbers=dict(done.numbers) | {"peak_mb": peak})


LOOP = """
import sys
import pandas as pd
import layoutplan as lp
from layoutplan.text_storage import OPTION
pd.set_option(*OPTION)
lp.plan_regions(sys.argv[1], sys.argv[2], job="assess", workers=0, margin_m=0)
"""


def seconds_apart(halves, tmp_path):
    """Let two programs loop over one half each, at once."""
    begun = time.monotonic()
    running = [
        subprocess.Popen([sys.executable, "-c", LOOP, str(half), str(tmp_path / f"apart-{n}")])
        for n, half in enumerate(halves)
    ]
    assert [program.wait() for program in running] == [0, 0]
    return time.monotonic() - begun


def test_two_processes_against_one(tmp_path):
    """Half of the loop runs before the two processes and half after them.

    A machine that others use as well is faster at one time than at another. What two programs
    that know nothing of each other gain on it, each with a loop over one half, is told beside it:
    cores that share their memory, or one core told as two, give less than twice.
    """
    source = write_province(tmp_path / "in", COUNTIES, VILLAGES)
    halves = [tmp_path / "first", tmp_path / "last"]
    for n, path in enumerate(sorted(source.glob("*.gpkg"))):
        halves[2 * n // COUNTIES].mkdir(exist_ok=True)
        shutil.copy(path, halves[2 * n // COUNTIES])
    seconds = {"loop": 0.0, "two": 0.0}
    asked = (("loop", 0, halves[0]), ("two", 2, source), ("loop", 0, halves[1]))
    tables = {name: {} for name in seconds}
    for name, workers, counties in asked:
        out, begun = tmp_path / f"out-{counties.name}", time.monotonic()
        lp.plan_regions(counties, out, job="assess", workers=workers, margin_m=0)
        seconds[name] += time.monotonic() - begun
        tables[name] |= tables_of(out)
    apart = seconds_apart(halves, tmp_path)
    print(
        f"\n{COUNTIES} counties of {VILLAGES} villages: loop {seconds['loop']:.0f} s, "
        f"two processes {seconds['two']:.0f} s, {seconds['loop'] / seconds['two']:.2f} times; "
        f"two programs apart {apart:.0f} s, {seconds['loop'] / apart:.2f} times"
    )
    assert len(tables["loop"]) > COUNTIES
    assert tables["loop"] == tables["two"]
    assert seconds["loop"] / seconds["two"] >= 1.7


def test_cost_by_number_of_counties(tmp_path):
    rows = []
    for number in SIZES:
        source = write_province(tmp_path / f"in{number}", number, 40)
        begun = time.monotonic()
        done = lp.plan_regions(source, tmp_path / f"out{number}", job=peaked, workers=2, margin_m=0)
        rows.append((number, time.monotonic() - begun, done.counties["peak_mb"].max()))
    table = pd.DataFrame(rows, columns=["counties", "seconds", "peak_mb"])
    each = (table["seconds"].iloc[-1] - table["seconds"].iloc[0]) / (SIZES[-1] - SIZES[0])
    print("\n" + table.to_string(index=False))
    print(
        f"2,800 such counties: {table['seconds'].iloc[0] + each * (2800 - SIZES[0]):.0f} s, "
        f"if each costs as much as those between {SIZES[0]} and {SIZES[-1]} do"
    )
    assert table["peak_mb"].max() < 1500


def nothing(asked):
    """Do nothing: what is left is the time outside counties, and that of reading them."""
    return Done(tables={}, numbers={"villages_read": float(len(asked.county.villages))})


def test_a_job_that_does_nothing(tmp_path):
    rows = []
    for number in SIZES:
        source = write_province(tmp_path / f"in{number}", number, 20)
        seconds = {}
        for again in ("first", "second"):
            begun = time.monotonic()
            lp.plan_regions(source, tmp_path / f"out{number}", job=nothing, workers=2, margin_m=0)
            seconds[again] = time.monotonic() - begun
        rows.append((number, *seconds.values()))
    print("\n" + pd.DataFrame(rows, columns=["counties", "first", "second"]).to_string(index=False))


def test_a_thousand_small_counties(tmp_path):
    source = write_province(tmp_path / "in", SMALL, 20)
    begun = time.monotonic()
    done = lp.plan_regions(source, tmp_path / "out", job="travel_times", workers=2, margin_m=0)
    print(f"\n{SMALL:,} counties of 20 villages: {time.monotonic() - begun:.0f} s")
    assert set(done.counties["state"]) == {"done"}
