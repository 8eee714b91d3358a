"""What happens when, school by school, in sentences."""

from typing import TYPE_CHECKING

import pandas as pd

from layoutplan.words import Language, say

if TYPE_CHECKING:
    from layoutplan.roadmap.noun import Roadmap


def lines_of(roadmap: "Roadmap", lang: Language) -> pd.DataFrame:
    """Say for each school what happens when.

    Schools at which something is done, or whose pupils go to or come from one, are named
    with what concerns them.

    Parameters
    ----------
    roadmap
        The roadmap.
    lang
        The language.

    Returns
    -------
    pandas.DataFrame
        Indexed by site_id: name, township_id, what.
    """
    named = roadmap.plan.decisions["name"].fillna("")
    names = {str(site): str(name) for site, name in named.items()}
    said: dict[str, list[tuple[str, str]]] = {}
    moving = _moving(roadmap)
    for action_id, row in roadmap.actions.iterrows():
        values = _values(row, names, lang)
        key = f"roadmap.line.{row['action']}"
        said.setdefault(str(row["site_id"]), []).append(
            (str(row["ready"]), say(key, lang, **values))
        )
        for (site, other), pupils in moving.get(str(action_id), {}).items():
            text = say(
                "roadmap.line.receives",
                lang,
                when=half_year_words(str(row["ready"]), lang),
                pupils=pupils,
                other=_named(other, names),
            )
            said.setdefault(site, []).append((str(row["ready"]), text))
    for _, row in roadmap.left_over.iterrows():
        text = say(
            "roadmap.line.left_over",
            lang,
            action=say(f"roadmap.action.{row['action']}", lang),
            why=say(f"roadmap.reason.{row['reason']}", lang),
        )
        said.setdefault(str(row["site_id"]), []).append(("9", text))
    between = say("roadmap.between", lang)
    decisions = roadmap.plan.decisions
    rows = {
        site: {
            "name": str(names.get(site, "")),
            "township_id": str(decisions["township_id"].get(site, "")),
            "what": between.join(text for _, text in sorted(said[site])),
        }
        for site in sorted(said)
    }
    table = pd.DataFrame.from_dict(rows, orient="index", dtype="str")
    return table.reindex(columns=["name", "township_id", "what"]).rename_axis("site_id")


def half_year_words(half: str, lang: Language) -> str:
    """Say from when on something holds that takes effect in a half-year.

    Parameters
    ----------
    half
        The half-year.
    lang
        The language.

    Returns
    -------
    str
        Such as "from September 2027".

    Examples
    --------
    >>> half_year_words("2027H2", "en")
    'September 2027'
    """
    return say(f"roadmap.when_{half[-1]}", lang, year=half[:4])


def _moving(roadmap: "Roadmap") -> dict[str, dict[tuple[str, str], int]]:
    """Count who comes with each action: receiver and school left, with pupils."""
    table = roadmap.pupils
    first = table["variant"] == roadmap.variants[0]
    moving = table[first & table["action_id"].ne("") & table["to_site"].ne("")]
    ready = roadmap.actions["ready"]
    some = moving[moving["action_id"].isin(ready.index)]
    year = some["action_id"].map(ready).str[:4].astype(int)
    now = some[some["school_year"] == year]
    sums = now.groupby(["action_id", "to_site", "from_site"])["pupils"].sum().reset_index()
    found: dict[str, dict[tuple[str, str], int]] = {}
    for row in sums.to_dict("records"):
        ends = (str(row["to_site"]), str(row["from_site"]))
        found.setdefault(str(row["action_id"]), {})[ends] = int(row["pupils"])
    return found


def _values(row: pd.Series, names: dict[str, str], lang: Language) -> dict[str, object]:
    receivers = [_named(r, names) for r in str(row["receivers"]).split()]
    return {
        "when": half_year_words(str(row["ready"]), lang),
        "starts": str(row["starts"]),
        "places": int(row["added_places"]),
        "yuan": f"{row['capital_yuan']:,.0f}",
        "pupils": int(row["pupils"]),
        "receivers": say("roadmap.separator", lang).join(receivers) or "–",
    }


def _named(site: str, names: dict[str, str]) -> str:
    name = str(names.get(site, "") or "")
    return f"{name} ({site})" if name else site or "–"
