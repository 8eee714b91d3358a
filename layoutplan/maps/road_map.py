"""A map of a road network that works offline: what is joined, what is not, who travels."""

from typing import TYPE_CHECKING, Final

from layoutplan.maps.network_payload import network_payload
from layoutplan.maps.page import OfflineMap, script_of, template_of
from layoutplan.network import RoadNetwork

if TYPE_CHECKING:
    import geopandas as gpd

_SCRIPTS: Final = ("texts.js", "records.js", "north.js", "road_layers.js", "road_map.js")
"""In the order in which the page reads them; all share one function scope."""


class RoadMap(OfflineMap):
    """A road network on a map, in one HTML file that works offline.

    Made by `road_map`.

    Parameters
    ----------
    contents
        What the page is drawn from; see `layoutplan.maps.network_payload.network_payload`.
    """

    styles = ("road_map.css",)

    _template = template_of("road_map.html.jinja")

    @property
    def page_script(self) -> str:
        """The page's own script."""
        return script_of(_SCRIPTS, name="startRoadMap")


def road_map(
    network: RoadNetwork,
    villages: "gpd.GeoDataFrame | None" = None,
    schools: "gpd.GeoDataFrame | None" = None,
    *,
    flows: "gpd.GeoDataFrame | None" = None,
    isochrones: "gpd.GeoDataFrame | None" = None,
    lang: str = "auto",
    title: str = "",
) -> RoadMap:
    """Put a road network on a map: what is joined, what is not, and what was repaired.

    Parameters
    ----------
    network
        The network.
    villages, schools
        Places, shown by how they get onto the network; pupils of villages are counted
        where they depend on roads that are cut off.
    flows
        Pupils on roads, a result of `layoutplan.network.flows.flows`.
    isochrones
        A result of `layoutplan.network.isochrones.isochrone_areas` or
        ``isochrone_roads``.
    lang
        ``"zh"``, ``"en"`` or ``"auto"``, which follows the names of the places.
    title
        A title instead of the usual one.

    Returns
    -------
    RoadMap
        A `folium.Map`: ``save`` it, or show it in a notebook.

    Raises
    ------
    DataError
        If a table lacks a column or its coordinate reference system, or the network is
        empty.
    ValueError
        If ``lang`` is none of the three.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> made = road_map(lp.network(county), county.villages, county.schools, lang="en")
    >>> made.contents["numbers"]["parts"]
    0
    """
    return RoadMap(
        network_payload(
            network,
            villages=villages,
            schools=schools,
            flows=flows,
            isochrones=isochrones,
            lang=lang,
            title=title,
        )
    )
