"""Capacity: pupils and places, classes and sizes.

Schools are counted in their own township. Classes are estimates, made from an even
share of a band in each of its grades; see `layoutplan.assessment.class_table`.
"""

from collections.abc import Callable, Iterable, Iterator

import pandas as pd

from layoutplan.assessment.class_table import class_table
from layoutplan.assessment.rows import (
    COUNT,
    LeftOut,
    Row,
    grouped,
    held_to,
    ratio,
    total,
    where_pupils,
)
from layoutplan.assessment.selections import UNPLANNED, open_schools, pupils_of_villages, sites
from layoutplan.plan import Plan


def pupils(plan: Plan) -> Iterator[Row]:
    """Count the pupils of villages.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    return grouped(plan, pupils_of_villages(plan), total("pupils"))


def pupils_in_schools(plan: Plan) -> Iterator[Row]:
    """Count the pupils of schools.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    return grouped(plan, sites(plan), total("pupils"))


def places(plan: Plan) -> Iterator[Row]:
    """Count the places of the schools that are open.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    return grouped(plan, open_schools(plan), total("places"))


def beds(plan: Plan) -> Iterator[Row]:
    """Count the beds of the schools that are open.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    return grouped(plan, open_schools(plan), total("beds"))


def utilisation(plan: Plan) -> Iterator[Row]:
    """Divide the pupils of open schools by their places.

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
    known = table[table["places"].notna()]
    return grouped(plan, known, ratio("pupils", "places"), reason="no_places")


def pupils_beyond_places(plan: Plan) -> Iterator[Row]:
    """Count the pupils beyond the places of their school.

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
    rows = grouped(plan, table, total("overload"))
    return held_to(where_pupils(plan, rows, table), limit=0)


def schools_over_places(plan: Plan) -> Iterator[Row]:
    """Count the schools with more pupils than places.

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
    rows = grouped(plan, table[table["overload"] > 0], COUNT)
    return held_to(where_pupils(plan, rows, table), limit=0)


def classes(what: str) -> Callable[[Plan], Iterator[Row]]:
    """Give the measure that counts classes.

    Parameters
    ----------
    what
        ``wanted`` (classes that keep to the class size), ``classes`` (those there is room
        for), ``short`` (the difference), ``over_size``, ``large`` or ``extra_large``.

    Returns
    -------
    Callable
        The measure.
    """

    def measure(plan: Plan) -> Iterator[Row]:
        table = class_table(plan)
        table = table.assign(short=(table["wanted"] - table["classes"]).clip(lower=0))
        rows = grouped(plan, table, total(what))
        return _held_to_size(plan, rows, what)

    return measure


def schools_with(what: str) -> Callable[[Plan], Iterator[Row]]:
    """Give the measure that counts schools with such classes.

    Parameters
    ----------
    what
        ``short`` of rooms, ``over_size``, ``large`` or ``extra_large`` classes, grades
        taught ``together`` for want of rooms, or a ``few`` pupils in some grade.

    Returns
    -------
    Callable
        The measure. A school with several bands counts in each in which it has them.
    """

    def measure(plan: Plan) -> Iterator[Row]:
        table = class_table(plan)
        table = table.assign(short=(table["wanted"] - table["classes"]).clip(lower=0))
        some = table[table[what] > 0]
        rows = list(grouped(plan, some.drop_duplicates("site_id").drop(columns="band"), COUNT))
        by_band = grouped(plan, some.drop_duplicates(["site_id", "band"]), COUNT)
        rows += [row for row in by_band if row.level == "band"]
        return _held_to_size(plan, rows, what)

    return measure


def class_size_mean(plan: Plan) -> Iterator[Row]:
    """Divide the pupils of schools by their classes.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    return grouped(plan, class_table(plan), ratio("pupils", "classes"))


def class_size_largest(plan: Plan) -> Iterator[Row]:
    """Give the pupils of the largest class, held to the size from which classes are large.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    standard = plan.standards["large_class_pupils"]
    rows = grouped(plan, class_table(plan), lambda t: float(t["largest"].max()))
    return held_to(rows, standard, limit=standard.value - 1)


def schools_over_size(plan: Plan) -> Iterator[Row]:
    """Count the schools with more pupils than a school of their kind may have.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    single = plan.standards["size_max_single_stage"]
    nine_year = plan.standards["size_max_nine_year"]
    table = open_schools(plan)
    through = plan.kinds.reindex(table.index).eq("nine_year")
    most = through.map({True: nine_year.value, False: single.value})
    rows = grouped(plan, table[table["pupils"] > most], COUNT)
    return held_to(where_pupils(plan, rows, table), single, nine_year, limit=0)


def pupils_of_small_schools(plan: Plan) -> Iterator[Row]:
    """Count the pupils of small schools; small says nothing of what should become of them.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    standard = plan.standards["small_school_pupils"]
    table = open_schools(plan)
    return held_to(
        grouped(plan, table[table["pupils"] < standard.value], total("pupils")), standard
    )


def without_places(plan: Plan) -> Iterator[LeftOut]:
    """Name the open schools whose places are not known.

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
    yield LeftOut(table="schools", reason="no_places", ids=_ids(table[table["places"].isna()]))


def without_classes(plan: Plan) -> Iterator[LeftOut]:
    """Name the open schools that have no pupils to make classes of, or no known rooms.

    Parameters
    ----------
    plan
        The plan.

    Yields
    ------
    LeftOut
        Schools that no class is counted for, and schools whose rooms bind nobody.
    """
    table = open_schools(plan)
    empty = table["pupils"] == 0
    planned = ~table["kind"].isin(UNPLANNED)
    yield LeftOut(table="schools", reason="not_planned", ids=_ids(table[~planned & empty]))
    yield LeftOut(table="schools", reason="no_pupils", ids=_ids(table[planned & empty]))
    no_rooms = ~(table["classes"].astype(float) > 0) & ~empty
    yield LeftOut(table="schools", reason="no_rooms", ids=_ids(table[no_rooms]))


def _ids(table: pd.DataFrame) -> tuple[str, ...]:
    return tuple(sorted(table.index.astype("str")))


def _held_to_size(plan: Plan, rows: Iterable[Row], what: str) -> Iterator[Row]:
    """Name the standards that a count of classes rests on; a count of breaches has the limit 0."""
    sizes = ("class_size_teaching_point", "class_size_primary", "class_size_junior")
    named = {
        "large": ("large_class_pupils",),
        "extra_large": ("extra_large_class_pupils",),
        "few": ("multigrade_pupils",),
        "together": (),
    }.get(what, sizes)
    breach = what in ("over_size", "large", "extra_large")
    if breach:
        rows = where_pupils(plan, rows, class_table(plan))
    return held_to(rows, *(plan.standards[n] for n in named), limit=0 if breach else None)
