"""The road network as walkers find it, and lines that are drawn or filled in wrongly."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from layoutplan.checks.rows import column, ids
from layoutplan.county import County
from layoutplan.findings import Finding
from layoutplan.network import disconnected, disconnected_findings, network
from layoutplan.network.repair import Repair, joined_roads
from layoutplan.standards import Standards
from layoutplan.travel import travel_times


def roads(county: County, standards: Standards) -> Iterator[Finding]:
    """Look at the road network as walkers find it.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What the network reports, parts that do not hang together, and places far
        from any road.
    """
    made = network(county, mode="walk", standards=standards)
    times = travel_times(county, mode="walk", network=made, standards=standards)
    yield from times.findings
    yield from disconnected_findings(disconnected(made, county.villages))
    yield from _gaps(county, standards, made.repairs)
    parts = made.components[made.components["main"]]
    if len(parts) > 1:
        values = {"shares": ", ".join(f"{100 * s:.1f} %" for s in sorted(parts["share"])[::-1])}
        yield Finding(
            code="roads_in_parts", severity="warning", table="roads", rows=len(parts), values=values
        )
    far = standards.value("far_from_road_m")
    access = times.access
    for role, name in (("village", "villages"), ("site", "schools")):
        away = access[(access["role"] == role) & (access["distance_m"] > far)]
        if len(away):
            yield Finding(
                code="far_from_road",
                severity="warning",
                table=name,
                ids=tuple(away["place_id"].astype("str")),
                values={
                    "metres": f"{far:.0f}",
                    "most": f"{away['distance_m'].max():.0f}",
                },
            )


def _gaps(county: County, standards: Standards, repairs: pd.DataFrame) -> Iterator[Finding]:
    """Find loose ends just short of another road, where the drawing as a whole is sound."""
    if repairs["kind"].eq("gap").any():
        return
    every = np.ones(len(county.roads), dtype=np.bool_)
    asked = Repair(crossings=False)
    tried = joined_roads(county.roads, every, repair=asked, standards=standards).repairs
    loose = tried[tried["kind"] == "gap"]
    if len(loose):
        yield Finding(
            code="road_gaps",
            severity="note",
            table="roads",
            ids=tuple(dict.fromkeys(loose["road"].astype("str"))),
            rows=len(loose),
            values={"most": f"{loose['length_m'].max():.0f}"},
        )


def lines(county: County, standards: Standards) -> Iterator[Finding]:
    """Find roads that are drawn twice, and speeds that are none on these roads.

    Parameters
    ----------
    county, standards
        The county and its standards.

    Yields
    ------
    Finding
        What was found.
    """
    drawn = county.roads
    shapes = pd.Series(drawn.geometry.normalize().to_wkb(), index=drawn.index)
    twice = shapes.notna() & shapes.duplicated()
    if twice.any():
        at = ids(drawn.index[twice])
        yield Finding(code="road_twice", severity="warning", table="roads", ids=at)
    speed, most = column(drawn, "maxspeed_kmh"), standards.value("check_speed_max_kmh")
    odd = (speed > most) | ((speed > 0) & (speed < standards.value("check_speed_min_kmh")))
    if odd.any():
        yield Finding(
            code="other_unit",
            severity="warning",
            table="roads",
            column="maxspeed_kmh",
            ids=ids(drawn.index[odd]),
            values=_seen(speed[odd]),
        )


def _seen(values: pd.Series) -> dict[str, object]:
    return {"least": f"{values.min():g}", "most": f"{values.max():g}"}
