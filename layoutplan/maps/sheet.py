"""A sheet of pixels to draw a still picture on: areas, lines, signs, then texts."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from layoutplan.maps.fonts import Face
from layoutplan.maps.look import look, strokes

_FINER: Final = 2
"""Shapes are drawn so many times larger and reduced, which smooths their edges."""

_SIGN_WIDTH: Final = 0.24
_BOLD: Final = 0.02
_BOLDER: Final = 1.06
"""By how much bold letters are wider."""

_SMALLEST: Final = 0.7
_UNITS: Final = 1000

Points = NDArray[np.float64]


class Sheet:
    """A sheet to draw on. Places are pixels; widths and sizes thousandths of the width.

    Parameters
    ----------
    width, height
        Pixels.
    face
        The font.
    """

    def __init__(self, width: int, height: int, face: Face) -> None:
        self.width, self.height, self.face = width, height, face
        self.unit = width / _UNITS
        self._bold = face.bold()
        self._fine = Image.new("RGB", (width * _FINER, height * _FINER), "#ffffff")
        self._draw = ImageDraw.Draw(self._fine)
        self._texts: list[tuple[float, float, str, dict[str, Any]]] = []

    def area(self, points: Points, colour: str) -> None:
        """Fill an area.

        Parameters
        ----------
        points
            Its corners, shape (corners, 2).
        colour
            The colour.
        """
        self._draw.polygon((points * _FINER).ravel().tolist(), fill=colour)

    def line(
        self,
        points: Points,
        colour: str,
        *,
        width: float,
        dashes: tuple[float, float] | None = None,
    ) -> None:
        """Draw a line.

        Parameters
        ----------
        points
            Its corners, shape (corners, 2).
        colour
            The colour.
        width
            Its width.
        dashes
            Lengths of dashes and gaps.
        """
        wide = max(1, round(width * self.unit * _FINER))
        fine = points * _FINER
        pieces = [fine] if dashes is None else _dashed(fine, np.array(dashes) * self.unit * _FINER)
        for piece in pieces:
            self._draw.line(piece.ravel().tolist(), fill=colour, width=wide, joint="curve")

    def glyph(
        self, x: float, y: float, style: Mapping[str, Any], *, size: float, turn: float = 0.0
    ) -> None:
        """Draw a sign.

        Parameters
        ----------
        x, y
            Its middle.
        style
            ``shape`` and, where wanted, ``fill``, ``stroke``, ``width``, ``sign``, ``ink``.
        size
            Its radius.
        turn
            By how much it is turned, radians.
        """
        room = 2 * size * self.unit
        if not (-room < x < self.width + room and -room < y < self.height + room):
            return
        scale = size * self.unit * _FINER
        rotate = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        middle = np.array([x, y]) * _FINER

        def placed(path: str) -> list[Points]:
            return [stroke @ rotate * scale + middle for stroke in strokes(path)]

        for outline in placed(look()["shapes"][style["shape"]]):
            if style.get("fill"):
                self._draw.polygon(outline.ravel().tolist(), fill=style["fill"])
            if style.get("stroke"):
                wide = max(1, round(style["width"] * self.unit * _FINER))
                ring = np.vstack([outline, outline[1:2]])
                self._draw.line(
                    ring.ravel().tolist(), fill=style["stroke"], width=wide, joint="curve"
                )
        if style.get("sign"):
            wide = max(1, round(scale * _SIGN_WIDTH))
            for stroke in placed(look()["signs"][style["sign"]]):
                self._draw.line(
                    stroke.ravel().tolist(), fill=style["ink"], width=wide, joint="curve"
                )

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float,
        colour: str,
        anchor: str = "lm",
        bold: bool = False,
        halo: bool = False,
    ) -> None:
        """Write a text, over all shapes.

        Parameters
        ----------
        x, y
            Where its anchor is.
        text
            The text.
        size
            Its height.
        colour
            The colour.
        anchor
            As Pillow names it.
        bold
            Whether it is to be bold.
        halo
            Whether it gets a white edge, for the map.
        """
        options = {"size": size, "colour": colour, "anchor": anchor, "bold": bold, "halo": halo}
        self._texts.append((x, y, text, options))

    def text_width(self, text: str, size: float) -> float:
        """Measure a text.

        Parameters
        ----------
        text
            The text.
        size
            Its height.

        Returns
        -------
        float
            Pixels.
        """
        return self.face.width(text, size * self.unit)

    def fitting(self, text: str, size: float, room: float, *, bold: bool = False) -> float:
        """Choose the size of a text for the room there is.

        Parameters
        ----------
        text
            The text.
        size
            The height it should have.
        room
            Pixels.
        bold
            Whether it is to be bold.

        Returns
        -------
        float
            The height, or a smaller one that can still be read.
        """
        wide = self.text_width(text, size) * (_BOLDER if bold else 1.0)
        return size if wide <= room else max(size * room / wide, size * _SMALLEST)

    def fitted(self, text: str, size: float, room: float) -> str:
        """Shorten a text to the room there is.

        Parameters
        ----------
        text
            The text.
        size
            Its height.
        room
            Pixels.

        Returns
        -------
        str
            The text, or its beginning with an ellipsis.
        """
        if self.text_width(text, size) <= room:
            return text
        kept = text
        while kept and self.text_width(f"{kept}…", size) > room:
            kept = kept[: max(0, min(len(kept) - 1, int(len(kept) * 0.9)))]
        return f"{kept.rstrip()}…"

    def keep(self, left: int, top: int, right: int, bottom: int, colour: str) -> None:
        """Paint over all that lies outside a frame.

        Parameters
        ----------
        left, top, right, bottom
            The frame.
        colour
            What is painted over the rest.
        """
        wide, high = self.width, self.height
        for box in (
            (0, 0, wide, top),
            (0, bottom, wide, high),
            (0, 0, left, high),
            (right, 0, wide, high),
        ):
            if box[2] > box[0] and box[3] > box[1]:
                fine = [box[0], box[1], box[2], box[3]]
                self._draw.rectangle([v * _FINER for v in fine], fill=colour)

    def picture(self) -> Image.Image:
        """Give the picture.

        Returns
        -------
        PIL.Image.Image
            Shapes, and texts over them.
        """
        done = self._fine.reduce(_FINER)
        for x, y, text, options in self._texts:
            pixels, anchor = options["size"] * self.unit, options["anchor"]
            # Bold faces are not on every machine: a stroke stands in for them.
            thick = max(1, round(pixels * _BOLD)) if options["bold"] and self._bold is None else 0
            face = self._bold if options["bold"] and self._bold is not None else self.face
            edge = thick + max(1, round(pixels * 0.13)) if options["halo"] else 0
            for colour, wide in (("#ffffff", edge), (options["colour"], thick)):
                if wide or colour == options["colour"]:
                    mask, left, top = face.mask(text, pixels, anchor=anchor, thick=wide)
                    done.paste(colour, (round(x) + left, round(y) + top), mask)
        return done


def _dashed(points: Points, lengths: NDArray[np.float64]) -> list[Points]:
    """Cut a line into dashes."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    if along[-1] <= 0:
        return []
    begins = np.arange(0.0, along[-1], lengths.sum())
    ends = np.minimum(begins + lengths[0], along[-1])
    if len(points) == 2:  # noqa: PLR2004 - a straight line, as most of them are
        shares = np.column_stack([begins, ends]) / along[-1]
        return list(points[0] + shares[:, :, None] * (points[1] - points[0]))
    pieces = []
    for begin, end in zip(begins, ends, strict=True):
        inner = along[(along > begin) & (along < end)]
        at = np.concatenate([[begin], inner, [end]])
        pieces.append(np.column_stack([np.interp(at, along, points[:, n]) for n in range(2)]))
    return pieces
