"""Supervision in words: labels instead of codes, headings with units, one paragraph."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.supervision.declared import REPORT_TABLES
from layoutplan.tables import Table, heading
from layoutplan.words import Language, catalogue, say

SIGNS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {"green": ("●", "#007A5E"), "yellow": ("▲", "#8A6500"), "red": ("■", "#B3261E")}
)
"""Sign and colour of each light: the shapes are told apart without the colours."""

_KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "light": "supervision.light",
        "why": "supervision.why",
        "origin": "supervision.origin",
        "state": "supervision.state",
        "owner_kind": "supervision.owner_kind",
        "trend": "supervision.trend",
        "met": "assessment.met",
        "stage": "balance.stage",
        "basis_status": "status",
        "status": "status",
        "unit": "unit",
    }
)
"""Where the words of a column stand."""


def as_words(rows: pd.DataFrame, table: Table, *, lang: Language) -> pd.DataFrame:
    """Put words instead of codes and headings instead of names.

    Parameters
    ----------
    rows
        Rows of the table.
    table
        What the table declares.
    lang
        The language.

    Returns
    -------
    pandas.DataFrame
        The rows for a reader. A light has its sign before its word.
    """
    known = catalogue(lang)

    def labelled(prefix: str) -> Callable[[object], str]:
        return lambda code: known.get(f"{prefix}.{code}", str(code)) if code else ""

    texts = {
        name: rows[name].map(labelled(key)).astype("str")
        for name, key in _KEYS.items()
        if name in rows
    }
    if "light" in rows:
        texts["light"] = rows["light"].map(lambda light: light_words(light, lang)).astype("str")
    if "indicator" in rows:
        texts["indicator"] = rows["indicator"].map(lambda i: indicator_words(i, lang)).astype("str")
    for column, key in (("change", "supervision.change"), ("measure", "supervision.measure")):
        if column in rows and not pd.api.types.is_numeric_dtype(rows[column]):
            texts[column] = rows[column].map(labelled(key)).astype("str")
    if "reason" in rows:
        texts["reason"] = rows["reason"].map(lambda r: reason_words(r, lang)).astype("str")
    if "missing" in rows:
        texts["missing"] = rows["missing"].map(lambda m: lack_words(m, lang)).astype("str")
    if "gaps_named" in rows:
        texts["gaps_named"] = rows["gaps_named"].map(lambda g: listed(g, lang)).astype("str")
    return rows.assign(**texts).rename(
        columns={c.name: heading(table, c.name, lang=lang) for c in table.columns}
    )


def light_words(light: str, lang: Language) -> str:
    """Say a light with its sign.

    Parameters
    ----------
    light
        The light; empty for an item that is struck off.
    lang
        The language.

    Returns
    -------
    str
        Sign and word.

    Examples
    --------
    >>> light_words("red", "en")
    '■ red'
    """
    return f"{SIGNS[light][0]} {say(f'supervision.light.{light}', lang)}" if light else ""


def indicator_words(indicator: str, lang: Language) -> str:
    """Say an indicator of a plan, or one of balance.

    Parameters
    ----------
    indicator
        The indicator.
    lang
        The language.

    Returns
    -------
    str
        The words; an indicator that words do not know stays as it is.

    Examples
    --------
    >>> indicator_words("books_per_pupil", "en"), indicator_words("of a later day", "en")
    ('library books per pupil', 'of a later day')
    """
    known = catalogue(lang)
    for key in (f"indicator.{indicator}", f"balance.indicator.{indicator}"):
        if key in known:
            return known[key]
    return str(indicator)


def lack_words(lacks: str, lang: Language) -> str:
    """Say what an item lacks.

    Parameters
    ----------
    lacks
        Codes, separated by blanks.
    lang
        The language.

    Returns
    -------
    str
        The words.

    Examples
    --------
    >>> lack_words("person", "en")
    'no person named'
    """
    said = [say(f"supervision.lack.{code}", lang) for code in str(lacks).split()]
    return say("template.comma", lang).join(said)


def listed(codes: str, lang: Language) -> str:
    """Say indicators that are separated by blanks.

    Parameters
    ----------
    codes
        The indicators.
    lang
        The language.

    Returns
    -------
    str
        The indicators in words.
    """
    return say("template.comma", lang).join(indicator_words(c, lang) for c in str(codes).split())


def reason_words(reasons: str, lang: Language) -> str:
    """Say why a township is praised or criticised.

    Parameters
    ----------
    reasons
        The reasons as ``code=count``, separated by blanks.
    lang
        The language.

    Returns
    -------
    str
        The reasons in words.

    Examples
    --------
    >>> reason_words("overdue=2", "en")
    '2 items overdue'
    """
    parts = (r.partition("=") for r in str(reasons).split())
    said = [say(f"supervision.reason.{code}", lang, n=n) for code, _, n in parts]
    return say("template.comma", lang).join(said)


def title_words(origin: str, subject: str, text: str, lang: Language, *, stage: str = "") -> str:
    """Say what an item is about.

    Parameters
    ----------
    origin
        Where it comes from.
    subject
        The code of what fails: an indicator, a gate, a step.
    text
        The text given with it, such as the title of an item entered by hand.
    lang
        The language.
    stage
        The stage of a school that a gap is in.

    Returns
    -------
    str
        The title.

    Examples
    --------
    >>> title_words("gate", "travel", "", "en")
    'closure gate: way to school'
    """
    known = catalogue(lang)
    if origin == "own":
        return text
    if origin == "gate":
        return say("supervision.item.gate", lang, gate=known.get(f"gate.{subject}", subject))
    if origin == "step":
        step = next(
            (known[k] for k in (f"roadmap.step.{subject}", f"step.{subject}") if k in known),
            text or subject,
        )
        if text and f"roadmap.action.{text}" in known:
            action = known[f"roadmap.action.{text}"]
            return say("supervision.item.step_of", lang, step=step, action=action)
        return say("supervision.item.step", lang, step=step)
    said = indicator_words(subject, lang)
    if origin != "gap":
        return said
    of = known.get(f"balance.stage.{stage}", stage)
    return say("supervision.item.gap", lang, stage=of, indicator=said)


def place_words(
    kind: str, place_id: str, place: str, known: Mapping[str, str], lang: Language
) -> str:
    """Say where something is.

    Parameters
    ----------
    kind
        ``county``, ``township`` or ``school``.
    place_id
        The code of the place.
    place
        Its name when it was entered.
    known
        Names by code, as they are now.
    lang
        The language.

    Returns
    -------
    str
        The name; the code where there is no name.
    """
    if kind == "county":
        return say("assessment.whole_county", lang)
    return known.get(place_id, "") or place or place_id or say("assessment.no_township", lang)


def owner_words(kind: str, owner: str, known: Mapping[str, str], lang: Language) -> str:
    """Say who owes something.

    Parameters
    ----------
    kind
        ``township``, ``school`` or ``department``.
    owner
        The code of a place or a department, or a name.
    known
        Names by code.
    lang
        The language.

    Returns
    -------
    str
        The name.

    Examples
    --------
    >>> owner_words("department", "education", {}, "en")
    'education department'
    """
    if kind == "department":
        return catalogue(lang).get(f"supervision.department.{owner}", owner)
    return known.get(owner, "") or owner or say("assessment.no_township", lang)


def sentence(overview: pd.DataFrame, *, today: date, lang: Language) -> str:
    """Say the counts of a period in one paragraph.

    Parameters
    ----------
    overview
        The table ``overview`` of a report.
    today
        The day up to which things are counted.
    lang
        The language.

    Returns
    -------
    str
        The paragraph.
    """
    counts = overview.set_index("measure")["value"]
    whole = {str(k): f"{v:,.0f}" for k, v in counts.items() if np.isfinite(v)}
    names = (
        "open", "green", "yellow", "red", "new", "closed", "reopened", "overdue", "postponed",
    )  # fmt: skip
    values = {n: whole.get(n, "0") for n in names}
    return say("supervision.sentence", lang, today=today.isoformat(), **values)


def empty(name: str) -> pd.DataFrame:
    """Give a table of a report without rows.

    Parameters
    ----------
    name
        The name of the table.

    Returns
    -------
    pandas.DataFrame
        No rows, with the columns and their types.

    Examples
    --------
    >>> empty("countdown").columns.tolist()
    ['name', 'date', 'days_left']
    """
    return typed(pd.DataFrame(columns=[c.name for c in REPORT_TABLES[name].columns]), name)


def typed(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Bring a table of a report into its columns and types.

    Parameters
    ----------
    rows
        The rows, with at least its columns.
    name
        The name of the table.

    Returns
    -------
    pandas.DataFrame
        Its columns in their order: text, whole numbers for counts, numbers else.
    """
    table = REPORT_TABLES[name]
    types = {
        c.name: "int64" if c.type == "count" else "float64" if c.type == "number" else "str"
        for c in table.columns
    }
    texts = [n for n, t in types.items() if t == "str"]
    ordered = rows[[c.name for c in table.columns]].reset_index(drop=True)
    return ordered.assign(**{n: ordered[n].fillna("") for n in texts}).astype(types)
