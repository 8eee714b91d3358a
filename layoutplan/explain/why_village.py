"""Why pupils of a village go where they go, and what would send them to a nearer school."""

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.errors import OptionsError
from layoutplan.explain.breaches import nearest_today
from layoutplan.explain.near import answered
from layoutplan.explain.places import fullness
from layoutplan.explain.question import Question, asked_of
from layoutplan.explain.relaxations import LOCKS
from layoutplan.explain.told import Told, Word, names_of, tell
from layoutplan.explain.why_noun import Why
from layoutplan.model.sets import prices
from layoutplan.plan import Plan
from layoutplan.plan.evaluate import observed_flows
from layoutplan.plan.ways import BOARD, boarding_bands
from layoutplan.tables import BANDS
from layoutplan.words import Language

_MOST: Final = 10
"""So many schools beyond those that pupils go to are listed."""

_TOLD: Final = 4
"""So many nearer schools are told of; the table has all of them."""

_REPRICED: Final = ("price_moved", "keep_choices")
"""Changes after which costs are reckoned otherwise, so that two plans do not compare."""

NEAREST: Final = "nearest"
"""The verdict where pupils go to the nearest school there is."""


def why_village(
    plan: Plan,
    village: str,
    band: str,
    *,
    measures: pd.DataFrame | None,
    time_limit: float,
    gap: float,
    lang: Language,
) -> Why:
    """List the schools that pupils could go to, and try what would send them nearer.

    Parameters
    ----------
    plan
        The plan.
    village, band
        The pupils.
    measures, time_limit, gap
        As in `layoutplan.why`.
    lang
        The language.

    Returns
    -------
    Why
        The options and the changes.
    """
    options = village_options(plan, village, band)
    used = options.index[options["planned"] > 0]
    nearer = options.loc[: used[-1]] if len(used) else options
    nearer = nearer[nearer["excluded"].ne("")]
    changes = _changes(
        plan, village, band, nearer, measures=measures, time_limit=time_limit, gap=gap
    )
    verdict = str(nearer["excluded"].iloc[0]) if len(nearer) else NEAREST
    return Why(
        about=f"{village} {band}",
        verdict=verdict,
        lang=lang,
        told=tuple(_told(plan, village, band, options, nearer, changes)),
        other=None,
        tables={"options": options, "changes": changes},
    )


def village_options(plan: Plan, village: str, band: str) -> pd.DataFrame:
    """List the schools that pupils of a village could go to, nearest first.

    Parameters
    ----------
    plan
        The plan.
    village, band
        The pupils.

    Returns
    -------
    pandas.DataFrame
        As `layoutplan.explain.why_noun.Why.options`.
    """
    decisions = plan.decisions
    limit = plan.standards.value(f"travel_limit_minutes_{band}")
    way = plan.times.table(band).T[village].reindex(decisions.index)
    offered = plan.measures[plan.measures["allowed"].astype(bool)]
    teach = offered["bands"].map(lambda b: band in str(b).split())
    could = decisions.index.isin(list(offered.loc[teach, "site_id"]))
    here = decisions.index[could & np.isfinite(way.to_numpy(dtype=float))]
    table = decisions.loc[here, ["action", "bands"]].assign(minutes=way.reindex(here))
    today = _today(plan, village, band)
    given = plan.assignment
    mine = given[given["village_id"].eq(village) & given["band"].eq(band)]
    planned = mine.groupby("site_id")["pupils"].sum()
    modes = mine.groupby("site_id")["mode"].agg(lambda m: " ".join(sorted(set(m))))
    table = table.assign(
        within_limit=table["minutes"] <= limit,
        today=today.reindex(here).fillna(0).astype("int64"),
        planned=planned.reindex(here).fillna(0).astype("int64"),
        mode=modes.reindex(here).fillna("").astype("str"),
        places_left=fullness(plan)[f"free_{band}"].reindex(here).astype("int64"),
        yuan_per_pupil=_yuan(plan, village, band, table["minutes"], schooled=len(today) > 0)
        - np.where(here.isin(today.index), _moving(plan) * float(len(today) > 0), 0.0),
    )
    wanted = int(plan.demand[band][village])
    taught = table["bands"].map(lambda b: band in str(b).split())
    chosen = _chosen_minutes(plan, village, band, today, way)
    lodging = decisions["beds"].reindex(here).gt(0) & (band in boarding_bands(plan.standards))
    table["excluded"] = np.select(
        [
            table["planned"] >= wanted,
            table["action"].eq("close"),
            table["action"].eq("unused"),
            ~taught,
            table["minutes"] < chosen,
            table["places_left"] <= 0,
            ~table["within_limit"] & lodging & (_beds_left(plan).reindex(here) <= 0),
            ~table["within_limit"] & table["planned"].eq(0) & ~lodging,
        ],
        ["", "closed", "not_built", "not_taught", "chosen", "full", "beds_full", "beyond_limit"],
        default="dearer",
    )
    table = table.drop(columns="bands").rename_axis("site_id").reset_index()
    table = table.sort_values(["minutes", "site_id"], ignore_index=True)
    last = int(np.flatnonzero(table["planned"] > 0).max(initial=-1))
    shown: pd.DataFrame = table.iloc[: last + 1 + _MOST]
    return shown


def _beds_left(plan: Plan) -> pd.Series:
    """Count the beds that nobody takes, by site."""
    given = plan.assignment
    taken = given[given["mode"].eq(BOARD)].groupby("site_id")["pupils"].sum()
    beds = plan.decisions["beds"]
    return beds.sub(taken.reindex(beds.index).fillna(0))


def _moving(plan: Plan) -> float:
    return prices(plan.options, plan.standards)["moved"]


def _yuan(plan: Plan, village: str, band: str, minutes: pd.Series, *, schooled: bool) -> np.ndarray:
    """Give the yuan a year of sending one pupil to each site, by the cheapest way there is."""
    price, value = prices(plan.options, plan.standards), plan.standards.value
    limit = value(f"travel_limit_minutes_{band}")
    near = float(nearest_today(plan, band)[village])
    way = minutes.to_numpy(dtype=float)
    beyond = way > limit
    walk = way * price["minute"] + beyond * price["over_limit"]
    walk += (beyond & (near <= limit)) * price["pushed"]
    costs = [walk]
    if band in boarding_bands(plan.standards):
        share = value("journeys_per_week_boarder") / value("journeys_per_week_daily")
        beds = plan.decisions["beds"].reindex(minutes.index).to_numpy(dtype=float) > 0
        stage = "primary" if band == "g46" else "junior"
        yuan = way * share * price["minute"] + price[f"boarder_{stage}"]
        costs.append(np.where(beyond & beds, yuan, np.inf))
    if plan.bus is not None:
        ride = plan.bus.table(band).T[village].reindex(minutes.index).to_numpy(dtype=float)
        far = ride > limit
        yuan = ride * price["minute"] + price["bus_rider"] + far * price["over_limit"]
        costs.append(np.where(beyond, yuan + (far & (near <= limit)) * price["pushed"], np.inf))
    cheapest: np.ndarray = np.minimum.reduce(costs)
    return cheapest + schooled * price["moved"]


def _chosen_minutes(plan: Plan, village: str, band: str, today: pd.Series, way: pd.Series) -> float:
    """Give the minutes to the farthest school that families chose and go on going to.

    Pupils who do not stay at a school they chose are missing there, so that others than
    they must have a reason.
    """
    observed = observed_flows(plan.county) if plan.options.keep_choices else None
    if observed is None:
        return 0.0
    given = plan.assignment
    for table in (observed, given):
        table["mine"] = table["village_id"].eq(village) & table["band"].eq(band)
    seen = set(observed.loc[observed["mine"], "site_id"])
    planned = given[given["mine"]].groupby("site_id")["pupils"].sum()
    # Whoever does not go where he goes today has not stayed by choice.
    if (planned > today.reindex(planned.index).fillna(0)).any():
        return 0.0
    stay = [s for s in planned.index if s in seen]
    return float(way.reindex(stay).max()) if stay else 0.0


def _today(plan: Plan, village: str, band: str) -> pd.Series:
    """Give the pupils by their school of today."""
    given, moves = plan.assignment, plan.moves
    mine = given["village_id"].eq(village) & given["band"].eq(band)
    after = given[mine].groupby("site_id")["pupils"].sum()
    moved = moves[moves["village_id"].eq(village) & moves["band"].eq(band)]
    left = moved.groupby("from_site")["pupils"].sum()
    came = moved.groupby("to_site")["pupils"].sum()
    today = after.add(left, fill_value=0).sub(came, fill_value=0)
    return today[(today > 0) & (today.index != "")].astype("int64")


def _changes(
    plan: Plan,
    village: str,
    band: str,
    nearer: pd.DataFrame,
    *,
    measures: pd.DataFrame | None,
    time_limit: float,
    gap: float,
) -> pd.DataFrame:
    """Try the smallest change that would send pupils to the best nearer school."""
    columns = ["site_id", "change", "amount", "unit", "pupils", "cost_yuan", "helps"]
    if nearer.empty:
        return pd.DataFrame(columns=columns)
    row = nearer.iloc[0]
    site, why = str(row["site_id"]), str(row["excluded"])
    asked = asked_of(plan, measures)
    records: list[tuple[object, ...]] = []
    wanted = int(plan.demand[band][village]) - int(row["planned"])
    tried: list[tuple[str, float, str, Question]] = []
    if why == "full":
        tried = [
            ("places", float(n), "persons", _with_places(asked, site, n))
            for n in sorted({1, wanted})
        ]
    elif why == "chosen":
        tried = [("keep_choices", np.nan, "", asked.asking(keep_choices=False))]
    elif why in ("closed", "not_built", "not_taught"):
        free = {lock: frozenset(getattr(plan.options, lock)) - {site} for lock in LOCKS}
        options = plan.options.replace(**{**free, "keep": free["keep"] | {site}})
        change = "build" if why == "not_built" else "keep"
        tried = [(change, np.nan, "", replace(asked, options=options))]
    elif why == "dearer" and int(row["today"]) == 0:
        there = plan.assignment
        mine = there[there["village_id"].eq(village) & there["band"].eq(band)]
        saved = float(mine["minutes"].max() - row["minutes"])
        price = prices(plan.options, plan.standards)
        lower = max(saved * price["minute"] - 1.0, 0.0)
        changed = asked.asking(prices={**plan.options.prices, "moved": lower})
        tried = [("price_moved", lower, "yuan/year", changed)]
    for change, amount, unit, question in tried:
        try:
            other = answered(
                plan, question, sites={site}, full=False, time_limit=time_limit, gap=gap
            )
        except OptionsError:
            continue
        given = other.assignment
        mine = given[given["village_id"].eq(village) & given["band"].eq(band)]
        number = int(mine.loc[mine["site_id"].eq(site), "pupils"].sum())
        cost = np.nan
        if plan.solver.objective is not None and change not in _REPRICED:
            cost = float(other.solver.objective or 0.0) - plan.solver.objective
        helps = number > int(row["planned"])
        records.append((site, change, amount, unit, number, cost, helps))
        if helps:
            break
    return pd.DataFrame(records, columns=columns)


def _with_places(question: Question, site: str, number: int) -> Question:
    """Give one school further places, at no cost."""
    table = question.table()
    here = table["site_id"].eq(site) & table["measure"].isin(["keep", "new"])
    for name in ("places", *(f"places_{b}" for b in BANDS)):
        table[name] = table[name] + np.where(here & (table[name] > 0), number, 0)
    return replace(question, measures=table)


def _told(
    plan: Plan,
    village: str,
    band: str,
    options: pd.DataFrame,
    nearer: pd.DataFrame,
    changes: pd.DataFrame,
) -> list[Told]:
    names = names_of(plan)
    told = [
        tell(
            "why.goes",
            pupils=int(row["planned"]),
            village=names.get(village, village),
            band=Word(key=f"band.{band}"),
            site=names.get(str(row["site_id"]), str(row["site_id"])),
            minutes=float(row["minutes"]),
        )
        for row in options[options["planned"] > 0].to_dict("records")
    ]
    told += [
        tell(
            f"why.excluded.{row['excluded']}",
            site=names.get(str(row["site_id"]), str(row["site_id"])),
            minutes=float(row["minutes"]),
            yuan=round(float(row["yuan_per_pupil"])),
        )
        for row in nearer.head(_TOLD).to_dict("records")
    ]
    if nearer.empty and told:
        told.append(tell("why.nearest"))
    for row in changes.to_dict("records"):
        key = "helps" if row["helps"] else "helps_not"
        told.append(
            tell(
                f"why.{key}",
                change=tell(
                    f"why.change.{row['change']}",
                    site=names.get(str(row["site_id"]), str(row["site_id"])),
                    amount=0 if pd.isna(row["amount"]) else round(float(row["amount"])),
                ),
                pupils=int(row["pupils"]),
            )
        )
    return told
