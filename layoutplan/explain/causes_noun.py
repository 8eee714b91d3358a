"""Causes: the rules that a plan breaks, why, and what would cure it, in words."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

import numpy as np
import pandas as pd

from layoutplan.frozen_tables import FrozenTables
from layoutplan.words import Language, say

_SHOWN: Final = 5
"""So many names are told; the rest is counted."""

_OF_KIND: Final = ("school_beside", "school_in_village", "size_least", "size_most")
"""Cures whose detail is a kind of school."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Causes:
    """Why a plan breaks rules, and the cheapest single cure of each.

    Made by `layoutplan.causes`. Tables are copied out.

    Parameters
    ----------
    name
        The name of the plan.
    lang
        The language of words.
    complete
        Whether everything was examined in the time given.
    seconds
        Time used.
    names
        Names of sites, villages and townships by id.
    tables
        ``causes``, ``breaches``, ``cures`` and ``searched``.
    """

    name: str
    lang: Language
    complete: bool
    seconds: float
    names: Mapping[str, str] = field(repr=False)
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        """Copy the tables in; they are copied out again at every look."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))

    @property
    def table(self) -> pd.DataFrame:
        """What is broken, why and the cheapest cure, one row per rule, causes and cure.

        Columns: rule, pupils, breaches (how many), cause (the first), causes, village_id,
        band, site_id and township_id (of all of them), cure (its kind), cure_site,
        cure_village, cure_band, amount, unit, detail, cured (whether it was found and
        tried), priced (whether its own cost is known), cost_yuan (a year more than without
        it, prices of broken rules left out) and capital_yuan (once).
        """
        return self.tables["causes"]

    @property
    def breaches(self) -> pd.DataFrame:
        """Every broken rule, with its causes and the row of its cure in `cures`."""
        return self.tables["breaches"]

    @property
    def cures(self) -> pd.DataFrame:
        """Every cure that was tried under all rules, also those that do not help.

        Columns: kind, site_id, village_id, band, amount, unit, detail, removes (rows of
        `breaches`), cost_yuan, capital_yuan, priced, and status, gap and seconds of the
        answer.
        """
        return self.tables["cures"]

    @property
    def searched(self) -> pd.DataFrame:
        """What was looked at on the way, with the same columns as `cures`.

        Of kind ``relaxed``: every cause that was looked for, with the breaches that are gone
        without it. The rest are cures that were tried with pupils as shares.
        """
        return self.tables["searched"]

    def sentences(self, lang: Language | None = None) -> list[str]:
        """Say what is broken, why, and what would cure it.

        Parameters
        ----------
        lang
            The language; that of the analysis where not given.

        Returns
        -------
        list of str
            A line for every row of `table`; one line where nothing is broken.
        """
        spoken = lang or self.lang
        rows = self.table.to_dict("records")
        if not rows:
            return [say("explain.nothing_broken", spoken)]
        lines = [self._sentence(row, spoken) for row in rows]
        return lines if self.complete else [*lines, say("explain.incomplete", spoken)]

    def _sentence(self, row: Mapping[Hashable, Any], lang: Language) -> str:
        what = say(
            f"explain.rule.{row['rule']}",
            lang,
            pupils=row["pupils"],
            where=self._named(row["village_id"] or row["site_id"] or row["township_id"], lang),
        )
        why = say("explain.and", lang).join(
            say(f"explain.cause.{c}", lang) for c in str(row["causes"]).split()
        )
        return say("explain.sentence", lang, what=what, why=why, cure=self.cure_words(row, lang))

    def cure_words(self, row: Mapping[Hashable, Any], lang: Language) -> str:
        """Say what cures one row of the table, and at what cost.

        Parameters
        ----------
        row
            A row of `table`.
        lang
            The language.

        Returns
        -------
        str
            A clause.
        """
        cure, amount = str(row["cure"]), float(row["amount"])
        told = self._detail(cure, str(row["detail"]), lang)
        text = say(
            f"explain.cure.{cure}",
            lang,
            site=self.names.get(str(row["cure_site"]), str(row["cure_site"])),
            village=self.names.get(str(row["cure_village"]), str(row["cure_village"])),
            band=say("explain.and", lang).join(
                say(f"band.{b}", lang) for b in str(row["cure_band"]).split()
            ),
            amount="" if np.isnan(amount) else f"{amount:,.0f}",
            detail=told,
        )
        if not row["cured"] or np.isnan(float(row["cost_yuan"])):
            return text
        key = "explain.costs" if row["priced"] else "explain.costs_besides"
        money = {
            name: say(
                f"explain.{'less' if float(row[column]) < 0 else 'more'}",
                lang,
                yuan=f"{abs(float(row[column])):,.0f}",
            )
            for name, column in (("cost", "cost_yuan"), ("capital", "capital_yuan"))
        }
        return text + say(key, lang, **money)

    def _detail(self, cure: str, detail: str, lang: Language) -> str:
        if cure == "release":
            lock = "barred" if detail.startswith("not_") else detail
            return say(f"explain.lock.{lock}", lang)
        if cure in _OF_KIND:
            return say(f"kind.{detail}", lang)
        return self.names.get(detail, detail)

    def _named(self, ids: str, lang: Language) -> str:
        every = ids.split()
        shown = say("explain.comma", lang).join(self.names.get(i, i) for i in every[:_SHOWN])
        return f"{shown}…" if len(every) > _SHOWN else shown

    def _repr_html_(self) -> str:
        """Show what is broken, why, and what would cure it."""
        lines = "".join(f"<li>{escape(line)}</li>" for line in self.sentences())
        return f"<p>{escape(say('explain.heading', self.lang))}</p><ul>{lines}</ul>"
