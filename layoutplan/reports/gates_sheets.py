"""Sheets of a report on closures: the five gates of each, and the schools that must stay."""

import numpy as np

from layoutplan.gates import Gates, MustKeep
from layoutplan.gates.declared import GATES, MUST_KEEP
from layoutplan.reports.workbook import Sheet, unit_format
from layoutplan.table_columns import title_of
from layoutplan.tables import heading
from layoutplan.words import Language


def gates_sheet(gates: Gates, lang: Language) -> Sheet:
    """Set out what stands against each proposed closure.

    Parameters
    ----------
    gates
        The gates.
    lang
        The language.

    Returns
    -------
    Sheet
        One row per closure and gate; what fails is marked.
    """
    fails = gates.rows(lang)["verdict"].eq("fail")
    return Sheet(
        title=title_of(GATES, lang),
        table=gates.table(lang),
        formats={heading(GATES, "minutes", lang=lang): unit_format("minutes")},
        marked=frozenset(np.flatnonzero(fails).tolist()),
        frozen=2,
    )


def must_keep_sheet(keep: MustKeep, lang: Language) -> Sheet:
    """Set out the schools that must stay, and who depends on them.

    Parameters
    ----------
    keep
        The schools.
    lang
        The language.

    Returns
    -------
    Sheet
        One row per school and grade band; those that the plan takes away are marked.
    """
    lost = keep.schools["kept"].eq("no")
    minutes = (heading(MUST_KEEP, c, lang=lang) for c in ("minutes", "minutes_mean"))
    return Sheet(
        title=title_of(MUST_KEEP, lang),
        table=keep.table(lang),
        formats=dict.fromkeys(minutes, unit_format("minutes")),
        marked=frozenset(np.flatnonzero(lost).tolist()),
        frozen=2,
    )
