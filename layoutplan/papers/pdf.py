"""Word documents as PDF, by the LibreOffice that the machine may have."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from layoutplan.errors import DataError, OptionsError
from layoutplan.findings import Finding
from layoutplan.reports.whole import whole_file

_NAMES: Final = ("soffice", "libreoffice")
_SECONDS: Final = 180
_SECONDS_EACH: Final = 10
_AT_ONCE: Final = 50
"""Documents of one run: a command line holds only so many names."""


def office() -> str | None:
    """Find LibreOffice.

    Returns
    -------
    str or None
        The program; None where the machine has none.
    """
    found = next((p for n in _NAMES if (p := shutil.which(n))), None)
    usual = (
        Path(os.environ.get("PROGRAMFILES", "C:/Program Files"))
        / "LibreOffice/program/soffice.exe",
        Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"),
    )
    return found or next((str(p) for p in usual if p.is_file()), None)


def write_pdf(
    documents: Iterable[str | Path], *, seconds: float | None = None, lang: str = "auto"
) -> list[Path]:
    """Write Word documents as PDF beside them.

    LibreOffice runs for many of them at once, with a profile of its own that is thrown away.

    Parameters
    ----------
    documents
        The documents.
    seconds
        After which a run is stopped; three minutes, and more for many documents, where None.
    lang
        The language of messages.

    Returns
    -------
    list of pathlib.Path
        The PDF files.

    Raises
    ------
    OptionsError
        If the machine has no LibreOffice.
    DataError
        If it fails or takes too long.
    """
    given = [Path(d).resolve() for d in documents]
    program = office()
    if program is None:
        raise OptionsError(Finding(code="no_office"), lang=lang)
    if not given:
        return []
    with tempfile.TemporaryDirectory(prefix="layoutplan-") as aside:
        for begin in range(0, len(given), _AT_ONCE):
            some = given[begin : begin + _AT_ONCE]
            most = _SECONDS + _SECONDS_EACH * len(some) if seconds is None else seconds
            _convert(program, some, Path(aside), seconds=most, lang=lang)
        made = []
        for document in given:
            new = Path(aside) / "pdf" / f"{document.stem}.pdf"
            if not new.is_file():
                raise _failed(document.name, "", lang)
            path = document.with_suffix(".pdf")
            with whole_file(path) as part:
                shutil.copyfile(new, part)
            made.append(path)
    return made


def _convert(
    program: str, given: Sequence[Path], aside: Path, *, seconds: float, lang: str
) -> None:
    profile = (aside / "profile").as_uri()
    command = [
        program, f"-env:UserInstallation={profile}", "--headless", "--norestore",
        "--convert-to", "pdf", "--outdir", str(aside / "pdf"), *map(str, given),
    ]  # fmt: skip
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=seconds)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise _failed(given[0].name, f"{seconds:.0f} s", lang) from None
    except (OSError, subprocess.CalledProcessError) as error:
        raise _failed(given[0].name, str(error), lang) from None


def _failed(name: str, why: str, lang: str) -> DataError:
    return DataError(Finding(code="office_failed", table=name, values={"why": why}), lang=lang)
