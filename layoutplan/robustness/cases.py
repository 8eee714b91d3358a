"""Cases: which assumptions change, and to what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.standards import Standards
from layoutplan.standards import standards as load_standards
from layoutplan.words import Language, say

VARIED: Final = ("speed", "births", "class_size")
"""What is varied: walking speed, pupils, class size."""

_LATER: Final = "cn-construction-rural-2008"
"""The profile with the smaller classes of the long term (建标109-2008)."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One set of assumptions.

    Parameters
    ----------
    speed
        Walking speed of grades 1-3, km/h; the older bands keep their ratio to it.
    births
        Pupils as a multiple of those of the plan.
    class_size
        Pupils of a class in a complete primary school; junior classes change by the
        same number.
    changed
        Which of `VARIED` differ from the plan.
    """

    speed: float
    births: float
    class_size: float
    changed: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of the case in tables, such as ``speed=3``."""
        return " ".join(f"{what}={getattr(self, what):g}" for what in self.changed)

    def words(self, lang: Language) -> str:
        """Say the case.

        Parameters
        ----------
        lang
            The language.

        Returns
        -------
        str
            The text.

        Examples
        --------
        >>> Case(speed=3, births=1, class_size=45, changed=("speed",)).words("en")
        'walking 3 km/h'
        """
        texts = (
            say(f"robustness.case.{what}", lang, value=f"{getattr(self, what):g}")
            for what in self.changed
        )
        return ", ".join(texts)


def values_of(standards: Standards) -> dict[str, float]:
    """Give the assumptions a plan was made under.

    Parameters
    ----------
    standards
        The standards of the plan.

    Returns
    -------
    dict of str to float
        Value by name in `VARIED`.
    """
    return {
        "speed": standards.value("walk_speed_kmh_g13"),
        "births": 1.0,
        "class_size": standards.value("class_size_primary"),
    }


def cases(
    standards: Standards,
    *,
    speeds: Iterable[float] | None = None,
    births: Iterable[float] | None = None,
    class_sizes: Iterable[float] | None = None,
    together: bool = False,
) -> tuple[Case, ...]:
    """Make the cases.

    Parameters
    ----------
    standards
        The standards of the plan.
    speeds, births, class_sizes
        The values of each; those of the standards where None, none where empty. What
        equals the plan is no case.
    together
        Whether all combinations are made, and not one change at a time.

    Returns
    -------
    tuple of Case
        The cases in a fixed order.

    Raises
    ------
    OptionsError
        If a value is not a number above 0.

    Examples
    --------
    >>> [case.name for case in cases(load_standards())]
    ['speed=3', 'speed=5', 'births=0.8', 'births=1.2', 'class_size=40']
    """
    given = {"speed": speeds, "births": births, "class_size": class_sizes}
    base = values_of(standards)
    usual: dict[str, Sequence[float]] = {
        "speed": [standards.value(f"sensitivity_speed_kmh_{k}") for k in ("low", "high")],
        "births": [standards.value(f"sensitivity_births_{k}") for k in ("low", "high")],
        "class_size": [load_standards(_LATER).value("rural_class_size_primary_future")],
    }
    asked = {k: usual[k] if v is None else list(v) for k, v in given.items()}
    _check(asked)
    other = {k: [float(v) for v in dict.fromkeys(asked[k]) if float(v) != base[k]] for k in VARIED}
    if together:
        sets = product(*([base[k], *other[k]] for k in VARIED))
        found = [_case(dict(zip(VARIED, values, strict=True)), base) for values in sets]
        return tuple(case for case in found if case.changed)
    return tuple(_case({**base, k: v}, base) for k in VARIED for v in other[k])


def _case(values: Mapping[str, float], base: Mapping[str, float]) -> Case:
    changed = tuple(k for k in VARIED if values[k] != base[k])
    return Case(
        speed=values["speed"],
        births=values["births"],
        class_size=values["class_size"],
        changed=changed,
    )


def _check(asked: Mapping[str, Sequence[float]]) -> None:
    options = {"speed": "speeds", "births": "births", "class_size": "class_sizes"}
    found = [
        Finding(code="bad_option", column=options[what], values={"value": value})
        for what, values in asked.items()
        for value in values
        if not _is_positive(value)
    ]
    if found:
        raise OptionsError(found)


def _is_positive(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        return False
    return bool(np.isfinite(float(value)) and float(value) > 0)
