"""Projection: pupils by village, grade and year, in whole persons, in several variants."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.county import County
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding, findings_table
from layoutplan.frozen_tables import FrozenTables
from layoutplan.projection.county_ahead import county_with_pupils
from layoutplan.projection.grades import GRADES, GRADES_OF_BAND
from layoutplan.standards import Standards
from layoutplan.tables import BANDS

MID = "mid"
"""The variant that is used where none is named."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Projection:
    """Pupils by village, grade and year, in several variants.

    Made by `layoutplan.project`. School years are named by the autumn in which they begin.
    Tables are copied out.

    Parameters
    ----------
    county
        The county, as it is in the base year.
    base_year
        The school year of the pupils at hand.
    years
        The school years, ascending, from the base year.
    variants
        ``mid``, ``low``, ``high``, then sampled ones ``s001`` ...
    weights
        The probability of each variant; together 1.
    village_ids
        The villages, in the order of ``counts``.
    counts
        Whole persons, variants x years x villages x grades.
    standards
        The numbers that were used.
    seed
        The seed of sampled variants.
    findings
        What was derived, and how.
    tables
        ``births``: the births used, with their vintage.
    """

    county: County
    base_year: int
    years: tuple[int, ...]
    variants: tuple[str, ...]
    weights: Mapping[str, float]
    village_ids: pd.Index = field(repr=False)
    counts: NDArray[np.int32] = field(repr=False)
    standards: Standards = field(repr=False)
    seed: int = 0
    findings: tuple[Finding, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __post_init__(self) -> None:
        """Copy the tables in, and let nobody change the numbers."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))
        counts = self.counts.copy()
        counts.flags.writeable = False
        object.__setattr__(self, "counts", counts)

    @property
    def pupils(self) -> pd.DataFrame:
        """Pupils by village of residence, in whole persons.

        Indexed by variant, year and village_id; columns ``g1`` ... ``g9``.
        """
        index = pd.MultiIndex.from_product(
            [self.variants, self.years, self.village_ids], names=["variant", "year", "village_id"]
        )
        flat = self.counts.reshape(-1, len(GRADES)).astype(np.int64)
        return pd.DataFrame(flat, index=index, columns=list(GRADES))

    @property
    def births(self) -> pd.DataFrame:
        """The births used.

        Columns: variant (empty for known ones), year, village_id, births, vintage (the year
        in which the number was published; empty for births ahead) and source.
        """
        return self.tables["births"]

    @property
    def county_pupils(self) -> pd.DataFrame:
        """Pupils of the whole county, indexed by variant and year; columns ``g1`` ... ``g9``."""
        index = pd.MultiIndex.from_product([self.variants, self.years], names=["variant", "year"])
        total = self.counts.sum(axis=2, dtype=np.int64).reshape(-1, len(GRADES))
        return pd.DataFrame(total, index=index, columns=list(GRADES))

    def bands(self, year: int, variant: str = MID) -> pd.DataFrame:
        """Give the pupils of one year by village and grade band.

        Parameters
        ----------
        year
            The school year.
        variant
            The variant.

        Returns
        -------
        pandas.DataFrame
            Whole persons, villages x (``g13``, ``g46``, ``g79``).

        Raises
        ------
        OptionsError
            If the year or the variant is not in the projection.
        """
        at = self.counts[self._at(year, variant)].astype(np.int64)
        columns = {
            b: at[:, [GRADES.index(g) for g in GRADES_OF_BAND[b]]].sum(axis=1) for b in BANDS
        }
        return pd.DataFrame(columns, index=self.village_ids)

    def county_in(self, year: int, variant: str = MID) -> County:
        """Give the county with the pupils of one year, for plans of that year.

        Pupils by band are those of the year; observed flows are scaled with them, in whole
        persons, so that families choose as today. Schools, roads and places are as today.

        Parameters
        ----------
        year
            The school year.
        variant
            The variant.

        Returns
        -------
        County
            The county of that year.

        Raises
        ------
        OptionsError
            If the year or the variant is not in the projection.
        """
        today = self.bands(self.base_year, self.variants[0])
        return county_with_pupils(self.county, self.bands(year, variant), today=today, year=year)

    def findings_table(self, *, lang: str = "auto") -> pd.DataFrame:
        """Set out what was derived and how.

        Parameters
        ----------
        lang
            The language of the messages.

        Returns
        -------
        pandas.DataFrame
            One row per finding, worst first.
        """
        return findings_table(self.findings, lang=self.county.language(lang))

    def _at(self, year: int, variant: str) -> tuple[int, int]:
        found = []
        if year not in self.years:
            known = f"{self.years[0]}-{self.years[-1]}"
            values = {"year": year, "known": known}
            found.append(Finding(code="projection_no_such_year", values=values))
        if variant not in self.variants:
            values = {"variant": variant, "known": ", ".join(self.variants)}
            found.append(Finding(code="projection_no_such_variant", values=values))
        if found:
            raise OptionsError(found, lang=self.county.language())
        return self.variants.index(variant), self.years.index(year)
