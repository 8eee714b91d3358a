"""Schools: places, enrolment, classes, and parts that exceed their whole."""

from collections.abc import Iterator
from typing import Final

import pandas as pd

from layoutplan.checks.rows import column, ids, total
from layoutplan.county import County
from layoutplan.demand import demand
from layoutplan.findings import Finding
from layoutplan.measures import site_capacity
from layoutplan.standards import Standards
from layoutplan.tables import BANDS, BANDS_OF_KIND, SCHOOLS, heading
from layoutplan.words import say

PARTS: Final = (
    ("teachers", "staff"),
    ("teachers_above_degree", "teachers"),
    ("key_teachers", "teachers"),
    ("pe_art_teachers", "teachers"),
    ("mid_title_teachers", "teachers"),
    ("teachers_above_degree_junior", "teachers_junior"),
    ("key_teachers_junior", "teachers_junior"),
    ("pe_art_teachers_junior", "teachers_junior"),
    ("mid_title_teachers_junior", "teachers_junior"),
)
"""Columns whose number is part of another column's."""


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
            yield Finding(code="crowded", severity="note", table="schools", ids=ids(crowded))


def enrolled(county: County, standards: Standards) -> Iterator[Finding]:
    """Hold enrolment against places, kind of school and the pupils of the villages.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What was found.
    """
    schools = county.schools
    every = total(schools, "enrolment")
    if every.isna().all():
        return
    taught = schools["kind"].ne("special")
    none = every.fillna(0).eq(0) & taught
    if none.any():
        at = ids(schools.index[none])
        yield Finding(code="no_enrolment", severity="warning", table="schools", ids=at)
    places = column(schools, "places")
    beyond = (places > 0) & (every > standards.value("check_places_times") * places)
    if beyond.any():
        at = ids(schools.index[beyond])
        yield Finding(
            code="far_above_places", severity="warning", table="schools", column="places", ids=at
        )
    yield from _grades(schools)
    yield from _apart(county, float(every.sum()), standards)


def _grades(schools: pd.DataFrame) -> Iterator[Finding]:
    for band in BANDS:
        name = f"enrolment_{band}"
        teaches = schools["kind"].map(lambda kind, band=band: band in BANDS_OF_KIND[kind])
        other = (column(schools, name) > 0) & ~teaches.astype(bool)
        other &= schools["kind"].ne("special")
        if other.any():
            yield Finding(
                code="enrolment_not_taught",
                severity="warning",
                table="schools",
                column=name,
                ids=ids(schools.index[other]),
            )


def _apart(county: County, enrolled_in_all: float, standards: Standards) -> Iterator[Finding]:
    pupils = int(demand(county, standards=standards).pupils.to_numpy().sum())
    apart = abs(enrolled_in_all - pupils)
    if apart > standards.value("check_pupils_apart_share") * max(pupils, 1):
        values = {"pupils": pupils, "enrolled": f"{enrolled_in_all:.0f}"}
        yield Finding(
            code="pupils_enrolment_apart",
            severity="warning",
            table="schools",
            rows=0,
            values=values,
        )


def classes(county: County, standards: Standards) -> Iterator[Finding]:
    """Find class sizes that no school has, and parts of the staff above the whole.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What was found.
    """
    schools = county.schools
    every, rooms = total(schools, "enrolment"), column(schools, "classes")
    size = every / rooms.where(rooms > 0)
    odd = (size > standards.value("check_class_size_max")) | ((size < 1) & (every > 0))
    odd |= (rooms == 0) & (every > 0)
    if odd.any():
        yield Finding(
            code="class_size_odd",
            severity="warning",
            table="schools",
            column="classes",
            ids=ids(schools.index[odd]),
            values={"most": f"{standards.value('check_class_size_max'):g}"},
        )
    yield from _parts(county, every)


def _parts(county: County, every: pd.Series) -> Iterator[Finding]:
    schools, lang = county.schools, county.language()
    crowded = column(schools, "classes") > column(schools, "classrooms")
    if crowded.any():
        at = ids(schools.index[crowded])
        yield Finding(
            code="classes_above_classrooms",
            severity="warning",
            table="schools",
            column="classes",
            ids=at,
        )
    told = [(p, heading(SCHOOLS, w, lang=lang), column(schools, w)) for p, w in PARTS]
    enrolled_there = say("check.enrolment", lang)
    senior = column(schools, "enrolment_senior").fillna(0)
    told += [
        ("boarders", enrolled_there, every + senior),
        ("special_need", enrolled_there, every),
    ]
    for part, whole, number in told:
        more = column(schools, part) > number
        if more.any():
            yield Finding(
                code="part_above_whole",
                severity="warning",
                table="schools",
                column=part,
                ids=ids(schools.index[more]),
                values={"part": heading(SCHOOLS, part, lang=lang), "whole": whole},
            )


def campuses(county: County, standards: Standards) -> Iterator[Finding]:
    """Find campuses that are their own school, or a campus of a campus.

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
    if "campus_of" not in schools:
        return
    of = schools["campus_of"].dropna()
    chained = of.isin(of.index)
    if chained.any():
        at = ids(of.index[chained])
        yield Finding(
            code="campus_of_campus",
            severity="warning",
            table="schools",
            column="campus_of",
            ids=at,
        )
