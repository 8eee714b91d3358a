"""A profile as read from its file, put onto those it extends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from layoutplan.standards.noun import Standard, Standards
from layoutplan.standards.rules import Each, Form, KOfN, Limit, Mean, Range, Rule


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A profile with the documents that its standards and rules name.

    Parameters
    ----------
    standards
        The profile, with what it extends.
    documents
        The documents by id, with those of what it extends.
    """

    standards: Standards
    documents: Mapping[str, Mapping[str, Any]]


def built(profile: Mapping[str, Any], *, name: str, bases: Sequence[Loaded]) -> Loaded:
    """Put a profile onto those it extends.

    Parameters
    ----------
    profile
        The file as read, in which nothing is wrong.
    name
        The name of the profile.
    bases
        The profiles it extends; where two hold the same id, the later one counts.

    Returns
    -------
    Loaded
        The profile and its documents.
    """
    documents = {k: d for base in bases for k, d in base.documents.items()}
    documents |= {d["id"]: d for d in profile.get("document", ())}
    entries = {k: s for base in bases for k, s in base.standards.entries.items()}
    rules = {k: r for base in bases for k, r in base.standards.rules.items()}
    rows, given = profile.get("standard", ()), profile.get("rule", ())
    entries |= {r["id"]: _standard(r, documents, entries.get(r["id"])) for r in rows}
    rules |= {r["id"]: _rule(r, documents, rules.get(r["id"])) for r in given}
    made = Standards(
        name=name,
        title_zh=profile.get("title_zh") or profile["title_en"],
        title_en=profile.get("title_en") or profile["title_zh"],
        entries=MappingProxyType(entries),
        rules=MappingProxyType(rules),
    )
    return Loaded(standards=made, documents=MappingProxyType(documents))


def _labels(row: Mapping[str, Any], old: Standard | Rule | None) -> dict[str, Any]:
    zh, en = row.get("label_zh", ""), row.get("label_en", "")
    if not zh and not en and old is not None:
        return {"label_zh": old.label_zh, "label_en": old.label_en}
    return {"label_zh": zh or en, "label_en": en or zh}


def _source(row: Mapping[str, Any], documents: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    document = documents[row["document"]]
    return {
        "document": document["title"],
        "year": document.get("year", 0),
        "article": row.get("article", ""),
        "status": row["status"],
        "note": row.get("note", ""),
        "from_year": row.get("from_year", 0),
        "until_year": row.get("until_year", 0),
    }


def _standard(
    row: Mapping[str, Any], documents: Mapping[str, Mapping[str, Any]], old: Standard | None
) -> Standard:
    return Standard(
        id=row["id"],
        value=float(row["value"]),
        unit=row["unit"],
        **_labels(row, old),
        **_source(row, documents),
    )


def _rule(
    row: Mapping[str, Any], documents: Mapping[str, Mapping[str, Any]], old: Rule | None
) -> Rule:
    where = {k: tuple(v) if isinstance(v, list) else (v,) for k, v in row.get("where", {}).items()}
    return Rule(
        id=row["id"],
        form=_form(row),
        severity=row["severity"],
        where=MappingProxyType(where),
        decimals=row.get("decimals", ""),
        relaxes=row.get("relaxes", ""),
        when=tuple(Limit(**w) for w in row.get("when", ())),
        **_labels(row, old),
        **_source(row, documents),
    )


def _form(row: Mapping[str, Any]) -> Form:
    if row["form"] == "limit":
        return Limit(metric=row["metric"], op=row["op"], standard=row["standard"])
    if row["form"] == "range":
        return Range(metric=row["metric"], lower=row["lower"], upper=row["upper"])
    if row["form"] == "k-of-n":
        return KOfN(
            parts=tuple(Limit(**p) for p in row["parts"]),
            least=row.get("least", ""),
            missed_most=row.get("missed_most", ""),
            floor=row.get("floor", ""),
        )
    form = Each if row["form"] == "each" else Mean
    return form(columns=tuple(row["metrics"]), op=row["op"], standard=row["standard"])
