"""The objective of a roadmap scored anew, term by term."""

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from layoutplan.roadmap.noun import Roadmap

_TERMS: Final = ("running", "ways", "overload", "late", "left_over")
_NEAR: Final = 1e-6


def records(table: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a table
    """Give the rows of a table as plain values.

    Parameters
    ----------
    table
        The table.

    Returns
    -------
    list of dict
        The rows.
    """
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def objective(roadmap: "Roadmap") -> list[str]:
    """Compare what the solver says with the roadmap scored anew.

    Parameters
    ----------
    roadmap
        The roadmap.

    Returns
    -------
    list of str
        What does not hold.
    """
    report = roadmap.solver
    if not set(roadmap.actions["ready"]) <= set(roadmap.half_years):
        return ["what takes effect outside the roadmap cannot be scored"]
    if report.objective is None or report.bound is None or report.gap is None:
        return ["a roadmap has no objective"]
    scored = _scored(roadmap)
    near = _NEAR * max(1.0, abs(report.objective)) + 1.0
    wrong = [
        f"term {n}: {report.terms.get(n)}, scored anew {scored[n]}"
        for n in _TERMS
        if not abs(report.terms.get(n, 0.0) - scored[n]) <= near
    ]
    if not abs(sum(report.terms.values()) - report.objective) <= near:
        wrong.append("the terms do not add up to the objective")
    if not report.bound <= report.objective + near:
        wrong.append(f"bound {report.bound} above objective {report.objective}")
    ordinary = report.objective - report.terms["overload"] - report.terms["left_over"]
    left = report.objective - report.bound
    gap = 0.0 if left < 1.0 else left / max(ordinary, 1.0)
    if not abs(gap - report.gap) <= _NEAR:
        wrong.append(f"gap {report.gap}, should be {gap}")
    return wrong


def _weights(roadmap: "Roadmap") -> dict[str, float]:
    if roadmap.projection is None:
        return dict.fromkeys(roadmap.variants, 1.0)
    given = {v: float(roadmap.projection.weights.get(v, 0.0)) for v in roadmap.variants}
    total = sum(given.values())
    return {v: w / total if total > 0 else 1 / len(given) for v, w in given.items()}


def _scored(roadmap: "Roadmap") -> dict[str, float]:  # noqa: C901 - term by term
    plan, rules = roadmap.plan, roadmap.plan.standards
    halves, ready = list(roadmap.half_years), roadmap.actions["ready"].to_dict()
    total = dict.fromkeys(_TERMS, 0.0)
    decisions = plan.decisions.to_dict("index")
    table = plan.measures
    now = table[table["measure"] == "keep"].set_index("site_id")
    for action in roadmap.actions.index:
        total["late"] += 0.5 * rules.value("price_yuan_late") * halves.index(ready[action])
    changed = plan.decisions[~plan.decisions["action"].isin(["keep", "unused"])]
    for site, row in changed.iterrows():
        first = (
            halves.index(ready[f"{site}-{row['action']}"])
            if (f"{site}-{row['action']}" in ready)
            else len(halves)
        )
        before = float(now["annual_yuan"].get(site, 0.0))
        total["running"] += 0.5 * first * before
        total["running"] += 0.5 * (len(halves) - first) * float(row["annual_yuan"])
    every = now["places"].to_dict()
    for _, row in roadmap.left_over.iterrows():
        added = 0
        if row["action"] != "redraw":
            later = int(decisions[row["site_id"]]["places"])
            added = max(0, later - int(every.get(row["site_id"], 0)))
        people = max(int(row["pupils"]), added)
        total["late"] += 0.5 * rules.value("price_yuan_late") * len(halves)
        total["left_over"] += rules.value("price_yuan_left_over")
        total["left_over"] += rules.value("price_yuan_left_over_pupil") * people
    weights, prices = _weights(roadmap), _prices(roadmap)
    pupils: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    for cell in records(roadmap.pupils):
        pupils[cell["variant"], int(cell["school_year"])].append(cell)
    places = {
        half: {
            str(s): int(row["places"])
            if str(ready.get(f"{s}-{row['action']}", "9")) <= half
            else int(every.get(s, 0))
            for s, row in decisions.items()
        }
        for half in halves
    }
    for (variant, year), cells in pupils.items():
        for half in (f"{year}H2", f"{year + 1}H1"):
            if half not in halves:
                continue
            here: dict[str, int] = defaultdict(int)
            for cell in cells:
                moved = str(ready.get(cell["action_id"], "9")) <= half
                here[cell["to_site"] if moved else cell["from_site"]] += cell["pupils"]
                if cell["action_id"]:
                    end = "to_site" if moved else "from_site"
                    key = (cell["village_id"], cell["band"], cell[end], moved)
                    total["ways"] += 0.5 * weights[variant] * cell["pupils"] * prices(*key)
            over = sum(max(0, n - places[half].get(s, 0)) for s, n in here.items() if s)
            total["overload"] += 0.5 * weights[variant] * over * rules.value("price_yuan_overload")
    return total


def _prices(roadmap: "Roadmap") -> Any:  # noqa: ANN401 - a function of village, band, site, moved
    plan, rules = roadmap.plan, roadmap.plan.standards
    lodged: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in records(plan.assignment):
        counted = lodged[row["village_id"], row["band"], row["site_id"]]
        counted[0] += row["pupils"] if row["mode"] == "board" else 0
        counted[1] += row["pupils"]
    known: dict[tuple[str, str, str, bool], float] = {}
    times: dict[str, Any] = {b: plan.times.table(b) for b in ("g13", "g46", "g79")}
    weekly = rules.value("journeys_per_week_boarder") / rules.value("journeys_per_week_daily")

    def price(village: str, band: str, site: str, moved: bool) -> float:  # noqa: FBT001
        key = (village, band, site, moved)
        if key not in known:
            if not site:
                known[key] = rules.value("price_yuan_unserved")
                return known[key]
            minutes = float(times[band].at[village, site])
            limit = rules.value(f"travel_limit_minutes_{band}")
            far = minutes if np.isfinite(minutes) else 2 * limit
            minute = rules.value("price_yuan_per_minute")
            daily = far * minute + (rules.value("price_yuan_over_limit") if minutes > limit else 0)
            stage = "junior" if band == "g79" else "primary"
            bed = far * minute * weekly + rules.value(f"boarder_yuan_{stage}")
            some, all_of = lodged.get((village, band, site), [0, 0]) if moved else [0, 0]
            known[key] = daily + (some / all_of if all_of else 0.0) * (bed - daily)
        return known[key]

    return price
