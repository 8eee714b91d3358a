"""How many pupils there are in each half-year: as today, or as projected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.roadmap.cells import pupils_of
from layoutplan.roadmap.half_years import school_year_of

if TYPE_CHECKING:
    from layoutplan.plan import Plan

TODAY: Final = "today"
"""The one variant there is without a projection: pupils stay as today."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Scenarios:
    """Pupils of each cell in each school year and variant.

    Parameters
    ----------
    variants
        Their names, the one that is shown first.
    weights
        How much each counts in expected costs; they sum to 1.
    pupils
        By variant and school year, persons of each cell.
    """

    variants: tuple[str, ...]
    weights: Mapping[str, float]
    pupils: Mapping[tuple[str, int], NDArray[np.int64]] = field(repr=False)

    def at(self, variant: str, half: int) -> NDArray[np.int64]:
        """Give the pupils of each cell in a half-year.

        Parameters
        ----------
        variant
            The variant.
        half
            The half-year.

        Returns
        -------
        numpy.ndarray
            Persons, one per cell.
        """
        return self.pupils[variant, school_year_of(half)]


def scenarios_of(
    plan: "Plan",
    cells: pd.DataFrame,
    halves: Sequence[int],
    *,
    projection: Any = None,  # noqa: ANN401 - a Projection, of a room that may be absent
    variants: Sequence[str] | None = None,
    demand: pd.DataFrame | None = None,
    facts_from: int = 0,
) -> Scenarios:
    """Count the pupils of each half-year.

    Parameters
    ----------
    plan
        The plan.
    cells
        Who goes where.
    halves
        The half-years.
    projection
        The pupils of the years to come; None where they stay as today.
    variants
        Variants of the projection, that which is shown first; its three named ones where
        None.
    demand
        Pupils as counted, villages x bands, for school years from ``facts_from`` on.
    facts_from
        The first school year for which they hold; without a projection.

    Returns
    -------
    Scenarios
        The pupils.

    Raises
    ------
    OptionsError
        If a variant is unknown or the projection ends before the roadmap.
    """
    years = sorted({school_year_of(h) for h in halves})
    if projection is None:
        counted = {y: demand if demand is not None and y >= facts_from else None for y in years}
        pupils = {
            (TODAY, y): pupils_of(cells, plan.demand if d is None else d)
            for y, d in counted.items()
        }
        return Scenarios(variants=(TODAY,), weights={TODAY: 1.0}, pupils=pupils)
    names = _names(projection, variants, lang=plan.county.language())
    if years[-1] > max(projection.years):
        values = {"last": max(projection.years), "needed": years[-1]}
        found = Finding(code="roadmap_projection_short", values=values)
        raise OptionsError(found, lang=plan.county.language())
    base = min(projection.years)
    by_year = {
        (v, y): pupils_of(cells, projection.bands(max(y, base), v)) for v in names for y in years
    }
    weights = {v: float(projection.weights.get(v, 0.0)) for v in names}
    total = sum(weights.values())
    weights = {v: w / total if total > 0 else 1 / len(names) for v, w in weights.items()}
    return Scenarios(variants=names, weights=weights, pupils=by_year)


def _names(projection: Any, variants: Sequence[str] | None, *, lang: str) -> tuple[str, ...]:  # noqa: ANN401
    known = tuple(projection.variants)
    named = ("mid", "low", "high")
    if variants is None:
        return tuple(v for v in named if v in known) or known[:1]
    asked = (variants,) if isinstance(variants, str) else tuple(dict.fromkeys(variants))
    unknown = tuple(v for v in asked if v not in known)
    if unknown or not asked:
        values = {"known": ", ".join(known)}
        raise OptionsError(
            Finding(code="roadmap_unknown_variant", ids=unknown, values=values), lang=lang
        )
    return asked
