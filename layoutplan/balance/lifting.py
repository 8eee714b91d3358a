"""Lifting: which schools can be made to pass with what others have to spare."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.balance.indicators import PARTS, SHARED, TEACHERS, Measured, Stage
from layoutplan.balance.noun import Balance
from layoutplan.balance.raising import Weak, raised
from layoutplan.balance.rulebook import QUALITY_2017, school_rule
from layoutplan.balance.school_values import at_least, standards_by_unit
from layoutplan.findings import Finding

Change = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Steps each school can give or gives, and steps it takes."""

_NEARLY: Final = 1e-9
_KINDS_OF_TEACHERS: Final = tuple(t for t in TEACHERS if t != "teachers")


@dataclass(frozen=True, eq=False, kw_only=True)
class Movable:
    """What schools can give and take.

    Made by `of`.

    Parameters
    ----------
    units
        The units of one stage.
    resources
        The resources that may move.
    step
        What one step of a resource is.
    held
        What a school must keep of each resource to reach its standard; NaN where it
        has no standard.
    own
        What is its own of each resource, without what a relaxed rule adds.
    free
        Whether it can give and take at all, for teachers and for shared resources.
    """

    units: pd.DataFrame = field(repr=False)
    resources: tuple[str, ...]
    step: Mapping[str, float]
    held: Mapping[str, NDArray[np.float64]] = field(repr=False)
    own: pd.DataFrame = field(repr=False)
    free: Mapping[str, NDArray[np.bool_]] = field(repr=False)

    @classmethod
    def of(cls, balance: Balance, units: pd.DataFrame, resources: tuple[str, ...]) -> "Movable":
        """Make out what the schools of one stage can give and take.

        Parameters
        ----------
        balance
            The assessment.
        units
            Its units of that stage.
        resources
            The resources that may move.

        Returns
        -------
        Movable
            What they can give and take.
        """
        rules, rows = balance.standards, balance.stock.rows
        stock = rows.loc[units["school_id"]]
        has = stock[["primary", "junior", "senior"]].fillna(0).gt(0).to_numpy()
        parts = set(rows.loc[rows["campus_of"].ne(""), "campus_of"])
        parts |= set(rows.index[rows["campus_of"].ne("")])
        alone = ~units["school_id"].isin(parts).to_numpy()
        measured = {m.resource: m for m in balance.measured}
        quality = balance.profile == QUALITY_2017
        nothing = np.full(len(units), np.nan)
        equipment = rules.value("balance_equipment_step_yuan")
        return cls(
            units=units,
            resources=resources,
            step={r: equipment if r not in PARTS else 1.0 for r in resources},
            held={
                r: _needed(balance, units, measured[r]) if quality and r in measured else nothing
                for r in resources
            },
            own=stock[list(resources)].reset_index(drop=True),
            free={
                "teachers": alone & ~(has[:, 0] & has[:, 2]),
                "shared": alone & (has.sum(axis=1) == 1),
            },
        )

    def can(self, resource: str) -> NDArray[np.bool_]:
        """Say which schools can give and take a resource.

        Parameters
        ----------
        resource
            The resource.

        Returns
        -------
        numpy.ndarray
            One flag per unit; False where it is not known what the school has.
        """
        free = self.free["shared" if resource in SHARED else "teachers"]
        return np.asarray(free & self.units[resource].notna().to_numpy())

    def spare(self, resource: str) -> NDArray[np.int64]:
        """Count the steps each school can give and still reach its standard.

        Parameters
        ----------
        resource
            The resource.

        Returns
        -------
        numpy.ndarray
            Steps; none where a school is below its standard, everything it has where
            there is no standard.
        """
        has = self.units[resource].fillna(0).to_numpy(dtype=np.float64)
        over = has - np.nan_to_num(self.held[resource], nan=0.0)
        over = np.minimum(over, self.own[resource].fillna(0).to_numpy(dtype=np.float64))
        steps = np.floor(np.clip(over, 0, None) / self.step[resource] + _NEARLY)
        return np.where(self.can(resource), steps, 0).astype(np.int64)

    def room(self, resource: str) -> NDArray[np.int64]:
        """Count the steps each school can take.

        Parameters
        ----------
        resource
            The resource.

        Returns
        -------
        numpy.ndarray
            Steps; as many as there are in the county where nothing limits them, and of
            a kind of teachers no more than the school's other teachers.
        """
        has = self.units[resource].fillna(0)
        most = np.full(len(has), has.sum() / self.step[resource])
        if resource in _KINDS_OF_TEACHERS:
            others = (self.units["teachers"] - has).fillna(0).clip(lower=0)
            most = np.minimum(most, others.to_numpy(dtype=np.float64))
        return np.where(self.can(resource), np.floor(most + _NEARLY), 0).astype(np.int64)


def _needed(balance: Balance, units: pd.DataFrame, m: Measured) -> NDArray[np.float64]:
    """Give what schools need of a resource to reach its standard."""
    standard = standards_by_unit(units, [m], balance.standards)[:, 0]
    return np.asarray(standard * units["pupils"].to_numpy(dtype=np.float64) / m.per)


def lifted(
    balance: Balance,
    stage: Stage,
    *,
    units: pd.DataFrame,
    schools: pd.DataFrame,
    movable: Movable,
) -> tuple[dict[str, Change], list[Finding]]:
    """Lift as many schools as possible with the fewest moves.

    Parameters
    ----------
    balance
        An assessment of 2017.
    stage
        The stage.
    units
        Its units of that stage.
    schools
        The same units in its table of schools.
    movable
        What they can give and take.

    Returns
    -------
    changes : dict
        Resource to what each school can spare, and what it takes.
    findings : list of Finding
        The schools that do not pass afterwards, and why.
    """
    rules = balance.standards
    fails = schools["met"].ne("yes").to_numpy()
    shown = schools[[m.name for m in balance.measured]].to_numpy(dtype=np.float64)
    wanted = standards_by_unit(units, balance.measured, rules)
    reached = at_least(shown, wanted)
    rule = school_rule(rules, stage)
    low = np.isfinite(shown) & ~at_least(shown, rule.floor * wanted)
    known = np.isfinite(shown).all(axis=1) & (len(balance.measured) == len(rule.wanted))
    place = {m.resource: i for i, m in enumerate(balance.measured)}
    columns = [place[r] for r in movable.resources]
    to_standard, to_floor, possible, possible_floor = (
        np.zeros((len(units), len(columns)), dtype=t) for t in ("int64", "int64", "bool", "bool")
    )
    for k, resource in enumerate(movable.resources):
        has = units[resource].fillna(0).to_numpy(dtype=np.float64)
        full = movable.held[resource]
        room, can = movable.room(resource), movable.can(resource)
        below, under = ~reached[:, place[resource]], low[:, place[resource]]
        to_standard[:, k] = _steps(full - has, movable.step[resource]) * below
        floor = rule.floor * full
        to_floor[:, k] = _steps(floor - has, movable.step[resource]) * under
        possible[:, k] = can & below & (to_standard[:, k] <= room)
        possible_floor[:, k] = can & under & (to_floor[:, k] <= room)
    stuck = low.copy()
    stuck[:, columns] &= ~(possible | possible_floor)
    more = np.clip(rule.least - reached.sum(axis=1), 0, None)
    alone = ~stuck.any(axis=1) & (possible.sum(axis=1) >= more)
    weak = np.flatnonzero(fails & known & alone)
    steps, passes = raised(
        Weak(
            to_standard=to_standard[weak],
            to_floor=to_floor[weak],
            possible=possible[weak],
            possible_floor=possible_floor[weak],
            wanted=more[weak],
            weakness=1 - schools["level"].to_numpy(dtype=np.float64)[weak],
        ),
        spare=np.array([movable.spare(r).sum() for r in movable.resources], dtype=np.int64),
        price=np.array([_price(r, movable, balance) for r in movable.resources]),
    )
    changes = {}
    for k, resource in enumerate(movable.resources):
        need = np.zeros(len(units), dtype=np.int64)
        need[weak] = steps[:, k]
        changes[resource] = (movable.spare(resource), need)
    ids = units["school_id"].to_numpy().astype("str")
    left = {
        "balance_lift_unknown": fails & ~known,
        "balance_lift_fixed": fails & known & ~alone,
        "balance_lift_short": np.isin(np.arange(len(units)), weak[~passes]),
    }
    findings = [
        Finding(code=code, severity="warning", table="schools", ids=tuple(ids[at].tolist()))
        for code, at in left.items()
        if at.any()
    ]
    return changes, findings


def _steps(missing: NDArray[np.float64], step: float) -> NDArray[np.int64]:
    whole = np.ceil(np.clip(missing, 0, None) / step - _NEARLY)
    return np.asarray(whole, dtype=np.int64)


def _price(resource: str, movable: Movable, balance: Balance) -> float:
    """Price one step: one teacher is one move, equipment counts by its value."""
    if resource in TEACHERS:
        return 1.0
    return movable.step[resource] / balance.standards.value("balance_equipment_per_move_yuan")
