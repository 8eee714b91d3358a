"""Where a value stands in a form: between its labels, never at a fixed address."""

from collections.abc import Iterable
from dataclasses import dataclass

from layoutplan.sources.forms.family import Wanted
from layoutplan.sources.forms.grid import Cell, Grid
from layoutplan.sources.forms.labels import plain_label

_SEVERAL = 2
"""More than one."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A cell that holds a value, and the labels it was found by.

    Parameters
    ----------
    cell
        The cell of the value.
    labels
        The cells of its row label and heading.
    """

    cell: Cell
    labels: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Located:
    """What was found for one wanted value.

    Parameters
    ----------
    cells
        The cells, added up where there are several.
    lacking
        Labels of parts that are not there, where the others may be added up without.
    several
        Cells among which the labels do not decide.
    """

    cells: tuple[Found, ...] = ()
    lacking: tuple[str, ...] = ()
    several: tuple[Cell, ...] = ()


def locate(
    grid: Grid, wanted: Wanted, *, sections: frozenset[str], expected: frozenset[Cell]
) -> Located:
    """Find the cells of a value by its labels.

    Parameters
    ----------
    grid
        The form.
    wanted
        The value.
    sections
        All words that begin a section of rows in this form.
    expected
        Where a known workbook has the value: it decides only among cells that the
        labels leave open.

    Returns
    -------
    Located
        The cells.
    """
    rows: tuple[tuple[str, ...], ...] = wanted.rows or ((),)
    columns: tuple[tuple[str, ...], ...] = wanted.columns or ((),)
    cells: dict[Cell, Found] = {}
    lacking: list[str] = []
    for row in rows:
        for column in columns:
            found = _candidates(grid, row, column, wanted, sections)
            at = {f.cell: f for f in found}
            if len(at) > 1:
                known = [c for c in at if c in expected]
                filled = [c for c in sorted(at) if c in grid.texts]
                if len(known) != 1 and len({grid.texts[c] for c in filled}) > 1:
                    return Located(several=tuple(sorted(at)))
                chosen = known[0] if len(known) == 1 else min(filled, default=min(at))
                at = {chosen: at[chosen]}
            cells |= at
            if not at:
                lacking.append((column if wanted.columns else row)[0])
    if lacking and not (wanted.some and cells):
        return Located()
    return Located(cells=tuple(cells.values()), lacking=tuple(lacking))


def _candidates(
    grid: Grid,
    row: tuple[str, ...],
    column: tuple[str, ...],
    wanted: Wanted,
    sections: frozenset[str],
) -> list[Found]:
    if not column:
        return _preferred(grid, _beside(grid, row, wanted, sections), row)
    heads = _heads(grid, column, wanted.under)
    if not row:
        below = (_below(grid, head) for head in heads)
        return _preferred(grid, [f for f in below if f is not None], column)
    labels = _rows(grid, row, wanted.within, sections)
    crossed: dict[int, list[Found]] = {}
    for head in sorted(heads):
        # Of headings on top of each other, the one next to the rows holds: it comes last.
        rows = _rows_of(grid, head, labels, row)
        if rows:
            crossed[head[1]] = [Found(cell=(r[0], head[1]), labels=(r, head)) for r in rows]
    found = _preferred(grid, [f for line in crossed.values() for f in line], column)
    if grid.code_row or len({f.cell[0] for f in found}) < _SEVERAL:
        return found
    nearest = min(f.cell[0] - f.labels[1][0] for f in found)
    return [f for f in found if f.cell[0] - f.labels[1][0] == nearest]


def _rows_of(grid: Grid, head: Cell, labels: list[Cell], words: tuple[str, ...]) -> list[Cell]:
    """Give the row labels that a heading stands above: one, or more that say the same."""
    under = [c for c in labels if c[0] > grid.end(head)[0] and c[1] < head[1]]
    least = min((_rank(grid, c, words) for c in under), default=0)
    meant = [c for c in under if _rank(grid, c, words) == least]
    # Without the row of numbers below its headings a form may have several blocks: there
    # the nearest row belongs to the heading.
    return meant if grid.code_row else meant[:1]


def _rank(grid: Grid, cell: Cell, words: tuple[str, ...]) -> int:
    """Give how late a label comes among the words for it: the first is meant before others."""
    return words.index(plain_label(grid.texts[cell]))


def _preferred(grid: Grid, found: list[Found], words: tuple[str, ...]) -> list[Found]:
    ranks = [_rank(grid, f.labels[-1], words) for f in found]
    return [f for f, rank in zip(found, ranks, strict=True) if rank == min(ranks)]


def _labelled(grid: Grid, words: Iterable[str]) -> list[Cell]:
    return sorted(cell for word in words for cell in grid.by_label.get(word, []))


def _heads(grid: Grid, words: tuple[str, ...], under: tuple[str, ...]) -> list[Cell]:
    heads = _labelled(grid, words)
    if grid.code_row:
        heads = [h for h in heads if h[0] < grid.code_row and h[1] not in grid.label_columns]
    if not under:
        return heads
    above = _labelled(grid, under)
    return [h for h in heads if any(a[0] < h[0] and h[1] in grid.columns_of(a) for a in above)]


def _rows(
    grid: Grid, words: tuple[str, ...], within: tuple[str, ...], sections: frozenset[str]
) -> list[Cell]:
    labels = _labelled(grid, words)
    if grid.code_row:
        labels = [c for c in labels if c[0] > grid.code_row and c[1] in grid.label_columns]
    if not within:
        return labels
    starts = [
        (cell[0], word in within) for word in sections for cell in grid.by_label.get(word, [])
    ]
    if grid.code_row:
        starts = [s for s in starts if s[0] > grid.code_row]
    inside = []
    for cell in labels:
        before = [s for s in starts if s[0] <= cell[0]]
        if before and max(before)[1]:
            inside.append(cell)
    return inside if grid.code_row else inside[:1]


def _below(grid: Grid, head: Cell) -> Found | None:
    """Give the first filled cell below a heading that is no code of its column."""
    after = max(grid.end(head)[0], grid.code_row) + 1
    first = next((r for r in grid.filled_rows if r >= after), after)
    for column in grid.columns_of(head):
        if (first, column) in grid.texts:
            return Found(cell=(first, column), labels=(head,))
    return Found(cell=(first, head[1]), labels=(head,)) if first <= grid.last_row else None


def _beside(
    grid: Grid, row: tuple[str, ...], wanted: Wanted, sections: frozenset[str]
) -> list[Found]:
    """Give the first cell right of a label that is neither a code nor a unit."""
    labels = _rows(grid, row, wanted.within, sections)
    if wanted.under:
        above = _labelled(grid, wanted.under)
        labels = [
            c for c in labels if any(c[0] > a[0] and c[1] in grid.columns_of(a) for a in above)
        ]
    found = []
    skipped = grid.valueless_columns
    for label in labels:
        start = grid.end(label)[1] + 1
        stop = grid.last_column + 1
        free = [c for c in range(start, stop) if c not in skipped]
        if grid.code_row:
            free = [c for c in free if c not in grid.label_columns] or free
        filled = [c for c in free if (label[0], c) in grid.texts]
        at = filled[0] if filled and not grid.code_row else (free[0] if free else 0)
        if at:
            found.append(Found(cell=(label[0], at), labels=(label,)))
    return found
