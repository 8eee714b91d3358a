"""All sets of units that a site could serve at a reduced cost up to a limit."""

import numpy as np

from layoutplan.location.problem import Floats


def worth_sets(
    profit: Floats, weight: Floats, room: float, least: float, most_sets: int
) -> tuple[np.ndarray, Floats, Floats]:
    """Enumerate sets of items with weight up to room and profit sum >= least.

    Items may have negative profit. Gives a boolean matrix (sets, items), gains, loads.
    """
    with np.errstate(divide="ignore"):
        rate = np.where(profit > 0, profit / np.maximum(weight, 1e-300), -1.0)
    order = np.lexsort((-profit, -rate))
    p, w = profit[order], weight[order]
    pos = np.maximum(p, 0)
    cw = np.concatenate([[0.0], np.cumsum(np.where(p > 0, w, 0.0))])
    cp = np.concatenate([[0.0], np.cumsum(pos)])
    load, gain = np.zeros(1), np.zeros(1)
    steps = []
    for i in range(len(p)):
        fits = np.flatnonzero(load + w[i] <= room)
        load2 = np.concatenate([load, load[fits] + w[i]])
        gain2 = np.concatenate([gain, gain[fits] + p[i]])
        source = np.concatenate([np.arange(len(load)), fits])
        took = np.arange(len(source)) >= len(load)
        rest = np.interp(room - load2, cw[i + 1 :] - cw[i + 1], cp[i + 1 :] - cp[i + 1])
        keep = np.flatnonzero(gain2 + rest >= least)
        if len(keep) > most_sets:
            keep = keep[np.argpartition(-(gain2 + rest)[keep], most_sets)[:most_sets]]
            keep.sort()
        load, gain = load2[keep], gain2[keep]
        steps.append((source[keep], took[keep]))
    sets = np.zeros((len(load), len(p)), dtype=bool)
    at = np.arange(len(load))
    for i in range(len(p) - 1, -1, -1):
        source, took = steps[i]
        sets[:, order[i]] = took[at]
        at = source[at]
    return sets, gain, load
