"""Observed flows against pupils, enrolment and kinds of school."""

from collections.abc import Iterator

import numpy as np

from layoutplan.checks.rows import ids
from layoutplan.county import County
from layoutplan.demand import demand
from layoutplan.findings import Finding
from layoutplan.standards import Standards
from layoutplan.tables import BANDS, BANDS_OF_KIND


def flows(county: County, standards: Standards) -> Iterator[Finding]:
    """Compare the observed flows with pupils, enrolment and kinds of school.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What was found.
    """
    seen = county.flows
    names_of = [f"pupils_{b}" for b in BANDS if f"pupils_{b}" in seen]
    if seen.empty or not names_of:
        return
    pupils = demand(county, standards=standards).pupils
    by_village = seen.groupby("village_id")[names_of].sum().reindex(pupils.index, fill_value=0)
    bands = [n.removeprefix("pupils_") for n in names_of]
    differ = (by_village.to_numpy() != pupils[bands].to_numpy()).any(axis=1)
    if differ.any():
        at = ids(pupils.index[differ])
        yield Finding(code="flows_differ", severity="warning", table="flows", ids=at)
    schools = county.schools
    taught = schools["kind"].map(lambda k: np.isin(bands, BANDS_OF_KIND[k]))
    open_to = np.vstack(taught.reindex(seen["school_id"]).to_list())
    astray = ((seen[names_of].to_numpy() > 0) & ~open_to).any(axis=1)
    if astray.any():
        at = tuple(seen.loc[astray, "school_id"].unique())
        rows = int(astray.sum())
        yield Finding(code="not_taught", severity="warning", table="flows", ids=at, rows=rows)
    have = [f"enrolment_{b}" for b in bands if f"enrolment_{b}" in schools]
    if len(have) == len(bands):
        sums = seen.groupby("school_id")[names_of].sum().reindex(schools.index, fill_value=0)
        other = (schools[have].fillna(0).to_numpy() != sums.to_numpy()).any(axis=1)
        if other.any():
            at = ids(schools.index[other])
            yield Finding(code="enrolment_differs", severity="note", table="schools", ids=at)
