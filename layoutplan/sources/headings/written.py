"""A learned mapping as a file that a planner can edit."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.sources.columns import Mapped
from layoutplan.sources.delivery import read_delivery
from layoutplan.words import Language, language, say


def write_learned(
    county: Path, target: Path, *, columns: Mapped, crs: str = "", lang: str = "auto"
) -> Language:
    """Write what the headings of a delivery mean, before its values are judged.

    Parameters
    ----------
    county
        The file or folder that was delivered.
    target
        The file to write; one that exists is never replaced.
    columns
        What is known of layers and columns; it is kept.
    crs
        The coordinate reference system of tables that do not name one.
    lang
        The language of messages and remarks; that of the headings where ``"auto"``.

    Returns
    -------
    Language
        The language of the remarks.

    Raises
    ------
    OptionsError
        If the file exists.
    DataError
        If the delivery cannot be read.
    """
    if target.exists():
        raise OptionsError(Finding(code="columns_exist", values={"path": str(target)}), lang=lang)
    delivery = read_delivery(county, columns=columns, crs=crs, lang=lang)
    headings = [str(c) for table in delivery.tables.values() for c in table.columns]
    spoken = language(lang, [str(county), *headings])
    write_columns(delivery.columns, target, unused=delivery.unused, lang=spoken)
    return spoken


def write_columns(
    columns: Mapped, path: str | Path, *, unused: Mapping[str, Sequence[str]], lang: Language
) -> Path:
    """Write a mapping of columns as TOML.

    Parameters
    ----------
    columns
        The mapping.
    path
        The file, which is replaced.
    unused
        Table -> headings that mean nothing yet; they are named in remarks.
    lang
        The language of the remarks.

    Returns
    -------
    pathlib.Path
        The file; `layoutplan.sources.columns.read_columns` reads it back.
    """
    path = Path(path)
    path.write_text(columns_text(columns, unused=unused, lang=lang), encoding="utf-8")
    return path


def columns_text(columns: Mapped, *, unused: Mapping[str, Sequence[str]], lang: Language) -> str:
    r"""Give a mapping of columns as TOML.

    Parameters
    ----------
    columns
        The mapping.
    unused
        Table -> headings that mean nothing yet.
    lang
        The language of the remarks.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> text = columns_text({"villages": {"population": "人口"}}, unused={}, lang="en")
    >>> text.splitlines()[-2:]
    ['[villages]', 'population = "人口"']
    """
    lines = [f"# {line}" for line in say("columns_file.head", lang).splitlines()]
    for table, entries in columns.items():
        lines += ["", f"[{table}]"]
        plain = {c: e for c, e in entries.items() if not isinstance(e, Mapping)}
        lines += [f"{column} = {_value(entry)}" for column, entry in plain.items()]
        if left := unused.get(table):
            lines.append(f"# {say('columns_file.unused', lang)} {_remark(left)}")
        for column, entry in entries.items():
            if isinstance(entry, Mapping):
                lines += ["", f"[{table}.{column}]"]
                lines += [f"{key} = {_value(value)}" for key, value in entry.items()]
    return "\n".join(lines) + "\n"


def _remark(headings: Sequence[str]) -> str:
    return ", ".join(json.dumps(h, ensure_ascii=False) for h in headings).replace("\x7f", "")


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_text(k)} = {_text(v)}" for k, v in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Sequence):
        return f"[{', '.join(_text(v) for v in value)}]"
    return _text(value)


def _text(value: object) -> str:
    # A JSON text is a TOML text but for the one sign that TOML wants written out.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
