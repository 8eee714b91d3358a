"""The roadmap made anew when a year's facts come in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.roadmap.asked import check_asked, half_year_known
from layoutplan.roadmap.facts_checked import facts_that_cannot_be
from layoutplan.roadmap.half_years import name_of, number_of
from layoutplan.roadmap.made import CHANGES
from layoutplan.roadmap.make import made_roadmap
from layoutplan.roadmap.noun import Roadmap
from layoutplan.roadmap.question import Facts
from layoutplan.roadmap.times_needed import times_needed

if TYPE_CHECKING:
    from layoutplan.county import County
    from layoutplan.standards import Standards


def replan(
    roadmap: Roadmap,
    *,
    at: str,
    done: Iterable[str] | Mapping[str, str] | None = None,
    expected: Mapping[str, str] | None = None,
    county: "County | None" = None,
    projection: Any = None,  # noqa: ANN401 - a Projection, of a room that may be absent
    variants: Sequence[str] | None = None,
    budget_by_year: Mapping[int, float] | None = None,
    standards: "Standards | None" = None,
    time_limit: float = 30.0,
    gap: float = 0.001,
    seed: int = 0,
) -> Roadmap:
    """Make a roadmap anew when facts come in: what is done stays, what slipped moves.

    Building that has begun goes on, and is ready when it was to be unless ``expected``
    says later; whatever was to be ready before ``at`` and is not done has slipped, and is
    ready at ``at`` or later. Its capital is spread over the longer time. All that has not
    begun is scheduled afresh.

    Parameters
    ----------
    roadmap
        The roadmap as it was.
    at
        The first half-year that is still open, such as ``2028H1``.
    done
        What has taken effect: ids of actions, or id to half-year where it was another one
        than planned. All that was planned before ``at`` where None.
    expected
        Id to the first half-year in which an action can take effect.
    county
        The county with the pupils of this year; the same villages.
    projection
        A projection from the new facts; the former one where None, unless there is a
        county.
    variants
        As in `layoutplan.roadmap`; as before where None.
    budget_by_year
        Yuan by calendar year; as before where None.
    standards
        Times of procedures and building; those of the plan where None.
    time_limit, gap, seed
        As in `layoutplan.roadmap`.

    Returns
    -------
    Roadmap
        The roadmap from the old start on, with ``changes``.

    Raises
    ------
    OptionsError
        If an id or a half-year is unknown, what is said to be done lies after ``at``, or it
        cannot have been done then.

    Examples
    --------
    >>> import layoutplan as lp
    >>> from layoutplan.roadmap import replan, roadmap
    >>> county = lp.example.county(seed=1, villages=40)
    >>> times = lp.travel_times(county)
    >>> today = lp.evaluate(county, times)
    >>> school = "2134100087"
    >>> plan = lp.evaluate(county, times, today.decisions_with({school: "close"}))
    >>> before = roadmap(plan, years=3)
    >>> after = replan(before, at="2028H1", done=[])
    >>> after.changes.set_index("action_id").loc[f"{school}-close", "change"]
    'later'
    """
    lang = roadmap.plan.county.language()
    numbers = [n for n in map(number_of, roadmap.half_years) if n is not None]
    now = half_year_known(at, numbers, lang=lang)
    old = roadmap.actions
    known = {*old.index, *roadmap.left_over.index}
    at = name_of(now)
    was = _done(old, [done] if isinstance(done, str) else done, at)
    later = dict(expected or {})
    unknown = tuple(sorted((set(was) | set(later)) - known))
    if unknown:
        values = {"known": ", ".join(sorted(known)[:8])}
        raise OptionsError(
            Finding(code="roadmap_unknown_action", ids=unknown, values=values), lang=lang
        )
    fixed = {a: half_year_known(h, numbers, lang=lang) for a, h in was.items()}
    ahead = tuple(sorted(a for a, h in fixed.items() if h > now))
    if ahead:
        raise OptionsError(
            Finding(code="roadmap_done_ahead", ids=ahead, values={"at": at}), lang=lang
        )
    rules = roadmap.plan.standards if standards is None else standards
    needed = times_needed(rules)
    wrong = facts_that_cannot_be(roadmap.plan, fixed, needed=needed, first=numbers[0])
    if wrong:
        raise OptionsError(wrong, lang=lang)
    wanted = {a: half_year_known(h, numbers, lang=lang) for a, h in later.items()}
    budgets = roadmap.budget_by_year if budget_by_year is None else budget_by_year
    halves, money = check_asked(
        roadmap.plan, start=roadmap.start, years=len(roadmap.half_years) // 2, budgets=budgets,
        projection=projection,
    )  # fmt: skip
    counted = None
    if county is not None:
        counted = _counted(roadmap, county, rules)
    elif projection is None:
        projection = roadmap.projection
    if variants is None and projection is not None and roadmap.projection is not None:
        variants = [v for v in roadmap.variants if v in projection.variants] or None
    new = made_roadmap(
        roadmap.plan, halves, needed=needed, budgets=money, projection=projection,
        variants=variants, time_limit=time_limit, gap=gap, seed=seed,
        facts=_facts(old, fixed=fixed, later=wanted, now=now), demand=counted,
    )  # fmt: skip
    return _with_changes(roadmap, new, done=set(fixed))


def _done(
    old: pd.DataFrame, done: Iterable[str] | Mapping[str, str] | None, at: str
) -> dict[str, str]:
    """Say when what is done took effect."""
    if isinstance(done, Mapping):
        return {str(a): str(h) for a, h in done.items()}
    planned = old["ready"].to_dict()
    if done is None:
        return {str(a): str(h) for a, h in planned.items() if str(h) < at}
    # An unknown id is kept, for the message.
    return {str(a): str(planned.get(a, at)) for a in done}


def _facts(old: pd.DataFrame, *, fixed: dict[str, int], later: dict[str, int], now: int) -> Facts:
    """Sort what is under way from what is still open."""
    begun: dict[str, int] = {}
    under_way: dict[str, int] = {}
    first: dict[str, int] = {a: max(h, now) for a, h in later.items()}
    for action, row in old.iterrows():
        name, ready = str(action), number_of(str(row["ready"]))
        start, builds = (number_of(str(row[c])) for c in ("starts", "builds_from"))
        if start is None or ready is None:
            continue
        if name in fixed:
            if builds is not None:
                begun[name] = min(builds, fixed[name] - 1)
        elif builds is not None and builds < now:
            # What was bound to be ready stays so if nothing is said.
            begun[name] = builds
            first[name] = max(first.get(name, now), ready, now)
        elif start < now and builds is None:
            # A procedure that has begun need not begin again.
            under_way[name] = max(first.get(name, now), ready, now)
    return Facts(
        at=now,
        fixed=fixed,
        begun=begun,
        not_before=first | under_way,
        under_way=frozenset(under_way),
    )


def _counted(roadmap: Roadmap, county: "County", rules: "Standards") -> pd.DataFrame:
    """Give the pupils of the county as counted now, by the villages of the plan."""
    from layoutplan.demand import demand as find_demand  # noqa: PLC0415 - the room reads files

    found = find_demand(county, standards=rules).pupils
    known = roadmap.plan.demand
    if set(found.index) != set(known.index):
        raise OptionsError(
            Finding(code="roadmap_other_county"), lang=roadmap.plan.county.language()
        )
    return found.reindex(known.index)


def _with_changes(old: Roadmap, new: Roadmap, *, done: set[str]) -> Roadmap:
    """Say what the facts changed."""
    was, now = old.actions["ready"], new.actions["ready"]
    rows = []
    every = pd.concat([new.actions, new.left_over])
    for action in every.index:
        before, after = str(was.get(action, "")), str(now.get(action, ""))
        if action in done:
            change = "done"
        elif not after:
            change = "left_over"
        elif not before:
            change = "taken_up"
        else:
            change = "kept" if before == after else "earlier" if after < before else "later"
        row = every.loc[action]
        rows.append((action, row["site_id"], row["name"], row["action"], before, after, change))
    changes = pd.DataFrame(rows, columns=list(CHANGES), dtype="str")
    moved = changes[changes["change"].isin(["earlier", "later", "left_over", "taken_up"])]
    told = Finding(
        code="roadmap_changed",
        severity="note",
        ids=tuple(moved["action_id"]),
        values={"done": len(done), "at": new.at},
    )
    tables = {name: new.tables[name] for name in new.tables} | {"changes": changes}
    return Roadmap(
        plan=new.plan,
        projection=new.projection,
        half_years=new.half_years,
        years=new.years,
        budget_by_year=new.budget_by_year,
        variants=new.variants,
        solver=new.solver,
        findings=(*new.findings, told),
        at=name_of(number_of(new.at) or 0),
        tables=tables,
    )
