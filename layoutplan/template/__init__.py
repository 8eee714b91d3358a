"""Empty tables for a planner to fill in: a workbook and a GeoPackage."""

import os
import tempfile
from pathlib import Path
from typing import Final

from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.sources.delivery import read_tables
from layoutplan.template.layers import write_layers
from layoutplan.template.sheets import write_sheets
from layoutplan.words import Language, language, say

GEOPACKAGE: Final = "template.gpkg"
"""The name of the GeoPackage, whose layers and columns carry our names."""


def write_templates(folder: str | Path, *, lang: str = "auto") -> list[Path]:
    """Write empty tables of a county for a planner to fill in.

    The workbook has a sheet of notes and one sheet for each table, with longitude
    and latitude instead of geometry and WKT for roads. The GeoPackage has the same
    tables as layers, with headings, meanings and lists of values for QGIS.
    `layoutplan.read_county` reads both once they are filled.

    Parameters
    ----------
    folder
        Where to write; made if it is not there.
    lang
        The language of the workbook, ``"zh"`` or ``"en"``; Chinese where ``"auto"``.

    Returns
    -------
    list of pathlib.Path
        The workbook and the GeoPackage.

    Raises
    ------
    DataError
        If one of the files exists and holds data or is no template: what was
        filled in is never replaced.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in write_templates(folder, lang="en")]
    ['template.xlsx', 'template.gpkg']
    """
    spoken: Language = "zh" if lang == "auto" else language(lang)
    folder = Path(folder)
    book, package = folder / say("template.file", spoken), folder / GEOPACKAGE
    filled = [path for path in (book, package) if path.exists() and _is_filled(path)]
    if filled:
        found = [Finding(code="template_filled", values={"path": str(path)}) for path in filled]
        raise DataError(found, lang=spoken)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".") as aside:
        for path in (book, package):
            whole = Path(aside) / path.name
            if path == book:
                write_sheets(whole, spoken)
            else:
                write_layers(whole, spoken)
            os.replace(whole, path)  # noqa: PTH105 # atomic also where the target exists
    return [book, package]


def _is_filled(path: Path) -> bool:
    try:
        return any(len(table) for table in read_tables(path, columns={}).values())
    except DataError:
        return True
