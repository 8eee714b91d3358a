"""Standards: the numbers a county is held to, each with document, article and status."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, Literal

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.words import Language, say

Status = Literal["confirmed", "to-verify", "assumption"]

STATUSES: Final[tuple[Status, ...]] = ("confirmed", "to-verify", "assumption")


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
        cited = " ".join(filter(None, (self.document, self.article)))
        if self.status == "confirmed":
            return cited
        return f"{cited} [{say(f'status.{self.status}', lang)}]"


@dataclass(frozen=True, eq=False, kw_only=True)
class Standards(Mapping[str, Standard]):
    """A profile of standards, by id.

    Parameters
    ----------
    name
        The name of the profile.
    title_zh
        Its title in Chinese.
    title_en
        Its title in English.
    entries
        The standards by id.
    """

    name: str
    title_zh: str
    title_en: str
    entries: Mapping[str, Standard]

    def __getitem__(self, key: str) -> Standard:
        """Give the standard of this id."""
        return self.entries[key]

    def __iter__(self) -> Iterator[str]:
        """Go through the ids."""
        return iter(self.entries)

    def __len__(self) -> int:
        """Count the standards."""
        return len(self.entries)

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
            A new profile.

        Raises
        ------
        OptionsError
            If an id is unknown.

        Examples
        --------
        >>> standards().with_values(travel_limit_minutes_g46=40).value("travel_limit_minutes_g46")
        40.0
        """
        entries = dict(self.entries)
        for key, value in values.items():
            self.value(key)
            old = entries[key].__dict__
            changed = {"value": float(value), "status": "assumption", "article": ""}
            document = say("standards.county_value", "zh", old=f"{entries[key].value:g}")
            entries[key] = Standard(**(old | changed | {"document": document}))
        return Standards(
            name=f"{self.name}+", title_zh=self.title_zh, title_en=self.title_en, entries=entries
        )


@cache
def _profile(name: str) -> Mapping[str, Any]:
    folder = files(__package__).joinpath("profiles")
    known = sorted(p.name.removesuffix(".toml") for p in folder.iterdir())
    if name not in known:
        raise OptionsError(
            Finding(code="unknown_profile", values={"profile": name, "known": ", ".join(known)})
        )
    return tomllib.loads(folder.joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def standards(name: str = "cn-layout-national") -> Standards:
    """Load a profile of standards.

    Parameters
    ----------
    name
        The name of the profile.

    Returns
    -------
    Standards
        Its numbers, with those of the profiles it extends.

    Raises
    ------
    OptionsError
        If there is no profile of this name.

    Examples
    --------
    >>> standards("cn-layout-national")["travel_limit_minutes_g13"].value
    30.0
    """
    profile = _profile(name)
    documents = {d["id"]: d for d in profile.get("document", ())}
    entries: dict[str, Standard] = {}
    for base in profile.get("extends", ()):
        entries |= standards(base).entries
    for row in profile.get("standard", ()):
        document = documents[row["document"]]
        entries[row["id"]] = Standard(
            id=row["id"],
            value=float(row["value"]),
            unit=row["unit"],
            label_zh=row["label_zh"],
            label_en=row["label_en"],
            document=document["title"],
            article=row.get("article", ""),
            year=document.get("year", 0),
            status=row["status"],
            note=row.get("note", ""),
        )
    return Standards(
        name=name,
        title_zh=profile["title_zh"],
        title_en=profile["title_en"],
        entries=MappingProxyType(entries),
    )
