"""A made-up Chinese county by seed, free of any licence, for demos and tests."""

from typing import Final

from layoutplan.county import County
from layoutplan.example.assembly import county_tables
from layoutplan.example.delivered import deliver
from layoutplan.example.names import COUNTY_NAME
from layoutplan.example.terrain import Relief

YEAR: Final = 2026
"""The school year of the made-up county."""

__all__ = ["COUNTY_NAME", "YEAR", "county", "county_tables", "deliver"]


def county(
    seed: int = 1, *, villages: int = 400, townships: int = 22, terrain: Relief = "mixed"
) -> County:
    """Make up a county.

    Parameters
    ----------
    seed
        Seed of the random numbers: the same seed gives the same county.
    villages
        Number of villages, from 20 to 2,000.
    townships
        Number of townships; fewer in a county with few villages.
    terrain
        ``"mixed"`` from mountains to a plain, ``"plain"`` or ``"hills"``.

    Returns
    -------
    County
        The county, with its schools, roads, townships, candidates and flows.

    Examples
    --------
    >>> small = county(seed=1, villages=40)
    >>> len(small.villages)
    40
    """
    tables = county_tables(seed, villages=villages, townships=townships, terrain=terrain)
    return County.from_tables(
        villages=tables["villages"],
        schools=tables["schools"],
        roads=tables["roads"],
        townships=tables["townships"],
        candidates=tables["candidates"],
        flows=tables["flows"],
        name=COUNTY_NAME,
        year=YEAR,
    )
