"""Supervision: month after month, who owes what by when, in green, yellow and red.

A ledger is one file that only grows: `init_ledger`, `open_ledger`. `record_assessment`
records a dated assessment and opens an item for everything that fails; people note
progress, postpone, strike off, open again and correct; `report` tells of a month, a
quarter or a half-year.
"""

from layoutplan.supervision.acts import (
    Entry,
    add_item,
    close_item,
    correct,
    note_progress,
    postpone,
    reopen_item,
)
from layoutplan.supervision.ledger import Ledger, init_ledger, open_ledger
from layoutplan.supervision.noun import SupervisionReport
from layoutplan.supervision.periods import Period, period
from layoutplan.supervision.recording import Recorded, record_assessment
from layoutplan.supervision.report import report

__all__ = [
    "Entry",
    "Ledger",
    "Period",
    "Recorded",
    "SupervisionReport",
    "add_item",
    "close_item",
    "correct",
    "init_ledger",
    "note_progress",
    "open_ledger",
    "period",
    "postpone",
    "record_assessment",
    "reopen_item",
    "report",
]
