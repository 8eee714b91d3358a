"""What roads are like besides their class: slopes, barriers and the season."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from layoutplan.errors import OptionsError, TravelError
from layoutplan.findings import Finding
from layoutplan.network.barriers import Barriers, Fence, behind
from layoutplan.network.drawing import Drawing
from layoutplan.network.elevation import Elevation, read_elevation
from layoutplan.network.modes import Mode, RoadUse
from layoutplan.network.seasons import Season, in_season, known_season
from layoutplan.network.slope import on_slopes
from layoutplan.network.two_sides import TwoSided, whole
from layoutplan.standards import Standards

Heights = Elevation | str | Path | Sequence[str | Path] | None
"""Heights of the ground, a file of them, or the files of several tiles."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Conditions:
    """What a network is made under; nothing of it where not given.

    Parameters
    ----------
    elevation
        Heights of the ground, for slopes.
    barriers
        What may not be crossed.
    season
        The season, for roads that are closed in it.
    """

    elevation: Elevation | None = field(default=None, repr=False)
    barriers: Barriers | None = field(default=None, repr=False)
    season: Season | None = None


def conditions(
    roads: Any,  # noqa: ANN401 - geopandas has no types
    *,
    elevation: Heights = None,
    barriers: Barriers | None = None,
    season: str | None = None,
) -> Conditions:
    """Settle on the conditions of a network.

    Parameters
    ----------
    roads
        The roads: of a file of heights only the window around them is read.
    elevation
        Heights of the ground, the file they are in, or the files of several tiles.
    barriers
        What may not be crossed.
    season
        ``"flood"``, ``"snow"`` or None.

    Returns
    -------
    Conditions
        The conditions.

    Raises
    ------
    OptionsError
        If there is no such season, or the barriers are no `Barriers`.
    DataError
        If the heights cannot be read.

    Examples
    --------
    >>> conditions(None, season="snow").season
    'snow'
    """
    known = known_season(season)
    if barriers is not None and not isinstance(barriers, Barriers):
        values = {"kind": type(barriers).__name__}
        raise OptionsError(Finding(code="barriers_no_barriers", values=values))
    if elevation is not None and not isinstance(elevation, Elevation):
        elevation = read_elevation(elevation, within=roads)
    return Conditions(elevation=elevation, barriers=barriers, season=known)


@dataclass(frozen=True, eq=False, kw_only=True)
class Met:
    """A drawing under conditions.

    Parameters
    ----------
    split
        The drawing, split along barriers.
    open
        The drawing before barriers were laid across it.
    fence
        Where the barriers lie, where there are any.
    findings
        What should be known.
    """

    split: TwoSided
    open: Drawing
    fence: Fence | None
    findings: tuple[Finding, ...]


def under(
    drawn: Drawing, given: Conditions, *, mode: Mode, use: RoadUse, standards: Standards
) -> Met:
    """Lay conditions over a drawing: the season, then slopes, then barriers.

    Parameters
    ----------
    drawn
        The pieces.
    given
        The conditions.
    mode
        Who travels.
    use
        What the mode may do on each road.
    standards
        The numbers.

    Returns
    -------
    Met
        The pieces under these conditions.

    Raises
    ------
    TravelError
        If no road is left that may be used, or the elevation does not cover the roads.
    """
    findings: tuple[Finding, ...] = ()
    if given.season is not None:
        drawn, found = in_season(drawn, given.season, mode=mode, standards=standards)
        findings += found
    if given.elevation is not None:
        drawn, found = on_slopes(drawn, given.elevation, mode=mode, use=use, standards=standards)
        findings += found
    split, fence = whole(drawn), None
    if given.barriers is not None:
        split, fence, found = behind(drawn, given.barriers, mode=mode, standards=standards)
        findings += found
    onto = use.access[split.drawn.row] & ~split.drawn.barred
    if not np.any(onto):
        values = {"mode": mode, "season": given.season or "-"}
        raise TravelError(Finding(code="roads_all_barred", table="roads", values=values))
    return Met(split=split, open=drawn, fence=fence, findings=findings)
