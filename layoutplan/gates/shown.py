"""Gates in words: tables for readers, an opinion on one closure, signs for notebooks."""

from collections.abc import Hashable, Mapping
from html import escape
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from layoutplan.gates.check import named, worst
from layoutplan.gates.declared import GATE_NAMES, GATES, VERDICTS
from layoutplan.tables import BANDS, TOWNSHIPS, heading
from layoutplan.words import Language, say

SIGNS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "pass": ("✔", "#0072B2"),
        "open": ("○", "#8A6500"),
        "unknown": ("?", "#57606A"),
        "fail": ("✘", "#B84A00"),
    }
)
"""Sign and colour of each verdict, told apart by the colour-blind too; the word stands beside."""


def worded_rows(
    rows: pd.DataFrame, *, lang: Language, names: Mapping[str, str], townships: Mapping[str, str]
) -> pd.DataFrame:
    """Put words instead of codes.

    Parameters
    ----------
    rows
        Rows with the columns of `layoutplan.gates.declared.GATES`.
    lang
        The language.
    names
        The names of schools by id.
    townships
        The names of townships by id.

    Returns
    -------
    pandas.DataFrame
        The same rows under headings.
    """
    texts = {
        "name": rows["name"].fillna(""),
        "township_id": rows["township_id"].fillna("").map(lambda t: townships.get(t, t)),
        "bands": rows["bands"].map(lambda b: bands_words(b, lang)),
        "receivers": rows["receivers"].map(lambda r: receivers_words(r, lang, names)),
        **{
            column: rows[column].map(lambda v, key=key: say(f"{key}.{v}", lang) if v else "")
            for column, key in (
                ("proposal", "proposal"),
                ("gate", "gate"),
                ("verdict", "verdict"),
                ("status", "status"),
            )
        },
    }
    headings = {c.name: heading(GATES, c.name, lang=lang) for c in GATES.columns}
    headings["township_id"] = heading(TOWNSHIPS, "name", lang=lang)
    return rows.assign(**{c: t.astype("str") for c, t in texts.items()}).rename(columns=headings)


def bands_words(bands: str, lang: Language) -> str:
    """Say grade bands, lowest first.

    Parameters
    ----------
    bands
        The bands, separated by blanks.
    lang
        The language.

    Returns
    -------
    str
        The bands in words.

    Examples
    --------
    >>> bands_words("g46 g13", "en")
    'grades 1-3, grades 4-6'
    """
    wanted = set(str(bands).split())
    return say("gates.separator", lang).join(say(f"band.{b}", lang) for b in BANDS if b in wanted)


def receivers_words(receivers: str, lang: Language, names: Mapping[str, str]) -> str:
    """Name receiving schools with their ids.

    Parameters
    ----------
    receivers
        Ids, separated by blanks.
    lang
        The language.
    names
        The names of schools by id.

    Returns
    -------
    str
        The schools in words.
    """
    return say("gates.separator", lang).join(named(r, names, lang) for r in str(receivers).split())


def opinion(rows: pd.DataFrame, *, lang: Language, names: Mapping[str, str]) -> str:
    """Say in a paragraph what stands against one closure.

    Parameters
    ----------
    rows
        The five rows of the closure, with the columns of
        `layoutplan.gates.declared.GATES`.
    lang
        The language.
    names
        The names of schools by id.

    Returns
    -------
    str
        The paragraph; empty where there are no rows.
    """
    if rows.empty:
        return ""
    first = rows.iloc[0]
    verdict = worst(rows["verdict"])
    lines = [
        say(
            f"gates.proposed.{first['proposal']}",
            lang,
            school=named(str(first["site_id"]), names, lang),
            bands=bands_words(first["bands"], lang),
            where=say(
                f"gates.where.{_where(int(first['pupils']), first['receivers'])}",
                lang,
                pupils=f"{int(first['pupils']):,}",
                receivers=receivers_words(first["receivers"], lang, names),
            ),
        )
    ]
    lines += [
        say(
            "gates.line",
            lang,
            gate=say(f"gate.{row['gate']}", lang),
            verdict=say(f"verdict.{row['verdict']}", lang),
            finding=row["finding"],
            source=row["source"],
        )
        for row in rows.to_dict("records")
    ]
    lines.append(say(f"gates.follows.{verdict}", lang))
    return "\n".join(lines)


def gates_html(
    rows: pd.DataFrame, *, verdicts: pd.DataFrame, lang: Language, names: Mapping[str, str]
) -> str:
    """Set out closures x gates with signs, words and colours, escaped.

    Parameters
    ----------
    rows
        Rows with the columns of `layoutplan.gates.declared.GATES`.
    verdicts
        Closures x gates, with the worst of each closure in ``verdict``.
    lang
        The language.
    names
        The names of schools by id.

    Returns
    -------
    str
        The table; below it, sentence by sentence, what fails and what is missing.
    """
    if verdicts.empty:
        return f"<p>{escape(say('gates.none', lang))}</p>"
    counts = verdicts["verdict"].value_counts()
    head = say("gates.semicolon", lang).join(
        f"{say(f'gates.count.{v}', lang)} {counts.get(v, 0)}" for v in reversed(VERDICTS)
    )
    columns = [heading(GATES, "name", lang=lang), heading(GATES, "pupils", lang=lang)]
    columns += [say(f"gate.{g}", lang) for g in GATE_NAMES] + [say("gates.together", lang)]
    pupils = dict(zip(rows["site_id"], rows["pupils"], strict=True))
    body = []
    for record in verdicts.reset_index().to_dict("records"):
        site = str(record["site_id"])
        cells = [f"<td>{escape(named(site, names, lang))}</td>"]
        cells.append(f'<td style="text-align:right">{int(pupils[site]):,}</td>')
        cells += [_cell(str(record[g]), lang) for g in (*GATE_NAMES, "verdict")]
        body.append(f"<tr>{''.join(cells)}</tr>")
    heads = "".join(f"<th>{escape(c)}</th>" for c in columns)
    loud = rows[rows["verdict"].isin(["fail", "unknown"])]
    items = "".join(
        f"<li>{signed(r['verdict'])} {escape(_said(r, lang, names))} "
        f"<small>{escape(r['source'])}</small></li>"
        for r in loud.to_dict("records")
    )
    return framed(
        f"<p>{escape(head)}</p><table><thead><tr>{heads}</tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table><ul>{items}</ul>"
    )


def framed(inner: str) -> str:
    """Put HTML into a frame whose tables read from the left, as text does.

    Parameters
    ----------
    inner
        The HTML, escaped.

    Returns
    -------
    str
        The frame.
    """
    style = ".closures td,.closures th{text-align:left;vertical-align:top}"
    return f'<div class="closures"><style>{style}</style>{inner}</div>'


def signed(verdict: str) -> str:
    """Give the sign of a verdict in its colour.

    Parameters
    ----------
    verdict
        The verdict.

    Returns
    -------
    str
        HTML.
    """
    sign, colour = SIGNS[verdict]
    return f'<span style="color:{colour};font-weight:bold">{sign}</span>'


def _where(pupils: int, receivers: str) -> str:
    if not pupils:
        return "nobody"
    return "receivers" if receivers else "nowhere"


def _said(row: Mapping[Hashable, Any], lang: Language, names: Mapping[str, str]) -> str:
    school, gate = named(str(row["site_id"]), names, lang), say(f"gate.{row['gate']}", lang)
    return say("gates.said", lang, school=school, gate=gate, finding=row["finding"])


def _cell(verdict: str, lang: Language) -> str:
    return f"<td>{signed(verdict)} {escape(say(f'verdict.{verdict}', lang))}</td>"
