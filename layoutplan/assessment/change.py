"""Change and cost: who moves to another school, and what the plan costs."""

from collections.abc import Callable, Iterator

import numpy as np

from layoutplan.assessment.rows import LeftOut, Row, grouped, ratio, total, without_number
from layoutplan.assessment.selections import has_today, homes, moves, pupils_of_villages, sites
from layoutplan.plan import Plan


def pupils_moved(plan: Plan) -> Iterator[Row]:
    """Count the pupils who go to another school than today.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    if not has_today(plan):
        return without_number("no_today")
    return grouped(plan, pupils_of_villages(plan), total("moved"))


def pupils_moved_share(plan: Plan) -> Iterator[Row]:
    """Divide the pupils who move by all pupils.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    if not has_today(plan):
        return without_number("no_today")
    return grouped(plan, pupils_of_villages(plan), ratio("moved", "pupils"))


def moved_longer(plan: Plan) -> Iterator[Row]:
    """Count the pupils who move and then travel longer than they would today, boarders apart.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    if not has_today(plan):
        return without_number("no_today")
    table = moves(plan)
    return grouped(plan, table[table["extra_minutes"] > 0], total("pupils"))


def moved_extra_minutes(plan: Plan) -> Iterator[Row]:
    """Measure how much longer those who move travel, on the mean; below 0 where shorter.

    Who boards after the move does not travel daily and is left aside.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    if not has_today(plan):
        return without_number("no_today")
    table = moves(plan)
    table = table[np.isfinite(table["extra_minutes"])]
    table = table.assign(pupil_extra=table["extra_minutes"] * table["pupils"])
    return grouped(plan, table, ratio("pupil_extra", "pupils"), reason="nobody_moved")


def without_way(plan: Plan) -> Iterator[LeftOut]:
    """Name the villages of pupils who move, and whose way before or after is not known.

    Parameters
    ----------
    plan
        The plan.

    Yields
    ------
    LeftOut
        The villages; all of them where the plan does not know today's layout.
    """
    if not has_today(plan):
        ids = tuple(sorted(homes(plan).index.astype("str")))
        yield LeftOut(table="villages", reason="no_today", ids=ids)
        return
    table = moves(plan)
    lost = ~np.isfinite(table["extra_minutes"]) & ~table["boards"].astype(bool)
    unknown = table.loc[lost, "village_id"]
    yield LeftOut(table="villages", reason="no_way_today", ids=tuple(sorted(set(unknown))))


def without_cost(column: str) -> Callable[[Plan], Iterator[LeftOut]]:
    """Give the function that names the sites whose cost is not known.

    Parameters
    ----------
    column
        ``capital_yuan`` or ``annual_yuan``.

    Returns
    -------
    Callable
        From a plan to the sites left out.
    """

    def leaves_out(plan: Plan) -> Iterator[LeftOut]:
        table = sites(plan)
        ids = tuple(sorted(table.index[table[column].isna()].astype("str")))
        yield LeftOut(table="schools", reason="no_cost", ids=ids)

    return leaves_out


def capital(plan: Plan) -> Iterator[Row]:
    """Add up what is built.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    return grouped(plan, sites(plan), total("capital_yuan"))


def annual(plan: Plan) -> Iterator[Row]:
    """Add up what the schools cost to run in a year.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    return grouped(plan, sites(plan), total("annual_yuan"))


def annual_per_pupil(plan: Plan) -> Iterator[Row]:
    """Divide the running cost of a year by the pupils of the schools.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    return grouped(plan, sites(plan), ratio("annual_yuan", "pupils"))
