"""Demand points and what is known of how they came about."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from layoutplan.findings import Finding, findings_table
from layoutplan.frozen_tables import FrozenTables
from layoutplan.words import language


@dataclass(frozen=True, eq=False, kw_only=True)
class DemandPoints:
    """Points with whole persons, made from a grid or from buildings.

    Parameters
    ----------
    tables
        The two tables below, which are copied out at every look.
    outside
        What the source holds within the townships' extent but outside all of them, in the
        source's own numbers.
    findings
        What was scaled, left out or put elsewhere.
    """

    tables: FrozenTables = field(repr=False)
    outside: float
    findings: tuple[Finding, ...] = ()

    @property
    def points(self) -> Any:  # noqa: ANN401 - geopandas has no types
        """The points, a geopandas.GeoDataFrame indexed by ``village_id``.

        With ``township_id``, the persons (``population`` or ``pupils``, whole) and the
        place, it is a table of villages for `layoutplan.County.from_tables`.
        """
        return self.tables["points"]

    @property
    def townships(self) -> pd.DataFrame:
        """By township: what the source holds, the total that was kept, how many points."""
        return self.tables["townships"]

    def findings_table(self, *, lang: str = "auto") -> pd.DataFrame:
        """Set out what was found.

        Parameters
        ----------
        lang
            The language of the messages.

        Returns
        -------
        pandas.DataFrame
            One row per finding, worst first.
        """
        return findings_table(self.findings, lang=language(lang))
