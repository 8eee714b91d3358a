"""Pairing: which strong school helps which weak one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from layoutplan.balance.columns import PAIRS
from layoutplan.balance.indicators import STAGES, Stage
from layoutplan.balance.noun import Balance
from layoutplan.balance.school_values import standards_by_unit
from layoutplan.balance.ways import ways_between
from layoutplan.balance.worded import as_words
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.frozen_tables import FrozenTables
from layoutplan.words import Language

_NEVER = 1e9
"""The price of a pair that may not be."""

_FIRST = 1e3
"""What being weaker weighs where not all weak schools can be helped."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Pairs:
    """Weak schools, each with a strong one that helps it.

    Made by `pair_schools`. The table is copied out.

    Parameters
    ----------
    stage
        The stage.
    lang
        The language of words.
    findings
        The weak schools that nobody helps.
    tables
        ``pairs``, with the columns of `layoutplan.balance.columns.PAIRS`.
    """

    stage: Stage
    lang: Language
    findings: tuple[Finding, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        """Copy the tables in; they are copied out again at every look."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))

    @property
    def table(self) -> pd.DataFrame:
        """The pairs, one row per weak school, by id."""
        return self.tables["pairs"]

    def words(self, *, lang: Language | None = None) -> pd.DataFrame:
        """Give the pairs in words, for a reader.

        Parameters
        ----------
        lang
            The language; that of the assessment where not given.

        Returns
        -------
        pandas.DataFrame
            The same rows with headings and labels instead of codes.
        """
        return as_words(self.table, PAIRS, lang=lang or self.lang)

    def _repr_html_(self) -> str:
        """Show the pairs, for notebooks."""
        return str(self.words().to_html(index=False, escape=True, border=0, na_rep=""))


def pair_schools(
    balance: Balance,
    *,
    stage: Stage,
    weak: Iterable[str] | None = None,
    strong: Iterable[str] | None = None,
    most: int | None = None,
    minutes: pd.DataFrame | None = None,
    most_way: float | None = None,
) -> Pairs:
    r"""Pair weak schools with strong ones (结对帮扶): near, of like size, with what is missing.

    The pairs together cost least, where the pair of weak school i and strong school j
    costs

    .. math:: w_d \frac{d_{ij}}{D} + w_s |\ln(P_j / P_i)| - w_g g_{ij}

    with the way d over its scale D, the pupils P, and g the mean over all indicators of
    what j reaches and i does not, in shares of the standard. The weights are planning
    assumptions (``pair_weight_*``).

    Parameters
    ----------
    balance
        An assessment of 2017.
    stage
        The stage.
    weak
        Ids of weak schools; those that do not pass where None.
    strong
        Ids of strong schools; those that pass where None.
    most
        Weak schools to one strong school at most; ``pair_weak_per_strong`` where None.
        Where there are too few strong schools, the weakest are helped.
    minutes
        Minutes between schools, schools x schools; straight lines in metres where None.
    most_way
        The longest way of a pair, in minutes or metres; no limit where None.

    Returns
    -------
    Pairs
        The pairs, and who is left without help.

    Raises
    ------
    OptionsError
        If a school is unknown or both weak and strong, a number cannot be used, or there
        are no strong schools.

    Examples
    --------
    >>> from layoutplan import example
    >>> from layoutplan.balance import quality_2017
    >>> done = pair_schools(quality_2017(example.county(seed=1)), stage="primary", most=1)
    >>> bool(done.table["strong"].is_unique)
    True
    """
    rules = balance.standards
    number = int(rules.value("pair_weak_per_strong")) if most is None else most
    here = balance.schools[balance.schools["stage"].eq(stage)].reset_index(drop=True)
    frail, firm = _chosen(balance, here, stage, weak=weak, strong=strong, most=number)
    values, wanted = _values(balance, stage)
    one, other = here.iloc[frail], here.iloc[firm]
    ways, unit = ways_between(
        balance.stock, pd.Index(one["school_id"]), pd.Index(other["school_id"]), minutes
    )
    share = np.clip(np.nan_to_num(values / wanted, nan=1.0), 0, 1)
    gap = np.clip(share[firm][None, :, :] - share[frail][:, None, :], 0, None).mean(axis=2)
    pupils = here["pupils"].to_numpy(dtype=np.float64)
    scale = rules.value(f"pair_way_scale_{unit}")
    cost = (
        rules.value("pair_weight_way") * ways / scale
        + rules.value("pair_weight_size")
        * np.abs(np.log(pupils[firm][None, :] / pupils[frail][:, None]))
        - rules.value("pair_weight_gap") * gap
    )
    forbidden = ~np.isfinite(cost)
    if most_way is not None:
        forbidden |= ways > most_way
    level = one["level"].to_numpy(dtype=np.float64)
    first = np.argsort(np.argsort(-level, kind="stable"), kind="stable")
    chosen = _assigned(cost, forbidden, first=first, most=number)
    table = pd.DataFrame(
        {
            "stage": stage,
            "weak": one["school_id"].to_numpy(),
            "weak_name": one["name"].to_numpy(),
            "weak_pupils": one["pupils"].to_numpy(),
            "failed": one["failed"].to_numpy() if "failed" in one else "",
            "at": chosen,
        }
    )
    left = tuple(table.loc[table["at"] < 0, "weak"].astype(str))
    table = table[table["at"] >= 0]
    at, row = table["at"].to_numpy(), table.index.to_numpy()
    helper = other.iloc[at]
    table = table.assign(
        strong=helper["school_id"].to_numpy(),
        strong_name=helper["name"].to_numpy(),
        strong_pupils=helper["pupils"].to_numpy(),
        way=ways[row, at],
        way_unit=unit,
        level_gap=gap[row, at],
    )
    findings = []
    if left:
        findings.append(
            Finding(code="balance_pair_left", severity="warning", table="schools", ids=left)
        )
    names = [c.name for c in PAIRS.columns]
    return Pairs(
        stage=stage,
        lang=balance.lang,
        findings=tuple(findings),
        tables={"pairs": table[names].reset_index(drop=True)},
    )


def _chosen(
    balance: Balance,
    here: pd.DataFrame,
    stage: str,
    *,
    weak: Iterable[str] | None,
    strong: Iterable[str] | None,
    most: int,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Settle who is weak and who is strong; refuse what makes no sense."""
    found = []
    met = here["met"] if "met" in here else pd.Series("", index=here.index)
    ids = {}
    for column, given, verdict in (("weak", weak, "no"), ("strong", strong, "yes")):
        asked = (given,) if isinstance(given, str) else given
        named = here.loc[met.eq(verdict), "school_id"] if asked is None else list(asked)
        ids[column] = [str(i) for i in named]
        unknown = tuple(sorted(set(ids[column]) - set(here["school_id"])))
        if unknown:
            found.append(Finding(code="unknown_site", column=column, ids=unknown))
    both = tuple(sorted(set(ids["weak"]) & set(ids["strong"])))
    if both:
        values = {"one": "weak", "other": "strong"}
        found.append(Finding(code="contradiction", ids=both, values=values))
    if stage not in STAGES:
        values = {"value": stage, "known": ", ".join(STAGES)}
        found.append(Finding(code="balance_bad_option", column="stage", values=values))
    elif not ids["strong"] and not found:
        found.append(Finding(code="balance_no_strong", table="schools"))
    if isinstance(most, bool) or not isinstance(most, (int, np.integer)) or most < 1:
        found.append(Finding(code="bad_option", column="most", values={"value": most}))
    if found:
        raise OptionsError(found, lang=balance.lang)
    at = pd.Index(here["school_id"])
    return (
        np.sort(at.get_indexer(pd.Index(ids["weak"], dtype=at.dtype).unique())),
        np.sort(at.get_indexer(pd.Index(ids["strong"], dtype=at.dtype).unique())),
    )


def _values(balance: Balance, stage: Stage) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the values of the schools of a stage, and what they are held against."""
    schools = balance.schools
    here = schools["stage"].eq(stage)
    values = schools.loc[here, [m.name for m in balance.measured]].to_numpy(dtype=np.float64)
    wanted = standards_by_unit(schools[here], balance.measured, balance.standards)
    rows = balance.indicators
    means = rows[rows["stage"].eq(stage)].set_index("indicator")["mean"]
    mean = means.reindex([m.name for m in balance.measured]).to_numpy(dtype=np.float64)
    return values, np.where(np.isfinite(wanted), wanted, mean[None, :])


def _assigned(
    cost: NDArray[np.float64], forbidden: NDArray[np.bool_], *, first: NDArray[np.intp], most: int
) -> NDArray[np.intp]:
    """Give each weak school its strong one, -1 where it has none, at the least cost."""
    weak = len(cost)
    chosen = np.full(weak, -1, dtype=np.intp)
    if weak == 0:
        return chosen
    price = np.where(forbidden, 0.0, cost) - _FIRST * (1 + first[:, None])
    price = np.where(forbidden, _NEVER, price)
    # A strong school stands there as often as it may help; of equal pairs the first is taken.
    seats = np.repeat(price, most, axis=1)
    row, seat = linear_sum_assignment(seats)
    at = seat // most
    good = ~forbidden[row, at]
    chosen[row[good]] = at[good]
    return chosen
