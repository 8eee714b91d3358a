"""The forms that rules take: what must be kept, in which of so many, by which standards.

A rule names standards by their ids and never holds a number of its own, so that a
province that overrides a number changes every rule that rests on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

Op = Literal["le", "lt", "ge", "gt"]

OPS: Final[tuple[Op, ...]] = get_args(Op)

Severity = Literal["hard", "soft", "trigger", "info"]
"""hard: not approvable otherwise; soft: reported; trigger: opens a review; info: told."""

SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)

Allowed = tuple[str | bool, ...]


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One metric held to one standard.

    Parameters
    ----------
    metric
        The column of the data.
    op
        ``le``, ``lt``, ``ge`` or ``gt``: how the metric must stand to the standard.
    standard
        The id of the standard.
    """

    metric: str
    op: Op
    standard: str

    @property
    def metrics(self) -> tuple[str, ...]:
        """The columns it reads."""
        return (self.metric,)

    @property
    def standards(self) -> tuple[str, ...]:
        """The ids of the standards it rests on."""
        return (self.standard,)


@dataclass(frozen=True, kw_only=True)
class Range:
    """One metric that must not leave a range; both ends belong to it.

    Parameters
    ----------
    metric
        The column of the data.
    lower
        The id of the standard at the lower end.
    upper
        The id of the standard at the upper end.
    """

    metric: str
    lower: str
    upper: str

    @property
    def metrics(self) -> tuple[str, ...]:
        """The columns it reads."""
        return (self.metric,)

    @property
    def standards(self) -> tuple[str, ...]:
        """The ids of the standards it rests on."""
        return (self.lower, self.upper)


@dataclass(frozen=True, kw_only=True)
class KOfN:
    """So many of several limits must be reached, and the others must not fall too far below.

    Parameters
    ----------
    parts
        The limits.
    least
        The id of the standard that says how many must be reached at least.
    missed_most
        The id of the standard that says how many may be missed at most; in place of `least`.
    floor
        The id of the standard that says which share of its limit every missed part must
        still reach; empty where none must. With a floor all parts are ``ge`` or ``gt``.
    """

    parts: tuple[Limit, ...]
    least: str = ""
    missed_most: str = ""
    floor: str = ""

    @property
    def metrics(self) -> tuple[str, ...]:
        """The columns it reads."""
        return tuple(p.metric for p in self.parts)

    @property
    def standards(self) -> tuple[str, ...]:
        """The ids of the standards it rests on."""
        own = (self.least, self.missed_most, self.floor)
        return (*filter(None, own), *(p.standard for p in self.parts))


@dataclass(frozen=True, kw_only=True)
class Each:
    """Several metrics, each of them held to the same standard.

    Parameters
    ----------
    columns
        The columns of the data.
    op
        How each must stand to the standard.
    standard
        The id of the standard.
    """

    columns: tuple[str, ...]
    op: Op
    standard: str

    @property
    def metrics(self) -> tuple[str, ...]:
        """The columns it reads."""
        return self.columns

    @property
    def standards(self) -> tuple[str, ...]:
        """The ids of the standards it rests on."""
        return (self.standard,)


@dataclass(frozen=True, kw_only=True)
class Mean:
    """The plain mean of several metrics, held to a standard.

    Parameters
    ----------
    columns
        The columns of the data.
    op
        How their mean must stand to the standard.
    standard
        The id of the standard.
    """

    columns: tuple[str, ...]
    op: Op
    standard: str

    @property
    def metrics(self) -> tuple[str, ...]:
        """The columns it reads."""
        return self.columns

    @property
    def standards(self) -> tuple[str, ...]:
        """The ids of the standards it rests on."""
        return (self.standard,)


Form = Limit | Range | KOfN | Each | Mean


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule: its form, whom it concerns, and the text it comes from.

    Parameters
    ----------
    id
        Its name in the profile.
    form
        What must be kept.
    severity
        ``hard``, ``soft``, ``trigger`` or ``info``.
    label_zh
        What it is about, in Chinese.
    label_en
        What it is about, in English.
    document
        Title and number of the document.
    article
        The article, where it is known.
    year
        The year of the document, 0 where it has none.
    status
        ``confirmed``, ``to-verify`` or ``assumption``.
    note
        What a reader must know besides.
    where
        Column to the values allowed there; the rule concerns only rows that have one of
        them in each of these columns.
    decimals
        The id of the standard that says to how many decimals values are rounded, halves
        upwards, before they are held to a standard; empty where they are not rounded.
    relaxes
        The id of the rule that this one relaxes. A relaxation holds only where it is
        asked for.
    when
        For a relaxation, the conditions of which one must hold.
    from_year
        The first year in which the rule holds, 0 where none is known.
    until_year
        The last year in which the rule holds, 0 where none is known.
    """

    id: str
    form: Form
    severity: Severity
    label_zh: str
    label_en: str
    document: str
    article: str = ""
    year: int = 0
    status: Literal["confirmed", "to-verify", "assumption"]
    note: str = ""
    where: Mapping[str, Allowed] = field(default_factory=lambda: MappingProxyType({}))
    decimals: str = ""
    relaxes: str = ""
    when: tuple[Limit, ...] = ()
    from_year: int = 0
    until_year: int = 0

    @property
    def standards(self) -> tuple[str, ...]:
        """The ids of all standards that the rule names."""
        conditions = (c.standard for c in self.when)
        return (*self.form.standards, *conditions, *filter(None, (self.decimals,)))

    def __reduce__(self) -> tuple[Any, ...]:
        """Take apart what a read-only mapping cannot carry to another process."""
        return _again, ({**self.__dict__, "where": dict(self.where)},)

    def label(self, lang: str) -> str:
        """Say what the rule is about.

        Parameters
        ----------
        lang
            ``"zh"`` or ``"en"``.

        Returns
        -------
        str
            The label.
        """
        return self.label_zh if lang == "zh" else self.label_en

    def holds_in(self, year: int | None) -> bool:
        """Tell whether the rule holds in a year.

        Parameters
        ----------
        year
            The year; None where it is not to be looked at.

        Returns
        -------
        bool
            False before the first or after the last year that is known.
        """
        if year is None:
            return True
        return self.from_year <= year and (not self.until_year or year <= self.until_year)


def _again(fields: dict[str, Any]) -> Rule:
    return Rule(**(fields | {"where": MappingProxyType(fields["where"])}))
