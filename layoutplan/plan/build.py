"""From sites and flows to a plan's tables: decisions, receivers, moves."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import shapely

from layoutplan.actions import LOSING_ACTIONS
from layoutplan.county import County
from layoutplan.findings import Finding
from layoutplan.measures import Options
from layoutplan.plan.noun import Plan, SolverReport
from layoutplan.plan.ways import with_minutes
from layoutplan.standards import Standards
from layoutplan.tables import BANDS, DECISIONS
from layoutplan.travel import TravelTimes
from layoutplan.validation import must_be

NOBODY = ""
"""Stands for "no school" where pupils had none or get none."""


def build_plan(  # noqa: PLR0913 # a plan is made of all of these
    name: str,
    county: County,
    *,
    times: TravelTimes,
    standards: Standards,
    options: Options,
    demand: pd.DataFrame,
    state: pd.DataFrame,
    flows: pd.DataFrame,
    unserved: pd.DataFrame,
    today: pd.DataFrame,
    solver: SolverReport,
    measures: pd.DataFrame,
    by_origin: pd.DataFrame | None = None,
    bus: TravelTimes | None = None,
    findings: Iterable[Finding] = (),
) -> Plan:
    """Put a plan together and check that no pupil was lost.

    Parameters
    ----------
    name
        What the plan is called.
    county, times, standards, options
        What it was made from.
    demand
        Pupils, villages x bands.
    state
        Sites with action, bands, places, classes, extra_classes, beds, extra_beds,
        capital_yuan, annual_yuan.
    flows
        Where pupils go: village_id, band, site_id, pupils, and mode; without a mode all
        go from home.
    unserved
        Pupils without a school: village_id, band, pupils, reason.
    today
        Where they go today, like ``flows``.
    solver
        What the solver says.
    measures
        What could be done at each site.
    by_origin
        Where all pupils go today and in the plan, and how: village_id, band, from_site,
        to_site, mode, pupils; matched by `pupils_moved` where None.
    bus
        Travel times of the school bus; None where there is none.
    findings
        What should be known about the plan.

    Returns
    -------
    Plan
        The plan.
    """
    assignment = with_minutes(flows, times, bus)
    moved = pupils_moved(today, flows, demand) if by_origin is None else _moved(by_origin)
    taught = measures.loc[measures["measure"] == "keep"].set_index("site_id")["bands"]
    decisions = _decisions(county, state, flows, today, moved, taught=taught)
    total = int(demand.to_numpy().sum())
    kept = int(assignment["pupils"].sum()) + int(unserved["pupils"].sum())
    must_be(total == kept, f"pupils in {total}, assigned and unserved {kept}")
    return Plan(
        name=name,
        county=county,
        times=times,
        standards=standards,
        options=options,
        solver=solver,
        bus=bus,
        findings=(*findings, *_not_kept(decisions, unserved)),
        tables={
            "decisions": decisions,
            "assignment": assignment,
            "unserved": unserved.reset_index(drop=True),
            "moves": moved,
            **({} if by_origin is None else {"by_origin": by_origin}),
            "demand": demand,
            "measures": measures,
        },
    )


def _not_kept(decisions: pd.DataFrame, unserved: pd.DataFrame) -> list[Finding]:
    """Name schools over their places and pupils without a school."""
    found = []
    pupils = decisions[[f"after_{b}" for b in BANDS]].sum(axis=1)
    over = (pupils - decisions["places"]).clip(lower=0)
    if over.any():
        ids, values = tuple(over.index[over > 0]), {"pupils": int(over.sum())}
        found.append(
            Finding(code="over_places", severity="warning", table="schools", ids=ids, values=values)
        )
    for reason, rows in unserved.groupby("reason"):
        found.append(
            Finding(
                code=f"unserved_{reason}",
                severity="warning",
                table="villages",
                ids=tuple(rows["village_id"].unique()),
                values={"pupils": int(rows["pupils"].sum())},
            )
        )
    return found


def _moved(by_origin: pd.DataFrame) -> pd.DataFrame:
    """Sum who goes elsewhere than today."""
    some = by_origin[by_origin["from_site"] != by_origin["to_site"]]
    by = ["village_id", "band", "from_site", "to_site"]
    return some.groupby(by, sort=True)["pupils"].sum().reset_index()


def pupils_moved(before: pd.DataFrame, after: pd.DataFrame, demand: pd.DataFrame) -> pd.DataFrame:
    """Tell from which school to which pupils move, village by village.

    Within a village and band, pupils who leave a school are matched with places
    that are newly taken, in the order of the schools' ids; as few move as the two
    assignments allow.

    Parameters
    ----------
    before, after
        Columns village_id, band, site_id, pupils.
    demand
        Pupils, villages x bands; who is in no school stands under an empty id.

    Returns
    -------
    pandas.DataFrame
        Columns village_id, band, from_site, to_site, pupils.

    Examples
    --------
    >>> demand = pd.DataFrame({"g13": [30], "g46": [0], "g79": [0]}, index=["V"])
    >>> flow = {"village_id": ["V"], "band": ["g13"], "pupils": [30]}
    >>> a, b = pd.DataFrame(flow | {"site_id": ["A"]}), pd.DataFrame(flow | {"site_id": ["B"]})
    >>> pupils_moved(a, b, demand)
      village_id band from_site to_site  pupils
    0          V  g13         A       B      30
    """
    by = ["village_id", "band", "site_id"]
    one, other = (_complete(f, demand).set_index(by)["pupils"] for f in (before, after))
    change = other.sub(one, fill_value=0).astype("int64").sort_index()
    lost, won = -change[change < 0], change[change > 0]
    # Per village and band as many pupils leave as arrive, so both lists, laid end to
    # end, have the same marks, and every stretch between two marks is one move.
    ends_lost, ends_won = lost.cumsum().to_numpy(), won.cumsum().to_numpy()
    marks = np.unique(np.concatenate([[0], ends_lost, ends_won])).astype(np.int64)
    number = np.diff(marks)
    source = lost.index[np.searchsorted(ends_lost, marks[:-1], side="right")]
    target = won.index[np.searchsorted(ends_won, marks[:-1], side="right")]
    return pd.DataFrame(
        {
            "village_id": source.get_level_values(0),
            "band": source.get_level_values(1),
            "from_site": source.get_level_values(2),
            "to_site": target.get_level_values(2),
            "pupils": number,
        }
    ).astype({"village_id": "str", "band": "str", "from_site": "str", "to_site": "str"})


def _complete(flows: pd.DataFrame, demand: pd.DataFrame) -> pd.DataFrame:
    """Add the pupils in no school under an empty id."""
    by = ["village_id", "band", "site_id"]
    nobody = without_school(flows, demand).assign(site_id=NOBODY)
    both = pd.concat([flows[[*by, "pupils"]], nobody[[*by, "pupils"]]], ignore_index=True)
    # A school that some board at and others walk to stands in several rows.
    return both.groupby(by)["pupils"].sum().reset_index()


def without_school(flows: pd.DataFrame, demand: pd.DataFrame) -> pd.DataFrame:
    """List the pupils who are in no flow.

    Parameters
    ----------
    flows
        Columns village_id, band, site_id, pupils.
    demand
        Pupils, villages x bands.

    Returns
    -------
    pandas.DataFrame
        Columns village_id, band, pupils; sorted.
    """
    wanted = demand.rename_axis(index="village_id").reset_index()
    long = wanted.melt(id_vars="village_id", var_name="band", value_name="wanted")
    have = flows.groupby(["village_id", "band"])["pupils"].sum().reset_index()
    both = long.merge(have, on=["village_id", "band"], how="left")
    both["pupils"] = (both["wanted"] - both["pupils"].fillna(0)).astype("int64")
    left = both.loc[both["pupils"] > 0, ["village_id", "band", "pupils"]]
    return left.sort_values(["village_id", "band"], ignore_index=True)


def _decisions(
    county: County,
    state: pd.DataFrame,
    flows: pd.DataFrame,
    today: pd.DataFrame,
    moves: pd.DataFrame,
    *,
    taught: pd.Series,
) -> pd.DataFrame:
    sites = county.sites
    table = state.join(sites[["kind"]]).assign(
        name=sites.get("name"),
        township_id=sites.get("township_id"),
    )
    for prefix, source in (("before", today), ("after", flows)):
        counts = (
            source.groupby(["site_id", "band"])["pupils"]
            .sum()
            .unstack(fill_value=0)
            .reindex(index=table.index, columns=list(BANDS), fill_value=0)
            .astype("int64")
        )
        table = table.join(counts.add_prefix(f"{prefix}_"))
    leave = table["action"].isin(LOSING_ACTIONS)
    table["receivers"] = _receivers(table.index[leave], moves, sites, state, taught).reindex(
        table.index, fill_value=""
    )
    names = [c.name for c in DECISIONS.columns if c.name != "site_id"]
    texts = dict.fromkeys(("name", "kind", "township_id", "action", "receivers", "bands"), "str")
    return table[names].astype(texts).sort_index().rename_axis("site_id")


def _receivers(
    leaving: pd.Index,
    moves: pd.DataFrame,
    sites: pd.DataFrame,
    state: pd.DataFrame,
    taught: pd.Series,
) -> pd.Series:
    """Name the receivers of each school, most pupils first; the nearest where none leave."""
    left = moves[moves["from_site"].isin(leaving) & moves["to_site"].ne(NOBODY)]
    sums = left.groupby(["from_site", "to_site"])["pupils"].sum().reset_index()
    sums = sums.sort_values(["from_site", "pupils", "to_site"], ascending=[True, False, True])
    named = {str(s): " ".join(rows["to_site"]) for s, rows in sums.groupby("from_site")}
    # A school whose pupils are all left without a school has no receiver to name.
    had_pupils = set(moves["from_site"])
    alone = [s for s in leaving if s not in had_pupils and state.at[s, "action"] == "close"]
    if alone:
        # Only the order of distances matters here, so the county's own units will do.
        points = shapely.points(shapely.get_coordinates(sites.geometry.representative_point()))
        where = pd.Series(points, index=sites.index)
        for site in alone:
            had = set(str(taught[site]).split())
            fits = [
                s for s in sites.index if s != site and had & set(str(state.at[s, "bands"]).split())
            ]
            if fits:
                away = shapely.distance(where[fits].to_numpy(), where[site])
                named[site] = fits[int(np.argmin(away))]
    return pd.Series(named, dtype="str")
