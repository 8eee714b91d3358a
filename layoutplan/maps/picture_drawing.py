"""What all still pictures of one plan share: put in order once, for there are many of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layoutplan.maps.look import look
from layoutplan.maps.picture_ground import Ground, ground_of
from layoutplan.maps.picture_plan import summed
from layoutplan.maps.picture_signs import Signs, site_signs, village_signs
from layoutplan.maps.themes import (
    change_classes,
    minute_classes,
    moved_classes,
    moves,
    share_classes,
)
from layoutplan.plan import Plan
from layoutplan.tables import BANDS
from layoutplan.words import Language


@dataclass(frozen=True, eq=False, kw_only=True)
class BySite:
    """A table cut up by the site that its rows belong to.

    Parameters
    ----------
    nothing
        The table without rows.
    parts
        Its rows by site.
    """

    nothing: pd.DataFrame
    parts: Mapping[str, pd.DataFrame]

    def of(self, site: str) -> pd.DataFrame:
        """Give the rows of a site.

        Parameters
        ----------
        site
            The site.

        Returns
        -------
        pandas.DataFrame
            The rows; none where there are none.
        """
        return self.parts.get(site, self.nothing)


@dataclass(frozen=True, eq=False, kw_only=True)
class Drawing:
    """A plan as its pictures show it.

    Parameters
    ----------
    plan
        The plan.
    against
        The layout it is held against, or None.
    theme
        What the colours of villages tell.
    ground
        What lies under it.
    font
        A font's file instead of one of the machine's, or None.
    lang
        The language.
    """

    plan: Plan
    against: Plan | None
    theme: str
    ground: Ground
    font: str | Path | None
    lang: Language

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names that may stand on the map."""
        ground = self.ground
        return (*ground.villages["name"], *ground.sites["name"], *ground.towns["name"])

    @cached_property
    def decisions(self) -> pd.DataFrame:
        """What happens at each site."""
        return self.plan.decisions

    @cached_property
    def classes(self) -> pd.Series:
        """The class of each village under the theme."""
        plan, theme = self.plan, self.theme
        if theme in BANDS:
            return minute_classes(plan, band=theme)
        if theme == "change" and self.against is not None:
            return change_classes(plan, self.against)
        return moved_classes(plan) if theme == "moved" else share_classes(plan)

    @cached_property
    def villages(self) -> Signs:
        """The signs of the villages."""
        places = self.ground.villages
        pupils = self.plan.demand.sum(axis=1).reindex(places.index, fill_value=0)
        shown = "minutes" if self.theme in BANDS else self.theme
        return village_signs(places, pupils=pupils, classes=self.classes, theme=shown)

    @cached_property
    def sites(self) -> Signs:
        """The signs of the schools."""
        return site_signs(self.ground.sites, self.decisions)

    @cached_property
    def ranks(self) -> pd.Series:
        """How much the name of each site matters."""
        ranks = self.decisions["action"].map(lambda a: float(look()["actions"][a]["rank"]))
        return ranks.reindex(self.ground.sites.index).fillna(0.0)

    @cached_property
    def leaving(self) -> BySite:
        """The pupils who leave each site, summed up by the site that they go to."""
        return _by_site(summed(moves(self.plan)), "from_site")

    @cached_property
    def coming(self) -> BySite:
        """The pupils who come to each site, summed up by the site that they leave."""
        return _by_site(summed(moves(self.plan)), "to_site")

    @cached_property
    def ways(self) -> tuple[BySite, ...]:
        """Who goes to each site: in the plan, then in the layout it is held against."""
        plans = (self.plan,) if self.against is None else (self.plan, self.against)
        return tuple(_by_site(self._lines(p.assignment), "site_id") for p in plans)

    @cached_property
    def ways_away(self) -> BySite:
        """Where those go who leave each site."""
        rows = moves(self.plan).rename(columns={"to_site": "site_id"})
        return _by_site(self._lines(rows, "from_site"), "from_site")

    def _lines(self, rows: pd.DataFrame, *more: str) -> pd.DataFrame:
        """Sum up pupils from village to site, with the places of both."""
        by = ["village_id", "site_id", *more]
        pairs = rows.groupby(by, observed=True)["pupils"].sum().reset_index()
        pairs = pairs[pairs["pupils"].gt(0)]
        for column, places in (
            ("village_id", self.ground.villages),
            ("site_id", self.ground.sites),
        ):
            name = column.removesuffix("_id")
            pairs = pairs.join(places[["x", "y"]].add_prefix(f"{name}_"), on=column, how="inner")
        return pairs


def drawing_of(
    plan: Plan,
    *,
    against: Plan | None = None,
    theme: str = "minutes",
    font: str | Path | None = None,
    lang: Language,
) -> Drawing:
    """Put a plan in order for its pictures.

    Parameters
    ----------
    plan
        The plan.
    against
        The layout it is held against.
    theme
        What the colours of villages tell.
    font
        A font's file instead of one of the machine's.
    lang
        The language.

    Returns
    -------
    Drawing
        The drawing.
    """
    ground = ground_of(plan.county)
    return Drawing(plan=plan, against=against, theme=theme, ground=ground, font=font, lang=lang)


def _by_site(rows: pd.DataFrame, column: str) -> BySite:
    parts = {str(site): part for site, part in rows.groupby(column, observed=True)}
    return BySite(nothing=rows.iloc[:0], parts=parts)


def known(places: pd.DataFrame, ids: Iterable[str]) -> NDArray[np.bool_]:
    """Tell which places are among some.

    Parameters
    ----------
    places
        Places by id.
    ids
        Ids.

    Returns
    -------
    numpy.ndarray
        One truth value per place.
    """
    at = places.index.get_indexer(pd.Index(list(ids), dtype=places.index.dtype))
    found = np.zeros(len(places), dtype=bool)
    found[at[at >= 0]] = True
    return found
