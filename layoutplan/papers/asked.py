"""What papers ask of a projection and a roadmap: the parts they read, and no more."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import pandas as pd


class Projected(Protocol):
    """Pupils of the years ahead, as `layoutplan.projection.Projection`."""

    @property
    def base_year(self) -> int:
        """The year of the pupils at hand."""

    @property
    def years(self) -> Sequence[int]:
        """The years, starting with the base year."""

    @property
    def variants(self) -> Sequence[str]:
        """The variants."""

    def bands(self, year: int, variant: str = "mid") -> pd.DataFrame:
        """Give villages x grade bands, whole persons.

        Parameters
        ----------
        year
            The year.
        variant
            The variant.
        """


class Scheduled(Protocol):
    """The plan year by year, as `layoutplan.roadmap.Roadmap`."""

    @property
    def actions(self) -> pd.DataFrame:
        """What is done at which site (site_id, action), from when to when."""

    @property
    def left_over(self) -> pd.DataFrame:
        """What is not done within the years (site_id, action)."""

    @property
    def steps(self) -> pd.DataFrame:
        """The steps with their dates and who answers for them."""

    @property
    def money(self) -> pd.DataFrame:
        """Budget and spending by year."""


Hashes = Mapping[str, str]
"""The files a plan was made from: name to SHA-256."""
