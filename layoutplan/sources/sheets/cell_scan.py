"""What the cells of an .xlsx sheet hold besides values: formulas, errors, an end."""

import re
from collections.abc import Callable
from typing import Final
from xml.parsers import expat

_ADDRESS: Final = re.compile(r"^([A-Z]{1,3})(\d{1,7})$")

_LETTERS: Final = 26
"""Letters that number columns."""


class CellScan:
    """Counts of the cells of one sheet, made while its XML is parsed.

    Parameters
    ----------
    parser
        The parser that reads the sheet; its handlers are set.
    other
        What looks at the elements that are no cells.
    """

    def __init__(
        self, parser: expat.XMLParserType, *, other: Callable[[str, dict[str, str]], None]
    ) -> None:
        self._other = other
        self.formulas = 0
        self.without_value = list[str]()
        self.errors = list[str]()
        self.last_row, self.last_column = 0, 0
        self._row, self._column = 0, 0
        self._kind, self._address = "", ""
        self._formula, self._value = False, False
        self._parser = parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def _text(self, _: str) -> None:
        self._value = True

    def _start(self, tag: str, at: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "c":
            self._cell(at)
        elif tag == "v":
            self._parser.CharacterDataHandler = self._text
        elif tag == "f":
            self._formula = True
        elif tag == "is":
            self._value = True
        elif tag == "row":
            self._row = int(at["r"]) if at.get("r", "").isdecimal() else self._row + 1
            self._column = 0
        else:
            self._other(tag, at)

    def _cell(self, at: dict[str, str]) -> None:
        self._kind, self._address = at.get("t", ""), at.get("r", "")
        self._formula, self._value = False, False
        found = _ADDRESS.match(self._address)
        if found is None:
            self._column += 1
            return
        self._row, self._column = int(found[2]), _number(found[1])

    def _end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "v":
            self._parser.CharacterDataHandler = None
        elif tag == "c":
            self._count()

    def _count(self) -> None:
        if self._formula:
            self.formulas += 1
            # The stored result of a formula may be an empty text.
            if not self._value and self._kind != "str":
                self.without_value.append(self._address)
        if self._value:
            self.last_row = max(self.last_row, self._row)
            self.last_column = max(self.last_column, self._column)
            if self._kind == "e":
                self.errors.append(self._address)


def _number(text: str) -> int:
    column = 0
    for letter in text:
        column = column * _LETTERS + ord(letter) - ord("A") + 1
    return column


def letters(column: int) -> str:
    """Give the letters of a column.

    Parameters
    ----------
    column
        Its number, from 1.

    Returns
    -------
    str
        Its letters.

    Examples
    --------
    >>> letters(1), letters(28)
    ('A', 'AB')
    """
    text = ""
    while column:
        column, rest = divmod(column - 1, _LETTERS)
        text = chr(ord("A") + rest) + text
    return text
