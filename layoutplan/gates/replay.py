"""Procedures of all closures of a plan, with what was recorded of them so far."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from layoutplan.errors import DataError, OptionsError
from layoutplan.gates.declared import GATE_NAMES, PROCEDURE, STEPS, WITHDRAWN
from layoutplan.gates.procedure import NOTICE_STANDARD, Procedure
from layoutplan.gates.recorded import Rows, unknown_ids
from layoutplan.sources.one_table import read_cells
from layoutplan.words import language

if TYPE_CHECKING:
    from layoutplan.findings import Finding
    from layoutplan.gates.noun import Gates


def procedures(gates: "Gates", records: pd.DataFrame | None = None) -> dict[str, Procedure]:
    """Give the procedure of every closure that a plan proposes.

    Parameters
    ----------
    gates
        The gates of the plan.
    records
        The steps taken so far, as from `read_procedure`; none where None.

    Returns
    -------
    dict of str to Procedure
        Procedures by school.

    Raises
    ------
    DataError
        With every step that could not have been taken as it is recorded, of all
        schools at once, and schools that the plan does not close.

    Examples
    --------
    >>> import layoutplan as lp
    >>> from layoutplan.gates import gates
    >>> county = lp.example.county(seed=1, villages=40)
    >>> times = lp.travel_times(county)
    >>> today = lp.evaluate(county, times)
    >>> plan = lp.evaluate(county, times, today.decisions_with({"2134100129": "close"}))
    >>> one = procedures(gates(plan))["2134100129"]
    >>> one.next_steps
    ('survey',)
    >>> one.record("survey", "2026-01-12", evidence="survey.pdf").next_steps
    ('scheme',)
    """
    proposals = gates.proposals
    verdicts = gates.verdicts
    made = {
        str(site): Procedure(
            site_id=str(site),
            receivers=tuple(str(proposals.at[site, "receivers"]).split()),
            verdicts={g: str(verdicts.at[site, g]) for g in GATE_NAMES},
            names=gates.names,
            notice=gates.standards.get(NOTICE_STANDARD),
            lang=gates.lang,
        )
        for site in proposals.index
    }
    if records is None or records.empty:
        return made
    table = typed_procedure(records, lang=gates.lang)
    found: list[Finding] = list(
        unknown_ids(table["site_id"], proposals.index, declared=PROCEDURE, of="closures")
    )
    for row in table[table["site_id"].isin(proposals.index)].to_dict("records"):
        site = str(row["site_id"])
        try:
            made[site] = made[site].record(
                row["step"],
                row["date"],
                evidence=row["evidence"],
                until=row["until"] or None,
                receiver=row["receiver"],
                recorded_by=row["recorded_by"],
            )
        except OptionsError as error:
            found += error.findings
    if found:
        raise DataError(found, lang=gates.lang)
    return made


def read_procedure(path: str | Path, *, lang: str = "auto") -> pd.DataFrame:
    """Read the steps taken from a file.

    Parameters
    ----------
    path
        A CSV file or an Excel workbook with the columns of
        `layoutplan.gates.declared.PROCEDURE`, under our names or their headings.
    lang
        The language of messages.

    Returns
    -------
    pandas.DataFrame
        site_id, step, date, until, receiver, evidence, recorded_by; by school and date.

    Raises
    ------
    DataError
        With everything wrong at once.
    """
    cells = read_cells(path, PROCEDURE, lang=lang)
    spoken = language(lang, [str(path), *cells.to_numpy().ravel()])
    return typed_procedure(cells, where=str(path), lang=spoken)


def typed_procedure(records: pd.DataFrame, *, where: str = "", lang: str = "auto") -> pd.DataFrame:
    """Check a table of steps and give it its types.

    Parameters
    ----------
    records
        Columns of `layoutplan.gates.declared.PROCEDURE`; cells may be text.
    where
        The file, for messages.
    lang
        The language of messages.

    Returns
    -------
    pandas.DataFrame
        As `read_procedure`.

    Raises
    ------
    DataError
        With everything wrong at once.
    """
    rows = Rows(records, PROCEDURE, where=where, lang=lang)
    rows.filled("site_id", "step", "date", "evidence")
    step, day, until = rows.category("step"), rows.dates("date"), rows.dates("until")
    rows.file_names("evidence")
    rows.check()
    order = step.map({s: i for i, s in enumerate((*STEPS, WITHDRAWN))})
    done = rows.text.assign(step=step, date=day, until=until, order=order)
    done = done.sort_values(["site_id", "date", "order", "receiver"], ignore_index=True)
    return done.drop(columns="order")
