"""Tables that are copied out, so that nothing done to a copy changes the original."""

from collections.abc import Iterator, Mapping

import pandas as pd


class FrozenTables(Mapping[str, pd.DataFrame]):
    """Tables by name; each is copied in once and copied out at every look.

    Parameters
    ----------
    tables
        The tables.

    Examples
    --------
    >>> tables = FrozenTables({"villages": pd.DataFrame({"pupils": [30]})})
    >>> villages = tables["villages"]
    >>> villages.loc[0, "pupils"] = 0
    >>> int(tables["villages"].loc[0, "pupils"])
    30
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self._tables = {name: table.copy() for name, table in tables.items()}

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Give a copy of the table of this name."""
        return self._tables[name].copy()

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self._tables)

    def __len__(self) -> int:
        """Count the tables."""
        return len(self._tables)
