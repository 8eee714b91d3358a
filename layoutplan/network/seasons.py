"""Seasons: roads closed by flood or snow, and how slow vehicles go on snow."""

import re
from dataclasses import replace
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.network.drawing import Drawing
from layoutplan.network.modes import Mode
from layoutplan.network.road_classes import text_of
from layoutplan.network.speeds import speed
from layoutplan.standards import Standards

Season = Literal["flood", "snow"]

SEASONS: Final[tuple[Season, ...]] = ("flood", "snow")
"""The flood season and the time of snow and ice."""

_BETWEEN: Final = re.compile(r"[;；,，、/|+和及与\s]+")
_WORDS: Final = {
    "flood": re.compile(r"flood|rain|汛|洪|涨水|水淹|雨季"),
    "snow": re.compile(r"snow|\bice|winter|冰|雪|冬"),
}
_NEVER: Final = ("", "no", "none", "never", "否", "无", "不", "-")
_SLOW_ON_SNOW: Final = {"bus": "bus_speed_max_kmh_hazard", "car": "limit_kmh_hazard"}
_SHOWN: Final = 8


def known_season(season: str | None) -> Season | None:
    """Settle on a season.

    Parameters
    ----------
    season
        A name, or None for the rest of the year.

    Returns
    -------
    Season or None
        The same.

    Raises
    ------
    OptionsError
        If there is no such season.

    Examples
    --------
    >>> known_season("snow")
    'snow'
    """
    if season is None:
        return None
    for known in SEASONS:
        if season == known:
            return known
    values = {"season": season, "known": ", ".join(SEASONS)}
    raise OptionsError(Finding(code="season_unknown", values=values))


def closed_in(roads: pd.DataFrame, season: Season) -> tuple[NDArray[np.bool_], tuple[Finding, ...]]:
    """Tell which roads are closed in a season.

    Parameters
    ----------
    roads
        The roads, with ``closed_in`` or without: a list such as ``flood;snow`` or 汛期、冰雪.
    season
        The season.

    Returns
    -------
    closed : numpy.ndarray
        Shape (roads,).
    findings : tuple of Finding
        A warning for words that name no season, or none.

    Examples
    --------
    >>> roads = pd.DataFrame({"closed_in": ["flood; snow", "汛期", None, "monsoon"]})
    >>> closed, findings = closed_in(roads, "flood")
    >>> closed.tolist(), [f.code for f in findings]
    ([True, True, False, False], ['closed_in_unknown'])
    """
    codes, different = pd.factorize(text_of(roads, "closed_in"))
    named = [_seasons(text) for text in different]
    closed = np.array([season in found for found, _ in named], dtype=bool)[codes]
    strange = np.array([bool(words) for _, words in named], dtype=bool)[codes]
    if not strange.any():
        return closed, ()
    words = sorted({word for _, unknown in named for word in unknown})
    more = ", …" if len(words) > _SHOWN else ""
    finding = Finding(
        code="closed_in_unknown",
        severity="warning",
        table="roads",
        column="closed_in",
        ids=tuple(str(i) for i in roads.index[strange]),
        values={"words": ", ".join(words[:_SHOWN]) + more, "known": "flood, snow, 汛期, 冰雪"},
    )
    return closed, (finding,)


def _seasons(text: str) -> tuple[set[str], list[str]]:
    """Read a list of seasons: those named, and words that name none."""
    named, unknown = set(), []
    for word in _BETWEEN.split(text):
        found = {season for season, pattern in _WORDS.items() if pattern.search(word)}
        named |= found
        if not found and word not in _NEVER:
            unknown.append(word)
    return named, unknown


def in_season(
    drawn: Drawing, season: Season, *, mode: Mode, standards: Standards
) -> tuple[Drawing, tuple[Finding, ...]]:
    """Bar the roads that are closed in a season, and slow vehicles down on snow.

    Places beside a closed road go to the nearest open one within reach, as places do whose
    road was never drawn. On snow and ice a school bus goes at most 20 km/h
    (校车安全管理条例, article 35) and a car at most 30 (道路交通安全法实施条例, article 46).

    Parameters
    ----------
    drawn
        The pieces.
    season
        The season.
    mode
        Who travels.
    standards
        The speeds.

    Returns
    -------
    drawn : Drawing
        The pieces in this season.
    findings : tuple of Finding
        The roads that are closed, or that none is.
    """
    closed, findings = closed_in(drawn.roads, season)
    barred = closed[drawn.row]
    at_most = drawn.at_most_kmh
    if season == "snow" and mode in _SLOW_ON_SNOW:
        at_most = np.minimum(at_most, speed(standards, _SLOW_ON_SNOW[mode]))
    if barred.any():
        ids = tuple(str(i) for i in drawn.roads.index[np.unique(drawn.row[barred])])
        values = {"season": season, "km": f"{drawn.pieces.length_m[barred].sum() / 1000:.1f}"}
        noted = Finding(
            code="season_closes", severity="note", table="roads", ids=ids, values=values
        )
    else:
        noted = Finding(
            code="season_closes_nothing",
            severity="warning",
            table="roads",
            column="closed_in",
            values={"season": season},
        )
    changed = replace(drawn, barred=drawn.barred | barred, at_most_kmh=at_most)
    return changed, (*findings, noted)
