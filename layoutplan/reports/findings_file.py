"""Findings about a county as a workbook and as map layers."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from layoutplan.checks import findings as all_findings
from layoutplan.county import County
from layoutplan.errors import DataError
from layoutplan.findings import Finding, findings_table, worst_first
from layoutplan.reports import layer_styles as qml
from layoutplan.reports.plain_text import legal
from layoutplan.reports.whole import whole_file, whole_folder
from layoutplan.reports.workbook import Sheet, write_workbook
from layoutplan.standards import Standards
from layoutplan.table_columns import title_of
from layoutplan.tables import COUNTY_TABLES, FINDINGS, heading
from layoutplan.words import Language, catalogue, language, say

FOUND: Final = ("findings.xlsx", "findings.gpkg")
"""The files of a check; map layers only where the county could be read."""

_PLACES: Final = ("villages", "schools", "roads", "townships", "candidates")
_COLOURS: Final = {"error": "215,25,28", "warning": "253,174,97", "note": "44,123,182"}


def write_findings(
    county: County | None,
    path: str | Path,
    *,
    found: Iterable[Finding] | None = None,
    standards: Standards | None = None,
    lang: str = "auto",
) -> Path:
    """Write findings as a workbook: one sheet of findings, one of the rows concerned.

    Names and codes are written as text, never as formulas.

    Parameters
    ----------
    county
        The county; None where it could not be read and only findings are at hand.
    path
        The file, ``.xlsx``. It is written whole or not at all.
    found
        The findings; those of `layoutplan.check` where None.
    standards
        The standards they are checked by; the national ones where None.
    lang
        The language; that of the county's names where ``"auto"``.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    DataError
        If the file cannot be written, as when it is open in Excel.

    Examples
    --------
    >>> import tempfile
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_findings(county, Path(folder) / "findings.xlsx").name
    'findings.xlsx'
    """
    spoken = county.language(lang) if county else language(lang)
    listed = _found(county, found, standards)
    table = findings_table(listed, lang=spoken)
    rows = concerned(county, listed, lang=spoken)
    return write_workbook(
        [
            _sheet(title_of(FINDINGS, spoken), table, spoken),
            _sheet(say("check.rows", spoken), rows, spoken),
        ],
        Path(path),
    )


def write_found(
    county: County | None, found: Iterable[Finding], folder: Path, *, lang: Language
) -> None:
    """Write the findings of a check into a folder: workbook and map layers, or neither.

    Parameters
    ----------
    county
        The county; None where it could not be read, and there is no map.
    found
        The findings.
    folder
        The folder.
    lang
        The language.
    """
    listed = tuple(found)
    with whole_folder(folder, replaces=FOUND) as new:
        write_findings(county, new / FOUND[0], found=listed, lang=lang)
        if county is not None:
            write_findings_layers(county, new / FOUND[1], found=listed, lang=lang)


@contextmanager
def unreadable_written(folder: Path | None) -> Iterator[None]:
    """Write what makes a county unreadable into a folder, and raise it all the same.

    Parameters
    ----------
    folder
        The folder; nothing is written where None.

    Yields
    ------
    None
        Where the county is read.

    Raises
    ------
    DataError
        What was raised within.
    """
    try:
        yield
    except DataError as error:
        if folder is not None:
            write_found(None, error.findings, folder, lang=error.lang)
        raise


def write_findings_layers(
    county: County,
    path: str | Path,
    *,
    found: Iterable[Finding] | None = None,
    standards: Standards | None = None,
    lang: str = "auto",
) -> Path:
    """Write the rows that findings name as map layers, one for each table.

    Each row stands there once for every finding that names it, with code, severity and
    message, coloured by severity when QGIS opens it.

    Parameters
    ----------
    county
        The county.
    path
        The file, ``.gpkg``. It is written whole or not at all.
    found
        The findings; those of `layoutplan.check` where None.
    standards
        The standards they are checked by; the national ones where None.
    lang
        The language of the messages.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    DataError
        If the file cannot be written, as when it is open in QGIS.

    Examples
    --------
    >>> import tempfile
    >>> import layoutplan as lp
    >>> county = lp.example.county(seed=1, villages=40)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_findings_layers(county, Path(folder) / "findings.gpkg").name
    'findings.gpkg'
    """
    spoken = county.language(lang)
    rows = concerned(county, _found(county, found, standards), lang=spoken)
    styles = {}
    with whole_file(Path(path)) as part:
        for name in _PLACES:
            layer = _layer(county, name, rows)
            if len(layer) or name == "villages":
                _write(layer, part, name)
                styles[name] = _style(layer, spoken)
        qml.add_styles(part, styles, title=title_of(FINDINGS, spoken))
    return Path(path)


def concerned(county: County | None, found: Iterable[Finding], *, lang: Language) -> pd.DataFrame:
    """Set out the rows that findings name, one line for each row and finding.

    Parameters
    ----------
    county
        The county, from which names are taken.
    found
        The findings.
    lang
        The language of the messages.

    Returns
    -------
    pandas.DataFrame
        Worst first: severity, code, table, column, id, name, message, cure.
    """
    names = {} if county is None else {t: _names(county.table(t)) for t in COUNTY_TABLES}
    rows = [
        (*_row(f), i, names.get(f.table, {}).get(i, ""), f.what(lang), f.cure(lang))
        for f in worst_first(found)
        for i in f.ids
    ]
    columns = ["severity", "code", "table", "column", "id", "name", "message", "cure"]
    return pd.DataFrame(rows, columns=columns).astype("str")


def _row(f: Finding) -> tuple[str, str, str, str]:
    return f.severity, f.code, f.table, f.column


def _found(
    county: County | None, found: Iterable[Finding] | None, standards: Standards | None
) -> tuple[Finding, ...]:
    if found is not None or county is None:
        return tuple(found or ())
    return all_findings(county, standards=standards)


def _names(table: pd.DataFrame) -> dict[str, str]:
    if "name" not in table:
        return {}
    called = table["name"].dropna()
    return dict(zip(called.index.astype("str"), called.astype("str"), strict=True))


def _sheet(title: str, table: pd.DataFrame, lang: Language) -> Sheet:
    worse = frozenset(np.flatnonzero(table["severity"] == "error").tolist())
    known = {t.name: title_of(t, lang) for t in COUNTY_TABLES.values()}
    shown = table.assign(
        severity=[say(f"severity.{s}", lang) for s in table["severity"]],
        table=[known.get(t, t) for t in table["table"]],
        column=[_heading(t, c, lang) for t, c in zip(table["table"], table["column"], strict=True)],
    )
    words = catalogue(lang)
    headings = {
        c: words.get(f"check.{c}", "") if c in ("id", "name") else heading(FINDINGS, c, lang=lang)
        for c in shown.columns
    }
    return Sheet(title=title, table=shown.rename(columns=headings), marked=worse)


def _heading(table: str, column: str, lang: Language) -> str:
    declared = COUNTY_TABLES.get(table)
    return heading(declared, column, lang=lang) if declared and column else column


def _layer(county: County, name: str, rows: pd.DataFrame) -> Any:  # noqa: ANN401
    table = county.table(name)
    shapes = gpd.GeoSeries(table.geometry.to_numpy(), index=table.index.astype("str"))
    mine = rows[(rows["table"] == name) & rows["id"].isin(shapes.index)].drop(columns="table")
    places = shapes.reindex(mine["id"]).to_numpy()
    return gpd.GeoDataFrame(mine.reset_index(drop=True), geometry=places, crs=county.crs)


def _write(layer: Any, path: Path, name: str) -> None:  # noqa: ANN401
    for column in layer.columns.drop("geometry"):
        layer[column] = layer[column].map(legal)
    kinds = set(layer.geom_type.unique())
    kind = kinds.pop() if len(kinds) == 1 else "Unknown" if kinds else "Point"
    layer.to_file(path, layer=name, driver="GPKG", engine="pyogrio", geometry_type=kind)


def _style(layer: Any, lang: Language) -> str:  # noqa: ANN401
    first = str(layer.geom_type.iloc[0]) if len(layer) else "Point"
    shape = "line" if "Line" in first else "fill" if "Polygon" in first else "marker"
    return qml.categorised(
        "severity",
        {
            severity: (
                say(f"severity.{severity}", lang),
                qml.Symbol(shape=shape, colour=colour, size=0.8 if shape == "line" else 3.0),
            )
            for severity, colour in _COLOURS.items()
        },
    )
