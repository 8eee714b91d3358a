"""What a paper holds, before it becomes Word or a page: headings, text, tables, pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from layoutplan.words import Language, say

Look = Literal["letter", "sheet"]
"""``letter`` has the sizes of an official document, ``sheet`` smaller ones for tables."""

Tone = Literal["body", "note", "missing", "centre", "right", "left"]

HEADING_LEVELS: Final = 2
"""How deep the headings of a paper go."""


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading, which is numbered where the paper is written.

    Parameters
    ----------
    text
        The text.
    level
        1 or 2.
    """

    text: str
    level: int = 1


@dataclass(frozen=True, kw_only=True)
class Text:
    """A paragraph.

    Parameters
    ----------
    text
        The text; it is written as text whatever it holds.
    tone
        ``body``; ``note`` is smaller; ``missing`` says what is not known; ``centre``,
        ``right`` and ``left`` stand as they say, without an indent.
    """

    text: str
    tone: Tone = "body"


@dataclass(frozen=True, eq=False, kw_only=True)
class Grid:
    """A table of texts.

    Parameters
    ----------
    head
        The headings.
    rows
        The cells, row by row.
    widths
        How wide the columns are beside each other.
    numbers
        Positions of the columns that stand on the right.
    total
        Whether the last row sums up the others.
    marked
        Positions of rows to be seen at once.
    caption
        What stands above it.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    numbers: frozenset[int] = frozenset()
    total: bool = False
    marked: frozenset[int] = frozenset()
    caption: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Picture:
    """A picture.

    Parameters
    ----------
    png
        The file.
    width_mm
        How wide it is on paper.
    text
        What it shows, for those who cannot see it.
    caption
        What stands below it.
    """

    png: bytes = field(repr=False)
    width_mm: float
    text: str
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class Seal:
    """The place where a bureau signs, seals and dates.

    Parameters
    ----------
    office
        Who signs; a line to fill in where empty.
    date
        The date in words; a line to fill in where empty.
    """

    office: str = ""
    date: str = ""


@dataclass(frozen=True, kw_only=True)
class NewPage:
    """A new page."""


Block = Heading | Text | Grid | Picture | Seal | NewPage


@dataclass(frozen=True, eq=False, kw_only=True)
class Paper:
    """One document: the same for Word and for a page.

    Parameters
    ----------
    title
        Its title.
    lang
        Its language.
    blocks
        What it holds.
    look
        Its sizes.
    above
        What stands above the title, such as the number of the document.
    """

    title: str
    lang: Language
    blocks: tuple[Block, ...] = field(repr=False)
    look: Look = "letter"
    above: str = ""

    def numbered(self) -> Iterator[Block]:
        """Go through the blocks with numbers before the headings.

        Yields
        ------
        Block
            The blocks; numbers are those of official documents (GB/T 9704-2012, 7.3.3).

        Examples
        --------
        >>> paper = Paper(title="", lang="zh", blocks=(Heading(text="总则"), Heading(text="甲")))
        >>> [b.text for b in paper.numbered()]
        ['一、总则', '二、甲']
        """
        counts = [0] * HEADING_LEVELS
        for block in self.blocks:
            if not isinstance(block, Heading):
                yield block
                continue
            place = block.level - 1
            counts[place] += 1
            counts[place + 1 :] = [0] * (HEADING_LEVELS - place - 1)
            number = ordinal(counts[place]) if self.lang == "zh" else str(counts[place])
            told = say(f"papers.number.{block.level}", self.lang, number=number)
            yield Heading(text=told + block.text, level=block.level)


_DIGITS: Final = "〇一二三四五六七八九"


def ordinal(number: int) -> str:
    """Write a number up to 99 in Chinese.

    Parameters
    ----------
    number
        From 1 to 99.

    Returns
    -------
    str
        The number.

    Examples
    --------
    >>> [ordinal(n) for n in (1, 10, 11, 20, 25)]
    ['一', '十', '十一', '二十', '二十五']
    """
    tens, ones = divmod(number, 10)
    text = "" if tens == 0 else ("十" if tens == 1 else _DIGITS[tens] + "十")
    return text + (_DIGITS[ones] if ones else "")
