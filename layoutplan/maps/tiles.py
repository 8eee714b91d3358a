"""Base maps from the network, only where they are asked for and lie where the data lie."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.words import Language

_TIANDITU: Final = (
    "https://t{s}.tianditu.gov.cn/LAYER_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    "&LAYER=LAYER&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
    "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}"
)
_SOURCES: Final[Mapping[str, Mapping[str, object]]] = MappingProxyType(
    {
        "tianditu": {
            "layers": [_TIANDITU.replace("LAYER", layer) for layer in ("vec", "cva")],
            "subdomains": "01234567",
            "system": "CGCS2000",
            "credit": "天地图",
        },
        "osm": {
            "layers": ["https://tile.openstreetmap.org/{z}/{x}/{y}.png"],
            "subdomains": "a",
            "system": "WGS 84",
            "credit": "© OpenStreetMap contributors",
        },
    }
)
_SHIFTED: Final = (
    "amap", "gaode", "autonavi", "tencent", "qq", "soso", "baidu", "google", "高德", "腾讯", "百度",
)  # fmt: skip
"""Parts of names of map sites whose tiles are shifted in China."""


def tiles_of(name: str | None, *, key: str, lang: Language) -> dict[str, object] | None:
    """Describe the tiles that a page may fetch.

    The tiles of Tianditu and OpenStreetMap are not shifted (CGCS2000 and WGS 84, which agree
    within a metre); those of AMap, Tencent and Google are drawn in GCJ-02, and those of
    Baidu in BD-09, some hundred metres beside the data.

    Parameters
    ----------
    name
        ``"tianditu"``, ``"osm"`` or None for no tiles.
    key
        The user's own key, which Tianditu asks for.
    lang
        The language of messages.

    Returns
    -------
    dict or None
        Addresses, system and credit; None for no tiles.

    Raises
    ------
    OptionsError
        If the name is unknown or of a shifted map, or the key is missing.

    Examples
    --------
    >>> tiles_of("osm", key="", lang="en")["system"]
    'WGS 84'
    >>> tiles_of(None, key="", lang="en") is None
    True
    """
    if name is None:
        return None
    asked = str(name)
    if any(part in asked.lower() for part in _SHIFTED):
        raise OptionsError(Finding(code="tiles_shifted", values={"tiles": asked}), lang=lang)
    if asked not in _SOURCES:
        known = ", ".join(_SOURCES)
        values = {"tiles": asked, "known": known}
        raise OptionsError(Finding(code="tiles_unknown", values=values), lang=lang)
    if asked == "tianditu" and not (key.isascii() and key.isalnum()):
        raise OptionsError(Finding(code="tiles_without_key"), lang=lang)
    return {"name": asked, "key": key, **_SOURCES[asked]}
