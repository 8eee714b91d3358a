"""Sensitivity as a table in a notebook."""

from html import escape
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from layoutplan.assessment.html import FIRST
from layoutplan.assessment.html_table import NUMBER, SHORT, page, said, table
from layoutplan.assessment.worded import number_text, unit_text
from layoutplan.words import Language, say

if TYPE_CHECKING:
    from layoutplan.robustness.noun import Sensitivity

_SIGNS: Final = {"robust": "✓", "sensitive": "▲"}
_COLOURS: Final = {"robust": "yes", "sensitive": "no"}

_NO_CHANGE: Final = ("keep", "unused")
"""Decisions that change nothing; they are shown only where they are sensitive."""


def sensitivity_html(found: "Sensitivity", *, lang: Language) -> str:
    """Set a sensitivity analysis out as HTML.

    Parameters
    ----------
    found
        The analysis.
    lang
        The language.

    Returns
    -------
    str
        A sentence, the decisions that change something or are sensitive, the sensitive
        ones first, and how the main indicators move.
    """
    decisions = found.decisions
    robust = int((decisions["mark"] == "robust").sum())
    how = "searched" if found.searched else "kept"
    sentence = say(
        f"robustness.sentence.{how}", lang, cases=len(found.made), robust=robust,
        sites=len(decisions),
    )  # fmt: skip
    return page([f"<p>{escape(sentence)}</p>", _decisions(found, lang), _indicators(found, lang)])


def _decisions(found: "Sensitivity", lang: Language) -> str:
    words, codes = found.words(lang), found.decisions
    sensitive = codes["mark"] == "sensitive"
    shown = codes.index[sensitive | ~codes["action"].isin(_NO_CHANGE)]
    shown = shown[np.argsort(~sensitive.loc[shown].to_numpy(), kind="stable")]
    lines = []
    for site in shown:
        row, mark = words.loc[site], str(codes.loc[site, "mark"])
        text = f"{_SIGNS[mark]} {row['mark']}" if mark else ""
        name = str(site) if pd.isna(row["name"]) else str(row["name"])
        lines.append(
            said(name)
            + said(str(row["action"]))
            + said(f"{row['stays']} / {row['cases']}", kind=SHORT)
            + said(text, kind=_COLOURS.get(mark, ""))
            + said(str(row["changes_in"]))
        )
    columns = ("site", "action", "stays", "mark", "changes_in")
    return table([say(f"robustness.column.{c}", lang) for c in columns], lines)


def _indicators(found: "Sensitivity", lang: Language) -> str:
    rows = found.indicators
    lines = []
    for row in rows[rows["indicator"].isin(FIRST)].to_dict("records"):
        unit = str(row["unit"])
        numbers = [float(row[c]) for c in ("plan", *(case.name for case in found.made))]
        lines.append(
            said(say(f"indicator.{row['indicator']}", lang))
            + "".join(said(number_text(v, unit), kind=NUMBER) for v in numbers)
            + said(unit_text(unit, lang), kind=SHORT)
        )
    columns = [say("robustness.column.indicator", lang), say("robustness.column.plan", lang)]
    columns += [case.words(lang) for case in found.made]
    columns.append(say("assessment.column.unit", lang))
    return table(columns, lines, numbers=len(found.made) + 1)
