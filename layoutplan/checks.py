"""Findings within and between the tables of a county: what to look at before planning."""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import pandas as pd
import shapely

from layoutplan.county import County
from layoutplan.demand import demand
from layoutplan.errors import DataError, TravelError
from layoutplan.findings import Finding, findings_table
from layoutplan.measures import site_capacity
from layoutplan.network import disconnected, disconnected_findings, network
from layoutplan.standards import Standards
from layoutplan.standards import standards as load_standards
from layoutplan.tables import BANDS, BANDS_OF_KIND
from layoutplan.travel import travel_times
from layoutplan.words import say

Check = Callable[[County, Standards], Iterator[Finding]]


def findings(county: County, *, standards: Standards | None = None) -> tuple[Finding, ...]:
    """Go through all checks.

    Parameters
    ----------
    county
        The county.
    standards
        The standards; the national ones where None.

    Returns
    -------
    tuple of Finding
        What was noted when reading, and what the checks found.
    """
    rules = standards or load_standards()
    found = list(county.findings)
    for check_one in CHECKS:
        try:
            found += check_one(county, rules)
        except (DataError, TravelError) as error:
            found += [f for f in error.findings if f not in found]
    return tuple(found)


def check(
    county: County, *, standards: Standards | None = None, lang: str = "auto"
) -> pd.DataFrame:
    """Check a county and set out the findings, worst first.

    Parameters
    ----------
    county
        The county.
    standards
        The standards; the national ones where None.
    lang
        The language of the messages.

    Returns
    -------
    pandas.DataFrame
        One row per finding: severity, code, table, column, rows, ids, message, cure.

    Examples
    --------
    >>> from layoutplan import example
    >>> table = check(example.county(seed=1, villages=40))
    >>> bool((table["severity"] == "error").any())
    False
    """
    return findings_table(findings(county, standards=standards), lang=county.language(lang))


def _ids(index: pd.Index) -> tuple[str, ...]:
    return tuple(index.astype("str"))


def names(county: County, standards: Standards) -> Iterator[Finding]:
    """Find villages and schools without a name, and schools that share one.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What was found.
    """
    del standards
    for name in ("villages", "schools"):
        table = county.table(name)
        called = table.get("name", pd.Series(None, index=table.index, dtype="str"))
        blank = table.index[called.isna()]
        if len(blank):
            yield Finding(code="no_name", severity="note", table=name, ids=_ids(blank))
    schools = county.schools
    if "name" in schools:
        plain = schools["name"].str.casefold().str.replace(r"[\W_]+", "", regex=True)
        twice = plain.notna() & plain.ne("") & plain.duplicated(keep=False)
        if twice.any():
            ids = _ids(schools.index[twice])
            yield Finding(
                code="same_name", severity="warning", table="schools", column="name", ids=ids
            )


def places_of_schools(county: County, standards: Standards) -> Iterator[Finding]:
    """Find schools at the same spot, which may be one school entered twice.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What was found.
    """
    del standards
    schools = county.schools
    spots = shapely.get_coordinates(schools.geometry.representative_point()).round(6)
    twice = pd.DataFrame(spots, index=schools.index).duplicated(keep=False)
    if twice.any():
        ids = _ids(schools.index[twice])
        yield Finding(code="same_place", severity="warning", table="schools", ids=ids)


def pupils_of_villages(county: County, standards: Standards) -> Iterator[Finding]:
    """Find villages without pupils, and say how pupils were derived.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What was found.
    """
    found = demand(county, standards=standards)
    yield from found.findings
    empty = found.pupils.index[found.pupils.sum(axis=1) == 0]
    if len(empty):
        yield Finding(
            code="no_pupils_in_village", severity="note", table="villages", ids=_ids(empty)
        )


def seats(county: County, standards: Standards) -> Iterator[Finding]:
    """Compare places with pupils, for the county and per school.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What was found.
    """
    lang = county.language()
    capacity = site_capacity(county, standards=standards)
    capacity = capacity[~capacity["candidate"]]
    pupils = demand(county, standards=standards).pupils.sum()
    stages = {"g13": ("g13", "g46"), "g79": ("g79",)}
    for first, bands in stages.items():
        teaches = capacity["bands"].map(lambda t, first=first: first in t.split())
        available, wanted = (
            int(capacity.loc[teaches, "places"].sum()),
            int(pupils[list(bands)].sum()),
        )
        if available < wanted:
            values = {
                "band": ", ".join(say(f"band.{b}", lang) for b in bands),
                "places": available,
                "pupils": wanted,
            }
            yield Finding(
                code="places_short", severity="warning", table="schools", rows=0, values=values
            )
    schools = county.schools
    have = [f"enrolment_{b}" for b in BANDS if f"enrolment_{b}" in schools]
    if have:
        enrolled = schools[have].astype(float).fillna(0).sum(axis=1)
        crowded = enrolled.index[enrolled > capacity["places"].reindex(enrolled.index)]
        if len(crowded):
            yield Finding(code="crowded", severity="note", table="schools", ids=_ids(crowded))


def townships(county: County, standards: Standards) -> Iterator[Finding]:
    """Find villages and schools without a township.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What was found.
    """
    del standards
    for name in ("villages", "schools"):
        table = county.table(name)
        given = table.get("township_id", pd.Series(None, index=table.index, dtype="str"))
        blank = table.index[given.isna()]
        if len(blank):
            yield Finding(
                code="no_township",
                severity="note",
                table=name,
                column="township_id",
                ids=_ids(blank),
            )


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
        ids = _ids(pupils.index[differ])
        yield Finding(code="flows_differ", severity="warning", table="flows", ids=ids)
    schools = county.schools
    taught = schools["kind"].map(lambda k: np.isin(bands, BANDS_OF_KIND[k]))
    open_to = np.vstack(taught.reindex(seen["school_id"]).to_list())
    astray = ((seen[names_of].to_numpy() > 0) & ~open_to).any(axis=1)
    if astray.any():
        ids = tuple(seen.loc[astray, "school_id"].unique())
        rows = int(astray.sum())
        yield Finding(code="not_taught", severity="warning", table="flows", ids=ids, rows=rows)
    have = [f"enrolment_{b}" for b in bands if f"enrolment_{b}" in schools]
    if len(have) == len(bands):
        sums = seen.groupby("school_id")[names_of].sum().reindex(schools.index, fill_value=0)
        other = (schools[have].fillna(0).to_numpy() != sums.to_numpy()).any(axis=1)
        if other.any():
            ids = _ids(schools.index[other])
            yield Finding(code="enrolment_differs", severity="note", table="schools", ids=ids)


def roads(county: County, standards: Standards) -> Iterator[Finding]:
    """Look at the road network as walkers find it.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What the network reports, parts that do not hang together, and places far
        from any road.
    """
    made = network(county, mode="walk", standards=standards)
    times = travel_times(county, mode="walk", network=made, standards=standards)
    yield from times.findings
    yield from disconnected_findings(disconnected(made, county.villages))
    parts = made.components[made.components["main"]]
    if len(parts) > 1:
        values = {"shares": ", ".join(f"{100 * s:.1f} %" for s in sorted(parts["share"])[::-1])}
        yield Finding(
            code="roads_in_parts", severity="warning", table="roads", rows=len(parts), values=values
        )
    far = standards.value("far_from_road_m")
    access = times.access
    for role, name in (("village", "villages"), ("site", "schools")):
        away = access[(access["role"] == role) & (access["distance_m"] > far)]
        if len(away):
            yield Finding(
                code="far_from_road",
                severity="warning",
                table=name,
                ids=tuple(away["place_id"].astype("str")),
                values={
                    "metres": f"{far:.0f}",
                    "most": f"{away['distance_m'].max():.0f}",
                },
            )


CHECKS: Final[tuple[Check, ...]] = (
    roads,
    names,
    places_of_schools,
    pupils_of_villages,
    seats,
    townships,
    flows,
)
"""All checks, in the order in which they are run."""
