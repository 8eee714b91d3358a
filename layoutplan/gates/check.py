"""One check of a gate: what was looked at, what came out, and the rule it rests on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from layoutplan.gates.declared import VERDICTS
from layoutplan.standards import STATUSES, Standard
from layoutplan.words import Language, say

GATE_STANDARDS: Final[Mapping[str, str]] = {
    "parents": "closure_parents_against_max",
    "hearing": "closure_hearing_against_max",
    "travel": "closure_travel_pupils_max",
    "boarding": "closure_receivers_unfit_max",
    "size": "closure_receivers_oversized_max",
}
"""The standard that each gate rests on: how much may be wrong before the gate fails."""


@dataclass(frozen=True)
class Site:
    """A school that a sentence names.

    Parameters
    ----------
    id
        Its id.
    """

    id: str


@dataclass(frozen=True)
class Village:
    """A village that a sentence names.

    Parameters
    ----------
    id
        Its id.
    name
        Its name; empty where it has none.
    """

    id: str
    name: str = ""


@dataclass(frozen=True)
class Word:
    """A text of `layoutplan.words` within a sentence.

    Parameters
    ----------
    key
        Its key.
    """

    key: str


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check of one gate of one proposed closure.

    Parameters
    ----------
    site_id
        The school that would lose pupils.
    gate
        One of `layoutplan.gates.declared.GATE_NAMES`.
    name
        What was looked at; ``gate_check.<name>.<verdict>`` in words says what came out.
    verdict
        One of `layoutplan.gates.declared.VERDICTS`.
    pupils
        How many pupils of the closure are concerned, persons.
    band
        The grade band, where the check is of one.
    receiver
        The receiving school, where the check is of one.
    value
        The number in the plan.
    before
        The same number today.
    limit
        What it is held to.
    unit
        The unit of the three.
    standards
        The standards that the limit comes from.
    more
        What else the words name.
    """

    site_id: str
    gate: str
    name: str
    verdict: str
    pupils: int = 0
    band: str = ""
    receiver: str = ""
    value: float = np.nan
    before: float = np.nan
    limit: float = np.nan
    unit: str = ""
    standards: tuple[Standard, ...] = ()
    more: Mapping[str, object] = field(default_factory=dict)

    def words(self, lang: Language, names: Mapping[str, str]) -> str:
        """Say what came out, in a sentence.

        Parameters
        ----------
        lang
            The language.
        names
            Names of schools by id.

        Returns
        -------
        str
            The sentence.
        """
        values = {
            "pupils": f"{self.pupils:,}",
            "band": say(f"band.{self.band}", lang) if self.band else "",
            "receiver": named(self.receiver, names, lang) if self.receiver else "",
            **{n: self._number(n, lang) for n in ("value", "before", "limit")},
            **{k: _spoken(v, lang, names) for k, v in self.more.items()},
        }
        return say(f"gate_check.{self.name}.{self.verdict}", lang, **values)

    def _number(self, name: str, lang: Language) -> str:
        value = float(getattr(self, name))
        if not np.isfinite(value):
            return say("gates.not_given", lang)
        return f"{value:,.0f}" if value.is_integer() else f"{value:,.1f}"


def nobody_arrives(site: str, gate: str, pupils: int) -> Check:
    """Say why there is no receiving school to judge.

    Parameters
    ----------
    site
        The school that loses its pupils.
    gate
        The gate.
    pupils
        The pupils who lose it, persons.

    Returns
    -------
    Check
        It passes where there are no pupils to move, and is unknown where there are and
        no school takes them in.

    Examples
    --------
    >>> nobody_arrives("S1", "size", 0).verdict, nobody_arrives("S1", "size", 40).verdict
    ('pass', 'unknown')
    """
    if not pupils:
        return Check(site_id=site, gate=gate, name="nobody_moves", verdict="pass")
    return Check(
        site_id=site, gate=gate, name="no_receiver", verdict="unknown", value=pupils, unit="persons"
    )


def named(site: str, names: Mapping[str, str], lang: Language) -> str:
    """Name a school with its id.

    Parameters
    ----------
    site
        The id.
    names
        Names by id.
    lang
        The language.

    Returns
    -------
    str
        The name and, in brackets, the id; the id alone where there is no name.

    Examples
    --------
    >>> named("S1", {"S1": "Longhe"}, "en"), named("S2", {}, "en")
    ('Longhe (S1)', 'S2')
    """
    name = names.get(site, "")
    return say("gates.named", lang, name=name, id=site) if name and name != site else site


def _spoken(value: object, lang: Language, names: Mapping[str, str]) -> object:
    """Put words, schools and lists of them into text; leave all else."""
    if isinstance(value, tuple):
        return say("gates.separator", lang).join(str(_spoken(v, lang, names)) for v in value)
    if isinstance(value, Site):
        return named(value.id, names, lang)
    if isinstance(value, Village):
        return named(value.id, {value.id: value.name}, lang)
    if isinstance(value, Word):
        return say(value.key, lang)
    return value


def worst(verdicts: Iterable[str]) -> str:
    """Give the worst of some verdicts.

    Parameters
    ----------
    verdicts
        The verdicts.

    Returns
    -------
    str
        The worst; ``pass`` where there is none.

    Examples
    --------
    >>> worst(["pass", "fail", "open"])
    'fail'
    """
    return max(verdicts, key=VERDICTS.index, default="pass")


def sources(standards: Iterable[Standard], lang: Language) -> str:
    """Cite standards, each once, with a mark where one is not confirmed.

    Parameters
    ----------
    standards
        The standards.
    lang
        The language.

    Returns
    -------
    str
        The citations.
    """
    return say("gates.semicolon", lang).join(dict.fromkeys(s.citation(lang) for s in standards))


def status_of(standards: Iterable[Standard]) -> str:
    """Give the weakest status of some standards.

    Parameters
    ----------
    standards
        The standards.

    Returns
    -------
    str
        The status; empty where there is no standard.
    """
    return max((s.status for s in standards), key=STATUSES.index, default="")
