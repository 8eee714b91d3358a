"""What stands around a still picture: title, legend, scale, north, source."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np

from layoutplan.actions import ACTIONS
from layoutplan.maps.look import look
from layoutplan.maps.picture_drawing import Drawing
from layoutplan.maps.picture_ground import View
from layoutplan.maps.picture_signs import site_glyph, village_glyph
from layoutplan.maps.sheet import Sheet
from layoutplan.maps.themes import CHANGE_FROM, LIMIT_SHARES, MOVED_FROM, NOBODY, limits
from layoutplan.plan import Plan
from layoutplan.tables import BANDS, KINDS
from layoutplan.words import Language, say

_ROW: Final = 22.0
_SIZE: Final = 14.5
_HEAD: Final = 16.0
_SCALE_SHARE: Final = 0.16
_NICE: Final = (5, 2, 1)
_KM: Final = 1000


def class_names(plan: Plan, theme: str, lang: Language) -> list[str]:
    """Name the classes of a theme.

    Parameters
    ----------
    plan
        The plan, whose standards hold.
    theme
        ``minutes``, a grade band, ``moved`` or ``change``.
    lang
        The language.

    Returns
    -------
    list of str
        One name for each colour.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> class_names(today, "moved", "en")[:2]
    ['nobody moves', '1–9 pupils']
    """
    if theme == "moved":
        pairs = pairwise(MOVED_FROM)
        between = [
            say("map.legend.pupils_between", lang, **{"from": a, "to": b - 1}) for a, b in pairs
        ]
        last = say("map.legend.pupils_from", lang, **{"from": MOVED_FROM[-1]})
        return [say("map.legend.nobody_moved", lang), *between, last]
    if theme == "change":
        return _changes(lang)
    if theme in BANDS:
        ends = [_number(share * limits(plan)[theme]) for share in LIMIT_SHARES]
        first, middle, last = "map.legend.up_to", "map.legend.between", "map.legend.above"
    else:
        ends = [f"{100 * share:.0f}" for share in LIMIT_SHARES]
        first, middle, last = (f"map.legend.share_{k}" for k in ("up_to", "between", "above"))
    names = [say(first, lang, to=ends[0])]
    names += [say(middle, lang, **{"from": a, "to": b}) for a, b in pairwise(ends)]
    names.append(say(last, lang, **{"from": ends[-1]}))
    notes = ["", "", *(f" {say(f'map.legend.{k}', lang)}" for k in ("limit", "beyond", "beyond"))]
    worded = [name + note for name, note in zip(names, notes, strict=True)]
    return [*worded, say("map.legend.no_school", lang), say("map.legend.all_board", lang)]


def _changes(lang: Language) -> list[str]:
    shorter, less, same, more, longer = CHANGE_FROM
    words = "map.legend"
    return [
        say(f"{words}.shorter_by", lang, by=_number(-shorter)),
        say(f"{words}.shorter_between", lang, **{"from": _number(-less), "to": _number(-shorter)}),
        say(f"{words}.same", lang, by=_number(same)),
        say(f"{words}.longer_between", lang, **{"from": _number(same), "to": _number(more)}),
        say(f"{words}.longer_between", lang, **{"from": _number(more), "to": _number(longer)}),
        say(f"{words}.longer_by", lang, by=_number(longer)),
    ]


def _number(value: float) -> str:
    return f"{round(value, 1):g}"


def theme_title(theme: str, lang: Language) -> str:
    """Name a theme.

    Parameters
    ----------
    theme
        See `class_names`.
    lang
        The language.

    Returns
    -------
    str
        Its title.

    Examples
    --------
    >>> theme_title("g13", "en")
    'Minutes to school, grades 1-3'
    """
    if theme in BANDS:
        return say("map.theme.minutes_of", lang, band=say(f"band.{theme}", lang))
    return say(f"map.theme.{theme}", lang)


def draw_legend(
    sheet: Sheet,
    left: int,
    top: int,
    *,
    drawing: Drawing,
    lines: Sequence[str],
    tallies: bool,
) -> None:
    """Draw the legend: colours with how many villages, kinds, actions, lines.

    Parameters
    ----------
    sheet
        The sheet.
    left, top
        Its upper left corner, pixels.
    drawing
        The plan.
    lines
        Which lines are on the map: ``today``, ``plan``, ``receiver``.
    tallies
        Whether villages and sites are counted.
    """
    plan, theme, lang = drawing.plan, drawing.theme, drawing.lang
    step, ink = _ROW * sheet.unit, look()["ink"]
    right = sheet.width - 12 * sheet.unit
    y = top + step / 2

    def head(text: str) -> None:
        nonlocal y
        size = sheet.fitting(text, _HEAD, right - left, bold=True)
        shown = sheet.fitted(text, size, right - left)
        sheet.text(left, y, shown, size=size, colour=ink["plain"], bold=True)
        y += step * 1.1

    def row(text: str, tally: str = "") -> float:
        nonlocal y
        room = right - left - 26 * sheet.unit - sheet.text_width(f" {tally}", _SIZE)
        size = sheet.fitting(text, _SIZE, room)
        shown = sheet.fitted(text, size, room)
        sheet.text(left + 24 * sheet.unit, y, shown, size=size, colour=ink["plain"])
        if tally:
            sheet.text(right, y, tally, size=_SIZE, colour=ink["quiet"], anchor="rm")
        y += step
        return y - step

    def signs(title: str, styles: list[tuple[dict[str, Any], str]]) -> None:
        nonlocal y
        head(title)
        for style, text in styles:
            at = row(text)
            sheet.glyph(left + 10 * sheet.unit, at, style, size=7.5)
        y += step * 0.35

    head(theme_title(theme, lang))
    colours = look()["colours"]["minutes" if theme in BANDS else theme]
    counts = drawing.classes.value_counts()
    for n, name in [*enumerate(class_names(plan, theme, lang)), (NOBODY, "")]:
        if not counts.get(n, 0) and n not in range(5):
            continue
        text = name or say("map.legend.nobody", lang)
        at = row(text, f"{counts.get(n, 0):,}" if tallies else "")
        style = village_glyph(n, colours, lost=theme in (*BANDS, "minutes"))
        sheet.glyph(left + 10 * sheet.unit, at, style, size=7.5)
    y += step * 0.35
    table = drawing.decisions
    used = table.loc[table["action"].ne("unused"), "kind"].unique()
    kinds = [k for k in KINDS if k in used]
    actions = [a for a in ACTIONS if table["action"].eq(a).any()]
    signs(
        say("map.legend.kinds", lang),
        [(site_glyph(k, "keep"), say(f"kind.{k}", lang)) for k in kinds],
    )
    counted = {a: f" ({int(table['action'].eq(a).sum()):,})" if tallies else "" for a in actions}
    signs(
        say("map.legend.actions", lang),
        [(site_glyph("primary", a), say(f"action.{a}", lang) + counted[a]) for a in actions],
    )
    for line in lines:
        at = row(say(f"map.line.{line}", lang))
        _line_key(sheet, left, at, line)


def _line_key(sheet: Sheet, left: float, y: float, line: str) -> None:
    style = look()
    colour = style["actions"]["close"]["stroke"] if line == "receiver" else style["lines"][line]
    ends = np.array([[left, y], [left + 20 * sheet.unit, y]])
    sheet.line(ends, colour, width=2.4, dashes=(3.0, 4.0) if line == "today" else None)
    if line == "receiver":
        arrow = {"shape": "arrow", "fill": colour}
        sheet.glyph(left + 13 * sheet.unit, y, arrow, size=6)


def draw_scale(sheet: Sheet, view: View, lang: Language) -> None:
    """Draw the scale bar and where north is.

    Parameters
    ----------
    sheet
        The sheet.
    view
        What is seen.
    lang
        The language.
    """
    left, top, _, bottom = view.frame
    ink, unit = look()["ink"]["plain"], sheet.unit
    metres = _SCALE_SHARE * (view.frame[2] - left) / view.scale
    power = 10.0 ** np.floor(np.log10(metres))
    nice = next(n for n in _NICE if n * power <= metres) * power
    name = f"{nice / _KM:g} km" if nice >= _KM else f"{nice:g} m"
    x, y, wide = left + 14 * unit, bottom - 14 * unit, nice * view.scale
    bar = np.array([[x, y - 6 * unit], [x, y], [x + wide, y], [x + wide, y - 6 * unit]])
    sheet.line(bar, "#ffffff", width=4.6)
    sheet.line(bar, ink, width=1.8)
    sheet.text(x + wide / 2, y - 11 * unit, name, size=14, colour=ink, anchor="mm", halo=True)
    x, y = left + 22 * unit, top + 40 * unit
    middle, other = np.array([x, y]), np.array([-1, 1])
    half = np.array([[0, -14], [9, 13], [0, 7]]) * unit
    sheet.area(half + middle, ink)
    sheet.area(half * other + middle, "#ffffff")
    sheet.line(np.vstack([half * other, half[:1] * other]) + middle, ink, width=1.2)
    sheet.text(
        x,
        y - 24 * unit,
        say("map.page.north", lang),
        size=15,
        colour=ink,
        anchor="mm",
        bold=True,
        halo=True,
    )
