"""A plan as a still picture, for documents on machines without a browser."""

import io
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from PIL import Image

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.maps.edition import data_version
from layoutplan.maps.fonts import face_for
from layoutplan.maps.look import look
from layoutplan.maps.picture_drawing import Drawing, drawing_of, known
from layoutplan.maps.picture_ground import View, draw_ground, view_of
from layoutplan.maps.picture_legend import draw_legend, draw_scale
from layoutplan.maps.picture_plan import (
    Label,
    draw_merges,
    draw_signs,
    draw_ways,
    merges,
    names_of_places,
    plain_name,
    set_labels,
)
from layoutplan.maps.sheet import Sheet
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
_COLOURS: Final = 255
_NEARLY_WHITE: Final = 251
_PRESSED: Final = 3
"""As small as the highest level for pictures of this kind, in two thirds of the time."""

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
    drawing = drawing_of(plan, against=against, theme=theme, font=font, lang=spoken)
    png = picture_png(drawing, site=site, title=title, size=(width, height))
    with whole_file(file) as part:
        part.write_bytes(png)
    return file


def picture_png(
    drawing: Drawing,
    *,
    site: str | None,
    size: tuple[int, int],
    title: str = "",
    few_colours: bool = False,
) -> bytes:
    """Draw one picture of a plan, of which there may be many.

    Parameters
    ----------
    drawing
        The plan in order for its pictures.
    site
        The school to show; the whole county where None.
    size
        Width and height, pixels.
    title
        A title instead of the name of the county or school.
    few_colours
        Whether 255 colours are enough: a third of the bytes, made in half of the time.

    Returns
    -------
    bytes
        PNG.

    Raises
    ------
    OptionsError
        If names are Chinese and the machine has no font for them.
    """
    heading = _headings(drawing, site=site, title=title)
    face = face_for([*drawing.names, *heading], font=drawing.font, lang=drawing.lang)
    sheet = Sheet(*size, face)
    frame = _frame(sheet)
    lines = _draw_map(sheet, frame, drawing, site)
    _write_headings(sheet, frame, heading)
    left = round(frame[2] + 14 * sheet.unit)
    draw_legend(sheet, left, frame[1], drawing=drawing, lines=lines, tallies=site is None)
    buffer = io.BytesIO()
    picture = sheet.picture()
    picture = _of_few_colours(picture) if few_colours else picture
    picture.save(buffer, format="PNG", compress_level=_PRESSED, dpi=(_DPI, _DPI))
    return buffer.getvalue()


def _of_few_colours(picture: Image.Image) -> Image.Image:
    few = picture.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    # A mean of whites and near ones would print as a faint grey.
    palette = np.array(few.getpalette(), dtype=np.uint8).reshape(-1, 3)
    palette[palette.min(axis=1) >= _NEARLY_WHITE] = 255
    few.putpalette(palette.ravel().tolist())
    return few


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
    sheet: Sheet, frame: tuple[int, int, int, int], drawing: Drawing, site: str | None
) -> list[str]:
    """Draw all within the frame, and tell which lines were drawn."""
    ground = drawing.ground
    seen = None if site is None else around(drawing, site)
    view = view_of(ground, frame, seen)
    draw_ground(sheet, view, ground)
    lines = [] if site is None else _draw_ways_of(sheet, view, drawing, site)
    villages = drawing.villages
    draw_signs(sheet, view, villages, grow=villages.crowd if site is None else _NEAR)
    draw_signs(sheet, view, drawing.sites, grow=1.0 if site is None else _NEAR)
    pairs = merges(drawing.plan) if site is None else drawing.leaving.of(site)
    labels = draw_merges(sheet, view, ground, pairs)
    if site is not None:
        x, y = view.pixels(ground.sites.loc[[site], ["x", "y"]].to_numpy(dtype=float))[0]
        sheet.glyph(x, y, _ring(), size=18)
    set_labels(sheet, view, [*labels, *_names(view, drawing, pairs, seen)])
    sheet.keep(*frame, "#ffffff")
    draw_scale(sheet, view, drawing.lang)
    return [*lines, *(["receiver"] if len(pairs) else [])]


def _ring() -> dict[str, object]:
    return {"shape": "circle", "stroke": look()["ink"]["plain"], "width": 2.6}


def around(drawing: Drawing, site: str) -> pd.DataFrame:
    """Give the places that belong to one school.

    Parameters
    ----------
    drawing
        The plan, and the layout it is held against.
    site
        The school.

    Returns
    -------
    pandas.DataFrame
        ``x``, ``y`` and ``name`` of the school, the villages it serves in either, the
        schools that take its pupils and those that send theirs.
    """
    villages = {v for ways in drawing.ways for v in ways.of(site)["village_id"]}
    to, source = drawing.leaving.of(site)["to_site"], drawing.coming.of(site)["from_site"]
    ground = drawing.ground
    sites = known(ground.sites, [site, *to, *source])
    return pd.concat([ground.sites[sites], ground.villages[known(ground.villages, villages)]])


def _draw_ways_of(sheet: Sheet, view: View, drawing: Drawing, site: str) -> list[str]:
    """Draw the ways to a school, and where its pupils of today go in the plan."""
    planned, *before = (ways.of(site) for ways in drawing.ways)
    for rows in before:
        draw_ways(sheet, view, rows, today=True)
    draw_ways(sheet, view, planned, today=False)
    draw_ways(sheet, view, drawing.ways_away.of(site), today=False)
    return [*("today" for _ in before), "plan"]


def _names(
    view: View, drawing: Drawing, pairs: pd.DataFrame, seen: pd.DataFrame | None
) -> list[Label]:
    """Give the names that may be set: all of the places seen around one school."""
    ground, ranks = drawing.ground, drawing.ranks
    towns = names_of_places(view, ground.towns, "town", pd.Series(9.0, index=ground.towns.index))
    if seen is None:
        some = ranks[ranks > 1].index.union(pd.Index(pairs["to_site"]), sort=False)
        sites = ground.sites[ground.sites.index.isin(some)]
        return [*towns, *names_of_places(view, sites, "site", ranks)]
    named = names_of_places(
        view, ground.sites, "site", ranks + 10.0 * known(ground.sites, seen.index)
    )
    villages = ground.villages
    near = pd.Series(known(villages, seen.index) - 1.0, index=villages.index)
    return [*towns, *named, *names_of_places(view, villages, "village", near)]


def _headings(drawing: Drawing, *, site: str | None, title: str) -> tuple[str, str, str]:
    """Give title, subtitle and source."""
    plan, lang = drawing.plan, drawing.lang
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
    name = drawing.ground.sites.loc[site, "name"]
    action = str(drawing.decisions.loc[site, "action"])
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
