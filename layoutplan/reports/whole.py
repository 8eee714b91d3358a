"""Files that are whole or not there: written aside, then put in their place."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from layoutplan.errors import DataError
from layoutplan.findings import Finding

_ASIDE = ".layoutplan-"
_FORMER = "former"


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Write a file that is whole or not there.

    Parameters
    ----------
    path
        The file. Its folder is made where it is missing.

    Yields
    ------
    pathlib.Path
        Where to write: in a folder of its own beside the file, so that the files a
        writer leaves beside its own are cleared away as well.

    Raises
    ------
    DataError
        If the file or its folder cannot be written, as when it is open in Excel.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with whole_file(Path(folder) / "a.txt") as part:
    ...         _ = part.write_text("whole")
    ...     (Path(folder) / "a.txt").read_text()
    'whole'
    """
    with _aside(path.parent) as aside:
        part = aside / path.name
        yield part
        try:
            part.replace(path)
        except OSError as error:
            raise _cannot_write(path, error) from None


@contextmanager
def whole_folder(folder: Path, *, replaces: Iterable[str] = ()) -> Iterator[Path]:
    """Write the files of a folder all together or not at all.

    Parameters
    ----------
    folder
        The folder. Other files that are in it stay.
    replaces
        Names of files of a former result, which are taken away even where nothing
        new takes their place.

    Yields
    ------
    pathlib.Path
        A folder beside it to write into. When the block ends well, its files are
        put in place; when it does not, or putting one of them in place fails, all
        is as it was before.

    Raises
    ------
    DataError
        If a file cannot be put in its place, as when it is open in Excel.
    """
    with _aside(folder.parent) as aside:
        new = aside / "new"
        new.mkdir()
        yield new
        existed = folder.is_dir()
        try:
            folder.mkdir(exist_ok=True)
            _put(new, folder, former=aside / _FORMER, replaces=replaces)
        except OSError as error:
            raise _cannot_write(folder, error) from None
        finally:
            if not existed and folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _put(new: Path, folder: Path, *, former: Path, replaces: Iterable[str]) -> None:
    """Put new files over former ones; on any trouble, all the way back.

    Each file takes the place of its former one in one step, so that even a process that is
    killed leaves every file there, old or new.
    """
    former.mkdir()
    names = sorted(p.name for p in new.iterdir())
    old = [n for n in sorted({*names, *replaces}) if (folder / n).is_file()]
    placed = []
    try:
        for name in old:
            _keep(folder / name, former / name)
        for name in names:
            # Noted before it is moved, so that an interrupt between two lines loses nothing.
            placed.append(name)
            (new / name).replace(folder / name)
        for name in set(old) - set(names):
            (folder / name).unlink(missing_ok=True)
    except BaseException:
        for name in placed:
            if not (new / name).exists() and name not in old:
                (folder / name).unlink(missing_ok=True)
        for name in old:
            if (former / name).exists():
                (former / name).replace(folder / name)
                # Two names of one file stay both where one is moved over the other.
                (former / name).unlink(missing_ok=True)
        raise
    shutil.rmtree(former)


def _keep(path: Path, beside: Path) -> None:
    """Keep a file under another name too; copy it where a file can have one name only."""
    try:
        beside.hardlink_to(path)
    except (OSError, NotImplementedError):
        shutil.copy2(path, beside)


@contextmanager
def _aside(parent: Path) -> Iterator[Path]:
    try:
        parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=parent))
    except OSError as error:
        raise _cannot_write(parent, error) from None
    try:
        yield aside
    finally:
        former = aside / _FORMER
        # Files of a former result are here only if they could not be put back: keep them.
        if not (former.is_dir() and any(former.iterdir())):
            shutil.rmtree(aside, ignore_errors=True)


def _cannot_write(path: Path, error: OSError) -> DataError:
    name = Path(error.filename).name if error.filename else path.name
    found = Finding(
        code="result_not_written",
        table=path.name,
        values={"path": name, "why": error.strerror or ""},
    )
    return DataError(found, where=str(path))
