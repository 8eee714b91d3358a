"""A plan as a folder of files, all of them or none."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from layoutplan.assessment import assess
from layoutplan.assessment.gates import gates_of
from layoutplan.errors import OptionsError
from layoutplan.findings import Finding, findings_table
from layoutplan.gates import Gates
from layoutplan.plan import Plan
from layoutplan.reports.csv_tables import write_csv
from layoutplan.reports.excel import write_report
from layoutplan.reports.geopackage import write_geopackage
from layoutplan.reports.record import KIND, plan_record
from layoutplan.reports.sheets import all_findings
from layoutplan.reports.whole import whole_folder

Writer = Callable[[Path], object]
"""Writes one more file of a result to the path it is given."""

FILES: Final = (
    "plan.json",
    "decisions.csv",
    "assignment.csv",
    "unserved.csv",
    "gates.csv",
    "findings.csv",
    "assessment.csv",
    "plan.gpkg",
    "report.xlsx",
)
"""The files of a result, besides those of further writers."""

FURTHER: Final = (
    "map.html", "report.docx", "years.csv", "sites.csv", "waiting.csv", "ahead.json",
)  # fmt: skip
"""Files that further writers add to a result."""

_NO_WRITERS: Final[Mapping[str, Writer]] = MappingProxyType({})


def write_plan(
    plan: Plan,
    folder: str | Path,
    *,
    against: Plan | None = None,
    inputs: Mapping[str, str] | None = None,
    writers: Mapping[str, Writer] = _NO_WRITERS,
    gates: Gates | None = None,
    lang: str = "auto",
) -> list[Path]:
    """Write a plan into a folder: all files or, if anything goes wrong, none.

    The CSV files hold codes and our column names, for programs and for being read
    back; ``report.xlsx`` holds words, for people. A former result in the folder is
    replaced as a whole; other files in it stay.

    Parameters
    ----------
    plan
        The plan; it is only read.
    folder
        The folder; made where it is missing.
    against
        A plan to set it beside, such as today's.
    inputs
        The files the plan was made from, as by `input_hashes`.
    writers
        Further files: name to a function that writes it, such as
        ``{"map.html": save_map}``.
    gates
        The gates of its closures, where they are already made, as with recorded votes.
    lang
        The language; that of the county's names where ``"auto"``.

    Returns
    -------
    list of pathlib.Path
        The files.

    Raises
    ------
    DataError
        If a file cannot be put in its place, as when it is open in Excel.
    OptionsError
        If a further file has the name of one of ours, or is no plain file name.

    Examples
    --------
    >>> import tempfile
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> today = lp.evaluate(county, lp.travel_times(county))
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     len(write_plan(today, Path(parent) / "today"))
    9
    """
    folder = Path(folder)
    spoken = plan.county.language(lang)
    wrong = tuple(n for n in writers if n in FILES or Path(n).name != n or n.startswith("."))
    if wrong:
        raise OptionsError(Finding(code="bad_file_name", ids=wrong), lang=spoken)
    names = (*FILES, *writers)
    with whole_folder(folder, replaces=_former(folder)) as new:
        done = assess(plan, lang=spoken)
        write_csv(plan.decisions, new / "decisions.csv")
        write_csv(plan.assignment, new / "assignment.csv")
        write_csv(plan.unserved, new / "unserved.csv")
        held = gates or gates_of(plan)
        write_csv(held.rows(spoken), new / "gates.csv")
        write_csv(findings_table(all_findings(plan), lang=spoken), new / "findings.csv")
        write_csv(done.table, new / "assessment.csv")
        write_geopackage(plan, new / "plan.gpkg", against=against, lang=spoken, done=done)
        write_report(
            plan, new / "report.xlsx", against=against, lang=spoken, done=done, gates=held,
            inputs=inputs,
        )  # fmt: skip
        for name, writer in writers.items():
            writer(new / name)
        record = plan_record(plan, inputs=inputs or {}, done=done)
        record["against"] = against.name if against is not None else None
        record["files"] = list(names)
        text = json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False)
        (new / "plan.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return [folder / name for name in names]


def _former(folder: Path) -> tuple[str, ...]:
    """Names of the files of a former result: a map of it must not stay beside a new plan."""
    try:
        record = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
        names = record["files"] if record["schema"].startswith(KIND) else []
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return ()
    # The record is data: it may name what to take away only among files we write.
    return tuple(n for n in (*FILES, *FURTHER) if n in names)


def refuse_folder(
    out: Path, *inputs: Path | None, lang: str, names: tuple[str, ...] = (*FILES, *FURTHER)
) -> None:
    """Refuse, before any work, a folder that cannot be one or that holds an input.

    Parameters
    ----------
    out
        The folder to write into.
    *inputs
        What is read.
    lang
        The language of the message.
    names
        The files that will be written.

    Raises
    ------
    OptionsError
        If a file is in the way, or an input would be overwritten.
    """
    given = [p.resolve() for p in inputs if p is not None]
    place = out.resolve()
    found = [
        Finding(code="bad_output", values={"path": p})
        for p in (place, *place.parents)
        if p.exists() and not p.is_dir()
    ]
    ours = {place / name for name in names}
    found += [
        Finding(code="output_is_input", values={"path": p})
        for p in given
        if p in ours or p == place
    ]
    if found:
        raise OptionsError(found, lang=lang)
