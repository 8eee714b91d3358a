"""Whether a roadmap holds, worked out anew from plan, projection and standards.

Nothing of the model is used here: half-years, procedures, money and seats are read and
added up in other ways.
"""

import datetime as dt
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

from layoutplan.roadmap.checking_score import objective
from layoutplan.roadmap.checking_seats import seats
from layoutplan.standards import standards as shipped

if TYPE_CHECKING:
    from layoutplan.roadmap.noun import Roadmap

LOSE: Final = ("close", "teaching_point", "primary_only")
GROW: Final = ("expand", "new", "board", "nine_year")
AUTUMN: Final = (*LOSE, "new", "nine_year", "redraw")

_CENT: Final = 0.01
_BEFORE: Final = {
    "survey": (),
    "scheme": ("survey",),
    "argument": ("scheme",),
    "hearing": ("scheme",),
    "notice": ("argument", "hearing"),
    "deliberation": ("notice",),
    "approval": ("deliberation",),
    "building": ("approval",),
    "transfer": ("building",),
    "transition": ("transfer",),
    "premises": ("transfer",),
    "done": ("transition", "premises"),
}
_BUILDING: Final = ("design", "build", "accept")
_MONTHS: Final = {
    "new": "building_months_new", "nine_year": "building_months_converted",
    "board": "building_months_beds",
}  # fmt: skip


def assert_roadmap_valid(roadmap: "Roadmap") -> None:
    """Check a roadmap: seats, order, money, times and sums.

    In each half-year every pupil has a school that teaches them, but for those whom the
    plan or the present leaves without one; no school closes and nobody is moved before
    what grows at each receiving school is ready; each year's capital is within its budget;
    procedures and building take the time of the standards; everything of the plan stands
    in it exactly once; the objective is what its terms add up to.

    Parameters
    ----------
    roadmap
        The roadmap.

    Raises
    ------
    AssertionError
        With all that does not hold.

    Examples
    --------
    >>> import layoutplan as lp
    >>> from layoutplan.roadmap import roadmap
    >>> county = lp.example.county(seed=1, villages=40)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> lp.assert_roadmap_valid(roadmap(today, years=1))
    """
    wrong = [
        *_once(roadmap),
        *_half_years(roadmap),
        *_order(roadmap),
        *_steps(roadmap),
        *_money(roadmap),
        *seats(roadmap),
        *_posts(roadmap),
        *objective(roadmap),
    ]
    if wrong:
        raise AssertionError("\n".join(wrong[:40]))


def rows(table: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a table
    """Give the rows of a table as plain values, with its index as a column.

    Parameters
    ----------
    table
        The table.

    Returns
    -------
    list of dict
        The rows.
    """
    return list(table.reset_index().to_dict("records"))


def _wanted(roadmap: "Roadmap") -> dict[str, dict[str, Any]]:
    """Say what must be done: what the decisions change and where kept schools receive."""
    wanted = {}
    sites = {r["site_id"]: r for r in rows(roadmap.plan.decisions)}
    for site, row in sites.items():
        if row["action"] not in ("keep", "unused"):
            wanted[f"{site}-{row['action']}"] = row
    for move in rows(roadmap.plan.moves):
        origin, target = move["from_site"], move["to_site"]
        loses = origin in sites and sites[origin]["action"] in LOSE
        if not loses and target:
            wanted[f"{target}-redraw"] = sites[target] | {"action": "redraw"}
    return wanted


def _once(roadmap: "Roadmap") -> list[str]:  # noqa: C901 - one list of faults
    wrong = []
    wanted = _wanted(roadmap)
    done, left = rows(roadmap.actions), rows(roadmap.left_over)
    have = Counter(r["action_id"] for r in [*done, *left])
    wrong += [f"{a}: stands {n} times" for a, n in have.items() if n > 1]
    wrong += [f"{a}: is missing" for a in wanted if a not in have]
    wrong += [f"{a}: is not in the plan" for a in have if a not in wanted]
    townships = roadmap.plan.county.townships
    known: dict[str, str] = {}
    if townships is not None and "responsible" in townships:
        named = townships["responsible"].fillna("")
        known = {str(t): str(who) for t, who in named.items()}
    for row in [*done, *left]:
        truth = wanted.get(row["action_id"])
        if truth is None:
            continue
        capital = 0.0 if row["action"] == "redraw" else float(truth["capital_yuan"])
        if row["site_id"] != truth["site_id"] or row["action"] != truth["action"]:
            wrong.append(f"{row['action_id']}: {row['action']} at {row['site_id']}")
        if abs(float(row["capital_yuan"]) - capital) > _CENT:
            wrong.append(f"{row['action_id']}: capital {row['capital_yuan']}, plan {capital}")
        if row["township_id"] != str(truth["township_id"] or ""):
            wrong.append(f"{row['action_id']}: township {row['township_id']}")
    for row in done:
        if row["responsible"] != known.get(row["township_id"], ""):
            wrong.append(f"{row['action_id']}: {row['responsible']} is not responsible")
    reasons = ("years", "waits", "budget", "seats", "time_limit")
    over = {r["action_id"] for r in left}
    for row in left:
        if row["reason"] not in reasons:
            wrong.append(f"{row['action_id']}: left over without a reason")
        if row["reason"] == "waits" and not set(row["waits_for"].split()) <= over - {""}:
            wrong.append(f"{row['action_id']}: waits for what is done")
    return wrong


def _half_years(roadmap: "Roadmap") -> list[str]:
    wrong = []
    names = list(roadmap.half_years)
    parts = [(int(n[:4]), int(n[5])) for n in names if len(n) == 6 and n[4] == "H"]  # noqa: PLR2004
    following = [(y, 2) if h == 1 else (y + 1, 1) for y, h in parts]
    if len(parts) != len(names) or parts[1:] != following[:-1]:
        wrong.append("half-years do not follow one another")
    if list(roadmap.years) != sorted({y for y, _ in parts}):
        wrong.append("years are not those of the half-years")
    for row in rows(roadmap.actions):
        action, ready = row["action_id"], row["ready"]
        if ready not in names:
            wrong.append(f"{action}: takes effect in {ready}, outside the roadmap")
        if row["action"] in AUTUMN and not str(ready).endswith("H2"):
            wrong.append(f"{action}: takes effect in {ready}, within a school year")
        # What is done may have been begun before the roadmap.
        early = row["starts"] < names[0] and action not in _facts(roadmap)
        if not row["starts"] <= ready or early:
            wrong.append(f"{action}: begins in {row['starts']}, takes effect in {ready}")
    return wrong


def _order(roadmap: "Roadmap") -> list[str]:  # noqa: C901, PLR0912 - one list of faults
    """Find closures and moves before what grows at each receiving school is ready."""
    wrong = []
    ready = {r["action_id"]: r["ready"] for r in rows(roadmap.actions)}
    plan = roadmap.plan
    grows: dict[str, str] = {}
    for row in rows(plan.decisions):
        built = float(row["capital_yuan"]) > 0 or row["extra_classes"] > 0 or row["extra_beds"] > 0
        if row["action"] in GROW or (row["action"] in LOSE and built):
            grows[row["site_id"]] = f"{row['site_id']}-{row['action']}"
    receives: dict[str, set[str]] = defaultdict(set)
    for row in rows(plan.decisions):
        if row["action"] in LOSE:
            receives[f"{row['site_id']}-{row['action']}"] |= set(str(row["receivers"]).split())
    for move in rows(roadmap.pupils):
        if move["action_id"] and move["to_site"]:
            receives[move["action_id"]].add(move["to_site"])
    for action, sites in receives.items():
        if action not in ready:
            continue
        for site in sorted(sites):
            first = grows.get(site)
            if first is None or first == action:
                continue
            if first not in ready or ready[first] > ready[action]:
                when = ready.get(first, "never")
                wrong.append(f"{action}: in {ready[action]}, but {first} is ready {when}")
    waits = {r["action_id"]: set(r["after"].split()) for r in rows(roadmap.actions)}
    for action, after in waits.items():
        truth = {grows[s] for s in receives.get(action, ()) if s in grows} - {action}
        if not truth <= after:
            wrong.append(f"{action}: does not name all that it waits for")
    return wrong


def _facts(roadmap: "Roadmap") -> set[str]:
    return {r["action_id"] for r in rows(roadmap.changes) if r["change"] == "done"}


def _days(roadmap: "Roadmap", key: str) -> int:
    rules = roadmap.plan.standards
    return round((rules[key] if key in rules else shipped()[key]).value)


def _steps(roadmap: "Roadmap") -> list[str]:  # noqa: C901 - one list of faults
    wrong = []
    by: dict[str, dict[str, tuple[dt.date, dt.date]]] = defaultdict(dict)
    actions = {r["action_id"]: r for r in rows(roadmap.actions)}
    for row in rows(roadmap.steps):
        span = (dt.date.fromisoformat(row["starts"]), dt.date.fromisoformat(row["due"]))
        if row["step"] in by[row["action_id"]]:
            wrong.append(f"{row['step_id']}: twice")
        by[row["action_id"]][row["step"]] = span
        if span[1] < span[0]:
            wrong.append(f"{row['step_id']}: is due before it begins")
        owner = actions.get(row["action_id"])
        if owner is None:
            wrong.append(f"{row['step_id']}: of no action")
        elif any(row[c] != owner[c] for c in ("site_id", "township_id", "responsible")):
            wrong.append(f"{row['step_id']}: school or person of another action")
    for action, row in actions.items():
        spans = by.get(action, {})
        begins = dt.date(int(row["ready"][:4]), 1 if row["ready"][5] == "1" else 7, 1)
        holds = dt.date(begins.year, 9, 1) if row["ready"][5] == "2" else begins
        first = dt.date(int(row["starts"][:4]), 1 if row["starts"][5] == "1" else 7, 1)
        if any(s < first for s, _ in spans.values()):
            wrong.append(f"{action}: a step begins before {row['starts']}")
        if row["action"] in LOSE:
            wrong += _procedure(roadmap, action, spans, begins=begins, holds=holds)
        if row["action"] == "redraw":
            for step in ("notice", "approval", "transfer"):
                if step not in spans:
                    wrong.append(f"{action}: has no {step}")
                elif step != "transfer" and not spans[step][1] < begins:
                    wrong.append(f"{action}: {step} ends when pupils already move")
        wrong += _built(roadmap, row, spans, begins=begins)
    return wrong


Spans = dict[str, tuple[dt.date, dt.date]]


def _procedure(
    roadmap: "Roadmap", action: str, spans: Spans, *, begins: dt.date, holds: dt.date
) -> list[str]:
    wrong = [f"{action}: has no {step}" for step in _BEFORE if step not in spans]
    if wrong:
        return wrong
    rules = roadmap.plan.standards
    for step, first in _BEFORE.items():
        starts, due = spans[step]
        wrong += [
            f"{action}: {step} begins before {earlier} ends"
            for earlier in first
            if not spans[earlier][1] <= starts
        ]
        if step in ("transfer", "done"):
            continue
        least = _days(roadmap, f"closure_days_{step}")
        if step == "notice" and "closure_notice_days_min" in rules:
            least = max(least, round(rules["closure_notice_days_min"].value))
        if (due - starts).days + 1 < least:
            wrong.append(f"{action}: {step} takes less than {least} days")
    if spans["building"][1] >= begins or spans["transfer"][1] >= holds:
        wrong.append(f"{action}: the procedure ends after it takes effect")
    if spans["transition"][0] < holds:
        wrong.append(f"{action}: transition before it takes effect")
    return wrong


def _built(roadmap: "Roadmap", row: dict[str, Any], spans: Spans, *, begins: dt.date) -> list[str]:
    wrong = []
    action, since = row["action_id"], row["builds_from"]
    truth = roadmap.plan.decisions.loc[row["site_id"]]
    built = row["action"] != "redraw" and (
        row["action"] == "new"
        or float(truth["capital_yuan"]) > 0
        or int(truth["extra_classes"]) > 0
        or int(truth["extra_beds"]) > 0
    )
    if built != bool(since):
        return [f"{action}: builds from {since or 'never'}"]
    if not built:
        return []
    months = _days(roadmap, _MONTHS.get(row["action"], "building_months_added"))
    first = dt.date(int(since[:4]), 1 if since[5] == "1" else 7, 1)
    took = 12 * (begins.year - first.year) + begins.month - first.month
    # What is done took the time it took.
    if took < months and action not in _facts(roadmap):
        wrong.append(f"{action}: is built in {took} months, takes {months}")
    if [s for s in _BUILDING if s not in spans]:
        wrong.append(f"{action}: has not all steps of building")
    elif spans["design"][0] < first or spans["accept"][1] >= begins:
        wrong.append(f"{action}: is built outside its time")
    elif not spans["design"][1] < spans["build"][0] <= spans["build"][1] < spans["accept"][0]:
        wrong.append(f"{action}: steps of building in the wrong order")
    return wrong


def _money(roadmap: "Roadmap") -> list[str]:  # noqa: C901, PLR0912 - one list of faults
    """Spread capital over the half-years of building and hold it against the budgets."""
    wrong = []
    spent: dict[int, float] = defaultdict(float)
    past = roadmap.at
    held: dict[int, float] = defaultdict(float)
    for row in rows(roadmap.actions):
        if not row["builds_from"]:
            continue
        halves = []
        year, half = int(row["builds_from"][:4]), int(row["builds_from"][5])
        while f"{year}H{half}" < row["ready"]:
            halves.append(year)
            year, half = (year, 2) if half == 1 else (year + 1, 1)
        for y in halves:
            part = float(row["capital_yuan"]) / len(halves)
            spent[y] += part
            if past and row["builds_from"] < past:
                held[y] += part
    table = {int(r["year"]): r for r in rows(roadmap.money)}
    if sorted(table) != list(roadmap.years):
        wrong.append("money: not one row per year")
    budgets = roadmap.budget_by_year
    for year in roadmap.years:
        row = table.get(year, {"spent_yuan": 0.0, "budget_yuan": -1.0})
        if abs(float(row["spent_yuan"]) - spent[year]) > _CENT:
            wrong.append(f"{year}: {row['spent_yuan']} spent, added up anew {spent[year]}")
        if budgets is None:
            if row["budget_yuan"] == row["budget_yuan"]:
                wrong.append(f"{year}: has a budget that nobody gave")
            continue
        budget = float(budgets.get(year, 0.0))
        if float(row["budget_yuan"]) != budget:
            wrong.append(f"{year}: budget {row['budget_yuan']}, given {budget}")
        # What had begun when the facts came in is paid, whatever the budget.
        if spent[year] > max(budget, held[year]) + 1.0:
            wrong.append(f"{year}: {spent[year]} spent of {budget}")
    if set(spent) - set(roadmap.years):
        wrong.append("money is spent outside the years")
    return wrong


def _posts(roadmap: "Roadmap") -> list[str]:
    """Count the posts of those who move, of today."""
    wrong = []
    rules, plan = roadmap.plan.standards, roadmap.plan
    funded = shipped("cn-funding-and-posts")
    ratio = {
        s: (rules if f"pupils_per_post_{s}" in rules else funded)[f"pupils_per_post_{s}"].value
        for s in ("primary", "junior")
    }
    loses = {r["site_id"]: r["action"] for r in rows(plan.decisions) if r["action"] in LOSE}
    freed: dict[str, float] = defaultdict(float)
    needed: dict[str, float] = defaultdict(float)
    moved: dict[str, int] = defaultdict(int)
    for move in rows(plan.moves):
        origin, target = move["from_site"], move["to_site"]
        action = f"{origin}-{loses[origin]}" if origin in loses else f"{target}-redraw"
        posts = move["pupils"] / ratio["junior" if move["band"] == "g79" else "primary"]
        moved[action] += move["pupils"]
        freed[action] += posts if origin else 0.0
        needed[action] += posts if target else 0.0
    kinds = plan.decisions["kind"]
    for row in rows(roadmap.actions):
        action = row["action_id"]
        least = freed[action]
        if row["action"] == "close":
            least = max(least, rules.value(f"fixed_posts_{kinds[row['site_id']]}"))
        for name, truth in (("teachers_freed", least), ("teachers_needed", needed[action])):
            if abs(float(row[name]) - truth) > 0.051:  # noqa: PLR2004 - one decimal
                wrong.append(f"{action}: {name} {row[name]}, counted anew {truth}")
        if int(row["pupils"]) != moved[action]:
            wrong.append(f"{action}: {row['pupils']} pupils, counted anew {moved[action]}")
    return wrong
