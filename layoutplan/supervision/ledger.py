"""The ledger: a file that only grows, opened, checked and brought up to date."""

import shutil
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from layoutplan.errors import DataError, OptionsError
from layoutplan.findings import Finding
from layoutplan.supervision import schema
from layoutplan.supervision.store import WAIT, append, connect, reading
from layoutplan.words import Language, language

_FIRST_BYTES: Final = b"SQLite format 3\x00"
_COUNTER: Final = slice(24, 28)
"""Where SQLite counts changes in the head of a file."""
_MADE_WITH: Final = "layoutplan"


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """A county's ledger of supervision: one SQLite file that only grows.

    Made by `init_ledger` and `open_ledger`. It holds no connection: every verb opens the
    file, reads or writes one whole entry, and closes it.

    Parameters
    ----------
    path
        The file.
    county
        The name of the county.
    lang
        The language of words where none is asked for.
    wait
        Seconds that a verb waits for another writer.
    """

    path: Path
    county: str
    lang: Language
    wait: float = WAIT


def init_ledger(path: str | Path, *, county: str, lang: str = "auto", wait: float = WAIT) -> Ledger:
    """Make an empty ledger.

    Parameters
    ----------
    path
        The file, such as ``ledger.sqlite``; it must not exist.
    county
        The name of the county.
    lang
        The language of words; that of the county's name where ``"auto"``.
    wait
        Seconds that a verb waits for another writer.

    Returns
    -------
    Ledger
        The ledger.

    Raises
    ------
    DataError
        If the file exists or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     init_ledger(Path(folder) / "ledger.sqlite", county="Longhe", lang="en").county
    'Longhe'
    """
    file = Path(path)
    spoken = language(lang, [county])
    if file.exists():
        raise DataError(Finding(code="ledger_exists", table=file.name), where=str(file))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".layoutplan-", dir=file.parent) as aside:
            part = Path(aside) / file.name
            part.touch()
            _fill(part, county=county, lang=spoken)
            if file.exists():
                raise DataError(Finding(code="ledger_exists", table=file.name), where=str(file))
            part.replace(file)
    except OSError as error:
        values = {"path": file.name, "why": error.strerror or ""}
        raise DataError(
            Finding(code="result_not_written", table=file.name, values=values), where=str(file)
        ) from None
    return Ledger(path=file, county=county, lang=spoken, wait=wait)


def open_ledger(path: str | Path, *, wait: float = WAIT) -> Ledger:
    """Open a ledger.

    A file of an older version is copied, the copy brought up to date and checked, and put
    in its place; the file as it was stays beside it with its version in its name.

    Parameters
    ----------
    path
        The file.
    wait
        Seconds that a verb waits for another writer.

    Returns
    -------
    Ledger
        The ledger.

    Raises
    ------
    DataError
        If there is no such file, it is no ledger, it is damaged, or it was written by a
        newer version of this library.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "ledger.sqlite"
    ...     _ = init_ledger(file, county="Longhe", lang="en")
    ...     open_ledger(file).lang
    'en'
    """
    file = Path(path)
    version = _version(file, wait)
    if version > schema.VERSION:
        values = {"version": version, "known": schema.VERSION}
        found = Finding(code="ledger_newer", table=file.name, values=values)
        raise DataError(found, where=str(file))
    if version < schema.VERSION:
        _migrate(file, version, wait)
    with reading(file, wait=wait) as db:
        about = dict(db.execute("SELECT key, value FROM about").fetchall())
    lang: Language = "zh" if about.get("lang") == "zh" else "en"
    return Ledger(path=file, county=str(about.get("county", "")), lang=lang, wait=wait)


def checked_wait(wait: float) -> float:
    """Check how long to wait for another writer.

    Parameters
    ----------
    wait
        Seconds.

    Returns
    -------
    float
        The seconds.

    Raises
    ------
    OptionsError
        If it is negative.
    """
    if wait < 0:
        raise OptionsError(Finding(code="bad_option", column="wait", values={"value": str(wait)}))
    return wait


def _fill(path: Path, *, county: str, lang: Language) -> None:
    with closing(connect(path)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute(f"PRAGMA application_id = {schema.APPLICATION}")
        db.execute(f"PRAGMA user_version = {schema.VERSION}")
        db.execute("BEGIN IMMEDIATE")
        for statement in schema.statements():
            db.execute(statement)
        append(db, "about", zip(schema.ABOUT, (county, lang, _MADE_WITH), strict=True))
        append(db, "about_columns", schema.described())
        db.execute("COMMIT")


def _version(file: Path, wait: float) -> int:
    if not file.is_file():
        raise DataError(Finding(code="ledger_missing", table=file.name), where=str(file))
    try:
        with file.open("rb") as opened:
            first = opened.read(len(_FIRST_BYTES))
    except OSError as error:
        values = {"why": error.strerror or ""}
        found = Finding(code="ledger_unreadable", table=file.name, values=values)
        raise DataError(found, where=str(file)) from None
    if first != _FIRST_BYTES:
        raise DataError(Finding(code="ledger_foreign", table=file.name), where=str(file))
    with reading(file, wait=checked_wait(wait)) as db:
        mark = int(db.execute("PRAGMA application_id").fetchone()[0])
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        if mark != schema.APPLICATION:
            raise DataError(Finding(code="ledger_foreign", table=file.name), where=str(file))
        sound = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    if sound != "ok":
        why = Finding(code="ledger_unreadable", table=file.name, values={"why": sound})
        raise DataError(why, where=str(file))
    return version


def _migrate(file: Path, version: int, wait: float) -> None:
    """Bring a copy up to date while nobody writes, and put it in place."""
    former = file.with_name(f"{file.stem}.v{version}{file.suffix}")
    if former.exists():
        raise DataError(Finding(code="ledger_exists", table=former.name), where=str(former))
    with tempfile.TemporaryDirectory(prefix=".layoutplan-", dir=file.parent) as aside:
        part, kept = Path(aside) / file.name, Path(aside) / former.name
        with closing(connect(file, wait=wait)) as old:
            old.execute("BEGIN IMMEDIATE")
            shutil.copyfile(file, kept)
            old.execute("ROLLBACK")
        shutil.copyfile(kept, part)
        _bring_up_to_date(part, version)
        if _changes(file) != _changes(kept):
            values = {"who": "?", "host": "?", "what": "?"}
            found = Finding(code="ledger_locked", table=file.name, values=values)
            raise DataError(found, where=str(file))
        kept.replace(former)
        part.replace(file)


def _bring_up_to_date(part: Path, version: int) -> None:
    with closing(connect(part)) as new:
        new.execute("BEGIN IMMEDIATE")
        for step in range(version, schema.VERSION):
            for statement in schema.MIGRATIONS[step]:
                new.execute(statement)
        new.execute(f"PRAGMA user_version = {schema.VERSION}")
        new.execute("COMMIT")
        sound = str(new.execute("PRAGMA integrity_check(1)").fetchone()[0])
    if sound != "ok":
        why = Finding(code="ledger_unreadable", table=part.name, values={"why": sound})
        raise DataError(why, where=str(part))


def _changes(file: Path) -> bytes:
    """Give the counter in the head of the file that every writing raises."""
    with file.open("rb") as opened:
        return opened.read(_COUNTER.stop)[_COUNTER]
