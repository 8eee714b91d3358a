"""Why: the question of a planner about one school or one village."""

import pandas as pd

from layoutplan.errors import OptionsError
from layoutplan.explain.why_noun import Why
from layoutplan.explain.why_site import why_site
from layoutplan.explain.why_village import why_village
from layoutplan.findings import Finding
from layoutplan.plan import Plan
from layoutplan.tables import BANDS


def why(
    plan: Plan,
    *,
    site: str | None = None,
    village: str | None = None,
    band: str | None = None,
    measures: pd.DataFrame | None = None,
    full: bool | None = None,
    time_limit: float = 20.0,
    gap: float = 0.001,
    lang: str = "auto",
) -> Why:
    """Tell why a school is closed, kept, expanded or built, or why pupils go where they go.

    Of a school, the plan is held against the best plan with the opposite decision, term by
    term: what is closed is kept, what is kept is closed, what is expanded stays as it is.
    Where the opposite breaks a rule or stands against a lock, that forces the decision.

    Of pupils of a village, the schools they could go to are listed with minutes, places
    left and yuan a year per pupil, with what excludes the nearer ones and the smallest
    change that would send pupils there, which is tried.

    Parameters
    ----------
    plan
        The plan.
    site
        The school or candidate that is asked about.
    village, band
        The pupils who are asked about.
    measures
        What may be done at each site, where `layoutplan.propose` was given a table.
    full
        Whether the whole county is searched for the opposite; see `layoutplan.what_if`.
    time_limit
        Seconds of search for each answer.
    gap
        As in `layoutplan.propose`.
    lang
        The language; that of the county's names where ``"auto"``.

    Returns
    -------
    Why
        The reasons, with every number.

    Raises
    ------
    OptionsError
        If neither a site nor a village with its band is named, or it is unknown.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=20)
    >>> plan = lp.propose(county, lp.travel_times(county))
    >>> village = plan.assignment["village_id"].iloc[0]
    >>> found = lp.why(plan, village=village, band="g13")
    >>> bool(found.options["minutes"].is_monotonic_increasing)
    True
    """
    spoken = plan.county.language(lang)
    if (site is None) == (village is None) or (village is not None and band not in BANDS):
        raise OptionsError(Finding(code="why_of_what"), lang=spoken)
    if site is not None:
        if site not in plan.decisions.index:
            code = Finding(code="unknown_site", column="site", ids=(str(site),))
            raise OptionsError(code, lang=spoken)
        return why_site(
            plan, site, measures=measures, full=full, time_limit=time_limit, gap=gap, lang=spoken
        )
    if village not in plan.demand.index:
        code = Finding(code="why_unknown_village", ids=(str(village),))
        raise OptionsError(code, lang=spoken)
    return why_village(
        plan,
        str(village),
        str(band),
        measures=measures,
        time_limit=time_limit,
        gap=gap,
        lang=spoken,
    )
