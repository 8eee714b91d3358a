"""How long procedures and building take, by the standards."""

from dataclasses import dataclass
from typing import Final

from layoutplan.gates.declared import STEPS
from layoutplan.gates.procedure import NOTICE_STANDARD
from layoutplan.standards import Standard, Standards
from layoutplan.standards import standards as load_standards

BEFORE: Final = STEPS[: STEPS.index("building")]
"""The steps of a closure that must be done before its receivers are looked at."""

TOGETHER: Final = ("argument", "hearing")
"""Steps that run side by side."""

REDRAWING: Final = ("notice", "approval")
"""The steps before a catchment is redrawn."""

MONTHS: Final = {
    "new": "building_months_new",
    "nine_year": "building_months_converted",
    "primary_only": "building_months_added",
    "teaching_point": "building_months_added",
    "expand": "building_months_added",
    "board": "building_months_beds",
}
"""The standard for the building time of each action."""

_OTHERS: Final = (
    "closure_days_building", "closure_days_transition", "closure_days_premises",
    "building_days_design", "building_days_accept",
)  # fmt: skip

_MONTHS_OF_HALF: Final = 6


@dataclass(frozen=True, kw_only=True)
class TimesNeeded:
    """How long each step takes, with the standards it is taken from.

    Parameters
    ----------
    days
        Days by step; ``design`` and ``accept`` are those of building.
    half_years
        Half-years of building by action.
    used
        The standards, for citing.
    """

    days: dict[str, int]
    half_years: dict[str, int]
    used: tuple[Standard, ...]

    def closure_days(self) -> int:
        """Count the days from the survey until pupils may begin to move.

        Returns
        -------
        int
            Days; argument and hearing run side by side.
        """
        side_by_side = max(self.days[s] for s in TOGETHER)
        alone = sum(self.days[s] for s in BEFORE if s not in TOGETHER)
        return side_by_side + alone + self.days["building"]

    def redrawing_days(self) -> int:
        """Count the days before a catchment may be redrawn.

        Returns
        -------
        int
            Days.
        """
        return sum(self.days[s] for s in REDRAWING)


def times_needed(rules: Standards) -> TimesNeeded:
    """Read how long procedures and building take.

    The days of the public notice are those of the province, where its profile has any
    (`layoutplan.gates.procedure.NOTICE_STANDARD`), and never less than the assumption.

    Parameters
    ----------
    rules
        The standards. What a profile leaves open is taken from the national one.

    Returns
    -------
    TimesNeeded
        The times.

    Examples
    --------
    >>> needed = times_needed(load_standards())
    >>> needed.days["argument"], needed.half_years["new"]
    (30, 4)
    """
    national = load_standards()

    def entry(key: str) -> Standard:
        return rules[key] if key in rules else national[key]

    ids = {s: f"closure_days_{s}" for s in BEFORE}
    days = {step: entry(key) for step, key in ids.items()}
    for key in _OTHERS:
        days[key.rsplit("_", 1)[1]] = entry(key)
    if NOTICE_STANDARD in rules and rules[NOTICE_STANDARD].value >= days["notice"].value:
        days["notice"] = rules[NOTICE_STANDARD]
    months = {action: entry(key) for action, key in MONTHS.items()}
    used = {s.id: s for s in (*days.values(), *months.values())}
    return TimesNeeded(
        days={step: round(s.value) for step, s in days.items()},
        half_years={a: -(-round(s.value) // _MONTHS_OF_HALF) for a, s in months.items()},
        used=tuple(used[k] for k in sorted(used)),
    )
