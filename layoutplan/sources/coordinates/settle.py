"""All layers of a county brought to where they are; every change is told.

In order: points out of columns that hold text (`located`); what the planner said; layers
that name no system, an impossible one, or lie off the others (`elsewhere`); single rows with
exchanged axes or of another system (`astray`); points of map sites (`road_fit`).
"""

from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import pandas as pd
from pyproj import CRS
from pyproj.exceptions import CRSError

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.sources.columns import Mapped, MappedTables
from layoutplan.sources.coordinates.astray import rows_brought_in
from layoutplan.sources.coordinates.convert import SHIFTED, known_system
from layoutplan.sources.coordinates.elsewhere import layers_brought_in
from layoutplan.sources.coordinates.layers import Layer
from layoutplan.sources.coordinates.located import located
from layoutplan.sources.coordinates.map_sites import POINTS, unshifted
from layoutplan.sources.coordinates.meridians import projection_findings
from layoutplan.tables import COUNTY_TABLES

AUTO: Final = "auto"
AS_IS: Final = "as-is"
Coordinates = str | Mapping[str, str]
"""One word for the layers of points, or one per table."""


def settle_places(
    frames: Mapping[str, pd.DataFrame], *, crs: str = "", coordinates: Coordinates = AUTO
) -> MappedTables:
    """Bring the layers of a county to where they are.

    Nothing is changed in data that agree. What is changed is told in a finding with the
    number of rows and, where it means anything, how far they moved. What looks wrong but is
    not certain is left as it is and told.

    Parameters
    ----------
    frames
        Tables under our column names, with geometry or with columns of coordinates.
    crs
        The system of tables that name none.
    coordinates
        ``"auto"`` finds out; ``"as-is"`` leaves all coordinates alone; ``"gcj02"`` or
        ``"bd09"`` says that villages, schools and candidates were picked on such a map; any
        other system that `to_wgs84` takes is that of these layers. A mapping says so per
        table, also for roads and townships.

    Returns
    -------
    MappedTables
        The tables and the findings.

    Raises
    ------
    OptionsError
        If a system or table is unknown.

    Examples
    --------
    >>> from layoutplan import example
    >>> made = example.county(seed=1, villages=40)
    >>> settled = settle_places({n: made.table(n) for n in ("villages", "schools", "roads")})
    >>> settled.findings
    ()
    """
    told = asked_of(coordinates)
    tables, findings = dict(frames), list[Finding]()
    for name, frame in frames.items():
        tables[name], found = located(name, frame, crs=crs)
        findings += found
    layers = {
        name: Layer(name=name, frame=frame)
        for name, frame in tables.items()
        if isinstance(frame, gpd.GeoDataFrame) and _known(frame)
    }
    findings += _as_told(layers, told)
    free = {n: v for n, v in layers.items() if told.get(n, AUTO) == AUTO}
    for step in (layers_brought_in, rows_brought_in, unshifted):
        findings += step(layers, set(free))
    findings += projection_findings(layers)
    tables |= {name: layer.frame for name, layer in layers.items()}
    return MappedTables(tables=tables, findings=tuple(findings))


def asked_of(coordinates: Coordinates) -> dict[str, str]:
    """Set out what the planner says of each layer.

    Parameters
    ----------
    coordinates
        As in `settle_places`.

    Returns
    -------
    dict
        ``"auto"``, ``"as-is"`` or a system, by table.

    Raises
    ------
    OptionsError
        If a system or table is unknown.

    Examples
    --------
    >>> asked_of("GCJ-02")["schools"], asked_of("auto")["roads"]
    ('gcj02', 'auto')
    """
    shaped = [n for n, t in COUNTY_TABLES.items() if t.geometries]
    if isinstance(coordinates, str):
        word = _word(coordinates)
        everywhere = word in (AUTO, AS_IS)
        return {n: word if everywhere or n in POINTS else AUTO for n in shaped}
    unknown = [n for n in coordinates if n not in shaped]
    if unknown:
        values = {"name": ", ".join(map(str, unknown)), "known": ", ".join(shaped)}
        raise OptionsError(Finding(code="unknown_table", values=values))
    return {n: _word(coordinates.get(n, AUTO)) for n in shaped}


def told_of_tables(coordinates: Coordinates, columns: Mapped) -> dict[str, str]:
    """Add what a mapping of columns says of the coordinates of single tables.

    Parameters
    ----------
    coordinates
        As in `settle_places`.
    columns
        The mapping; what it says of a table goes before.

    Returns
    -------
    dict
        ``"auto"``, ``"as-is"`` or a system, by table.

    Raises
    ------
    OptionsError
        If a system or table is unknown.

    Examples
    --------
    >>> told_of_tables("as-is", {"schools": {"coordinates": "BD-09"}})["schools"]
    'bd09'
    """
    told = asked_of(coordinates)
    entries = {n: c["coordinates"] for n, c in columns.items() if "coordinates" in c}
    return told | {n: _word(str(word)) for n, word in entries.items() if n in told}


def _word(text: str) -> str:
    plain = str(text).strip().lower()
    return plain if plain in (AUTO, AS_IS) else known_system(text)


def _known(frame: gpd.GeoDataFrame) -> bool:
    """Leave layers alone whose system is none that pyproj knows: validation tells."""
    try:
        return frame.active_geometry_name is not None and (
            frame.crs is None or bool(CRS(frame.crs))
        )
    except CRSError:
        return False


def _as_told(layers: Mapping[str, Layer], told: Mapping[str, str]) -> list[Finding]:
    """Do what the planner says."""
    findings = []
    for name, layer in layers.items():
        word = told[name]
        if word in (AUTO, AS_IS) or not len(layer.xy):
            continue
        if word in SHIFTED:
            moved = layer.unshift(word)
        else:
            before = layer.degrees()
            layer.frame = layer.frame.set_crs(word, allow_override=True)
            moved = layer.moved_m(before)
        values = {"system": word.upper() if word in SHIFTED else word, "metres": moved}
        findings.append(
            Finding(
                code="coordinates_told",
                severity="note",
                table=name,
                rows=len(layer.frame),
                values=values,
            )
        )
    return findings
