"""Questions of a match as a workbook, and the answers read back."""

import io
import os
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from layoutplan.errors import DataError
from layoutplan.findings import Finding
from layoutplan.repeatable_workbook import MADE, letters_wide, write_repeatable
from layoutplan.sources.matching.noun import QUESTIONS, Matches
from layoutplan.words import LANGUAGES, Language, has_han, language, say

_UNPACKED_MAX: Final = 200_000_000
"""Bytes a workbook of questions may unpack to: a thousand times what a county needs."""

_YES: Final = ("yes", "y", "true", "1", "是")
_NO: Final = ("no", "n", "false", "0", "否")


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a person said of pairs.

    Parameters
    ----------
    same
        Pairs that are one.
    other
        Pairs that are not.
    alone
        Left ids that have no partner.
    """

    same: frozenset[tuple[str, str]] = frozenset()
    other: frozenset[tuple[str, str]] = frozenset()
    alone: frozenset[str] = frozenset()


def write_questions(matches: Matches, path: str | Path, *, lang: str = "auto") -> Path:
    """Write the pairs to be confirmed as a workbook.

    One row per question; in the last column a person chooses yes or no. Ids and names are
    text, whatever they begin with. `match_rows` takes the filled workbook as ``confirmed``.

    Parameters
    ----------
    matches
        What was matched.
    path
        The file, ``.xlsx``; written whole or not at all.
    lang
        The language; that of the names where ``"auto"``.

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
    >>> from layoutplan.sources.matching import match_rows
    >>> one = pd.DataFrame({"name": ["古畈小学"]}, index=["b"])
    >>> found = match_rows(one, one.set_axis(["y"]).assign(name="古畈希望小学"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = write_questions(found, Path(folder) / "confirm.xlsx")
    ...     read_answers(written)[["left_id", "right_id"]].to_numpy().tolist()
    [['b', 'y']]
    """
    from openpyxl import Workbook  # noqa: PLC0415 - takes time to import

    path, table = Path(path), matches.to_confirm
    named = [*table["left_name"], *table["right_name"]]
    spoken: Language = language(lang, named)
    book = Workbook()
    sheet = book.active
    sheet.title = say("matching.sheet", spoken)
    _fill(sheet, table, spoken)
    book.properties.creator, book.properties.created = "layoutplan", MADE
    buffer = io.BytesIO()
    book.save(buffer)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as aside:
            whole = Path(aside) / path.name
            write_repeatable(buffer, whole)
            os.replace(whole, path)  # noqa: PTH105 # atomic also where the target exists
    except OSError as error:
        values = {"path": path.name, "why": error.strerror or ""}
        found = Finding(code="result_not_written", table=path.name, values=values)
        raise DataError(found, where=str(path), lang=spoken) from None
    return path


def _fill(sheet: Any, table: pd.DataFrame, lang: Language) -> None:  # noqa: ANN401
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    shown = table.assign(
        how=[say(f"matching.how.{h.replace(' ', '_')}", lang) for h in table["how"]],
        proposed=[say(f"matching.{'yes' if p else 'no'}", lang) for p in table["proposed"]],
    )
    for number, name in enumerate(QUESTIONS, 1):
        head = sheet.cell(row=1, column=number, value=say(f"matching.column.{name}", lang))
        head.font = Font(bold=True)
        widest = letters_wide(head.value)
        for row, value in enumerate(shown[name], 2):
            cell = sheet.cell(row=row, column=number)
            if isinstance(value, str):
                text = ILLEGAL_CHARACTERS_RE.sub("", value)
                cell.value, cell.number_format = text or None, "@"
                cell.data_type = "s" if text else "n"
                cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
                widest = max(widest, letters_wide(text))
            else:
                cell.value = float(value)
        sheet.column_dimensions[get_column_letter(number)].width = min(widest + 3, 50)
    letter = get_column_letter(len(QUESTIONS))
    words = ",".join(say(f"matching.{word}", lang) for word in ("yes", "no"))
    choice = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
    choice.add(f"{letter}2:{letter}{max(len(table) + 1, 2)}")
    sheet.add_data_validation(choice)
    sheet.freeze_panes = "A2"


def read_answers(path: str | Path) -> pd.DataFrame:
    """Read the workbook of `write_questions` once it is filled in.

    Parameters
    ----------
    path
        The file. It is only read; formulas and links in it are not followed.

    Returns
    -------
    pandas.DataFrame
        Columns left_id, right_id and answer, as text.

    Raises
    ------
    DataError
        If the file is not there, cannot be read or is no such workbook.
    """
    path = Path(path)
    if not path.exists():
        found = Finding(code="no_such_path", table=path.name, values={"path": str(path)})
        raise DataError(found, where=str(path))
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(item.file_size for item in archive.infolist())
        if size > _UNPACKED_MAX:
            values = {"path": str(path), "limit": f"{_UNPACKED_MAX // 10**6} MB"}
            raise DataError(Finding(code="too_large", values=values), where=str(path))
        frame = pd.read_excel(path, dtype=object, engine="openpyxl")
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        if isinstance(error, DataError):
            raise
        values = {"path": str(path), "why": str(error)}
        raise DataError(Finding(code="corrupt_file", values=values), where=str(path)) from None
    wanted = ("left_id", "right_id", "answer")
    ours = {say(f"matching.column.{name}", lang): name for lang in LANGUAGES for name in wanted}
    frame = frame.rename(columns=ours)
    missing = [name for name in wanted if name not in frame]
    if missing:
        lang: Language = "zh" if has_han(map(str, frame.columns)) else "en"
        values = {"missing": ", ".join(say(f"matching.column.{m}", lang) for m in missing)}
        found = Finding(code="match_not_questions", table=path.name, values=values)
        raise DataError(found, where=str(path), lang=lang)
    return _texts(frame[list(wanted)])


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    def text(value: object) -> str:
        if value is None or pd.isna(value):  # type: ignore[call-overload]
            return ""
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value).strip()

    return frame.map(text).astype("str")


def answered(
    given: str | Path | pd.DataFrame | Mapping[str, str] | None,
    left: Iterable[str],
    right: Iterable[str],
) -> Answers:
    """Understand answers, and refuse what contradicts itself.

    Parameters
    ----------
    given
        The workbook, its table, or left id to right id.
    left, right
        The ids there are.

    Returns
    -------
    Answers
        Pairs that are one, pairs that are not, rows without a partner.

    Raises
    ------
    DataError
        If an answer is none, names an unknown row, or gives a row two partners.
    """
    if given is None:
        return Answers()
    if isinstance(given, Mapping):
        pairs = [(str(a), str(b), "yes") for a, b in given.items()]
        alone = frozenset(a for a, b, _ in pairs if not b)
        pairs = [p for p in pairs if p[1]]
    else:
        frame = read_answers(given) if isinstance(given, (str, Path)) else _texts(given)
        columns = ["left_id", "right_id", "answer"]
        pairs = [(str(a), str(b), str(c)) for a, b, c in frame[columns].to_numpy().tolist()]
        alone = frozenset()
    same = frozenset((a, b) for a, b, said in pairs if said.casefold() in _YES)
    other = frozenset((a, b) for a, b, said in pairs if said.casefold() in _NO)
    _refuse(pairs, same, other | {(a, "") for a in alone}, left=set(left), right=set(right))
    return Answers(same=same, other=other, alone=alone)


def _refuse(
    pairs: list[tuple[str, str, str]],
    same: frozenset[tuple[str, str]],
    other: frozenset[tuple[str, str]],
    *,
    left: set[str],
    right: set[str],
) -> None:
    said = {c for _, _, c in pairs if c}
    odd = tuple(sorted(c for c in said if c.casefold() not in (*_YES, *_NO)))
    meant = same | other
    unknown = sorted({a for a, _ in meant} - left | {b for _, b in meant if b} - right)
    twice = [i for side in (0, 1) for i in _repeated([p[side] for p in same])]
    twice += [f"{a} {b}" for a, b in sorted(same & other)]
    found = []
    if odd:
        found.append(Finding(code="match_answer_unknown", column="answer", ids=odd))
    if unknown:
        found.append(Finding(code="match_answer_no_row", ids=tuple(unknown)))
    if twice:
        found.append(Finding(code="match_answers_conflict", ids=tuple(twice)))
    if found:
        raise DataError(found)


def _repeated(values: list[str]) -> list[str]:
    return sorted({v for v in values if values.count(v) > 1})
