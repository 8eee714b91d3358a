"""Whether each site offers and costs what its action says."""

from typing import Final

from layoutplan.tables import BANDS
from layoutplan.testing.facts import Facts, Row

_CENT: Final = 0.01

_OF_SCHOOLS: Final = ("keep", "close", "teaching_point", "expand", "board", "primary_only",
                      "nine_year")  # fmt: skip
_OF_CANDIDATES: Final = ("new", "unused")
_CLOSED: Final = ("close", "unused")
_GROW: Final = ("expand", "new", "primary_only", "nine_year")
_LODGE: Final = ("board", "expand", "primary_only", "nine_year")
_GIVE_UP: Final = ("close", "teaching_point", "primary_only")


def sites(facts: Facts) -> list[str]:
    """Hold every decision against the table of measures.

    Parameters
    ----------
    facts
        The plan.

    Returns
    -------
    list of str
        What does not hold.
    """
    wrong = []
    plan = facts.plan
    candidates = set(plan.county.candidates.index)
    known = set(plan.county.schools.index) | candidates
    if set(plan.decisions.index) != known or not plan.decisions.index.is_unique:
        wrong.append("decisions: not one row per site")
    table = plan.county.sites
    for site, row in facts.sites.items():
        if site not in known:
            continue
        action = str(row["action"])
        if action not in (_OF_CANDIDATES if site in candidates else _OF_SCHOOLS):
            wrong.append(f"{site}: {action} is no action for it")
            continue
        if str(row["kind"]) != str(table["kind"][site]):
            wrong.append(f"{site}: is a {table['kind'][site]}, said to be a {row['kind']}")
        state = facts.measures.get((site, "keep" if action in ("expand", "board") else action))
        if state is None:
            wrong.append(f"{site}: the table of measures has no {action}")
            continue
        wrong += _offers(facts, site, row, state)
        wrong += _allowed(facts, site, row, state)
    return wrong


def _offers(facts: Facts, site: str, row: Row, state: Row) -> list[str]:
    """Compare bands, places, classes, beds and money with the row of the measures."""
    wrong = []
    action, extra, beds = str(row["action"]), int(row["extra_classes"]), int(row["extra_beds"])
    if str(row["bands"]).split() != str(state["bands"]).split():
        wrong.append(f"{site}: teaches {row['bands']}, should teach {state['bands']}")
    if extra < 0 or (extra and action not in _GROW) or (action == "expand" and not extra):
        wrong.append(f"{site}: {action} with {extra} classes added")
    if beds < 0 or (beds and action not in _LODGE) or (action == "board" and not beds):
        wrong.append(f"{site}: {action} with {beds} beds added")
    a_class, a_bed = a_class_of(facts, site, state), facts.measures.get((site, "board"))
    bed_yuan = float(a_bed["bed_yuan"]) if a_bed is not None else 0.0
    wanted = {
        "places": int(state["places"]) + extra * int(a_class["class_places"]),
        "classes": int(state["classes"]) + extra,
        "beds": int(state["beds"]) + beds,
        "capital_yuan": float(state["capital_yuan"])
        + extra * float(a_class["class_yuan"])
        + beds * bed_yuan,
        "annual_yuan": float(state["annual_yuan"]),
    }
    wrong += [
        f"{site}: {name} {row[name]}, should be {value}"
        for name, value in wanted.items()
        if not abs(float(row[name]) - value) <= _CENT
    ]
    if action in _CLOSED and any(float(row[name]) for name in wanted):
        wrong.append(f"{site}: closed, with places, classes, beds or cost")
    return wrong


def a_class_of(facts: Facts, site: str, state: Row) -> Row:
    """Give the row that says what an added class brings and costs.

    Parameters
    ----------
    facts
        The plan.
    site
        The site.
    state
        The row of what it becomes.

    Returns
    -------
    Mapping
        The row ``expand``, else ``new``, else that of the state.
    """
    row = facts.measures.get((site, "expand"))
    return row if row is not None else facts.measures.get((site, "new"), state)


def _allowed(facts: Facts, site: str, row: Row, state: Row) -> list[str]:
    """Check what the table of measures allows and locks, for plans that were searched for."""
    if facts.plan.solver.status == "given":
        return []
    wrong = []
    extra, beds = int(row["extra_classes"]), int(row["extra_beds"])
    expand, board = (facts.measures.get((site, m)) for m in ("expand", "board"))
    if not state["allowed"]:
        wrong.append(f"{site}: {row['action']} is not allowed")
    from_row = state if row["action"] == "new" else expand
    most = 0 if from_row is None or not from_row["allowed"] else int(from_row["extra_classes_max"])
    if extra > most:
        wrong.append(f"{site}: {extra} classes added, room for {most}")
    most = 0 if board is None or not board["allowed"] else int(board["extra_beds_max"])
    if beds > most or beds % int(facts.value("bed_module")):
        wrong.append(f"{site}: {beds} beds added, room for {most}")
    for (where, measure), other in facts.measures.items():
        if where != site or not other.get("locked", False):
            continue
        done = {"expand": extra > 0, "board": beds > 0}.get(measure, other is state)
        if not done:
            wrong.append(f"{site}: {measure} is locked and was not done")
    return wrong


def receivers(facts: Facts) -> list[str]:
    """Check that schools which give up grades name where their pupils go, and only those.

    Parameters
    ----------
    facts
        The plan.

    Returns
    -------
    list of str
        What does not hold.
    """
    wrong = []
    plan = facts.plan
    sums: dict[str, dict[str, int]] = {}
    left = set(plan.moves["from_site"])
    for move in plan.moves.to_dict("records"):
        if move["from_site"] and move["to_site"]:
            to = sums.setdefault(str(move["from_site"]), {})
            to[str(move["to_site"])] = to.get(str(move["to_site"]), 0) + int(move["pupils"])
    for site, row in facts.sites.items():
        named = str(row["receivers"]).split()
        if row["action"] not in _GIVE_UP:
            if named:
                wrong.append(f"{site}: {row['action']} with receivers")
            continue
        found = sums.get(site, {})
        wanted = sorted(found, key=lambda s, found=found: (-found[s], s))  # type: ignore[misc]
        if any(not facts.taught(s) for s in named):
            wrong.append(f"{site}: a receiver is closed")
        had = any(int(row[f"before_{b}"]) for b in BANDS)
        alone = row["action"] == "close" and not had and site not in left
        if named != wanted and not (alone and len(named) <= 1):
            wrong.append(f"{site}: receivers {named}, pupils go to {wanted}")
    return wrong
