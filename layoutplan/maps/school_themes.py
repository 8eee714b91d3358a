"""What the map tells of schools: class size, use of places, resources, gates."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.gates import gates
from layoutplan.gates.declared import GATE_NAMES, VERDICTS
from layoutplan.maps.themes import CHANGE_FROM, NOBODY, mean_minutes
from layoutplan.plan import Plan
from layoutplan.tables import BANDS

RESOURCES: Final = (
    "teachers",
    "teaching_area_m2",
    "sports_area_m2",
    "equipment_yuan",
    "multimedia_rooms",
    "computers",
    "books",
)
"""What schools have, as far as the county's table tells."""

USE_FROM: Final = (50, 80, 100, 120)
"""Where classes of the use of places end, percent."""

SHARE_FROM: Final = (50, 80, 120, 200)
"""Where classes of resources end, percent of what the county has per pupil."""

SIZE_CHANGE_FROM: Final = (-10.0, -2.0, 2.0, 10.0, 20.0)
"""Where classes of the change of class size begin, pupils."""

USE_CHANGE_FROM: Final = (-20.0, -5.0, 5.0, 20.0, 50.0)
"""Where classes of the change of the use of places begin, percent of the places."""

_SIZES: Final = ("class_size_primary", "class_size_junior", "large_class_pupils")
_LARGEST: Final = "extra_large_class_pupils"
_TENTHS: Final = 10
_HUNDRED: Final = 100
_THIRDS: Final = 2 / 3


def class_sizes(plan: Plan) -> list[float]:
    """Give where classes of class size end.

    Parameters
    ----------
    plan
        The plan, whose standards hold.

    Returns
    -------
    list of float
        Two thirds of the primary standard, that of primary and of junior schools, and
        the most pupils of a class that is neither large nor extra large.
    """
    primary, junior, large = (plan.standards.value(name) for name in _SIZES)
    return [
        round(_THIRDS * primary),
        primary,
        junior,
        large - 1,
        plan.standards.value(_LARGEST) - 1,
    ]


def site_numbers(plan: Plan, sites: pd.Index) -> dict[str, list[int | None]]:
    """Give class size and use of places of each site.

    Parameters
    ----------
    plan
        The plan.
    sites
        The order of the sites.

    Returns
    -------
    dict
        ``class_size``, tenths of a pupil; ``utilisation``, tenths of a percent. None where
        there are no pupils, classes or places.
    """
    table = plan.decisions.reindex(sites)
    pupils = sum((_numbers(table[f"after_{band}"]) for band in BANDS), start=pd.Series(0.0, sites))
    taught = pupils.where(pupils > 0)
    classes, places = _numbers(table["classes"]), _numbers(table["places"])
    size = taught / classes.where(classes > 0)
    use = taught / places.where(places > 0) * _HUNDRED
    return {"class_size": _tenths(size), "utilisation": _tenths(use)}


def resources(plans: Sequence[Plan], sites: pd.Index) -> dict[str, object]:
    """Give what schools have per pupil, under each plan.

    What a school has is taken as it stands in the county's table; only pupils differ.

    Parameters
    ----------
    plans
        The plans.
    sites
        The order of the sites.

    Returns
    -------
    dict
        ``names`` of the resources that the table holds; ``mean`` per pupil of the county
        under each plan; ``values``: plan by resource by site, thousandths per pupil, None
        where it is not known or nobody is taught.
    """
    schools = plans[0].county.schools
    names = [n for n in RESOURCES if n in schools and _numbers(schools[n]).gt(0).any()]
    values: list[list[list[int | None]]] = []
    means: list[list[int]] = []
    for plan in plans:
        table = plan.decisions.reindex(sites)
        pupils = sum((_numbers(table[f"after_{b}"]) for b in BANDS), start=pd.Series(0.0, sites))
        taught = pupils.where(pupils > 0)
        has = [pd.to_numeric(schools[n]).reindex(sites).astype(float) for n in names]
        each = [amount / taught for amount in has]
        known = [taught.where(amount.notna()).sum() for amount in has]
        whole = [amount.where(taught.notna()).sum() for amount in has]
        values.append([[None if pd.isna(v) else round(v * 1000) for v in one] for one in each])
        means.append([round(w / k * 1000) if k else 0 for w, k in zip(whole, known, strict=True)])
    return {"names": names, "mean": means, "values": values}


def gate_codes(plan: Plan, today: Plan, sites: pd.Index) -> dict[str, list[int]]:
    """Give the verdicts of the gates of every closure.

    Parameters
    ----------
    plan
        The plan.
    today
        What it is held against.
    sites
        The order of the sites.

    Returns
    -------
    dict
        Position of a site, as text, to the positions of its verdicts in `VERDICTS`: one
        for each of `GATE_NAMES`, and the worst.
    """
    table = pd.DataFrame() if plan is today else gates(plan, today).verdicts
    at = {site: n for n, site in enumerate(sites)}
    return {
        str(at[site]): [VERDICTS.index(str(row[name])) for name in (*GATE_NAMES, "verdict")]
        for site, row in table.to_dict("index").items()
    }


def change_by_band(plan: Plan, first: Plan) -> dict[str, list[int]]:
    """Class the villages by the change of minutes of one band's pupils.

    Parameters
    ----------
    plan
        The plan.
    first
        What it is compared with.

    Returns
    -------
    dict
        Band to classes by village; see `layoutplan.maps.themes.change_classes`.
    """
    found = {}
    for band in BANDS:
        change = mean_minutes(plan, bands=(band,)) - mean_minutes(first, bands=(band,))
        reached = np.searchsorted(CHANGE_FROM, change.fillna(0).round(6), side="right")
        found[band] = pd.Series(reached, change.index).where(change.notna(), NOBODY).tolist()
    return found


def _numbers(values: pd.Series) -> pd.Series:
    return pd.to_numeric(values).fillna(0).astype(float)


def _tenths(values: pd.Series) -> list[int | None]:
    return [None if pd.isna(v) else round(v * _TENTHS) for v in values]
