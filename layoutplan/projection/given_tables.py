"""Tables that people fill in for a projection: births, net migration, housing projects."""

from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.sources.one_table import read_cells
from layoutplan.tables import Column, Table

_VILLAGE = Column(name="village_id", type="text", zh="村代码", en="village code")
_TOWNSHIP = Column(name="township_id", type="text", zh="乡镇代码", en="township code")
_YEAR = Column(name="year", type="year", zh="年份", en="year")

GIVEN: Final = MappingProxyType(
    {
        "births": Table(
            name="births",
            zh="出生人口",
            en="Births",
            columns=(
                Column(
                    name="village_id", type="text", zh="村代码", en="village code", required=True
                ),
                Column(name="year", type="year", zh="年份", en="year", required=True),
                Column(name="births", type="count", zh="出生人数", en="births", required=True),
                Column(name="vintage", type="year", zh="发布年份", en="year of publication"),
            ),
        ),
        "migration": Table(
            name="migration",
            zh="净迁移率",
            en="Net migration",
            columns=(
                _VILLAGE,
                _TOWNSHIP,
                Column(
                    name="rate", type="number", zh="年净迁移率", en="share a year", required=True
                ),
                _YEAR,
            ),
        ),
        "housing": Table(
            name="housing",
            zh="住房项目",
            en="Housing projects",
            columns=(
                _VILLAGE,
                _TOWNSHIP,
                Column(name="year", type="year", zh="入住年份", en="year", required=True),
                Column(name="dwellings", type="count", zh="套数", en="dwellings"),
                Column(name="pupils", type="count", zh="学生数", en="pupils"),
            ),
        ),
    }
)
"""The tables, by name."""


def read_given(path: str | Path, name: str, *, lang: str = "auto") -> pd.DataFrame:
    """Read a table of births, net migration or housing projects.

    Parameters
    ----------
    path
        A CSV file or an Excel workbook, with our column names or their headings.
    name
        ``"births"``, ``"migration"`` or ``"housing"``.
    lang
        The language of messages.

    Returns
    -------
    pandas.DataFrame
        The table, cells as text, blank ones missing.

    Raises
    ------
    DataError
        If the file cannot be read or columns are missing.

    Examples
    --------
    >>> read_given("no-such-file.csv", "births", lang="en")
    Traceback (most recent call last):
    layoutplan.errors.DataError: Problems found in no-such-file.csv: 1
    1. There is no file no-such-file.csv.
       Cure: Check the path for typing errors; give a CSV file or an Excel workbook.
    """
    cells = read_cells(path, GIVEN[name], lang=lang).astype("object")
    return cells.where(cells != "", np.nan)
