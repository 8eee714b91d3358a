"""Review maps: plans of a county on one page that works without a network."""

from typing import Any

from layoutplan.maps.contents import contents
from layoutplan.maps.page import ReviewMap
from layoutplan.network.road_network import RoadNetwork
from layoutplan.plan import Plan
from layoutplan.words import language

__all__ = ["ReviewMap", "review_map"]


def review_map(
    *plans: Plan,
    lang: str = "auto",
    title: str = "",
    roads: bool = True,
    network: RoadNetwork | None = None,
    roadmap: Any = None,  # noqa: ANN401 - any noun with a roadmap's tables
    tiles: str | None = None,
    tiles_key: str = "",
    date: str = "",
) -> ReviewMap:
    """Put plans on a map for a meeting.

    The map is one HTML file: it opens by a double click, without a network, and
    shows villages by their minutes to school, what happens at every school, and on
    a click the pupils of a village or a school. It shows one plan or the difference of two,
    one theme, grade band and township at a time, in Chinese or English; what is shown
    stands in its address, and it prints sharp on A3 and A4.

    Parameters
    ----------
    *plans
        Plans of one county. With two or more the page switches between them and
        compares each with the first.
    lang
        ``"zh"``, ``"en"`` or ``"auto"``, which follows the county's own names.
    title
        A title instead of the county's name.
    roads
        Whether to draw the roads.
    network
        The network that the travel times were computed on, for pupils on every road.
    roadmap
        The plan year by year, for a slider over its half-years.
    tiles
        A base map from the network, ``"tianditu"`` or ``"osm"``; without it the page asks
        nobody for anything.
    tiles_key
        The user's own key, which Tianditu asks for. It can be read in the page.
    date
        The date of the map as it is to be written. Paper also bears the day of printing.

    Returns
    -------
    ReviewMap
        A `folium.Map`: ``save`` it, or show it in a notebook.

    Raises
    ------
    OptionsError
        If there is no plan, plans are of different counties, or tiles cannot be used.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> review_map(today, lang="en", title="First round").contents["title"]
    'First round'
    """
    chosen = plans[0].county.language(lang) if plans else language(lang)
    return ReviewMap(
        contents(
            plans,
            lang=chosen,
            title=title,
            roads=roads,
            network=network,
            roadmap=roadmap,
            tiles=tiles,
            tiles_key=tiles_key,
            date=date,
        )
    )
