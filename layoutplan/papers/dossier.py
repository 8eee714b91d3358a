"""One school, one file (一校一案): pupils, who moves where, receivers, gates, dates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from layoutplan.actions import CLOSED_ACTIONS
from layoutplan.gates.shown import bands_words
from layoutplan.papers.case import Case
from layoutplan.papers.dossier_parts import assets, boarding, bus, teachers
from layoutplan.papers.effects import total_pupils
from layoutplan.papers.future import pupils_ahead, years_told
from layoutplan.papers.paper import Block, Grid, Heading, Paper, Picture, Seal, Text
from layoutplan.papers.provenance import provenance
from layoutplan.papers.shown import change, count, decimal, listed, told
from layoutplan.papers.steps import steps_of
from layoutplan.tables import BANDS
from layoutplan.words import say

_MAP_MM: Final = 110
_MOST_ROWS: Final = 40
"""Rows of a table of moves; what is more is told as a number and stands in the workbook."""


@dataclass(frozen=True, eq=False, kw_only=True)
class YearsAhead:
    """Pupils of the years ahead by school.

    Parameters
    ----------
    plan
        Where the plan's catchments hold: year to sites x bands.
    today
        Where those of the other layout hold; nothing where there is none.
    """

    plan: Mapping[int, pd.DataFrame] = field(default_factory=dict)
    today: Mapping[int, pd.DataFrame] = field(default_factory=dict)


def years_ahead(case: Case) -> YearsAhead:
    """Count the pupils of the years ahead once for all dossiers.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    YearsAhead
        Nothing where nothing is projected.
    """
    projection = case.projection
    if projection is None:
        return YearsAhead()
    years = years_told(projection)
    against = case.against
    return YearsAhead(
        plan={y: pupils_ahead(case.plan, projection, y) for y in years},
        today=({} if against is None else {y: pupils_ahead(against, projection, y) for y in years}),
    )


def dossier(
    case: Case, site: str, *, ahead: YearsAhead | None = None, picture: bytes | None = None
) -> Paper:
    """Write the file of one school.

    Parameters
    ----------
    case
        The case.
    site
        The school or candidate site.
    ahead
        Pupils of the years ahead, where already counted.
    picture
        The map; the file says that there is none where None.

    Returns
    -------
    Paper
        The file.
    """
    row = pd.Series(case.sites.loc[site])
    blocks: list[Block] = [
        Heading(text=case.say("dossier.basics")),
        _basics(case, site, row),
        Text(text=case.say("dossier.why", why=case.reasons.get(site) or case.say("unknown"))),
        Heading(text=case.say("dossier.map")),
        Text(text=case.say("missing.map"), tone="missing")
        if picture is None
        else Picture(png=picture, width_mm=_MAP_MM, text=case.say("map_text")),
        Heading(text=case.say("dossier.pupils")),
        *_pupils(case, site, row, ahead or years_ahead(case)),
        Heading(text=case.say("dossier.moves")),
        *_moves(case, site),
        Heading(text=case.say("dossier.classes")),
        *_classes(case, site, row),
        Heading(text=case.say("dossier.conditions")),
        Text(text=boarding(case, site, row)),
        Text(text=bus(case, site)),
        *teachers(case, site, row),
        *assets(case, site),
        Heading(text=case.say("dossier.gates")),
        *_gates(case, site, row),
        Heading(text=case.say("dossier.steps")),
        *steps_of(case, site),
        Seal(),
        *provenance(case),
    ]
    return Paper(
        title=case.say("dossier.title", school=case.school(site)),
        lang=case.lang,
        blocks=tuple(blocks),
        look="sheet",
        above=case.say("dossier.above", county=case.county),
    )


def _basics(case: Case, site: str, row: pd.Series) -> Grid:
    lang = case.lang
    township = str(row["township_id"])
    receivers = [case.school(r) for r in str(row["receivers"]).split()]
    known = case.schools.loc[site]
    pairs = [
        ("site_id", site),
        ("township", case.township(township)),
        ("kind", say(f"kind.{row['kind']}", lang)),
        ("responsible", case.responsible.get(township) or case.say("missing.responsible")),
        ("action", say(f"action.{row['action']}", lang)),
        ("receivers", listed(receivers, lang)),
        ("bands", bands_words(str(row["bands"]), lang) or "–"),
        ("classrooms", count(known.get("classrooms"), lang)),
        ("classes", count(row["classes"], lang)),
        ("extra_classes", count(row["extra_classes"], lang)),
        ("places", count(row["places"], lang)),
        ("beds", count(row["beds"], lang)),
        ("capital", count(row["capital_yuan"], lang)),
        ("annual", count(row["annual_yuan"], lang)),
    ]
    texts = [(case.say(f"field.{k}"), v) for k, v in pairs]
    rows = [[*texts[i], *texts[i + 1]] for i in range(0, len(texts), 2)]
    head = [case.say("column.item"), case.say("column.content")] * 2
    return Grid(head=head, rows=rows, widths=(2, 4, 2, 4))


def _pupils(case: Case, site: str, row: pd.Series, ahead: YearsAhead) -> Iterator[Block]:
    lang = case.lang
    closed = str(row["action"]) in CLOSED_ACTIONS
    years = list(ahead.plan)
    head = [
        case.say("column.band"), case.say("dossier.today"), case.say("dossier.planned"),
        *(case.say("dossier.year_if_stays" if closed else "dossier.year", year=y) for y in years),
    ]  # fmt: skip
    source = ahead.today if closed else ahead.plan
    rows = [
        [
            say(f"band.{b}", lang),
            count(row[f"before_{b}"], lang),
            count(row[f"after_{b}"], lang),
            *(count(_of(source.get(y), site, b), lang) for y in years),
        ]
        for b in BANDS
    ]
    rows.append(
        [
            case.say("total"),
            count(total_pupils(row, "before"), lang),
            count(total_pupils(row, "after"), lang),
            *(count(_of(source.get(y), site, *BANDS), lang) for y in years),
        ]
    )
    yield Grid(
        head=head, rows=rows, widths=(2, *(2,) * (len(head) - 1)),
        numbers=frozenset(range(1, len(head))), total=True,
    )  # fmt: skip
    if case.projection is None:
        yield Text(text=case.say("missing.projection"), tone="missing")
    elif closed and not ahead.today:
        yield Text(text=case.say("missing.today"), tone="missing")
    else:
        yield Text(text=case.say("dossier.years_note"), tone="note")


def _of(table: pd.DataFrame | None, site: str, *bands: str) -> int | None:
    if table is None:
        return None
    here = table[table.index == site]
    return int(here[list(bands)].to_numpy().sum())


def _moves(case: Case, site: str) -> Iterator[Block]:
    if not case.knows_today:
        yield Text(text=case.say("missing.moves"), tone="missing")
        return
    for name, other in (("leave", "to_site"), ("come", "from_site")):
        rows = case.cut(name, site)
        if rows is not None:
            rows = rows[rows["from_site"].ne(rows["to_site"])]
        if rows is None or rows.empty:
            yield Text(text=case.say(f"dossier.nobody_{name}"))
            continue
        yield _moves_grid(case, rows, other=other, caption=case.say(f"dossier.{name}"))
        more = len(rows) - _MOST_ROWS
        if more > 0:
            yield Text(text=case.say("dossier.more_rows", n=more), tone="note")


def _moves_grid(case: Case, rows: pd.DataFrame, *, other: str, caption: str) -> Grid:
    lang = case.lang
    table = rows.sort_values(
        ["pupils", "village_id", "band", other], ascending=[False, True, True, True]
    )
    shown = [
        [
            case.villages.get(str(r["village_id"]), str(r["village_id"])),
            say(f"band.{r['band']}", lang),
            case.school(str(r[other])),
            count(r["pupils"], lang),
            decimal(r["before"], lang),
            decimal(r["after"], lang),
            case.say("boards") if r["boards"] else change(r["extra_minutes"], lang),
            say(f"mode.{r['mode']}", lang) if r["mode"] else "–",
        ]
        for r in table.head(_MOST_ROWS).to_dict("records")
    ]
    shown.append([case.say("total"), "", "", count(rows["pupils"].sum(), lang), "", "", "", ""])
    key = "head.moves_to" if other == "to_site" else "head.moves_from"
    return Grid(
        head=case.say(key).split("|"),
        rows=shown,
        widths=(3, 2, 4, 1.5, 1.7, 1.7, 1.7, 1.6),
        numbers=frozenset({3, 4, 5, 6}),
        total=True,
        caption=caption,
    )


def _classes(case: Case, site: str, row: pd.Series) -> Iterator[Block]:
    receivers = str(row["receivers"]).split()
    if str(row["action"]) in CLOSED_ACTIONS and not receivers:
        yield Text(text=case.say("dossier.no_receivers"))
        return
    for school in receivers or [site]:
        rows = case.cut("classes", school)
        name = case.school(school)
        if rows is None:
            yield Text(text=case.say("dossier.no_classes", school=name), tone="missing")
            continue
        yield _class_grid(case, school, rows)
    if case.against is None:
        yield Text(text=case.say("missing.today"), tone="missing")


def _class_grid(case: Case, school: str, rows: pd.DataFrame) -> Grid:
    lang = case.lang
    old = case.cut("classes_before", school)
    before = {} if old is None else old.set_index("grade").to_dict("index")
    shown: list[list[str]] = []
    marked: set[int] = set()
    for r in rows.to_dict("records"):
        was = before.get(r["grade"])
        if r["over_size"]:
            marked.add(len(shown))
        unknown = "–" if case.against is not None else case.say("unknown")
        shown.append(
            [
                case.say("grade", n=r["grade"]),
                *([unknown] * 3 if was is None
                  else [count(was[c], lang) for c in ("pupils", "classes", "largest")]),
                *[count(r[c], lang) for c in ("pupils", "classes", "largest", "size")],
            ]
        )  # fmt: skip
    sums = [
        count(sum(w["pupils"] for w in before.values()), lang) if old is not None else "",
        count(sum(w["classes"] for w in before.values()), lang) if old is not None else "",
    ]
    shown.append([case.say("total"), *sums, "", count(rows["pupils"].sum(), lang),
                  count(rows["classes"].sum(), lang), "", ""])  # fmt: skip
    return Grid(
        head=case.say("head.classes").split("|"),
        rows=shown,
        widths=(1.6, *(1.5,) * 7),
        numbers=frozenset(range(1, 8)),
        marked=frozenset(marked),
        total=True,
        caption=case.say("dossier.classes_of", school=case.school(school)),
    )


def _gates(case: Case, site: str, row: pd.Series) -> Iterator[Block]:
    rows = case.cut("gates", site)
    if rows is None:
        key = "gates.no_closure" if str(row["action"]) not in CLOSED_ACTIONS else "gates.not_held"
        yield Text(text=case.say(key))
        return
    lang = case.lang
    yield Grid(
        head=case.say("head.gates").split("|"),
        rows=[
            [
                say(f"gate.{r['gate']}", lang),
                say(f"verdict.{r['verdict']}", lang),
                told(r["finding"], lang),
                told(r["source"], lang),
            ]
            for r in rows.to_dict("records")
        ],
        widths=(2, 1.3, 6, 4.5),
        marked=frozenset(i for i, v in enumerate(rows["verdict"]) if v == "fail"),
    )
    worst = case.verdicts[site]
    yield Text(text=say(f"gates.follows.{worst}", lang))
