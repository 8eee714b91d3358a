"""Papers of a large county: 3,000 villages, 300 schools, a tenth of the small ones closed."""

import time
from dataclasses import replace
from itertools import pairwise

import docx
import openpyxl
import pytest
from made_up_maps import made_up_plans

import layoutplan as lp
from layoutplan.papers import write_paper, write_papers
from layoutplan.reports import write_report
from layoutplan.tables import BANDS

pytestmark = pytest.mark.benchmark

VILLAGES, SCHOOLS = 3_000, 300
WORKBOOK_SECONDS = 10.0
REPORT_SECONDS = 10.0
DOSSIERS, DOSSIERS_SECONDS = 300, 60.0
YEARS = 10


@pytest.fixture(scope="module", name="plans")
def _plans():
    return made_up_plans(VILLAGES, SCHOOLS)


@pytest.fixture(name="told")
def _told(capsys):
    def told(what, seconds, asked):
        with capsys.disabled():
            print(f"\n{what}, {VILLAGES} villages x {SCHOOLS} schools: {seconds:.1f} s of {asked}")

    return told


def fresh(plans):
    """Give the same plans as new ones, for tables are kept with the plan they were made for."""
    return tuple(replace(plan) for plan in plans)


def test_the_workbook(plans, tmp_path, told):
    today, plan = fresh(plans)
    start = time.perf_counter()
    path = write_report(plan, tmp_path / "report.xlsx", against=today)
    seconds = time.perf_counter() - start
    told("report.xlsx", seconds, WORKBOOK_SECONDS)
    book = openpyxl.load_workbook(path, read_only=True)
    assert sum(page.max_row for page in book) > 3 * VILLAGES
    assert seconds <= WORKBOOK_SECONDS


def test_the_report(plans, tmp_path, told):
    today, plan = fresh(plans)
    start = time.perf_counter()
    path = write_paper(plan, tmp_path / "report.docx", against=today)
    seconds = time.perf_counter() - start
    told("report.docx", seconds, REPORT_SECONDS)
    assert len(docx.Document(path).tables) > 5
    assert seconds <= REPORT_SECONDS


def test_dossiers(plans, tmp_path, told):
    today, plan = fresh(plans)
    sites = list(plan.decisions.index[:DOSSIERS])
    ahead = lp.project(plan.county, years=YEARS)
    seen, start = [], time.perf_counter()
    done = write_papers(
        plan, tmp_path, against=today, projection=ahead, dossiers=sites,
        progress=lambda *step: seen.append((*step, time.perf_counter() - start)),
    )  # fmt: skip
    seconds = time.perf_counter() - start
    told(f"{len(sites)} dossiers with the papers of the county", seconds, DOSSIERS_SECONDS)
    assert [step[0] for step in seen] == list(range(1, DOSSIERS + 4))
    files = [f for f in done.files if f.parent.name == "dossiers" and f.suffix == ".docx"]
    assert len(files) == DOSSIERS
    assert not done.findings
    first = docx.Document(files[0])
    assert len(first.inline_shapes) == 1
    pupils = next(t for t in first.tables if len(t.rows) == len(BANDS) + 2)
    assert pupils.rows[0].cells[0].text
    # Nobody waits longer than this without a word; the county's own papers come first.
    waits = [b[-1] - a[-1] for a, b in pairwise(seen)]
    assert max(waits) <= REPORT_SECONDS
    assert seconds <= DOSSIERS_SECONDS
