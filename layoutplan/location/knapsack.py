"""0-1 knapsacks of many sites at once, solved exactly: what each would take on at given prices."""

from dataclasses import dataclass

import numpy as np

from layoutplan.location.problem import Bools, Floats, Ints

_STATES = 300
"""Most states of the dynamic programme for one knapsack; what is lost beyond them stays in
its value."""

_EQUAL = 2e-6
"""Share of a value by which a better choice is not looked for; the value given allows for it."""

_SMALL = 30
"""Items up to which that share holds; with more it grows as their square, since the states
multiply while what is lost to the fractional value gets less."""

_ROUNDING = 1e-12
"""Share of the room by which sums of weights may pass it through rounding."""

_FILLS = 4
"""Rounds in which the room left by the fractional choice is filled, for a first choice."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Items:
    """Items of many knapsacks, by knapsack and then by falling profit per weight.

    Parameters
    ----------
    sack
        The knapsack of each item, rising.
    profit
        What each item is worth, above 0.
    weight
        What each item weighs, from 0, at most the room of its knapsack.
    room
        The most weight of each knapsack; may be infinite.
    """

    sack: Ints
    profit: Floats
    weight: Floats
    room: Floats

    @property
    def starts(self) -> Ints:
        """The first item of each knapsack, and the number of items."""
        return np.searchsorted(self.sack, np.arange(len(self.room) + 1))


@dataclass(frozen=True, eq=False, kw_only=True)
class Filled:
    """Knapsacks as they were filled.

    Parameters
    ----------
    value
        For each knapsack, no choice of items is worth more.
    taken
        Whether each item is in its knapsack.
    exact
        For each knapsack, whether the items taken are worth ``value``, but for a share of two
        millionths, or more where there are many.
    """

    value: Floats
    taken: Bools
    exact: Bools


def items_of(sack: Ints, profit: Floats, weight: Floats, room: Floats) -> tuple[Items, Ints]:
    """Sort items by knapsack and falling profit per weight; leave out those of no use.

    Parameters
    ----------
    sack
        The knapsack of each item.
    profit
        What each item is worth.
    weight
        What each item weighs, from 0.
    room
        The most weight of each knapsack.

    Returns
    -------
    tuple
        The items, and the place of each among those given.
    """
    use = np.flatnonzero((profit > 0) & (weight <= room[sack]))
    with np.errstate(divide="ignore"):
        rate = profit[use] / weight[use]
    order = use[np.lexsort((-rate, sack[use]))]
    items = Items(sack=sack[order], profit=profit[order], weight=weight[order], room=room)
    return items, order


@dataclass(frozen=True, eq=False, kw_only=True)
class _Cut:
    """Where the fractional choice of each knapsack stops, and what it is worth."""

    stop: Ints
    left: Floats
    base: Floats
    rate: Floats
    most: Floats


def _cut(items: Items) -> _Cut:
    """Take items in order while they fit whole, then a part of the next one [Dantzig 1957]."""
    starts = items.starts
    upto_weight = np.concatenate([[0.0], np.cumsum(items.weight)])
    upto_profit = np.concatenate([[0.0], np.cumsum(items.profit)])
    after = upto_weight[1:] - upto_weight[starts[items.sack]]
    whole = after <= items.room[items.sack] * (1 + _ROUNDING)
    count = np.bincount(items.sack[whole], minlength=len(items.room))
    stop = starts[:-1] + count
    used = upto_weight[stop] - upto_weight[starts[:-1]]
    base = upto_profit[stop] - upto_profit[starts[:-1]]
    left = np.maximum(items.room - used, 0.0)
    some = stop < starts[1:]
    rate = np.zeros(len(items.room))
    rate[some] = items.profit[stop[some]] / items.weight[stop[some]]
    most = base.copy()
    most[some] += left[some] * rate[some]
    return _Cut(stop=stop, left=left, base=base, rate=rate, most=most)


def fractional(items: Items) -> Floats:
    """Give the fractional value of each knapsack.

    Parameters
    ----------
    items
        The items.

    Returns
    -------
    numpy.ndarray
        No choice of items is worth more.
    """
    return _cut(items).most


def filled(items: Items) -> Filled:
    r"""Fill each knapsack so that no other choice of its items is worth more.

    .. math::

        \max \sum_i p_i x_i, \qquad \sum_i w_i x_i \le q, \quad x \in \{0, 1\}

    The items in falling order of profit per weight give the fractional value [1]_ and a
    first choice. An item whose reduced profit is above the difference of the two stands as
    in the fractional choice; the few others, the core [2]_, go through a dynamic programme
    over states of weight and profit, for all knapsacks side by side, without dominated
    states and without those whose fractional completion is not worth more than the first
    choice. Weights need not be whole numbers.

    Parameters
    ----------
    items
        The items.

    Returns
    -------
    Filled
        The values and the items taken.

    References
    ----------
    .. [1] G. B. Dantzig, "Discrete-variable extremum problems", Operations Research 5,
       1957, 266-288.
    .. [2] S. Martello, P. Toth, "Knapsack Problems: Algorithms and Computer
       Implementations", Wiley, 1990, chapter 2.

    Examples
    --------
    >>> sack, worth = np.zeros(3, dtype=int), np.array([6.0, 5.0, 5.0])
    >>> items, order = items_of(sack, worth, np.array([4.0, 3.0, 3.0]), np.array([6.0]))
    >>> found = filled(items)
    >>> found.value.tolist(), order[found.taken].tolist()
    ([10.0], [1, 2])
    """
    cut = _cut(items)
    taken, least = _first_choice(items, cut)
    count = np.bincount(items.sack, minlength=len(items.room))
    least_better = least * (1 + _EQUAL * np.maximum(1.0, count / _SMALL) ** 2)
    spare = cut.most - least
    exact = spare <= 0
    open_ = cut.most > least_better
    reduced = items.profit - items.weight * cut.rate[items.sack]
    inside = open_[items.sack]
    core = np.flatnonzero(inside & (np.abs(reduced) < spare[items.sack]))
    fixed = inside & (reduced >= spare[items.sack])
    fixed_weight = np.bincount(
        items.sack[fixed], weights=items.weight[fixed], minlength=len(items.room)
    )
    fixed_profit = np.bincount(
        items.sack[fixed], weights=items.profit[fixed], minlength=len(items.room)
    )
    value = np.where(open_, least_better, cut.most)
    exact |= open_
    states = _States(items, core, items.room - fixed_weight, least_better - fixed_profit)
    better, gain, chosen = states.run()
    value[better] = np.maximum(fixed_profit[better] + gain, value[better])
    lost = fixed_profit[states.sacks] + states.lost
    exact[states.sacks[lost > value[states.sacks]]] = False
    value[states.sacks] = np.maximum(value[states.sacks], lost)
    again = np.zeros(len(items.room), dtype=bool)
    again[better] = True
    taken = np.where(again[items.sack], fixed, taken)
    taken[core[chosen]] = True
    return Filled(value=value, taken=taken, exact=exact)


def _first_choice(items: Items, cut: _Cut) -> tuple[Bools, Floats]:
    """Take the whole items of the fractional choice and fill the room that is left."""
    place = np.arange(len(items.sack))
    taken = place < cut.stop[items.sack]
    left, least = cut.left.copy(), cut.base.copy()
    rest = np.flatnonzero(~taken)
    for _ in range(_FILLS):
        rest = rest[items.weight[rest] <= left[items.sack[rest]]]
        if not len(rest):
            break
        order = rest[np.lexsort((-items.profit[rest], items.sack[rest]))]
        first = np.ones(len(order), dtype=bool)
        first[1:] = items.sack[order[1:]] != items.sack[order[:-1]]
        add = order[first]
        taken[add] = True
        least[items.sack[add]] += items.profit[add]
        left[items.sack[add]] -= items.weight[add]
        rest = rest[~taken[rest]]
    return taken, least


class _States:
    """The dynamic programme over the cores of all knapsacks side by side."""

    def __init__(self, items: Items, core: Ints, room: Floats, least: Floats) -> None:
        self.weight, self.profit = items.weight[core], items.profit[core]
        size = np.bincount(items.sack[core], minlength=len(items.room))
        first = np.concatenate([[0], np.cumsum(size)[:-1]])
        # Knapsacks with large cores first: those that are done are then the last states.
        self.sacks = np.argsort(-size, kind="stable")[: int((size > 0).sum())]
        self.size, self.first = size[self.sacks], first[self.sacks]
        self.room = room[self.sacks]
        self.margin = least[self.sacks]
        self.upto_weight = np.concatenate([[0.0], np.cumsum(self.weight)])
        self.upto_profit = np.concatenate([[0.0], np.cumsum(self.profit)])
        # Set above any gain, so that running maxima start anew at each knapsack.
        self.apart = 2 * float(self.profit.sum()) + 1.0 if len(core) else 1.0
        self.lost = np.full(len(self.sacks), -np.inf)

    def run(self) -> tuple[Ints, Floats, Ints]:
        """Go through the items.

        Gives the knapsacks with a choice better than the first one, what the core adds to
        each, and the places in the core of the items taken.
        """
        n = len(self.sacks)
        sack, load, gain = np.arange(n), np.zeros(n), np.zeros(n)
        steps: list[tuple[Ints, Bools]] = []
        end_state, end_gain = np.full(n, -1), np.zeros(n)
        for i in range(int(self.size.max(initial=0))):
            sack, load, gain, source, took = self._step(i, sack, load, gain)
            steps.append((source, took))
            ends = int(np.searchsorted(-self.size, -(i + 1)))
            tail = int(np.searchsorted(sack, ends))
            self._end(sack[tail:], gain[tail:], tail, end_state, end_gain)
            sack, load, gain = sack[:tail], load[:tail], gain[:tail]
        better = np.flatnonzero(end_state >= 0)
        chosen = self._back(steps, end_state, better)
        return self.sacks[better], end_gain[better], chosen

    def _step(
        self, i: int, sack: Ints, load: Floats, gain: Floats
    ) -> tuple[Ints, Floats, Floats, Ints, Bools]:
        """Let each state take or leave the next item of its knapsack."""
        item = self.first[sack] + i
        fits = np.flatnonzero(load + self.weight[item] <= self.room[sack])
        source = np.concatenate([np.arange(len(sack)), fits])
        took = np.arange(len(source)) >= len(sack)
        sack, item = sack[source], item[source]
        load = load[source] + np.where(took, self.weight[item], 0.0)
        gain = gain[source] + np.where(took, self.profit[item], 0.0)
        worth = gain + self._rest(item + 1, self.first[sack] + self.size[sack], sack, load)
        keep = np.flatnonzero(worth > self.margin[sack])
        order = keep[np.lexsort((-gain[keep], load[keep], sack[keep]))]
        level = gain[order] + sack[order] * self.apart
        undominated = np.ones(len(order), dtype=bool)
        undominated[1:] = level[1:] > np.maximum.accumulate(level)[:-1]
        order = order[undominated]
        if len(order) > _STATES:
            order = self._fewer(order, sack, worth)
        return sack[order], load[order], gain[order], source[order], took[order]

    def _fewer(self, order: Ints, sack: Ints, worth: Floats) -> Ints:
        """Keep the states of each knapsack that could be worth most, and what others could be."""
        rank_by = np.lexsort((-worth[order], sack[order]))
        mine = sack[order][rank_by]
        rank = np.arange(len(order)) - np.searchsorted(mine, mine)
        out = order[rank_by[rank >= _STATES]]
        np.maximum.at(self.lost, sack[out], worth[out])
        kept = np.ones(len(order), dtype=bool)
        kept[rank_by[rank >= _STATES]] = False
        return order[kept]

    def _rest(self, start: Ints, end: Ints, sack: Ints, load: Floats) -> Floats:
        """Give the fractional value of the items that come."""
        upto = self.upto_weight[start] + self.room[sack] - load
        at = np.searchsorted(self.upto_weight, upto, side="right") - 1
        at = np.clip(at, start, end)
        value = self.upto_profit[at] - self.upto_profit[start]
        more = np.flatnonzero(at < end)
        item = at[more]
        share = (upto[more] - self.upto_weight[item]) / np.maximum(self.weight[item], 1e-300)
        value[more] += np.clip(share, 0.0, 1.0) * self.profit[item]
        return np.asarray(value, dtype=np.float64)

    def _end(
        self, sack: Ints, gain: Floats, offset: int, end_state: Ints, end_gain: Floats
    ) -> None:
        """Keep the best state of each knapsack whose items are all looked at."""
        order = np.lexsort((-gain, sack))
        first = np.ones(len(order), dtype=bool)
        first[1:] = sack[order[1:]] != sack[order[:-1]]
        best = order[first]
        end_state[sack[best]] = best + offset
        end_gain[sack[best]] = gain[best]

    def _back(self, steps: list[tuple[Ints, Bools]], end_state: Ints, better: Ints) -> Ints:
        """Find the items of the best states by going back through the steps."""
        chosen = []
        state = end_state.copy()
        for i in range(len(steps) - 1, -1, -1):
            source, took = steps[i]
            mine = better[self.size[better] > i]
            chosen.append(self.first[mine[took[state[mine]]]] + i)
            state[mine] = source[state[mine]]
        return np.concatenate(chosen) if chosen else np.zeros(0, dtype=np.int64)
