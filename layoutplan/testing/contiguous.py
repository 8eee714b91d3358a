"""Whether catchments that were to be connected are, and those that are not are told."""

from collections import defaultdict
from collections.abc import Iterator

from layoutplan.neighbours import village_neighbours, villages_of_sites
from layoutplan.tables import BANDS
from layoutplan.testing.facts import BOARD, Facts


def contiguous(facts: Facts) -> Iterator[str]:
    """Hold the villages that are cut off from their catchment against the findings.

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
    said = [f for f in plan.findings if f.code == "catchments_cut_off"]
    if not plan.options.contiguous or plan.solver.status == "given":
        if said:
            yield "findings: catchments are told to be cut off, which nobody asked about"
        return
    off = set(_cut_off(facts))
    villages = {village for village, _, _ in off}
    told = {village for f in said for village in f.ids}
    pairs = sum(int(str(f.values.get("pairs", 0))) for f in said)
    if villages != told or pairs != len(off):
        wrong = ", ".join(f"{v} {b} from {s}" for v, b, s in sorted(off)) or "none"
        yield f"findings: cut off from its catchment {wrong}; told {sorted(told)}, {pairs} times"
    if not any(f.code == "contiguous_bound" for f in plan.findings):
        yield "findings: that the bound is of another question is not told"


def _cut_off(facts: Facts) -> Iterator[tuple[str, str, str]]:
    """Name village, band and site of all that are cut off."""
    plan = facts.plan
    given = plan.options.neighbours
    table = village_neighbours(plan.county)
    pairs = zip(table["village_a"], table["village_b"], strict=True) if given is None else given
    beside: dict[str, set[str]] = defaultdict(set)
    for one, two in pairs:
        beside[one].add(two)
        beside[two].add(one)
    home = villages_of_sites(plan.county).to_dict()
    for band in BANDS:
        goes = _goes(facts, band)
        for site in sorted(set(goes.values())):
            ground = {v for v in map(str, plan.county.villages.index) if goes.get(v, site) == site}
            ground.add(home[site])
            joined, front = {home[site]}, [home[site]]
            while front:
                ahead = (beside[front.pop()] & ground) - joined
                joined |= ahead
                front += ahead
            yield from ((v, band, site) for v, to in goes.items() if to == site and v not in joined)


def _goes(facts: Facts, band: str) -> dict[str, str]:
    """Give the site to which most of the pupils of each village go daily."""
    number: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in facts.plan.assignment.to_dict("records"):
        if str(row["band"]) == band and str(row["mode"]) != BOARD and int(row["pupils"]) > 0:
            number[str(row["village_id"])][str(row["site_id"])] += int(row["pupils"])
    return {v: min(to, key=lambda s, to=to: (-to[s], s)) for v, to in number.items()}  # type: ignore[misc]
