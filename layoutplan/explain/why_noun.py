"""Why: what speaks for a decision or a way to school, with every number."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

import pandas as pd

from layoutplan.explain.told import Told
from layoutplan.frozen_tables import FrozenTables
from layoutplan.plan import Plan
from layoutplan.words import Language


@dataclass(frozen=True, eq=False, kw_only=True)
class Why:
    """Why a plan treats a site, or pupils of a village, as it does.

    Made by `layoutplan.why`. Tables are copied out.

    Parameters
    ----------
    about
        The site, or the village and band.
    verdict
        Of a site: ``forced`` (a lock or a rule), ``cheaper`` (than the opposite),
        ``undecided`` (within what is left unproven) or ``dearer``. Of a village:
        ``nearest`` or what excludes the nearest school, see ``options``.
    lang
        The language of words.
    told
        The sentences.
    other
        The best plan with the opposite decision; None where there is none.
    tables
        Of a site: ``terms``, ``pupils``, ``rules``. Of a village: ``options``,
        ``changes``.
    """

    about: str
    verdict: str
    lang: Language
    told: tuple[Told, ...]
    other: Plan | None
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        """Copy the tables in; they are copied out again at every look."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))

    @property
    def terms(self) -> pd.DataFrame:
        """The objective's terms of the plan and of the opposite.

        Indexed by term: plan and other (yuan a year), difference (other less plan), price
        (yuan per unit), unit, quantity_plan and quantity_other (yuan over price), source
        (ids of the standards).
        """
        return self.tables["terms"]

    @property
    def pupils(self) -> pd.DataFrame:
        """Pupils who go elsewhere under the opposite: from_site in the plan, to_site then."""
        return self.tables["pupils"]

    @property
    def rules(self) -> pd.DataFrame:
        """Locks and rules that stand against the opposite: rule, where, pupils."""
        return self.tables["rules"]

    @property
    def options(self) -> pd.DataFrame:
        """The schools that pupils of a village could go to, nearest first.

        Columns: site_id, action, minutes (from home), within_limit, today and planned
        (pupils of the group who go there), mode (how), places_left (of the band),
        yuan_per_pupil (a year: way, limit, move),
        excluded (why they do not all go there; empty where they do).
        """
        return self.tables["options"]

    @property
    def changes(self) -> pd.DataFrame:
        """What would send pupils to a nearer school, each tried: change, amount, pupils."""
        return self.tables["changes"]

    def sentences(self, lang: Language | None = None) -> list[str]:
        """Say why.

        Parameters
        ----------
        lang
            The language; that of the answer where not given.

        Returns
        -------
        list of str
            The sentences.
        """
        return [t.words(lang or self.lang) for t in self.told]

    def _repr_html_(self) -> str:
        """Show why."""
        lines = "".join(f"<li>{escape(line)}</li>" for line in self.sentences())
        return f"<ul>{lines}</ul>"
