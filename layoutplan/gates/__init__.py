"""Closures: the five gates of the documents, the procedure, and the schools that must stay.

The verb carries the name of its room, so the room is light: its parts are imported when
they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pandas as pd

    from layoutplan.gates.keeping import must_keep
    from layoutplan.gates.must_stay import MustKeep
    from layoutplan.gates.noun import Gates
    from layoutplan.gates.procedure import Procedure
    from layoutplan.gates.replay import procedures, read_procedure
    from layoutplan.gates.votes import read_unsafe_ways, read_votes
    from layoutplan.plan import Plan

_WHERE: Final = {
    "Gates": "noun",
    "MustKeep": "must_stay",
    "Procedure": "procedure",
    "must_keep": "keeping",
    "procedures": "replay",
    "read_procedure": "replay",
    "read_unsafe_ways": "votes",
    "read_votes": "votes",
}

__all__ = [
    "Gates",
    "MustKeep",
    "Procedure",
    "gates",
    "must_keep",
    "procedures",
    "read_procedure",
    "read_unsafe_ways",
    "read_votes",
]


def gates(
    plan: "Plan",
    today: "Plan | None" = None,
    *,
    votes: "pd.DataFrame | None" = None,
    unsafe_ways: "pd.DataFrame | None" = None,
    boarding: bool = False,
    lang: str = "auto",
) -> "Gates":
    """Hold every closure that a plan proposes against the five gates of the documents.

    A closure must not be forced where most parents, or most delegates of the hearing,
    are against it; where pupils could no longer get to school conveniently and safely;
    where the receiving schools cannot lodge and feed them; and where it would make a
    school oversized or give it large classes (国办发〔2012〕48号 and the notice of the
    Ministry of Education of 2016). The first two are votes, which are recorded; the
    others are computed from the plan, its travel times and the county's tables. See
    `layoutplan.gates.losses` for what counts as a closure, and `by_votes`, `by_travel`,
    `by_boarding` and `by_size` there for what exactly each gate checks.

    Parameters
    ----------
    plan
        The plan; it is only read. Gates report on it and change nothing in it.
    today
        The layout it is held against; today's, from the county's tables, where None.
    votes
        Recorded votes, as from `read_votes`.
    unsafe_ways
        Ways seen on the spot that are not safe, as from `read_unsafe_ways`.
    boarding
        Whether pupils of grades that may board do so where their way would be beyond
        the limit. They then leave the gate of travel to that of boarding.
    lang
        The language of sentences; that of the county's names where ``"auto"``.

    Returns
    -------
    Gates
        Per closure and gate ``pass``, ``fail``, ``open`` (not recorded yet) or
        ``unknown`` (the tables do not say), with numbers, sentences and sources.

    Raises
    ------
    DataError
        If a recorded table cannot be used or names what the county does not have.
    OptionsError
        If ``today`` is of other villages, sites or pupils.

    Examples
    --------
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> times = lp.travel_times(county)
    >>> today = lp.evaluate(county, times)
    >>> plan = lp.evaluate(county, times, today.decisions_with({"2134100129": "close"}))
    >>> done = gates(plan)
    >>> done.verdict("2134100129", "parents")
    'open'
    >>> gates(today).proposals.empty
    True
    """
    assembled: Gates = import_module("layoutplan.gates.assemble").make_gates(
        plan, today, votes=votes, unsafe_ways=unsafe_ways, boarding=boarding, lang=lang
    )
    return assembled


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import a part when it is first used."""
    if name not in _WHERE:
        message = f"module 'layoutplan.gates' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"layoutplan.gates.{_WHERE[name]}"), name)
