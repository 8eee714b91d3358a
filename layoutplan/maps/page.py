"""The review map as one HTML file that asks nobody for anything."""

import base64
import hashlib
import html
import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, BinaryIO, Final

import folium
from folium.template import Template

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.maps.packed import PACKED_FROM, contents_element, rest_element
from layoutplan.words import language, say

_SCRIPTS: Final = (
    "look.json",
    "texts.js",
    "unpack.js",
    "records.js",
    "line_sets.js",
    "speech.js",
    "glyphs.js",
    "themes.js",
    "painting.js",
    "ground.js",
    "drawing.js",
    "labels.js",
    "bar.js",
    "key_numbers.js",
    "panel.js",
    "changes.js",
    "cards.js",
    "tips.js",
    "search.js",
    "print.js",
    "north.js",
    "address.js",
    "base_map.js",
    "swipe.js",
    "years.js",
    "nearest.js",
    "what_if_plan.js",
    "what_if.js",
    "review.js",
)
"""In the order in which the page reads them; all share one function scope."""

_LATER: Final = "what_if"
"""The part of long contents that the page needs only once it is drawn."""

_TEMPLATE_BEGINS: Final = re.compile(r"\{(?=[{%#])")
_VENDOR: Final = "vendor"
_IMAGES: Final = (
    "layers.png",
    "layers-2x.png",
    "marker-icon.png",
    "marker-icon-2x.png",
    "marker-shadow.png",
)


def _read(*path: str) -> str:
    return files(__package__).joinpath(*path).read_text(encoding="utf-8")


def _data_uri(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


@cache
def _image(name: str) -> str:
    content = files(__package__).joinpath(_VENDOR, "images", name).read_bytes()
    return _data_uri("image/png", content)


def _leaflet_script() -> str:
    """Leaflet without the line that makes developer tools ask for its source map."""
    lines = _read(_VENDOR, "leaflet.js").splitlines()
    kept = [line for line in lines if not line.startswith("//# sourceMappingURL")]
    return _data_uri("text/javascript", "\n".join(kept).encode("utf-8"))


def _leaflet_style() -> str:
    text = _read(_VENDOR, "leaflet.css")
    for name in _IMAGES:
        text = text.replace(f"images/{name}", _image(name))
    return _data_uri("text/css", text.encode("utf-8"))


def page_script() -> str:
    """Put the page's own scripts together.

    Returns
    -------
    str
        One script that defines ``startReview``.
    """
    return script_of(_SCRIPTS, name="startReview")


def json_for_html(value: Mapping[str, object]) -> str:
    r"""Write JSON that cannot end the element it stands in, nor be taken for a template.

    folium renders what is put into a page once more as a Jinja template: a name such as
    ``{{ 7 * 7 }}`` would be computed. Outside of texts JSON never has ``{`` before one of
    the signs that begin something in a template.

    Parameters
    ----------
    value
        Plain values.

    Returns
    -------
    str
        JSON in which no ``<`` is left, and no ``{{``, ``{%`` or ``{#``.

    Examples
    --------
    >>> json_for_html({"name": "</script>"})
    '{"name":"\\u003c/script>"}'
    >>> json_for_html({"name": "{{ 7 * 7 }}"})
    '{"name":"\\u007b{ 7 * 7 }}"}'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _TEMPLATE_BEGINS.sub(r"\\u007b", text.replace("<", "\\u003c"))


def script_of(names: Sequence[str], *, name: str) -> str:
    """Put scripts together that share one function scope.

    Parameters
    ----------
    names
        The files, in the order in which they are read; of ``look.json`` becomes ``LOOK``.
    name
        What the function that starts the page is called.

    Returns
    -------
    str
        One script.
    """
    body = "\n".join(_part(script) for script in names)
    return f'var {name} = (function () {{\n"use strict";\n{body}\nreturn start;\n}})();'


def _part(name: str) -> str:
    """Give a script; a file of values becomes a constant of its name."""
    text = _read("assets", name)
    stem, _, ending = name.rpartition(".")
    return (
        f"const {stem.upper()} = {json_for_html(json.loads(text))};" if ending == "json" else text
    )


def template_of(name: str) -> Template:
    """Read the template of a page.

    Parameters
    ----------
    name
        The file.

    Returns
    -------
    folium.template.Template
        The template.
    """
    made: Template = Template(_read("assets", name))
    return made


class OfflineMap(folium.Map):
    """A map in one HTML file that asks nobody for anything.

    Layers of folium can be added as to any `folium.Map`; those that bring files of their
    own from the network do not work offline.

    Parameters
    ----------
    contents
        What the page is drawn from: plain values, with a ``title``.
    """

    default_js = [("leaflet", _leaflet_script())]  # noqa: RUF012 - folium's own way
    default_css = [("leaflet_css", _leaflet_style())]  # noqa: RUF012 - folium's own way

    styles: tuple[str, ...] = ()
    """The files with the page's own style."""

    def __init__(self, contents: Mapping[str, object]) -> None:
        super().__init__(tiles=None, prefer_canvas=True, zoom_control=False)
        self.contents = contents
        self.contents_json = json_for_html(contents)
        digest = hashlib.sha256(self.contents_json.encode("utf-8")).hexdigest()
        # folium draws random names; the same contents shall give the same bytes.
        root = self._parent
        del root._children[self.get_name()]  # noqa: SLF001
        self._id = digest[:32]
        root.add_child(self)
        root.title = html.escape(str(contents["title"]))

    @property
    def page_style(self) -> str:
        """The page's own style."""
        return "\n".join(_read("assets", name) for name in self.styles)

    @property
    def leaflet_licence(self) -> str:
        """The licence of Leaflet, which asks to be passed on with it."""
        return _read(_VENDOR, "LEAFLET-LICENSE")

    @property
    def marker_images(self) -> str:
        """Leaflet's marker as data, for markers that are added to the map."""
        images = {
            "iconUrl": _image("marker-icon.png"),
            "iconRetinaUrl": _image("marker-icon-2x.png"),
            "shadowUrl": _image("marker-shadow.png"),
        }
        return json.dumps(images)

    def page(self) -> str:
        """Give the whole page.

        Returns
        -------
        str
            HTML.
        """
        text: str = self.get_root().render()
        return text

    def save(
        self,
        outfile: str | bytes | Path | BinaryIO,
        close_file: bool = True,  # noqa: FBT001, FBT002 - the place folium gives it
        **_: Any,  # noqa: ANN401 - options of folium
    ) -> None:
        """Write the page to a file; the file is whole or not there.

        Parameters
        ----------
        outfile
            A path, or a file that is open for bytes.
        close_file
            Whether to close a file that was given open.
        **_
            Options of folium that have no meaning here.

        Raises
        ------
        OptionsError
            If the folder the file is to go into does not exist.
        """
        content = self.page().encode("utf-8")
        if isinstance(outfile, str | bytes | Path):
            path = Path(os.fsdecode(outfile))
            if not path.parent.is_dir():
                values = {"folder": str(path.parent)}
                lang = str(self.contents.get("lang", "auto"))
                raise OptionsError(Finding(code="map_folder_missing", values=values), lang=lang)
            _write_whole(path, content)
            return
        outfile.write(content)
        if close_file:
            outfile.close()


class ReviewMap(OfflineMap):
    """A county's plans on a map, in one HTML file that works offline.

    Made by `layoutplan.review_map`. Layers of folium can be added as to any
    `folium.Map`; those that bring files of their own from the network do not
    work offline.

    Parameters
    ----------
    contents
        What the page is drawn from; see `layoutplan.maps.payload.payload`.
    """

    styles = ("review.css", "what_if.css")

    _template = template_of("page.html.jinja")

    @property
    def page_script(self) -> str:
        """The page's own script."""
        return page_script()

    @property
    def contents_element(self) -> str:
        """The element with what the page is drawn from."""
        old = say("map.page.too_old", language(str(self.contents["lang"])))
        if not self.is_long:
            return contents_element(self.contents_json, old=old)
        first = {name: part for name, part in self.contents.items() if name != _LATER}
        return contents_element(json_for_html(first), old=old)

    @property
    def rest_element(self) -> str:
        """The element with what is wanted only once the page is drawn; empty if there is none."""
        rest = {_LATER: self.contents.get(_LATER)}
        return rest_element(json_for_html(rest)) if self.is_long else ""

    @property
    def is_long(self) -> bool:
        """Whether the contents are compressed and in two parts."""
        return len(self.contents_json) >= PACKED_FROM


def _write_whole(path: Path, content: bytes) -> None:
    """Write beside the file and rename, so that no reader sees half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
