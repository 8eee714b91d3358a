"""Posts: how many teachers a school should have, and where they are over or short."""

import numpy as np
import pandas as pd

from layoutplan.balance.columns import POSTS
from layoutplan.balance.noun import Balance

_NEARLY = 1e-9


def posts(
    balance: Balance, *, classes: pd.Series | None = None, per_class: float | None = None
) -> pd.DataFrame:
    """Set teachers against posts.

    One post for 19 primary or 13.5 junior pupils (中央编办发〔2014〕72号). In small
    schools, those with fewer pupils than the standard ``small_school_pupils``, posts
    are the mean of those by pupils and those by classes (small_school_posts_share_by_pupils)
    where the posts for a class are known: no national number was found, so a county
    gives its own, or its standards have ``province_posts_per_class_min``. A teaching
    point has at least ``province_posts_teaching_point_min`` where the standards have
    it. Posts are rounded up to whole ones.

    Parameters
    ----------
    balance
        An assessment.
    classes
        Classes by school_id; without them posts go by pupils alone.
    per_class
        Posts for a class in small schools.

    Returns
    -------
    pandas.DataFrame
        The columns of `layoutplan.balance.columns.POSTS`: ``over`` and ``short`` are
        teachers beyond and below the posts, NaN where the teachers are not known.

    Examples
    --------
    >>> from layoutplan import example
    >>> from layoutplan.balance import quality_2017
    >>> county = example.county(seed=1, villages=40)
    >>> table = posts(quality_2017(county), classes=county.schools["classes"], per_class=1.4)
    >>> bool((table["posts"] >= table["by_pupils"]).where(table["by_classes"].isna()).all())
    True
    """
    units, rules = balance.tables["units"], balance.standards
    if per_class is None and "province_posts_per_class_min" in rules:
        per_class = rules.value("province_posts_per_class_min")
    ratio = units["stage"].map(
        {s: rules.value(f"pupils_per_post_{s}") for s in ("primary", "junior")}
    )
    by_pupils = units["pupils"] / ratio
    number = pd.Series(np.nan, index=units.index)
    if classes is not None:
        number = units["school_id"].map(classes).astype("float64")
        # The classes of a school with both stages are not known by stage.
        number = number.mask(units["school_id"].duplicated(keep=False))
    small = units["pupils"].lt(rules.value("small_school_pupils"))
    by_classes = (number * (np.nan if per_class is None else per_class)).where(small)
    weight = rules.value("small_school_posts_share_by_pupils")
    mixed = weight * by_pupils + (1 - weight) * by_classes
    exact = mixed.fillna(by_pupils)
    if "province_posts_teaching_point_min" in rules:
        least = rules.value("province_posts_teaching_point_min")
        exact = exact.mask(units["kind"].eq("teaching_point"), exact.clip(lower=least))
    needed = np.ceil(exact - _NEARLY)
    table = units.assign(
        classes=number,
        by_pupils=by_pupils,
        by_classes=by_classes,
        posts=needed.astype("int64"),
        over=(units["teachers"] - needed).clip(lower=0),
        short=(needed - units["teachers"]).clip(lower=0),
    )
    return table[[c.name for c in POSTS.columns]]
