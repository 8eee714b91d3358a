"""Stages: the primary and the junior part of a school are assessed each for itself."""

import numpy as np
import pandas as pd

from layoutplan.balance.indicators import RESOURCES, SHARED, STAGES, TEACHERS
from layoutplan.balance.stock import OF_JUNIOR, PUPILS
from layoutplan.findings import Finding
from layoutplan.standards import Standards

_PRIMARY, _JUNIOR, _SENIOR = range(3)
"""Where the stages stand in `PUPILS`."""

_TAKEN = ("name", "kind", "township_id", "ownership")


def shares(pupils: pd.DataFrame, *, standards: Standards) -> pd.DataFrame:
    """Share a school's common resources among its stages.

    A junior pupil counts for 1.1 and a senior pupil for 1.2 times that, a primary
    pupil for 1: nine-year schools 1 : 1.1, complete secondary schools 1 : 1.2,
    twelve-year schools 1 : 1.1 : 1.32 (测算均衡系数拆分公式, with 教督〔2012〕3号; the
    same weights in 教督〔2017〕6号). A school with one stage is not split.

    Parameters
    ----------
    pupils
        Pupils by stage, columns primary, junior and senior.
    standards
        The weights.

    Returns
    -------
    pandas.DataFrame
        The share of each stage, which add up to 1; NaN where a school has no pupils.

    Examples
    --------
    >>> from layoutplan.standards import standards
    >>> school = pd.DataFrame({"primary": [166], "junior": [210], "senior": [0]})
    >>> (23226 * shares(school, standards=standards("cn-basic-2012"))).round(2).loc[0].tolist()
    [9711.63, 13514.37, 0.0]
    """
    junior = standards.value("split_weight_junior")
    after_junior = junior * standards.value("split_weight_senior")
    after_primary = standards.value("split_weight_senior_twelve_year")
    senior = np.where(pupils["primary"] > 0, after_primary, after_junior)
    weighted = pupils[list(PUPILS)] * np.column_stack(
        [np.ones(len(pupils)), np.full(len(pupils), junior), senior]
    )
    return _by_sum(weighted)


def post_shares(pupils: pd.DataFrame, *, standards: Standards) -> pd.DataFrame:
    """Share a school's teachers among its stages where the table does not tell.

    In proportion to the posts that the pupils of each stage bring with them: one for
    19 primary, 13.5 junior and 12.5 senior pupils (中央编办发〔2014〕72号).

    Parameters
    ----------
    pupils
        Pupils by stage, columns primary, junior and senior.
    standards
        The pupils to a post.

    Returns
    -------
    pandas.DataFrame
        The share of each stage; NaN where a school has no pupils.
    """
    ratios = [standards.value(f"pupils_per_post_{stage}") for stage in PUPILS]
    return _by_sum(pupils[list(PUPILS)] / ratios)


def _by_sum(weighted: pd.DataFrame) -> pd.DataFrame:
    whole = weighted.sum(axis=1)
    return weighted.div(whole.where(whole > 0), axis=0)


def by_stage(
    rows: pd.DataFrame, *, standards: Standards
) -> tuple[dict[str, pd.DataFrame], pd.Series]:
    """Divide what schools have among their stages.

    Shared resources go by `shares`. Teachers are those of a stage: ``<resource>_junior``
    gives the junior ones, and the others are those of the stage that is left; where
    it is blank, or two stages are left, they are attributed by `post_shares`.

    Parameters
    ----------
    rows
        The rows of a stock.
    standards
        Weights and posts.

    Returns
    -------
    parts : dict of str to pandas.DataFrame
        Stage (primary, junior, senior) to what schools have for it, the columns of
        `RESOURCES`; 0 where a school does not have the stage.
    attributed : pandas.Series
        Whether teachers of a school were attributed, bool.
    """
    pupils = rows[list(PUPILS)].fillna(0)
    split = shares(pupils, standards=standards).to_numpy()
    posts = post_shares(pupils, standards=standards).to_numpy()
    others = posts.copy()
    others[:, _JUNIOR] = 0.0
    rest_of = others.sum(axis=1, keepdims=True)
    others = np.divide(others, rest_of, out=np.full_like(others, np.nan), where=rest_of > 0)
    has = pupils.to_numpy() > 0
    several = has.sum(axis=1) > 1
    total = rows[list(TEACHERS)].to_numpy(dtype=np.float64)
    named = rows[[OF_JUNIOR[name] for name in TEACHERS]].to_numpy(dtype=np.float64)
    # More junior teachers than teachers is a slip of the pen, of which the total is the
    # better known number.
    named = np.where((has[:, _JUNIOR] & several)[:, None], np.minimum(named, total), np.nan)
    given = np.isfinite(named)
    shared = rows[list(SHARED)].to_numpy(dtype=np.float64)
    parts = {}
    for at, stage in enumerate(PUPILS):
        known = named if at == _JUNIOR else (total - named) * others[:, [at]]
        teachers = np.where(given, known, total * posts[:, [at]])
        both = np.column_stack([shared * split[:, [at]], teachers])
        parts[stage] = pd.DataFrame(both, index=rows.index, columns=list(RESOURCES))
    open_question = ~given | (has[:, _PRIMARY] & has[:, _SENIOR])[:, None]
    attributed = (several[:, None] & open_question & (total > 0)).any(axis=1)
    return parts, pd.Series(attributed, index=rows.index)


def units(rows: pd.DataFrame, *, standards: Standards) -> tuple[pd.DataFrame, list[Finding]]:
    """Make the units of the assessment: each stage of each school.

    Campuses, that is rows that name another school in ``campus_of``, are split each
    for itself, so that a campus with one stage is not split, and then added to their
    school.

    Parameters
    ----------
    rows
        The rows of a stock.
    standards
        Weights and posts.

    Returns
    -------
    units : pandas.DataFrame
        Sorted by stage and school: stage, school_id, name, kind, township_id,
        ownership, pupils (persons) and `RESOURCES`; a stage without pupils is no unit.
    findings : list of Finding
        The schools whose teachers were attributed.
    """
    parts, attributed = by_stage(rows, standards=standards)
    main = rows["campus_of"].where(rows["campus_of"].ne(""), rows.index.to_series())
    tables = []
    for stage in STAGES:
        table = parts[stage].assign(pupils=rows[stage].astype("float64"))
        table = table[table["pupils"] > 0]
        if rows["campus_of"].ne("").any():
            school = main[table.index].rename("school_id")
            blank = table.isna().groupby(school).any()
            table = table.groupby(school).sum().mask(blank)
        tables.append(table.rename_axis("school_id").reset_index().assign(stage=stage))
    table = pd.concat(tables, ignore_index=True)
    table = table.join(rows[list(_TAKEN)], on="school_id")
    findings = []
    if attributed.any():
        ids = tuple(rows.index[attributed].astype(str))
        findings.append(
            Finding(code="balance_teachers_attributed", severity="note", table="schools", ids=ids)
        )
    names = ["stage", "school_id", *_TAKEN, "pupils", *RESOURCES]
    return table[names].astype({"stage": "str"}), findings
