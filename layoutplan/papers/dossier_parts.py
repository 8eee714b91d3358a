"""Parts of a school's file: boarding, school bus, teachers, assets."""

from collections.abc import Iterator
from typing import Final

import pandas as pd

from layoutplan.actions import CLOSED_ACTIONS
from layoutplan.papers.case import Case
from layoutplan.papers.paper import Block, Grid, Text
from layoutplan.papers.shown import count, decimal, known
from layoutplan.plan.ways import BOARD, BUS
from layoutplan.tables import SCHOOLS, heading

_ASSETS: Final = (
    "teaching_area_m2", "sports_area_m2", "equipment_yuan", "multimedia_rooms", "computers",
    "books",
)  # fmt: skip
_TEACHERS: Final = (
    "staff", "teachers", "teachers_above_degree", "key_teachers", "pe_art_teachers",
)  # fmt: skip


def boarding(case: Case, site: str, row: pd.Series) -> str:
    """Say who boards and what there is for boarders.

    Parameters
    ----------
    case
        The case.
    site
        The school.
    row
        Its decision.

    Returns
    -------
    str
        The sentence, for the receiving schools where it closes.
    """
    closed = str(row["action"]) in CLOSED_ACTIONS
    schools = str(row["receivers"]).split() if closed else [site]
    if not schools:
        return case.say("dossier.no_receivers")
    said = []
    for school in schools:
        here = _by(case, school, BOARD)
        known_of = case.schools.loc[school]
        decided = case.sites.loc[school]
        said.append(
            case.say(
                "dossier.boarding",
                school=case.school(school),
                boarders=count(here["pupils"].sum(), case.lang),
                beds=count(decided["beds"], case.lang),
                extra=count(decided["extra_beds"], case.lang),
                canteen=count(known_of.get("canteen_places"), case.lang),
            )
        )
    return "".join(said)


def bus(case: Case, site: str) -> str:
    """Say who comes by school bus.

    Parameters
    ----------
    case
        The case.
    site
        The school.

    Returns
    -------
    str
        The sentence.
    """
    if case.plan.bus is None:
        return case.say("missing.bus")
    here = _by(case, site, BUS)
    longest = here["minutes"].max() if len(here) else float("nan")
    if here.empty:
        return case.say("dossier.no_bus")
    return case.say("dossier.bus", pupils=count(here["pupils"].sum(), case.lang),
                    minutes=decimal(longest, case.lang))  # fmt: skip


def _by(case: Case, site: str, mode: str) -> pd.DataFrame:
    """Give those who come to a site in one way."""
    rows = case.cut("ways", site)
    if rows is None:
        return case.plan.assignment.iloc[:0]
    return rows[rows["mode"].eq(mode)]


def teachers(case: Case, site: str, row: pd.Series) -> Iterator[Block]:
    """Tell of teachers: those at hand, and posts that a closure frees.

    Parameters
    ----------
    case
        The case.
    site
        The school.
    row
        Its decision.

    Yields
    ------
    Block
        A table or what is missing, and a sentence on posts.
    """
    yield from _resources(case, site, _TEACHERS, key="teachers")
    planned = case.cut("actions", site)
    if planned is not None and {"teachers_freed", "teachers_needed"} <= set(planned):
        freed, needed = (planned[f"teachers_{w}"].sum() for w in ("freed", "needed"))
        told = case.say(
            "dossier.posts", freed=count(freed, case.lang), needed=count(needed, case.lang)
        )
        yield Text(text=told)
    elif str(row["action"]) not in ("keep", "unused"):
        yield Text(text=case.say("missing.posts"), tone="missing")


def assets(case: Case, site: str) -> Iterator[Block]:
    """Tell of rooms, grounds and equipment.

    Parameters
    ----------
    case
        The case.
    site
        The school.

    Yields
    ------
    Block
        A table, or what is missing.
    """
    yield from _resources(case, site, _ASSETS, key="assets")


def _resources(case: Case, site: str, columns: tuple[str, ...], *, key: str) -> Iterator[Block]:
    row = case.schools.loc[site]
    have = [c for c in columns if c in row.index and known(row[c])]
    if not have:
        yield Text(text=case.say(f"missing.{key}"), tone="missing")
        return
    yield Grid(
        head=[heading(SCHOOLS, c, lang=case.lang) for c in have],
        rows=[[count(row[c], case.lang) for c in have]],
        widths=(1,) * len(have),
        numbers=frozenset(range(len(have))),
        caption=case.say(f"dossier.{key}"),
    )
