"""Numbers as papers print them; what is not known is said, never left blank."""

import math
from collections.abc import Iterable

from layoutplan.assessment.worded import unit_text
from layoutplan.reports.plain_text import legal
from layoutplan.words import Language, say


def known(value: object) -> bool:
    """Tell whether there is a number.

    Parameters
    ----------
    value
        Anything.

    Returns
    -------
    bool
        Whether it is a finite number.

    Examples
    --------
    >>> known(3), known(float("nan")), known(None)
    (True, False, False)
    """
    try:
        return math.isfinite(float(value))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False


def count(value: object, lang: Language) -> str:
    """Print a whole number.

    Parameters
    ----------
    value
        The number.
    lang
        The language in which a missing one is told.

    Returns
    -------
    str
        The number, with separators.

    Examples
    --------
    >>> count(12345, "en"), count(None, "en")
    ('12,345', 'not known')
    """
    return f"{float(str(value)):,.0f}" if known(value) else say("papers.unknown", lang)


def decimal(value: object, lang: Language) -> str:
    """Print a number with one decimal, such as minutes.

    Parameters
    ----------
    value
        The number.
    lang
        The language in which a missing one is told.

    Returns
    -------
    str
        The number.

    Examples
    --------
    >>> decimal(12.34, "en")
    '12.3'
    """
    return f"{float(str(value)):,.1f}" if known(value) else say("papers.unknown", lang)


def change(value: object, lang: Language) -> str:
    """Print a difference with its sign.

    Parameters
    ----------
    value
        The number.
    lang
        The language in which a missing one is told.

    Returns
    -------
    str
        The number, with one decimal.

    Examples
    --------
    >>> change(-2.0, "en"), change(3.25, "en")
    ('-2.0', '+3.2')
    """
    return f"{float(str(value)):+,.1f}" if known(value) else say("papers.unknown", lang)


def in_unit(value: object, unit: str, lang: Language) -> str:
    """Print a number as its unit asks.

    Parameters
    ----------
    value
        The number.
    unit
        The unit, as of an indicator.
    lang
        The language.

    Returns
    -------
    str
        The number without the unit.

    Examples
    --------
    >>> in_unit(0.123, "share", "en"), in_unit(3, "persons", "en"), in_unit(0.5, "ratio", "en")
    ('12.3%', '3', '0.500')
    """
    if not known(value):
        return say("papers.unknown", lang)
    number = float(str(value))
    if unit == "share":
        return f"{number:.1%}"
    if unit in ("index", "ratio"):
        return f"{number:.3f}"
    if unit in ("minutes", "persons/class", "schools/pupil"):
        return f"{number:,.1f}"
    return f"{number:,.2f}" if unit == "places/pupil" else f"{number:,.0f}"


def with_unit(value: object, unit: str, lang: Language) -> str:
    """Print a number and its unit.

    Parameters
    ----------
    value
        The number.
    unit
        The unit.
    lang
        The language.

    Returns
    -------
    str
        Such as ``12.3 minutes``; a share has its sign already.

    Examples
    --------
    >>> with_unit(12.34, "minutes", "en"), with_unit(0.5, "share", "en")
    ('12.3 minutes', '50.0%')
    """
    told = in_unit(value, unit, lang)
    if unit == "share" or not known(value):
        return told
    return f"{told} {unit_text(unit, lang)}".strip()


def told(value: object, lang: Language) -> str:
    r"""Print a text of the tables, or that there is none.

    Parameters
    ----------
    value
        The text.
    lang
        The language.

    Returns
    -------
    str
        The text without control characters.

    Examples
    --------
    >>> told("Long\x00he", "en"), told(float("nan"), "en")
    ('Longhe', 'not known')
    """
    text = "" if value is None or value != value else legal(str(value)).strip()  # noqa: PLR0124
    return text or say("papers.unknown", lang)


def listed(texts: Iterable[str], lang: Language) -> str:
    """List texts.

    Parameters
    ----------
    texts
        The texts.
    lang
        The language.

    Returns
    -------
    str
        The texts with separators; a dash where there are none.

    Examples
    --------
    >>> listed(["a", "b"], "en"), listed([], "en")
    ('a; b', '–')
    """
    return say("report.list_separator", lang).join(texts) or "–"
