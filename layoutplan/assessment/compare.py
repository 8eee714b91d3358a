"""Compare: several plans side by side, against the first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from layoutplan.assessment.assess import assess
from layoutplan.assessment.html import comparison_html
from layoutplan.assessment.noun import Assessment
from layoutplan.assessment.worded import worded
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.plan import Plan, evaluate
from layoutplan.words import Language

KEYS = ("indicator", "level", "group", "band", "unit")
"""The columns that say what a row of a comparison is about."""

_TAIL = ("limit", "source", "status")


@dataclass(frozen=True, eq=False, kw_only=True)
class Comparison:
    """Indicators of several plans side by side.

    Made by `compare` or `side_by_side`. The table is copied out.

    Parameters
    ----------
    names
        The names of the plans, in their order; the first is the one that the others
        are compared with.
    lang
        The language of sources and of words.
    townships
        The names of the townships by id.
    rows
        The numbers.
    """

    names: tuple[str, ...]
    lang: Language
    townships: Mapping[str, str] = field(repr=False)
    rows: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """The numbers under their codes.

        Columns: indicator, level, group, band, unit, one per plan, one
        ``difference_<name>`` for each plan after the first (that plan minus the
        first), limit, source and status. Where the plans are held to different
        limits, ``limit_<name>`` gives that of each.
        """
        return self.rows.copy()

    @property
    def differences(self) -> tuple[str, ...]:
        """The names of the columns of differences."""
        return tuple(f"difference_{n}" for n in self.names[1:])

    def words(self, lang: Language | None = None) -> pd.DataFrame:
        """Give the table in words, for a reader.

        Parameters
        ----------
        lang
            The language; that of the comparison where not given.

        Returns
        -------
        pandas.DataFrame
            The same rows with labels instead of codes.
        """
        return worded(self.rows, lang=lang or self.lang, townships=self.townships)

    def _repr_html_(self) -> str:
        """Show the whole county, for notebooks."""
        return comparison_html(self.rows, names=self.names, lang=self.lang)


def compare(*, lang: str = "auto", **plans: Plan) -> Comparison:
    """Set plans of one county side by side.

    Parameters
    ----------
    lang
        The language of sources and words.
    **plans
        The plans under the names they are shown with; the first is the one that
        the others are compared with.

    Returns
    -------
    Comparison
        One row per indicator and group, one column per plan.

    Raises
    ------
    OptionsError
        If there is no plan, or the plans are not of the same villages.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> again = lp.compare(today=today, mine=today).table
    >>> bool((again["difference_mine"].dropna() == 0).all())
    True
    """
    if not plans:
        raise OptionsError(Finding(code="nothing_to_compare"))
    first, *others = plans.items()
    villages = set(first[1].county.villages.index)
    apart = [n for n, p in others if set(p.county.villages.index) != villages]
    if apart:
        raise OptionsError(
            Finding(code="other_villages", ids=tuple(apart), values={"first": first[0]})
        )
    spoken = first[1].county.language(lang)
    return side_by_side({name: assess(plan, lang=spoken) for name, plan in plans.items()})


def before_after(plan: Plan, *, lang: str = "auto") -> Comparison:
    """Set a plan beside today's layout.

    Parameters
    ----------
    plan
        The plan.
    lang
        The language of sources and words.

    Returns
    -------
    Comparison
        Today first, then the plan under its own name.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=20)
    >>> plan = lp.propose(county, lp.travel_times(county))
    >>> lp.before_after(plan).names
    ('today', 'proposed')
    """
    today = evaluate(plan.county, plan.times, standards=plan.standards)
    plans = {today.name: today} | ({} if plan.name == today.name else {plan.name: plan})
    return compare(lang=lang, **plans)


def side_by_side(assessments: Mapping[str, Assessment]) -> Comparison:
    """Set assessments side by side.

    Parameters
    ----------
    assessments
        The assessments by the name they are shown with.

    Returns
    -------
    Comparison
        One row per indicator and group; a number is missing where a plan has none.

    Raises
    ------
    OptionsError
        If a name is also that of a column of the table.
    """
    names = tuple(assessments)
    fixed = {*KEYS, *_TAIL, *(f"difference_{n}" for n in names), *(f"limit_{n}" for n in names)}
    taken = tuple(n for n in names if n in fixed)
    if taken:
        raise OptionsError(Finding(code="name_is_column", ids=taken))
    rows = [a.rows for a in assessments.values()]
    keyed = [r.set_index(list(KEYS)) for r in rows]
    index = _in_order(keyed)
    table = pd.DataFrame({n: k["value"].reindex(index) for n, k in zip(names, keyed, strict=True)})
    for name in names[1:]:
        table[f"difference_{name}"] = table[name] - table[names[0]]
    limits = {n: k["limit"].reindex(index) for n, k in zip(names, keyed, strict=True)}
    table["limit"] = limits[names[0]]
    for name in names[1:]:
        table["limit"] = table["limit"].fillna(limits[name])
    if not all(_agree(limits[names[0]], limits[n]) for n in names[1:]):
        for name in names:
            table[f"limit_{name}"] = limits[name]
    for column in ("source", "status"):
        filled = keyed[0][column].reindex(index)
        for other in keyed[1:]:
            filled = filled.fillna(other[column].reindex(index))
        table[column] = filled.fillna("")
    first = next(iter(assessments.values()))
    townships = {k: v for a in assessments.values() for k, v in a.townships.items()}
    return Comparison(names=names, lang=first.lang, townships=townships, rows=table.reset_index())


def _in_order(keyed: Sequence[pd.DataFrame]) -> pd.MultiIndex:
    """All rows of all plans: indicators in their order, then level, group and band."""
    keys = pd.concat([k.index.to_frame(index=False) for k in keyed]).drop_duplicates()
    first_seen = {name: i for i, name in enumerate(dict.fromkeys(keys["indicator"]))}
    level = {"county": 0, "township": 1, "band": 2}
    ordered = keys.assign(
        _indicator=keys["indicator"].map(first_seen), _level=keys["level"].map(level)
    ).sort_values(["_indicator", "_level", "group", "band"])
    return pd.MultiIndex.from_frame(ordered[list(KEYS)])


def _agree(one: pd.Series, other: pd.Series) -> bool:
    """Whether the limits of two plans are the same wherever both have one."""
    both = one.notna() & other.notna()
    return bool((one[both] == other[both]).all())
