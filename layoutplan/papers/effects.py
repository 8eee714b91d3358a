"""What a plan does to children, places and money, as papers tell it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from layoutplan.actions import ACTIONS
from layoutplan.assessment.selections import pupils_of_villages, trips
from layoutplan.assessment.worded import unit_text
from layoutplan.papers.case import Case
from layoutplan.papers.paper import Block, Grid, Text
from layoutplan.papers.shown import change, count, decimal, in_unit, known, listed, with_unit
from layoutplan.reports.names import plan_title
from layoutplan.tables import BANDS
from layoutplan.words import say


@dataclass(frozen=True, kw_only=True)
class Longer:
    """Who changes school, and how much longer they travel.

    Parameters
    ----------
    moved
        Pupils who go to another school.
    longer
        Of them, those who travel longer than today; boarders apart.
    mean
        Minutes that these travel longer, on the mean; NaN where there are none.
    most
        The most that one of them travels longer.
    boards
        Pupils who board after the move.
    """

    moved: int
    longer: int
    mean: float
    most: float
    boards: int


def longer(moves: pd.DataFrame) -> Longer:
    """Count who travels longer.

    Parameters
    ----------
    moves
        Rows of `layoutplan.assessment.selections.all_moves`.

    Returns
    -------
    Longer
        The counts.
    """
    real = moves[moves["from_site"].ne("") & moves["to_site"].ne("")]
    extra = real["extra_minutes"].to_numpy(dtype=float)
    pupils = real["pupils"].to_numpy(dtype=np.int64)
    more = np.isfinite(extra) & (extra > 0)
    number = int(pupils[more].sum())
    return Longer(
        moved=int(pupils.sum()),
        longer=number,
        mean=float((extra[more] * pupils[more]).sum() / number) if number else float("nan"),
        most=float(extra[more].max()) if number else float("nan"),
        boards=int(pupils[real["boards"].to_numpy(dtype=bool)].sum()),
    )


def actions_told(case: Case) -> str:
    """Say how many sites get which action.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    str
        The counts of everything but what is not built.
    """
    counts = case.plan.decisions["action"].value_counts()
    return listed(
        [
            case.say("action_count", action=say(f"action.{a}", case.lang), n=count(n, case.lang))
            for a in ACTIONS
            if a != "unused" and (n := int(counts.get(a, 0)))
        ],
        case.lang,
    )


def money_told(case: Case) -> str:
    """Say what a plan costs.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    str
        Capital, running cost and how it differs from the other layout.
    """
    lang = case.lang
    capital, annual = case.done.value("capital"), case.done.value("annual")
    said = case.say(
        "effects.money", capital=with_unit(capital, "yuan", lang),
        annual=with_unit(annual, "yuan/year", lang),
    )  # fmt: skip
    if case.before is None:
        return said + case.say("effects.no_other")
    differ = annual - case.before.value("annual")
    key = "more" if differ > 0 else "less"
    told = with_unit(abs(differ), "yuan/year", lang)
    return said + case.say(f"effects.money_{key}", difference=told)


def children_told(case: Case) -> str:
    """Say how many children change school, and how much longer they travel.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    str
        The sentences.
    """
    if not case.knows_today:
        return case.say("effects.no_today")
    found, lang = longer(case.moves), case.lang
    said = case.say("effects.moved", moved=count(found.moved, lang))
    if found.longer:
        said += case.say(
            "effects.longer", longer=count(found.longer, lang), mean=decimal(found.mean, lang),
            most=decimal(found.most, lang),
        )  # fmt: skip
    else:
        said += case.say("effects.nobody_longer")
    if found.boards:
        said += case.say("effects.boards", boards=count(found.boards, lang))
    beyond = case.done.value("travel_beyond")
    said += case.say("effects.beyond", beyond=count(beyond, lang))
    if case.plan.pupils_unserved:
        said += case.say("effects.unserved", unserved=count(case.plan.pupils_unserved, lang))
    return said


def hardest_hit(case: Case, *, most: int) -> Iterator[Block]:
    """Name the villages whose children travel longest more than today.

    Parameters
    ----------
    case
        The case.
    most
        How many rows at most.

    Yields
    ------
    Block
        A table, or a sentence where nobody travels longer.
    """
    table = case.moves[case.moves["to_site"].ne("")]
    table = table[np.isfinite(table["extra_minutes"]) & table["extra_minutes"].gt(0)]
    if table.empty:
        yield Text(text=case.say("effects.nobody_longer"), tone="note")
        return
    table = table.sort_values(
        ["extra_minutes", "pupils", "village_id", "band", "from_site", "to_site"],
        ascending=[False, False, True, True, True, True],
    ).head(most)  # fmt: skip
    yield Grid(
        head=case.say("head.hardest").split("|"),
        rows=[_moved_row(case, row) for row in table.to_dict("records")],
        widths=(3, 2, 4, 4, 1.6, 1.8, 1.8, 1.8),
        numbers=frozenset({4, 5, 6, 7}),
        caption=case.say("effects.hardest"),
    )


def _moved_row(case: Case, row: dict[object, object]) -> list[str]:
    lang = case.lang
    village = str(row["village_id"])
    return [
        case.villages.get(village, village),
        say(f"band.{row['band']}", lang),
        case.school(str(row["from_site"])),
        case.school(str(row["to_site"])),
        count(row["pupils"], lang),
        decimal(row["before"], lang),
        decimal(row["after"], lang),
        change(row["extra_minutes"], lang),
    ]


def by_township(case: Case) -> pd.DataFrame:
    """Sum up what happens in each township.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    pandas.DataFrame
        Indexed by township_id (empty text where not known): pupils, moved, longer, beyond
        (persons, by home), unserved, closed and changed (sites).
    """
    people = pupils_of_villages(case.plan).groupby("township_id")[["pupils", "moved", "unserved"]]
    moves = case.moves
    real = moves[moves["from_site"].ne("") & moves["to_site"].ne("")]
    more = real[real["extra_minutes"].gt(0) & np.isfinite(real["extra_minutes"])]
    ways = trips(case.plan)
    sites = case.sites
    closed = sites[sites["action"].eq("close")]
    changed = sites[~sites["action"].isin(["keep", "unused"])]
    table = people.sum().assign(
        longer=more.groupby("township_id")["pupils"].sum(),
        beyond=ways[ways["beyond"]].groupby("township_id")["pupils"].sum(),
    )
    ids = sorted(set(table.index) | set(sites["township_id"]) | set(case.townships))
    table = table.reindex(ids)
    table["closed"] = closed.groupby("township_id").size()
    table["changed"] = changed.groupby("township_id").size()
    return table[list(TOWNSHIP_COLUMNS)].fillna(0).astype("int64").rename_axis("township_id")


TOWNSHIP_COLUMNS = ("pupils", "moved", "longer", "beyond", "unserved", "closed", "changed")


def township_grid(case: Case, *, most: int | None = None) -> Grid:
    """Set out what happens in each township, with the sum of all.

    Parameters
    ----------
    case
        The case.
    most
        Only so many townships, those with the most pupils who travel longer; all where None.

    Returns
    -------
    Grid
        The table.
    """
    table, lang = by_township(case), case.lang
    total = table.sum()
    shown = table
    if most is not None and len(table) > most:
        order = table.sort_values(["longer", "moved"], ascending=False, kind="stable")
        rest = order.iloc[most:].sum()
        shown = order.head(most)
    rows = [
        [case.township(i), *(count(row[c], lang) for c in TOWNSHIP_COLUMNS)]
        for i, row in shown.iterrows()
    ]
    if len(shown) < len(table):
        label = case.say("effects.others", n=len(table) - len(shown))
        rows.append([label, *(count(rest[c], lang) for c in TOWNSHIP_COLUMNS)])
    rows.append([case.say("total"), *(count(total[c], lang) for c in TOWNSHIP_COLUMNS)])
    return Grid(
        head=case.say("head.townships").split("|"),
        rows=rows,
        widths=(3.2, *(1.6,) * len(TOWNSHIP_COLUMNS)),
        numbers=frozenset(range(1, len(TOWNSHIP_COLUMNS) + 1)),
        total=True,
        caption=case.say("effects.townships"),
    )


def indicators_grid(case: Case, names: tuple[str, ...], *, sources: bool) -> Grid:
    """Set out indicators of the county, beside those of the other layout.

    Parameters
    ----------
    case
        The case.
    names
        The indicators.
    sources
        Whether limits are told with their documents.

    Returns
    -------
    Grid
        The table.
    """
    lang = case.lang
    table = case.done.table
    county = table[table["level"].eq("county")].set_index("indicator")
    head = [case.say("column.indicator"), case.say("column.unit")]
    if case.before is not None and case.against is not None:
        head.append(plan_title(case.against.name, lang))
    head += [plan_title(case.plan.name, lang), case.say("column.limit")]
    if sources:
        head.append(case.say("column.source"))
    rows: list[list[str]] = []
    marked: set[int] = set()
    for name in (n for n in names if n in county.index):
        unit = str(county.at[name, "unit"])
        row = [say(f"indicator.{name}", lang), _unit(unit, case)]
        if case.before is not None:
            row.append(in_unit(case.before.value(name), unit, lang))
        row.append(in_unit(case.done.value(name), unit, lang))
        limit = county.at[name, "limit"]
        row.append(in_unit(limit, unit, lang) if known(limit) else "–")
        if sources:
            row.append(str(county.at[name, "source"]) or "–")
        if county.at[name, "met"] == "no":
            marked.add(len(rows))
        rows.append(row)
    values = 2 if case.before is not None else 1
    return Grid(
        head=head,
        rows=rows,
        widths=(4, 1.2, *(1.9,) * values, 1.2, *((8,) if sources else ())),
        numbers=frozenset(range(2, 3 + values)),
        marked=frozenset(marked),
    )


def _unit(unit: str, case: Case) -> str:
    return unit_text(unit, case.lang) or "–"


def gates_told(case: Case) -> str:
    """Say how many closures pass their gates and how many do not.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    str
        The sentence.
    """
    verdicts = case.gates.verdicts["verdict"].value_counts()
    if not len(case.gates.proposals):
        return case.say("gates.none")
    counts = {v: count(verdicts.get(v, 0), case.lang) for v in ("pass", "open", "unknown", "fail")}
    return case.say("gates.counts", n=count(len(case.gates.proposals), case.lang),
                    passed=counts["pass"], waiting=counts["open"], unknown=counts["unknown"],
                    failed=counts["fail"])  # fmt: skip


def total_pupils(row: pd.Series, prefix: str) -> int:
    """Sum up the pupils of a site's decision.

    Parameters
    ----------
    row
        A row of the decisions.
    prefix
        ``before`` or ``after``.

    Returns
    -------
    int
        Persons.
    """
    return int(sum(int(row[f"{prefix}_{b}"]) for b in BANDS))
