"""Whether the findings of a plan tell which rules it breaks."""

from collections.abc import Iterator

from layoutplan.tables import BANDS
from layoutplan.testing.facts import Facts


def told(facts: Facts) -> Iterator[str]:
    """Check that pupils beyond the places and without a school are told with their number.

    Parameters
    ----------
    facts
        The plan.

    Yields
    ------
    str
        What does not hold.
    """
    plan = facts.plan
    said = {f.code: f for f in plan.findings}
    over = {
        site: sum(int(row[f"after_{b}"]) for b in BANDS) - int(row["places"])
        for site, row in facts.sites.items()
    }
    over = {site: n for site, n in over.items() if n > 0}
    finding = said.get("over_places")
    have = {} if finding is None else dict(finding.values)
    if over and (finding is None or set(finding.ids) != set(over)):
        yield "findings: schools over their places are not told"
    number = int(str(have.get("pupils", 0)))
    if number != sum(over.values()):
        yield f"findings: {number} pupils over places, should be {sum(over.values())}"
    left = plan.unserved.groupby("reason")["pupils"].sum()
    for reason, pupils in left.items():
        codes = [f"unserved_{reason}"]
        if reason == "no_site":
            codes.append("unserved_beyond_cutoff")
        found = [said[c] for c in codes if c in said]
        if not found or int(str(found[0].values.get("pupils"))) != int(pupils):
            yield f"findings: {pupils} pupils without a school ({reason}) are not told"
