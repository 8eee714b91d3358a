"""A plan read back from the folder it was written to."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd

from layoutplan.errors import DataError, OptionsError
from layoutplan.findings import Finding
from layoutplan.reports.decisions_file import read_decisions
from layoutplan.reports.plain_text import as_given
from layoutplan.reports.record import KIND, input_hashes
from layoutplan.standards import Standards, standards
from layoutplan.tables import ASSIGNMENT

_NEEDED: Final = ("village_id", "band", "site_id", "pupils", "mode")
_LAYERS: Final = (".gpkg", ".xlsx", ".xls")
_OURS: Final = ("plan.gpkg", "report.xlsx", "roadmap.xlsx")


@dataclass(frozen=True, eq=False, kw_only=True)
class WrittenPlan:
    """What a folder says of a plan: all but the county and the travel times.

    Parameters
    ----------
    record
        What ``plan.json`` says.
    decisions
        Decisions, for `layoutplan.evaluate`.
    assignment
        Where pupils go, for the same.
    standards
        The standards, with the numbers that were replaced.
    """

    record: dict[str, Any] = field(repr=False)
    decisions: pd.DataFrame = field(repr=False)
    assignment: pd.DataFrame = field(repr=False)
    standards: Standards = field(repr=False)


def read_plan_folder(folder: str | Path, *, profile: str = "", lang: str = "auto") -> WrittenPlan:
    """Read what is needed to make a written plan again.

    A folder holds no roads: with the county, `layoutplan.travel_times` and
    `layoutplan.evaluate` make the plan of it anew, with the same pupils at each school.

    Parameters
    ----------
    folder
        The folder, as by `layoutplan.reports.write_plan`.
    profile
        The profile of standards; that of the plan where empty.
    lang
        The language of messages.

    Returns
    -------
    WrittenPlan
        Record, decisions, assignment and standards.

    Raises
    ------
    DataError
        If the folder holds no plan, or its tables cannot be used.
    OptionsError
        If the profile is unknown here.
    """
    folder = Path(folder)
    record = _record(folder, lang)
    given = record.get("standards")
    named = given if isinstance(given, dict) else {}
    rules = standards(profile or str(named.get("profile", "")).rstrip("+") or "cn-layout-national")
    changed = named.get("changed") if not profile else None
    if isinstance(changed, dict):
        values = {
            k: float(v["value"])
            for k, v in changed.items()
            if k in rules and isinstance(v, dict) and isinstance(v.get("value"), int | float)
        }
        rules = rules.with_values(**values) if values else rules
    return WrittenPlan(
        record=record,
        decisions=read_decisions(folder / "decisions.csv", lang=lang),
        assignment=_assignment(folder / "assignment.csv", lang),
        standards=rules,
    )


def _record(folder: Path, lang: str) -> dict[str, Any]:
    try:
        record = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
        if not str(record["schema"]).startswith(KIND):
            raise ValueError(record["schema"])  # noqa: TRY301 - told as one finding
    except (OSError, ValueError, KeyError, TypeError) as error:
        values = {"path": folder.name, "why": f"plan.json ({type(error).__name__})"}
        found = Finding(code="roadmap_folder", values=values)
        raise DataError(found, where=str(folder), lang=lang) from None
    return dict(record)


def _assignment(path: Path, lang: str) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
        table = table.map(as_given)
        missing = [c for c in _NEEDED if c not in table]
        if missing:
            raise ValueError(", ".join(missing))  # noqa: TRY301 - told as one finding
        # A number that is none ends here as well.
        table["pupils"] = table["pupils"].astype("int64")
        if (table["pupils"] < 0).any() or not table["band"].isin(ASSIGNMENT["band"].options).all():
            raise ValueError("pupils, band")  # noqa: TRY301 - told as one finding
    except (OSError, ValueError) as error:
        values = {"path": path.parent.name, "why": f"{path.name} ({error})"}
        found = Finding(code="roadmap_folder", values=values)
        raise DataError(found, where=str(path), lang=lang) from None
    return table[list(_NEEDED)]


def county_file_of(folder: Path, record: dict[str, Any], *, lang: str) -> Path:
    """Find the county that a plan was made from, in the folder of the plan.

    Parameters
    ----------
    folder
        The folder.
    record
        What ``plan.json`` says.
    lang
        The language of messages.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    OptionsError
        If it is not there.
    """
    known = set(_inputs(record).values())
    files = sorted(
        p for p in folder.iterdir() if p.suffix.lower() in _LAYERS and p.name not in _OURS
    )
    for file in files:
        if input_hashes([file])[file.name] in known:
            return file
    values = {"path": folder.name, "files": ", ".join(sorted(_inputs(record))) or "–"}
    raise OptionsError(Finding(code="roadmap_no_county", values=values), lang=lang)


def county_changed(county: Path, record: dict[str, Any]) -> Finding | None:
    """Tell whether a county is another file than that of the plan.

    Parameters
    ----------
    county
        The file or folder.
    record
        What ``plan.json`` says.

    Returns
    -------
    Finding or None
        A warning, or None where it is the same or nothing is known.
    """
    known = set(_inputs(record).values())
    if not known or set(input_hashes([county]).values()) & known:
        return None
    return Finding(code="roadmap_county_changed", severity="warning", values={"path": county.name})


def _inputs(record: dict[str, Any]) -> dict[str, str]:
    given = record.get("inputs")
    return {str(k): str(v) for k, v in given.items()} if isinstance(given, dict) else {}
