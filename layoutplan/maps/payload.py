"""A review map's contents as plain values: what the page is drawn from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.actions import ACTIONS
from layoutplan.errors import OptionsError
from layoutplan.explain.reasons import reason_words
from layoutplan.findings import Finding
from layoutplan.maps.areas import areas_of
from layoutplan.maps.figures import far_from_schools, key_numbers
from layoutplan.maps.ground import bounds_of, names_of, places_of, roads_of, townships_of
from layoutplan.maps.near import what_if_of
from layoutplan.maps.themes import (
    CHANGE_FROM,
    LIMIT_SHARES,
    MOVED_FROM,
    change_classes,
    limits,
    mean_minutes,
    minute_classes,
    moved_classes,
    moves,
    pupils_moved,
)
from layoutplan.plan import Plan
from layoutplan.plan.ways import BOARD, BUS
from layoutplan.tables import BANDS, KINDS
from layoutplan.words import Language, catalogue, say

Value = object
"""Anything JSON can hold."""

_SEPARATORS: Final = re.compile(r"[\s,;、，；]+")
_PAGE_WORDS: Final = ("map.", "band.", "kind.", "action.")
_NO_MINUTES: Final = -1
_TENTHS: Final = 10


@dataclass(frozen=True, kw_only=True)
class _Places:
    """The rows of the page's tables: ids in the order in which the page holds them."""

    villages: pd.Index
    sites: pd.Index
    towns: pd.Index


def payload(
    plans: Sequence[Plan], *, lang: Language, title: str = "", roads: bool = True
) -> dict[str, Value]:
    """Gather everything a review map shows.

    Parameters
    ----------
    plans
        Plans of one county; the first is what the others are compared with.
    lang
        The language of the page.
    title
        A title instead of the county's name.
    roads
        Whether to draw the roads.

    Returns
    -------
    dict
        Plain values, the same for the same plans.

    Raises
    ------
    OptionsError
        If there is no plan, or plans are of different counties.
    """
    _require_one_county(plans, lang=lang)
    first = plans[0]
    county = first.county
    villages, sites, towns = county.villages, county.sites, county.townships
    at = _Places(villages=villages.index, sites=sites.index, towns=towns.index)
    return {
        "lang": lang,
        "title": title or county.name or say("map.title", lang),
        "county": county.name,
        "source": _source(first, lang=lang),
        "words": _page_words(lang),
        "bounds": bounds_of(county),
        "bands": list(BANDS),
        "kinds": list(KINDS),
        "actions": list(ACTIONS),
        "limits": [_plain(v) for v in limits(first).values()],
        "breaks": {
            "share": [round(s, 6) for s in LIMIT_SHARES],
            "moved": list(MOVED_FROM),
            "change": [_plain(v) for v in CHANGE_FROM],
        },
        "roads": roads_of(county) if roads else [],
        "towns": townships_of(county),
        "villages": {
            "id": _texts(villages.index),
            "name": names_of(villages),
            "town": _towns(villages, at),
            "at": places_of(villages),
        },
        "sites": {
            "id": _texts(sites.index),
            "name": names_of(sites),
            "town": _towns(sites, at),
            "kind": _codes(sites["kind"], KINDS),
            "at": places_of(sites),
        },
        "areas": areas_of(county),
        "what_if": what_if_of(plans),
        "plans": [_plan(p, first=first, at=at, lang=lang) for p in plans],
    }


def _require_one_county(plans: Sequence[Plan], *, lang: Language) -> None:
    if not plans:
        raise OptionsError(Finding(code="map_without_plan"), lang=lang)
    county = plans[0].county
    others = tuple(
        p.name
        for p in plans[1:]
        if not (
            p.county.villages.index.equals(county.villages.index)
            and p.county.sites.index.equals(county.sites.index)
        )
    )
    if others:
        raise OptionsError(Finding(code="map_of_two_counties", ids=others), lang=lang)


def _page_words(lang: Language) -> dict[str, str]:
    texts = {
        key.removeprefix("map."): text
        for key, text in catalogue(lang).items()
        if key.startswith(_PAGE_WORDS)
    }
    return {key: texts[key] for key in sorted(texts)}


def _said(key: str, lang: Language) -> str:
    """Give the text of a key, or its last part where a table holds a word of its own."""
    return catalogue(lang).get(key, key.partition(".")[2])


def _source(plan: Plan, *, lang: Language) -> str:
    standards = plan.standards.title_zh if lang == "zh" else plan.standards.title_en
    year = plan.county.year
    key = "map.source_year" if year else "map.source"
    return say(key, lang, county=plan.county.name, year=year, standards=standards)


def _plan(plan: Plan, *, first: Plan, at: _Places, lang: Language) -> dict[str, Value]:
    return {
        "name": plan.name,
        "label": _said(f"plan.{plan.name}", lang),
        "status": plan.solver.words(lang),
        "numbers": key_numbers(plan),
        "demand": _demand(plan, at),
        "classes": _classes(plan, first),
        "moved": _ints(pupils_moved(plan)),
        "change": _tenths_or_none(mean_minutes(plan) - mean_minutes(first)),
        "sites": _decisions(plan, at) | {"why": _why(plan, at, lang=lang)},
        "flows": _flows(plan, at, lang=lang),
        "unserved": _unserved(plan, at, lang=lang),
        "moves": _moves(plan, at),
        "none_near": _none_near(plan, at),
    }


def _none_near(plan: Plan, at: _Places) -> list[int]:
    """Tell the bands in which a village has no open school within the limit, as bits."""
    far = far_from_schools(plan).reindex(at.villages)[list(BANDS)].to_numpy(dtype=np.int64)
    bits: list[int] = (far << np.arange(len(BANDS))).sum(axis=1).tolist()
    return bits


def _demand(plan: Plan, at: _Places) -> dict[str, list[int]]:
    table = plan.demand.reindex(at.villages).reindex(columns=list(BANDS)).fillna(0)
    return {b: _ints(table[b]) for b in BANDS}


def _classes(plan: Plan, first: Plan) -> dict[str, list[int]]:
    by_band = {b: _ints(minute_classes(plan, band=b)) for b in BANDS}
    moved, change = moved_classes(plan), change_classes(plan, first)
    return {**by_band, "moved": _ints(moved), "change": _ints(change)}


def _decisions(plan: Plan, at: _Places) -> dict[str, Value]:
    table = plan.decisions.reindex(at.sites)
    action = table["action"].astype("str").where(table["action"].notna(), "unused")
    rows = {site: n for n, site in enumerate(at.sites)}
    receivers = [
        [rows[r] for r in _SEPARATORS.split(text) if r in rows]
        for text in table["receivers"].fillna("").astype("str")
    ]
    taught = [
        [n for n, b in enumerate(BANDS) if b in text.split()]
        for text in table["bands"].fillna("").astype("str")
    ]
    return {
        "action": _codes(action, ACTIONS),
        "receivers": receivers,
        "bands": taught,
        "classes": _ints(table["classes"]),
        "extra": _ints(table["extra_classes"]),
        "places": _ints(table["places"]),
        "beds": _ints(table["beds"]),
        "extra_beds": _ints(table["extra_beds"]),
        "before": {b: _ints(table[f"before_{b}"]) for b in BANDS},
        "after": {b: _ints(table[f"after_{b}"]) for b in BANDS},
        "capital": _ints(table["capital_yuan"]),
    }


def _why(plan: Plan, at: _Places, *, lang: Language) -> list[str]:
    """Give one sentence for what the plan does at each site."""
    said = reason_words(plan, lang)
    return [said.get(str(site), "") for site in at.sites]


def _flows(plan: Plan, at: _Places, *, lang: Language) -> dict[str, Value]:
    table = plan.assignment.query("pupils > 0")
    modes, names = pd.factorize(table["mode"].fillna("").astype("str"), sort=True)
    return {
        "village": _rows(table["village_id"], at.villages),
        "band": _codes(table["band"], BANDS),
        "site": _rows(table["site_id"], at.sites),
        "pupils": _ints(table["pupils"]),
        "minutes": _tenths_up(table["minutes"]),
        "mode": modes.tolist(),
        "modes": [_said(f"mode.{name}", lang) for name in names],
        "board": list(names).index(BOARD) if BOARD in names else -1,
        "ride": list(names).index(BUS) if BUS in names and plan.bus is not None else -1,
    }


def _unserved(plan: Plan, at: _Places, *, lang: Language) -> dict[str, Value]:
    table = plan.unserved.query("pupils > 0")
    reasons, names = pd.factorize(table["reason"].fillna("").astype("str"), sort=True)
    return {
        "village": _rows(table["village_id"], at.villages),
        "band": _codes(table["band"], BANDS),
        "pupils": _ints(table["pupils"]),
        "reason": reasons.tolist(),
        "reasons": [_said(f"reason.{name}", lang) for name in names],
    }


def _moves(plan: Plan, at: _Places) -> dict[str, list[int]]:
    table = moves(plan)
    return {
        "village": _rows(table["village_id"], at.villages),
        "band": _codes(table["band"], BANDS),
        "from": _rows(table["from_site"], at.sites),
        "to": _rows(table["to_site"], at.sites),
        "pupils": _ints(table["pupils"]),
    }


def _texts(index: pd.Index) -> list[str]:
    return [str(i) for i in index]


def _rows(ids: pd.Series, index: pd.Index) -> list[int]:
    rows: list[int] = index.get_indexer(pd.Index(ids)).tolist()
    return rows


def _towns(table: pd.DataFrame, at: _Places) -> list[int]:
    if "township_id" not in table:
        return [-1] * len(table)
    return _rows(table["township_id"], at.towns)


def _codes(values: pd.Series, known: Sequence[str]) -> list[int]:
    codes: list[int] = pd.Index(known).get_indexer(pd.Index(values.astype("str"))).tolist()
    return codes


def _ints(values: pd.Series) -> list[int]:
    return [round(v) for v in pd.to_numeric(values).fillna(0).to_numpy(dtype=float).tolist()]


def _tenths_up(minutes: pd.Series) -> list[int]:
    """Round up, so that no way beyond a limit is shown as within it."""
    known = pd.to_numeric(minutes).replace([np.inf, -np.inf], np.nan)
    tenths = np.ceil((known * _TENTHS).round(6)).fillna(_NO_MINUTES)
    return [int(v) for v in tenths]


def _tenths_or_none(values: pd.Series) -> list[int | None]:
    return [None if pd.isna(v) else round(float(v) * _TENTHS) for v in values]


def _plain(value: float) -> float | int:
    return int(value) if float(value).is_integer() else float(value)
