"""Delimited text: its encoding, its delimiter, its cells."""

import re
from pathlib import Path
from typing import Final

from layoutplan.findings import Finding
from layoutplan.sources.sheets.cell_text import cell_text
from layoutplan.sources.sheets.sheet import Sheet, failure, framed

_BYTES_MAX: Final = 500_000_000
"""Bytes a file of text may have: far above any county."""

_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
"""The marks at the beginning of a file that tell its encoding."""

_DELIMITERS: Final = ",\t;|"

_LOST: Final = "\ufffd"
"""What stands where a byte could not be read."""

_BROKEN_SHARE: Final = 0.1
"""Share of the characters beyond ASCII that may be unreadable before the encoding is wrong."""

_ONE_BYTE: Final = 2
"""Signs that one broken byte of a double-byte character leaves unreadable."""

_COMMON_SHARE: Final = 0.5
"""Share of double-byte characters in the everyday part of GB18030 below which there are no
Chinese words but single bytes of another encoding, followed by ASCII letters."""

_LOOKED_AT: Final = 50
"""Rows that decide on the delimiter."""


def read_text_file(path: Path, *, lang: str) -> tuple[Sheet, ...]:
    """Read a file of delimited text.

    Parameters
    ----------
    path
        The file.
    lang
        The language of messages.

    Returns
    -------
    tuple of Sheet
        One sheet without a name.

    Raises
    ------
    DataError
        If the file is too large or its encoding cannot be told.
    """
    if path.stat().st_size > _BYTES_MAX:
        raise failure("too_large", path, lang, limit=f"{_BYTES_MAX // 10**6} MB")
    text = decoded(path.read_bytes())
    if text is None:
        raise failure("unreadable_encoding", path, lang)
    try:
        rows = split_cells(text)
    except ValueError as error:
        raise failure("corrupt_file", path, lang, why=str(error)) from None
    if not rows:
        raise failure("empty_file", path, lang)
    lost = [i for i, row in enumerate(rows, 1) if any(_LOST in cell for cell in row)]
    findings = []
    if lost:
        ids = tuple(f"#{i}" for i in lost)
        findings.append(Finding(code="lost_bytes", severity="warning", table=path.name, ids=ids))
    return (Sheet(file=path, name="", cells=framed(rows), findings=tuple(findings)),)


def decoded(raw: bytes) -> str | None:
    """Turn the bytes of a file into text.

    The mark at the beginning is believed; else UTF-8 is tried, then GB18030 (which
    holds GBK and GB2312). A file with a few broken bytes is read by the encoding that
    fits nearly all of it; the places carry U+FFFD.

    Parameters
    ----------
    raw
        The bytes.

    Returns
    -------
    str or None
        The text, or nothing where no encoding fits.

    Examples
    --------
    >>> decoded("村名,人口".encode("gbk"))
    '村名,人口'
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            text = raw.decode(encoding, errors="replace").removeprefix("\ufeff")
            readable = text.count(_LOST) <= _BROKEN_SHARE * len(text) and "\0" not in text
            return text if readable else None
    half = len(raw) // 2
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        # Every second byte of digits and commas is zero where each takes two bytes.
        if half and raw[first::2].count(0) > half // 4:
            return raw.decode(encoding, errors="replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return _nearly(raw)


def _nearly(raw: bytes) -> str | None:
    unicode, chinese = (raw.decode(e, errors="replace") for e in ("utf-8", "gb18030"))
    beyond = sum(c > "\x7f" for c in unicode)
    pairs = re.findall(rb"[\x81-\xfe][\x40-\xfe]", raw)
    common = sum(pair[0] > 0xA0 and pair[1] > 0xA0 for pair in pairs)  # noqa: PLR2004
    foreign = not pairs or common < _COMMON_SHARE * len(pairs)
    if b"\0" in raw:
        return None
    if unicode.count(_LOST) <= _BROKEN_SHARE * beyond:
        return unicode
    few = max(_BROKEN_SHARE * sum(c > "\x7f" for c in chinese), _ONE_BYTE)
    if not foreign and chinese.count(_LOST) <= few:
        return chinese
    if unicode.count(_LOST) <= _BROKEN_SHARE * len(unicode) and foreign:
        return unicode
    return None


def split_cells(text: str) -> list[list[str]]:
    r"""Split delimited text into cells.

    Parameters
    ----------
    text
        The text; lines may end in LF, CR LF or CR, cells may be quoted.

    Returns
    -------
    list of list of str
        The rows, from the first to the last that is not empty.

    Raises
    ------
    ValueError
        If nothing closes a quote; with the row.

    Examples
    --------
    >>> split_cells('a,"b, c"\r1,2\r')
    [['a', 'b, c'], ['1', '2']]
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    mark = re.escape(_delimiter(text))
    cell = re.compile(
        rf'[ \u3000]*"([^"]*(?:""[^"]*)*)"[^{mark}\n]*({mark}|\n|\Z)|([^{mark}\n]*)({mark}|\n|\Z)'
    )
    rows, row, at = list[list[str]](), list[str](), 0
    while at < len(text):
        found = cell.match(text, at)
        if found is None:  # pragma: no cover - the second form matches anything
            break
        quoted, after, plain, end = found.groups()
        if quoted is None and plain.lstrip().startswith('"'):
            # What stands after a quote that nothing closes may belong to other cells.
            raise ValueError(f'#{len(rows) + 1}: "')
        row.append(cell_text(plain if quoted is None else quoted.replace('""', '"')))
        ended = end if quoted is None else after
        if ended == "\n" or found.end() >= len(text):
            if ended not in ("\n", ""):
                row.append("")
            rows.append(row)
            row = []
        at = found.end()
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _delimiter(text: str) -> str:
    lines = [line for line in text.split("\n", _LOOKED_AT)[:_LOOKED_AT] if line]
    # The delimiter is what most lines have most often; a comma where none is there.
    counts = {mark: sorted(line.count(mark) for line in lines) for mark in _DELIMITERS}
    return max(_DELIMITERS, key=lambda m: counts[m][len(lines) // 2] if lines else 0)
