"""Workbooks that come out the same to the byte, and how wide their texts are."""

import io
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Final
from unicodedata import east_asian_width

MADE: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed mark, not a moment
"""The date that stands in files instead of the moment at which they were made."""


def letters_wide(text: str) -> int:
    """Tell how wide a text is in Latin letters; a Chinese character takes two.

    Parameters
    ----------
    text
        The text.

    Returns
    -------
    int
        Its width.

    Examples
    --------
    >>> letters_wide("小学 A")
    6
    """
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def write_repeatable(buffer: io.BytesIO, path: Path) -> None:
    """Write a workbook anew without the moment at which it was made.

    Parameters
    ----------
    buffer
        The workbook as openpyxl saved it.
    path
        The file to write.
    """
    stamp = MADE.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    day = (MADE.year, MADE.month, MADE.day, 0, 0, 0)
    with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(path, "w") as out:
        for item in made.infolist():
            content = made.read(item)
            if item.filename == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            entry = zipfile.ZipInfo(item.filename, date_time=day)
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, content)
