"""Classes by size and grade: the rows of a form that say how many pupils classes have."""

import re
from typing import Final

from layoutplan.sources.forms.cell_values import NotNumberError, number
from layoutplan.sources.forms.family import Bands
from layoutplan.sources.forms.grid import Cell, Grid
from layoutplan.sources.forms.labels import plain_label

_UP_TO: Final = re.compile(r"(\d+)人?(?:及以下|及其以下|以下)")
_BETWEEN: Final = re.compile(r"(\d+)人?[-—–~～至](\d+)人?")
_FROM: Final = re.compile(r"(\d+)人?(?:及以上|及其以上|以上)")

BandRow = dict[str, object]
"""One size band of one stage: low, high (None where open), grade, classes, cell."""


def band_of(label: str) -> tuple[int, int | None] | None:
    """Read a size band from the label of a row.

    Parameters
    ----------
    label
        The label.

    Returns
    -------
    tuple or None
        The least and greatest number of pupils, None for the greatest where the band
        has no upper end; None where the label names no band.

    Examples
    --------
    >>> band_of("25人及以下"), band_of("46－50人"), band_of("66人及以上"), band_of("总计")
    ((1, 25), (46, 50), (66, None), None)
    """
    text = plain_label(label)
    between = _BETWEEN.search(text)
    if between:
        return int(between[1]), int(between[2])
    up_to, from_on = _UP_TO.search(text), _FROM.search(text)
    if up_to:
        return 1, int(up_to[1])
    return (int(from_on[1]), None) if from_on else None


def read_bands(grid: Grid, bands: Bands) -> tuple[list[BandRow], list[Cell]]:
    """Read the classes of a form by size and grade.

    Parameters
    ----------
    grid
        The form.
    bands
        Its headings.

    Returns
    -------
    rows : list of dict
        low, high, grade (``all`` for the total), classes and cell; cells that say
        nothing are none.
    wrong : list of tuple
        Cells that hold no number.
    """
    labelled = {
        cell[0]: (cell, band)
        for cell, text in sorted(grid.texts.items(), reverse=True)
        if cell[1] in grid.label_columns and (band := band_of(text)) is not None
    }
    if not labelled:
        return [], []
    first = min(labelled)
    heads = {"all": _head(grid, bands.total, bands.under, first)}
    heads |= {g: _head(grid, words, bands.under, first) for g, words in bands.grades.items()}
    rows: list[BandRow] = []
    wrong: list[Cell] = []
    for row in sorted(labelled):
        low, high = labelled[row][1]
        for grade, column in heads.items():
            if column is None or (row, column) not in grid.texts:
                continue
            try:
                classes = number(grid.texts[row, column])
            except NotNumberError:
                wrong.append((row, column))
                continue
            if classes:
                cell = (row, column)
                told = {"low": low, "high": high, "grade": grade, "classes": classes, "cell": cell}
                rows.append(dict(told))
    return rows, wrong


def _head(grid: Grid, words: tuple[str, ...], under: tuple[str, ...], before: int) -> int | None:
    heads = [
        cell
        for word in words
        for cell in grid.by_label.get(word, [])
        if cell[0] < before and (not grid.code_row or cell[1] not in grid.label_columns)
    ]
    if grid.code_row:
        heads = [h for h in heads if h[0] < grid.code_row]
    parents = [c for word in under for c in grid.by_label.get(word, []) if c[0] < before]
    if parents:
        heads = [h for h in heads if any(h[1] in grid.columns_of(p) for p in parents)]
    return min(heads, key=lambda c: (c[1], -c[0]))[1] if heads else None
