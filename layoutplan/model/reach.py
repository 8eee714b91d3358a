"""The ways that a question has, as flows; and more of them where they are asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from layoutplan.model.cohorts import groups_and_flows
from layoutplan.model.ways import WAYS, BandWays, with_fellows


@dataclass(frozen=True, eq=False, kw_only=True)
class Reach:
    """The ways of all bands, and what makes flows of them.

    Parameters
    ----------
    by_band
        The ways of each band.
    apart
        Whether cohorts are kept apart throughout.
    gates
        Whether ways beyond the limit that become longer still are counted.
    slack
        Minutes by which such a way may become longer.
    together
        Whether pupils who leave a school may be sent wherever one of them may be.
    boarding_weight
        Journeys of boarders as a share of those of pupils who travel daily.
    longest
        Minutes that no way but to boarding may exceed; infinite where any may.
    """

    by_band: Mapping[str, BandWays]
    apart: bool
    gates: bool
    slack: float
    together: bool
    boarding_weight: float
    longest: float

    def tables(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Make groups and their flows.

        Returns
        -------
        tuple
            See `layoutplan.model.cohorts.groups_and_flows`; flows have their weight.
        """
        groups, flows = groups_and_flows(
            self.by_band, whole=self.apart, gates=self.gates, slack=self.slack
        )
        board = flows["way"].to_numpy() == WAYS.index("board")
        flows = flows.assign(weight=np.where(board, self.boarding_weight, 1.0))
        return groups, flows[board | (flows["minutes"] <= self.longest)].reset_index(drop=True)

    def wider(self, pairs: pd.DataFrame) -> "Reach":
        """Add lawful ways.

        Parameters
        ----------
        pairs
            Columns band, way, village (its number among those of the band), site.

        Returns
        -------
        Reach
            With these ways, as far as they are lawful.
        """
        bands = dict(self.by_band)
        for band, rows in pairs.groupby("band"):
            ways = bands[str(band)]
            come = dict(ways.come)
            for way, some in rows.groupby("way"):
                more = ways.come[str(way)].copy()
                more[some["village"].to_numpy(), some["site"].to_numpy()] = True
                if self.together:
                    more = with_fellows(more, ways.now)
                come[str(way)] = more & ways.lawful[str(way)]
            bands[str(band)] = replace(ways, come=come)
        return replace(self, by_band=bands)
