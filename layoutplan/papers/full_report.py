"""The full report of a plan: what it does, to whom, why, at what cost, on what ground."""

from collections.abc import Iterator
from typing import Final

from layoutplan.assessment.gates import must_keep_of
from layoutplan.assessment.worded import unit_text
from layoutplan.findings import findings_table
from layoutplan.papers.case import Case
from layoutplan.papers.effects import (
    actions_told,
    children_told,
    gates_told,
    hardest_hit,
    indicators_grid,
    money_told,
    total_pupils,
    township_grid,
)
from layoutplan.papers.future import years_told
from layoutplan.papers.paper import Block, Grid, Heading, NewPage, Paper, Picture, Seal, Text
from layoutplan.papers.provenance import provenance
from layoutplan.papers.shown import count, decimal, listed, told
from layoutplan.papers.steps import projects, steps_grid
from layoutplan.reports.sheets import all_findings
from layoutplan.reports.summary import KEY_INDICATORS, LEFT_TO_PEOPLE
from layoutplan.tables import BANDS
from layoutplan.words import say

_MAP_MM: Final = 150
_CHART_MM: Final = 140
_STEPS_MOST: Final = 120
_HARDEST: Final = 15
_FINDINGS: Final = 60


def full_report(
    case: Case, *, picture: bytes | None = None, charts: tuple[tuple[str, bytes], ...] | None = None
) -> Paper:
    """Write the report.

    Parameters
    ----------
    case
        The case.
    picture
        The map; the report says that there is none where None.
    charts
        Charts with their captions; the report says that there are none where None.

    Returns
    -------
    Paper
        The report.
    """
    return Paper(
        title=case.say("report.title", county=case.county),
        lang=case.lang,
        blocks=(
            Heading(text=case.say("report.overview")),
            *_overview(case, picture),
            Heading(text=case.say("report.changes")),
            *_changes(case),
            Heading(text=case.say("report.children")),
            *_children(case, charts),
            Heading(text=case.say("report.gates")),
            *_gates(case),
            Heading(text=case.say("report.must_keep")),
            *_must_keep(case),
            Heading(text=case.say("report.classes")),
            *_classes(case),
            Heading(text=case.say("report.projects")),
            *projects(case),
            Heading(text=case.say("report.years")),
            *_years(case),
            Heading(text=case.say("report.steps")),
            *_steps(case),
            Heading(text=case.say("report.indicators")),
            indicators_grid(case, KEY_INDICATORS, sources=True),
            Heading(text=case.say("report.left")),
            *(Text(text=say(f"report.left.{what}", case.lang)) for what in LEFT_TO_PEOPLE),
            Seal(),
            NewPage(),
            Heading(text=case.say("report.findings")),
            *_findings(case),
            Heading(text=case.say("report.standards")),
            _standards(case),
            *provenance(case),
        ),
    )


def _overview(case: Case, picture: bytes | None) -> Iterator[Block]:
    plan, lang = case.plan, case.lang
    yield Text(
        text=case.say(
            "report.scope",
            county=case.county,
            villages=count(len(plan.county.villages), lang),
            schools=count(len(plan.county.schools), lang),
            pupils=count(plan.pupils_in, lang),
            assigned=count(plan.pupils_assigned, lang),
            unserved=count(plan.pupils_unserved, lang),
        )
    )
    yield Text(text=case.say("one_pager.what", actions=actions_told(case)))
    yield Text(text=case.say("one_pager.children", told=children_told(case)))
    yield Text(text=case.say("one_pager.money", told=money_told(case)))
    yield Text(text=case.say("one_pager.gates", told=gates_told(case)))
    if picture is None:
        yield Text(text=case.say("missing.map"), tone="missing")
    else:
        yield Picture(
            png=picture,
            width_mm=_MAP_MM,
            text=case.say("map_text"),
            caption=case.say("map_caption"),
        )


def _changes(case: Case) -> Iterator[Block]:
    lang = case.lang
    table = case.sites
    table = table[~table["action"].isin(["keep", "unused"])]
    if table.empty:
        yield Text(text=case.say("report.no_changes"))
        return
    table = table.sort_values(["action", "township_id"], kind="stable")
    rows = [
        [
            case.school(str(site)),
            case.township(r["township_id"]),
            say(f"action.{r['action']}", lang),
            listed([case.school(x) for x in str(r["receivers"]).split()], lang),
            count(total_pupils(r, "before"), lang),
            count(total_pupils(r, "after"), lang),
            case.reasons.get(str(site)) or case.say("unknown"),
        ]
        for site, r in table.iterrows()
    ]
    before = sum(total_pupils(r, "before") for _, r in table.iterrows())
    after = sum(total_pupils(r, "after") for _, r in table.iterrows())
    rows.append([case.say("total"), "", "", "", count(before, lang), count(after, lang), ""])
    yield Grid(
        head=case.say("head.changes").split("|"),
        rows=rows,
        widths=(3, 2, 1.8, 3, 1.3, 1.3, 4.5),
        numbers=frozenset({4, 5}),
        total=True,
    )


def _children(case: Case, charts: tuple[tuple[str, bytes], ...] | None) -> Iterator[Block]:
    yield Text(text=children_told(case))
    if case.knows_today:
        yield township_grid(case)
        yield from hardest_hit(case, most=_HARDEST)
    else:
        yield Text(text=case.say("missing.moves"), tone="missing")
    if charts is None:
        yield Text(text=case.say("missing.charts"), tone="missing")
        return
    for caption, png in charts:
        yield Picture(png=png, width_mm=_CHART_MM, text=caption, caption=caption)


def _gates(case: Case) -> Iterator[Block]:
    yield Text(text=gates_told(case))
    rows, lang = case.gate_rows, case.lang
    if rows.empty:
        return
    yield Text(text=case.say("gates.forced"))
    wide = rows.pivot(index="site_id", columns="gate", values="verdict")
    first = rows.drop_duplicates("site_id").set_index("site_id")
    names = [str(g) for g in dict.fromkeys(rows["gate"])]
    shown: list[list[str]] = []
    marked: set[int] = set()
    for site in first.index:
        if case.verdicts[str(site)] == "fail":
            marked.add(len(shown))
        shown.append(
            [
                case.school(str(site)),
                count(first.at[site, "pupils"], lang),
                *(say("verdict." + str(wide.at[site, g]), lang) for g in names),
                say(f"verdict.{case.verdicts[str(site)]}", lang),
            ]
        )
    yield Grid(
        head=[
            case.say("column.school"), case.say("column.pupils"),
            *(say(f"gate.{g}", lang) for g in names), say("gates.together", lang),
        ],
        rows=shown,
        widths=(3.2, 1.3, *(1.7,) * (len(names) + 1)),
        numbers=frozenset({1}),
        marked=frozenset(marked),
    )  # fmt: skip
    for r in rows[rows["verdict"].isin(["fail", "unknown"])].to_dict("records"):
        yield Text(
            text=case.say(
                "gates.line", school=case.school(str(r["site_id"])),
                gate=say(f"gate.{r['gate']}", lang), verdict=say(f"verdict.{r['verdict']}", lang),
                finding=told(r["finding"], lang), source=told(r["source"], lang),
            ),
            tone="note",
        )  # fmt: skip


def _must_keep(case: Case) -> Iterator[Block]:
    table = must_keep_of(case.plan).schools
    if table.empty:
        yield Text(text=case.say("report.none_must_stay"))
        return
    lang = case.lang
    table = table.sort_values(["pupils", "site_id", "band"], ascending=[False, True, True])
    rows = [
        [
            case.school(str(r["site_id"])),
            say(f"band.{r['band']}", lang),
            count(r["pupils"], lang),
            case.school(str(r["alternative"])) if r["alternative"] else "–",
            decimal(r["minutes_mean"], lang) if r["alternative"] else "–",
            case.say("yes") if r["kept"] == "yes" else case.say("no"),
        ]
        for r in table.to_dict("records")
    ]
    rows.append([case.say("total"), "", count(table["pupils"].sum(), lang), "", "", ""])
    yield Text(text=case.say("report.must_keep_text"))
    yield Grid(
        head=case.say("head.must_keep").split("|"),
        rows=rows,
        widths=(4, 2, 1.6, 4, 1.8, 1.4),
        numbers=frozenset({2, 4}),
        marked=frozenset(i for i, k in enumerate(table["kept"]) if k == "no"),
        total=True,
    )


def _classes(case: Case) -> Iterator[Block]:
    table, lang = case.classes, case.lang
    over = table[table["over_size"].gt(0)]
    yield Text(
        text=case.say(
            "report.class_text", classes=count(table["classes"].sum(), lang),
            over=count(over["over_size"].sum(), lang),
            schools=count(over["site_id"].nunique(), lang),
            large=count(table["large"].sum(), lang),
        )
    )  # fmt: skip
    if over.empty:
        return
    rows = [
        [
            case.school(str(r["site_id"])), case.say("grade", n=r["grade"]),
            *(count(r[c], lang) for c in ("pupils", "classes", "largest", "size", "over_size")),
        ]
        for r in over.sort_values(["largest", "site_id", "grade"],
                                  ascending=[False, True, True]).to_dict("records")
    ]  # fmt: skip
    yield Grid(
        head=case.say("head.large").split("|"),
        rows=rows,
        widths=(4, 1.6, *(1.6,) * 5),
        numbers=frozenset(range(2, 7)),
    )


def _years(case: Case) -> Iterator[Block]:
    projection = case.projection
    if projection is None:
        yield Text(text=case.say("missing.projection"), tone="missing")
        return
    lang = case.lang
    rows = []
    for year in years_told(projection):
        for variant in projection.variants[:3]:
            table = projection.bands(year, variant)
            sums = [int(table[b].sum()) for b in BANDS]
            rows.append(
                [str(year), _variant(variant, case), *(count(n, lang) for n in (*sums, sum(sums)))]
            )
    yield Grid(
        head=[
            case.say("column.year"), case.say("column.variant"),
            *(say(f"band.{b}", lang) for b in BANDS), case.say("total"),
        ],
        rows=rows,
        widths=(1.5, 1.5, 2, 2, 2, 2),
        numbers=frozenset({2, 3, 4, 5}),
    )  # fmt: skip


def _variant(variant: str, case: Case) -> str:
    return case.say(f"variant.{variant}") if variant in ("low", "mid", "high") else variant


def _steps(case: Case) -> Iterator[Block]:
    roadmap = case.roadmap
    if roadmap is None:
        yield Text(text=case.say("missing.roadmap"), tone="missing")
        return
    steps = roadmap.steps
    if steps.empty:
        yield Text(text=case.say("steps.none"))
        return
    order = steps.sort_values(["due", "site_id"], kind="stable")
    yield steps_grid(case, order.head(_STEPS_MOST), sites=True)
    if len(order) > _STEPS_MOST:
        yield Text(text=case.say("steps.more", n=len(order) - _STEPS_MOST), tone="note")


def _findings(case: Case) -> Iterator[Block]:
    table = findings_table(all_findings(case.plan), lang=case.lang)
    if table.empty:
        yield Text(text=case.say("report.no_findings"))
        return
    rows = [
        [say(f"severity.{r['severity']}", case.lang), told(r["message"], case.lang),
         told(r["cure"], case.lang)]
        for r in table.head(_FINDINGS).to_dict("records")
    ]  # fmt: skip
    yield Grid(head=case.say("head.findings").split("|"), rows=rows, widths=(1.2, 7, 4.5))
    if len(table) > _FINDINGS:
        yield Text(text=case.say("report.more_findings", n=len(table) - _FINDINGS), tone="note")


def _standards(case: Case) -> Grid:
    lang = case.lang
    entries = list(case.plan.standards.values())
    return Grid(
        head=case.say("head.standards").split("|"),
        rows=[
            [s.label(lang), f"{s.value:,g}", unit_text(s.unit, lang) or "–", s.citation(lang)]
            for s in entries
        ],
        widths=(4.5, 1.4, 1.6, 6),
        numbers=frozenset({1}),
        marked=frozenset(i for i, s in enumerate(entries) if s.status != "confirmed"),
    )
