"""Gaps: what each school is short of, in square metres, teachers, yuan and rooms."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.balance.columns import GAPS
from layoutplan.balance.indicators import PARTS, STAGES, TEACHERS, Measured
from layoutplan.balance.noun import Balance
from layoutplan.balance.rulebook import QUALITY_2017, school_rule
from layoutplan.balance.school_values import at_least
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.standards import Standards

UNITS: Final[Mapping[str, str]] = {
    "teaching_area_m2": "m2",
    "sports_area_m2": "m2",
    "equipment_yuan": "yuan",
    "multimedia_rooms": "rooms",
    "computers": "computers",
    "books": "books",
    **dict.fromkeys(TEACHERS, "persons"),
}
"""What resources are counted in."""

_POSTS: Final = ("teachers", "pe_art_teachers")
"""What is missing of these is a post to be filled."""

_NEARLY: Final = 1e-9


def gaps(
    balance: Balance, *, targets: Mapping[tuple[str, str], float] | None = None
) -> pd.DataFrame:
    """List what each school is short of, the weakest school first: a project list.

    For an indicator with the standard s, a school with P pupils and the resource R is
    short of max(0, s P - R); teachers, rooms, computers and books are rounded up to
    whole ones. What the balance takes for reached is no gap.

    Parameters
    ----------
    balance
        An assessment.
    targets
        Stage and indicator to the value per pupil (or per 100 pupils, as the indicator
        has it) that schools should reach, in place of the standards; needed for basic
        balance, whose standards for schools are provincial.

    Returns
    -------
    pandas.DataFrame
        The columns of `layoutplan.balance.columns.GAPS`: ``rank`` counts the schools,
        1 being the weakest, by the lowest level of provision; ``missing`` and
        ``to_floor`` (up to the 85 % of the seventh indicator) are in ``unit``;
        ``capital_yuan`` where there is a price (teaching area, equipment),
        ``annual_yuan`` for posts (teachers; teachers of sports, music and art), NaN
        elsewhere: a degree or the rank of a key teacher is not bought.

    Raises
    ------
    OptionsError
        If there are neither standards nor targets, or a target names an unknown stage
        or indicator.

    Examples
    --------
    >>> from layoutplan import example
    >>> from layoutplan.balance import quality_2017
    >>> table = gaps(quality_2017(example.county(seed=1, villages=40)))
    >>> bool((table["missing"] > 0).all() and table["rank"].is_monotonic_increasing)
    True
    """
    wanted = _targets(balance, targets)
    units, schools, rules = balance.tables["units"], balance.schools, balance.standards
    parts = []
    for m in balance.measured:
        need = (
            units["stage"].map({s: wanted.get((s, m.name), np.nan) for s in STAGES}).astype(float)
        )
        shown = schools[m.name].to_numpy(dtype=np.float64)
        wanted_each = np.asarray(need, dtype=np.float64)
        short = np.isfinite(shown) & np.isfinite(wanted_each) & ~at_least(shown, wanted_each)
        here = units[short]
        full = need[short] * here["pupils"] / m.per
        share = 1.0
        if targets is None:
            # No school may be short of it: no text is then mapped to a number.
            share = units["stage"][short].map(_floors(rules)).astype(float)
        floor = full * share
        parts.append(
            here[["stage", "school_id", "name", "township_id", "pupils"]].assign(
                indicator=m.name,
                unit=UNITS[m.resource],
                has=here[m.resource],
                wanted=full,
                missing=_whole(full - here[m.resource], m),
                to_floor=_whole(floor - here[m.resource], m),
                **_costs(full - here[m.resource], m, rules),
                **_cited(here["stage"], m, rules, balance, own=targets is not None),
            )
        )
    table = pd.concat(parts, ignore_index=True)
    ranks = ranked(schools, among=table)
    key = pd.MultiIndex.from_frame(table[["stage", "school_id"]])
    order = {m.name: i for i, m in enumerate(balance.measured)}
    table = table.assign(rank=ranks.reindex(key).to_numpy(), place=table["indicator"].map(order))
    table = table.sort_values(["rank", "place"], ignore_index=True)
    texts = [c.name for c in GAPS.columns if c.type in ("id", "text", "category")]
    shown_columns: pd.DataFrame = table[[c.name for c in GAPS.columns]]
    return shown_columns.astype({**dict.fromkeys(texts, "str"), "rank": "int64"})


def ranked(schools: pd.DataFrame, *, among: pd.DataFrame) -> pd.Series:
    """Rank schools, the weakest first.

    Parameters
    ----------
    schools
        The table of schools of a balance.
    among
        A table with stage and school_id: only its schools are ranked.

    Returns
    -------
    pandas.Series
        From 1, by stage and school_id: the lower the level of provision, the earlier;
        then the larger school, because more pupils wait; then the id.
    """
    key = ["stage", "school_id"]
    order = schools.merge(among[key].drop_duplicates(), on=key).sort_values(
        ["level", "pupils", *key], ascending=[True, False, True, True], na_position="last"
    )
    return pd.Series(np.arange(1, len(order) + 1), index=pd.MultiIndex.from_frame(order[key]))


def _targets(
    balance: Balance, targets: Mapping[tuple[str, str], float] | None
) -> dict[tuple[str, str], float]:
    if targets is None:
        if balance.profile != QUALITY_2017:
            raise OptionsError(Finding(code="balance_no_targets"), lang=balance.lang)
        held = {s: school_rule(balance.standards, s).wanted for s in STAGES}
        return {
            (s, name): balance.standards.value(held[s][name])
            for s in STAGES
            for name in held[s]
            if name in {m.name for m in balance.measured}
        }
    known = {(s, m.name) for s in STAGES for m in balance.measured}
    unknown = [f"{s} {name}" for s, name in targets if (s, name) not in known]
    if unknown:
        shown = ", ".join(sorted({name for _, name in known}))
        values = {"value": ", ".join(unknown), "known": shown}
        finding = Finding(code="balance_bad_option", column="targets", values=values)
        raise OptionsError(finding, lang=balance.lang)
    return dict(targets)


def _floors(rules: Standards) -> dict[str, float]:
    return {stage: school_rule(rules, stage).floor for stage in STAGES}


def _whole(missing: pd.Series, m: Measured) -> pd.Series:
    """Round up to whole things, but not for the machine's last digit."""
    left = missing.clip(lower=0)
    return np.ceil(left - _NEARLY) if m.resource in PARTS else left


def _costs(missing: pd.Series, m: Measured, rules: Standards) -> dict[str, pd.Series]:
    """Price what is missing where there is a price."""
    left = _whole(missing, m)
    nothing = pd.Series(np.nan, index=missing.index)
    capital = annual = nothing
    if m.resource == "equipment_yuan":
        capital = left
    elif m.resource == "teaching_area_m2":
        capital = left * rules.value("building_yuan_per_m2")
    elif m.resource in _POSTS:
        annual = left * rules.value("post_yuan")
    return {"capital_yuan": capital, "annual_yuan": annual}


def _cited(
    stages: pd.Series, m: Measured, rules: Standards, balance: Balance, *, own: bool
) -> dict[str, pd.Series]:
    if own:
        empty = pd.Series("", index=stages.index, dtype="str")
        return {"source": empty, "status": empty}
    ids = {s: school_rule(rules, s).wanted.get(m.name, "") for s in STAGES}
    held = {s: rules[name] for s, name in ids.items() if name}
    return {
        "source": stages.map({s: t.citation(balance.lang) for s, t in held.items()}),
        "status": stages.map({s: t.status for s, t in held.items()}),
    }
