"""A paper as a Word document: built as XML in one go, the same bytes for the same paper."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from layoutplan.papers.docx_parts import PicturesOfOne, mould_of, write_parts
from layoutplan.papers.layout import SIZES, text_width_mm
from layoutplan.papers.paper import Block, Grid, Heading, Look, NewPage, Paper, Picture, Seal, Text
from layoutplan.reports.plain_text import legal
from layoutplan.reports.whole import whole_file
from layoutplan.words import Language, say

_TONES: Final = {
    "body": "LPBody", "note": "LPNote", "missing": "LPMissing", "centre": "LPCentre",
    "right": "LPRight", "left": "LPLeft",
}  # fmt: skip
_TWIPS_PER_MM: Final = 1440 / 25.4
_WHOLE_ROW: Final = 150
"""Letters of a cell up to which a row stays on one page."""

_SHORT: Final = 8
"""Rows up to which a table stays on one page."""

_HEAD_FILL, _MARK_FILL = "DDE6EE", "FFF2CC"


def write_word(paper: Paper, path: Path) -> Path:
    """Write a paper as a Word document, whole or not at all.

    Parameters
    ----------
    paper
        The paper.
    path
        The file.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    DataError
        If the file cannot be written, as when it is open in Word.
    """
    with whole_file(path) as part:
        save_word(paper, part)
    return path


def save_word(paper: Paper, path: Path) -> None:
    """Write a paper as a Word document to a place that is put right by the caller.

    Parameters
    ----------
    paper
        The paper.
    path
        The file.
    """
    pictures = PicturesOfOne()
    parts = [_paragraph(paper.above, "LPCentre")] if paper.above else []
    parts.append(_paragraph(paper.title, "Title"))
    parts += [x for block in paper.numbered() for x in _block(block, paper, pictures)]
    mould = mould_of(paper.look, paper.lang)
    write_parts(path, mould, "".join(parts), pictures=pictures, title=paper.title, lang=paper.lang)


def _block(block: Block, paper: Paper, pictures: PicturesOfOne) -> Iterator[str]:
    if isinstance(block, Heading):
        yield _paragraph(block.text, f"Heading{block.level}")
    elif isinstance(block, Text):
        for line in block.text.split("\n"):
            yield _paragraph(line, _TONES[block.tone])
    elif isinstance(block, Grid):
        if block.caption:
            yield _paragraph(block.caption, "LPCaption")
        yield _table(block, paper.look)
        yield _paragraph("", "LPNote")
    elif isinstance(block, Picture):
        drawn = pictures.drawn(block.png, width_mm=block.width_mm, text=block.text)
        yield f'<w:p><w:pPr><w:pStyle w:val="LPPicture"/></w:pPr><w:r>{drawn}</w:r></w:p>'
        if block.caption:
            yield _paragraph(block.caption, "LPCaption", keep=False)
    elif isinstance(block, Seal):
        yield from _seal(block, paper.look, paper.lang)
    elif isinstance(block, NewPage):
        yield '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'


def _paragraph(text: str, style: str, *, keep: bool = True, more: str = "", run: str = "") -> str:
    form = f'<w:pStyle w:val="{style}"/>' + ("" if keep else '<w:keepNext w:val="0"/>') + more
    told = _run(text, run) if text else ""
    return f"<w:p><w:pPr>{form}</w:pPr>{told}</w:p>"


def _run(text: str, look: str = "") -> str:
    look = f"<w:rPr>{look}</w:rPr>" if look else ""
    lines = legal(text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").split("\n")
    inner = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(t)}</w:t>' for t in lines)
    return f"<w:r>{look}{inner}</w:r>"


def _table(grid: Grid, look: Look) -> str:
    whole = text_width_mm(look) * _TWIPS_PER_MM
    share = whole / sum(grid.widths)
    widths = [round(w * share) for w in grid.widths]
    columns = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    head = _row(grid.head, widths, ["LPHead"] * len(widths), fill=_HEAD_FILL, head=True)
    styles = ["LPNumber" if i in grid.numbers else "LPCell" for i in range(len(widths))]
    end = len(grid.rows) - 1
    rows = "".join(
        _row(
            row, widths, styles,
            fill=_MARK_FILL if i in grid.marked else "",
            bold=grid.total and i == end,
            keep=end < _SHORT and i < end,
        )
        for i, row in enumerate(grid.rows)
    )  # fmt: skip
    margins = "".join(f'<w:{s} w:w="57" w:type="dxa"/>' for s in ("left", "right"))
    form = (
        '<w:tblStyle w:val="TableGrid"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar>'
    )
    return f"<w:tbl><w:tblPr>{form}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{head}{rows}</w:tbl>"


def _row(
    cells: Sequence[str],
    widths: Sequence[int],
    styles: Sequence[str],
    *,
    fill: str = "",
    head: bool = False,
    bold: bool = False,
    keep: bool = False,
) -> str:
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    look, together = "<w:b/>" if bold else "", "<w:keepNext/>" if keep else ""
    inner = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}<w:vAlign w:val="center"/>'
        f"</w:tcPr>{_paragraph(text, style, more=together, run=look)}</w:tc>"
        for text, width, style in zip(cells, widths, styles, strict=True)
    )
    # A row that is taller than what is left of a page may go on, or it would leave a gap.
    whole = max(map(len, cells), default=0) <= _WHOLE_ROW
    form = ("<w:cantSplit/>" if whole else "") + ("<w:tblHeader/>" if head else "")
    return f"<w:tr><w:trPr>{form}</w:trPr>{inner}</w:tr>"


def _seal(seal: Seal, look: Look, lang: Language) -> Iterator[str]:
    """Sign, seal and date: on the right, four characters in (GB/T 9704-2012, 7.3.5)."""
    yield _paragraph("", "LPNote")
    indent = round(SIZES[look].body * 4 * 20)
    place = f'<w:keepNext/><w:ind w:right="{indent}" w:rightChars="400"/>'
    yield _paragraph(seal.office or say("papers.seal.office", lang), "LPRight", more=place)
    yield _paragraph(seal.date or say("papers.seal.date", lang), "LPRight", more=place)
