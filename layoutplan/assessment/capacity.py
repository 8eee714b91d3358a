"""Capacity: pupils and places, classes and sizes.

Schools are counted in their own township. A class size is an estimate: pupils
divided by the classes there is room for, and so the mean class of a school.
"""

from collections.abc import Iterator

import pandas as pd

from layoutplan.assessment.rows import Row, grouped, held_to, ratio, total
from layoutplan.assessment.selections import open_schools, pupils_of_villages, sites
from layoutplan.plan import Plan
from layoutplan.standards import Standard


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
    return grouped(plan, open_schools(plan), ratio("pupils", "places"))


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
    return held_to(grouped(plan, open_schools(plan), total("overload")), limit=0)


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
    return held_to(grouped(plan, table[table["overload"] > 0], _count), limit=0)


def class_size_mean(plan: Plan) -> Iterator[Row]:
    """Divide the pupils of schools with classes by those classes.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    return grouped(plan, open_schools(plan), ratio("pupils_in_classes", "filled_classes"))


def schools_large_classes(plan: Plan) -> Iterator[Row]:
    """Count the schools whose mean class is large.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    return _crowded(plan, plan.standards["large_class_pupils"], classes=False)


def classes_large(plan: Plan) -> Iterator[Row]:
    """Count the classes of schools whose mean class is large.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    return _crowded(plan, plan.standards["large_class_pupils"], classes=True)


def schools_extra_large_classes(plan: Plan) -> Iterator[Row]:
    """Count the schools whose mean class is extra large.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    return _crowded(plan, plan.standards["extra_large_class_pupils"], classes=False)


def classes_extra_large(plan: Plan) -> Iterator[Row]:
    """Count the classes of schools whose mean class is extra large.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    return _crowded(plan, plan.standards["extra_large_class_pupils"], classes=True)


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
    most = table["kind"].eq("nine_year").map({True: nine_year.value, False: single.value})
    rows = grouped(plan, table[table["pupils"] > most], _count)
    return held_to(rows, single, nine_year, limit=0)


def _count(table: pd.DataFrame) -> float:
    return float(len(table))


def _crowded(plan: Plan, standard: Standard, *, classes: bool) -> Iterator[Row]:
    table = open_schools(plan)
    crowded = table[table["class_size"] >= standard.value]
    measure = total("filled_classes") if classes else _count
    return held_to(grouped(plan, crowded, measure), standard, limit=0)
