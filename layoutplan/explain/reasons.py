"""One reason for what a plan does at each site, from its tables, without solving again."""

from collections.abc import Hashable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from layoutplan.actions import CLOSED_ACTIONS
from layoutplan.explain.question import asked_of
from layoutplan.explain.relaxations import LOCKS
from layoutplan.explain.told import Told, names_of, tell
from layoutplan.model.sets import prices
from layoutplan.plan import Plan
from layoutplan.tables import BANDS
from layoutplan.words import Language

COLUMNS: Final = [
    "action", "reason", "pupils", "depend", "moved", "minutes_more", "way_yuan", "move_yuan",
    "fixed_yuan",
]  # fmt: skip


def reasons(plan: Plan, *, lang: str = "auto") -> pd.DataFrame:
    r"""Give one reason for what a plan does at each site.

    Reasons come from the tables of the plan alone and are quick. They say what speaks for
    a decision, and do not prove it: `layoutplan.why` does. Of each school,

    - ``depend`` pupils go there and have no other open school within the limit of their
      band that teaches it;
    - the ways of its pupils to the nearest other open school are longer by
      ``minutes_more`` on average, at ``way_yuan`` a year: with pupils :math:`n_i`, minutes
      :math:`t_{ij}` and the price of a minute :math:`p`,

      .. math:: \text{way\_yuan}_j = p \sum_i n_{ij} \Bigl(\min_{k \ne j} t_{ik} - t_{ij}\Bigr)

      and for those whom that takes beyond the limit, the price of it;
    - moving its pupils costs ``move_yuan`` a year at the price of a pupil moved;
    - it costs ``fixed_yuan`` a year whoever goes there: running cost, and capital spread
      over its years of life.

    Parameters
    ----------
    plan
        The plan.
    lang
        The language of the sentences; that of the county's names where ``"auto"``.

    Returns
    -------
    pandas.DataFrame
        Indexed by site_id: action, reason (a code), pupils (who go there in the plan, or
        today where it is closed), depend, moved (pupils who leave or come), minutes_more
        (missing where nobody has another way), way_yuan, move_yuan, fixed_yuan and text.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> plan = lp.evaluate(county, lp.travel_times(county))
    >>> set(lp.reasons(plan)["action"]) <= {"keep", "unused"}
    True
    """
    spoken = plan.county.language(lang)
    table = site_numbers(plan)
    names = names_of(plan)
    codes, texts = [], []
    last = _last_junior(plan)
    locks = {s: lock for lock in LOCKS for s in getattr(plan.options, lock)}
    for site, row in zip(table.index.astype("str"), table.to_dict("records"), strict=True):
        code = _code(row, locks.get(site, ""), last=site in last)
        codes.append(code)
        receivers = str(plan.decisions.at[site, "receivers"]).split()
        told = _sentence(code, row, [names.get(r, r) for r in receivers])
        texts.append(told.words(spoken))
    table["reason"] = pd.Series(codes, index=table.index, dtype="str")
    return table[COLUMNS].assign(text=pd.Series(texts, index=table.index, dtype="str"))


def reason_words(plan: Plan, lang: Language) -> dict[str, str]:
    """Give the reasons as sentences, for maps and reports.

    Parameters
    ----------
    plan
        The plan.
    lang
        The language.

    Returns
    -------
    dict
        Site to sentence.
    """
    return {str(site): text for site, text in reasons(plan, lang=lang)["text"].items()}


def site_numbers(plan: Plan) -> pd.DataFrame:
    """Count for each site who depends on it, and how much farther the next school is.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    pandas.DataFrame
        The numbers of `reasons`, and besides extra_classes and bands.
    """
    decisions = plan.decisions
    sites = decisions.index
    after = decisions[[f"after_{b}" for b in BANDS]].sum(axis=1)
    before = decisions[[f"before_{b}" for b in BANDS]].sum(axis=1)
    closed = decisions["action"].isin(CLOSED_ACTIONS)
    depend, longer, farther, known = (pd.Series(0.0, index=sites) for _ in range(4))
    for band in BANDS:
        rows = _pupils_of(plan, band, closed)
        if rows.empty:
            continue
        own, other = _next_best(plan, band, rows)
        limit = plan.standards.value(f"travel_limit_minutes_{band}")
        number = rows["pupils"].to_numpy(dtype=float)
        alone = (own <= limit) & (other > limit)
        finite = np.isfinite(other) & np.isfinite(own)
        at = rows["site_id"]
        depend = _added(depend, at, number * alone)
        longer = _added(longer, at, np.where(finite, number * (other - own), 0.0))
        beyond = (other > limit).astype(float) - (own > limit)
        farther = _added(farther, at, number * beyond)
        known = _added(known, at, number * finite)
    moves = plan.moves
    left = moves.groupby("from_site")["pupils"].sum()
    came = moves.groupby("to_site")["pupils"].sum()
    moved = left.add(came, fill_value=0).reindex(sites).fillna(0)
    price = prices(plan.options, plan.standards)
    life = plan.standards.value("capital_life_years")
    full = asked_of(plan).table()
    full = full[full["measure"].isin(["keep", "new"])].set_index("site_id").reindex(sites)
    fixed = (decisions["annual_yuan"] + decisions["capital_yuan"] / life).where(
        ~closed, full["annual_yuan"] + full["capital_yuan"] / life
    )
    pupils = after.where(~closed, before)
    return pd.DataFrame(
        {
            "action": decisions["action"],
            "pupils": pupils.astype("int64"),
            "depend": depend.round().astype("int64"),
            "moved": moved.astype("int64"),
            "minutes_more": (longer / known).where(known > 0),
            "way_yuan": longer * price["minute"] + farther * price["over_limit"],
            "move_yuan": pupils * price["moved"],
            "fixed_yuan": fixed,
            "extra_classes": decisions["extra_classes"],
            "bands": decisions["bands"],
        }
    )


def _added(total: pd.Series, site: pd.Series, values: np.ndarray) -> pd.Series:
    more = pd.Series(values, index=site.to_numpy()).groupby(level=0).sum()
    return total.add(more.reindex(total.index).fillna(0))


def _pupils_of(plan: Plan, band: str, closed: pd.Series) -> pd.DataFrame:
    """List who goes to each open school, and who went to each closed one."""
    given = plan.assignment
    now = given.loc[given["band"] == band, ["village_id", "site_id", "pupils"]]
    moves = plan.moves
    shut = closed.index[closed]
    left = moves[(moves["band"] == band) & moves["from_site"].isin(shut)]
    went = left.rename(columns={"from_site": "site_id"})[["village_id", "site_id", "pupils"]]
    return pd.concat([now, went], ignore_index=True)


def _next_best(plan: Plan, band: str, rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Give minutes to the own school, and to the nearest other open one."""
    times = plan.times
    pairs, minutes = times.minutes.pairs, np.asarray(times.minutes.of_pairs(band), dtype=float)
    taught = plan.decisions["bands"].map(lambda b: band in str(b).split())
    village = times.village_ids.get_indexer(pd.Index(rows["village_id"]))
    site = times.site_ids.get_indexer(pd.Index(rows["site_id"]))
    # Pair by pair: a table of all pairs of a very large county does not fit into memory.
    at = pairs.at(village, site)
    own = np.where(at >= 0, minutes[at], np.inf)
    from_village, to_site = pairs.ends()
    some = times.site_ids.isin(taught.index[taught])[to_site] & np.isfinite(minutes)
    from_village, to_site, minutes = from_village[some], to_site[some], minutes[some]
    order = np.lexsort((minutes, from_village))
    begin = np.searchsorted(from_village[order], np.arange(len(times.village_ids) + 1))
    nearest = np.append(minutes[order], np.inf)
    first, end = begin[village], begin[village + 1]
    one = np.where(first < end, nearest[np.minimum(first, len(order))], np.inf)
    two = np.where(first + 1 < end, nearest[np.minimum(first + 1, len(order))], np.inf)
    at_nearest = np.append(to_site[order], -1)[np.minimum(first, len(order))]
    return own, np.where((first < end) & (at_nearest == site), two, one)


def _last_junior(plan: Plan) -> set[str]:
    """Name the schools that are the only one with grades 7-9 in their township."""
    decisions = plan.decisions
    junior = decisions[decisions["bands"].map(lambda b: "g79" in str(b).split())]
    place = junior["township_id"]
    known = place.notna() & place.ne("") & place.ne("nan")
    return set(junior.index[known & ~place.duplicated(keep=False)].astype("str"))


def _code(row: Mapping[Hashable, Any], lock: str, *, last: bool) -> str:  # noqa: PLR0911
    action, pupils = str(row["action"]), int(row["pupils"])
    if lock:
        return f"lock_{lock}"
    if action == "close":
        return "close" if pupils else "close_empty"
    if action != "keep":
        return action
    if not str(row["bands"]):
        return "special"
    if int(row["depend"]):
        return "keep_only"
    if last:
        return "keep_junior"
    leaving = float(row["way_yuan"]) + float(row["move_yuan"])
    return "keep_near" if leaving >= float(row["fixed_yuan"]) else "keep_weighed"


def _sentence(code: str, row: Mapping[Hashable, Any], receivers: list[str]) -> Told:
    more = float(row["minutes_more"])
    # Families may have chosen a school that is not their nearest.
    nearer = code == "close" and round(more, 1) < 0
    return tell(
        "reason.close_nearer" if nearer else f"reason.{code}",
        pupils=int(row["pupils"]),
        depend=int(row["depend"]),
        moved=int(row["moved"]),
        minutes=(-more if nearer else more) if np.isfinite(more) else 0.0,
        way=round(float(row["way_yuan"])),
        move=round(float(row["move_yuan"])),
        fixed=round(float(row["fixed_yuan"])),
        classes=int(row["extra_classes"]),
        receivers=receivers or ["–"],
    )
