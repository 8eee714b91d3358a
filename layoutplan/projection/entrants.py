"""Children who are to enter grade 1: from ages, from births, or from the course of the nation."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from layoutplan.findings import Finding
from layoutplan.projection.ahead import Course, course
from layoutplan.projection.births import KnownBirths
from layoutplan.projection.cohorts import Floats, of_age
from layoutplan.projection.grades import ENTRY_AGE, GRADES
from layoutplan.projection.noun import MID
from layoutplan.projection.numbers import national_births
from layoutplan.projection.start import Start
from layoutplan.standards import Standards

_SIDES = {MID: 0, "low": -1, "high": 1}


@dataclass(frozen=True, eq=False, kw_only=True)
class Children:
    """The children who enter grade 1.

    Parameters
    ----------
    entrants
        Children who enter, variants x years ahead x villages.
    migration
        Net migration a year, variants x years ahead x villages.
    births
        Births after the last known year, variants x calendar years x villages.
    born
        These calendar years.
    findings
        What was assumed.
    """

    entrants: Floats
    migration: Floats
    births: Floats
    born: tuple[int, ...]
    findings: tuple[Finding, ...]


_MOST = 1e9
"""Births of a village in a year: a series that leaps from almost none to many knows no end."""


def cohorts_now(known: KnownBirths, base: int, *, numbers: Standards) -> Floats | None:
    """Give the births of the children who are now in grades 1 to 9.

    Parameters
    ----------
    known
        The births.
    base
        The base year.
    numbers
        The standards.

    Returns
    -------
    numpy.ndarray or None
        Births by village and grade, NaN for grades whose births are not known; None where
        none are. Where only the year of most of a cohort is known, it stands for all of it.
    """
    if not known.table.shape[1]:
        return None
    autumns = base - np.arange(len(GRADES))
    late = autumns - ENTRY_AGE
    have = (late >= known.first) & (late <= known.last)
    if not have.any():
        return None
    born = np.column_stack([known.table.iloc[:, :1].to_numpy(), known.table.to_numpy()])
    found = np.full((len(known.table), len(GRADES)), np.nan)
    cutoff = numbers.value("entry_cutoff_month")
    found[:, have] = of_age(born, known.first - 1, autumns[have], cutoff=cutoff)
    return found


def children_to_come(
    begin: Start,
    known: KnownBirths,
    *,
    base: int,
    ahead: tuple[int, ...],
    names: tuple[str, ...],
    numbers: Standards,
    seed: int,
    migration: Floats,
    cohorts: Floats | None,
) -> Children:
    """Find the children who enter grade 1 in each year ahead.

    Parameters
    ----------
    begin
        The pupils of the base year.
    known
        The births.
    base
        The base year.
    ahead
        The school years ahead.
    names
        The variants.
    numbers
        The standards.
    seed
        The seed of sampled variants.
    migration
        Net migration, years ahead x villages.
    cohorts
        What `cohorts_now` gave.

    Returns
    -------
    Children
        The children.
    """
    draws = [np.random.default_rng([seed, int(n[1:])]) if n not in _SIDES else None for n in names]
    found: list[Finding] = []
    rates = _migration(migration, names, draws, numbers)
    if known.table.shape[1]:
        births, last, first = known.table.to_numpy(dtype=float), known.last, known.first
        series = known.county.to_numpy(dtype=float)
        per, told = _per_birth(begin, cohorts, numbers)
        found += told
    else:
        births, first, series, per = _as_the_nation(begin, base, numbers)
        last = first + births.shape[1] - 1
        code = "children_from_nation" if begin.young is None else "births_from_ages"
        found.append(
            Finding(code=code, severity="warning" if begin.young is None else "note",
                    table="villages", rows=len(begin.pupils))
        )  # fmt: skip
    needed = ahead[-1] - ENTRY_AGE
    born = tuple(range(last + 1, needed + 1))
    going = course(series, numbers=numbers)
    later = _later(births, going, names, draws, len(born), numbers)
    if born:
        found.append(_told(going, last, numbers))
    need_first = ahead[0] - ENTRY_AGE - 1
    early = max(first - need_first, 0)
    if early and begin.young is None:
        values = {"first": need_first, "last": first - 1}
        found.append(
            Finding(code="births_begin_late", severity="warning", table="villages", rows=0,
                    values=values)
        )  # fmt: skip
    wide = np.concatenate(
        [
            np.broadcast_to(
                np.repeat(births[:, :1], early, axis=1), (len(names), len(births), early)
            ),
            np.broadcast_to(births, (len(names), *births.shape)),
            later.transpose(0, 2, 1),
        ],
        axis=2,
    )
    autumns = np.array(ahead)
    cutoff = numbers.value("entry_cutoff_month")
    entering = of_age(wide, first - early, autumns, cutoff=cutoff) * per
    entering = entering.transpose(0, 2, 1)
    if begin.young is not None:
        known_years = min(len(ahead), ENTRY_AGE)
        ages = begin.young.to_numpy(dtype=float)[:, ::-1][:, :known_years]
        entering[:, :known_years] = ages.T * numbers.value("entry_share")
    lived = _lived(rates)
    return Children(
        entrants=entering * lived, migration=rates, births=later, born=born, findings=tuple(found)
    )


def _told(going: Course, last: int, numbers: Standards) -> Finding:
    values = {
        "last": last,
        "trend": f"{100 * numbers.value('births_growth_per_year'):g}",
        "spread": f"{100 * going.spread:.1f}",
        "changes": going.changes,
    }
    code = "births_ahead" if going.own else "births_ahead_assumed"
    return Finding(code=code, severity="note", table="births", rows=0, values=values)


def _per_birth(
    begin: Start, cohorts: Floats | None, numbers: Standards
) -> tuple[float, list[Finding]]:
    """How many pupils there are per birth: as today's cohorts show, else as assumed."""
    declared = numbers.value("entry_share")
    if cohorts is None:
        return declared, []
    known = np.isfinite(cohorts[0])
    born = float(cohorts[:, known].sum())
    pupils = float(begin.pupils.to_numpy()[:, known].sum())
    if born <= 0:
        return declared, []
    ratio = pupils / born
    values = {"ratio": f"{ratio:.3f}", "declared": f"{declared:g}", "grades": int(known.sum())}
    if not numbers.value("entry_ratio_min") <= ratio <= numbers.value("entry_ratio_max"):
        note = Finding(
            code="entry_ratio_odd", severity="warning", table="births", rows=0, values=values
        )
        return declared, [note]
    return ratio, [
        Finding(code="entry_ratio", severity="note", table="births", rows=0, values=values)
    ]


def _as_the_nation(
    begin: Start, base: int, numbers: Standards
) -> tuple[Floats, int, Floats, float]:
    """Births that follow the nation's, as large as the pupils of grades 1 to 3 or the ages."""
    nation = national_births(numbers)
    first = min(nation)
    course = np.array([nation[y] for y in sorted(nation)])
    now = begin.pupils.to_numpy(dtype=float)[:, :3].mean(axis=1)
    years = np.arange(base - ENTRY_AGE - 2, base - ENTRY_AGE + 1) - first
    level = course[np.clip(years, 0, len(course) - 1)].mean()
    if begin.young is not None:
        ages = begin.young.to_numpy(dtype=float)
        # Children of age a by the cut-off were born around the year base - a.
        at = np.clip(base - np.arange(ENTRY_AGE) - first, 0, len(course) - 1)
        now, level = ages.sum(axis=1), course[at].sum()
    return np.outer(now, course / level), first, course, 1.0


def _migration(
    migration: Floats,
    names: tuple[str, ...],
    draws: list[np.random.Generator | None],
    numbers: Standards,
) -> Floats:
    spread = numbers.value("migration_spread_per_year")
    out = (1 + numbers.value("interval_share")) / 2
    shift = [
        float(rng.normal(0.0, spread))
        if rng is not None
        else _SIDES[n] * spread * float(ndtri(out))
        for n, rng in zip(names, draws, strict=True)
    ]
    rates = migration[None] + np.array(shift)[:, None, None]
    return np.asarray(np.maximum(rates, -1.0), dtype=np.float64)


def _lived(rates: Floats) -> Floats:
    """Multiply by migration, since the base year or since birth."""
    growth = np.cumsum(np.log(np.maximum(1 + rates, 1e-12)), axis=1)
    before = np.zeros_like(growth)
    before[:, ENTRY_AGE:] = growth[:, :-ENTRY_AGE] if growth.shape[1] > ENTRY_AGE else 0.0
    return np.asarray(np.exp(growth - before))


def _later(
    births: Floats,
    going: Course,
    names: tuple[str, ...],
    draws: list[np.random.Generator | None],
    ahead: int,
    numbers: Standards,
) -> Floats:
    """Births after the last known year, variants x years x villages."""
    if not ahead:
        return np.zeros((len(names), 0, len(births)))
    recent = births[:, -int(numbers.value("births_share_years")) :].sum(axis=1)
    total = float(births[:, -1].sum())
    share = recent / recent.sum() if recent.sum() > 0 else np.full(len(births), 1 / len(births))
    inside = numbers.value("interval_share")
    found = []
    for name, rng in zip(names, draws, strict=True):
        if rng is not None:
            expected = total * np.outer(going.sampled(ahead, rng=rng), share)
            found.append(rng.poisson(np.minimum(expected, _MOST)).astype(float))
        else:
            path = (
                going.middle(ahead)
                if name == MID
                else going.at((1 + _SIDES[name] * inside) / 2, ahead)
            )
            found.append(np.minimum(total * np.outer(path, share), _MOST))
    return np.stack(found)
