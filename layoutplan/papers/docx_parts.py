"""A Word document put together: parts that are always the same, and those that a paper changes."""

import io
import re
import struct
import zipfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from layoutplan.papers.layout import prepared
from layoutplan.papers.paper import Look
from layoutplan.repeatable_workbook import MADE
from layoutplan.reports.plain_text import legal
from layoutplan.words import Language

_DOCUMENT: Final = "word/document.xml"
_RELATIONS: Final = "word/_rels/document.xml.rels"
_TYPES: Final = "[Content_Types].xml"
_CORE: Final = "docProps/core.xml"
_EMU_PER_MM: Final = 36_000
_TITLE_MAX: Final = 255
_DRAWN: Final = "http://schemas.openxmlformats.org/drawingml/2006"
_IMAGE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
_PNG: Final = b'<Default Extension="png" ContentType="image/png"/>'


@dataclass(frozen=True, kw_only=True)
class Mould:
    """An empty document in parts.

    Parameters
    ----------
    parts
        Its files by name, in their order.
    before, after
        The text of the document around what a paper holds.
    """

    parts: tuple[tuple[str, bytes], ...] = field(repr=False)
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)


@cache
def mould_of(look: Look, lang: Language) -> Mould:
    """Take the empty document of a look apart, once.

    Parameters
    ----------
    look
        The look.
    lang
        The language.

    Returns
    -------
    Mould
        Its parts.
    """
    with zipfile.ZipFile(io.BytesIO(prepared(look, lang))) as made:
        parts = tuple((item.filename, made.read(item)) for item in made.infolist())
    text = dict(parts)[_DOCUMENT]
    at = text.rindex(b"<w:sectPr")
    return Mould(parts=parts, before=text[:at], after=text[at:])


class PicturesOfOne:
    """The pictures of one document, numbered as they come."""

    def __init__(self) -> None:
        self.files: list[bytes] = []

    def drawn(self, png: bytes, *, width_mm: float, text: str) -> str:
        """Take a picture in and give the XML that draws it.

        Parameters
        ----------
        png
            The picture.
        width_mm
            How wide it is on paper.
        text
            What it shows.

        Returns
        -------
        str
            XML.
        """
        self.files.append(png)
        number = len(self.files)
        pixels = struct.unpack(">II", png[16:24])  # the header of a PNG (RFC 2083, 4.1.1)
        wide = round(width_mm * _EMU_PER_MM)
        size = f'cx="{wide}" cy="{round(wide * pixels[1] / pixels[0])}"'
        told = quoteattr(legal(text))
        return (
            f'<w:drawing><wp:inline><wp:extent {size}/><wp:docPr id="{number}" '
            f'name="Picture {number}" descr={told}/>'
            f'<a:graphic xmlns:a="{_DRAWN}/main"><a:graphicData uri="{_DRAWN}/picture">'
            f'<pic:pic xmlns:pic="{_DRAWN}/picture"><pic:nvPicPr><pic:cNvPr id="{number}" '
            f'name="image{number}.png"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
            f'<a:blip r:embed="{_relation(number)}"/><a:stretch><a:fillRect/></a:stretch>'
            f'</pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
            "</a:graphicData></a:graphic></wp:inline></w:drawing>"
        )


def write_parts(
    path: Path, mould: Mould, body: str, *, pictures: PicturesOfOne, title: str, lang: Language
) -> None:
    """Write a document: the same bytes for the same text and pictures.

    Parameters
    ----------
    path
        The file.
    mould
        The empty document.
    body
        What it holds, as XML.
    pictures
        Its pictures.
    title
        Its title.
    lang
        Its language.
    """
    changed = {
        _DOCUMENT: mould.before + body.encode() + mould.after,
        _CORE: _core(title, lang),
    }
    with zipfile.ZipFile(path, "w") as out:
        for name, content in mould.parts:
            whole = changed.get(name, content)
            if name == _RELATIONS:
                whole = _with_pictures(content, len(pictures.files))
            elif name == _TYPES and pictures.files and _PNG not in content:
                whole = re.sub(rb"(<Types[^>]*>)", rb"\1" + _PNG, content, count=1)
            _add(out, name, whole, zipfile.ZIP_DEFLATED)
        for number, png in enumerate(pictures.files, 1):
            _add(out, f"word/media/image{number}.png", png, zipfile.ZIP_STORED)


def _add(out: zipfile.ZipFile, name: str, content: bytes, how: int) -> None:
    entry = zipfile.ZipInfo(name, date_time=(MADE.year, MADE.month, MADE.day, 0, 0, 0))
    entry.compress_type = how
    out.writestr(entry, content)


def _relation(number: int) -> str:
    return f"picture{number}"


def _with_pictures(relations: bytes, number: int) -> bytes:
    more = "".join(
        f'<Relationship Id="{_relation(n)}" Type="{_IMAGE}" Target="media/image{n}.png"/>'
        for n in range(1, number + 1)
    )
    return relations.replace(b"</Relationships>", more.encode() + b"</Relationships>")


def _core(title: str, lang: Language) -> bytes:
    stamp = MADE.strftime("%Y-%m-%dT%H:%M:%SZ")
    moments = "".join(
        f'<dcterms:{what} xsi:type="dcterms:W3CDTF">{stamp}</dcterms:{what}>'
        for what in ("created", "modified")
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties '
        'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(legal(title)[:_TITLE_MAX])}</dc:title>"
        f"<dc:creator>layoutplan</dc:creator><cp:lastModifiedBy/><cp:revision>1</cp:revision>"
        f"{moments}<dc:language>{'zh-CN' if lang == 'zh' else 'en-GB'}</dc:language>"
        "</cp:coreProperties>"
    ).encode()
