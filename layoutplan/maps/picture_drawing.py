"""What all still pictures of one plan share: put in order once, for there are many of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from layoutplan.maps.look import look
from layoutplan.maps.picture_ground import Ground, ground_of
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

BySite = Mapping[str, pd.DataFrame]
"""Rows of a table by the site that they belong to."""


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
        """The pupils who leave each site for another one."""
        return _by_site(moves(self.plan), "from_site")

    @cached_property
    def coming(self) -> BySite:
        """The pupils who come to each site from another one."""
        return _by_site(moves(self.plan), "to_site")

    @cached_property
    def served(self) -> tuple[BySite, ...]:
        """Who goes to each site: in the plan, then in the layout it is held against."""
        plans = (self.plan,) if self.against is None else (self.plan, self.against)
        return tuple(_by_site(p.assignment.query("pupils > 0"), "site_id") for p in plans)


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
    return {str(site): part for site, part in rows.groupby(column, observed=True)}
