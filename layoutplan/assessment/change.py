"""Change and cost: who moves to another school, and what the plan costs."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from layoutplan.assessment.rows import Row, grouped, ratio, total
from layoutplan.assessment.selections import moves, pupils_of_villages, sites
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
    return grouped(plan, pupils_of_villages(plan), ratio("moved", "pupils"))


def moved_longer(plan: Plan) -> Iterator[Row]:
    """Count the pupils who move and then travel longer than they would today.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """
    table = moves(plan)
    return grouped(plan, table[table["extra_minutes"] > 0], total("pupils"))


def moved_extra_minutes(plan: Plan) -> Iterator[Row]:
    """Measure how much longer those who move travel, on the mean; below 0 where shorter.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Iterator of Row
        The county, townships and bands.
    """

    def measure(table: pd.DataFrame) -> float:
        pupils = table["pupils"].sum()
        return (
            float((table["extra_minutes"] * table["pupils"]).sum() / pupils) if pupils else np.nan
        )

    table = moves(plan)
    return grouped(plan, table[np.isfinite(table["extra_minutes"])], measure)


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
