"""Connected catchments: a plan that is there is repaired, then searched again under cuts."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from layoutplan.model.answer import broken, terms_of
from layoutplan.model.constraints import Model
from layoutplan.model.ground import Piece, daily, pieces, places_of_groups
from layoutplan.model.local import (
    Nearness,
    around_sites,
    nearness,
    resolve_near,
    sites_near,
    with_all_links,
)
from layoutplan.model.part import holds
from layoutplan.model.rows import Rows, made, stack
from layoutplan.model.shares import Found
from layoutplan.model.transport import open_sites, trimmed, whole_pupils
from layoutplan.model.ways import WAYS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NEIGHBOURS = (2, 5, 9)
"""Open sites, besides those of bordering catchments, that a repair may use."""

_SEARCHED = 4
"""Open and closed sites round each site that is searched again."""

_ROUNDS = 10
"""Rounds of cuts for one small model; few need more than four."""

_LOCAL_SECONDS = 2.5
"""Most seconds of one small model: a safety only, the work is counted."""

_CENT = 0.01
"""Differences below one hundredth of a yuan a year are rounding."""

_GAIN = 1e-7
"""Relative gain below which a change is rounding."""

_TOLERANCE = 1e-6

Rank = tuple[float, int, float]


@dataclass(frozen=True, kw_only=True)
class _Cut:
    """A row: so many may go from a village to a site, and more if its border does."""

    band: int
    village: int
    site: int
    border: tuple[int, ...]
    share: tuple[float, ...]
    high: float


@dataclass(eq=False, kw_only=True)
class _Search:
    """A search under way: the plan that is held, and the cuts that were needed so far."""

    model: Model
    linked: Model
    near: Nearness
    values: Floats
    deadline: float
    most_broken: float
    ways: dict[tuple[int, int, int], list[int]]
    pupils: Floats
    cuts: dict[_Cut, None] = field(default_factory=dict)

    def rank(self, values: Floats) -> Rank:
        """Order plans: rules broken more than at first, villages cut off, cost."""
        worse = max(broken(terms_of(self.model, values)) - self.most_broken, 0.0)
        off = sum(len(p.inside) for p in pieces(self.model, values))
        cost = float(self.model.columns.cost @ values)
        return (0.0 if worse <= _CENT else worse, off, cost)

    def late(self) -> bool:
        return time.monotonic() >= self.deadline

    def solved(self, sites: Ints, among: Iterable[Piece] = ()) -> bool:
        """Decide some sites and their pupils anew, and keep that where it is better."""
        among = list(among)
        before = set(pieces(self.model, self.values)) - set(among)
        self._forget()
        first = self.rank(self.values)
        best, held = first, self.values
        self._cut(among, self.values)
        for _ in range(_ROUNDS):
            tried = self._tried(sites)
            if tried is None:
                break
            rank = self.rank(tried)
            if rank < best:
                best, held = rank, tried
            new = [p for p in pieces(self.model, tried) if p not in before]
            if not new or self.late() or not self._cut(new, tried):
                break
        if best[:2] == first[:2] and best[2] >= first[2] * (1 - _GAIN):
            return False
        self.values = held
        return True

    def _tried(self, sites: Ints) -> Floats | None:
        seconds = min(_LOCAL_SECONDS, max(self.deadline - time.monotonic(), 0.0))
        if seconds <= 0:
            return None
        rows = self._rows(around_sites(self.model, self.values, sites))
        whole = self.model.sets.whole
        linked = replace(self.linked, rows=stack([self.linked.rows, rows]))
        found = resolve_near(linked, self.values, sites, seconds=seconds, shares=not whole)
        if found is not None and not whole:
            model = replace(self.model, rows=stack([self.model.rows, rows]))
            found = whole_pupils(model, found, seconds=seconds)
        return found if found is not None and holds(self.model, found) else None

    def _forget(self) -> None:
        """Drop cuts that the plan which is held does not keep: they spoke of another one."""
        rows = self._rows()
        kept = rows.matrix @ self.values <= rows.high + _TOLERANCE
        self.cuts = dict.fromkeys(c for c, ok in zip(self.cuts, kept, strict=True) if ok)

    def _cut(self, found: Iterable[Piece], values: Floats) -> bool:
        r"""Bar pieces: a village stays with the site only if one of its borders comes too.

        .. math::

            n_{ijb} \le m_i + (d_{ib} - m_i) \sum_{l \in S} (n_{ljb} - \hat n_{ljb}) / g_l

        for each village :math:`i` of a piece with border :math:`S`, :math:`\hat n` being
        the numbers in the plan that has the piece, :math:`m_i` the largest of them for another
        site and :math:`g_l` by how many more pupils border :math:`l` would have to send to
        have its catchment there. Where all pupils of a village and band go together, this is
        the separator inequality, which no connected catchment violates (Fischetti et al.
        2017, Thinning out Steiner trees, section 2).
        """
        counted = daily(self.model.sets, values[self.model.columns.flow])
        before = len(self.cuts)
        for piece in found:
            for village in piece.inside:
                self.cuts[self._separator(piece, village, counted[piece.band])] = None
        return len(self.cuts) > before

    def _separator(self, piece: Piece, village: int, number: Ints) -> _Cut:
        site, every = piece.site, self.pupils[piece.band]
        others = number[village].copy()
        others[site] = 0
        second = int(others.argmax())
        # Of equal numbers the first site by its id has the village.
        most = float(max(int(others[second]) - int(second > site), 0))
        room = every[village] - most
        share, high = list[float](), most
        for other in piece.border:
            here = float(number[other, site])
            needed = max(min(float(number[other].max()) - here + 1.0, every[other] - here), 1.0)
            share.append(room / needed)
            high -= room * here / needed
        return _Cut(
            band=piece.band, village=village, site=site, border=piece.border,
            share=tuple(share), high=high,
        )  # fmt: skip

    def _rows(self, free: Ints | None = None) -> Rows:
        """Write down the cuts; where only some variables are free, those that can be kept."""
        columns = self.model.columns
        row, column, value = list[int](), list[int](), list[float]()
        for number, cut in enumerate(self.cuts):
            beside = zip(cut.border, (-s for s in cut.share), strict=True)
            for place, factor in ((cut.village, 1.0), *beside):
                ways = self.ways.get((cut.band, place, cut.site), [])
                row += [number] * len(ways)
                column += ways
                value += [factor] * len(ways)
        entries = [(np.array(row, dtype=np.int64), np.array(column, dtype=np.int64),
                    np.array(value, dtype=float))]  # fmt: skip
        high = np.array([cut.high for cut in self.cuts], dtype=float)
        rows = made(entries, columns, np.full(len(high), -np.inf), high)
        if free is None:
            return rows
        held = self.values.copy()
        held[free] = 0.0
        helped = np.zeros(columns.n)
        helped[free] = columns.high[free]
        least = rows.matrix @ held + rows.matrix.minimum(0.0) @ helped
        kept = np.flatnonzero(least <= high + _TOLERANCE)
        return Rows(matrix=rows.matrix[kept], low=rows.low[kept], high=high[kept])


def connected(
    model: Model,
    best: Found,
    *,
    deadline: float,
    everywhere: bool,
    tell: Callable[[Found], None],
    keep: Callable[[Found], None],
) -> tuple[Found, bool]:
    """Connect the catchments of a plan, then improve it under that.

    For each piece that is cut off, the sites of the catchments that border on it and the
    nearest others are decided anew, with their pupils, under separator cuts: either the
    piece goes elsewhere or a village between comes to it, whichever costs less. What comes
    out is looked at in turn, and cuts are added until it has no new piece. Then the sites
    that changed are searched again in the same way, until nothing improves.

    A plan is kept where it breaks rules no more than the plan at first did and has fewer
    villages cut off, or as many at less cost.

    Parameters
    ----------
    model
        The model; its sets have ground.
    best
        A plan with its bound, which holds for connected catchments as well.
    deadline
        When to stop, by the monotonic clock.
    everywhere
        Whether all sites are searched again, not only those near a change.
    tell
        Called with the best plan now and then.
    keep
        Called with every better plan.

    Returns
    -------
    tuple
        The best plan, and whether the clock ended the work.
    """
    if best.plan is None or model.sets.ground is None:
        return best, False
    search = _search(model, best.plan, deadline)
    touched = np.full(len(model.sets.sites), everywhere)

    def told(sites: Ints) -> None:
        nonlocal best
        touched[sites] = True
        best = _found(model, search.values, best)
        keep(best)
        tell(best)

    clock = _repaired(search, told)
    clock = _searched(search, touched, told) or clock
    values = trimmed(model, search.values)
    if search.rank(values) <= search.rank(search.values):
        best = _found(model, values, best)
    return best, clock


def _search(model: Model, values: Floats, deadline: float) -> _Search:
    sets = model.sets
    band, village = places_of_groups(sets)
    group, site, way = (sets.flows[c].to_numpy(dtype=np.int64) for c in ("group", "site", "way"))
    ways: dict[tuple[int, int, int], list[int]] = {}
    for flow in np.flatnonzero(way != WAYS.index("board")).tolist():
        who = int(group[flow])
        key = int(band[who]), int(village[who]), int(site[flow])
        ways.setdefault(key, []).append(model.columns.flow.start + flow)
    villages = 0 if sets.ground is None else len(sets.ground.villages)
    pupils = np.zeros((int(band.max(initial=-1)) + 1, villages))
    np.add.at(pupils, (band, village), sets.groups["pupils"].to_numpy(dtype=float))
    return _Search(
        model=model,
        linked=with_all_links(model),
        near=nearness(model),
        values=values,
        deadline=deadline,
        most_broken=broken(terms_of(model, values)),
        ways=ways,
        pupils=pupils,
    )


def _found(model: Model, values: Floats, before: Found) -> Found:
    cost = float(model.columns.cost @ values)
    return Found(plan=values, cost=cost, bound=before.bound)


def _repaired(search: _Search, told: Callable[[Ints], None]) -> bool:
    """Join the pieces one by one; with more sites around where that finds nothing."""
    for opened in _NEIGHBOURS:
        tried = set[Piece]()
        while True:
            waiting = [p for p in pieces(search.model, search.values) if p not in tried]
            if not waiting:
                break
            if search.late():
                return True
            piece = waiting[0]
            tried.add(piece)
            sites = _sites_of(search, piece, opened)
            if search.solved(sites, [piece]):
                told(sites)
    return False


def _sites_of(search: _Search, piece: Piece, opened: int) -> Ints:
    """Give the site of a piece, those of the catchments round it, and the nearest others."""
    model = search.model
    counted = daily(model.sets, search.values[model.columns.flow])[piece.band]
    border = counted[list(piece.border)]
    beside = border.argmax(axis=1) if border.size else np.zeros(0, dtype=np.int64)
    is_open = open_sites(model, search.values)
    others = search.near.nearest(piece.site, is_open, opened)
    return np.unique(np.concatenate([[piece.site], beside, others])).astype(np.int64)


def _searched(search: _Search, waiting: NDArray[np.bool_], told: Callable[[Ints], None]) -> bool:
    """Search round each site that waits, and again round those that change."""
    model = search.model
    while waiting.any():
        if search.late():
            return True
        site = int(np.flatnonzero(waiting)[0])
        waiting[site] = False
        sites = sites_near(
            model, search.values, search.near, site, opened=_SEARCHED, closed=_SEARCHED
        )
        if search.solved(sites):
            told(sites)
            waiting[site] = False
    return False
