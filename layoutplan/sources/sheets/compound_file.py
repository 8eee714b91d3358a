"""Compound files: the small file system in which old Office programs keep their streams.

After Microsoft's open specification MS-CFB. Only read, and only in memory.
"""

import struct
from typing import Final

_END: Final = 0xFFFFFFFA
"""Numbers of sectors from here on are marks, not sectors."""

_IN_FAT, _FREE, _LAST = 0xFFFFFFFD, 0xFFFFFFFF, 0xFFFFFFFE
"""Marks for a sector of the table, a free sector and the last of a stream."""

_SECTOR: Final = 512

_ENTRY: Final = 128
"""Bytes of an entry of the directory."""

_STORAGE, _STREAM, _ROOT = 1, 2, 5
"""Kinds of entries."""


def streams(raw: bytes) -> dict[str, bytes]:
    """Give the streams of a compound file by name, and storages as empty ones.

    Parameters
    ----------
    raw
        The bytes of the file.

    Returns
    -------
    dict of str to bytes
        The streams.

    Raises
    ------
    struct.error, IndexError
        If the file is damaged.
    """
    size = 1 << struct.unpack_from("<H", raw, 30)[0]
    small = 1 << struct.unpack_from("<H", raw, 32)[0]
    directory, cutoff, first_small = (struct.unpack_from("<I", raw, at)[0] for at in (48, 56, 60))
    after = _numbers(b"".join(_sector(raw, n, size) for n in _tables(raw, size)))

    def whole(first: int) -> bytes:
        return b"".join(_sector(raw, n, size) for n in _chain(first, after))

    entries, after_small = whole(directory), _numbers(whole(first_small))
    found, smalls = dict[str, bytes](), b""
    for at in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        length, kind = struct.unpack_from("<HB", entries, at + 64)
        first, total = struct.unpack_from("<II", entries, at + 116)
        name = entries[at : at + max(length - 2, 0)].decode("utf-16-le", errors="replace")
        if kind == _ROOT:
            # The streams below the cut-off lie in sectors of their own within the root's.
            smalls = whole(first)
        elif kind == _STORAGE:
            found[name] = b""
        elif kind == _STREAM and total < cutoff:
            parts = (smalls[n * small : (n + 1) * small] for n in _chain(first, after_small))
            found[name] = b"".join(parts)[:total]
        elif kind == _STREAM:
            found[name] = whole(first)[:total]
    return found


def _tables(raw: bytes, size: int) -> list[int]:
    """Give the sectors that hold the table of what follows each sector."""
    tables = [n for n in _numbers(raw[76:512]) if n < _END]
    further, count = struct.unpack_from("<II", raw, 68)
    for _ in range(min(count, len(raw) // size)):
        if further >= _END:
            break
        listed = _numbers(_sector(raw, further, size))
        tables += [n for n in listed[:-1] if n < _END]
        further = listed[-1]
    return tables


def _sector(raw: bytes, number: int, size: int) -> bytes:
    return raw[(number + 1) * size : (number + 2) * size]


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))


def _chain(first: int, after: list[int]) -> list[int]:
    """Follow the sectors of a stream; one that runs in a circle ends."""
    seen = list[int]()
    while first < _END and len(seen) <= len(after):
        seen.append(first)
        first = after[first]
    return seen


def compound(name: str, stream: bytes) -> bytes:
    """Make a compound file that holds one stream.

    Parameters
    ----------
    name
        The name of the stream.
    stream
        Its bytes.

    Returns
    -------
    bytes
        The file.

    Examples
    --------
    >>> streams(compound("Workbook", b"x" * 5000))["Workbook"] == b"x" * 5000
    True
    """
    # From this size on streams lie in sectors of their own.
    size = max(len(stream), 4096)
    body = stream.ljust(-(-size // _SECTOR) * _SECTOR, b"\0")
    count, per = len(body) // _SECTOR, _SECTOR // 4
    # The table of sectors covers itself, the sectors that list it, the directory and the stream.
    tables, lists = 1, 0
    while True:
        further = max(0, tables - 109)
        needed = -(-(count + 1 + tables + lists) // per), -(-further // (per - 1))
        if needed == (tables, lists):
            break
        tables, lists = needed
    first_table, first_list, directory = 0, tables, tables + lists
    begin = directory + 1
    after = [_IN_FAT] * tables + [0xFFFFFFFC] * lists + [_LAST]
    after += [*range(begin + 1, begin + count), _LAST]
    after += [_FREE] * (tables * per - len(after))
    numbers = list(range(first_table, first_table + tables))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, directory, 0, 4096,
        _LAST, 0, first_list if lists else _LAST, lists)  # fmt: skip
    head += struct.pack("<109I", *(numbers[:109] + [_FREE] * (109 - len(numbers[:109]))))
    listed, rest = b"", numbers[109:]
    for i in range(lists):
        part = rest[i * (per - 1) : (i + 1) * (per - 1)]
        part += [_FREE] * (per - 1 - len(part))
        listed += struct.pack(f"<{per}I", *part, first_list + i + 1 if i + 1 < lists else _LAST)
    entries = _entry("Root Entry", _ROOT, 1, _LAST, 0) + _entry(name, _STREAM, _FREE, begin, size)
    table = struct.pack(f"<{len(after)}I", *after)
    return head + table + listed + entries.ljust(_SECTOR, b"\0") + body


def _entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    entry = text.ljust(64, b"\0") + struct.pack("<HBB", len(text) + 2, kind, 1)
    return entry + struct.pack("<III36xIQ", _FREE, _FREE, child, first, size)
