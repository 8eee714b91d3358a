"""How alike two names are."""

from difflib import SequenceMatcher
from typing import Final

from layoutplan.sources.matching.folding import Folded

OTHER: Final = 0.4
"""The most that names score whose numbers or stages differ: they are other schools."""

_POINT: Final = 0.8
_MARK: Final = 0.95
_UNKNOWN: Final = 0.95
_EMPTY: Final = 0.6
_KEPT: Final = frozenset({"point", "branch", "campus"})
"""Marks of a school of its own; the others are often left out of a name."""


def score(one: Folded, other: Folded) -> float:
    r"""Give the likeness of two names.

    The likeness of the stems is that of Ratcliff and Obershelp (as in `difflib`), twice the
    length of what agrees, divided by the length of both; the greater of both directions, so
    that which name comes first decides nothing. It is capped where numbers or stages differ,
    and lowered a little for each mark that one of the names lacks.

    Parameters
    ----------
    one, other
        The names, taken apart.

    Returns
    -------
    float
        1 where all parts are equal, else below 1; 0 where nothing agrees.

    Examples
    --------
    >>> from layoutplan.sources.matching.folding import fold
    >>> score(fold("龙河一小", "schools"), fold("龙河镇第一小学", "schools"))
    1.0
    >>> score(fold("龙河一小", "schools"), fold("龙河二小", "schools"))
    0.4
    """
    likeness = _stems(one.stem, other.stem)
    if one.numbers != other.numbers:
        return min(likeness, OTHER)
    campus = [{m for m in each.marks if m.startswith("campus")} for each in (one, other)]
    if all(campus) and campus[0] != campus[1]:
        return min(likeness, OTHER)
    marks = one.marks ^ other.marks
    if one.stage != other.stage:
        if one.stage and other.stage and not {"village", "community"} >= {one.stage, other.stage}:
            return min(likeness, OTHER)
        likeness *= 1.0 if "point" in marks else _UNKNOWN
    for mark in marks:
        likeness *= _POINT if mark.partition(" ")[0] in _KEPT else _MARK
    return likeness


def _stems(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if not one or not other:
        return _EMPTY
    if not set(one) & set(other):
        return 0.0
    first, second = sorted((one, other))
    return max(
        SequenceMatcher(None, first, second, autojunk=False).ratio(),
        SequenceMatcher(None, second, first, autojunk=False).ratio(),
    )
