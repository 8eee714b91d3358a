"""Tables of balance in words: headings and labels instead of names and codes."""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from layoutplan.tables import Table, heading
from layoutplan.words import Language, catalogue

_KEYS: Final[Mapping[str, str]] = {
    "stage": "balance.stage.{}",
    "kind": "kind.{}",
    "indicator": "balance.indicator.{}",
    "resource": "balance.resource.{}",
    "reason": "balance.reason.{}",
    "unit": "unit.{}",
    "way_unit": "unit.{}",
    "met": "assessment.met.{}",
    "status": "status.{}",
}
"""Columns whose values are codes, and where their words stand."""


def as_words(table: pd.DataFrame, declared: Table, *, lang: Language) -> pd.DataFrame:
    """Put words instead of codes.

    Parameters
    ----------
    table
        The table.
    declared
        Its declaration, for the headings.
    lang
        The language.

    Returns
    -------
    pandas.DataFrame
        The same rows and numbers; names from files stay as they are.
    """
    words = catalogue(lang)
    texts = {
        column: pd.Series(
            [words.get(key.format(v), str(v)) if v else "" for v in table[column]],
            index=table.index,
            dtype="str",
        )
        for column, key in _KEYS.items()
        if column in table
    }
    if "failed" in table:
        comma = words["template.comma"]
        texts["failed"] = pd.Series(
            [
                comma.join(words[f"balance.indicator.{name}"] for name in str(names).split())
                for names in table["failed"]
            ],
            index=table.index,
            dtype="str",
        )
    shown = table.assign(**texts)
    return shown.rename(columns={c: heading(declared, str(c), lang=lang) for c in shown.columns})
