"""Pupils of a school in the years ahead, to the person."""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from layoutplan.demand.apportion import apportion
from layoutplan.papers.asked import Projected
from layoutplan.plan import Plan
from layoutplan.tables import BANDS

AHEAD: Final = (0, 5, 10)
"""Years ahead that papers tell of."""


def pupils_ahead(plan: Plan, projection: Projected, year: int) -> pd.DataFrame:
    """Give each school the pupils that its villages will have in a year.

    The pupils of a village and band go to the schools to which the plan sends those of
    today, in the same shares, in whole persons (`layoutplan.demand.apportion`). Where a
    village has no pupils in the plan, its later ones are counted under the empty text.

    Parameters
    ----------
    plan
        The plan.
    projection
        The pupils of the years ahead.
    year
        The year.

    Returns
    -------
    pandas.DataFrame
        Sites x bands, whole persons; the sum is that of the projection.
    """
    table = projection.bands(year)
    rows = plan.assignment
    rows = rows.astype({"village_id": "str", "band": "str", "site_id": "str"})
    long = pd.Series(table.rename_axis("village_id").stack()).rename_axis(["village_id", "band"])
    coming = rows.join(long.rename("coming"), on=["village_id", "band"])["coming"]
    rows = rows.assign(coming=coming.fillna(0).astype("int64"))
    shared = rows.duplicated(["village_id", "band"], keep=False)
    for _, part in rows[shared].groupby(["village_id", "band"]):
        total = int(part["coming"].iloc[0])
        if total:
            shares, order = part["pupils"].to_numpy(dtype=float), part["site_id"].to_numpy()
            rows.loc[part.index, "coming"] = apportion(shares, total, order=order)
    wide = rows.pivot_table(
        index="site_id", columns="band", values="coming", aggfunc="sum", fill_value=0
    ).reindex(columns=list(BANDS), fill_value=0)
    rest = {b: int(table[b].sum()) - int(wide[b].sum()) for b in BANDS}
    if any(rest.values()):
        wide.loc[""] = pd.Series(rest)
    return wide.astype("int64")


def years_told(projection: Projected | None) -> tuple[int, ...]:
    """Give the years that papers tell of: those that the projection reaches.

    Parameters
    ----------
    projection
        The projection; None where there is none.

    Returns
    -------
    tuple of int
        The years.
    """
    if projection is None:
        return ()
    wanted = [projection.base_year + n for n in AHEAD]
    return tuple(y for y in wanted if y in set(projection.years))


Ahead = Mapping[int, pd.DataFrame]
"""Year to sites x bands."""
