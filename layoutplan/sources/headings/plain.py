"""The plain form in which headings and names of tables are compared."""

import re
import unicodedata
from typing import Final

_BRACKETS: Final = re.compile(r"[(（〔\[].*?[)）〕\]]")


def plain_heading(text: object) -> str:
    """Reduce a heading to what identifies it.

    Parameters
    ----------
    text
        The heading as it stands in a file.

    Returns
    -------
    str
        Without units in brackets, spaces and differences of width and case.

    Examples
    --------
    >>> plain_heading(" 学生数（人） ")
    '学生数'
    """
    wide = unicodedata.normalize("NFKC", str(text))
    return re.sub(r"[\s_]+", "", _BRACKETS.sub("", wide)).lower()
