"""Charts for reports, drawn with the library and fonts of the maps' pictures."""

import io
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from layoutplan.assessment.selections import trips
from layoutplan.maps.fonts import face_for
from layoutplan.maps.sheet import Sheet
from layoutplan.papers.case import Case
from layoutplan.papers.shown import count
from layoutplan.reports.names import plan_title

_SIZE: Final = (1400, 640)
_STEP: Final = 10
_BARS: Final = 8
_COLOURS: Final = ("#9aa5b1", "#0072B2")
"""Today's layout and the plan, told apart by the colour-blind too."""

_DPI: Final = 200

Counts = NDArray[np.int64]


def report_charts(case: Case) -> tuple[tuple[str, bytes], ...]:
    """Draw the charts of a report: minutes to school and class sizes.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    tuple of (str, bytes)
        Caption and PNG of each.

    Raises
    ------
    OptionsError
        If words are Chinese and the machine has no font for them.
    """
    return tuple(
        (case.say(f"chart.{name}"), bars(case, case.say(f"chart.{name}"), series))
        for name, series in (("minutes", minutes_counts(case)), ("classes", class_counts(case)))
    )


def minutes_counts(case: Case) -> list[tuple[str, Counts]]:
    """Count pupils by minutes to school, in tens; the last bar holds all above.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    list of tuple
        The name of each plan and its counts. Pupils whose way is not known are left out.
    """
    found = []
    for plan in (case.against, case.plan):
        if plan is None:
            continue
        table = trips(plan)
        table = table[table["known"]]
        counted = _counted(table["minutes"].to_numpy(dtype=float), table["pupils"].to_numpy())
        found.append((plan_title(plan.name, case.lang), counted))
    return found


def class_counts(case: Case) -> list[tuple[str, Counts]]:
    """Count classes by the largest class of their grade, in tens.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    list of tuple
        The name of each plan and its counts.
    """
    found = []
    for plan, table in ((case.against, case.classes_before), (case.plan, case.classes)):
        if plan is None or table is None:
            continue
        counted = _counted(table["largest"].to_numpy(dtype=float) - 1, table["classes"].to_numpy())
        found.append((plan_title(plan.name, case.lang), counted))
    return found


def _counted(values: NDArray[np.float64], weights: NDArray[np.int64]) -> Counts:
    at = np.clip(values // _STEP, 0, _BARS - 1).astype(np.int64)
    return np.bincount(at, weights=weights, minlength=_BARS).astype(np.int64)


def bars(case: Case, title: str, series: Sequence[tuple[str, Counts]]) -> bytes:
    """Draw bars of plans beside each other, each with its number.

    Parameters
    ----------
    case
        The case.
    title
        What the bars count.
    series
        The name of each plan and its counts.

    Returns
    -------
    bytes
        PNG.
    """
    labels = [
        case.say("chart.over", **{"from": n * _STEP})
        if n == _BARS - 1
        else case.say("chart.to", **{"from": n * _STEP, "to": (n + 1) * _STEP})
        for n in range(_BARS)
    ]
    names = [name for name, _ in series]
    sheet = Sheet(*_SIZE, face_for([title, *names, *labels], font=None, lang=case.lang))
    left, top, right, bottom = 40.0, 130.0, _SIZE[0] - 30.0, _SIZE[1] - 70.0
    highest = max(1, *(int(c.max()) for _, c in series))
    slot = (right - left) / _BARS
    wide = slot * 0.8 / len(series)
    sheet.text(left, 40, title, size=22, colour="#111111", bold=True)
    colours = _COLOURS[-len(series) :]
    for n, (name, counts) in enumerate(series):
        x = left + 480 * n
        _box(sheet, (x, 78, x + 26, 100), colours[n])
        told = sheet.fitted(name, 17, 420)
        sheet.text(x + 36, 89, told, size=17, colour="#333333")
        for bar, number in enumerate(counts.tolist()):
            start = left + slot * bar + slot * 0.1 + wide * n
            height = (bottom - top) * number / highest
            _box(sheet, (start, bottom - height, start + wide - 3, bottom), colours[n])
            if number:
                sheet.text(start + wide / 2, bottom - height - 11, count(number, case.lang),
                           size=12, colour="#222222", anchor="mm")  # fmt: skip
    ends = np.array([(left, bottom), (right, bottom)])
    sheet.line(ends, "#555555", width=1)
    for bar, label in enumerate(labels):
        sheet.text(left + slot * (bar + 0.5), bottom + 28, label, size=15, colour="#333333",
                   anchor="mm")  # fmt: skip
    buffer = io.BytesIO()
    sheet.picture().save(buffer, format="PNG", dpi=(_DPI, _DPI))
    return buffer.getvalue()


def _box(sheet: Sheet, box: tuple[float, float, float, float], colour: str) -> None:
    left, top, right, bottom = box
    if bottom > top:
        sheet.area(np.array([(left, top), (right, top), (right, bottom), (left, bottom)]), colour)
