"""Put the five gates of every proposed closure together."""

from typing import TYPE_CHECKING

import pandas as pd

from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.gates.by_boarding import boarding_checks
from layoutplan.gates.by_size import size_checks
from layoutplan.gates.by_travel import judge, travel_checks
from layoutplan.gates.by_votes import vote_checks
from layoutplan.gates.check import Check
from layoutplan.gates.declared import GATE_NAMES, UNSAFE_WAYS, VOTES
from layoutplan.gates.losses import Losses, losses, names_of
from layoutplan.gates.noun import Gates
from layoutplan.gates.receivers import receivers
from layoutplan.gates.recorded import unknown_ids
from layoutplan.gates.votes import typed_unsafe_ways, typed_votes

if TYPE_CHECKING:
    from layoutplan.plan import Plan


def make_gates(
    plan: "Plan",
    today: "Plan | None",
    *,
    votes: pd.DataFrame | None,
    unsafe_ways: pd.DataFrame | None,
    boarding: bool,
    lang: str,
) -> Gates:
    """Put the gates together; see `layoutplan.gates.gates`.

    Parameters
    ----------
    plan
        The plan.
    today
        The layout it is held against.
    votes
        The recorded votes.
    unsafe_ways
        The ways recorded as unsafe.
    boarding
        Whether pupils who may board do so where their way is too long.
    lang
        The language.

    Returns
    -------
    Gates
        The gates.
    """
    spoken = plan.county.language(lang)
    blank = {
        t.name: pd.DataFrame(columns=[c.name for c in t.columns]) for t in (VOTES, UNSAFE_WAYS)
    }
    said = typed_votes(blank["votes"] if votes is None else votes, lang=spoken)
    seen = typed_unsafe_ways(
        blank["unsafe_ways"] if unsafe_ways is None else unsafe_ways, lang=spoken
    )
    lost = judge(plan, losses(plan, today), unsafe=seen, boarding=boarding)
    findings = _known(plan, lost, votes=said, unsafe=seen)
    have = receivers(plan, lost, today)
    checks = [
        *vote_checks(plan, lost, said),
        *travel_checks(plan, lost),
        *boarding_checks(plan, lost, have),
        *size_checks(plan, lost, have),
    ]
    return Gates(
        name=plan.name,
        lang=spoken,
        standards=plan.standards,
        checks=tuple(sorted(checks, key=_order)),
        names=names_of(plan.county.sites),
        townships=names_of(plan.county.townships),
        findings=findings,
        tables={
            "proposals": lost.proposals,
            "ways": lost.ways,
            "votes": said,
            "unsafe_ways": seen,
            "receivers": have,
        },
    )


def _order(check: Check) -> tuple[str, int]:
    """Order closures by id and gates as the documents name them; the sort keeps the rest."""
    return check.site_id, GATE_NAMES.index(check.gate)


def _known(
    plan: "Plan", lost: Losses, *, votes: pd.DataFrame, unsafe: pd.DataFrame
) -> tuple[Finding, ...]:
    """Hold the ids of recorded tables against the county; note votes this plan needs not."""
    sites, villages = plan.county.sites.index, plan.county.villages.index
    found = [
        *unknown_ids(votes["school_id"], sites, declared=VOTES, of="schools"),
        *unknown_ids(unsafe["school_id"], sites, declared=UNSAFE_WAYS, of="schools"),
        *unknown_ids(unsafe["village_id"], villages, declared=UNSAFE_WAYS, of="villages"),
    ]
    if found:
        raise DataError(found, lang=plan.county.language())
    other = votes.loc[~votes["school_id"].isin(lost.proposals.index), "school_id"]
    if other.empty:
        return ()
    # One file of votes may serve several plans, so this is no mistake.
    ids = tuple(sorted(other.unique()))
    return (Finding(code="votes_not_needed", severity="note", table=VOTES.name, ids=ids),)
