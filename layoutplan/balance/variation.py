"""Variation: how unequal schools are, by the pupil-weighted coefficient of variation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from layoutplan.validation import must_be


@dataclass(frozen=True, eq=False, kw_only=True)
class Variation:
    """How a resource is spread over the pupils of schools.

    Made by `variation`.

    Parameters
    ----------
    mean
        Resource per pupil of the county: all of the resource over all pupils, not
        the mean of the schools' values. Unit of the resource per pupil.
    deviation
        The weighted standard deviation, in the unit of the mean.
    cv
        The coefficient of variation, deviation over mean; NaN where no school has
        any of the resource.
    values
        Resource per pupil of each school, shape (n,).
    terms
        What each school adds to the square of the deviation, shape (n,).
    """

    mean: float
    deviation: float
    cv: float
    values: NDArray[np.float64]
    terms: NDArray[np.float64]


def variation(resource: ArrayLike, pupils: ArrayLike) -> Variation:
    r"""Measure how unequally a resource is spread over the pupils of schools.

    With pupils :math:`P_i` and resource :math:`R_i` of school i, county totals P and
    R, :math:`x_i = R_i / P_i` and :math:`X = R / P`,

    .. math:: CV = \frac{1}{X} \sqrt{\sum_i \frac{P_i}{P} (x_i - X)^2}

    as in the worked example of the assessment (县域义务教育校际均衡指标计算方法, with
    教督〔2012〕3号); 教督〔2017〕6号 uses the same formula.

    Parameters
    ----------
    resource
        What each school has, shape (n,), from 0.
    pupils
        Its pupils, shape (n,), above 0.

    Returns
    -------
    Variation
        Mean, deviation, coefficient and the schools' shares in it.

    Raises
    ------
    InternalError
        If a number is missing, there is no school, or a school has no pupils: who is
        left out is settled before.

    Examples
    --------
    >>> books = variation([279, 137, 935, 160, 402], [45, 37, 89, 76, 55])
    >>> round(books.mean, 4), round(books.deviation, 4), round(books.cv, 4)
    (6.3344, 3.2639, 0.5153)
    """
    amount = np.asarray(resource, dtype=np.float64)
    weight = np.asarray(pupils, dtype=np.float64)
    fits = amount.shape == weight.shape and len(weight) > 0
    must_be(fits and bool((weight > 0).all()), "variation over schools with pupils")
    must_be(bool((np.isfinite(amount) & (amount >= 0)).all()), "variation over known resources")
    values = amount / weight
    total = float(weight.sum())
    mean = float(amount.sum()) / total
    terms = weight / total * (values - mean) ** 2
    deviation = float(np.sqrt(terms.sum()))
    return Variation(
        mean=mean,
        deviation=deviation,
        cv=deviation / mean if mean > 0 else float("nan"),
        values=values,
        terms=terms,
    )
