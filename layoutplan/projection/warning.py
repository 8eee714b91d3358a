"""Early warning: seats against need by school, township, stage and year."""

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.projection.backtest import weighted_quantile
from layoutplan.projection.catchments_ahead import (
    Catchments,
    catchments_of,
    families_choose,
    pupils_at_schools,
)
from layoutplan.projection.noun import MID, Projection
from layoutplan.projection.numbers import with_assumptions
from layoutplan.projection.warning_noun import EarlyWarning
from layoutplan.standards import Standards

if TYPE_CHECKING:
    from layoutplan.plan import Plan

Floats = NDArray[np.float64]

STAGES: Final = ("primary", "junior")
CHOICES: Final = ("auto", "plan", "huff")
_BANDS: Final = {"primary": ("g13", "g46"), "junior": ("g79",)}


def early_warning(
    projection: Projection,
    plan: "Plan",
    *,
    standards: Standards | None = None,
    choice: str = "auto",
) -> EarlyWarning:
    """Set the seats of a plan against the pupils of later years.

    The pupils of each village and band go to the schools of the plan in the shares of
    today, in whole persons. Where the county has no observed flows, a layout that was not
    proposed but found as it is tells nothing of the pull of the towns: then families
    choose by Huff's rule, see `layoutplan.projection.pull.chosen_schools`. The seats of a
    school with both stages are shared between them by their pupils of the year.
    Probabilities are the weights of the variants.

    Parameters
    ----------
    projection
        The pupils of later years.
    plan
        The plan, of the same county.
    standards
        What counts as very small, small and surplus; those of the projection where not given.
    choice
        ``"plan"``: as the plan sends them; ``"huff"``: as families choose; ``"auto"``:
        as families choose where there are no observed flows and the plan was not proposed.

    Returns
    -------
    EarlyWarning
        Rows by school, township and county, stage and year, and the first years.

    Raises
    ------
    OptionsError
        If plan and projection are not of the same villages or the choice is unknown.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> found = early_warning(lp.project(county, years=5), today)
    >>> list(found.seats["stage"].unique())
    ['primary', 'junior']
    """
    lang = projection.county.language()
    apart = projection.village_ids.symmetric_difference(plan.county.villages.index)
    if len(apart):
        raise OptionsError(
            Finding(code="warning_other_county", ids=tuple(apart.astype("str"))), lang=lang
        )
    numbers = projection.standards if standards is None else with_assumptions(standards)
    catchments = _catchments(plan, projection, choice)
    need = _by_stage(pupils_at_schools(projection, catchments))
    decisions = plan.decisions
    seats = _seats(decisions, need)
    open_ = np.asarray(decisions["bands"].fillna("").astype("str").ne(""), dtype=np.bool_)
    schools = _groups(decisions, open_, need, names=_township_names(plan))
    # An open school without known places leaves its township and the county without a sum.
    tables = [
        _rows(projection, level, group, need, seats, numbers) for level, group in schools.items()
    ]
    rows = pd.concat([*tables, _unplaced(projection, need)], ignore_index=True)
    notes = _told(catchments, projection.standards)
    return EarlyWarning(
        base_year=projection.base_year,
        lang=lang,
        findings=notes,
        tables={"seats": rows, "first": _first_years(rows)},
    )


def _catchments(plan: "Plan", projection: Projection, choice: str) -> Catchments:
    if choice not in CHOICES:
        values = {"value": choice, "known": ", ".join(CHOICES)}
        raise OptionsError(
            Finding(code="warning_choice", values=values), lang=projection.county.language()
        )
    unknown = plan.county.flows.empty and plan.solver.status == "given"
    if choice == "huff" or (choice == "auto" and unknown):
        return families_choose(plan, projection)
    return catchments_of(plan, projection)


def _told(catchments: Catchments, numbers: Standards) -> tuple[Finding, ...]:
    if catchments.chosen:
        values = {
            "size": f"{numbers.value('huff_size_power'):g}",
            "time": f"{numbers.value('huff_minutes_power'):g}",
        }
        return (
            Finding(code="families_choose", severity="warning", table="flows", rows=0,
                    values=values),
        )  # fmt: skip
    if not catchments.borrowed:
        return ()
    ids = catchments.borrowed
    return (Finding(code="catchment_borrowed", severity="note", table="villages", ids=ids),)


def _township_names(plan: "Plan") -> pd.Series:
    """Names of townships by their ids; empty where the county has no such table."""
    table = plan.county.townships
    if "name" not in table:
        return pd.Series(dtype="str")
    return pd.Series(table["name"].fillna("").astype("str").set_axis(table.index.astype("str")))


def _by_stage(bands: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sum grades 1-3 and 4-6: variants x years x schools x stages."""
    return np.stack([bands[..., 0] + bands[..., 1], bands[..., 2]], axis=-1)


def _seats(decisions: pd.DataFrame, need: NDArray[np.int64]) -> Floats:
    """Seats by stage; those of a school with both are shared by the pupils of the year."""
    places = decisions["places"].to_numpy(dtype=float)
    taught = decisions["bands"].fillna("").astype("str")
    has = np.column_stack([[bool(set(_BANDS[s]) & set(t.split())) for t in taught] for s in STAGES])
    here = need[:, :, : len(decisions)].astype(float)
    both = has.all(axis=1)
    total = here.sum(axis=-1)
    primary = np.where(total > 0, here[..., 0] / np.maximum(total, 1), _part_of_primary(taught))
    primary = np.rint(places * primary)
    split = np.stack([primary, places - primary], axis=-1)
    alone = np.where(has, places[:, None], 0.0)
    return np.asarray(np.where(np.asarray(both)[:, None], split, alone), dtype=np.float64)


def _part_of_primary(taught: pd.Series) -> Floats:
    bands = [t.split() for t in taught]
    part = [sum(b in _BANDS["primary"] for b in t) / max(len(t), 1) for t in bands]
    return np.array(part, dtype=np.float64)


def _groups(
    decisions: pd.DataFrame,
    open_: NDArray[np.bool_],
    need: NDArray[np.int64],
    *,
    names: pd.Series,
) -> dict[str, pd.DataFrame]:
    """Positions of the schools of each school, township and the county."""
    used = open_ | (need[:, :, : len(decisions)].sum(axis=(0, 1, 3)) > 0)
    at = np.flatnonzero(used)
    ids = decisions.index.astype("str").to_numpy()[at]
    township = decisions["township_id"].fillna("").astype("str").to_numpy()[at]
    name = decisions["name"] if "name" in decisions else pd.Series(ids, decisions.index)
    called = names.reindex(township).fillna("").to_numpy(dtype=str)
    table = pd.DataFrame(
        {"at": at, "id": ids, "township_id": township, "name": name.to_numpy()[at],
         "township": called}
    )  # fmt: skip
    return {
        "school": table,
        "township": table.assign(id=township, name=called),
        "county": table.assign(id="", name="", township_id="", township=""),
    }


def _rows(
    projection: Projection,
    level: str,
    group: pd.DataFrame,
    need: NDArray[np.int64],
    seats: Floats,
    numbers: Standards,
) -> pd.DataFrame:
    """Rows of one level: unit x stage x year."""
    units = group.drop_duplicates("id").sort_values("id").reset_index(drop=True)
    unit = pd.Index(units["id"]).get_indexer(pd.Index(group["id"]))
    join = np.zeros((len(units), need.shape[2] - 1))
    join[unit, group["at"]] = 1.0
    wanted = np.einsum("us,vysk->vyuk", join, need[:, :, :-1].astype(float))
    # An unknown number of places makes the sum unknown.
    there = np.where(np.isnan(seats), 0.0, seats)
    given = np.einsum("us,vysk->vyuk", join, there)
    unknown = np.einsum("us,vysk->vyuk", join, np.isnan(seats).astype(float)) > 0
    given = np.where(unknown, np.nan, given)
    weights = np.array([projection.weights[v] for v in projection.variants])
    mid = projection.variants.index(MID)
    frames = []
    for k, stage in enumerate(STAGES):
        has = (wanted[..., k].sum(axis=(0, 1)) > 0) | (
            np.nan_to_num(given[mid, 0, :, k], nan=1) > 0
        )
        each = _numbers(wanted, given, k, weights, mid, numbers, whole=level == "school")
        frames.append(_frame(projection, level, stage, units, each, has))
    return pd.concat(frames, ignore_index=True)


def _numbers(
    need: Floats,
    seats: Floats,
    k: int,
    weights: Floats,
    mid: int,
    numbers: Standards,
    *,
    whole: bool,
) -> dict[str, Floats]:
    """Numbers of one stage, years x units."""
    of_stage = need[..., k]
    inside = numbers.value("interval_share")
    low, high = (weighted_quantile(of_stage, weights, (1 + s * inside) / 2) for s in (-1, 1))
    size = need.sum(axis=-1)
    short = of_stage > seats[..., k]

    def chance(holds: NDArray[np.bool_]) -> Floats:
        share = np.tensordot(weights, holds.astype(float), axes=1)
        return np.asarray(np.round(share, 6), dtype=np.float64)

    found = {
        "seats": seats[mid, ..., k],
        "need": of_stage[mid],
        "need_low": low,
        "need_high": high,
        "spare": seats[mid, ..., k] - of_stage[mid],
        "p_short": np.where(np.isnan(seats[mid, ..., k]), np.nan, chance(short)),
    }
    for name in ("very_small", "small"):
        limit = numbers.value(f"{name}_school_pupils")
        found[f"p_{name}"] = chance(size < limit) if whole else np.full(short.shape[1:], np.nan)
        found[f"is_{name}"] = (
            (size[mid] < limit).astype(float) if whole else np.zeros(short.shape[1:])
        )
    used = numbers.value("surplus_use_share")
    found["is_surplus"] = (of_stage[mid] < used * seats[mid, ..., k]).astype(float)
    return found


def _frame(
    projection: Projection,
    level: str,
    stage: str,
    units: pd.DataFrame,
    each: dict[str, Floats],
    has: NDArray[np.bool_],
) -> pd.DataFrame:
    years = len(projection.years)
    here = units[has]
    table = pd.DataFrame(
        {
            "level": level,
            "id": np.tile(here["id"].to_numpy(), years),
            "name": np.tile(here["name"].to_numpy(), years),
            "township_id": np.tile(here["township_id"].to_numpy(), years),
            "township": np.tile(here["township"].to_numpy(), years),
            "stage": stage,
            "year": np.repeat(projection.years, len(here)),
            **{n: v[:, has].ravel() for n, v in each.items()},
        }
    )
    table["warning"] = np.select(
        [
            table["spare"] < 0,
            table["is_very_small"] > 0,
            table["is_small"] > 0,
            table["is_surplus"] > 0,
        ],
        ["short", "very_small", "small", "surplus"],
        default="",
    )
    table[["need", "need_low", "need_high"]] = table[["need", "need_low", "need_high"]].astype(
        "int64"
    )
    order = ["id", "year"]
    flags = ["is_very_small", "is_small", "is_surplus"]
    return table.drop(columns=flags).sort_values(order, ignore_index=True)


def _unplaced(projection: Projection, need: NDArray[np.int64]) -> pd.DataFrame:
    """Rows for pupils who have no school in the plan, in years with any."""
    mid = projection.variants.index(MID)
    lost = need[mid, :, -1]
    rows = [
        {"level": "unplaced", "id": "", "name": "", "township_id": "", "township": "",
         "stage": s, "year": y,
         "need": int(lost[t, k]), "warning": "unplaced"}
        for k, s in enumerate(STAGES)
        for t, y in enumerate(projection.years)
        if lost[t, k]
    ]  # fmt: skip
    columns = [
        "level", "id", "name", "township_id", "township", "stage", "year", "need", "warning",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).astype({"need": "int64", "year": "int64"})


def _first_years(rows: pd.DataFrame) -> pd.DataFrame:
    """Give the first year of each warning, and the most pupils, by unit and stage."""
    keys = ["level", "id", "name", "township_id", "township", "stage"]
    rows = rows[rows["level"] != "unplaced"]
    columns = {}
    grouped = rows.groupby(keys, sort=False, dropna=False)
    for code in ("short", "very_small", "small", "surplus"):
        year = rows["year"].where(rows["warning"] == code)
        columns[f"first_{code}"] = year.groupby(
            [rows[k] for k in keys], sort=False, dropna=False
        ).min()
    most = grouped["need"].max().rename("need_most")
    chance = grouped["p_short"].max().rename("p_short_most")
    last = grouped[["seats", "need", "spare"]].last().add_suffix("_last")
    table = pd.concat([last, most, chance, pd.DataFrame(columns)], axis=1).reset_index()
    firsts = [str(c) for c in table if str(c).startswith("first_")]
    table[firsts] = table[firsts].astype("Int64")
    return table
