"""What is asked of a run is looked at before anything is begun."""

import sys
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.regions.noun import CountyPart
from layoutplan.regions.years import RoadmapOptions
from layoutplan.roadmap.asked import years_asked
from layoutplan.words import Language

_OURS: Final = frozenset({"counties", "facts"})
"""Folders that a run writes into the folder of its results."""


def is_importable(job: object) -> bool:
    """Tell whether a function can be found again by its name, in this run and the next.

    Parameters
    ----------
    job
        The function.

    Returns
    -------
    bool
        Whether it stands under its name at the top of its module.

    Examples
    --------
    >>> from layoutplan.regions.jobs import check_county
    >>> is_importable(check_county), is_importable(lambda asked: None)
    (True, False)
    """
    module, name = getattr(job, "__module__", None), getattr(job, "__qualname__", None)
    home = sys.modules.get(str(module))
    return callable(job) and name is not None and getattr(home, str(name), None) is job


def require_pyarrow(*, lang: Language) -> None:
    """Refuse to begin where GeoParquet cannot be written.

    Parameters
    ----------
    lang
        The language of messages.

    Raises
    ------
    OptionsError
        If PyArrow is not installed.
    """
    try:
        there = find_spec("pyarrow") is not None
    except ValueError:
        there = False
    if not there:
        raise OptionsError(Finding(code="scale_missing", values={"package": "PyArrow"}), lang=lang)


def require_years(asked: Iterable[RoadmapOptions], *, lang: Language) -> None:
    """Refuse years, budgets and time limits that no roadmap can have.

    Parameters
    ----------
    asked
        What is asked of roadmaps.
    lang
        The language of messages.

    Raises
    ------
    OptionsError
        With everything that is wrong, once.
    """
    found: list[Finding] = []
    for one in asked:
        found += years_asked(one.start, one.years, one.budget_by_year)[2]
        if not one.time_limit > 0:
            values = {"value": one.time_limit}
            found.append(Finding(code="bad_option", column="time_limit", values=values))
    if found:
        raise OptionsError([f for n, f in enumerate(found) if f not in found[:n]], lang=lang)


def require_counties(codes: Iterable[str], parts: Sequence[CountyPart], *, lang: Language) -> None:
    """Refuse options for counties that there are not.

    Parameters
    ----------
    codes
        The counties that options are given for.
    parts
        The counties.
    lang
        The language of messages.

    Raises
    ------
    OptionsError
        With the codes that no county has.
    """
    unknown = tuple(sorted({str(c) for c in codes} - {p.code for p in parts}))
    if unknown:
        raise OptionsError(Finding(code="province_unknown_counties", ids=unknown), lang=lang)


def require_folder(out: Path, source: Path, *, lang: Language) -> None:
    """Make the folder of the results, unless it is or would spoil the source.

    Parameters
    ----------
    out
        The folder.
    source
        The source, which is never changed.
    lang
        The language of messages.

    Raises
    ------
    OptionsError
        If the folder cannot be, lies in the source, or would write into it.
    """
    place, read = out.resolve(), source.resolve()
    within = read.relative_to(place).parts if read.is_relative_to(place) else ()
    if read in (place, *place.parents) or (within and within[0] in _OURS):
        raise OptionsError(Finding(code="output_is_input", values={"path": source}), lang=lang)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise OptionsError(Finding(code="bad_output", values={"path": place}), lang=lang) from None
    except OSError as error:
        found = Finding(code="cannot_write", values={"why": str(error)})
        raise OptionsError(found, lang=lang) from None
