"""Kinds of schools by their Chinese words or the codes of the statistical forms."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

import pandas as pd

from layoutplan.findings import Finding
from layoutplan.sources.columns import LEAVE_OUT
from layoutplan.sources.headings.aliases import aliases
from layoutplan.sources.headings.plain import plain_heading
from layoutplan.sources.values.numbers import is_nothing
from layoutplan.tables import Column, Table
from layoutplan.words import LANGUAGES, catalogue

_CODE: Final = re.compile(r"\d{3}")


@cache
def _known() -> Mapping[str, str]:
    return MappingProxyType(
        {plain_heading(word): kind for kind, said in aliases()["kinds"].items() for word in said}
    )


def kind_of(text: str) -> str:
    """Tell the kind of a school from a word or code.

    Parameters
    ----------
    text
        The cell.

    Returns
    -------
    str
        The kind, ``"-"`` for what is no compulsory school, empty where it is not known.

    Examples
    --------
    >>> kind_of("九年一贯制学校"), kind_of("218 小学教学点"), kind_of("幼儿园")
    ('nine_year', 'teaching_point', '-')
    """
    known = _known()
    wide = unicodedata.normalize("NFKC", text)
    for candidate in (wide, plain_heading(wide), re.sub(r"[\d\s.、:\-—()]+", "", wide)):
        if found := known.get(plain_heading(candidate)):
            return found
    codes = _CODE.findall(wide)
    return known.get(codes[0], "") if len(codes) == 1 else ""


def clean_kinds(frame: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, list[Finding]]:
    """Bring the kinds of schools under our words.

    Parameters
    ----------
    frame
        The table under our names.
    table
        What it declares.

    Returns
    -------
    tuple
        The table without rows that are no compulsory schools, and what was done.
    """
    if "kind" not in table or "kind" not in frame:
        return frame, []
    spoken = _spoken(table["kind"])
    cells = frame["kind"]
    texts = cells.map(lambda v: "" if v is None or pd.isna(v) else _code(v))
    read = texts.map(lambda t: t if t in spoken else kind_of(t) or t)
    changed = read.ne(texts)
    findings = list[Finding]()
    kept = ~read.eq(LEAVE_OUT)
    told = changed & kept
    if told.any():
        pairs = dict(zip(texts[told], read[told], strict=True))
        values = {"pairs": ", ".join(f"{k} → {v}" for k, v in pairs.items())}
        findings.append(
            Finding(
                code="kinds_read",
                severity="note",
                table=table.name,
                column="kind",
                rows=int(told.sum()),
                values=values,
            )
        )
    if not kept.all():
        ids = frame[table.key] if table.key in frame else frame.index.to_series()
        said = ", ".join(dict.fromkeys(texts[~kept]))
        findings.append(
            Finding(
                code="no_compulsory_school",
                severity="warning",
                table=table.name,
                column="kind",
                ids=tuple(ids[~kept].astype("str")),
                values={"kinds": said},
            )
        )
    blank = read.map(lambda t: not t or (t not in spoken and is_nothing(t)))
    return frame.assign(kind=read.where(~blank, None).astype(object))[kept.to_numpy()], findings


def _spoken(column: Column) -> frozenset[str]:
    """Give the words that are read without any guess."""
    said = {catalogue(lang)[f"kind.{o}"] for lang in LANGUAGES for o in column.options}
    return frozenset(said | set(column.options))


def _code(value: object) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return (str(int(value)) if whole and isinstance(value, float) else str(value)).strip()
