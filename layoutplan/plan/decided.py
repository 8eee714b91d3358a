"""What was decided for each site, and what the site then offers."""

import numpy as np
import pandas as pd

from layoutplan.actions import ACTIONS, BED_ACTIONS, GROWING_ACTIONS
from layoutplan.county import County
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding

_MEASURE = {action: action for action in ACTIONS} | {"expand": "keep", "board": "keep"}
"""The row of the measures that an action starts from; classes and beds are added to it."""

_ADDED = {"extra_classes": "classes_not_whole", "extra_beds": "beds_not_whole"}
"""What may be added at a site, and what is said of a number that is none."""

_WHOLE = ("classes", "extra_classes", "places", "beds", "extra_beds")


def actions_taken(county: County, decisions: pd.DataFrame | None) -> pd.DataFrame:
    """Read decisions into one row per site.

    Parameters
    ----------
    county
        The county.
    decisions
        Indexed by site_id or with that column: action, and extra_classes and extra_beds
        where something is added. Sites that are not in it stay as they are, as do all
        where None.

    Returns
    -------
    pandas.DataFrame
        Indexed by site_id, every site: action, extra_classes, extra_beds.

    Raises
    ------
    OptionsError
        If a site or an action is unknown, a site stands there twice, or what is added is
        no whole number.
    """
    sites = county.sites
    table = pd.DataFrame(
        {"action": np.where(sites["candidate"], "unused", "keep")}, index=sites.index
    ).assign(**dict.fromkeys(_ADDED, 0))
    if decisions is None:
        return table
    given = decisions.reset_index() if "site_id" not in decisions else decisions
    if "site_id" not in given or "action" not in given:
        have = ", ".join(map(str, given.columns))
        told = Finding(code="decisions_columns", table="decisions", values={"have": have})
        raise OptionsError(told, lang=county.language())
    given = given.assign(site_id=given["site_id"].astype("str")).set_index("site_id")
    found = []
    unknown = given.index.difference(table.index)
    if len(unknown):
        found.append(Finding(code="unknown_site", column="decisions", ids=tuple(unknown)))
    twice = given.index[given.index.duplicated()]
    if len(twice):
        found.append(
            Finding(
                code="duplicate_id", table="decisions", column="site_id", ids=tuple(twice.unique())
            )
        )
    wrong = given[~given["action"].isin(ACTIONS)]
    if len(wrong):
        values = {
            "action": ", ".join(sorted({str(a) for a in wrong["action"]})),
            "known": ", ".join(ACTIONS),
        }
        found.append(Finding(code="unknown_action", ids=tuple(wrong.index), values=values))
    if found:
        raise OptionsError(found, lang=county.language())
    table.loc[given.index, "action"] = given["action"].astype("str")
    for column, code in _ADDED.items():
        if column not in given:
            continue
        extra = pd.to_numeric(given[column], errors="coerce")
        blank = given[column].isna() | given[column].astype("str").eq("")
        bad = given.index[(extra.isna() & ~blank) | (extra < 0) | (extra % 1 > 0)]
        if len(bad):
            ids = tuple(bad.astype("str"))
            raise OptionsError(Finding(code=code, ids=ids), lang=county.language())
        table.loc[given.index, column] = extra.fillna(0).astype("int64")
    return table


def check_added(
    actions: pd.DataFrame, measures: pd.DataFrame, county: County
) -> tuple[Finding, ...]:
    """Refuse additions of nothing; note more classes or beds than the measures allow.

    Parameters
    ----------
    actions
        As `actions_taken` gives them.
    measures
        What may be done at each site.
    county
        The county, for the language of messages.

    Returns
    -------
    tuple of Finding
        Warnings.

    Raises
    ------
    OptionsError
        If an expansion adds no class, or ``board`` no bed.
    """
    found = []
    for action, column, code in (
        ("expand", "extra_classes", "expand_without_classes"),
        ("board", "extra_beds", "board_without_beds"),
    ):
        none = actions.index[(actions["action"] == action) & (actions[column] < 1)]
        if len(none):
            found.append(Finding(code=code, ids=tuple(none)))
    if found:
        raise OptionsError(found, lang=county.language())
    for column, may, too_many in (
        ("extra_classes", GROWING_ACTIONS, "too_many_classes"),
        ("extra_beds", BED_ACTIONS, "too_many_beds"),
    ):
        room = measures.groupby("site_id")[f"{column}_max"].max().reindex(actions.index)
        many = actions.index[actions["action"].isin(may) & (actions[column] > room)]
        if len(many):
            pairs = tuple(f"{s} ({actions.loc[s, column]} > {room[s]:.0f})" for s in many)
            found.append(Finding(code=too_many, severity="warning", table="schools", ids=pairs))
    return tuple(found)


def state_of_sites(actions: pd.DataFrame, measures: pd.DataFrame, county: County) -> pd.DataFrame:
    """Give what each site offers under the actions taken.

    Parameters
    ----------
    actions
        Indexed by site_id: action, extra_classes and extra_beds.
    measures
        What may be done at each site; `layoutplan.measures.checked_measures`.
    county
        The county, for the language of messages.

    Returns
    -------
    pandas.DataFrame
        Indexed by site_id: action, bands, places, classes, extra_classes, beds,
        extra_beds, capital_yuan, annual_yuan.

    Raises
    ------
    OptionsError
        If an action cannot be taken at its site.
    """
    rows = measures.set_index(["site_id", "measure"])
    wanted = pd.MultiIndex.from_arrays(
        [actions.index, actions["action"].map(_MEASURE)], names=["site_id", "measure"]
    )
    taken = rows.reindex(wanted).reset_index("measure", drop=True)
    classes, beds = _modules(measures, actions.index)
    growing, lodging = (actions["action"].isin(a) for a in (GROWING_ACTIONS, BED_ACTIONS))
    more = actions["extra_classes"].where(growing, 0)
    more_beds = actions["extra_beds"].where(lodging, 0)
    unknown = ~wanted.isin(rows.index) | (more_beds.gt(0) & beds["bed_yuan"].isna())
    if unknown.any():
        pairs = tuple(f"{s} ({a})" for s, a in actions.loc[unknown, "action"].items())
        raise OptionsError(Finding(code="impossible_action", ids=pairs), lang=county.language())
    size, price = (classes[c].fillna(taken[c]) for c in ("class_places", "class_yuan"))
    capital = taken["capital_yuan"] + more * price + more_beds * beds["bed_yuan"].fillna(0)
    return pd.DataFrame(
        {
            "action": actions["action"],
            "bands": taken["bands"],
            "classes": taken["classes"] + more,
            "extra_classes": more,
            "places": taken["places"] + more * size,
            "beds": taken["beds"] + more_beds,
            "extra_beds": more_beds,
            "capital_yuan": capital,
            "annual_yuan": taken["annual_yuan"],
        }
    ).astype(dict.fromkeys(_WHOLE, "int64"))


def capped(measures: pd.DataFrame, decisions: pd.DataFrame | None) -> pd.DataFrame:
    """Lower the places that sites can have to what decisions allow.

    Parameters
    ----------
    measures
        What may be done at each site.
    decisions
        With a column ``places_cap`` where places are capped: no more than these, the places
        of classes added apart. Empty cells cap nothing.

    Returns
    -------
    pandas.DataFrame
        The measures; the same where nothing is capped.

    Raises
    ------
    OptionsError
        If a cap is no whole number from 0.

    Examples
    --------
    >>> measures = pd.DataFrame({"site_id": ["A", "B"], "places": [90, 90]})
    >>> capped(measures, pd.DataFrame({"site_id": ["B"], "places_cap": [40]}))["places"].tolist()
    [90, 40]
    """
    if decisions is None or "places_cap" not in decisions:
        return measures
    given = decisions.reset_index() if "site_id" not in decisions else decisions
    said = given["places_cap"].astype("str").str.strip()
    caps = pd.to_numeric(given["places_cap"].where(said.ne("")), errors="coerce")
    blank = given["places_cap"].isna() | said.eq("")
    wrong = (caps.isna() & ~blank) | (caps < 0) | (caps % 1 > 0)
    if wrong.any():
        ids = tuple(given.loc[wrong, "site_id"].astype("str"))
        raise OptionsError(Finding(code="cap_not_whole", ids=ids))
    by_site = pd.Series(caps.to_numpy(), index=given["site_id"].astype("str"))
    cap = by_site.groupby(level=0).min().reindex(measures["site_id"].astype("str")).to_numpy()
    places = measures["places"].to_numpy()
    return measures.assign(places=np.fmin(places, cap).astype(measures["places"].dtype))


def _modules(measures: pd.DataFrame, sites: pd.Index) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give what a class and a bed that are added bring and cost, site by site."""
    by = {m: rows.set_index("site_id") for m, rows in measures.groupby("measure")}
    none = measures.iloc[:0].set_index("site_id")
    expand, new, board = (by.get(m, none).reindex(sites) for m in ("expand", "new", "board"))
    return expand.where(expand["class_places"].notna(), new), board
