"""The two assessments of balance: basic of 2012 and high-quality of 2017."""

from collections.abc import Iterable, Mapping
from typing import Final

import pandas as pd

from layoutplan.balance.after import stock_after
from layoutplan.balance.counted import (
    left_out_findings,
    missing,
    outside_basic,
    outside_quality,
    owners_unknown,
    uncounted,
)
from layoutplan.balance.county_tables import indicator_rows, left_out_rows, township_rows
from layoutplan.balance.noun import Balance
from layoutplan.balance.rulebook import BASIC_2012, QUALITY_2017, measured_by, rulebook
from layoutplan.balance.school_values import judged, school_values
from layoutplan.balance.stages import units as make_units
from layoutplan.balance.stock import Stock, stock_of
from layoutplan.county import County
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.plan import Plan
from layoutplan.standards import Standards

RELAXATIONS: Final = ("visiting_teachers", "leased_sports")
"""What `quality_2017` can be asked to count besides, for as long as that is allowed."""

Assets = str | float | Mapping[str, str | float]
"""``pooled``, ``idle``, a share from 0 to 1, or one of these by resource."""


def basic_2012(
    of: County | Plan | Stock,
    *,
    standards: Standards | None = None,
    teaching_points: bool = False,
    assets: Assets = "pooled",
    teachers: str | float = "pooled",
    new_schools: str = "left_out",
    lang: str = "auto",
) -> Balance:
    """Assess the basic balance between schools (教督〔2012〕3号).

    Eight resources per pupil, each with its coefficient of variation; the mean of the
    eight, the composite, is held to a limit for each stage. Private schools, schools
    run by others than the county, teaching points and special schools are not
    counted; see ``left_out``. The composite is made of what there are data for; with
    fewer than eight indicators it is shown, and not judged.

    Parameters
    ----------
    of
        A county as it stands, by its enrolment; a plan, by the pupils it sends to each
        school; or a stock, such as `layoutplan.balance.move_resources` leaves behind.
    standards
        The county's own numbers, which hold over those of the assessment; the
        standards of a plan are taken where not given.
    teaching_points
        Whether teaching points are counted; table Ⅱ of the assessment does not.
    assets
        What becomes of what closed schools have, in a plan: see `stock_after`.
    teachers
        The same for teachers.
    new_schools
        What new schools have, in a plan: see `stock_after`.
    lang
        The language of words.

    Returns
    -------
    Balance
        Values of schools, coefficients of the county, townships, and what is left out.

    Raises
    ------
    DataError
        If no school has any enrolment.
    OptionsError
        If an option is not known.

    Examples
    --------
    >>> from layoutplan import example
    >>> done = basic_2012(example.county(seed=1, villages=40))
    >>> len(done.measured), done.met("primary")
    (8, True)
    """
    rules = rulebook(BASIC_2012, own=standards or _own(of))
    stock = _stock(of, rules, assets=assets, teachers=teachers, new_schools=new_schools, lang=lang)
    return _assess(stock, rules, quality=False, teaching_points=teaching_points)


def quality_2017(
    of: County | Plan | Stock,
    *,
    standards: Standards | None = None,
    rounded: bool = True,
    relax: Iterable[str] = (),
    assets: Assets = "pooled",
    teachers: str | float = "pooled",
    new_schools: str = "left_out",
    lang: str = "auto",
) -> Balance:
    """Assess the high-quality balance between schools (教督〔2017〕6号, 资源配置).

    Seven resources per pupil. Every school reaches at least six of the seven
    standards of its stage, and 85 % of the seventh; and the coefficient of variation
    of each indicator keeps its limit. All schools count, private ones and teaching
    points with 50 or more pupils too; special schools do not.

    Parameters
    ----------
    of
        A county as it stands, by its enrolment; a plan, by the pupils it sends to each
        school; or a stock.
    standards
        The county's own numbers, which hold over those of the assessment; the
        standards of a plan are taken where not given.
    rounded
        Whether numbers are rounded as in the forms before they are judged: values of
        schools and county means to 2 decimals, coefficients to 3 (申报表 表Ⅱ-2, Ⅲ).
    relax
        Relaxed rules that are asked for: ``visiting_teachers`` counts
        ``pe_art_teachers_visiting`` at schools of 50-99 pupils, ``leased_sports``
        counts ``sports_area_leased_m2``, within ten minutes' walk in dense centres.
        Both are for a time only (国家督导评估认定工作规程).
    assets
        What becomes of what closed schools have, in a plan: see `stock_after`.
    teachers
        The same for teachers.
    new_schools
        What new schools have, in a plan: see `stock_after`.
    lang
        The language of words.

    Returns
    -------
    Balance
        Values of schools, coefficients of the county, townships, and what is left out.

    Raises
    ------
    DataError
        If no school has any enrolment.
    OptionsError
        If an option is not known.

    Examples
    --------
    >>> from layoutplan import example
    >>> done = quality_2017(example.county(seed=1, villages=40))
    >>> len(done.measured), done.met("primary")
    (7, False)
    """
    asked = (relax,) if isinstance(relax, str) else tuple(relax)
    unknown = [r for r in asked if r not in RELAXATIONS]
    if unknown:
        values = {"value": ", ".join(unknown), "known": ", ".join(RELAXATIONS)}
        raise OptionsError(Finding(code="balance_bad_option", column="relax", values=values))
    rules = rulebook(QUALITY_2017, own=standards or _own(of), rounded=rounded)
    stock = _stock(of, rules, assets=assets, teachers=teachers, new_schools=new_schools, lang=lang)
    return _assess(stock, rules, quality=True, rounded=rounded, relax=asked)


def _own(of: County | Plan | Stock) -> Standards | None:
    return of.standards if isinstance(of, Plan) else None


def _stock(
    of: County | Plan | Stock,
    rules: Standards,
    *,
    assets: Assets,
    teachers: str | float,
    new_schools: str,
    lang: str,
) -> Stock:
    if isinstance(of, Stock):
        return of
    if isinstance(of, Plan):
        return stock_after(
            of,
            assets=assets,
            teachers=teachers,
            new_schools=new_schools,
            standards=rules,
            lang=lang,
        )
    return stock_of(of, lang=lang)


def _assess(
    stock: Stock,
    rules: Standards,
    *,
    quality: bool,
    teaching_points: bool = False,
    rounded: bool = False,
    relax: tuple[str, ...] = (),
) -> Balance:
    measured = measured_by(rules, quality=quality)
    skipped = dict(uncounted(stock.rows))
    rows = stock.rows.drop(index=list(skipped))
    all_units, findings = make_units(_relaxed(rows, rules, relax), standards=rules)
    if quality:
        least = rules.value("quality_teaching_point_pupils_min")
        outside = outside_quality(all_units, least=least)
    else:
        outside = outside_basic(all_units, teaching_points=teaching_points)
        findings += owners_unknown(all_units[outside.eq("")])
    units = all_units[outside.eq("")].reset_index(drop=True)
    absent = tuple(m.name for m in measured if units[m.resource].isna().all())
    present = tuple(m for m in measured if m.name not in absent)
    why = missing(units, [m.resource for m in present])
    new = units["school_id"].map(rows["new"]).astype(bool)
    why = why.mask(why.isin(["blank"]) & new.to_numpy()[:, None], "new_school")
    values = school_values(units, present, why)
    schools = judged(units, values, present, rules, quality=quality, lang=stock.lang)
    left_out = left_out_rows(
        stock.rows, skipped, all_units.assign(reason=outside), units, why, present
    )
    tables = {
        "schools": schools,
        "indicators": indicator_rows(
            units,
            values,
            present,
            rules,
            schools,
            quality=quality,
            rounded=rounded,
            whole=not absent,
            lang=stock.lang,
        ),
        "townships": township_rows(
            units,
            values,
            present,
            schools,
            stock.townships,
            rules=rules,
            quality=quality,
            rounded=rounded,
        ),
        "left_out": left_out,
        "units": units,
    }
    findings += left_out_findings(left_out)
    findings += [
        Finding(
            code="balance_no_column", severity="note", table="schools", column=m.resource, rows=0
        )
        for m in measured
        if m.name in absent
    ]
    none = tables["indicators"]
    none = none[none["mean"].eq(0)]
    findings += [
        Finding(
            code="balance_nobody_has",
            severity="note",
            table="schools",
            column=next(m.resource for m in present if m.name == name),
            rows=int(number),
        )
        for name, number in zip(none["indicator"], none["schools"], strict=True)
    ]
    return Balance(
        profile=rules.name,
        lang=stock.lang,
        stock=stock,
        standards=rules,
        measured=present,
        incomplete=absent,
        asked={"rounded": rounded, "relax": relax}
        if quality
        else {"teaching_points": teaching_points},
        findings=(*stock.findings, *findings),
        tables=tables,
    )


def _relaxed(rows: pd.DataFrame, rules: Standards, relax: tuple[str, ...]) -> pd.DataFrame:
    """Count what the relaxed rules allow to count."""
    if "visiting_teachers" in relax:
        pupils = rows[["primary", "junior"]].sum(axis=1)
        small = pupils.ge(rules.value("quality_visiting_teachers_pupils_min")) & pupils.lt(
            rules.value("quality_visiting_teachers_pupils_below")
        )
        more = rows["pe_art_teachers_visiting"].fillna(0).where(small, 0)
        rows = rows.assign(pe_art_teachers=rows["pe_art_teachers"] + more)
    if "leased_sports" in relax:
        more = rows["sports_area_leased_m2"].fillna(0)
        rows = rows.assign(sports_area_m2=rows["sports_area_m2"] + more)
    return rows
