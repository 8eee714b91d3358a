"""Contents of a page in little room: compressed, and written with letters only."""

import base64
import gzip
import html
from typing import Final

PACKED_FROM: Final = 400_000
"""Contents with fewer characters stay readable: they are small as they are."""


def packed(text: str) -> str:
    """Compress a text.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The text as gzip, as base64: no character that means anything in HTML.

    Examples
    --------
    >>> import gzip
    >>> gzip.decompress(base64.b64decode(packed("village " * 9)))[:7]
    b'village'
    """
    squeezed = gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0)
    return base64.b64encode(squeezed).decode("ascii")


def contents_element(text: str, rest: str = "", *, old: str) -> str:
    """Give the elements of a page that hold its contents.

    Parameters
    ----------
    text
        JSON in which no ``<`` is left.
    rest
        More of it, which the page unpacks when it is drawn.
    old
        What the page says in a browser that cannot unpack.

    Returns
    -------
    str
        HTML: the text as it is, or packed where it is long.

    Examples
    --------
    >>> contents_element("{}", old="")
    '<script type="application/json" id="review-contents">{}</script>'
    """
    if len(text) < PACKED_FROM:
        return f'<script type="application/json" id="review-contents">{text}</script>'
    said = html.escape(old)
    made = f'<script type="text/plain" id="review-packed" data-old="{said}">{packed(text)}</script>'
    return f'{made}<script type="text/plain" id="review-rest">{packed(rest)}</script>'
