"""A report of supervision, and its notices, as plain HTML that prints well."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Final

import pandas as pd

from layoutplan.reports.plain_text import legal
from layoutplan.reports.supervision_cells import ORDER, below, cell_text, opening, units
from layoutplan.reports.whole import whole_file
from layoutplan.supervision import SupervisionReport
from layoutplan.supervision.declared import REPORT_TABLES
from layoutplan.supervision.worded import SIGNS
from layoutplan.tables import heading
from layoutplan.words import Language, say

_STYLE: Final = (
    "body{font-family:'Noto Sans CJK SC','Microsoft YaHei','SimSun',sans-serif;margin:2em;"
    "color:#111;background:#fff}"
    "h1{font-size:1.4em}h2{font-size:1.1em;margin-top:1.6em}"
    "table{border-collapse:collapse;width:100%;font-size:.85em}"
    "th,td{border:1px solid #999;padding:.2em .4em;text-align:left;vertical-align:top}"
    "th{background:#dde6ee}th,td{min-width:2.7em}td.n{text-align:right;white-space:nowrap}"
    ".note{color:#444;font-size:.9em}.wide{overflow-x:auto}"
    + "".join(
        f".{light}{{color:{colour};font-weight:bold}}" for light, (_, colour) in SIGNS.items()
    )
    + "section.notice{page-break-after:always;max-width:60em}"
    "@media print{@page{size:A4 landscape;margin:12mm}body{margin:0}.wide{overflow:visible}"
    "thead{display:table-header-group}tr{page-break-inside:avoid}}"
)

_NOTICE_COLUMNS: Final = (
    "item_id", "title", "place", "value", "limit", "unit", "basis", "basis_status", "due",
    "days_left", "light", "why",
)  # fmt: skip


def supervision_html(report: SupervisionReport, *, lang: Language | None = None) -> str:
    """Set a report of supervision out as one plain page.

    Parameters
    ----------
    report
        The report.
    lang
        The language; that of the report where not given.

    Returns
    -------
    str
        HTML without scripts or anything from outside; names are text.
    """
    spoken = lang or report.lang
    blocks = [f"<h1>{_text(report.title(spoken))}</h1>"]
    blocks += [f"<p>{_text(line)}</p>" for line in opening(report, spoken)]
    for name in ORDER:
        declared = REPORT_TABLES[name]
        blocks.append(f"<h2>{_text(declared.zh if spoken == 'zh' else declared.en)}</h2>")
        if len(report.tables[name]):
            blocks.append(_table(report, name, spoken))
        blocks += [f'<p class="note">{_text(line)}</p>' for line in below(report, name, spoken)]
    return _page(report.title(spoken), blocks, spoken)


def write_supervision_page(
    report: SupervisionReport, path: str | Path, *, lang: Language | None = None
) -> Path:
    """Write a report of supervision as a page.

    Parameters
    ----------
    report
        The report.
    path
        The file, ``.html``; it is written whole or not at all.
    lang
        The language; that of the report where not given.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    return _write(supervision_html(report, lang=lang), Path(path))


def notices_html(
    report: SupervisionReport, *, lang: Language | None = None, only: Sequence[str] = ()
) -> str:
    """Set the rectification notices of a report out, one to a page of paper.

    Parameters
    ----------
    report
        The report.
    lang
        The language; that of the report where not given.
    only
        The numbers of the notices wanted; all where empty.

    Returns
    -------
    str
        HTML: to whom, by when, on what basis.
    """
    spoken = lang or report.lang
    rows = report.notices
    numbers = [n for n in dict.fromkeys(rows["notice"]) if not only or n in only]
    title = say("supervision.notice_title", spoken)
    blocks = [_notice(report, str(number), spoken) for number in numbers]
    if not blocks:
        blocks = [f"<h1>{_text(title)}</h1><p>{_text(say('supervision.nothing', spoken))}</p>"]
    return _page(f"{report.county} {title}", blocks, spoken)


def write_notices_page(
    report: SupervisionReport,
    path: str | Path,
    *,
    lang: Language | None = None,
    only: Sequence[str] = (),
) -> Path:
    """Write the rectification notices of a report as a page.

    Parameters
    ----------
    report
        The report.
    path
        The file, ``.html``; it is written whole or not at all.
    lang
        The language; that of the report where not given.
    only
        The numbers of the notices wanted; all where empty.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    return _write(notices_html(report, lang=lang, only=only), Path(path))


def _notice(report: SupervisionReport, number: str, lang: Language) -> str:
    at = report.notices["notice"].eq(number)
    words = report.words("notices", lang=lang)[at]
    declared = REPORT_TABLES["notices"]
    first = words.iloc[0]
    owner, person = (str(first[heading(declared, c, lang=lang)]) for c in ("owner", "person"))
    said = [
        say("supervision.notice_number", lang, notice=number),
        say("supervision.notice_to", lang, owner=owner),
        say("supervision.notice_person", lang, person=person)
        if person
        else say("supervision.notice_no_person", lang),
        say("supervision.notice_text", lang, n=len(words)),
    ]
    parts = [f"<h1>{_text(report.county)} {_text(say('supervision.notice_title', lang))}</h1>"]
    parts += [f"<p>{_text(line)}</p>" for line in said]
    parts.append(_table(report, "notices", lang, columns=_NOTICE_COLUMNS, at=at))
    parts.append(f"<p>{_text(say('supervision.notice_sign', lang))}</p>")
    return f'<section class="notice">{"".join(parts)}</section>'


def _table(
    report: SupervisionReport,
    name: str,
    lang: Language,
    *,
    columns: Sequence[str] = (),
    at: pd.Series | None = None,
) -> str:
    declared = REPORT_TABLES[name]
    words, codes = report.words(name, lang=lang), report.tables[name]
    wanted = list(columns) or [c.name for c in declared.columns]
    titles = [heading(declared, c, lang=lang) for c in wanted]
    kinds = {c: "" if declared[c].type not in ("count", "number") else "n" for c in wanted}
    cells = {
        c: [
            cell_text(v, unit) for v, unit in zip(words[title], units(report, name, c), strict=True)
        ]
        for c, title in zip(wanted, titles, strict=True)
    }
    if "basis" in cells and name == "notices":
        none = say("supervision.notice_basis_none", lang)
        cells["basis"] = [text or none for text in cells["basis"]]
    kept = [i for i in range(len(codes)) if at is None or bool(at.iloc[i])]
    lines = [
        "".join(_cell(cells[c][i], kinds[c], _light(codes, c, i)) for c in wanted) for i in kept
    ]
    head = "".join(f"<th>{_text(t)}</th>" for t in titles)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    inner = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="wide"><table>{inner}</table></div>'


def _light(codes: pd.DataFrame, column: str, row: int) -> str:
    return str(codes["light"].iloc[row]) if column == "light" else ""


def _cell(text: str, kind: str, light: str) -> str:
    classes = " ".join(filter(None, (kind, light)))
    return f'<td class="{classes}">{_text(text)}</td>' if classes else f"<td>{_text(text)}</td>"


def _text(text: str) -> str:
    return escape(legal(text))


def _page(title: str, blocks: Iterable[str], lang: Language) -> str:
    code = "zh-CN" if lang == "zh" else "en"
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!DOCTYPE html>\n<html lang="{code}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{_text(title)}</title><style>{_STYLE}</style></head>"
        f"<body>{''.join(blocks)}</body></html>\n"
    )


def _write(page: str, path: Path) -> Path:
    with whole_file(path) as part:
        part.write_text(page, encoding="utf-8", newline="\n")
    return path
