"""Which school pupils choose: Huff's rule on the roads."""

from typing import Final

import numpy as np

from layoutplan.example.lattice import Flags, Floats, Ints
from layoutplan.example.schools import Sites
from layoutplan.example.settlements import RURAL_CENTRE, SEAT, TOWN
from layoutplan.tables import BANDS, BANDS_OF_KIND

PULLS: Final = (6.0, 2.5, 0.8, 0.3)
"""Pulls of schools in the seat and in towns, of complete village schools, of teaching points."""

REACH_KM: Final = (1.5, 1.9, 4.5)
"""Way over which the pull of a village school falls to a third, by band (assumption)."""

REACH_FACTOR: Final = (1.8, 1.3, 1.0)
"""How much wider the seat and the towns reach (assumption)."""

SHARES: Final = ((0.395, 0.36, 0.245), (0.395, 0.36, 0.245), (0.46, 0.42, 0.12))
"""Shares of pupils at school in seat, towns and villages, by band.

For primary between the published 36, 38, 26 % of 2018 and 46, 37, 17 % of 2023;
for junior an assumption, as villages have only nine-year schools."""

FAME: Final = 0.15
"""Spread of the pulls of schools of one kind (assumption)."""

HOME: Final = (4.0, 4.0, 12.0)
"""Factor on the pull of schools in the pupil's own township, which has to admit them, by band."""

ROUNDS: Final = 40
"""Rounds in which the pulls are brought to the shares."""

FEWEST: Final = 0.025
"""Shares of a village's pupils below this go to the village's other schools."""


def choose_schools(
    sites: Sites, *, fame: Floats, pupils: Ints, township: Ints, metres: Floats
) -> Ints:
    """Send the pupils of every village to schools.

    Parameters
    ----------
    sites
        The schools.
    fame
        Standard normal numbers, one a school: how much more it draws than others.
    pupils
        Pupils by village and band.
    township
        The position of the township of every village.
    metres
        Way by road from every village to every school.

    Returns
    -------
    numpy.ndarray
        Pupils by village, school and band, whole numbers that add up to those of the villages.
    """
    group = np.select([sites.place == SEAT, sites.place == TOWN], [0, 1], default=2)
    point = np.array([kind == "teaching_point" for kind in sites.kinds])
    pull = np.array(PULLS)[np.where(point, 3, group)]
    pull = pull * np.where(sites.place == RURAL_CENTRE, 2.0, 1.0)
    pull = pull * np.exp(FAME * fame)
    home = township[:, None] == sites.township[None, :]
    flows = np.zeros((len(pupils), len(pull), len(BANDS)), dtype=np.int64)
    factor = np.array(REACH_FACTOR)[group]
    for number, band in enumerate(BANDS):
        teaches = np.array([band in BANDS_OF_KIND[kind] for kind in sites.kinds])
        reach = 1_000 * REACH_KM[number] * factor
        # Shares of far schools would vanish in floating point; no way counts more than 40 reaches.
        weight = (
            np.where(home, HOME[number], 1.0)
            * pull
            * teaches
            * np.exp(-np.minimum(metres / reach, 40.0))
        )
        share = _to_shares(weight, group, pupils[:, number], keep=home, wanted=SHARES[number])
        flows[:, :, number] = _whole(share, pupils[:, number])
    return flows


def _to_shares(
    weight: Floats, group: Ints, pupils: Ints, *, keep: Flags, wanted: tuple[float, float, float]
) -> Floats:
    """Shares of each village by school, with pulls brought to the county's shares."""
    there = np.array([weight[:, group == g].sum() > 0 for g in range(3)])
    goal = np.where(there, wanted, 0.0)
    goal = goal / goal.sum()
    share = _without_tiny(weight, keep)
    for _ in range(ROUNDS):
        have = np.bincount(group, weights=pupils @ share, minlength=3) / pupils.sum()
        step = np.where(there, goal / np.maximum(have, 1e-9), 1.0) ** 0.5
        weight = weight * np.clip(step, 0.5, 2.0)[group]
        share = _without_tiny(weight, keep)
    return share


def _without_tiny(weight: Floats, keep: Flags) -> Floats:
    """Shares from weights; tiny ones go elsewhere but in the pupil's own township."""
    share = weight / weight.sum(axis=1, keepdims=True)
    tiny = share < np.minimum(FEWEST, share.max(axis=1, keepdims=True) / 2)
    share = np.where(tiny & ~keep, 0.0, share)
    return np.asarray(share / share.sum(axis=1, keepdims=True), dtype=np.float64)


def _whole(share: Floats, pupils: Ints) -> Ints:
    """Whole pupils by the largest remainders."""
    wish = share * pupils[:, None]
    sent = np.floor(wish + 1e-9).astype(np.int64)
    missing = pupils - sent.sum(axis=1)
    order = np.argsort(-(wish - sent), axis=1, kind="stable")
    place = np.empty_like(order)
    ranks = np.arange(share.shape[1])[None, :].repeat(len(share), 0)
    np.put_along_axis(place, order, ranks, axis=1)
    return np.asarray(sent + (place < missing[:, None]), dtype=np.int64)
