"""What the checker reads from a plan once: rows by their ids, today's pupils, ways."""

import math
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from layoutplan.measures import site_measures
from layoutplan.plan.evaluate import evaluate
from layoutplan.plan.noun import Plan
from layoutplan.tables import BANDS

Row = Mapping[Hashable, Any]
Key = tuple[str, str, str]

TOLERANCE = 1e-6
"""What rounding may do to minutes, shares and yuan."""

BOARD = "board"
BUS = "bus"


@dataclass(frozen=True, eq=False, kw_only=True)
class Facts:
    """A plan, row by row.

    Parameters
    ----------
    plan
        The plan.
    sites
        Decisions by site.
    measures
        Rows of the table of measures by site and measure.
    made_by_default
        Whether that table is the one that the county and the standards give.
    ways
        Minutes from home, by band, village and site.
    rides
        Minutes by school bus, in the same form; empty without one.
    today
        Today's pupils by village, band and site.
    now
        The plan's pupils by village, band and site, all ways together.
    by_origin
        Where all pupils go today and in the plan, and how; empty of a plan that was given.
    """

    plan: Plan
    sites: Mapping[str, Row]
    measures: Mapping[tuple[str, str], Row]
    made_by_default: bool
    ways: Mapping[str, Mapping[Hashable, Row]]
    rides: Mapping[str, Mapping[Hashable, Row]]
    today: Mapping[Key, int]
    now: Mapping[Key, int]
    by_origin: Sequence[Row]

    def value(self, name: str) -> float:
        """Give a number of the standards.

        Parameters
        ----------
        name
            Its id.

        Returns
        -------
        float
            The number.
        """
        return self.plan.standards.value(name)

    def limit(self, band: str) -> float:
        """Give the longest way of a band.

        Parameters
        ----------
        band
            The band.

        Returns
        -------
        float
            Minutes, one way.
        """
        return self.value(f"travel_limit_minutes_{band}")

    def shortest(self, village: str, band: str, site: str) -> float:
        """Give the minutes of the quickest way there is.

        Parameters
        ----------
        village, band, site
            Whose way, and where to.

        Returns
        -------
        float
            Minutes, one way; infinite where there is none.
        """
        home = self.way(village, band, site, self.plan.times.mode)
        return min(home, self.way(village, band, site, BUS)) if self.rides else home

    def way(self, village: str, band: str, site: str, mode: str) -> float:
        """Give the minutes that a way takes.

        Parameters
        ----------
        village, band, site
            Whose way, and where to.
        mode
            How: boarders travel as from home.

        Returns
        -------
        float
            Minutes, one way; infinite where there is no such way.
        """
        by_band = self.rides if mode == BUS and self.rides else self.ways
        return float(by_band[band].get(village, {}).get(site, math.inf))

    def taught_today(self, site: str) -> tuple[str, ...]:
        """Give the bands that a school teaches today.

        Parameters
        ----------
        site
            The school.

        Returns
        -------
        tuple of str
            The bands; none for a candidate.
        """
        row = self.measures.get((site, "keep"))
        return tuple(str(row["bands"]).split()) if row is not None else ()

    def taught(self, site: str) -> tuple[str, ...]:
        """Give the bands that a site teaches in the plan.

        Parameters
        ----------
        site
            The site.

        Returns
        -------
        tuple of str
            The bands.
        """
        row = self.sites.get(site)
        return tuple(str(row["bands"]).split()) if row is not None else ()

    def nearest(self, village: str, band: str) -> float:
        """Give the minutes to the nearest school that teaches a band today.

        Parameters
        ----------
        village, band
            Whose way.

        Returns
        -------
        float
            Minutes from home, infinite where there is none.
        """
        return self._nearest.get((village, band), math.inf)

    @cached_property
    def _nearest(self) -> Mapping[tuple[Hashable, str], float]:
        found = {}
        for band, by_village in self.ways.items():
            schools = [s for s in self.sites if band in self.taught_today(s)]
            for village, ways in by_village.items():
                minutes = (float(ways.get(s, math.inf)) for s in schools)
                found[village, band] = min(minutes, default=math.inf)
        return found


def facts_of(plan: Plan) -> Facts:
    """Read a plan into facts.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    Facts
        The facts.
    """
    today: dict[Key, int] = defaultdict(int)
    now: dict[Key, int] = defaultdict(int)
    as_it_is = evaluate(plan.county, plan.times, standards=plan.standards)
    for counted, table in ((today, as_it_is.assignment), (now, plan.assignment)):
        for row in table.to_dict("records"):
            key = str(row["village_id"]), str(row["band"]), str(row["site_id"])
            counted[key] += int(row["pupils"])
    default = site_measures(plan.county, standards=plan.standards)
    table = plan.measures if "measures" in plan.tables else default
    bus = plan.bus
    return Facts(
        plan=plan,
        sites={str(r["site_id"]): r for r in plan.decisions.reset_index().to_dict("records")},
        measures={(str(r["site_id"]), str(r["measure"])): r for r in table.to_dict("records")},
        made_by_default=table.equals(default),
        ways={b: plan.times.table(b).to_dict("index") for b in BANDS},
        rides={} if bus is None else {b: bus.table(b).to_dict("index") for b in BANDS},
        today=dict(today),
        now=dict(now),
        by_origin=plan.tables["by_origin"].to_dict("records") if "by_origin" in plan.tables else (),
    )
