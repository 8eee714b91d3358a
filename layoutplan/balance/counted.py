"""Which schools an assessment counts, and why it leaves the others out."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

import pandas as pd

from layoutplan.findings import Finding

REASONS: Final = (
    "special",
    "pupils_unknown",
    "no_pupils",
    "private",
    "run_by_others",
    "teaching_point",
    "small_teaching_point",
    "new_school",
    "blank",
    "none_at_all",
)
"""Why a school or one of its indicators is left out; ``balance.reason.<reason>`` in words."""

NEVER_NONE: Final = ("teachers", "teaching_area_m2")
"""What every school with pupils has: where it says none, the number is missing."""

_CODE: Final = re.compile(r"\d{1,2}(?:\.0)?")

_BY_CODE: Final = {
    **dict.fromkeys(("1", "2", "3", "4", "5", "6", "9"), "others"),
    **dict.fromkeys(("7", "8"), "county"),
    "10": "private",
}
"""The codes of the form: 7 and 8 county, 10 private, 9 local enterprise (申报表 表Ⅱ-2 注2)."""

_WITHIN: Final = "(省|自治区|地区|市).*(县|旗|(?<![治地])区)"
"""A county named with the province or city it lies in, or run by the province directly."""

_BY_WORD: Final = (
    ("private", ("民办", "私立", "非公办", "private", "non-public", "nonpublic")),
    ("others", ("企业", "中央", "部属", "高校", "大学", "enterprise", "universit")),
    ("county", (_WITHIN,)),
    ("others", ("省", "自治区", "地区", "地级", "地市", "市级", "provinc", "prefecture",
                "autonomous region")),
    ("county", ("县", "区", "乡", "镇", "村", "教育部门", "公办", "county", "public", "township")),
)  # fmt: skip


def run_by(ownership: str) -> str:
    """Tell who runs a school.

    Parameters
    ----------
    ownership
        A code 1-10 of the assessment's form, or words such as 县级教育部门 or 民办.

    Returns
    -------
    str
        ``county``, ``private``, ``others`` (province, city, enterprise, university),
        or empty where the text does not tell.

    Examples
    --------
    >>> [run_by(text) for text in ("县级教育部门", "民办", "5", "地方企业", "")]
    ['county', 'private', 'others', 'others', '']
    >>> [run_by(text) for text in ("省直管县教育部门", "广西壮族自治区教育厅", "地区教育局")]
    ['county', 'others', 'others']
    """
    text = unicodedata.normalize("NFKC", ownership).strip().lower()
    if _CODE.fullmatch(text):
        return _BY_CODE.get(text.removesuffix(".0").lstrip("0"), "")
    return next((who for who, words in _BY_WORD if re.search("|".join(words), text)), "")


def uncounted(rows: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Name the schools that no assessment can count.

    Parameters
    ----------
    rows
        The rows of a stock.

    Yields
    ------
    tuple
        The id of a school and the reason: special schools, schools whose pupils are
        not known, and schools without pupils, such as closed ones still listed.
    """
    pupils = rows[["primary", "junior"]].sum(axis=1, min_count=1)
    for school, kind, number, senior in zip(
        rows.index, rows["kind"], pupils, rows["senior"].fillna(0), strict=True
    ):
        if kind == "special":
            yield str(school), "special"
        elif pd.isna(number):
            yield str(school), "pupils_unknown"
        elif number + senior <= 0:
            yield str(school), "no_pupils"


def outside_basic(units: pd.DataFrame, *, teaching_points: bool) -> pd.Series:
    """Say which units basic balance leaves out (教督〔2012〕3号, 表Ⅱ).

    Parameters
    ----------
    units
        Units, see `layoutplan.balance.stages.units`.
    teaching_points
        Whether teaching points are counted all the same.

    Returns
    -------
    pandas.Series
        The reason, empty where the unit counts.
    """
    who = units["ownership"].map(run_by)
    reason = pd.Series("", index=units.index, dtype="str")
    if not teaching_points:
        reason = reason.mask(units["kind"].eq("teaching_point"), "teaching_point")
    return reason.mask(who.eq("others"), "run_by_others").mask(who.eq("private"), "private")


def outside_quality(units: pd.DataFrame, *, least: float) -> pd.Series:
    """Say which units high-quality balance leaves out (教督〔2017〕6号, 资源配置).

    Parameters
    ----------
    units
        Units.
    least
        The pupils from which a teaching point counts.

    Returns
    -------
    pandas.Series
        The reason, empty where the unit counts.
    """
    small = units["kind"].eq("teaching_point") & units["pupils"].lt(least)
    return pd.Series("", index=units.index, dtype="str").mask(small, "small_teaching_point")


def missing(units: pd.DataFrame, resources: Iterable[str]) -> pd.DataFrame:
    """Say which resources of a unit are not known.

    Parameters
    ----------
    units
        Units.
    resources
        The columns wanted.

    Returns
    -------
    pandas.DataFrame
        The reason by unit and resource: ``blank``, ``none_at_all`` where a school with
        pupils cannot have none of it, or empty.
    """
    reasons = {}
    for name in resources:
        blank = units[name].isna()
        reason = pd.Series("", index=units.index, dtype="str").mask(blank, "blank")
        if name in NEVER_NONE:
            reason = reason.mask(units[name].eq(0), "none_at_all")
        reasons[name] = reason
    return pd.DataFrame(reasons, index=units.index)


def owners_unknown(units: pd.DataFrame) -> list[Finding]:
    """Point out the schools of which it is not known who runs them.

    Parameters
    ----------
    units
        Units that are counted as run by the county.

    Returns
    -------
    list of Finding
        One note, or none.
    """
    unknown = units["ownership"].map(run_by).eq("")
    if not unknown.any():
        return []
    ids = tuple(units.loc[unknown, "school_id"].unique().astype(str))
    return [Finding(code="balance_owner_unknown", severity="note", table="schools", ids=ids)]


def left_out_findings(table: pd.DataFrame) -> list[Finding]:
    """Turn what is left out into one note for each reason.

    Parameters
    ----------
    table
        Columns school_id and reason.

    Returns
    -------
    list of Finding
        The notes, in the order of `REASONS`.
    """
    found = []
    for reason in REASONS:
        ids = tuple(dict.fromkeys(table.loc[table["reason"] == reason, "school_id"]))
        if ids:
            code = f"balance_left_out_{reason}"
            found.append(Finding(code=code, severity="note", table="schools", ids=ids))
    return found
