"""Profiles by name or from a county's own file, with what they extend."""

import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from layoutplan.errors import DataError, OptionsError
from layoutplan.findings import Finding
from layoutplan.standards.build import Loaded, built
from layoutplan.standards.noun import Standards
from layoutplan.standards.references import reference_findings, unit_findings
from layoutplan.standards.shape import shape_findings

NATIONAL: Final = "cn-layout-national"

_BYTES_MAX: Final = 1_000_000
_ENDING: Final = ".toml"
_JOINED: Final = "+"


def standards(*profiles: str | Path) -> Standards:
    """Load a profile of standards, or several as one.

    Parameters
    ----------
    *profiles
        Names of profiles as `profiles` lists them, or paths of files ending in
        ``.toml`` as `standards_from` reads them; the layout rules of the nation where
        none is given. Names may also come joined by ``+``. Where two hold the same id,
        the later one counts.

    Returns
    -------
    Standards
        Their numbers and rules, with those of the profiles they extend.

    Raises
    ------
    OptionsError
        If there is no profile of a name.
    DataError
        If a file cannot be used, everything wrong in it at once; or if two of the
        profiles hold the same id in different units.

    Examples
    --------
    >>> standards()["travel_limit_minutes_g13"].value
    30.0
    >>> both = standards("cn-layout-national", "cn-quality-2017")
    >>> both.name, both.value("quality_cv_max_primary")
    ('cn-layout-national+cn-quality-2017', 0.5)
    """
    asked = [n for p in profiles or (NATIONAL,) for n in _apart(p)]
    unknown = [n for n in asked if not _is_file(n) and n not in names()]
    if unknown:
        raise OptionsError([_unknown(str(n)) for n in unknown])
    loaded = [_load(n).standards for n in asked]
    if len(loaded) == 1:
        return loaded[0]
    clashes = unit_findings(loaded)
    if clashes:
        raise DataError(clashes)
    return Standards(
        name=_JOINED.join(s.name for s in loaded),
        title_zh="；".join(s.title_zh for s in loaded),
        title_en="; ".join(s.title_en for s in loaded),
        entries=MappingProxyType({k: v for s in loaded for k, v in s.entries.items()}),
        rules=MappingProxyType({k: v for s in loaded for k, v in s.rules.items()}),
    )


def standards_from(path: str | Path) -> Standards:
    """Read a province's or a county's own profile from a TOML file.

    The file names the profiles it ``extends`` and holds what it changes or adds: tables
    ``[[document]]`` (id, title, year), ``[[standard]]`` (id, value, unit, label_zh,
    label_en, document, article, status, note) and ``[[rule]]``. A standard of an id
    that is extended replaces it and may leave out the labels; rules that rest on it
    hold to the new number.

    Parameters
    ----------
    path
        The file, in UTF-8, of at most a megabyte.

    Returns
    -------
    Standards
        The profile, named after the file.

    Raises
    ------
    DataError
        If the file cannot be read or used; everything wrong in it at once.
    """
    return _from_file(Path(path), trail=()).standards


@cache
def names() -> tuple[str, ...]:
    """List the names of the profiles that come with the library.

    Returns
    -------
    tuple of str
        The names, in order.

    Examples
    --------
    >>> "cn-quality-2017" in names()
    True
    """
    folder = files(__package__).joinpath("profiles")
    return tuple(sorted(p.name.removesuffix(_ENDING) for p in folder.iterdir()))


@cache
def shipped(name: str) -> Loaded:
    """Load a profile that comes with the library.

    Parameters
    ----------
    name
        One of `names`.

    Returns
    -------
    Loaded
        The profile and its documents.

    Examples
    --------
    >>> shipped("india-rte").standards.title("en")
    'India: the neighbourhood norm of the RTE Act'
    """
    place_of = files(__package__).joinpath("profiles", f"{name}{_ENDING}")
    profile = tomllib.loads(place_of.read_text(encoding="utf-8"))
    return built(
        profile,
        name=name,
        bases=[shipped(n) for n in profile.get("extends", ())],
    )


def _apart(asked: str | Path) -> Sequence[str | Path]:
    if isinstance(asked, Path) or _is_file(asked) or _JOINED not in asked:
        return (asked,)
    return asked.split(_JOINED)


def _is_file(asked: str | Path) -> bool:
    # Several joined by plus signs may end in a file, so a plus sign makes a name of it
    # unless there is such a file.
    if isinstance(asked, Path):
        return True
    if not asked.lower().endswith(_ENDING):
        return False
    return _JOINED not in asked or Path(asked).exists()


def _unknown(name: str) -> Finding:
    near = get_close_matches(name, names(), n=1)
    known = ", ".join(near or names())
    return Finding(code="unknown_profile", values={"profile": name, "known": known})


def _load(asked: str | Path) -> Loaded:
    return _from_file(Path(asked), trail=()) if _is_file(asked) else shipped(str(asked))


def _from_file(path: Path, *, trail: tuple[Path, ...]) -> Loaded:
    profile = _read(path)
    here = path.resolve()
    if here in trail:
        circle = " → ".join(p.name for p in (*trail, here))
        raise DataError(
            Finding(code="profile_circle", table=path.name, values={"circle": circle}),
            where=str(path),
        )
    found = shape_findings(profile, file=path.name)
    given = profile.get("extends", [])
    asked = [n for n in given if isinstance(n, str)] if isinstance(given, list) else []
    unknown = [_unknown(n) for n in asked if not _is_file(n) and n not in names()]
    if unknown:
        # Without what it extends, nothing can be said of what the file names.
        raise DataError([*found, *unknown], where=str(path))
    bases = [
        _from_file(path.parent / n, trail=(*trail, here)) if _is_file(n) else shipped(n)
        for n in asked
    ]
    found += reference_findings(profile, file=path.name, bases=bases)
    if found:
        raise DataError(found, where=str(path))
    return built(profile, name=path.stem, bases=bases)


def _read(path: Path) -> Mapping[str, Any]:
    def refuse(code: str, **values: object) -> DataError:
        return DataError(Finding(code=code, table=path.name, values=values), where=str(path))

    try:
        with path.open("rb") as stream:
            raw = stream.read(_BYTES_MAX + 1)
    except (OSError, ValueError) as error:
        values = {"path": path.name, "why": getattr(error, "strerror", None) or str(error)}
        raise refuse("cannot_read", **values) from None
    if len(raw) > _BYTES_MAX:
        raise refuse("profile_too_large", bytes=f"{_BYTES_MAX:,}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refuse("profile_not_utf8") from None
    try:
        # A file from Windows is read like any other: TOML knows both ends of a line.
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise refuse("profile_not_toml", why=str(error)) from None
