"""Folders of counties: their codes are data and never part of a path as they are."""

import hashlib
import re
from typing import Final

_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_LONGEST: Final = 40
_OTHER: Final = re.compile(r"[^\w-]+")


def folder_name(code: str) -> str:
    """Give the name of a county's folder: its code, where that can be one.

    Parameters
    ----------
    code
        The code. It may come from a file and is never part of a path as it is.

    Returns
    -------
    str
        The name.

    Examples
    --------
    >>> folder_name("341523")
    '341523'
    >>> folder_name("../x").startswith("_x-")
    True
    """
    plain = _OTHER.sub("_", code)[:_LONGEST]
    if plain == code and plain and not _RESERVED.fullmatch(plain):
        return plain
    return f"{plain}-{hashlib.sha256(code.encode()).hexdigest()[:8]}"
