"""All that the page of a review map holds: the plans, themes of schools, both languages."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from layoutplan.explain.reasons import reason_words
from layoutplan.gates.declared import GATE_NAMES, VERDICTS
from layoutplan.maps.edition import data_version
from layoutplan.maps.payload import payload
from layoutplan.maps.road_pupils import PUPILS_FROM, roads_with_pupils
from layoutplan.maps.school_themes import (
    SHARE_FROM,
    SIZE_CHANGE_FROM,
    USE_CHANGE_FROM,
    USE_FROM,
    change_by_band,
    class_sizes,
    gate_codes,
    resources,
    site_numbers,
)
from layoutplan.maps.themes import share_classes
from layoutplan.maps.tiles import tiles_of
from layoutplan.maps.years_ahead import years_ahead
from layoutplan.network.road_network import RoadNetwork
from layoutplan.plan import Plan
from layoutplan.words import LANGUAGES, Language, catalogue, say

_PAGE_WORDS: Final = ("map.", "band.", "kind.", "action.", "gate.", "verdict.", "mode.")


def contents(
    plans: Sequence[Plan],
    *,
    lang: Language,
    title: str = "",
    roads: bool = True,
    network: RoadNetwork | None = None,
    roadmap: Any = None,  # noqa: ANN401 - any noun with a roadmap's tables
    tiles: str | None = None,
    tiles_key: str = "",
    date: str = "",
) -> dict[str, object]:
    """Gather everything the page of a review map shows.

    Parameters
    ----------
    plans
        Plans of one county; the first is what the others are compared with.
    lang
        The language in which the page opens.
    title
        A title instead of the county's name.
    roads
        Whether to draw the roads.
    network
        The network on which pupils go, for pupils on every road.
    roadmap
        The plan year by year, or None.
    tiles, tiles_key
        See `layoutplan.maps.tiles.tiles_of`.
    date
        The date of the map, as it is to be written.

    Returns
    -------
    dict
        The values of `layoutplan.maps.payload.payload`, and ``more``: what is told of
        schools; ``said``: all texts in both languages; ``version`` of the data; ``date``,
        ``tiles`` and ``years``.

    Raises
    ------
    OptionsError
        If there is no plan, plans are of different counties, or tiles cannot be used.
    """
    base = tiles_of(tiles, key=tiles_key, lang=lang)
    made = payload(plans, lang=lang, title=title, roads=roads)
    sites = plans[0].county.sites.index
    version = data_version(plans[0].county)
    more = {
        "breaks": {
            "class_size": class_sizes(plans[0]),
            "utilisation": list(USE_FROM),
            "resources": list(SHARE_FROM),
            "class_size_change": list(SIZE_CHANGE_FROM),
            "utilisation_change": list(USE_CHANGE_FROM),
            "roads": list(PUPILS_FROM),
        },
        "gates": list(GATE_NAMES),
        "verdicts": list(VERDICTS),
        "resources": resources(plans, sites),
        "plans": [_told(plan, plans[0], sites, network) for plan in plans],
    }
    said = {spoken: _said(plans, spoken, version=version, date=date) for spoken in LANGUAGES}
    del made["words"]
    found = {**made, "version": version, "date": date, "more": more, "said": said, "tiles": base}
    if roadmap is None:
        return found
    villages = plans[0].county.villages.index
    years = years_ahead(roadmap, sites, villages, plan=_plan_in_years(plans, roadmap))
    return found | {"years": years}


def _plan_in_years(plans: Sequence[Plan], roadmap: Any) -> int:  # noqa: ANN401
    """Find the plan that the roadmap puts into years: its own, or else the last."""
    own = getattr(roadmap, "plan", None)
    return next((n for n, plan in enumerate(plans) if plan is own), len(plans) - 1)


def _told(
    plan: Plan, first: Plan, sites: pd.Index, network: RoadNetwork | None
) -> dict[str, object]:
    return {
        "minutes": share_classes(plan).tolist(),
        "change": change_by_band(plan, first),
        "gates": gate_codes(plan, first, sites),
        "roads": None if network is None else roads_with_pupils(plan, network),
        **site_numbers(plan, sites),
    }


def _said(
    plans: Sequence[Plan], lang: Language, *, version: str, date: str
) -> Mapping[str, object]:
    """Give every text of the page in one language."""
    words = {
        key.removeprefix("map."): text
        for key, text in sorted(catalogue(lang).items())
        if key.startswith(_PAGE_WORDS) and not key.startswith("map.roads")
    }
    county = plans[0].county
    standards = plans[0].standards.title_zh if lang == "zh" else plans[0].standards.title_en
    key = "map.source_year" if county.year else "map.source"
    name = county.name or say("map.title", lang)
    source = [say(key, lang, county=name, year=county.year, standards=standards)]
    source.append(say("map.page.version", lang, version=version))
    if date:
        source.append(say("map.page.dated", lang, date=date))
    return {
        "words": words,
        "source": " ".join(source),
        "plans": [_said_of(plan, lang) for plan in plans],
    }


def _said_of(plan: Plan, lang: Language) -> dict[str, object]:
    words = catalogue(lang)
    modes = plan.assignment.query("pupils > 0")["mode"].fillna("").astype("str").unique()
    reasons = plan.unserved.query("pupils > 0")["reason"].fillna("").astype("str").unique()
    why = reason_words(plan, lang)
    return {
        "label": words.get(f"plan.{plan.name}", plan.name),
        "status": plan.solver.words(lang),
        "modes": [words.get(f"mode.{m}", m) for m in sorted(modes)],
        "reasons": [words.get(f"reason.{r}", r) for r in sorted(reasons)],
        "why": [why.get(str(site), "") for site in plan.county.sites.index],
    }
