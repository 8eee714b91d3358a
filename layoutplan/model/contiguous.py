"""Connected catchments: a plan that is there is repaired, then searched again under cuts."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from layoutplan.model.answer import broken, terms_of
from layoutplan.model.best import Found, done
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
from layoutplan.model.part import beside, holds, part_of, solve_part
from layoutplan.model.rows import Rows, at, made, stack
from layoutplan.model.transport import LINKS, open_sites, taught, trimmed, whole_pupils
from layoutplan.model.ways import WAYS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NEIGHBOURS = (0, 3, 7)
"""Open sites, besides those of bordering catchments, that a repair decides anew; at first
only the pupils of the piece and its border are sent anew."""

_NODES = 3000
"""Limit on the nodes of one small model: counted work, the same on every machine."""

_SMALL_GAP = 1e-4
"""Relative gap at which a small model is solved."""

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


@dataclass(frozen=True, eq=False, kw_only=True)
class _Held:
    """A plan with its pieces and its rank: rules broken more, villages cut off, cost."""

    values: Floats
    pieces: tuple[Piece, ...]
    rank: Rank

    def better(self, other: "_Held") -> bool:
        """Tell whether it is better than another by more than rounding."""
        if self.rank[:2] != other.rank[:2]:
            return self.rank < other.rank
        return self.rank[2] < other.rank[2] * (1 - _GAIN)


@dataclass(eq=False, kw_only=True)
class _Search:
    """A search under way: the plan that is held, and the cuts that were needed so far."""

    model: Model
    linked: Model
    near: Nearness
    deadline: float
    most_broken: float
    ways: dict[tuple[int, int, int], list[int]]
    places: tuple[Ints, Ints]
    pupils: Floats
    held: _Held = field(init=False)
    cuts: dict[_Cut, None] = field(default_factory=dict)

    @property
    def values(self) -> Floats:
        return self.held.values

    def seen(self, values: Floats) -> _Held:
        """Look at a plan."""
        worse = max(broken(terms_of(self.model, values)) - self.most_broken, 0.0)
        found = tuple(pieces(self.model, values))
        off = sum(len(p.inside) for p in found)
        cost = float(self.model.columns.cost @ values)
        rank = (0.0 if worse <= _CENT else worse, off, cost)
        return _Held(values=values, pieces=found, rank=rank)

    def late(self) -> bool:
        return time.monotonic() >= self.deadline

    def solved(self, tried: Callable[[], Floats | None], among: Iterable[Piece] = ()) -> bool:
        """Solve a small model under cuts, round by round, and keep what is better."""
        among = list(among)
        before = set(self.held.pieces) - set(among)
        best = self.held
        self._forget()
        self._cut(among, self.values)
        for _ in range(_ROUNDS):
            values = None if self.late() else tried()
            if values is None or not holds(self.model, values):
                break
            found = self.seen(values)
            best = found if found.better(best) else best
            new = [p for p in found.pieces if p not in before]
            # Under further cuts it only becomes dearer, and breaks no fewer rules.
            if not new or found.rank[0] > 0 or not self._cut(new, values):
                break
        gained = best is not self.held
        self.held = best
        return gained

    def around(self, sites: Ints) -> Floats | None:
        """Decide some sites and all their pupils anew."""
        seconds = min(_LOCAL_SECONDS, max(self.deadline - time.monotonic(), 0.0))
        rows = self._rows(around_sites(self.model, self.values, sites))
        whole = self.model.sets.whole
        linked = replace(self.linked, rows=stack([self.linked.rows, rows]))
        found = resolve_near(linked, self.values, sites, seconds=seconds, shares=not whole)
        if found is None or whole:
            return found
        model = replace(self.model, rows=stack([self.model.rows, rows]))
        return whole_pupils(model, found, deadline=time.monotonic() + seconds)

    def among(self, piece: Piece, sites: Ints) -> Floats | None:
        """Send the pupils of a piece and its border anew, with what is open as it is."""
        model, sets, columns = self.model, self.model.sets, self.model.columns
        group, site = (sets.flows[c].to_numpy(dtype=np.int64) for c in ("group", "site"))
        band, village = self.places
        mine = (band == piece.band) & np.isin(village, [*piece.inside, *piece.border])
        inside = np.zeros(len(sets.sites), dtype=bool)
        inside[sites] = True
        flow = self.values[columns.flow] > 0
        ways = mine[group] & (flow | (inside[site] & taught(model, self.values)))
        involved = np.unique(site[ways])
        parts = [at(columns.flow)[ways], at(columns.unserved)[mine]]
        parts += [at(part)[mine] for part in (columns.above,) if part.stop > part.start]
        parts += [
            at(part)[involved]
            for part in (
                columns.overload, columns.short, columns.oversize, columns.extra, columns.beds,
            )
        ]  # fmt: skip
        free = np.sort(np.concatenate(parts))
        kept = model.without(*LINKS)
        rows = self._rows(free)
        cut = replace(model, rows=stack([model.rows, rows]))
        last = model.rows.matrix.shape[0]
        part = part_of(
            cut, self.values, free,
            rows=np.concatenate([kept, np.arange(last, last + len(rows.low))]),
        )  # fmt: skip
        if not sets.whole:
            people = free < columns.above.start
            part = replace(part, whole=np.where(people, 1, part.whole))
        seconds = min(_LOCAL_SECONDS, max(self.deadline - time.monotonic(), 0.0))
        result = beside(partial(solve_part, part, seconds=seconds, gap=_SMALL_GAP, nodes=_NODES))
        return None if result.x is None else part.values(np.asarray(result.x, dtype=float))

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
            others = zip(cut.border, (-s for s in cut.share), strict=True)
            for place, factor in ((cut.village, 1.0), *others):
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
    gap: float,
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
    gap
        Gap at which the search for a cheaper plan stops; see
        `layoutplan.model.answer.gap_of`.
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
    if time.monotonic() >= deadline:
        return best, True
    search = _search(model, best.plan, deadline)
    touched = np.full(len(model.sets.sites), everywhere)

    def told(sites: Ints) -> None:
        nonlocal best
        touched[sites] = True
        best = Found(plan=search.values, cost=search.held.rank[2], bound=best.bound)
        keep(best)
        tell(best)

    clock = _repaired(search, told)
    while touched.any() and not clock and not done(model, best, gap):
        clock = search.late()
        site = int(np.flatnonzero(touched)[0])
        sites = _sites_round(search, site)
        if search.solved(partial(search.around, sites)):
            told(sites)
        touched[site] = False
    last = search.seen(trimmed(model, search.values))
    if last.better(search.held):
        best = Found(plan=last.values, cost=last.rank[2], bound=best.bound)
    return best, clock


def joined(model: Model, values: Floats, *, deadline: float) -> Floats:
    """Connect the catchments of a plan, where that is asked for.

    Parameters
    ----------
    model
        The model.
    values
        A plan.
    deadline
        When to stop, by the monotonic clock.

    Returns
    -------
    numpy.ndarray
        The plan itself, or a better one by the order of `connected`.
    """
    held, _ = connected(
        model, Found(plan=values, cost=float(model.columns.cost @ values)), gap=0.0,
        deadline=deadline, everywhere=False, tell=lambda _best: None, keep=lambda _best: None,
    )  # fmt: skip
    return values if held.plan is None else held.plan


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
    search = _Search(
        model=model,
        linked=with_all_links(model),
        near=nearness(model),
        deadline=deadline,
        most_broken=broken(terms_of(model, values)),
        ways=ways,
        places=(band, village),
        pupils=pupils,
    )
    search.held = search.seen(values)
    return search


def _repaired(search: _Search, told: Callable[[Ints], None]) -> bool:
    """Join the pieces one by one; with more that may change where that finds nothing."""
    for opened in _NEIGHBOURS:
        tried = set[Piece]()
        while True:
            waiting = [p for p in search.held.pieces if p not in tried]
            if not waiting:
                break
            if search.late():
                return True
            piece = waiting[0]
            tried.add(piece)
            sites = _sites_of(search, piece, max(opened, 1))
            solve = partial(search.around, sites) if opened else partial(search.among, piece, sites)
            if search.solved(solve, [piece]):
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


def _sites_round(search: _Search, site: int) -> Ints:
    """Give a site with its nearest open and closed ones."""
    return sites_near(
        search.model, search.values, search.near, site, opened=_SEARCHED, closed=_SEARCHED
    )
