"""What stands in brackets behind headings, where it may change what they say."""

import re
import unicodedata
from collections.abc import Iterable

from layoutplan.findings import Finding
from layoutplan.sources.headings.aliases import words
from layoutplan.sources.headings.plain import plain_heading
from layoutplan.tables import Table, heading
from layoutplan.words import LANGUAGES

_IN_BRACKETS = re.compile(r"[(\[〔](.*?)[)\]〕]")


_COUNTING = re.compile(r"[一二三四五六七八九十\d]+")


def remarks(used: Iterable[str], table: Table) -> list[Finding]:
    """Name the headings whose brackets say what is not understood.

    Headings are compared without their brackets. A unit in them is known; "(women)", "(2020)"
    or "(US dollars)" is not, and the numbers may mean something else.

    Parameters
    ----------
    used
        The headings that are used.
    table
        The table.

    Returns
    -------
    list of Finding
        One, or none.

    Examples
    --------
    >>> from layoutplan.tables import COUNTY_TABLES
    >>> found = remarks(["常住人口（人）", "常住人口（其中:女）"], COUNTY_TABLES["villages"])
    >>> found[0].ids
    ('常住人口（其中:女）',)
    """
    ours = {
        unicodedata.normalize("NFKC", text)
        for column in table.columns
        for text in (
            column.zh,
            column.en,
            *(heading(table, column.name, lang=z) for z in LANGUAGES),
        )
    }
    odd = tuple(h for h in used if _says_more(h, ours))
    if not odd:
        return []
    return [Finding(code="heading_remarks", severity="warning", table=table.name, ids=odd)]


def _says_more(text: str, ours: set[str]) -> bool:
    wide = unicodedata.normalize("NFKC", text)
    if wide in ours:
        return False
    known = words("remarks") | words("units")
    inner = [part for part in _IN_BRACKETS.findall(wide) if not _COUNTING.fullmatch(part.strip())]
    inner = [re.sub(r"\s+", "", part).lower() for part in inner]
    # 万元 and 千册 are units as well.
    return any(
        i and i not in known and not (i[0] in "万千" and i[1:] in known) for i in inner
    ) and bool(plain_heading(text))
