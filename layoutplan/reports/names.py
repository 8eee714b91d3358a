"""Names of places for readers, beside or instead of their codes."""

from collections.abc import Iterable

import pandas as pd

from layoutplan.plan import Plan
from layoutplan.tables import BANDS
from layoutplan.words import Language, catalogue, say


def site_names(plan: Plan) -> pd.Series:
    """Give the names of schools and candidate sites.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.Series
        Name by id; the id where a site has no name.
    """
    return _names(plan.county.sites)


def village_names(plan: Plan) -> pd.Series:
    """Give the names of the villages.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.Series
        Name by id; the id where a village has no name.
    """
    return _names(plan.county.villages)


def _names(table: pd.DataFrame) -> pd.Series:
    ids = pd.Series(table.index.astype("str"), index=table.index, dtype="str")
    return table["name"].astype("str").fillna(ids) if "name" in table else ids


def plan_title(name: str, lang: Language) -> str:
    """Say the name of a plan: ours in words, a user's own as it is.

    Parameters
    ----------
    name
        The name of the plan.
    lang
        The language.

    Returns
    -------
    str
        The name.

    Examples
    --------
    >>> plan_title("scenario B", "en")
    'scenario B'
    """
    return catalogue(lang).get(f"plan.{name}", name)


def apart(name: str, taken: Iterable[str]) -> str:
    """Keep a name apart from others by a number, where it must be.

    Parameters
    ----------
    name
        The name.
    taken
        The others.

    Returns
    -------
    str
        The name, with the first free number in brackets where it is taken.

    Examples
    --------
    >>> apart("plan", ["plan", "unit"])
    'plan (2)'
    """
    others, free, number = set(taken), name, 1
    while free in others:
        number += 1
        free = f"{name} ({number})"
    return free


def bands_text(bands: Iterable[str], lang: Language) -> str:
    """Say grade bands, lowest first.

    Parameters
    ----------
    bands
        The bands.
    lang
        The language.

    Returns
    -------
    str
        The bands in words.

    Examples
    --------
    >>> bands_text(["g79", "g13"], "en")
    'grades 1-3, grades 7-9'
    """
    wanted = set(bands)
    return ", ".join(say(f"band.{b}", lang) for b in BANDS if b in wanted)
