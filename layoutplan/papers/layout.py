"""How papers look: pages, type and numbering of official documents (GB/T 9704-2012)."""

import io
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from layoutplan.papers.paper import Look
from layoutplan.words import Language

PAGE_MM: Final = (210, 297)
"""A4 (GB/T 9704-2012, 5.1)."""

MARGINS_MM: Final = MappingProxyType({"top": 37, "bottom": 35, "left": 28, "right": 26})
"""Margins that leave 156 mm x 225 mm for text (GB/T 9704-2012, 5.2.1)."""

SHEET_MARGINS_MM: Final = MappingProxyType({"top": 20, "bottom": 18, "left": 22, "right": 22})
"""Margins of sheets of tables, which are annexes and not letters."""

LATIN: Final = "Times New Roman"

SONG, FANG, HEI, KAI = "宋体", "仿宋", "黑体", "楷体"

ALTERNATES: Final = MappingProxyType(
    {
        SONG: "SimSun,方正小标宋简体,Songti SC,Noto Serif CJK SC,Source Han Serif SC",
        FANG: "FangSong,仿宋_GB2312,STFangsong,Noto Serif CJK SC,Source Han Serif SC",
        HEI: "SimHei,Heiti SC,Noto Sans CJK SC,Source Han Sans SC,WenQuanYi Zen Hei",
        KAI: "KaiTi,楷体_GB2312,STKaiti,AR PL UKai CN,Noto Serif CJK SC",
    }
)
"""What a reader's machine may take where it lacks a typeface."""


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Sizes of a look.

    Parameters
    ----------
    title, heading, body, cell
        Type in points.
    line
        The distance of lines of text in points.
    """

    title: float
    heading: float
    body: float
    cell: float
    line: float


SIZES: Final[MappingProxyType[Look, Sizes]] = MappingProxyType(
    {
        "letter": Sizes(title=22, heading=16, body=16, cell=10.5, line=28.95),
        "sheet": Sizes(title=18, heading=12, body=10.5, cell=9, line=16),
    }
)
"""Type sizes 2 and 3 with 22 lines a page (GB/T 9704-2012, 5.2.2 and 5.2.3), and smaller ones."""


def text_width_mm(look: Look) -> float:
    """Give the width that text has.

    Parameters
    ----------
    look
        The look.

    Returns
    -------
    float
        Millimetres.

    Examples
    --------
    >>> text_width_mm("letter")
    156
    """
    margins = margins_mm(look)
    return PAGE_MM[0] - margins["left"] - margins["right"]


def margins_mm(look: Look) -> MappingProxyType[str, int]:
    """Give the margins of a look.

    Parameters
    ----------
    look
        The look.

    Returns
    -------
    Mapping
        Side to millimetres.
    """
    return MARGINS_MM if look == "letter" else SHEET_MARGINS_MM


@cache
def prepared(look: Look, lang: Language) -> bytes:
    """Make an empty document with all styles, once; papers start from a copy of it.

    Parameters
    ----------
    look
        The look.
    lang
        The language.

    Returns
    -------
    bytes
        The document.
    """
    document = Document()
    _page(document, look)
    _styles(document, SIZES[look], lang)
    _page_numbers(document)
    _font_table(document)
    _only_used(document)
    for leftover in list(document.element.body):
        if leftover.tag != qn("w:sectPr"):
            document.element.body.remove(leftover)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _page(document: Any, look: Look) -> None:  # noqa: ANN401 - python-docx is loosely typed
    section = document.sections[0]
    section.page_width, section.page_height = Mm(PAGE_MM[0]), Mm(PAGE_MM[1])
    margins = margins_mm(look)
    section.top_margin, section.bottom_margin = Mm(margins["top"]), Mm(margins["bottom"])
    section.left_margin, section.right_margin = Mm(margins["left"]), Mm(margins["right"])
    section.footer_distance = Mm(margins["bottom"] - 10)
    document.settings.odd_and_even_pages_header_footer = True


def _styles(document: Any, sizes: Sizes, lang: Language) -> None:  # noqa: ANN401
    chinese = lang == "zh"
    styles = document.styles
    normal = styles["Normal"]
    _type(normal, FANG, sizes.body)
    _lines(normal, sizes.line)
    _marked_language(normal, lang)
    _type(styles["Title"], SONG, sizes.title, bold=True)
    _lines(styles["Title"], sizes.title * 1.4, after=sizes.line)
    styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    borders = styles["Title"].element.pPr.find(qn("w:pBdr"))
    if borders is not None:
        styles["Title"].element.pPr.remove(borders)
    for level, face in ((1, HEI), (2, KAI)):
        style = styles[f"Heading {level}"]
        _type(style, face, sizes.heading, bold=not chinese)
        _lines(style, sizes.line, before=sizes.line / 4)
        style.paragraph_format.keep_with_next = True
        _indent(style, chinese=chinese)
    for name, face, size, align in (
        ("LP Body", FANG, sizes.body, WD_ALIGN_PARAGRAPH.JUSTIFY),
        ("LP Missing", KAI, sizes.body, WD_ALIGN_PARAGRAPH.JUSTIFY),
        ("LP Left", FANG, sizes.body, WD_ALIGN_PARAGRAPH.LEFT),
        ("LP Right", FANG, sizes.body, WD_ALIGN_PARAGRAPH.RIGHT),
        ("LP Centre", FANG, sizes.body, WD_ALIGN_PARAGRAPH.CENTER),
        ("LP Caption", HEI, sizes.cell, WD_ALIGN_PARAGRAPH.CENTER),
        ("LP Picture", FANG, sizes.cell, WD_ALIGN_PARAGRAPH.CENTER),
        ("LP Note", FANG, sizes.cell, WD_ALIGN_PARAGRAPH.LEFT),
        ("LP Cell", FANG, sizes.cell, WD_ALIGN_PARAGRAPH.LEFT),
        ("LP Number", FANG, sizes.cell, WD_ALIGN_PARAGRAPH.RIGHT),
        ("LP Head", HEI, sizes.cell, WD_ALIGN_PARAGRAPH.CENTER),
    ):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        _type(style, face, size, italic=name == "LP Missing" and not chinese)
        style.paragraph_format.alignment = align
        if name in ("LP Body", "LP Missing"):
            _indent(style, chinese=chinese)
        if size == sizes.cell:
            _single(style)
        if name == "LP Caption":
            style.paragraph_format.keep_with_next = True
            style.paragraph_format.space_before = Pt(sizes.cell / 2)
    for name in ("LP Picture", "LP Head"):
        styles[name].paragraph_format.keep_with_next = True


_BASE: Final = ("Normal", "Title", "Heading1", "Heading2", "Footer", "TableGrid")
_NEEDLESS: Final = ("stylesWithEffects", "customXml", "numbering", "thumbnail")
_WORDML: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _only_used(document: Any) -> None:  # noqa: ANN401
    """Take out the styles and parts of the template that papers do not use, most of its size."""
    styles = document.styles.element
    known = {style.get(f"{_WORDML}styleId"): style for style in styles.style_lst}
    used: set[str] = set()
    wanted = [
        name for name, style in known.items()
        if name in _BASE or name.startswith("LP") or style.get(f"{_WORDML}default") == "1"
    ]  # fmt: skip
    while wanted:
        name = wanted.pop()
        if name not in used:
            used.add(name)
            tied = (known[name].find(f"{_WORDML}{k}") for k in ("basedOn", "next", "link"))
            wanted += [tie.get(f"{_WORDML}val") for tie in tied if tie is not None]
    for name in known.keys() - used:
        styles.remove(known[name])
    for holder in (document.part, document.part.package):
        for key, relation in list(holder.rels.items()):
            if relation.reltype.rpartition("/")[2] in _NEEDLESS:
                holder.rels.pop(key)


def _type(style: Any, face: str, size: float, *, bold: bool = False, italic: bool = False) -> None:  # noqa: ANN401
    style.font.name = LATIN
    style.font.size = Pt(size)
    style.font.bold, style.font.italic = bold, italic
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.rPr.rFonts
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), face)
    fonts.set(qn("w:cs"), LATIN)


def _lines(style: Any, points: float, *, before: float = 0, after: float = 0) -> None:  # noqa: ANN401
    form = style.paragraph_format
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    form.line_spacing = Pt(points)
    form.space_before, form.space_after = Pt(before), Pt(after)


def _single(style: Any) -> None:  # noqa: ANN401
    style.paragraph_format.line_spacing = 1.0
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE


def _indent(style: Any, *, chinese: bool) -> None:  # noqa: ANN401
    """Indent the first line by two characters, as Chinese text is."""
    if not chinese:
        return
    indent = style.element.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), str(int(style.font.size.pt * 2 * 20)))


def _marked_language(style: Any, lang: Language) -> None:  # noqa: ANN401
    mark = OxmlElement("w:lang")
    mark.set(qn("w:val"), "en-US" if lang == "zh" else "en-GB")
    mark.set(qn("w:eastAsia"), "zh-CN")
    style.element.get_or_add_rPr().append(mark)


def _page_numbers(document: Any) -> None:  # noqa: ANN401
    """Put numbers at the foot: odd pages on the right, even ones on the left (7.5)."""
    section = document.sections[0]
    for footer, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = align
        face = (
            f'<w:rFonts w:ascii="{SONG}" w:hAnsi="{SONG}" w:eastAsia="{SONG}"/><w:sz w:val="28"/>'
        )
        dash, number = (
            f'<w:r><w:rPr>{face}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'
            for text in ("{}", "1")
        )
        field = f'<w:fldSimple w:instr="PAGE">{number}</w:fldSimple>'
        whole = f"<w:p {nsdecls('w')}>{dash.format('— ')}{field}{dash.format(' —')}</w:p>"
        for part in parse_xml(whole):
            paragraph.paragraph_format.element.append(part)


def _font_table(document: Any) -> None:  # noqa: ANN401
    """Name alternates in the font table, so that any machine finds a typeface."""
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/fontTable"):
            fonts = "".join(
                f'<w:font w:name="{face}"><w:altName w:val="{other}"/>'
                f'<w:charset w:val="86"/><w:family w:val="auto"/></w:font>'
                for face, other in ALTERNATES.items()
            )
            text = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts {nsdecls("w")}>{fonts}</w:fonts>'  # noqa: E501
            relation.target_part._blob = text.encode()  # noqa: SLF001
