"""A plan as a still picture, for documents on machines without a browser."""

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.maps.edition import data_version
from layoutplan.maps.fonts import face_for
from layoutplan.maps.look import look
from layoutplan.maps.picture_ground import Ground, View, draw_ground, ground_of, view_of
from layoutplan.maps.picture_legend import draw_legend, draw_scale
from layoutplan.maps.picture_plan import (
    Label,
    draw_merges,
    draw_sites,
    draw_villages,
    draw_ways,
    merges,
    names_of_places,
    plain_name,
    set_labels,
)
from layoutplan.maps.sheet import Sheet
from layoutplan.maps.themes import (
    change_classes,
    minute_classes,
    moved_classes,
    moves,
    share_classes,
)
from layoutplan.plan import Plan
from layoutplan.reports.whole import whole_file
from layoutplan.tables import BANDS
from layoutplan.words import Language, catalogue, say

THEMES: Final = ("minutes", *BANDS, "moved", "change")
"""What the colours of villages can tell."""

_PIXELS_MIN: Final = 400
_PIXELS_MAX: Final = 6_000
_LEGEND: Final = 0.245
_DPI: Final = 200
_TITLE_MAX: Final = 80
_NEAR: Final = 1.35


def map_picture(
    plan: Plan,
    path: str | Path,
    *,
    site: str | None = None,
    against: Plan | None = None,
    theme: str = "minutes",
    title: str = "",
    width: int = 1800,
    height: int = 1200,
    font: str | Path | None = None,
    lang: str = "auto",
) -> Path:
    """Draw a plan as a picture for Word, without a browser.

    The whole county, or one school with the villages that it serves today and in the plan
    and the schools that take its pupils; with title, legend, scale, north and source.
    Colours and signs are those of the review map.

    Parameters
    ----------
    plan
        The plan.
    path
        The file to write, ending in ``.png``. Its folder is made where it is missing.
    site
        The school to show, by id; the whole county where None.
    against
        The layout it is held against, such as today's: its ways are drawn dashed around a
        school, and ``change`` needs it.
    theme
        What the colours of villages tell: ``"minutes"`` as a share of the limit, the
        minutes of one grade band (``"g13"``, ``"g46"``, ``"g79"``), pupils ``"moved"`` or
        the ``"change"`` of minutes.
    title
        A title instead of the name of the county or school.
    width, height
        Pixels; texts grow with the width.
    font
        A font's file instead of one of the machine's.
    lang
        ``"zh"``, ``"en"`` or ``"auto"``, which follows the county's own names.

    Returns
    -------
    pathlib.Path
        The file, which is whole or not there.

    Raises
    ------
    OptionsError
        If the ending, the theme, the school or the size cannot be used, or names are
        Chinese and the machine has no font for them.
    DataError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = map_picture(today, Path(folder) / "map.png", lang="en", title="Today")
    ...     file.read_bytes()[1:4]
    b'PNG'
    """
    spoken = plan.county.language(lang)
    file = Path(path)
    _require(plan, file, site=site, against=against, theme=theme, size=(width, height), lang=spoken)
    ground = ground_of(plan.county)
    heading = _headings(plan, ground, site=site, title=title, lang=spoken)
    names = [*ground.villages["name"], *ground.sites["name"], *ground.towns["name"]]
    sheet = Sheet(width, height, face_for([*names, *heading], font=font, lang=spoken))
    frame = _frame(sheet)
    classes = _classes(plan, against, theme)
    lines = _draw_map(
        sheet,
        frame,
        ground,
        plan,
        against=against,
        site=site,
        classes=classes,
        theme=theme,
        lang=spoken,
    )
    _write_headings(sheet, frame, heading)
    left = round(frame[2] + 14 * sheet.unit)
    draw_legend(
        sheet,
        left,
        frame[1],
        plan=plan,
        classes=classes,
        theme=theme,
        lines=lines,
        tallies=site is None,
        lang=spoken,
    )
    with whole_file(file) as part:
        sheet.picture().save(part, format="PNG", compress_level=6, dpi=(_DPI, _DPI))
    return file


def _require(
    plan: Plan,
    file: Path,
    *,
    site: str | None,
    against: Plan | None,
    theme: str,
    size: tuple[int, int],
    lang: Language,
) -> None:
    """Refuse what cannot be drawn, all of it at once."""
    found = []
    if file.suffix.lower() != ".png":
        found.append(Finding(code="picture_ending", values={"file": file.name}))
    if theme not in THEMES:
        values = {"theme": theme, "known": ", ".join(THEMES)}
        found.append(Finding(code="picture_theme_unknown", values=values))
    if theme == "change" and against is None:
        found.append(Finding(code="picture_change_of_nothing"))
    if site is not None and site not in plan.county.sites.index:
        found.append(Finding(code="unknown_site", column="site", ids=(site,)))
    if min(size) < _PIXELS_MIN or max(size) > _PIXELS_MAX:
        values = {"least": str(_PIXELS_MIN), "greatest": str(_PIXELS_MAX)}
        found.append(Finding(code="picture_size", values=values))
    if against is not None and not against.county.sites.index.equals(plan.county.sites.index):
        found.append(Finding(code="map_of_two_counties", ids=(against.name,)))
    if found:
        raise OptionsError(found, lang=lang)


def _frame(sheet: Sheet) -> tuple[int, int, int, int]:
    unit = sheet.unit
    left, top = round(12 * unit), round(70 * unit)
    return left, top, round(sheet.width * (1 - _LEGEND)), round(sheet.height - 32 * unit)


def _draw_map(
    sheet: Sheet,
    frame: tuple[int, int, int, int],
    ground: Ground,
    plan: Plan,
    *,
    against: Plan | None,
    site: str | None,
    classes: pd.Series,
    theme: str,
    lang: Language,
) -> list[str]:
    """Draw all within the frame, and tell which lines were drawn."""
    before = None if site is None else against
    seen = None if site is None else around(plan, before, ground, site)
    view = view_of(ground, frame, seen)
    draw_ground(sheet, view, ground)
    lines = [] if site is None else _draw_ways_of(sheet, view, ground, plan, before, site)
    pupils = plan.demand.sum(axis=1).reindex(ground.villages.index, fill_value=0)
    shown = "minutes" if theme in BANDS else theme
    grow = 1.0 if site is None else _NEAR
    draw_villages(sheet, view, ground, pupils=pupils, classes=classes, theme=shown, grow=grow)
    draw_sites(sheet, view, ground, plan, grow=grow)
    pairs = merges(plan, site)
    labels = draw_merges(sheet, view, ground, pairs)
    if site is not None:
        x, y = view.pixels(ground.sites.loc[[site], ["x", "y"]].to_numpy(dtype=float))[0]
        sheet.glyph(x, y, _ring(), size=18)
    set_labels(sheet, view, [*labels, *_names(view, ground, plan, pairs, seen)])
    sheet.keep(*frame, "#ffffff")
    draw_scale(sheet, view, lang)
    return [*lines, *(["receiver"] if len(pairs) else [])]


def _ring() -> dict[str, object]:
    return {"shape": "circle", "stroke": look()["ink"]["plain"], "width": 2.6}


def _classes(plan: Plan, against: Plan | None, theme: str) -> pd.Series:
    if theme in BANDS:
        return minute_classes(plan, band=theme)
    if theme == "change" and against is not None:
        return change_classes(plan, against)
    return moved_classes(plan) if theme == "moved" else share_classes(plan)


def around(plan: Plan, before: Plan | None, ground: Ground, site: str) -> pd.DataFrame:
    """Give the places that belong to one school.

    Parameters
    ----------
    plan
        The plan.
    before
        The layout it is held against, or None.
    ground
        The county.
    site
        The school.

    Returns
    -------
    pandas.DataFrame
        ``x``, ``y`` and ``name`` of the school, the villages it serves in either, the
        schools that take its pupils and those that send theirs.
    """
    plans = [plan] if before is None else [plan, before]
    villages = {v for p in plans for v in _rows_of(p, site)["village_id"]}
    moved = moves(plan)
    touched = moved[moved["from_site"].eq(site) | moved["to_site"].eq(site)]
    sites = {site, *touched["from_site"], *touched["to_site"]}
    return pd.concat(
        [
            ground.sites[ground.sites.index.isin(list(sites))],
            ground.villages[ground.villages.index.isin(list(villages))],
        ]
    )


def _rows_of(plan: Plan, site: str) -> pd.DataFrame:
    rows = plan.assignment
    return rows[rows["site_id"].eq(site) & rows["pupils"].gt(0)]


def _draw_ways_of(
    sheet: Sheet, view: View, ground: Ground, plan: Plan, before: Plan | None, site: str
) -> list[str]:
    """Draw the ways to a school, and where its pupils of today go in the plan."""
    drawn = []
    moved = moves(plan)
    leave = moved[moved["from_site"].eq(site)].rename(columns={"to_site": "site_id"})
    if before is not None:
        draw_ways(sheet, view, ground, _rows_of(before, site), today=True)
        drawn.append("today")
    rows = pd.concat([_rows_of(plan, site), leave])[["village_id", "site_id", "pupils"]]
    draw_ways(sheet, view, ground, rows, today=False)
    return [*drawn, "plan"]


def _names(
    view: View, ground: Ground, plan: Plan, pairs: pd.DataFrame, seen: pd.DataFrame | None
) -> list[Label]:
    """Give the names that may be set: all of the places seen around one school."""
    towns = names_of_places(view, ground.towns, "town", pd.Series(9.0, index=ground.towns.index))
    ranks = plan.decisions["action"].map(lambda a: float(look()["actions"][a]["rank"]))
    ranks = ranks.reindex(ground.sites.index).fillna(0.0)
    if seen is None:
        some = ranks[ranks > 1].index.union(pd.Index(pairs["to_site"]), sort=False)
        sites = ground.sites[ground.sites.index.isin(some)]
        return [*towns, *names_of_places(view, sites, "site", ranks)]
    first = ground.sites.index.isin(seen.index)
    named = names_of_places(view, ground.sites, "site", ranks + 10.0 * first)
    villages = ground.villages
    near = pd.Series(villages.index.isin(seen.index) * 1.0, index=villages.index)
    return [*towns, *named, *names_of_places(view, villages, "village", near - 1)]


def _headings(
    plan: Plan, ground: Ground, *, site: str | None, title: str, lang: Language
) -> tuple[str, str, str]:
    """Give title, subtitle and source."""
    county = plan.county.name or say("map.title", lang)
    label = catalogue(lang).get(f"plan.{plan.name}", plan.name)
    solver = plan.solver
    gap = "–" if solver.gap is None else f"{100 * solver.gap:.2f}%"
    # Without the seconds of the search: equal plans give equal pictures.
    found = say(f"papers.solver.{solver.status}", lang, gap=gap)
    status = say("map.page.status", lang, plan=label, status=found)
    standards = plan.standards.title_zh if lang == "zh" else plan.standards.title_en
    values = {"county": county, "version": data_version(plan.county), "standards": standards}
    key = "picture.source_year" if plan.county.year else "picture.source"
    source = say(key, lang, **values, year=plan.county.year)
    if site is None:
        return plain_name(title or county, _TITLE_MAX), status, source
    name, action = ground.sites.loc[site, "name"], str(plan.decisions.loc[site, "action"])
    head = say("picture.site", lang, site=plain_name(name), action=say(f"action.{action}", lang))
    return plain_name(title or head, _TITLE_MAX), f"{plain_name(county)} · {status}", source


def _write_headings(
    sheet: Sheet, frame: tuple[int, int, int, int], heading: tuple[str, str, str]
) -> None:
    left, top, _, bottom = frame
    unit, ink = sheet.unit, look()["ink"]
    room = sheet.width - 2 * left
    rows = (
        (top - 47 * unit, 27.0, ink["plain"], True),
        (top - 16 * unit, 16.0, ink["quiet"], False),
        (bottom + 17 * unit, 12.5, ink["quiet"], False),
    )
    for text, (y, size, colour, bold) in zip(heading, rows, strict=True):
        sheet.text(left, y, sheet.fitted(text, size, room), size=size, colour=colour, bold=bold)
    corners = [(left, top), (frame[2], top), (frame[2], bottom), (left, bottom), (left, top)]
    sheet.line(np.array(corners, dtype=float), "#aeb5bf", width=1)
