"""Sentences that are put into words only when their language is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pandas as pd

from layoutplan.plan import Plan
from layoutplan.words import Language, say


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word that stands in the catalogue.

    Parameters
    ----------
    key
        Its key.
    """

    key: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """A sentence of the catalogue with what it speaks of.

    Parameters
    ----------
    key
        Its key.
    values
        What its placeholders stand for: text, numbers, and words of the catalogue.
    """

    key: str
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def words(self, lang: Language) -> str:
        """Say the sentence.

        Parameters
        ----------
        lang
            The language.

        Returns
        -------
        str
            The sentence.

        Examples
        --------
        >>> Told(key="explain.nothing_broken").words("en")
        'The plan breaks no rule.'
        """
        return say(self.key, lang, **{k: _said(v, lang) for k, v in self.values.items()})


def tell(key: str, **values: Any) -> Told:  # noqa: ANN401
    """Make a sentence.

    Parameters
    ----------
    key
        Its key, after ``explain.``.
    **values
        What its placeholders stand for.

    Returns
    -------
    Told
        The sentence.
    """
    return Told(key=f"explain.{key}", values=MappingProxyType(values))


def names_of(plan: Plan) -> dict[str, str]:
    """Give names of townships, villages and sites by id, the id where there is none.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    dict
        Id to name.
    """
    found: dict[str, str] = {}
    for table in (plan.county.townships, plan.county.villages, plan.county.sites):
        names = table["name"] if "name" in table else pd.Series(index=table.index, dtype="str")
        found |= {str(i): str(i) if pd.isna(n) else str(n) for i, n in names.items()}
    return found


def _said(value: object, lang: Language) -> str:
    if isinstance(value, Word):
        return say(value.key, lang)
    if isinstance(value, Told):
        return value.words(lang)
    if isinstance(value, (tuple, list)):
        return say("explain.comma", lang).join(_said(v, lang) for v in value)
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) < _SMALL else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


_SMALL = 100.0
"""Smaller numbers are told with a decimal."""
