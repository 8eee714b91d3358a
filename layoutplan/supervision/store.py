"""One file that several people write: whole entries or none, one writer at a time."""

import json
import os
import socket
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.supervision.schema import columns

WAIT: Final = 10.0
"""Seconds to wait for another writer where nothing else is asked for."""

_BUSY: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_FULL: Final = sqlite3.SQLITE_FULL
_READ_ONLY: Final = sqlite3.SQLITE_READONLY


def connect(path: Path, *, wait: float = WAIT) -> sqlite3.Connection:
    """Open the file so that what is acknowledged stays.

    A rollback journal and not a write-ahead log, which needs memory shared between
    machines and breaks on network drives; every commit waits for the disk, and for the
    folder in which the journal stood.

    Parameters
    ----------
    path
        The file, which exists.
    wait
        Seconds to wait for another writer.

    Returns
    -------
    sqlite3.Connection
        The connection; transactions are begun by hand.
    """
    mode = "rw" if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK) else "ro"
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    db = sqlite3.connect(uri, uri=True, timeout=wait, isolation_level=None)
    try:
        db.execute(f"PRAGMA busy_timeout = {int(wait * 1000)}")
        db.execute("PRAGMA synchronous = EXTRA")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA trusted_schema = OFF")
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def reading(path: Path, *, wait: float = WAIT) -> Iterator[sqlite3.Connection]:
    """Read the file as it is at one moment.

    Parameters
    ----------
    path
        The file.
    wait
        Seconds to wait for a writer who is just finishing.

    Yields
    ------
    sqlite3.Connection
        A connection within one transaction.

    Raises
    ------
    DataError
        If it cannot be read, or stays locked.
    """
    with _told(path), closing(connect(path, wait=wait)) as db:
        db.execute("BEGIN")
        yield db
        db.execute("ROLLBACK")


@contextmanager
def writing(path: Path, *, what: str, wait: float = WAIT) -> Iterator[sqlite3.Connection]:
    """Write to the file: all of it or nothing, one writer after the other.

    Parameters
    ----------
    path
        The file.
    what
        What is being written, told to whoever waits in vain.
    wait
        Seconds to wait for another writer.

    Yields
    ------
    sqlite3.Connection
        A connection within one transaction, committed when the block ends well.

    Raises
    ------
    DataError
        If another one writes all this time, which is told by name; or if the file cannot
        be written.
    """
    with _told(path), closing(connect(path, wait=wait)) as db:
        db.execute("BEGIN IMMEDIATE")
        _sign(path, what)
        try:
            yield db
            db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                db.execute("ROLLBACK")
            raise
        finally:
            _signature(path).unlink(missing_ok=True)


def append(db: sqlite3.Connection, table: str, rows: Iterable[Sequence[object]]) -> None:
    """Append rows to a table.

    Parameters
    ----------
    db
        A connection that writes.
    table
        The table.
    rows
        Values in the order of its columns.
    """
    names = columns(table)
    marks = ", ".join("?" for _ in names)
    db.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)  # noqa: S608 - names of our own


def next_number(db: sqlite3.Connection, table: str, column: str) -> int:
    """Give the next free number of a table; ask only while writing.

    Parameters
    ----------
    db
        A connection that writes.
    table
        The table.
    column
        The column with the numbers.

    Returns
    -------
    int
        One more than the greatest.
    """
    found = db.execute(f"SELECT coalesce(max({column}), 0) + 1 FROM {table}").fetchone()  # noqa: S608 - names of our own
    return int(found[0])


def _signature(path: Path) -> Path:
    return path.with_name(f"{path.name}.writing")


def _sign(path: Path, what: str) -> None:
    """Leave a note of who writes; it is only read by those who waited in vain."""
    user = os.environ.get("USER") or os.environ.get("USERNAME") or "?"
    note = {"who": user, "host": socket.gethostname(), "what": what}
    with suppress(OSError):
        _signature(path).write_text(json.dumps(note, ensure_ascii=False), encoding="utf-8")


def _writer(path: Path) -> dict[str, str]:
    try:
        note = json.loads(_signature(path).read_text(encoding="utf-8"))
        return {k: str(note[k]) for k in ("who", "host", "what")}
    except (OSError, ValueError, KeyError, TypeError):
        return {"who": "?", "host": "?", "what": "?"}


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what SQLite says into what a planner can do."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        where = str(path)
        if code in _BUSY:
            values: dict[str, object] = dict(_writer(path))
            found = Finding(code="ledger_locked", table=path.name, values=values)
            raise DataError(found, where=where) from None
        if code == _READ_ONLY:
            raise DataError(
                Finding(code="ledger_read_only", table=path.name), where=where
            ) from None
        if code == _FULL:
            why = Finding(code="ledger_disk", table=path.name, values={"why": str(error)})
            raise DataError(why, where=where) from None
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CANTOPEN,
                    sqlite3.SQLITE_IOERR):  # fmt: skip
            why = Finding(code="ledger_unreadable", table=path.name, values={"why": str(error)})
            raise DataError(why, where=where) from None
        raise
