"""Profiles and their numbers set out as tables."""

import pandas as pd

from layoutplan.standards.load import names, shipped
from layoutplan.standards.noun import Standards
from layoutplan.words import catalogue, language


def standards_table(standards: Standards, *, lang: str = "auto") -> pd.DataFrame:
    """Set out every number of a profile with the text it comes from.

    Parameters
    ----------
    standards
        The profile.
    lang
        The language of labels, units and citations: ``"zh"``, ``"en"`` or ``"auto"``.

    Returns
    -------
    pandas.DataFrame
        One row per standard, by id: ``label``, ``value``, ``unit``, ``citation`` (with a
        mark where the number is not confirmed), ``document``, ``article``, ``year``,
        ``status``, ``from_year``, ``until_year`` (0 where there is none), ``note``.

    Examples
    --------
    >>> from layoutplan.standards import standards
    >>> table = standards_table(standards("india-rte"), lang="en")
    >>> table.loc["rte_walk_km_max_g15", "unit"]
    'km'
    """
    spoken = language(lang)
    words = catalogue(spoken)
    rows = [
        {
            "id": s.id,
            "label": s.label(spoken),
            "value": s.value,
            "unit": words.get(f"unit.{s.unit}", s.unit),
            "citation": s.citation(spoken),
            "document": s.document,
            "article": s.article,
            "year": s.year,
            "status": s.status,
            "from_year": s.from_year,
            "until_year": s.until_year,
            "note": s.note,
        }
        for s in standards.values()
    ]
    columns = (
        "id", "label", "value", "unit", "citation", "document", "article", "year", "status",
        "from_year", "until_year", "note",
    )  # fmt: skip
    return pd.DataFrame(rows, columns=columns).set_index("id")


def profiles() -> pd.DataFrame:
    """List the profiles that come with the library.

    Returns
    -------
    pandas.DataFrame
        One row per profile, by name: ``title_zh``, ``title_en``, ``standards`` and
        ``rules`` (how many, with those of what it extends), ``unconfirmed`` (how many
        standards are not confirmed).

    Examples
    --------
    >>> profiles().loc["cn-quality-2017", "title_en"]
    'China: assessment of high-quality balance (2017)'
    """
    loaded = {name: shipped(name).standards for name in names()}
    rows = [
        {
            "profile": name,
            "title_zh": s.title_zh,
            "title_en": s.title_en,
            "standards": len(s),
            "rules": len(s.rules),
            "unconfirmed": sum(x.status != "confirmed" for x in s.values()),
        }
        for name, s in loaded.items()
    ]
    return pd.DataFrame(rows).set_index("profile")
