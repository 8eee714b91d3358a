"""The table of measures that a county starts from: one row per site and measure."""

from typing import Any

import numpy as np
import pandas as pd

from layoutplan.county import County
from layoutplan.measures.capacity import site_capacity
from layoutplan.measures.names import COLUMNS, COUNTS
from layoutplan.standards import Standards
from layoutplan.tables import BANDS, GRADES_PER_BAND


def site_measures(county: County, *, standards: Standards) -> pd.DataFrame:
    """List what may be done at each site: one row per site and measure.

    The table can be edited like any other and given to `layoutplan.propose`; its rows
    are the decisions that the model has. Every site is in exactly one state:

    - ``keep`` or ``close``; a candidate is ``new`` or ``unused``;
    - ``teaching_point``: a primary school keeps grades 1-3 only;
    - ``primary_only``: a nine-year school gives up grades 7-9;
    - ``nine_year``: a primary or junior school takes on the other grades; allowed where
      there is room for one class of each of them, in rooms that are free today or in
      classes that can be added.

    To a state that teaches, ``expand`` adds classes, and ``board`` adds beds to a school
    with grades 4-9; the latter is allowed where there are beds today.

    Parameters
    ----------
    county
        The county.
    standards
        Class sizes, areas and costs.

    Returns
    -------
    pandas.DataFrame
        Columns site_id, measure, bands (text, separated by blanks), places and
        places_g13, places_g46, places_g79 (persons; in all, and most of each band),
        classes and classes_g13 to classes_g79 (the same in classes), class_places
        (places that one added class brings), extra_classes_max, class_yuan (per added
        class), beds (that there are), extra_beds_max, bed_yuan (per added bed),
        capital_yuan, annual_yuan (fixed cost a year), allowed (bool), locked (bool:
        this must be done).

    Raises
    ------
    DataError
        If a school has neither places nor classrooms nor enrolment.

    Examples
    --------
    >>> from layoutplan import example
    >>> from layoutplan.standards import standards
    >>> table = site_measures(example.county(seed=1, villages=40), standards=standards())
    >>> sorted(set(table["measure"]) & {"keep", "close"})
    ['close', 'keep']
    """
    base = _base(county, standards=standards)
    old, new = base[~base["candidate"]], base[base["candidate"]]
    nothing: dict[str, Any] = dict.fromkeys(("places", "classes", "beds"), 0)
    nothing |= {"bands": "", "capital_yuan": 0.0, "annual_yuan": 0.0}
    can_expand = old[old["max_extra_classes"] > 0]
    # A school that teaches none of the bands, such as one for special education, is no
    # part of this question: it stays.
    closable = old[old["bands"] != ""]
    parts = [
        old.assign(measure="keep"),
        closable.assign(measure="close", **nothing),
        can_expand.assign(measure="expand", extra_classes_max=can_expand["max_extra_classes"]),
        _teaching_points(old, standards),
        _primary_only(old, standards),
        _nine_year(old, standards),
        _boarding(old, standards),
        new.assign(
            measure="new",
            extra_classes_max=new["max_extra_classes"],
            capital_yuan=new["built_yuan"],
        ),
        new.assign(measure="unused", **nothing),
    ]
    table = pd.concat([p for p in parts if len(p)]).rename_axis("site_id").reset_index()
    for band in BANDS:
        taught = table["bands"].map(lambda text, band=band: band in text.split())
        for name in ("places", "classes"):
            table[f"{name}_{band}"] = table[name].where(taught, 0)
    whole = dict.fromkeys(COUNTS, "int64")
    return (
        table[list(COLUMNS)]
        .astype(whole)
        .astype({"allowed": bool, "locked": bool})
        .sort_values(["site_id", "measure"], ignore_index=True)
    )


def _base(county: County, *, standards: Standards) -> pd.DataFrame:
    """Give every site with what all its measures start from."""
    sites = site_capacity(county, standards=standards)
    primary = sites["bands"].map(lambda b: "g13" in b.split())
    posts = sites["kind"].map(lambda k: standards.value(f"fixed_posts_{k}"))
    floor = np.where(
        primary,
        standards.value("floor_m2_per_place_primary"),
        standards.value("floor_m2_per_place_junior"),
    )
    return sites.assign(
        class_yuan=sites["class_places"] * floor * standards.value("building_yuan_per_m2"),
        annual_yuan=posts * standards.value("post_yuan"),
        built_yuan=sites["capital_yuan"],
        capital_yuan=0.0,
        extra_classes_max=0,
        extra_beds_max=0,
        bed_yuan=0.0,
        allowed=True,
        locked=False,
    )


def _teaching_points(old: pd.DataFrame, standards: Standards) -> pd.DataFrame:
    full = old[(old["kind"] == "primary") & (old["bands"] == "g13 g46")]
    small = standards.value("class_size_teaching_point") * GRADES_PER_BAND
    return full.assign(
        measure="teaching_point",
        bands="g13",
        places=np.minimum(full["places"], small),
        classes=np.minimum(full["classes"], GRADES_PER_BAND),
        beds=0,
        annual_yuan=standards.value("fixed_posts_teaching_point") * standards.value("post_yuan"),
    )


def _primary_only(old: pd.DataFrame, standards: Standards) -> pd.DataFrame:
    whole = old[old["bands"] == " ".join(BANDS)]
    posts = standards.value("fixed_posts_primary")
    return whole.assign(
        measure="primary_only", bands="g13 g46", annual_yuan=posts * standards.value("post_yuan")
    )


def _nine_year(old: pd.DataFrame, standards: Standards) -> pd.DataFrame:
    """Offer the other grades; allowed where one class of each of them finds room."""
    one_stage = old[
        ((old["kind"] == "primary") & (old["bands"] == "g13 g46")) | (old["kind"] == "junior")
    ]
    bands = one_stage["bands"].map(lambda b: len(b.split())).astype(int)
    wanted = GRADES_PER_BAND * (len(BANDS) - bands)
    free = (one_stage["places"] - one_stage["enrolment"]) // one_stage["class_places"]
    room = free.fillna(0).clip(lower=0) + one_stage["max_extra_classes"]
    posts = standards.value("fixed_posts_nine_year")
    return one_stage.assign(
        measure="nine_year",
        bands=" ".join(BANDS),
        capital_yuan=standards.value("nine_year_conversion_yuan"),
        annual_yuan=posts * standards.value("post_yuan"),
        allowed=room >= wanted,
    )


def _boarding(old: pd.DataFrame, standards: Standards) -> pd.DataFrame:
    upper = old[old["bands"].map(lambda b: bool({"g46", "g79"} & set(b.split())))]
    junior = upper["bands"].map(lambda b: "g79" in b.split())
    floor = np.where(
        junior,
        standards.value("floor_m2_per_bed_junior"),
        standards.value("floor_m2_per_bed_primary"),
    )
    return upper.assign(
        measure="board",
        extra_beds_max=standards.value("extra_beds_default"),
        bed_yuan=floor * standards.value("building_yuan_per_m2"),
        allowed=upper["beds"] > 0,
    )
