"""Papers opened again: every number is the plan's, nothing is empty, names are text."""

import io
import re
import zipfile
from dataclasses import dataclass, replace
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import docx
import openpyxl
import pandas as pd
import pytest
from PIL import Image
from read_back import number, table_with, tables_of, words_of

from layoutplan.assessment import assess, class_table
from layoutplan.county import County
from layoutplan.errors import OptionsError
from layoutplan.example import county_tables
from layoutplan.gates import gates as hold_against
from layoutplan.papers import pictures as drawn
from layoutplan.papers import write_paper, write_papers, write_rectification
from layoutplan.papers.case import make_case
from layoutplan.papers.dossier import dossier, years_ahead
from layoutplan.papers.effects import by_township, longer
from layoutplan.papers.full_report import full_report
from layoutplan.papers.future import pupils_ahead
from layoutplan.papers.html import page_of
from layoutplan.papers.notice import masked_counts, notice
from layoutplan.papers.one_pager import one_pager
from layoutplan.papers.paper import Grid, Heading, Paper, Picture, Seal
from layoutplan.papers.paper import Text as Body
from layoutplan.papers.pdf import office, write_pdf
from layoutplan.papers.word import write_word
from layoutplan.papers.write import file_name
from layoutplan.plan import evaluate
from layoutplan.reports import write_report
from layoutplan.tables import BANDS
from layoutplan.testing import assert_plan_valid
from layoutplan.travel import travel_times
from layoutplan.words import say

NASTY = [
    "=cmd|' /C calc'!A0",
    "+1",
    "-2 村",
    "@x",
    "<script>alert(1)</script>",
    "坏\x01字\x0b",
    "]]>&amp;",
]


@pytest.fixture(scope="module", name="plans")
def _plans():
    tables = county_tables(1, villages=40)
    for table in (tables["schools"], tables["villages"], tables["townships"]):
        few = NASTY[: len(table)]
        table.iloc[: len(few), table.columns.get_loc("name")] = few
    county = County.from_tables(**tables, name="<i>龙河县\x02", year=2025)
    today = evaluate(county, travel_times(county))
    known = today.decisions
    closing = known.index[known["kind"].isin(["primary", "teaching_point"])][:3]
    grows = known.index[known["kind"].eq("junior")][0]
    actions = dict.fromkeys(closing, "close") | {grows: "expand"}
    plan = evaluate(county, today.times, today.decisions_with(actions), name="mine")
    assert_plan_valid(plan)
    return today, plan


@pytest.fixture(scope="module", name="case")
def _case(plans):
    return make_case(plans[1], against=plans[0], lang="en", inputs={"a.gpkg": "ab" * 32})


@dataclass(frozen=True)
class Ahead:
    """A projection as papers read it: each band of each village grows by one a year."""

    demand: pd.DataFrame
    base_year: int = 2025
    years: tuple = (2025, 2026, 2030, 2035)
    variants: tuple = ("mid", "low", "high")

    def bands(self, year, variant="mid"):
        return self.demand + (year - self.base_year) * (self.demand > 0) + (variant == "high")


@dataclass(frozen=True)
class Road:
    """A roadmap as papers read it."""

    actions: pd.DataFrame
    left_over: pd.DataFrame
    steps: pd.DataFrame
    money: pd.DataFrame


def road_of(plan):
    site = plan.decisions.index[plan.decisions["action"] == "close"][0]
    actions = pd.DataFrame(
        {
            "site_id": [site],
            "action": ["close"],
            "ready": ["2028H2"],
            "teachers_freed": [7],
            "teachers_needed": [2],
        },
        index=pd.Index(["A1"], name="action_id"),
    )
    steps = pd.DataFrame(
        {
            "site_id": [site], "step": ["hearing"], "starts": [pd.Timestamp("2027-03-01")],
            "due": [pd.Timestamp("2027-04-30")], "responsible": ["=Li"],
        }
    )  # fmt: skip
    others = plan.decisions.drop(site)[["action"]].query("action not in ['keep', 'unused']")
    others = others.rename_axis("site_id").reset_index()
    return Road(actions, others, steps, pd.DataFrame())


class Text(HTMLParser):
    """The text of a page, and its tags."""

    def __init__(self):
        super().__init__()
        self.tags, self.texts = set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data):
        self.texts.append(data)


def all_papers(case):
    closed = case.plan.decisions.index[case.plan.decisions["action"] == "close"][0]
    return [one_pager(case), full_report(case), notice(case), dossier(case, closed)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_section_is_empty_and_every_table_is_square(plans, lang):
    for paper in all_papers(make_case(plans[1], against=plans[0], lang=lang)):
        blocks = list(paper.numbered())
        for block, after in zip(blocks, [*blocks[1:], None], strict=True):
            if isinstance(block, Heading):
                assert after is not None
                assert not isinstance(after, Heading)
            if isinstance(block, Grid):
                assert block.rows
                assert {len(r) for r in block.rows} == {len(block.head)} == {len(block.widths)}
                assert all(isinstance(c, str) for r in block.rows for c in r)


def test_the_report_counts_as_the_plan_does(case, tmp_path):
    path = write_word(full_report(case), tmp_path / "r.docx")
    rows = table_with(path, ["township", "pupils", "change school"])
    total = by_township(case).sum()
    assert [number(c) for c in rows[-1][1:]] == total.tolist()
    assert total["pupils"] == case.plan.pupils_in
    assert total["moved"] == case.done.value("pupils_moved")
    assert total["longer"] == case.done.value("moved_longer") == longer(case.moves).longer
    assert total["beyond"] == case.done.value("travel_beyond")
    for column in range(1, 8):
        assert sum(number(r[column]) for r in rows[1:-1]) == number(rows[-1][column])
    changes = table_with(path, ["school", "township", "action", "receiving schools"])
    changed = case.plan.decisions[~case.plan.decisions["action"].isin(["keep", "unused"])]
    assert len(changes) == len(changed) + 2
    assert number(changes[-1][4]) == changed[[f"before_{b}" for b in BANDS]].to_numpy().sum()
    assert number(changes[-1][5]) == changed[[f"after_{b}" for b in BANDS]].to_numpy().sum()
    built = table_with(path, ["school", "township", "action", "classes added"])
    assert number(built[-1][5]) == case.plan.decisions["capital_yuan"].sum()
    shown = table_with(path, ["indicator", "unit"])
    told = {r[0]: r[3] for r in shown[1:]}
    before = {r[0]: r[2] for r in shown[1:]}
    for name in ("travel_beyond", "schools_open", "pupils_moved", "capital"):
        assert number(told[say(f"indicator.{name}", "en")]) == round(case.done.value(name))
    opened = say("indicator.schools_open", "en")
    assert number(before[opened]) == assess(case.against).value("schools_open")


def test_a_dossier_counts_as_the_plan_does(case, plans, tmp_path):
    plan = plans[1]
    moves = plan.moves
    classes = class_table(plan)
    for site in plan.decisions.index[plan.decisions["action"] == "close"]:
        path = write_word(dossier(case, site), tmp_path / "d.docx")
        row = plan.decisions.loc[site]
        pupils = table_with(path, ["grades", "today", "in the plan"])
        assert [number(r[1]) for r in pupils[1:-1]] == [row[f"before_{b}"] for b in BANDS]
        leave = table_with(path, ["village", "grades", "receiving school"])
        assert number(leave[-1][3]) == moves.loc[moves["from_site"] == site, "pupils"].sum()
        tables = [t for t in tables_of(path) if t[0][0] == "grade"]
        receivers = str(row["receivers"]).split()
        assert len(tables) == len(receivers)
        for receiver, table in zip(receivers, tables, strict=True):
            here = classes[classes["site_id"] == receiver]
            assert [number(r[4]) for r in table[1:-1]] == here["pupils"].tolist()
            assert [number(r[6]) for r in table[1:-1]] == here["largest"].tolist()
        gates = table_with(path, ["gate", "verdict"])
        verdicts = hold_against(plan).verdicts.loc[site]
        assert [r[1] for r in gates[1:]] == [say(f"verdict.{v}", "en") for v in verdicts[:-1]]


def test_missing_parts_are_said_in_their_place(case, plans):
    alone = make_case(plans[1], lang="en")
    shut = plans[1].decisions.query("action == 'close' and receivers != ''")
    closed = shut.index[0]
    told = {
        one_pager(case): ("map", "roadmap"),
        full_report(case): ("map", "charts", "roadmap", "projection"),
        notice(case): ("notice_days",),
        dossier(case, closed): ("map", "roadmap", "projection", "posts", "bus"),
        dossier(alone, closed): ("today",),
    }
    for paper, parts in told.items():
        page = page_of(paper)
        for part in parts:
            assert escape(say(f"papers.missing.{part}", "en")) in page
    whole = plans[0].county
    bare = County.from_tables(
        villages=whole.villages,
        schools=whole.schools[["kind", "places", "geometry"]],
        roads=whole.roads,
    )
    plan = evaluate(bare, plans[0].times.subset(site_ids=bare.sites.index))
    page = page_of(dossier(make_case(plan, lang="en"), plan.decisions.index[0]))
    for part in ("teachers", "assets", "responsible"):
        assert escape(say(f"papers.missing.{part}", "en")) in page
    assert "nan" not in page.lower().split()


def test_years_and_steps_are_told_to_the_person(plans, tmp_path):
    today, plan = plans
    ahead = Ahead(plan.demand)
    for year in ahead.years:
        assert (
            pupils_ahead(plan, ahead, year).to_numpy().sum() == ahead.bands(year).to_numpy().sum()
        )
    now = pupils_ahead(plan, ahead, 2025)
    went = plan.assignment.pivot_table(index="site_id", columns="band", values="pupils",
                                       aggfunc="sum", fill_value=0)  # fmt: skip
    assert (now == went.reindex(index=now.index, columns=now.columns, fill_value=0)).all(axis=None)
    case = make_case(plan, against=today, projection=ahead, roadmap=road_of(plan), lang="en")
    site = case.roadmap.actions["site_id"].iloc[0]
    path = write_word(dossier(case, site, ahead=years_ahead(case)), tmp_path / "d.docx")
    pupils = table_with(path, ["grades", "today", "in the plan", "2025, if it stayed"])
    expected = pupils_ahead(today, ahead, 2030).loc[site].tolist()
    assert [number(r[4]) for r in pupils[1:-1]] == expected
    steps = table_with(path, ["step", "starts", "due"])
    assert steps[1] == [say("step.hearing", "en"), "2027-03-01", "2027-04-30", "=Li"]
    assert say("papers.dossier.posts", "en", freed="7", needed="2") in words_of(path)
    for part in ("roadmap", "projection"):
        assert say(f"papers.missing.{part}", "en") not in page_of(full_report(case))


def test_hostile_names_are_text(case, tmp_path):
    for n, paper in enumerate(all_papers(case)):
        reader = Text()
        reader.feed(page_of(paper))
        assert "script" not in reader.tags
        assert "i" not in reader.tags
        path = write_word(paper, tmp_path / f"{n}.docx")
        document = docx.Document(path)
        assert "\x01" not in document.element.xml
        assert document.core_properties.author == "layoutplan"
    assert "<i>龙河县" in document.element.body[0].xml.replace("&lt;", "<").replace("&gt;", ">")
    assert file_name(3, "../../x") == "school-0003"


def test_equal_inputs_give_equal_bytes(plans, tmp_path):
    for name in ("a", "b"):
        write_papers(plans[1], tmp_path / name, against=plans[0], dossiers=[], lang="zh")
        write_report(plans[1], tmp_path / name / "r.xlsx", against=plans[0], lang="zh")
    files = sorted(p.name for p in (tmp_path / "a").iterdir())
    assert len(files) == 7
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_provenance_stands_in_every_document(case):
    for paper in (full_report(case), all_papers(case)[-1]):
        page = page_of(paper)
        for told in ("abababababababab", "layoutplan 0", "cn-layout-national", "not searched for"):
            assert told in page
    assert "abababababababab" in page_of(one_pager(case))


def test_folders_and_single_papers(plans, tmp_path, monkeypatch):
    monkeypatch.setattr(drawn.Pictures, "_map", lambda *_: None)
    plan, seen = plans[1], []
    sites = list(plan.decisions.index[:2])
    done = write_papers(plan, tmp_path / "out", dossiers=sites, lang="en",
                        progress=lambda *step: seen.append(step))  # fmt: skip
    assert len(done.files) == 3 * 2 + 2 * 2 + 1
    assert all(f.is_file() for f in done.files)
    assert [s[:2] for s in seen] == [(n, 5) for n in range(1, 6)]
    again = write_papers(plan, tmp_path / "out", dossiers=sites[:1], lang="en")
    left = {p.name for p in (tmp_path / "out" / "dossiers").iterdir()}
    assert left == {p.name for p in again.files if p.parent.name == "dossiers"}
    assert write_paper(plan, tmp_path / "n.html", kind="notice").read_bytes().startswith(b"<!DOC")
    with pytest.raises(OptionsError):
        write_papers(plan, tmp_path / "x", dossiers=["nowhere"])
    with pytest.raises(OptionsError):
        write_paper(plan, tmp_path / "x.docx", kind="poem")
    other = replace(road_of(plan), actions=pd.DataFrame({"site_id": ["elsewhere"]}))
    with pytest.raises(OptionsError):
        write_papers(plan, tmp_path / "x", roadmap=other)
    assert not (tmp_path / "x").exists()


def test_a_missing_font_is_told_and_no_paper_fails(plans, tmp_path, monkeypatch):
    monkeypatch.setattr("layoutplan.maps.fonts.chinese_font", lambda: None)
    done = write_papers(plans[1], tmp_path, against=plans[0], lang="zh")
    assert {f.code for f in done.findings} == {"papers_without_picture"}
    assert say("papers.missing.map", "zh") in words_of(tmp_path / "report.docx")


def test_the_notice_holds_no_small_count(case):
    sites, table = masked_counts(case)
    assert len(sites) == 3
    assert table.counts[:-1, :-1].sum() == case.gates.proposals["pupils"].sum()
    assert (table.hidden | ~table.small).all()


def test_a_rectification_notice_says_all_of_its_row(tmp_path):
    row = {
        "item_id": "L-7", "title": "=Large classes\x01", "owner": "<b>Qiaotou",
        "basis": "GB 1 [3.0.1]",
        "due": pd.Timestamp("2027-06-30"), "indicator": "classes_large", "value": 4.0, "limit": 0.0,
    }  # fmt: skip
    path = write_rectification(row, tmp_path / "n.docx", lang="en", issuer="Office")
    told = dict(table_with(path, ["item", "content"])[1:])
    assert list(told.values()) == [
        "L-7", "=Large classes", say("indicator.classes_large", "en"), "4", "0", "GB 1 [3.0.1]",
        "<b>Qiaotou", "2027-06-30",
    ]  # fmt: skip
    assert "Office" in words_of(path)
    bare = write_rectification({"item_id": "L-8"}, tmp_path / "n.html", lang="zh")
    assert bare.read_text(encoding="utf-8").count(say("papers.unknown", "zh")) >= 6


def test_sums_of_the_workbook_equal_the_plan(plans, tmp_path):
    today, plan = plans
    path = write_report(plan, tmp_path / "r.xlsx", against=today, lang="en", inputs={"a": "b" * 64})
    seen, told = (openpyxl.load_workbook(path, data_only=d) for d in (True, False))
    for page in told:
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert re.fullmatch(r"=[SUM('!\w ):+-]*", str(cell.value)), cell.value
                    assert isinstance(seen[page.title][cell.coordinate].value, (int, float))
    page = seen["Reconciliation"]
    rows = {r[0].value: [c.value for c in r[1:]] for r in page.iter_rows(min_row=2)}
    assert all(there == here and not differ for there, here, differ in rows.values())
    assert rows[say("papers.excel.pupils_in", "en")][0] == plan.pupils_in
    summed = {}
    for sheet in seen:
        if sheet.title.startswith("Township "):
            column = [c.value for c in sheet[1]].index(say("indicator.pupils", "en")) + 1
            last = sheet.cell(row=sheet.max_row, column=column).value
            inner = [sheet.cell(row=r, column=column).value or 0 for r in range(2, sheet.max_row)]
            assert sum(inner) == last
            summed[sheet.title] = last
    assert sum(summed.values()) == plan.pupils_in


@pytest.mark.slow
@pytest.mark.skipif(office() is None, reason="no LibreOffice")
def test_documents_become_pdf(plans, tmp_path):
    closed = plans[1].decisions.index[plans[1].decisions["action"] == "close"][:1]
    done = write_papers(plans[1], tmp_path, against=plans[0], dossiers=closed, pdf=True, lang="zh")
    made = [f for f in done.files if f.suffix == ".pdf"]
    assert len(made) == 4
    for file in made:
        raw = Path(file).read_bytes()
        assert raw.startswith(b"%PDF")
    one = next(f for f in made if f.name == "one-pager.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page[^s]", one)) == 1


def test_pdf_without_libreoffice_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("layoutplan.papers.pdf.office", lambda: None)
    with pytest.raises(OptionsError) as caught:
        write_pdf([tmp_path / "a.docx"])
    assert caught.value.findings[0].code == "no_office"


def png(width, height):
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "#aaccdd").save(buffer, "PNG")
    return buffer.getvalue()


def test_a_word_document_holds_its_pictures_and_little_else(tmp_path):
    hostile = "\" onload='x' <&\x01"
    pictures = [
        Picture(png=png(*size), width_mm=100, text=hostile) for size in ((80, 40), (30, 60))
    ]
    grid = Grid(head=("a", "b"), rows=[("=1", "]]>")], widths=(1, 2))
    blocks = (Heading(text="一"), *pictures, grid, Body(text="\ud800" + hostile), Seal())
    paper = Paper(title=hostile, lang="zh", look="sheet", blocks=blocks)
    path = write_word(paper, tmp_path / "a.docx")
    document = docx.Document(path)
    shapes = list(document.inline_shapes)
    assert [(s.width.mm, s.height.mm) for s in shapes] == [(100, 50), (100, 200)]
    kept = hostile.replace("\x01", "")
    drawn = document.element.body.iter("{*}docPr")
    assert [d.get("descr") for d in drawn] == [kept, kept]
    assert document.core_properties.title == kept
    assert [p.text for p in document.paragraphs if "onload" in p.text] == [kept, kept]
    assert tables_of(path)[0][1] == ["=1", "]]>"]
    # Most of the template's styles are not used by any paper.
    assert len(document.styles) < 40
    assert path.stat().st_size < 30_000
    used = {p.style.name for p in document.paragraphs}
    assert {"Title", "Heading 1", "LP Picture"} <= used
    names = zipfile.ZipFile(path).namelist()
    assert [n for n in names if "media" in n] == ["word/media/image1.png", "word/media/image2.png"]


def test_short_tables_stay_together_and_heads_with_their_rows(tmp_path):
    # Where a head stood alone at the foot of a page, LibreOffice lost the only row below it.
    tables = [
        Grid(head=("a",), rows=[(str(n),) for n in range(rows)], widths=(1,)) for rows in (1, 3, 40)
    ]
    path = write_word(Paper(title="t", lang="en", blocks=tuple(tables)), tmp_path / "a.docx")
    document = docx.Document(path)
    assert document.styles["LP Head"].paragraph_format.keep_with_next
    kept = [
        [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows[1:]]
        for table in document.tables
    ]
    assert kept == [[None], [True, True, None], [None] * 40]
