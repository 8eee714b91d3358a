"""The nouns: one number with the text it comes from, and a profile of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from types import MappingProxyType
from typing import Any, Final, Literal

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.standards.bounds import checked_where_used, value_findings
from layoutplan.standards.rules import KOfN, Rule
from layoutplan.words import Language, say

Status = Literal["confirmed", "to-verify", "assumption"]

STATUSES: Final[tuple[Status, ...]] = ("confirmed", "to-verify", "assumption")
"""From the most certain to the least."""


def cited(document: str, article: str, status: Status, *, lang: Language) -> str:
    """Give document and article, with a mark where the number is not confirmed.

    Parameters
    ----------
    document
        The title of the document.
    article
        The article, empty where it is not known.
    status
        How certain the number is.
    lang
        The language of the mark.

    Returns
    -------
    str
        The citation.

    Examples
    --------
    >>> cited("GB 50099-2011", "3.0.1", "to-verify", lang="en")
    'GB 50099-2011 3.0.1 [to verify]'
    """
    text = " ".join(filter(None, (document, article)))
    return text if status == "confirmed" else f"{text} [{say(f'status.{status}', lang)}]"


@dataclass(frozen=True, kw_only=True)
class Standard:
    """One number with the text it comes from.

    Parameters
    ----------
    id
        Its name in the profile.
    value
        The number.
    unit
        The unit of the number.
    label_zh
        What it is, in Chinese.
    label_en
        What it is, in English.
    document
        Title and number of the document; for an assumption, what it rests on.
    article
        The article, where it is known.
    year
        The year of the document, 0 where it has none.
    status
        ``confirmed``, ``to-verify`` or ``assumption``.
    note
        What a reader must know besides.
    from_year
        The first year for which the number holds, 0 where none is known.
    until_year
        The last year for which the number holds, 0 where none is known.
    """

    id: str
    value: float
    unit: str
    label_zh: str
    label_en: str
    document: str
    article: str = ""
    year: int = 0
    status: Status
    note: str = ""
    from_year: int = 0
    until_year: int = 0

    def label(self, lang: Language) -> str:
        """Say what the number is.

        Parameters
        ----------
        lang
            The language.

        Returns
        -------
        str
            The label.
        """
        return self.label_zh if lang == "zh" else self.label_en

    def citation(self, lang: Language) -> str:
        """Give document and article, with a mark where the number is not confirmed.

        Parameters
        ----------
        lang
            The language.

        Returns
        -------
        str
            The citation.
        """
        return cited(self.document, self.article, self.status, lang=lang)


@dataclass(frozen=True, eq=False, kw_only=True)
class Standards(Mapping[str, Standard]):
    """A profile of standards, by id, and the rules that name them.

    Parameters
    ----------
    name
        The name of the profile; that of profiles taken together joins theirs with ``+``,
        and a ``+`` at the end says that numbers were replaced.
    title_zh
        Its title in Chinese.
    title_en
        Its title in English.
    entries
        The standards by id.
    rules
        The rules by id.
    """

    name: str
    title_zh: str
    title_en: str
    entries: Mapping[str, Standard]
    rules: Mapping[str, Rule] = field(default_factory=lambda: MappingProxyType({}))

    def __getitem__(self, key: str) -> Standard:
        """Give the standard of this id."""
        return self.entries[key]

    def __iter__(self) -> Iterator[str]:
        """Go through the ids."""
        return iter(self.entries)

    def __len__(self) -> int:
        """Count the standards."""
        return len(self.entries)

    def __reduce__(self) -> tuple[Any, ...]:
        """Take apart what a read-only mapping cannot carry to another process."""
        parts = (self.name, self.title_zh, self.title_en, dict(self.entries), dict(self.rules))
        return _again, parts

    def title(self, lang: Language) -> str:
        """Give the title of the profile.

        Parameters
        ----------
        lang
            The language.

        Returns
        -------
        str
            The title.
        """
        return self.title_zh if lang == "zh" else self.title_en

    def value(self, key: str) -> float:
        """Give the number of a standard.

        Parameters
        ----------
        key
            The id of the standard.

        Returns
        -------
        float
            The number.

        Raises
        ------
        OptionsError
            If the profile has no such standard.
        """
        if key not in self.entries:
            finding = Finding(
                code="unknown_standard", values={"standard": key, "profile": self.name}
            )
            raise OptionsError(finding)
        return self.entries[key].value

    def with_values(self, **values: float) -> "Standards":
        """Replace numbers by a county's own, marked as assumptions.

        Parameters
        ----------
        **values
            Id and new number.

        Returns
        -------
        Standards
            A new profile; its rules hold to the new numbers.

        Raises
        ------
        OptionsError
            If an id is unknown, or a value is not a number or cannot be by its unit; all of
            them at once.

        Examples
        --------
        >>> from layoutplan.standards import standards
        >>> standards().with_values(travel_limit_minutes_g46=40).value("travel_limit_minutes_g46")
        40.0
        """
        unknown = [
            Finding(code="unknown_standard", values={"standard": k, "profile": self.name})
            for k in values
            if k not in self.entries
        ]
        wrong = [
            Finding(
                code="profile_not_number",
                table=self.name,
                values={"where": k, "entry": "value", "value": repr(v)},
            )
            for k, v in values.items()
            if isinstance(v, bool) or not isinstance(v, (int, float)) or not isfinite(v)
        ]
        refused = {f.values["where"] for f in wrong}
        good = {k: float(v) for k, v in values.items() if k in self.entries and k not in refused}
        outside = value_findings(
            {k: k for k in good if not checked_where_used(k, self.entries[k].unit)},
            values={k: s.value for k, s in self.entries.items()} | good,
            units={k: s.unit for k, s in self.entries.items()},
            counts=counts(self.rules),
            table=self.name,
        )
        found = [*unknown, *wrong, *outside]
        if found:
            raise OptionsError(found)
        entries = dict(self.entries)
        for key, value in values.items():
            document = say("standards.county_value", "zh", old=f"{entries[key].value:g}")
            entries[key] = replace(
                entries[key],
                value=float(value),
                status="assumption",
                article="",
                document=document,
            )
        return replace(self, name=f"{self.name.rstrip('+')}+", entries=MappingProxyType(entries))


def counts(rules: Mapping[str, Rule]) -> Iterator[tuple[str, str, int]]:
    """List the rules of so many limits, for `layoutplan.standards.bounds.value_findings`.

    Parameters
    ----------
    rules
        The rules by id.

    Yields
    ------
    tuple
        Empty text, the id of the standard that counts limits, and how many there are.
    """
    for rule in rules.values():
        if isinstance(rule.form, KOfN):
            yield "", rule.form.least or rule.form.missed_most, len(rule.form.parts)


def _again(
    name: str,
    title_zh: str,
    title_en: str,
    entries: Mapping[str, Standard],
    rules: Mapping[str, Rule],
) -> Standards:
    return Standards(
        name=name,
        title_zh=title_zh,
        title_en=title_en,
        entries=MappingProxyType(entries),
        rules=MappingProxyType(rules),
    )
