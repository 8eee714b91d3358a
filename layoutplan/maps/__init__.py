"""Review maps: plans of a county on one page that works without a network."""

from layoutplan.maps.page import ReviewMap
from layoutplan.maps.payload import payload
from layoutplan.plan import Plan
from layoutplan.words import language

__all__ = ["ReviewMap", "review_map"]


def review_map(*plans: Plan, lang: str = "auto", title: str = "", roads: bool = True) -> ReviewMap:
    """Put plans on a map for a meeting.

    The map is one HTML file: it opens by a double click, without a network, and
    shows villages by their minutes to school, what happens at every school, and on
    a click the pupils of a village or a school.

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

    Returns
    -------
    ReviewMap
        A `folium.Map`: ``save`` it, or show it in a notebook.

    Raises
    ------
    OptionsError
        If there is no plan, or plans are of different counties.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> review_map(today, lang="en", title="First round").contents["title"]
    'First round'
    """
    chosen = plans[0].county.language(lang) if plans else language(lang)
    return ReviewMap(payload(plans, lang=chosen, title=title, roads=roads))
