"""The two gates of votes: what parents and the delegates of the hearing said."""

from collections.abc import Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from layoutplan.gates.check import Check
from layoutplan.gates.declared import GATES, VOTE_GATES, VOTES
from layoutplan.gates.losses import Losses
from layoutplan.standards import Standard
from layoutplan.tables import heading
from layoutplan.words import Language, say

if TYPE_CHECKING:
    from layoutplan.plan import Plan


def vote_checks(plan: "Plan", lost: Losses, votes: pd.DataFrame) -> Iterator[Check]:
    """Check what parents and the delegates of hearings said of each closure.

    Of several votes on one school the last one counts. A majority is against where more
    than half of those who said yes or no said no. A vote that is not recorded leaves its
    gate open; a school without pupils has no parents to ask.

    Parameters
    ----------
    plan
        The plan.
    lost
        What it takes from which school.
    votes
        The votes, typed; see `layoutplan.gates.votes.typed_votes`.

    Yields
    ------
    Check
        Two checks for each closure.
    """
    ordered = votes.sort_values(["school_id", "gate", "date"])
    last = ordered.groupby(["school_id", "gate"]).tail(1).to_dict("records")
    records = {(str(r["school_id"]), str(r["gate"])): r for r in last}
    for site, pupils in lost.proposals["pupils"].items():
        for gate in VOTE_GATES:
            record = records.get((str(site), gate))
            standard = plan.standards[f"closure_{gate}_against_max"]
            if record is not None:
                yield _vote(str(site), gate, record, standard=standard, pupils=int(pupils))
            elif gate == "parents" and not pupils:
                yield Check(site_id=str(site), gate=gate, name="no_parents", verdict="pass")
            else:
                yield Check(site_id=str(site), gate=gate, name=f"vote_{gate}", verdict="open")


def _vote(
    site: str, gate: str, record: Mapping[Hashable, Any], *, standard: Standard, pupils: int
) -> Check:
    said_no, said_yes = int(record["votes_against"]), int(record["votes_for"])
    share = said_no / (said_no + said_yes)
    against = share > standard.value
    return Check(
        site_id=site,
        gate=gate,
        name=f"vote_{gate}",
        verdict="fail" if against else "pass",
        pupils=pupils if against else 0,
        value=share,
        limit=standard.value,
        unit="share",
        standards=(standard,),
        more={
            "against": f"{said_no:,}",
            "for_it": f"{said_yes:,}",
            "date": record["date"],
            "evidence": record["evidence"] or "–",
        },
    )


def votes_form(
    closures: pd.Index, votes: pd.DataFrame, names: Mapping[str, str], *, lang: Language
) -> pd.DataFrame:
    """Make the form in which votes are recorded: two rows for each closure.

    Parameters
    ----------
    closures
        The schools, by id.
    votes
        The votes recorded so far, typed.
    names
        The names of schools by id.
    lang
        The language of the headings.

    Returns
    -------
    pandas.DataFrame
        Text; what is recorded already stands in it.
    """
    known = {(str(r["school_id"]), str(r["gate"])): r for r in votes.to_dict("records")}
    columns = [c.name for c in VOTES.columns]
    records = [
        {c: str(known.get((site, gate), {}).get(c, "")) for c in columns}
        | {"school_id": site, "gate": say(f"gate.{gate}", lang), "name": names.get(site, "")}
        for site in closures
        for gate in VOTE_GATES
    ]
    ordered = [columns[0], "name", *columns[1:]]
    headings = {c: heading(VOTES, c, lang=lang) for c in columns}
    headings["name"] = heading(GATES, "name", lang=lang)
    return pd.DataFrame(records, columns=ordered, dtype="str").rename(columns=headings)
