"""SchoolForms: what the national forms of a county's schools say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import geopandas as gpd
import pandas as pd

from layoutplan.findings import Finding, findings_table
from layoutplan.frozen_tables import FrozenTables
from layoutplan.words import Language, language

TABLES: Final = ("schools", "size_bands", "provenance")
"""The tables of the forms."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SchoolForms:
    """Schools as their national forms say they are.

    Made by `read_forms`. Tables are copied in and copied out: nothing that is done to
    a table changes the forms.

    Parameters
    ----------
    tables
        The tables by name.
    findings
        What was noted: repairs, values that are missing, rules that are broken.
    """

    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        """Copy the tables in; they are copied out again at every look."""
        if not isinstance(self.tables, FrozenTables):
            object.__setattr__(self, "tables", FrozenTables(self.tables))

    @property
    def schools(self) -> gpd.GeoDataFrame | pd.DataFrame:
        """The schools, indexed by ``school_id``.

        Columns of `layoutplan.tables.SCHOOLS` as far as the forms have them. Besides
        pupils by grade (``grade_1`` to ``grade_9``), ``left_behind``, the largest size
        band with a class in it, further areas (m2), ``urban_rural`` (code of the
        statistics), ``address``, ``address_code``, the first year of the ``school_year``
        and the family of forms. With geometry (longitude and latitude) where any form
        has coordinates.
        """
        return self.tables["schools"]

    @property
    def size_bands(self) -> pd.DataFrame:
        """Classes by school, stage, size band and grade.

        Columns school_id, stage, band, low and high (pupils in a class; high is blank
        for the open band), grade (1 to 9, ``mixed``, or ``all`` for their total) and
        classes.
        """
        return self.tables["size_bands"]

    @property
    def provenance(self) -> pd.DataFrame:
        """Where each value came from.

        Columns school_id, value, file, sheet, row, cell, label and text as it stands
        there, of all workbooks that were read for a school.
        """
        return self.tables["provenance"]

    def language(self, lang: str = "auto") -> Language:
        """Settle on the language of messages.

        Parameters
        ----------
        lang
            ``"zh"``, ``"en"`` or ``"auto"``, which follows the names of the schools.

        Returns
        -------
        Language
            The language.
        """
        names = self.schools["name"].dropna().head(50)
        return language(lang, [str(n) for n in names])

    def findings_table(self, *, lang: str = "auto") -> pd.DataFrame:
        """Set out what was noted.

        Parameters
        ----------
        lang
            The language of the messages.

        Returns
        -------
        pandas.DataFrame
            One row per finding, worst first.
        """
        return findings_table(self.findings, lang=self.language(lang))
