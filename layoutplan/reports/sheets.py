"""The tables of a report in words: what happens to schools and where pupils go."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from layoutplan.assessment.assess import township_names
from layoutplan.assessment.selections import OPEN, trips
from layoutplan.checks import findings as check_findings
from layoutplan.explain.reasons import reason_words
from layoutplan.findings import Finding, findings_table
from layoutplan.plan import Plan
from layoutplan.reports.names import bands_text, site_names, village_names
from layoutplan.reports.workbook import Sheet, unit_format
from layoutplan.standards import Standards
from layoutplan.table_columns import title_of
from layoutplan.tables import (
    ASSESSMENT,
    ASSIGNMENT,
    BANDS,
    DECISIONS,
    FINDINGS,
    TOWNSHIPS,
    UNSERVED,
    VILLAGES,
    heading,
)
from layoutplan.words import Language, catalogue, say

_NO_FORMATS: Final[Mapping[str, str]] = MappingProxyType({})

_FOUND: WeakKeyDictionary[Plan, tuple[Finding, ...]] = WeakKeyDictionary()


def decisions_sheet(plan: Plan, lang: Language) -> Sheet:
    """Set out what happens at each site.

    Parameters
    ----------
    plan
        The plan.
    lang
        The language.

    Returns
    -------
    Sheet
        One row per site; those that change are marked.
    """
    table = plan.decisions.reset_index()
    names, townships = site_names(plan), township_names(plan)
    worded = table.assign(
        kind=_words(table["kind"], "kind", lang),
        township_id=table["township_id"].map(lambda t: townships.get(t, t)),
        action=_words(table["action"], "action", lang),
        receivers=[
            say("report.list_separator", lang).join(f"{i} {names.get(i, '')}".strip() for i in r)
            for r in table["receivers"].fillna("").str.split()
        ],
        bands=[bands_text(b, lang) for b in table["bands"].fillna("").str.split()],
    )
    said = reason_words(plan, lang)
    worded["why"] = [said.get(str(site), "") for site in table["site_id"]]
    changed = ~table["action"].isin(["keep", "unused"])
    headings = {"why": say("report.column.why", lang)}
    headings |= {c: heading(DECISIONS, c, lang=lang) for c in table.columns}
    headings["township_id"] = heading(TOWNSHIPS, "name", lang=lang)
    return Sheet(
        title=title_of(DECISIONS, lang),
        table=worded.rename(columns=headings),
        marked=frozenset(np.flatnonzero(changed).tolist()),
        frozen=2,
    )


def assignment_sheet(plan: Plan, lang: Language) -> Sheet:
    """Set out where the pupils of each village go.

    Parameters
    ----------
    plan
        The plan.
    lang
        The language.

    Returns
    -------
    Sheet
        One row per village, band and school; those beyond the limit are marked.
    """
    table = trips(plan)
    beyond = table["beyond"]
    shown = _with_villages(plan, table, lang)
    shown[heading(ASSIGNMENT, "site_id", lang=lang)] = table["site_id"]
    shown[heading(DECISIONS, "name", lang=lang)] = table["site_id"].map(site_names(plan))
    shown[heading(ASSIGNMENT, "pupils", lang=lang)] = table["pupils"]
    minutes, limit = heading(ASSIGNMENT, "minutes", lang=lang), say("report.limit_minutes", lang)
    shown[minutes] = table["minutes"]
    shown[limit] = table["limit"]
    shown[say("report.beyond_limit", lang)] = beyond.map(
        {True: say("assessment.met.yes", lang), False: say("assessment.met.no", lang)}
    ).where(table["known"], "")
    shown[heading(ASSIGNMENT, "mode", lang=lang)] = _words(table["mode"], "mode", lang)
    return summed_sheet(
        title_of(ASSIGNMENT, lang),
        shown,
        [heading(ASSIGNMENT, "pupils", lang=lang)],
        lang=lang,
        formats={minutes: unit_format("minutes")},
        marked=beyond,
    )


def unserved_sheet(plan: Plan, lang: Language) -> Sheet:
    """Set out the pupils without a school, and why.

    Parameters
    ----------
    plan
        The plan.
    lang
        The language.

    Returns
    -------
    Sheet
        One row per village and band.
    """
    table = plan.unserved
    shown = _with_villages(plan, table, lang)
    shown[heading(UNSERVED, "pupils", lang=lang)] = table["pupils"]
    shown[heading(UNSERVED, "reason", lang=lang)] = _words(table["reason"], "reason", lang)
    pupils = heading(UNSERVED, "pupils", lang=lang)
    return summed_sheet(title_of(UNSERVED, lang), shown, [pupils], lang=lang)


def merges(plan: Plan) -> pd.DataFrame:
    """Sum up who goes from which school to which.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        from_site, to_site, closed (whether the first is no longer open), one column
        per band and pupils, from schools that close first.
    """
    moves = plan.moves
    moves = moves[moves["from_site"].ne("") & moves["from_site"].ne(moves["to_site"])]
    by = ["from_site", "to_site"]
    wide = moves.pivot_table(
        index=by, columns="band", values="pupils", aggfunc="sum", fill_value=0, observed=True
    )
    wide = wide.reindex(columns=list(BANDS), fill_value=0).astype("int64").reset_index()
    wide.columns.name = None
    action = plan.decisions["action"]
    wide["closed"] = ~wide["from_site"].map(action).isin(OPEN)
    wide["pupils"] = wide[list(BANDS)].sum(axis=1)
    return wide.sort_values(
        ["closed", "from_site", "pupils", "to_site"],
        ascending=[False, True, False, True],
        ignore_index=True,
    )


def merges_sheet(plan: Plan, lang: Language) -> Sheet:
    """Set out who goes from which school to which.

    Parameters
    ----------
    plan
        The plan.
    lang
        The language.

    Returns
    -------
    Sheet
        One row per pair of schools; those from closed schools are marked.
    """
    table = merges(plan)
    names = site_names(plan)
    action = table["from_site"].map(plan.decisions["action"])
    nowhere = say("report.no_school", lang)
    bands = {b: say("report.pupils_of_band", lang, band=say(f"band.{b}", lang)) for b in BANDS}
    together = say("report.pupils_in_all", lang)
    shown = pd.DataFrame(
        {
            say("report.from_id", lang): table["from_site"],
            say("report.from_name", lang): table["from_site"].map(names),
            heading(DECISIONS, "action", lang=lang): _words(action, "action", lang),
            say("report.to_id", lang): table["to_site"],
            say("report.to_name", lang): table["to_site"].map(names).fillna(nowhere),
            **{title: table[b] for b, title in bands.items()},
            together: table["pupils"],
        }
    )
    sums = [*bands.values(), together]
    return summed_sheet(
        say("report.sheet.merges", lang), shown, sums, lang=lang, marked=table["closed"]
    )


def all_findings(plan: Plan) -> tuple[Finding, ...]:
    """Give what was found in the data and in the plan, each thing once.

    A plan never changes: its findings are looked for at the first look and kept with it.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    tuple of Finding
        The findings.
    """
    if plan in _FOUND:
        return _FOUND[plan]
    found: list[Finding] = []
    seen = set()
    for finding in (*check_findings(plan.county, standards=plan.standards), *plan.findings):
        what = (finding.code, finding.table, finding.column, finding.ids, finding.count)
        if what not in seen:
            seen.add(what)
            found.append(finding)
    _FOUND[plan] = tuple(found)
    return _FOUND[plan]


def findings_sheet(plan: Plan, lang: Language) -> Sheet:
    """Set out what was found in the data and in the plan.

    Parameters
    ----------
    plan
        The plan.
    lang
        The language.

    Returns
    -------
    Sheet
        One row per finding, worst first.
    """
    table = findings_table(all_findings(plan), lang=lang)
    worse = frozenset(np.flatnonzero(table["severity"] != "note").tolist())
    table = table.assign(severity=_words(table["severity"], "severity", lang))
    headings = {c: heading(FINDINGS, c, lang=lang) for c in table.columns}
    return Sheet(
        title=title_of(FINDINGS, lang),
        table=table.rename(columns=headings),
        marked=worse,
    )


def standards_sheet(standards: Standards, lang: Language) -> Sheet:
    """Set out every number that the plan rests on, with its document.

    Parameters
    ----------
    standards
        The profile.
    lang
        The language.

    Returns
    -------
    Sheet
        One row per number; those that are not confirmed are marked.
    """
    entries = list(standards.values())
    units = catalogue(lang)
    columns = {
        "label": [s.label(lang) for s in entries],
        "value": [s.value for s in entries],
        "unit": [units.get(f"unit.{s.unit}", s.unit) for s in entries],
        "status": [say(f"status.{s.status}", lang) for s in entries],
        "document": [s.document for s in entries],
        "article": [s.article for s in entries],
        "note": [s.note for s in entries],
        "id": [s.id for s in entries],
    }
    shown = pd.DataFrame({say(f"report.standard.{k}", lang): v for k, v in columns.items()})
    value = say("report.standard.value", lang)
    forms = ["#,##0" if s.value.is_integer() else "#,##0.0#####" for s in entries]
    return Sheet(
        title=say("report.sheet.standards", lang),
        table=shown,
        formats={value: forms},
        marked=frozenset(i for i, s in enumerate(entries) if s.status != "confirmed"),
    )


def indicators_sheet(table: pd.DataFrame, rows: pd.DataFrame, *, title: str, lang: Language,
                     plans: dict[str, str]) -> Sheet:  # fmt: skip
    """Set out indicators in words.

    Parameters
    ----------
    table
        The indicators in words.
    rows
        The same rows under their codes.
    title
        The name of the sheet.
    lang
        The language.
    plans
        Heading by column for the columns that hold values of plans.

    Returns
    -------
    Sheet
        One row per indicator and group; those that break a limit are marked.
    """
    forms = [unit_format(u) for u in rows["unit"]]
    headings = {c: plans.get(c, heading(ASSESSMENT, c, lang=lang)) for c in table.columns}
    numeric = [headings[c] for c in table.columns if pd.api.types.is_numeric_dtype(table[c])]
    values = [c for c in plans if not c.startswith("difference_") and c in rows]
    over = pd.concat([rows[c] > rows["limit"] for c in values], axis=1).any(axis=1)
    return Sheet(
        title=title,
        table=table.rename(columns=headings),
        formats=dict.fromkeys(numeric, forms),
        marked=frozenset(np.flatnonzero(over).tolist()),
    )


def summed_sheet(
    title: str,
    table: pd.DataFrame,
    sums: Iterable[str],
    *,
    lang: Language,
    marked: Iterable[bool] = (),
    formats: Mapping[str, str] = _NO_FORMATS,
    frozen: int = 2,
) -> Sheet:
    """Set out a table with the sums of some of its columns.

    Parameters
    ----------
    title
        The name of the sheet.
    table
        What it holds, under its headings.
    sums
        Headings of the columns that are summed up.
    lang
        The language.
    marked
        One truth value per row that is to be seen at once.
    formats
        Number formats by heading.
    frozen
        How many columns stay in view on the left.

    Returns
    -------
    Sheet
        The sheet.
    """
    return Sheet(
        title=title,
        table=table,
        formats=formats,
        marked=frozenset(np.flatnonzero(np.array(list(marked), dtype=bool)).tolist()),
        frozen=frozen,
        sums=tuple(sums),
        sum_label=say("papers.total", lang),
    )


def _words(codes: pd.Series, section: str, lang: Language) -> pd.Series:
    known = catalogue(lang)
    texts = codes.astype("str").map(lambda c: known.get(f"{section}.{c}", c), na_action="ignore")
    return texts.astype("str")


def _with_villages(plan: Plan, table: pd.DataFrame, lang: Language) -> pd.DataFrame:
    villages, townships = plan.county.villages, township_names(plan)
    shown = {
        heading(VILLAGES, "village_id", lang=lang): table["village_id"],
        heading(VILLAGES, "name", lang=lang): table["village_id"].map(village_names(plan)),
    }
    if "township_id" in villages:
        ids = table["village_id"].map(villages["township_id"])
        shown[heading(TOWNSHIPS, "name", lang=lang)] = ids.map(lambda t: townships.get(t, t))
    shown[heading(ASSIGNMENT, "band", lang=lang)] = _words(table["band"], "band", lang)
    return pd.DataFrame(shown)
