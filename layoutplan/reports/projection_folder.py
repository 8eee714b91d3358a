"""A projection and its early warning as files: tables for programs, a workbook for people."""

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.findings import findings_table
from layoutplan.projection import EarlyWarning, Projection
from layoutplan.reports.csv_tables import write_csv
from layoutplan.reports.sheets import standards_sheet
from layoutplan.reports.whole import whole_folder
from layoutplan.reports.workbook import Sheet, write_workbook
from layoutplan.standards import standards
from layoutplan.tables import FINDINGS, heading
from layoutplan.words import Language, say

FILES: Final = ("projection.csv", "warnings.csv", "projection.xlsx")
"""The files of a projection."""

_SHARES: Final = ("p_short", "p_very_small", "p_small", "p_short_most")


def write_projection(
    projection: Projection,
    folder: str | Path,
    *,
    warning: EarlyWarning | None = None,
    lang: str = "auto",
) -> list[Path]:
    """Write a projection into a folder: all files or, if anything goes wrong, none.

    Parameters
    ----------
    projection
        The projection.
    folder
        The folder; made where it is missing.
    warning
        The early warning; without it there are no ``warnings.csv`` and no such sheets.
    lang
        The language; that of the county's names where ``"auto"``.

    Returns
    -------
    list of pathlib.Path
        ``projection.csv`` (variant, year, village, grades), ``warnings.csv`` and
        ``projection.xlsx``.

    Raises
    ------
    DataError
        If a file cannot be put in its place, as when it is open in Excel.

    Examples
    --------
    >>> import tempfile
    >>> import layoutplan as lp
    >>> made = lp.project(lp.example.county(seed=1, villages=40), years=2)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [p.name for p in write_projection(made, Path(folder) / "years")]
    ['projection.csv', 'projection.xlsx']
    """
    folder = Path(folder)
    spoken = projection.county.language(lang)
    names = [n for n in FILES if warning is not None or n != "warnings.csv"]
    with whole_folder(folder, replaces=FILES) as new:
        write_csv(projection.pupils.reset_index(), new / "projection.csv")
        if warning is not None:
            write_csv(warning.seats, new / "warnings.csv")
        write_workbook(_sheets(projection, warning, spoken), new / "projection.xlsx")
    return [folder / name for name in names]


def _sheets(projection: Projection, warning: EarlyWarning | None, lang: Language) -> list[Sheet]:
    sheets = [_by_year(projection, lang), _by_village(projection, lang)]
    if warning is not None:
        sheets += [_warned(warning, table, lang) for table in ("first", "seats")]
    used = projection.standards
    assumed = {k: s for k, s in used.items() if k in standards("cn-projection")}
    listed = standards_sheet(type(used)(name=used.name, title_zh=used.title_zh,
                                        title_en=used.title_en, entries=assumed), lang)  # fmt: skip
    return [*sheets, _findings(projection, warning, lang), listed]


def _by_year(projection: Projection, lang: Language) -> Sheet:
    """Pupils of the county by variant with a name, year and grade."""
    table = projection.county_pupils.reset_index()
    table = table[table["variant"].isin(["mid", "low", "high"])]
    said = {v: say(f"projection.variant.{v}", lang) for v in set(table["variant"])}
    grades = [c for c in table if str(c).startswith("g")]
    table = table.assign(
        variant=table["variant"].map(said),
        year=_text(table["year"]),
        total=table[grades].sum(axis=1),
    )
    return Sheet(title=say("projection.sheet.pupils", lang), table=_headed(table, lang), frozen=2)


def _by_village(projection: Projection, lang: Language) -> Sheet:
    """Pupils of every village by year, the middle variant."""
    total = pd.DataFrame(projection.pupils.xs("mid")).sum(axis=1).unstack("year")
    table = total.reindex(projection.village_ids).rename_axis(None)
    villages = projection.county.villages
    name = villages["name"] if "name" in villages else pd.Series("", index=villages.index)
    shown = pd.DataFrame(
        {
            say("projection.column.village_id", lang): table.index.astype("str"),
            say("projection.column.name", lang): name.reindex(table.index).fillna("").to_numpy(),
            **{str(y): table[y].to_numpy() for y in table.columns},
        }
    )
    return Sheet(title=say("projection.sheet.villages", lang), table=shown, frozen=2)


def _warned(warning: EarlyWarning, name: str, lang: Language) -> Sheet:
    codes = warning.tables[name]
    shown = warning.words(lang, table=name)
    said = dict(zip(map(str, codes.columns), map(str, shown.columns), strict=True))
    years = [said[str(c)] for c in codes if c == "year" or str(c).startswith("first_")]
    shown = shown.assign(**{c: _text(shown[c]) for c in years})
    firsts = [c for c in codes if c == "warning" or str(c).startswith("first_")]
    bad = codes[firsts].replace("", pd.NA).notna().any(axis=1).to_numpy()
    return Sheet(
        title=say(f"projection.sheet.{'first' if name == 'first' else 'warnings'}", lang),
        table=shown,
        formats={said[c]: "0%" for c in _SHARES if c in said},
        marked=frozenset(np.flatnonzero(bad).tolist()),
        frozen=3,
    )


def _findings(projection: Projection, warning: EarlyWarning | None, lang: Language) -> Sheet:
    found = [*projection.findings, *(warning.findings if warning is not None else ())]
    table = findings_table(found, lang=lang)
    marked = frozenset(np.flatnonzero(table["severity"] != "note").tolist())
    table = table.assign(severity=[say(f"severity.{s}", lang) for s in table["severity"]])
    headings = {c: heading(FINDINGS, c, lang=lang) for c in table.columns}
    title = say("projection.sheet.findings", lang)
    return Sheet(title=title, table=table.rename(columns=headings), marked=marked)


def _headed(table: pd.DataFrame, lang: Language) -> pd.DataFrame:
    return table.set_axis([say(f"projection.column.{c}", lang) for c in table], axis=1)


def _text(years: pd.Series) -> pd.Series:
    """Give years as text, so that no thousands are separated; blanks stay blank."""
    return years.astype("Int64").astype("str").replace("<NA>", "").fillna("")
