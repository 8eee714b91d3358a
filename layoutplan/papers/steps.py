"""The steps of a plan with their dates, as a roadmap has them."""

from collections.abc import Iterator
from typing import Final

import pandas as pd

from layoutplan.papers.case import Case
from layoutplan.papers.paper import Block, Grid, Text
from layoutplan.papers.shown import count, listed, told
from layoutplan.words import catalogue

_STEP_SECTIONS: Final = ("step", "roadmap.step", "roadmap.steps")


def steps_of(case: Case, site: str) -> Iterator[Block]:
    """Set out the steps at one site.

    Parameters
    ----------
    case
        The case.
    site
        The site.

    Yields
    ------
    Block
        A table, or what is missing.
    """
    if case.roadmap is None:
        yield Text(text=case.say("missing.roadmap"), tone="missing")
        return
    rows = case.cut("steps", site)
    if rows is None or rows.empty:
        yield Text(text=case.say("steps.none"))
        return
    yield steps_grid(case, rows, sites=False)


def steps_grid(case: Case, rows: pd.DataFrame, *, sites: bool) -> Grid:
    """Set out steps.

    Parameters
    ----------
    case
        The case.
    rows
        Rows of a roadmap's steps.
    sites
        Whether the schools are named.

    Returns
    -------
    Grid
        One row per step.
    """
    shown = [
        [
            *([case.school(str(r["site_id"]))] if sites else []),
            step_words(case, str(r["step"])),
            day(r["starts"], case),
            day(r["due"], case),
            told(r["responsible"], case.lang),
        ]
        for r in rows.to_dict("records")
    ]
    head = case.say("head.steps").split("|")
    return Grid(
        head=head if sites else head[1:], rows=shown, widths=(4, 3, 2, 2, 3)[0 if sites else 1 :]
    )


def step_words(case: Case, step: str) -> str:
    """Say a step.

    Parameters
    ----------
    case
        The case.
    step
        Its code.

    Returns
    -------
    str
        Its words; the code where it has none.
    """
    known = catalogue(case.lang)
    return next((known[f"{s}.{step}"] for s in _STEP_SECTIONS if f"{s}.{step}" in known), step)


def day(value: object, case: Case) -> str:
    """Print a date or a half-year.

    Parameters
    ----------
    value
        The date.
    case
        The case.

    Returns
    -------
    str
        Year, month and day; a half-year as it is.
    """
    if value is None or value != value:  # noqa: PLR0124 - not a number
        return case.say("unknown")
    return value.strftime("%Y-%m-%d") if hasattr(value, "strftime") else str(value)


def projects(case: Case) -> Iterator[Block]:
    """List what is built, with its cost, and where a roadmap says it, when and by whom.

    Parameters
    ----------
    case
        The case.

    Yields
    ------
    Block
        A table whose sum is that of the plan, or a sentence.
    """
    table = case.sites
    spending = table[table["capital_yuan"].fillna(0).gt(0)]
    if spending.empty:
        yield Text(text=case.say("projects.none"))
        return
    lang = case.lang
    rows = []
    for site, r in spending.sort_values("capital_yuan", ascending=False, kind="stable").iterrows():
        planned = case.cut("actions", str(site))
        ready = [] if planned is None else [day(x, case) for x in planned["ready"]]
        unknown = "–" if case.roadmap is not None else case.say("unknown")
        rows.append(
            [
                case.school(str(site)),
                case.township(r["township_id"]),
                catalogue(lang)[f"action.{r['action']}"],
                count(r["extra_classes"], lang),
                count(r["extra_beds"], lang),
                count(r["capital_yuan"], lang),
                listed(ready, lang) if ready else unknown,
            ]
        )
    sums = [count(spending[c].sum(), lang) for c in ("extra_classes", "extra_beds", "capital_yuan")]
    rows.append([case.say("total"), "", "", *sums, ""])
    yield Grid(
        head=case.say("head.projects").split("|"),
        rows=rows,
        widths=(4, 2.4, 2, 1.3, 1.3, 2.4, 2),
        numbers=frozenset({3, 4, 5}),
        total=True,
    )
