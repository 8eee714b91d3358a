"""Villages: pupils, people, births and the groups among them."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from layoutplan.checks.rows import column, ids, total
from layoutplan.county import County
from layoutplan.demand import demand
from layoutplan.findings import Finding
from layoutplan.standards import Standards
from layoutplan.tables import BANDS, VILLAGES, heading


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
            code="no_pupils_in_village", severity="note", table="villages", ids=ids(empty)
        )


def people(county: County, standards: Standards) -> Iterator[Finding]:
    """Compare pupils with residents, and parts with the whole.

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
    villages = county.villages
    parts = total(villages, "pupils")
    pupils = parts.fillna(column(villages, "pupils"))
    population = column(villages, "population")
    above = pupils > population
    if above.any():
        at = ids(villages.index[above])
        yield Finding(
            code="pupils_above_population",
            severity="warning",
            table="villages",
            column="population",
            ids=at,
        )
    differ = parts.notna() & column(villages, "pupils").notna()
    differ &= ~np.isclose(parts, column(villages, "pupils"))
    if differ.any() and all(f"pupils_{band}" in villages for band in BANDS):
        at = ids(villages.index[differ])
        yield Finding(
            code="pupils_not_the_sum",
            severity="warning",
            table="villages",
            column="pupils",
            ids=at,
        )
    lang = county.language()
    for name in ("left_behind", "boarders", "special_need"):
        more = column(villages, name) > pupils
        if more.any():
            values = {
                "part": heading(VILLAGES, name, lang=lang),
                "whole": heading(VILLAGES, "pupils", lang=lang),
            }
            yield Finding(
                code="part_above_whole",
                severity="warning",
                table="villages",
                column=name,
                ids=ids(villages.index[more]),
                values=values,
            )


def births(county: County, standards: Standards) -> Iterator[Finding]:
    """Find births of a village that jump out of its own years and the county's.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What was found.
    """
    villages = county.villages
    years = sorted(c for c in villages.columns if str(c).startswith("births_"))
    if len(years) < 3:  # noqa: PLR2004 - with two years nothing tells which of them jumps
        return
    born = villages[years].astype(float)
    jumps = _jumps(born, standards)
    for year in years:
        at = ids(villages.index[jumps[year]])
        if at:
            values = {"year": year.removeprefix("births_")}
            yield Finding(
                code="births_jump",
                severity="warning",
                table="villages",
                column=year,
                ids=at,
                values=values,
            )
    of_county = born.sum()
    steps = of_county.to_numpy()
    times = standards.value("check_births_times")
    beside = np.array(
        [np.median(np.delete(steps[max(i - 2, 0) : i + 3], min(i, 2))) for i in range(len(steps))]
    )
    odd = (steps > times * beside) | (steps * times < beside)
    for year in np.asarray(years)[odd]:
        values = {"year": str(year).removeprefix("births_"), "births": f"{of_county[year]:.0f}"}
        yield Finding(
            code="births_jump_county",
            severity="warning",
            table="villages",
            column=str(year),
            rows=len(villages),
            values=values,
        )


def _jumps(born: pd.DataFrame, standards: Standards) -> pd.DataFrame:
    r"""Mark births beyond what chance and the county's course explain.

    Expected are the village's median share of the county's births, times the county's
    births of the year. Births of a village scatter about as a Poisson number does, whose
    standard deviation is the root of its mean.
    """
    of_county = born.median() * len(born)
    share = born.div(of_county.where(of_county > 0), axis=1).median(axis=1)
    expected = pd.DataFrame(
        np.outer(share, of_county.fillna(0)), index=born.index, columns=born.columns
    )
    away = (born - expected).abs() / np.sqrt(expected + 1)
    times = standards.value("check_births_times")
    ratio = (born > times * expected) | (born * times < expected)
    beyond = away > standards.value("check_births_deviations")
    return pd.DataFrame(beyond & ratio, index=born.index, columns=born.columns)
