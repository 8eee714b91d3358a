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


def contents_element(text: str, *, old: str) -> str:
    """Give the element of a page that holds its contents.

    Parameters
    ----------
    text
        JSON in which no ``<`` is left.
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
    return f'<script type="text/plain" id="review-packed" data-old="{said}">{packed(text)}</script>'


def rest_element(rest: str) -> str:
    """Give the element with what a page unpacks when it is drawn.

    Parameters
    ----------
    rest
        JSON.

    Returns
    -------
    str
        HTML, for the end of the page, so that the page is drawn before all is read.

    Examples
    --------
    >>> rest_element("{}")[:45]
    '<script type="text/plain" id="review-rest">H4'
    """
    return f'<script type="text/plain" id="review-rest">{packed(rest)}</script>'
