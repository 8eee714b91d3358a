"""How the layers of a plan look in QGIS: QML kept in the GeoPackage itself."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Final
from xml.etree import ElementTree as ET

ACTION_COLOURS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "keep": "44,123,182",
        "close": "215,25,28",
        "teaching_point": "253,174,97",
        "expand": "26,150,65",
        "new": "123,50,148",
        "unused": "190,190,190",
        "board": "0,139,139",
        "primary_only": "166,86,40",
        "nine_year": "90,174,97",
    }
)
"""Colours of actions, told apart by the colour-blind as well (after ColorBrewer)."""

MODE_COLOURS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "walk": "120,160,200",
        "bicycle": "102,194,165",
        "car": "150,150,150",
        "bus": "230,171,2",
        "board": "122,79,29",
    }
)
"""Colours of the ways to school."""

RAMP: Final = ("26,152,80", "166,217,106", "254,224,139", "244,109,67", "165,0,38")
"""Colours from a short way to one far beyond the limit (after ColorBrewer)."""

_TABLE: Final = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
    f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
    update_time DATETIME DEFAULT CURRENT_TIMESTAMP
)
"""

_MOMENT: Final = "2000-01-01T00:00:00.000Z"
"""Stands for the moment of writing, so that equal plans give equal files."""


@dataclass(frozen=True, kw_only=True)
class Symbol:
    """How one symbol looks.

    Parameters
    ----------
    shape
        ``marker``, ``line`` or ``fill``.
    colour
        Red, green and blue, 0 to 255, with commas; empty for no filling.
    outline
        The colour of the outline.
    size
        Diameter of a marker or width of a line, mm.
    name
        The form of a marker.
    """

    shape: str
    colour: str
    outline: str = "70,70,70"
    size: float = 2.0
    name: str = "circle"

    def element(self, label: str) -> ET.Element:
        """Give the symbol as QML.

        Parameters
        ----------
        label
            The name under which the renderer refers to it.

        Returns
        -------
        xml.etree.ElementTree.Element
            The element.
        """
        fill = f"{self.colour},255" if self.colour else "0,0,0,0"
        outline = f"{self.outline},255"
        kinds = {
            "marker": (
                "SimpleMarker",
                {
                    "color": fill,
                    "outline_color": outline,
                    "outline_width": "0.2",
                    "size": f"{self.size:g}",
                    "name": self.name,
                },
            ),
            "line": ("SimpleLine", {"line_color": fill, "line_width": f"{self.size:g}"}),
            "fill": (
                "SimpleFill",
                {
                    "color": fill,
                    "style": "solid" if self.colour else "no",
                    "outline_color": outline,
                    "outline_width": f"{self.size:g}",
                },
            ),
        }
        kind, options = kinds[self.shape]
        symbol = ET.Element("symbol", type=self.shape, name=label, alpha="1")
        layer = ET.SubElement(symbol, "layer", {"class": kind, "enabled": "1", "pass": "0"})
        values = ET.SubElement(layer, "Option", type="Map")
        for key, value in options.items():
            ET.SubElement(values, "Option", type="QString", name=key, value=value)
        return symbol


def single(symbol: Symbol) -> str:
    """Give the style of a layer whose features all look the same.

    Parameters
    ----------
    symbol
        How they look.

    Returns
    -------
    str
        QML.

    Examples
    --------
    >>> 'type="singleSymbol"' in single(Symbol(shape="line", colour="150,150,150"))
    True
    """
    renderer = ET.Element("renderer-v2", type="singleSymbol")
    ET.SubElement(renderer, "symbols").append(symbol.element("0"))
    return _document(renderer)


def categorised(column: str, symbols: Mapping[str, tuple[str, Symbol]]) -> str:
    """Give the style of a layer whose features look as one of their values says.

    Parameters
    ----------
    column
        The column of the value.
    symbols
        Label and symbol by value.

    Returns
    -------
    str
        QML.
    """
    renderer = ET.Element("renderer-v2", type="categorizedSymbol", attr=column)
    categories, drawn = ET.SubElement(renderer, "categories"), ET.SubElement(renderer, "symbols")
    for number, (value, (label, symbol)) in enumerate(symbols.items()):
        ET.SubElement(
            categories,
            "category",
            value=value,
            label=label,
            symbol=str(number),
            render="true",
            type="string",
        )
        drawn.append(symbol.element(str(number)))
    return _document(renderer)


def graduated(column: str, breaks: Sequence[float], symbols: Sequence[Symbol], *, unit: str) -> str:
    """Give the style of a layer whose features look as a number of theirs says.

    Parameters
    ----------
    column
        The column of the number.
    breaks
        Where the classes begin and the last one ends, one more than symbols.
    symbols
        How each class looks.
    unit
        The unit, for the labels.

    Returns
    -------
    str
        QML.
    """
    renderer = ET.Element(
        "renderer-v2", type="graduatedSymbol", attr=column, graduatedMethod="GraduatedColor"
    )
    ranges, drawn = ET.SubElement(renderer, "ranges"), ET.SubElement(renderer, "symbols")
    for number, ((low, high), symbol) in enumerate(zip(pairwise(breaks), symbols, strict=True)):
        last = number == len(symbols) - 1
        label = f"> {low:g} {unit}" if last else f"{low:g} – {high:g} {unit}"
        ET.SubElement(
            ranges,
            "range",
            lower=f"{low:.6f}",
            upper=f"{high:.6f}",
            label=label,
            symbol=str(number),
            render="true",
        )
        drawn.append(symbol.element(str(number)))
    return _document(renderer)


def add_styles(path: Path, styles: Mapping[str, str], *, title: str) -> None:
    """Keep the styles of layers in a GeoPackage, where QGIS finds them.

    Parameters
    ----------
    path
        The GeoPackage.
    styles
        QML by layer.
    title
        What the styles are called.
    """
    connection = sqlite3.connect(path)
    try:
        columns = dict(
            connection.execute("SELECT table_name, column_name FROM gpkg_geometry_columns")
        )
        connection.execute(_TABLE)
        connection.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
            "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, "
            "owner, ui, update_time) VALUES ('', '', ?, ?, ?, ?, '', 1, '', '', '', ?)",
            [
                (layer, columns[layer], title, qml, _MOMENT)
                for layer, qml in styles.items()
                if layer in columns
            ],
        )
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, "
            "last_change, srs_id) VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, 0)",
            (_MOMENT,),
        )
        connection.execute("UPDATE gpkg_contents SET last_change = ?", (_MOMENT,))
        connection.commit()
    finally:
        connection.close()


def _document(renderer: ET.Element) -> str:
    document = ET.Element("qgis", version="3.28.0", styleCategories="Symbology")
    document.append(renderer)
    head = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    return head + ET.tostring(document, encoding="unicode")
