"""The record of a plan: what it was made from and what came out, ready for JSON."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, Final

from layoutplan.actions import ACTIONS
from layoutplan.assessment import Assessment, assess
from layoutplan.assessment.assess import township_names
from layoutplan.errors import DataError, OptionsError
from layoutplan.findings import Finding
from layoutplan.plan import Plan
from layoutplan.reports.sheets import all_findings
from layoutplan.standards import Standards, standards
from layoutplan.tables import BANDS
from layoutplan.validation import must_be
from layoutplan.words import LANGUAGES

KIND: Final = "layoutplan-plan/"
"""What every version of the record's form begins with."""

SCHEMA: Final = f"{KIND}1"
"""The version of the record's form."""

_BLOCK: Final = 1 << 20


def input_hashes(paths: Iterable[str | Path]) -> dict[str, str]:
    """Give the SHA-256 of files, by their names without folders.

    Parameters
    ----------
    paths
        Files and folders; of a folder, the files right in it.

    Returns
    -------
    dict of str to str
        File name to hash, in the order of names. Equal names get a number.

    Raises
    ------
    DataError
        If a file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "a.csv").write_text("x")
    ...     input_hashes([folder])["a.csv"][:8]
    '2d711642'
    """
    files: list[Path] = []
    for path in map(Path, paths):
        inside = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
        files += [p for p in inside if not p.name.startswith((".", "~"))]
    hashes: list[tuple[str, str]] = []
    for file in files:
        try:
            with file.open("rb") as stream:
                hashes.append((file.name, hashlib.file_digest(stream, "sha256").hexdigest()))
        except OSError as error:
            values = {"path": file.name, "why": error.strerror or ""}
            found = Finding(code="cannot_read", table=file.name, values=values)
            raise DataError(found, where=str(file)) from None
    return _by_plain_name(hashes)


def plan_record(
    plan: Plan, *, inputs: Mapping[str, str], done: Assessment | None = None
) -> dict[str, Any]:
    """Set down how a plan came about and what it comes to.

    Parameters
    ----------
    plan
        The plan; it is only read.
    inputs
        The files it was made from: name to SHA-256, as by `input_hashes`. Folders
        in names are left out.
    done
        The plan's assessment, where it is already made.

    Returns
    -------
    dict
        Plain values ready for JSON. Nothing in it tells the machine or the moment;
        only ``solver.seconds`` differs between equal runs.

    Raises
    ------
    InternalError
        If the plan has lost or made up a pupil.
    """
    total, placed, left = plan.pupils_in, plan.pupils_assigned, plan.pupils_unserved
    must_be(total == placed + left, f"pupils in {total} = assigned {placed} + unserved {left}")
    done = done or assess(plan)
    actions = plan.decisions["action"].value_counts()
    severities = Counter(f.severity for f in all_findings(plan))
    beyond = {band: int(done.value("travel_beyond", band=band)) for band in BANDS}
    record = {
        "schema": SCHEMA,
        "version": _version(),
        "name": plan.name,
        "language": done.lang,
        "county": {
            "name": plan.county.name,
            "year": plan.county.year,
            "village_ids_sha256": _ids_hash(plan),
        },
        "townships": township_names(plan),
        "inputs": _by_plain_name(inputs.items()),
        "options": plan.options.as_record(),
        "standards": {
            "profile": plan.standards.name,
            "changed": _changed(plan.standards),
        },
        "mode": plan.times.mode,
        "school_bus": plan.bus is not None,
        "solver": _solver(plan),
        "counts": {
            "villages": len(plan.county.villages),
            "schools": len(plan.county.schools),
            "candidates": len(plan.county.candidates),
            "decisions": {a: int(actions.get(a, 0)) for a in ACTIONS},
        },
        "pupils_in": total,
        "pupils_assigned": placed,
        "pupils_unserved": left,
        "pupils_by_mode": _by_mode(plan),
        "pupils_beyond_limit": beyond,
        "pupils_moved": int(done.value("pupils_moved")),
        "findings": {s: severities[s] for s in ("error", "warning", "note")},
    }
    plain: dict[str, Any] = _plain(record)
    return plain


def _by_mode(plan: Plan) -> dict[str, int]:
    counted = plan.assignment.groupby("mode")["pupils"].sum()
    return {str(mode): int(pupils) for mode, pupils in counted.items()}


def _ids_hash(plan: Plan) -> str:
    """Hash the ids of the villages: the same in all plans that may be compared."""
    ids = sorted(str(i) for i in plan.county.villages.index)
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()


def _solver(plan: Plan) -> dict[str, object]:
    solver = plan.solver
    return {
        "status": solver.status,
        **{f"status_{lang}": solver.words(lang) for lang in LANGUAGES},
        "objective": solver.objective,
        "bound": solver.bound,
        "bound_split": solver.bound_split,
        "gap": solver.gap,
        "seconds": round(solver.seconds, 3),
        "seed": solver.seed,
        "cut_by_clock": solver.cut_by_clock,
        "terms": dict(solver.terms),
    }


def _changed(given: Standards) -> dict[str, dict[str, float | None]]:
    """Numbers that differ from those the library ships under this name."""
    try:
        shipped: Mapping[str, Any] = standards(given.name.rstrip("+"))
    except OptionsError:
        shipped = {}
    changed: dict[str, dict[str, float | None]] = {}
    for name, standard in given.items():
        old = shipped[name].value if name in shipped else None
        if old != standard.value:
            changed[name] = {"value": standard.value, "shipped": old}
    return changed


def _by_plain_name(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    named: dict[str, str] = {}
    plain = ((PureWindowsPath(PurePosixPath(path).name).name, digest) for path, digest in pairs)
    for name, digest in sorted(plain):
        free, number = name, 1
        while free in named:
            number += 1
            free = f"{name} ({number})"
        named[free] = digest
    return named


def _version() -> str:
    try:
        return version("layoutplan")
    except PackageNotFoundError:
        return ""


def _plain(value: object) -> Any:  # noqa: ANN401 - any value that JSON has
    """Values that JSON knows: no NaN, no infinity, no numpy."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float) or hasattr(value, "__float__"):
        number = float(value)
        return number if math.isfinite(number) else None
    return str(value)
