"""Fonts of the machine for still pictures: one that has the characters of the county's names."""

import math
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.words import Language, has_han

CHINESE_FILES: Final = (
    "msyh*.tt[cf]",
    "NotoSansCJK-Regular.tt[cf]",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansSC*.[ot]tf",
    "SourceHanSans*-Regular.[ot]t[cf]",
    "SourceHanSansSC*.[ot]tf",
    "PingFang.ttc",
    "Hiragino Sans GB.ttc",
    "STHeiti*.ttc",
    "Deng.ttf",
    "simhei.ttf",
    "wqy-*.tt[cf]",
    "DroidSansFallback*.ttf",
    "NotoSerifCJK-Regular.tt[cf]",
    "simsun.tt[cf]",
    "Arial Unicode.ttf",
    "uming.ttc",
    "ukai.ttc",
)
"""Files of fonts with simplified Chinese, the better ones on a map first."""

_BOLD_NAMES: Final = (("-Regular.", "-Bold."), ("msyh.", "msyhbd."), ("Deng.", "Dengb."))
_REGIONS: Final = (" SC", " CN", " GB")
_FACES_MAX: Final = 12
_WIDTHS_KEPT: Final = 65_536
_MASKS_KEPT: Final = 4_096


def _folders() -> Iterator[Path]:
    """Give the folders in which systems keep fonts."""
    home = Path.home()
    if sys.platform == "win32":
        yield Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"
        yield Path(os.environ.get("LOCALAPPDATA", str(home))) / "Microsoft/Windows/Fonts"
    elif sys.platform == "darwin":
        yield from (home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts"))
        yield Path("/System/Library/AssetsV2")
    else:
        yield from (home / ".local/share/fonts", home / ".fonts")
        yield from (Path("/usr/local/share/fonts"), Path("/usr/share/fonts"))


@cache
def chinese_font() -> tuple[str, int] | None:
    """Find a font of the machine that has simplified Chinese.

    Returns
    -------
    tuple of str and int, or None
        The file and the number of the face in it; None where the machine has none.
    """
    here = [folder for folder in _folders() if folder.is_dir()]
    for pattern in CHINESE_FILES:
        for folder in here:
            for path in sorted(folder.rglob(pattern)):
                face = _face(path)
                if face is not None:
                    return str(path), face
    return None


def _face(path: Path) -> int | None:
    """Give the face for mainland China of a file, the first where none says so."""
    names = []
    for number in range(_FACES_MAX):
        try:
            names.append(ImageFont.truetype(str(path), 10, index=number).getname()[0] or "")
        except OSError:
            break
    if not names:
        return None
    mainland = [n for n, name in enumerate(names) if name.endswith(_REGIONS)]
    return mainland[0] if mainland else 0


@dataclass(frozen=True, kw_only=True)
class Face:
    """A font's file and the face in it; the plain Latin one of Pillow where there is no file.

    Parameters
    ----------
    path
        The file.
    number
        The face.
    """

    path: str | None
    number: int

    def bold(self) -> "Face | None":
        """Give the bold font that came with this one, if there is one.

        Returns
        -------
        Face or None
            The font.
        """
        return None if self.path is None else _bold_of(self.path)

    def width(self, text: str, pixels: float) -> float:
        """Measure a text.

        Parameters
        ----------
        text
            The text.
        pixels
            The height of the letters' em.

        Returns
        -------
        float
            Pixels.
        """
        return _measured(self, text, max(1, round(pixels)))

    def mask(
        self, text: str, pixels: float, *, anchor: str, thick: int
    ) -> tuple[Image.Image, int, int]:
        """Give a text as a picture of where its colour goes; names stand on many pictures.

        Parameters
        ----------
        text
            The text.
        pixels
            The height of the letters' em.
        anchor
            As Pillow names it.
        thick
            By how many pixels the letters are thickened all around.

        Returns
        -------
        PIL.Image.Image, int, int
            The picture, and its left upper corner from the text's anchor.
        """
        return _masked(self, text, max(1, round(pixels)), anchor, thick)

    def at(self, pixels: float) -> ImageFont.FreeTypeFont:
        """Give the font in one size.

        Parameters
        ----------
        pixels
            The height of the letters' em.

        Returns
        -------
        PIL.ImageFont.FreeTypeFont
            The font.
        """
        return _sized(self.path, self.number, max(1, round(pixels)))


def face_for(texts: Iterable[str], *, font: str | Path | None, lang: Language) -> Face:
    """Choose the font of a picture.

    Parameters
    ----------
    texts
        Everything that may be written.
    font
        A file of a font instead of one of the machine's.
    lang
        The language of messages.

    Returns
    -------
    Face
        The font.

    Raises
    ------
    OptionsError
        If the file is no font, or texts are Chinese and the machine has no such font.
    """
    if font is not None:
        number = _face(Path(font))
        if number is None:
            values = {"font": Path(font).name}
            raise OptionsError(Finding(code="picture_font_unreadable", values=values), lang=lang)
        return Face(path=str(font), number=number)
    found = chinese_font()
    if found is None and has_han(texts):
        raise OptionsError(Finding(code="picture_without_font"), lang=lang)
    return Face(path=found[0], number=found[1]) if found else Face(path=None, number=0)


@cache
def _bold_of(file: str) -> Face | None:
    path = Path(file)
    for plain, bold in _BOLD_NAMES:
        beside = path.with_name(path.name.replace(plain, bold))
        if beside != path and beside.is_file():
            return Face(path=str(beside), number=_face(beside) or 0)
    return None


@lru_cache(maxsize=_WIDTHS_KEPT)
def _measured(face: Face, text: str, pixels: int) -> float:
    return float(face.at(pixels).getlength(text))


@lru_cache(maxsize=_MASKS_KEPT)
def _masked(
    face: Face, text: str, pixels: int, anchor: str, thick: int
) -> tuple[Image.Image, int, int]:
    font = face.at(pixels)
    box = font.getbbox(text, anchor=anchor, stroke_width=thick)
    left, top = (math.floor(v) for v in box[:2])
    size = (max(1, math.ceil(box[2]) - left), max(1, math.ceil(box[3]) - top))
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).text(
        (-left, -top), text, fill=255, font=font, anchor=anchor, stroke_width=thick
    )
    return mask, left, top


@cache
def _sized(path: str | None, number: int, pixels: int) -> ImageFont.FreeTypeFont:
    if path is not None:
        return ImageFont.truetype(path, pixels, index=number)
    font = ImageFont.load_default(pixels)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError(type(font).__name__)
    return font
