"""A cell of a workbook as the text that was typed."""

from datetime import date, datetime

import pandas as pd

_UNSEEN = "\ufeff\u200b\u200c\u200d"
"""Marks without width that come along when text is copied from a page."""


def cell_text(value: object) -> str:
    """Give a cell as text: dates as year-month-day, whole numbers without a point.

    Parameters
    ----------
    value
        The cell.

    Returns
    -------
    str
        The text without blanks around it; empty for a missing value.

    Examples
    --------
    >>> cell_text(12.0), cell_text(pd.Timestamp("2026-05-12 09:00")), cell_text(None)
    ('12', '2026-05-12', '')
    """
    if isinstance(value, str):
        return _bare(value)
    if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).upper() if isinstance(value, bool) else _bare(str(value))


def _bare(text: str) -> str:
    text = text.strip()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text and (text[0] in _UNSEEN or text[-1] in _UNSEEN):
        return text.strip(_UNSEEN).strip()
    return text
