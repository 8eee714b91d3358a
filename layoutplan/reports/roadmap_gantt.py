"""A picture of a roadmap: bars by half-year, as SVG."""

import datetime as dt
from collections.abc import Iterator
from html import escape
from typing import Final

import pandas as pd

from layoutplan.repeatable_workbook import letters_wide
from layoutplan.reports.plain_text import legal
from layoutplan.roadmap import Roadmap
from layoutplan.words import Language, say

_WIDTH: Final = 1200
_LABELS: Final = 380
_MARGIN: Final = 16
_HEAD: Final = 84
_ROW: Final = 22
_ROWS: Final = 120
"""So many measures are drawn; the workbook holds all."""

_LETTERS: Final = 46
_FONTS: Final = (
    "'Noto Sans CJK SC','Microsoft YaHei','PingFang SC','SimSun',"
    "'Noto Sans SC','WenQuanYi Micro Hei',sans-serif"
)
_COLOURS: Final = {"procedure": "#9cc3d9", "building": "#e3a857", "effect": "#1f5f4a"}
_BUILDING: Final = ("design", "build", "accept")


def gantt_svg(roadmap: Roadmap, *, lang: Language) -> str:
    """Draw what is done when: a line for each measure, with procedure and building.

    Parameters
    ----------
    roadmap
        The roadmap.
    lang
        The language.

    Returns
    -------
    str
        The picture, in SVG. Names are data in it, never marks.

    Examples
    --------
    >>> import layoutplan as lp
    >>> from layoutplan.roadmap import roadmap
    >>> county = lp.example.county(seed=1, villages=40)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> gantt_svg(roadmap(today, years=1), lang="en")[:4]
    '<svg'
    """
    table = roadmap.actions
    shown = table.head(_ROWS)
    more = len(table) - len(shown)
    height = _HEAD + _ROW * (len(shown) + (1 if more else 0)) + _MARGIN
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
            f'viewBox="0 0 {_WIDTH} {height}" font-family="{_FONTS}" font-size="12">'
        ),
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        *_head(roadmap, height, lang),
        *_bars(roadmap, shown, lang),
    ]
    if more:
        y = _HEAD + _ROW * len(shown) + 15
        parts.append(_text(_MARGIN, y, say("roadmap.gantt.more", lang, n=more)))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _span(roadmap: Roadmap) -> tuple[dt.date, dt.date]:
    first, last = roadmap.half_years[0], roadmap.half_years[-1]
    begins = dt.date(int(first[:4]), 1 if first[-1] == "1" else 7, 1)
    year, half = int(last[:4]), last[-1]
    return begins, dt.date(year, 7, 1) if half == "1" else dt.date(year + 1, 1, 1)


def _x(day: dt.date, roadmap: Roadmap) -> float:
    first, last = _span(roadmap)
    share = (day - first).days / (last - first).days
    wide = _WIDTH - _LABELS - _MARGIN
    return round(_LABELS + wide * min(max(share, 0.0), 1.0), 1)


def _text(x: float, y: float, text: str, *, more: str = "") -> str:
    return f'<text x="{x}" y="{y}" fill="#222222"{more}>{escape(legal(text))}</text>'


def _head(roadmap: Roadmap, height: int, lang: Language) -> Iterator[str]:
    title = say("roadmap.gantt.title", lang, county=roadmap.plan.county.name or roadmap.plan.name)
    yield _text(_MARGIN, 26, title, more=' font-size="17" font-weight="bold"')
    x = _MARGIN
    for key, colour in _COLOURS.items():
        yield f'<rect x="{x}" y="38" width="14" height="12" fill="{colour}"/>'
        word = say(f"roadmap.gantt.{key}", lang)
        yield _text(x + 20, 49, word)
        x += 40 + 8 * letters_wide(word)
    for i, half in enumerate(roadmap.half_years):
        begins = dt.date(int(half[:4]), 1 if half[-1] == "1" else 7, 1)
        at = _x(begins, roadmap)
        dark = "#888888" if half[-1] == "1" or i == 0 else "#dddddd"
        yield (
            f'<line x1="{at}" y1="{_HEAD - 10}" x2="{at}" y2="{height - _MARGIN}" '
            f'stroke="{dark}" stroke-width="1"/>'
        )
        if half[-1] == "1" or i == 0:
            yield _text(at + 3, _HEAD - 14, half[:4])


def _bars(roadmap: Roadmap, shown: pd.DataFrame, lang: Language) -> Iterator[str]:
    steps = roadmap.steps
    by = {str(a): rows for a, rows in steps.groupby("action_id")}
    for i, (action_id, row) in enumerate(shown.iterrows()):
        y = _HEAD + _ROW * i
        if i % 2 == 0:
            yield (
                f'<rect x="0" y="{y}" width="{_WIDTH}" height="{_ROW}" fill="#000000" '
                'fill-opacity="0.035"/>'
            )
        action = say(f"roadmap.action.{row['action']}", lang)
        label = f"{row['name'] or row['site_id']} · {action}"
        yield _text(_MARGIN, y + 15, _cut(label))
        rows = by.get(str(action_id), steps.iloc[:0])
        built = rows["step"].isin(_BUILDING)
        holds = _holds(str(row["ready"]))
        # What follows after it takes effect is in the table of steps.
        before = rows[~built & (rows["starts"] < holds.isoformat())]
        for key, some, top, tall in (
            ("procedure", before, 5, 12),
            ("building", rows[built], 8, 6),
        ):
            if len(some):
                a = _x(dt.date.fromisoformat(some["starts"].min()), roadmap)
                end = dt.date.fromisoformat(some["due"].max()) + dt.timedelta(days=1)
                b = _x(min(end, holds) if key == "procedure" else end, roadmap)
                yield (
                    f'<rect x="{a}" y="{y + top}" width="{round(max(b - a, 1.0), 1)}" '
                    f'height="{tall}" rx="2" fill="{_COLOURS[key]}"/>'
                )
        at = _x(holds, roadmap)
        yield (
            f'<path d="M{at} {y + 4} l6 7 l-6 7 l-6 -7 z" fill="{_COLOURS["effect"]}">'
            f"<title>{escape(legal(f'{label}: {holds.isoformat()}'))}</title></path>"
        )


def _holds(ready: str) -> dt.date:
    return dt.date(int(ready[:4]), 1, 1) if ready[-1] == "1" else dt.date(int(ready[:4]), 9, 1)


def _cut(text: str) -> str:
    """Shorten a label to what finds room."""
    if letters_wide(text) <= _LETTERS:
        return text
    while letters_wide(text) > _LETTERS - 1:
        text = text[:-1]
    return f"{text}…"
