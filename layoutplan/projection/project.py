"""The verb: project pupils by village, grade and year."""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.county import County
from layoutplan.demand.apportion import apportion_within
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.projection.births import CENTURY, KnownBirths, known_births
from layoutplan.projection.cohorts import Floats, advance
from layoutplan.projection.entrants import Children, children_to_come, cohorts_now
from layoutplan.projection.noun import MID, Projection
from layoutplan.projection.numbers import progression, with_assumptions
from layoutplan.projection.rates_given import Migration, housing_pupils, net_migration
from layoutplan.projection.start import Start, start
from layoutplan.standards import Standards

NAMED: Final = (MID, "low", "high")
"""The variants with a name: the 10th, 50th and 90th percentile, as the standards say."""


def project(
    county: County,
    *,
    years: int = 10,
    base_year: int | None = None,
    standards: Standards | None = None,
    variants: tuple[str, ...] = ("low", "mid", "high"),
    samples: int = 0,
    births: pd.DataFrame | None = None,
    housing: pd.DataFrame | None = None,
    migration: Migration = None,
    seed: int = 0,
) -> Projection:
    """Project pupils by village of residence, grade and school year.

    Cohorts go on from grade to grade; children enter grade 1 in the autumn by whose
    cut-off they are six years old. They come from ages at hand (``age_0`` ... ``age_5``),
    else from births (``births_YYYY``), else from the course of national births. Births
    after the last known year follow a declared trend whose errors in the past give the
    low, the high and the sampled variants. All numbers that are assumed stand in a profile
    of standards, ``cn-projection`` where the profile given has none of its own.

    Parameters
    ----------
    county
        The county.
    years
        How many years ahead.
    base_year
        The school year of the pupils at hand, named by its autumn; that of the county, or
        the year after the last births where the county has none.
    standards
        The numbers.
    variants
        Which of ``"low"``, ``"mid"`` and ``"high"``; ``"mid"`` is always made.
    samples
        How many sampled variants, ``s001`` ...
    births
        Births with their vintage: columns village_id (blank for the whole county), year,
        births, vintage. Of several vintages the last one holds.
    housing
        Housing projects: village_id or township_id, year, and dwellings or pupils.
    migration
        Net migration as a share a year: one number, a mapping of village or township ids
        to shares, or a table with village_id or township_id, rate and year.
    seed
        The seed of the sampled variants.

    Returns
    -------
    Projection
        Whole persons; those of the villages sum to those of the county in every year,
        grade and variant.

    Raises
    ------
    OptionsError
        If an option is unknown or cannot be.
    DataError
        If the data do not tell of any pupils.

    Examples
    --------
    >>> from layoutplan import example
    >>> found = project(example.county(seed=1, villages=40), years=3)
    >>> found.years, found.variants
    ((2026, 2027, 2028, 2029), ('mid', 'low', 'high'))
    >>> list(found.bands(2029).columns)
    ['g13', 'g46', 'g79']
    """
    numbers = with_assumptions(standards)
    variants = (variants,) if isinstance(variants, str) else variants
    base, notes = _base_year(county, base_year, births)
    _check(county, years=years, variants=variants, samples=samples, seed=seed, numbers=numbers)
    ahead = tuple(range(base + 1, base + years + 1))
    ids = county.villages.sort_index().index
    known = known_births(county, births, weight=_weight(county), base_year=base)
    shape = cohorts_now(known, base, numbers=numbers)
    begin = start(county, numbers=numbers, shape=None if shape is None else shape.sum(axis=0))
    rates = net_migration(migration, county=county, years=ahead, numbers=numbers)
    extra, newcomers, told = housing_pupils(
        housing, county=county, years=ahead, numbers=numbers,
        pupils=begin.pupils.sum(axis=1).to_numpy(dtype=float),
    )  # fmt: skip
    names = (*[v for v in NAMED if v == MID or v in variants], *_sample_names(samples))
    children = children_to_come(
        begin, known, base=base, ahead=ahead, names=names, numbers=numbers, seed=seed,
        migration=rates, cohorts=shape,
    )  # fmt: skip
    grown = advance(
        begin.pupils.to_numpy(dtype=float),
        children.entrants + newcomers,
        1.0 + children.migration,
        steps=progression(numbers),
        extra=extra,
    )
    whole = _whole(grown, begin)
    place = ids.get_indexer(county.villages.index)
    return Projection(
        county=county,
        base_year=base,
        years=(base, *ahead),
        variants=names,
        weights=_weights(names, numbers),
        village_ids=county.villages.index,
        counts=whole[:, :, place],
        standards=numbers,
        seed=seed,
        findings=(*notes, *known.findings, *begin.findings, *children.findings, *told),
        tables={"births": _births_table(known, children, names)},
    )


def _base_year(
    county: County, given: int | None, births: pd.DataFrame | None
) -> tuple[int, list[Finding]]:
    year = given if given is not None else county.year
    if isinstance(year, bool) or not isinstance(year, (int, np.integer)):
        finding = Finding(code="base_year_bad", values={"value": year})
        raise OptionsError(finding, lang=county.language())
    if year > 0 and (not county.year or abs(year - county.year) <= CENTURY):
        return int(year), []
    born = [int(c[-4:]) for c in map(str, county.villages.columns) if c.startswith("births_")]
    if isinstance(births, pd.DataFrame) and "year" in births:
        dated = pd.to_numeric(births["year"], errors="coerce")
        born += [int(y) for y in dated[dated.between(1, 9999)]]
    if given is not None or not born:
        code = "base_year_unknown" if given is None else "base_year_bad"
        raise OptionsError(Finding(code=code, values={"value": given}), lang=county.language())
    guess = max(born) + 1
    return guess, [
        Finding(code="base_year_guessed", severity="warning", table="villages", rows=0,
                values={"year": guess})
    ]  # fmt: skip


def _check(
    county: County,
    *,
    years: int,
    variants: tuple[str, ...],
    samples: int,
    seed: int,
    numbers: Standards,
) -> None:
    found = []
    most = int(numbers.value("projection_years_max"))
    if (
        isinstance(years, bool)
        or not isinstance(years, (int, np.integer))
        or not 1 <= years <= most
    ):
        found.append(Finding(code="projection_years", values={"value": years, "most": most}))
    if isinstance(samples, bool) or not isinstance(samples, (int, np.integer)) or samples < 0:
        found.append(Finding(code="projection_samples", values={"value": samples}))
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        found.append(Finding(code="projection_seed", values={"value": seed}))
    listed = variants if isinstance(variants, (tuple, list)) else (variants,)
    unknown = sorted({str(v) for v in listed} - set(NAMED))
    if unknown:
        values = {"value": ", ".join(unknown), "known": ", ".join(NAMED)}
        found.append(Finding(code="projection_variants", values=values))
    if found:
        raise OptionsError(found, lang=county.language())


def _weight(county: County) -> pd.Series:
    """Give what births are shared by in villages without any: people, else all alike."""
    villages = county.villages.sort_index()
    for names in (["pupils_g13"], ["pupils"], ["population"]):
        if set(names) <= set(villages.columns):
            return pd.Series(villages[names].astype(float).fillna(0).sum(axis=1))
    return pd.Series(1.0, index=villages.index)


def _sample_names(samples: int) -> list[str]:
    return [f"s{n + 1:03d}" for n in range(samples)]


def _weights(names: tuple[str, ...], numbers: Standards) -> dict[str, float]:
    """Share the probability among the sampled variants, else among those with a name."""
    sampled = [n for n in names if n not in NAMED]
    if sampled:
        return {n: 0.0 if n in NAMED else 1 / len(sampled) for n in names}
    mid = numbers.value("variant_weight_mid") if len(names) > 1 else 1.0
    if 1 < len(names) < len(NAMED):  # one side alone says nothing of the other
        return {n: float(n == MID) for n in names}
    return {n: mid if n == MID else (1 - mid) / 2 for n in names}


def _whole(grown: Floats, begin: Start) -> NDArray[np.int32]:
    """Round to whole persons: in every variant, year and grade the county's sum is kept."""
    variants, years, villages, grades = grown.shape
    whole = np.empty(grown.shape, dtype=np.int32)
    columns = np.arange(years * grades)
    groups = np.broadcast_to(columns.reshape(years, 1, grades), (years, villages, grades)).ravel()
    order = np.broadcast_to(np.arange(villages)[None, :, None], (years, villages, grades)).ravel()
    for v in range(variants):
        totals = np.rint(np.round(grown[v].sum(axis=1), 6)).astype(np.int64).ravel()
        shares = grown[v].ravel()
        whole[v] = apportion_within(shares, groups, totals, order=order).reshape(grown.shape[1:])
    whole[:, 0] = begin.pupils.to_numpy()
    return whole


def _births_table(known: KnownBirths, children: Children, names: tuple[str, ...]) -> pd.DataFrame:
    parts = []
    if known.table.shape[1]:
        long = known.table.rename_axis(index="village_id", columns="year").stack()
        told = pd.Series(long).rename("births").reset_index()
        vintage = known.vintage.rename_axis(index="village_id", columns="year").stack()
        told["vintage"] = vintage.to_numpy(dtype=np.int64)
        told["source"] = np.where(told["vintage"] > 0, "known", "filled")
        parts.append(told.assign(variant=""))
    if children.births.size:
        index = pd.MultiIndex.from_product(
            [names, children.born, known.table.index], names=["variant", "year", "village_id"]
        )
        later = pd.DataFrame({"births": children.births.ravel()}, index=index).reset_index()
        parts.append(later.assign(vintage=0, source="projected"))
    columns = ["variant", "year", "village_id", "births", "vintage", "source"]
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.DataFrame(pd.concat(parts, ignore_index=True)[columns])
