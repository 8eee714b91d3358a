"""Schools of an extract to the table of schools, with what was left out and why."""

from collections import Counter
from typing import Any, Final

import geopandas as gpd

from layoutplan.findings import Finding, Severity
from layoutplan.sources.osm.merging import School, one_each
from layoutplan.sources.osm.numbers import people
from layoutplan.sources.osm.reading import ATTRIBUTION, Extract, Thing
from layoutplan.sources.osm.roads import listed
from layoutplan.sources.osm.schools import BY_NAME, Judged, judged

_SHOWN: Final = 50


def schools_of(read: Extract) -> tuple[gpd.GeoDataFrame, tuple[Finding, ...]]:
    """Make the table of schools.

    Parameters
    ----------
    read
        The extract.

    Returns
    -------
    tuple
        Schools of compulsory education, with ``places`` where ``capacity`` is tagged and
        ``ground_m2``; and what was joined, guessed or left out, with the reason for each.
    """
    schools = one_each(read.schools)
    seen = [(s, judged(Thing(label=s.first.label, tags=s.tags, shape=None))) for s in schools]
    kept = [(s, j) for s, j in seen if j.kind]
    rows = [_row(s, j) for s, j in kept]
    columns = ["school_id", "name", "kind", "places", "ground_m2", "ownership"]
    shapes = [_place(s) for s, _ in kept]
    table = gpd.GeoDataFrame(rows, columns=columns, geometry=shapes, crs="EPSG:4326")
    table["places"] = table["places"].astype(float)
    table = table.dropna(axis="columns", how="all") if len(table) else table
    return table.assign(source=ATTRIBUTION), tuple(_findings(seen))


def _row(school: School, found: Judged) -> dict[str, Any]:
    capacity = school.tags.get("capacity", "")
    return {
        "school_id": school.first.label,
        "name": school.tags.get("name"),
        "kind": found.kind,
        "places": people(capacity) if capacity else None,
        "ground_m2": round(school.area_m2) if school.area_m2 else None,
        "ownership": school.tags.get("operator:type") or school.tags.get("operator"),
    }


def _place(school: School) -> Any:  # noqa: ANN401
    """Give a point on the largest ground of the school, or its node."""
    largest = max(school.parts, key=lambda p: (p.shape.area, p is school.first))
    return largest.shape.representative_point()


def _findings(seen: list[tuple[School, Judged]]) -> list[Finding]:
    """Tell what was left out, one finding per reason, and what was joined and guessed."""
    found = []
    reasons = Counter(j.reason for _, j in seen if j.reason)
    for reason in sorted(reasons):
        left = [s for s, j in seen if j.reason == reason]
        called = [s.tags.get("name") or s.first.label for s in left]
        found.append(
            _finding(f"osm_school_{reason}", [s.first.label for s in left], ", ".join(called[:8]))
        )
    kept = [(s, j) for s, j in seen if j.kind]
    joined = [s for s, _ in seen if len(s.parts) > 1]
    pairs = [" + ".join(p.label for p in s.parts) for s in joined]
    told: tuple[tuple[str, Severity, list[str], str], ...] = (
        ("osm_schools_joined", "note", [s.first.label for s in joined], "; ".join(pairs[:8])),
        ("osm_kind_by_name", "note", [s.first.label for s, j in kept if j.by == BY_NAME],
         listed(Counter(j.kind for _, j in kept if j.by == BY_NAME))),
        ("osm_kind_unknown", "warning", [s.first.label for s, j in kept if not j.by], ""),
        ("osm_school_without_name", "warning",
         [s.first.label for s, _ in kept if not s.tags.get("name")], ""),
    )  # fmt: skip
    return found + [
        _finding(code, ids, which, severity=severity) for code, severity, ids, which in told if ids
    ]


def _finding(code: str, ids: list[str], which: str, *, severity: Severity = "note") -> Finding:
    return Finding(
        code=code,
        severity=severity,
        table="schools",
        ids=tuple(ids[:_SHOWN]),
        rows=len(ids),
        values={"which": which},
    )
