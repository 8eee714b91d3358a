"""Constraints on where pupils go, one function per family."""

import numpy as np
import pandas as pd

from layoutplan.model.cohorts import SEVERAL
from layoutplan.model.columns import Columns, equity_minutes
from layoutplan.model.left_out import left_out
from layoutplan.model.rows import Entries, Floats, Ints, Rows, at, made, teaching, who_could_come
from layoutplan.model.sets import Sets
from layoutplan.model.ties import pair_of_flow, teaching_of
from layoutplan.tables import BANDS


def _flow(sets: Sets, column: str) -> Ints:
    return sets.flows[column].to_numpy(dtype=np.int64)


def every_pupil(sets: Sets, columns: Columns) -> Rows:
    r"""Send every pupil to a site, or count the pupil as unserved.

    .. math:: \sum_{f \in i} x_f + u_i + \sum_k z_{ki} = d_i \quad \forall i

    with :math:`z_i` those on ways that the flows leave out; see `layoutplan.model.far`.

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per group.
    """
    n = len(sets.groups)
    pupils = sets.groups["pupils"].to_numpy(dtype=float)
    entries: Entries = [
        (_flow(sets, "group"), at(columns.flow), np.ones(len(sets.flows))),
        (np.arange(n, dtype=np.int64), at(columns.unserved), np.ones(n)),
        (np.tile(np.arange(n, dtype=np.int64), 2), at(columns.far), np.ones(2 * n)),
    ]
    return made(entries, columns, pupils, pupils)


def open_sites_only(sets: Sets, columns: Columns) -> Rows:
    r"""Send nobody to a site that does not teach the band.

    Summed over the pupils of a site and band:

    .. math:: \sum_{f \in (j, b)} x_f \le D_{jb} \sum_{s \in j,\, b \in B_s} y_s

    :math:`D` being all pupils who could come, :math:`B_s` the bands that a state
    teaches. These rows make the model right; `layoutplan.model.ties.links` make it tight.

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per site and band.
    """
    m = len(sets.sites)
    number = sets.flows["band"].map({b: i for i, b in enumerate(BANDS)}).to_numpy(dtype=np.int64)
    row = _flow(sets, "site") + m * number
    most = who_could_come(sets, row, len(BANDS) * m)
    entries: Entries = [(row, at(columns.flow), np.ones(len(row)))]
    site = sets.states["site"].to_numpy(dtype=np.int64)
    for i, band in enumerate(BANDS):
        entries.append(
            (site + m * i, at(columns.state), -teaching(sets, band) * most[site + m * i])
        )
    k = len(BANDS) * m
    return made(entries, columns, np.full(k, -np.inf), np.zeros(k))


def stay_once(sets: Sets, columns: Columns) -> Rows:
    r"""Count who stays once, whichever way.

    .. math:: \sum_{f \in (i, j),\, stay} x_f \le s_{ij}

    with :math:`s_{ij}` those who go there today. Where a group are those of one school, this
    holds anyway.

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per group of several schools and site with several ways to stay.
    """
    flows = sets.flows.assign(column=at(columns.flow))
    several = sets.groups["origin"].to_numpy()[_flow(sets, "group")] == SEVERAL
    stays = flows[flows["stay"] & several]
    stays = stays[stays.duplicated(["group", "site"], keep=False)]
    row, keys = pd.factorize(pd.MultiIndex.from_frame(stays[["group", "site"]]))
    entries: Entries = [
        (row.astype(np.int64), stays["column"].to_numpy(dtype=np.int64), np.ones(len(stays)))
    ]
    high = np.zeros(len(keys))
    np.maximum.at(high, row, stays["most"].to_numpy(dtype=float))
    return made(entries, columns, np.full(len(keys), -np.inf), high)


def no_trading(sets: Sets, columns: Columns) -> Rows:
    r"""Send no whole group to a school from which another of its village is sent away.

    .. math:: \frac{1}{d_i} \sum_{f \in (i, j)} x_f \le \frac{1}{d_k} \sum_{f \in (k, j)} x_f

    for groups :math:`i`, :math:`k` of one village and band, :math:`j` the school of
    :math:`k` today. Pupils are counted by village, band and school; without this, groups
    of unequal size could change places unseen.

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per such pair; none where pupils are shares.
    """
    if not sets.whole:
        return made([_nothing()], columns, np.zeros(0), np.zeros(0))
    pair, first = pair_of_flow(sets)
    groups = sets.groups.reset_index(names="other")
    origin = groups[groups["origin"] >= 0]
    pairs = pd.DataFrame(
        {
            "pair": np.arange(len(first)),
            "group": _flow(sets, "group")[first],
            "site": _flow(sets, "site")[first],
        }
    ).merge(groups.rename(columns={"other": "group"})[["group", "village_id", "band", "origin"]])
    pairs = pairs[pairs["site"] != pairs["origin"]].drop(columns="origin")
    found = pairs.merge(
        origin[["other", "village_id", "band", "origin"]].rename(columns={"origin": "site"}),
        on=["village_id", "band", "site"],
    )
    own = pd.Series(np.arange(len(first)), index=pd.MultiIndex.from_arrays(
        [_flow(sets, "group")[first], _flow(sets, "site")[first]]))  # fmt: skip
    theirs = own.reindex(pd.MultiIndex.from_frame(found[["other", "site"]])).to_numpy()
    k = len(found)
    by_pair = pd.DataFrame({"pair": pair, "flow": np.arange(len(pair))})
    pupils = sets.groups["pupils"].to_numpy(dtype=float)[_flow(sets, "group")]
    entries: Entries = [_nothing()]
    for pairs_of_row, sign in ((found["pair"].to_numpy(dtype=float), 1.0), (theirs, -1.0)):
        wanted = pd.DataFrame({"row": np.arange(k), "pair": pairs_of_row}).dropna()
        rows = wanted.astype({"pair": "int64"}).merge(by_pair, on="pair")
        flow = rows["flow"].to_numpy(dtype=np.int64)
        entries.append(
            (rows["row"].to_numpy(dtype=np.int64), at(columns.flow)[flow], sign / pupils[flow])
        )
    return made(entries, columns, np.full(k, -np.inf), np.zeros(k))


def _nothing() -> tuple[Ints, Ints, Floats]:
    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)


def one_receiver(sets: Sets, columns: Columns) -> Rows:
    r"""Send all who leave a school that no longer teaches their band to one site.

    .. math::

        \sum_{f \in (i, j)} x_f \le d_i \Big(r_{obj} + \sum_{s \in o,\, b \in B_s} y_s\Big),
        \qquad \sum_j r_{obj} + \sum_{s \in o,\, b \in B_s} y_s \le 1

    for groups :math:`i` of school :math:`o` and band :math:`b`, and sites :math:`j` other
    than :math:`o`.

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per group and site, then one per school and band; none where pupils need
        not go together.
    """
    if not len(columns.receivers):
        return made([_nothing()], columns, np.zeros(0), np.zeros(0))
    flows = sets.flows.assign(
        origin=sets.groups["origin"].to_numpy()[_flow(sets, "group")], column=at(columns.flow)
    )
    come = flows[~flows["stay"] & (flows["origin"] >= 0)]
    come = come.merge(columns.receivers.assign(receiver=at(columns.receiver)))
    row, keys = pd.factorize(pd.MultiIndex.from_frame(come[["group", "site"]]))
    k = len(keys)
    first = come.assign(row=row).drop_duplicates("row").sort_values("row")
    pupils = sets.groups["pupils"].to_numpy(dtype=float)[first["group"].to_numpy()]
    each = np.arange(k, dtype=np.int64)
    school, schools = pd.factorize(pd.MultiIndex.from_frame(columns.receivers[["origin", "band"]]))
    q = len(schools)
    entries: Entries = [
        (row.astype(np.int64), come["column"].to_numpy(dtype=np.int64), np.ones(len(come))),
        (each, first["receiver"].to_numpy(dtype=np.int64), -pupils),
        teaching_of(
            sets, columns, rows=each, site=first["origin"].to_numpy(dtype=np.int64),
            band=first["band"].to_numpy(), factor=-pupils,
        ),
        (k + school.astype(np.int64), at(columns.receiver), np.ones(len(school))),
        teaching_of(
            sets, columns, rows=k + np.arange(q, dtype=np.int64),
            site=schools.get_level_values(0).to_numpy(dtype=np.int64),
            band=schools.get_level_values(1).to_numpy(), factor=np.ones(q),
        ),
    ]  # fmt: skip
    high = np.concatenate([np.zeros(k), np.ones(q)])
    return made(entries, columns, np.full(k + q, -np.inf), high)


def worst_off(sets: Sets, columns: Columns) -> Rows:
    r"""Measure by how much each group's mean way is beyond the level.

    .. math:: \frac{1}{d_i} \sum_{f \in i} \omega_f t_f x_f \le \eta + a_i

    At the optimum :math:`\eta + \sum_i d_i a_i / (\alpha D)` is the mean of the worst-off
    share :math:`\alpha` (Rockafellar and Uryasev 2000).

    Parameters
    ----------
    sets, columns
        The model.

    Returns
    -------
    Rows
        One row per group; none where equity has no price.
    """
    if columns.level.start == columns.level.stop:
        return made([_nothing()], columns, np.zeros(0), np.zeros(0))
    n, group = len(sets.groups), _flow(sets, "group")
    pupils = sets.groups["pupils"].to_numpy(dtype=float)
    each = np.arange(n, dtype=np.int64)
    entries: Entries = [
        (group, at(columns.flow), equity_minutes(sets) / pupils[group]),
        (
            np.tile(each, 2),
            at(columns.far),
            np.concatenate(left_out(sets).minutes) / np.tile(pupils, 2),
        ),
        (each, at(columns.above), -np.ones(n)),
        (each, np.full(n, columns.level.start), -np.ones(n)),
    ]
    return made(entries, columns, np.full(n, -np.inf), np.zeros(n))
