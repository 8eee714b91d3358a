"""Whether every pupil has a seat in every half-year, counted pupil by pupil."""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from layoutplan.roadmap.checking_score import records

if TYPE_CHECKING:
    from layoutplan.roadmap.noun import Roadmap

_LOSE: Final = ("close", "teaching_point", "primary_only")
_BANDS: Final = ("g13", "g46", "g79")

Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class _Site:
    """What a site offers before and after its own action."""

    own: str
    before: tuple[frozenset[str], int]
    after: tuple[frozenset[str], int]

    def taught(self, done: set[str]) -> frozenset[str]:
        return self.after[0] if self.own in done else self.before[0]

    def places(self, done: set[str]) -> int:
        return self.after[1] if self.own in done else self.before[1]


def _sites(roadmap: "Roadmap") -> dict[str, _Site]:
    plan = roadmap.plan
    table, today = plan.measures, plan.bands_today.to_dict()
    keep = table[table["measure"] == "keep"]
    now = {r["site_id"]: int(r["places"]) for r in keep.to_dict("records")}
    return {
        str(site): _Site(
            own=f"{site}-{row['action']}",
            before=(frozenset(str(today[site]).split()), now.get(site, 0)),
            after=(frozenset(str(row["bands"]).split()), int(row["places"])),
        )
        for site, row in plan.decisions.to_dict("index").items()
    }


def seats(roadmap: "Roadmap") -> list[str]:
    """Count pupils and places of every half-year anew.

    Parameters
    ----------
    roadmap
        The roadmap.

    Returns
    -------
    list of str
        What does not hold.
    """
    cells: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    for row in records(roadmap.pupils):
        cells[row["variant"], int(row["school_year"])].append(row)
    wrong = _people(roadmap, cells)
    shown: dict[tuple[str, str], dict[Key, dict[str, Any]]] = defaultdict(dict)
    for row in records(roadmap.seats_by_variant):
        key = (row["site_id"], row["band"])
        if key in shown[row["variant"], row["half_year"]]:
            wrong.append(f"{row['half_year']}: {key} twice")
        shown[row["variant"], row["half_year"]][key] = row
    lost: dict[str, dict[Key, int]] = defaultdict(dict)
    for row in records(roadmap.unplaced):
        lost[row["half_year"]][row["village_id"], row["band"]] = int(row["pupils"])
        if not row["reason"]:
            wrong.append(f"{row['half_year']}: unplaced without a reason")
    known, ready = _sites(roadmap), {str(a): str(h) for a, h in roadmap.actions["ready"].items()}
    left = {str(a) for a in roadmap.left_over.index}
    changes = roadmap.changes
    facts = {str(a) for a in changes.loc[changes["change"] == "done", "action_id"]}
    for variant in roadmap.variants:
        for half in roadmap.half_years:
            year = int(half[:4]) - (half[5] == "1")
            wrong += _half(
                known,
                cells[variant, year],
                ready=ready,
                left=left,
                half=half,
                facts=facts,
                shown=shown[variant, half],
                lost=lost[half] if variant == roadmap.variants[0] else None,
                label=f"{variant} {half}",
            )
    first = roadmap.seats_by_variant
    first = first[first["variant"] == roadmap.variants[0]].drop(columns="variant")
    if first.to_numpy().tolist() != roadmap.seats.to_numpy().tolist():
        wrong.append("seats are not those of the first variant")
    return wrong


def _demand(roadmap: "Roadmap", variant: str, year: int) -> dict[Key, int] | None:
    """Give the pupils there must be; None where they were counted with the facts."""
    projection = roadmap.projection
    if projection is None:
        if roadmap.at and year >= int(roadmap.at[:4]) - (roadmap.at[5] == "1"):
            return None
        table = roadmap.plan.demand
    else:
        table = projection.bands(max(year, min(projection.years)), variant)
    return {(str(v), b): int(row[b]) for v, row in table.iterrows() for b in _BANDS if row[b]}


def _people(  # noqa: C901 - one list of faults
    roadmap: "Roadmap", cells: dict[tuple[str, int], list[dict[str, Any]]]
) -> list[str]:
    """Hold who goes where against the demand and the plan."""
    wrong = []
    plan = roadmap.plan
    base: dict[Key, dict[Key, int]] = defaultdict(lambda: defaultdict(int))
    came: dict[tuple[str, str, str], int] = defaultdict(int)
    loses = {str(s): a for s, a in plan.decisions["action"].items() if a in _LOSE}
    for move in records(plan.moves):
        who = (move["village_id"], move["band"])
        base[who][move["from_site"], move["to_site"]] += move["pupils"]
        came[(*who, move["to_site"])] += move["pupils"]
    for table, site in ((plan.assignment, "site_id"), (plan.unserved, "")):
        for row in records(table):
            who, where = (row["village_id"], row["band"]), row[site] if site else ""
            base[who][where, where] += row["pupils"]
    for (village, band, to), pupils in came.items():
        base[village, band][to, to] -= pupils
    for (variant, year), listed in cells.items():
        have: dict[Key, dict[Key, int]] = defaultdict(lambda: defaultdict(int))
        for row in listed:
            who, ends = (row["village_id"], row["band"]), (row["from_site"], row["to_site"])
            have[who][ends] += int(row["pupils"])
            wrong += _named(row, ends, loses, f"{variant} {year}")
        wanted = _demand(roadmap, variant, year)
        sums = {who: sum(parts.values()) for who, parts in have.items()}
        if wanted is not None:
            wrong += [
                f"{variant} {year}: {sums.get(w, 0)} pupils of {w}, there are {wanted.get(w, 0)}"
                for w in sorted({*sums, *wanted})
                if sums.get(w, 0) != wanted.get(w, 0)
            ]
        for who, parts in have.items():
            now = {e: n for e, n in base[who].items() if n} if who in base else {}
            total = sum(now.values())
            if not total:
                continue
            share: dict[Key, float] = defaultdict(float)
            for ends, n in now.items():
                share[_kept(ends, loses)] += n * sums[who] / total
            # Each cell is rounded by itself: within a person of its share, cell by cell.
            slack = {e: sum(_kept(x, loses) == e for x in now) for e in share}
            for ends in {*parts, *share}:
                most = slack.get(ends, 0)
                if abs(parts.get(ends, 0) - share.get(ends, 0.0)) > max(most - 1e-9, 0.0):
                    wrong.append(f"{variant} {year}: {parts.get(ends, 0)} of {who} on {ends}")
    return wrong


def _kept(ends: Key, loses: dict[str, str]) -> Key:
    """Whoever the plan leaves without a school keeps that of today where it stays."""
    origin, target = ends
    return (origin, origin) if not target and origin not in loses else ends


def _named(row: dict[str, Any], ends: Key, loses: dict[str, str], label: str) -> list[str]:
    origin, target = ends
    if int(row["pupils"]) < 0:
        return [f"{label}: fewer than no pupils"]
    if origin == target:
        truth = ""
    elif origin in loses:
        truth = f"{origin}-{loses[origin]}"
    else:
        truth = f"{target}-redraw"
    return [] if row["action_id"] == truth else [f"{label}: {ends} with {row['action_id']}"]


def _half(  # noqa: C901, PLR0912 - one list of faults
    known: dict[str, _Site],
    cells: list[dict[str, Any]],
    *,
    ready: dict[str, str],
    left: set[str],
    half: str,
    facts: set[str],
    shown: dict[Key, dict[str, Any]],
    lost: dict[Key, int] | None,
    label: str,
) -> list[str]:
    """Seat the pupils of one half-year and compare."""
    wrong = []
    done = {a for a, h in ready.items() if h <= half}
    held = done & facts
    here = _seated(cells, done)
    for (site, band), pupils in here.items():
        if not site or not pupils:
            continue
        if band not in known[site].taught(done):
            wrong.append(f"{label}: {pupils} pupils at {site}, which does not teach {band}")
        if (site, band) not in shown:
            wrong.append(f"{label}: {site} {band} is missing")
    by_site: dict[str, int] = defaultdict(int)
    for key, row in shown.items():
        by_site[key[0]] += int(row["places"])
        if int(row["pupils"]) != here.get(key, 0):
            wrong.append(f"{label}: {row['pupils']} at {key}, counted anew {here.get(key, 0)}")
        if int(row["places"]) < 0:
            wrong.append(f"{label}: fewer than no places at {key}")
    over = _over(known, here, done)
    may = [_over(known, _seated(cells, s), s) for s in (set[str](), {*ready, *left}, held)]
    for name, one in known.items():
        truth = one.places(done)
        if one.taught(done) and by_site.get(name, 0) != truth:
            wrong.append(f"{label}: {by_site.get(name, 0)} places at {name}, has {truth}")
        most = max(m[name] for m in may)
        if over[name] > most:
            wrong.append(f"{label}: {over[name]} beyond the places of {name}, at most {most}")
    if lost is not None:
        nobody: dict[Key, int] = defaultdict(int)
        for row in cells:
            if not _where(row, done):
                nobody[row["village_id"], row["band"]] += int(row["pupils"])
        if {k: v for k, v in nobody.items() if v} != lost:
            wrong.append(f"{label}: unplaced pupils are not those without a school")
    return wrong


def _where(row: dict[str, Any], done: set[str]) -> str:
    return str(row["to_site"] if row["action_id"] in done else row["from_site"])


def _seated(cells: list[dict[str, Any]], done: set[str]) -> dict[Key, int]:
    here: dict[Key, int] = defaultdict(int)
    for row in cells:
        here[_where(row, done), row["band"]] += int(row["pupils"])
    return here


def _over(known: dict[str, _Site], here: dict[Key, int], done: set[str]) -> dict[str, int]:
    counted: dict[str, int] = defaultdict(int)
    for (site, _), pupils in here.items():
        counted[site] += pupils
    return {s: max(0, counted.get(s, 0) - site.places(done)) for s, site in known.items()}
