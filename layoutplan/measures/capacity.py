"""Bands, places, classes and beds of every site as it stands."""

import numpy as np
import pandas as pd

from layoutplan.county import County
from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.standards import Standards
from layoutplan.tables import BANDS, BANDS_OF_KIND


def site_capacity(county: County, *, standards: Standards) -> pd.DataFrame:
    """Give bands, places and classes of every site as it stands.

    Places are those of the table; where it has none, classrooms times the class
    size of the kind (GB 50099-2011, 3.0.1); where it has neither, today's
    enrolment rounded up to whole classes.

    Parameters
    ----------
    county
        The county.
    standards
        Class sizes.

    Returns
    -------
    pandas.DataFrame
        Indexed by site_id: kind, candidate, bands, places, classes,
        class_places, max_extra_classes, capital_yuan, beds, enrolment (not a
        number where it is not known).

    Raises
    ------
    DataError
        If a site has none of the three.
    """
    sites = county.sites
    kind = sites["kind"]
    bands = kind.map(lambda k: " ".join(BANDS_OF_KIND[k]))
    sizes = {
        "teaching_point": standards.value("class_size_teaching_point"),
        "junior": standards.value("class_size_junior"),
        "complete_secondary": standards.value("class_size_junior"),
    }
    size = kind.map(lambda k: sizes.get(k, standards.value("class_size_primary")))

    def number(name: str) -> pd.Series:
        blank = pd.Series(np.nan, index=sites.index)
        return sites[name].astype(float) if name in sites else blank

    enrolment = sum((number(f"enrolment_{b}").fillna(0) for b in BANDS), start=0 * size)
    known = pd.concat([number(f"enrolment_{b}").notna() for b in BANDS], axis=1).any(axis=1)
    rooms = number("classrooms")
    places = number("places").fillna(rooms * size)
    places = places.fillna((np.ceil(enrolment / size) * size).where(enrolment > 0))
    unknown = places.isna() & bands.ne("")
    if unknown.any():
        ids = tuple(sites.index[unknown].astype(str))
        where = "schools" if not sites.loc[unknown, "candidate"].all() else "candidates"
        raise DataError(Finding(code="no_capacity", table=where, ids=ids), lang=county.language())
    places = places.fillna(0)
    extra = number("max_extra_classes").fillna(standards.value("extra_classes_default"))
    return pd.DataFrame(
        {
            "kind": kind,
            "candidate": sites["candidate"],
            "bands": bands,
            "places": places,
            "classes": rooms.fillna(np.ceil(places / size)),
            "class_places": size,
            "max_extra_classes": extra,
            "capital_yuan": number("capital_yuan").fillna(0.0),
            "beds": number("beds").fillna(0.0),
            "enrolment": enrolment.where(known),
        }
    )
