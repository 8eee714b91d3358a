"""Numbers as people type them: "1,234", full width digits, "12人", "1.2万", or a dash."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from layoutplan.findings import Finding
from layoutplan.sources.headings.aliases import words
from layoutplan.tables import SERIES, Column, Table

_GROUPED: Final = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER: Final = re.compile(r"([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)([万千]?)(\D{0,6})", re.IGNORECASE)

FACTORS: Final = MappingProxyType({"万": Decimal(10_000), "千": Decimal(1000), "": Decimal(1)})
"""What stands before a unit."""

_FROM_UNITS: Final = frozenset({"人", "元", "米", "平", "册", "台", "间", "名", "个", "班"})
"""First signs of the units before which 万 or 千 multiplies."""

_SHOWN: Final = 5


_SPACED: Final = re.compile(r"[-+]?\d{1,3}(?: \d{3})+(?![\d\s]*\d)")


def is_nothing(text: str) -> bool:
    """Tell whether a cell says that there is no value.

    Parameters
    ----------
    text
        The cell.

    Returns
    -------
    bool
        True for signs such as ``*``, ``—`` or 无.

    Examples
    --------
    >>> is_nothing("—"), is_nothing("0")
    (True, False)
    """
    return unicodedata.normalize("NFKC", text).strip().lower() in words("nothing")


def read_number(text: str) -> Decimal | None:
    """Read a number that a person typed.

    Parameters
    ----------
    text
        The cell.

    Returns
    -------
    decimal.Decimal or None
        The number, or nothing where the text is none.

    Examples
    --------
    >>> [str(read_number(t)) for t in ("1,234", "12 人", "1.2万", "about 3")]
    ['1234', '12', '12000.0', 'None']
    """
    wide = unicodedata.normalize("NFKC", text).strip()
    # Two numbers in one cell are none; blanks may only stand between groups of three digits.
    if re.search(r"\d\s+\d", wide) and not _SPACED.match(wide):
        return None
    plain = re.sub(r"\s+", "", wide).lstrip("'")
    if _GROUPED.match(plain):
        head = re.match(r"[-+]?[\d,.]+", plain)
        if head is None or not _GROUPED.fullmatch(head[0]):
            return None
        plain = head[0].replace(",", "") + plain[head.end() :]
    found = _NUMBER.fullmatch(plain)
    if found is None:
        return None
    digits, ten_thousands, unit = found.groups()
    if unit.lower() not in words("units") and unit:
        return None
    try:
        return Decimal(digits) * FACTORS[ten_thousands]
    except InvalidOperation:  # pragma: no cover - the pattern allows numbers only
        return None


def unit_factor(unit: str) -> Decimal:
    """Give the number by which a unit with 万 or 千 is multiplied.

    Parameters
    ----------
    unit
        The unit, as in a heading.

    Returns
    -------
    decimal.Decimal
        The factor.

    Examples
    --------
    >>> str(unit_factor("万元")), str(unit_factor("m2"))
    ('10000', '1')
    """
    plain = unicodedata.normalize("NFKC", unit).strip()
    if plain[:1] in FACTORS and plain[1:2] in _FROM_UNITS:
        return FACTORS[plain[0]]
    return Decimal(1)


def added_up(cells: pd.DataFrame) -> pd.Series:
    """Add up the numbers of several columns, row by row.

    Parameters
    ----------
    cells
        The columns. An empty cell counts as nothing; a row of empty ones stays empty.

    Returns
    -------
    pandas.Series
        The sums as text. Where a cell cannot be read it stands in place of the sum.

    Examples
    --------
    >>> added_up(pd.DataFrame({"a": ["1", "*"], "b": ["1,200", None]})).tolist()
    ['1201', None]
    """
    return pd.Series(
        [_sum(row) for row in cells.itertuples(index=False, name=None)],
        index=cells.index,
        dtype=object,
    )


def _sum(row: tuple[object, ...]) -> str | None:
    texts = [str(v) for v in row if v is not None and not pd.isna(v)]  # type: ignore[call-overload]
    texts = [t for t in texts if not is_nothing(t)]
    numbers = [read_number(t) for t in texts]
    unread = next((t for t, n in zip(texts, numbers, strict=True) if n is None), None)
    if unread is not None or not texts:
        return unread
    return _text(sum((n for n in numbers if n is not None), Decimal(0)))


def clean_numbers(
    frame: pd.DataFrame, table: Table, *, factors: Mapping[str, Decimal]
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the numbers of a table that were typed as text.

    Parameters
    ----------
    frame
        The table under our names.
    table
        What it declares.
    factors
        Our column -> the factor of its unit, where the heading told one.

    Returns
    -------
    tuple
        The table, and what was changed. What cannot be read stays as it is.
    """
    findings, changed = [], dict[str, pd.Series]()
    for column in table.columns:
        if column.name in frame and column.type in ("count", "amount"):
            one = _Numbers(frame[column.name], column, table)
            changed[column.name] = one.values(factors.get(column.name, Decimal(1)))
            findings += one.findings()
    for name in map(str, frame.columns):
        if SERIES.match(name) and table.name == "villages":
            column = Column(name=name, type="amount", zh=name, en=name)
            one = _Numbers(frame[name], column, table)
            changed[name] = one.values(factors.get(name, Decimal(1)))
            findings += one.findings()
    return frame.assign(**changed), findings


class _Numbers:
    """The cells of one column of numbers, with what was done to them."""

    def __init__(self, cells: pd.Series, column: Column, table: Table) -> None:
        self.cells, self.column, self.table = cells, column, table
        self.read = list[tuple[object, str]]()
        self.nothing = list[tuple[object, str]]()
        self.factor = Decimal(1)
        self.multiplied = 0

    def values(self, factor: Decimal) -> pd.Series:
        """Give the cells as numbers where they can be read, else as they are."""
        plain = pd.to_numeric(self.cells, errors="coerce")
        ascii_only = self.cells.map(lambda v: not isinstance(v, str) or v.isascii())
        # No count and no amount is negative: -1 is what forms write for "not applicable".
        odd = self.cells.notna() & (plain.isna() | plain.eq(-1) | ~ascii_only)
        if not odd.any() and factor == 1:
            return self.cells
        values = self.cells.astype(object).where(self.cells.notna(), None).to_numpy().copy()
        for i in map(int, np.flatnonzero(odd.to_numpy())):
            values[i] = self._cell(self.cells.index[i], str(values[i]))
        self.factor = factor
        if factor != 1:
            for i, value in enumerate(values):
                number = None if value is None else read_number(str(value))
                if number is not None:
                    values[i] = _text(number * factor)
                    self.multiplied += 1
        return pd.Series(values, index=self.cells.index, dtype=object)

    def _cell(self, row: object, text: str) -> str | None:
        if is_nothing(text) or text == "-1.0":
            self.nothing.append((row, text))
            return None
        number = read_number(text)
        if number is None:
            return text
        self.read.append((row, text))
        return _text(number)

    def findings(self) -> list[Finding]:
        """Say what was done."""
        found = []
        for code, cells in (("numbers_read", self.read), ("not_applicable", self.nothing)):
            if cells:
                examples = ", ".join(dict.fromkeys(t for _, t in cells[: _SHOWN * 10]))
                found.append(
                    Finding(
                        code=code,
                        severity="note",
                        table=self.table.name,
                        column=self.column.name,
                        ids=tuple(f"#{row}" for row, _ in cells),
                        values={"examples": examples},
                    )
                )
        if self.multiplied:
            found.append(
                Finding(
                    code="unit_converted",
                    severity="note",
                    table=self.table.name,
                    column=self.column.name,
                    rows=self.multiplied,
                    values={"factor": f"{self.factor:,}"},
                )
            )
        return found


def _text(number: Decimal) -> str:
    return format(
        number.to_integral_value() if number == number.to_integral_value() else number, "f"
    )
