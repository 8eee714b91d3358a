"""Findings: what is wrong or worth knowing in the data, where, and the cure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from layoutplan.tables import COUNTY_TABLES, FINDINGS
from layoutplan.words import Language, say

Severity = Literal["error", "warning", "note"]

_SHOWN = 5
_ORDER = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing found in the data.

    Parameters
    ----------
    code
        The key of its texts in words: ``finding.<code>.what`` and ``.cure``.
    severity
        ``error`` stops the work, ``warning`` should be looked at, ``note`` tells.
    table
        The table it is in, or the file.
    column
        The column it is in, where it is in one.
    ids
        The ids of the rows, all of them or the first ones.
    rows
        How many rows; the number of ids where not given.
    values
        Further values that the texts name.
    """

    code: str
    severity: Severity = "error"
    table: str = ""
    column: str = ""
    ids: tuple[str, ...] = ()
    rows: int | None = None
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many rows are concerned."""
        return len(self.ids) if self.rows is None else self.rows

    def first_ids(self) -> str:
        """Give the first ids as text, with dots where there are more."""
        shown = ", ".join(self.ids[:_SHOWN])
        if not shown:
            return "–"
        return f"{shown}, …" if self.count > min(len(self.ids), _SHOWN) else shown

    def _say(self, part: str, lang: Language) -> str:
        values = {
            "table": self._table(lang),
            "column": self.column,
            "rows": self.count,
            "ids": self.first_ids(),
        }
        return say(f"finding.{self.code}.{part}", lang, **(values | dict(self.values)))

    def _table(self, lang: Language) -> str:
        known = COUNTY_TABLES.get(self.table)
        return known.zh if known is not None and lang == "zh" else self.table

    def what(self, lang: Language) -> str:
        """Say what is wrong and where.

        Parameters
        ----------
        lang
            The language.

        Returns
        -------
        str
            One sentence.
        """
        return self._say("what", lang)

    def cure(self, lang: Language) -> str:
        """Say what can be done.

        Parameters
        ----------
        lang
            The language.

        Returns
        -------
        str
            One sentence.
        """
        return self._say("cure", lang)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Put findings in order.

    Parameters
    ----------
    findings
        The findings.

    Returns
    -------
    list of Finding
        Errors, then warnings, then notes; by table, code and column within these.

    Examples
    --------
    >>> found = [Finding(code="no_crs", severity="note"), Finding(code="no_crs")]
    >>> [f.severity for f in worst_first(found)]
    ['error', 'note']
    """
    return sorted(findings, key=lambda f: (_ORDER[f.severity], f.table, f.code, f.column))


def findings_table(findings: Iterable[Finding], *, lang: Language) -> pd.DataFrame:
    """Set findings out as a table, worst first.

    Parameters
    ----------
    findings
        The findings.
    lang
        The language of their messages.

    Returns
    -------
    pandas.DataFrame
        One row per finding with the columns of `layoutplan.tables.FINDINGS`.

    Examples
    --------
    >>> table = findings_table([Finding(code="no_crs", table="roads")], lang="en")
    >>> table.loc[0, "severity"]
    'error'
    """
    rows = [
        {
            "severity": f.severity,
            "code": f.code,
            "table": f.table,
            "column": f.column,
            "rows": f.count,
            "ids": f.first_ids(),
            "message": f.what(lang),
            "cure": f.cure(lang),
        }
        for f in worst_first(findings)
    ]
    return pd.DataFrame(rows, columns=[c.name for c in FINDINGS.columns])


def message(findings: Iterable[Finding], *, lang: Language, where: str = "") -> str:
    """Put findings into one message for a person.

    Parameters
    ----------
    findings
        The findings.
    lang
        The language.
    where
        The file or folder they were found in.

    Returns
    -------
    str
        A heading and two lines per finding: what and where, then the cure.
    """
    found = worst_first(findings)
    if not where:
        head = say("finding.head", lang, n=len(found))
    else:
        head = say("finding.head_where", lang, n=len(found), where=where)
    lines = [
        f"{i}. {f.what(lang)}\n   {say('finding.cure', lang)}{f.cure(lang)}"
        for i, f in enumerate(found, 1)
    ]
    return "\n".join([head, *lines])
