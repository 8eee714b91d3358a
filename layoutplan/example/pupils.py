"""Pupils, left-behind children and births of the villages."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from layoutplan.example.lattice import Ints
from layoutplan.example.settlements import RURAL, SEAT, Settlements

BIRTHS: Final = MappingProxyType(
    {
        2018: 1523,
        2019: 1465,
        2020: 1202,
        2021: 1062,
        2022: 956,
        2023: 902,
        2024: 954,
        2025: 792,
    }
)
"""National births as first published, in ten thousands."""

BIRTHS_OF_G13: Final = 1570
"""Mean of the births of 2017 to 2019, when grades 1-3 of autumn 2025 were born."""

PUPILS_PER_PERSON: Final = (0.108, 0.095, 0.072)
"""Pupils of grades 1-9 per resident in seat, towns and villages (assumptions)."""

BAND_SHARES: Final = ((0.334, 0.343, 0.323), (0.327, 0.344, 0.329), (0.315, 0.344, 0.341))
"""Shares of the bands in seat, towns and villages; nationally 0.327, 0.344, 0.329."""

LEFT_BEHIND: Final = (0.05, 0.12, 0.22)
"""Shares of left-behind children in seat, towns and villages (assumptions)."""


@dataclass(frozen=True, kw_only=True)
class Children:
    """The children of every village.

    Parameters
    ----------
    pupils
        Pupils by village and band.
    left_behind
        Left-behind children by village.
    births
        Births by village and year from 2018.
    """

    pupils: Ints
    left_behind: Ints
    births: Ints


def make_children(rng: np.random.Generator, settlements: Settlements) -> Children:
    """Give every village its pupils and births.

    Parameters
    ----------
    rng
        The random numbers.
    settlements
        The villages.

    Returns
    -------
    Children
        The children.
    """
    count = len(settlements.cells)
    group = np.select([settlements.place == SEAT, settlements.place == RURAL], [0, 2], default=1)
    total = settlements.population * np.array(PUPILS_PER_PERSON)[group]
    total = total * rng.lognormal(-0.005, 0.10, count)
    mean = total[:, None] * np.array(BAND_SHARES)[group]
    pupils = np.rint(mean * rng.lognormal(0, 0.05, (count, 3))).astype(np.int64)
    pupils = np.maximum(pupils, 1)
    trend = np.array(list(BIRTHS.values())) / BIRTHS_OF_G13
    births = rng.poisson(pupils[:, :1] / 3 * trend)
    return Children(
        pupils=pupils,
        left_behind=rng.binomial(pupils.sum(axis=1), np.array(LEFT_BEHIND)[group]),
        births=births.astype(np.int64),
    )
