"""Schools: how many of each kind and size, what happens to them, and where none is."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from layoutplan.assessment.rows import COUNT, LeftOut, Row, grouped, held_to, without_number
from layoutplan.assessment.selections import UNPLANNED, open_schools, sites, township_ids
from layoutplan.plan import Plan
from layoutplan.tables import BANDS

SIZE_CLASSES = (
    "small_school_pupils",
    "size_class_3_from",
    "size_class_4_from",
    "size_class_5_from",
    "size_max_single_stage",
)
"""Standards at which the classes of school size begin, the first class excepted."""


def schools_open(plan: Plan) -> Iterator[Row]:
    """Count the schools that are open; one with several bands in each of them.

    Parameters
    ----------
    plan
        The plan.

    Yields
    ------
    Row
        The county, townships and bands.
    """
    table = open_schools(plan)
    yield from grouped(plan, table, COUNT)
    taught = table["bands"].str.split()
    for band in BANDS:
        yield Row(level="band", band=band, value=float(sum(band in bands for bands in taught)))


def schools_of_kind(kind: str) -> Callable[[Plan], Iterator[Row]]:
    """Give the measure that counts the open schools of a kind.

    Parameters
    ----------
    kind
        The kind. A school that becomes one of another kind counts as one of that.

    Returns
    -------
    Callable
        The measure.
    """

    def measure(plan: Plan) -> Iterator[Row]:
        table = open_schools(plan)
        return grouped(plan, table[plan.kinds.reindex(table.index) == kind], COUNT)

    return measure


def schools_with_action(action: str) -> Callable[[Plan], Iterator[Row]]:
    """Give the measure that counts the sites with an action.

    Parameters
    ----------
    action
        The action.

    Returns
    -------
    Callable
        The measure.
    """

    def measure(plan: Plan) -> Iterator[Row]:
        table = sites(plan)
        return grouped(plan, table[table["action"] == action], COUNT)

    return measure


def schools_without_pupils(plan: Plan) -> Iterator[Row]:
    """Count the open schools without pupils; special schools are not planned here.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    table = open_schools(plan)
    planned = ~table["kind"].isin(UNPLANNED)
    return grouped(plan, table[planned & (table["pupils"] == 0)], COUNT)


def schools_of_size(number: int) -> Callable[[Plan], Iterator[Row]]:
    """Give the measure that counts the schools in a class of size.

    Parameters
    ----------
    number
        The number of the class from 1; a class reaches from its standard in
        `SIZE_CLASSES` up to, not including, the next; the first starts at one
        pupil.

    Returns
    -------
    Callable
        The measure.
    """

    def measure(plan: Plan) -> Iterator[Row]:
        standards = [plan.standards[name] for name in SIZE_CLASSES]
        edges = [1.0, *(s.value for s in standards), np.inf]
        low, high = list(pairwise(edges))[number - 1]
        table = open_schools(plan)
        inside = (table["pupils"] >= low) & (table["pupils"] < high)
        named = standards[max(number - 2, 0) : number]
        return held_to(grouped(plan, table[inside], COUNT), *named)

    return measure


def townships_without_junior(plan: Plan) -> Iterator[Row]:
    """Count the townships with fewer schools of grades 7-9 than they should have.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county and each township; no number where no townships are known.
    """
    standard = plan.standards["junior_per_township"]
    table = open_schools(plan)
    junior = table[table["bands"].str.contains("g79", regex=False)]
    townships = [t for t in township_ids(plan) if t]
    have = junior["township_id"].value_counts().reindex(townships, fill_value=0)
    lacking = have < standard.value
    rows = [
        Row(level="county", value=float(lacking.sum())),
        *(Row(level="township", group=t, value=float(lacking[t])) for t in townships),
    ]
    return held_to(rows if townships else without_number("no_townships"), standard, limit=0)


def without_township(plan: Plan) -> Iterator[LeftOut]:
    """Name the open schools whose township is not known.

    Parameters
    ----------
    plan
        The plan.

    Yields
    ------
    LeftOut
        The schools.
    """
    table = open_schools(plan)
    ids = tuple(sorted(table.index[table["township_id"] == ""].astype("str")))
    yield LeftOut(table="schools", reason="no_township", ids=ids)
