"""A plan made again from the folder it was written to, for the commands that go on with it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layoutplan.cli_screen import read, steps
from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.words import Language, say

if TYPE_CHECKING:
    from layoutplan.plan import Plan
    from layoutplan.travel import TravelTimes

_MODES = ("walk", "bicycle", "car", "bus")


@dataclass(frozen=True, eq=False, kw_only=True)
class Again:
    """A plan made again.

    Parameters
    ----------
    plan
        The plan.
    record
        What its folder says of it.
    place
        The county's file or folder.
    rides
        Times by school bus, where the plan has one.
    lang
        The language.
    """

    plan: "Plan"
    record: dict[str, Any] = field(repr=False)
    place: Path
    rides: "TravelTimes | None" = None
    lang: Language


def plan_again(
    folder: Path, county: Path | None, columns: Path | None, *, crs: str, coordinates: str,
    profile: str, code: str, lang: str,
) -> Again:  # fmt: skip
    """Make a plan again from its folder and its county.

    Parameters
    ----------
    folder
        The folder of the plan.
    county
        The county; looked for in the folder where None.
    columns, crs, coordinates
        How the county is read.
    profile
        The standards; those of the plan where empty.
    code
        The finding of a county that has not the pupils of the plan.
    lang
        The language.

    Returns
    -------
    Again
        The plan.

    Raises
    ------
    DataError
        If the county has not the pupils that the plan was made for.
    """
    import layoutplan as lp  # noqa: PLC0415 - pandas takes time
    from layoutplan.reports.plan_folder import county_file_of, read_plan_folder  # noqa: PLC0415

    written = read_plan_folder(folder, profile=profile, lang=lang)
    record, rules = written.record, written.standards
    place = county or county_file_of(folder, record, lang=lang)
    about = record.get("county")
    known = about if isinstance(about, dict) else {}
    made, _ = read(
        place, columns, crs=crs, name=str(known.get("name", "")), year=int(known.get("year") or 0),
        lang=lang, coordinates=coordinates,
    )  # fmt: skip
    spoken = made.language(lang)
    with steps(say("cli.travel", spoken)):
        mode = record.get("mode")
        times = lp.travel_times(made, mode=mode if mode in _MODES else "walk", standards=rules)
        bus = record.get("school_bus")
        rides = lp.travel_times(made, mode="bus", standards=rules) if bus else None
    plan = lp.evaluate(
        made, times, written.decisions, standards=rules, bus=rides,
        assignment=written.assignment, name=str(record.get("name", "")),
    )  # fmt: skip
    if plan.pupils_in != record.get("pupils_in"):
        why = f"{record.get('pupils_in')} ≠ {plan.pupils_in}"
        found = Finding(code=code, values={"path": folder.name, "why": why})
        raise DataError(found, where=str(folder), lang=spoken)
    return Again(plan=plan, record=record, place=place, rides=rides, lang=spoken)
