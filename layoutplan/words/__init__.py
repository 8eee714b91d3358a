"""Every word a planner reads, in Chinese and English.

The texts stand in ``zh.toml`` and ``en.toml`` beside this file, under the same
keys; code names a key and never a sentence.
"""

import locale
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Final, Literal

Language = Literal["zh", "en"]

LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")

_HAN: Final = re.compile(r"[\u3400-\u9fff]")


@cache
def catalogue(lang: Language) -> Mapping[str, str]:
    """Read all texts of one language as a flat mapping.

    Parameters
    ----------
    lang
        The language.

    Returns
    -------
    Mapping[str, str]
        Dotted key to text.

    Examples
    --------
    >>> catalogue("en")["action.close"]
    'close'
    """
    text = files(__package__).joinpath(f"{lang}.toml").read_text(encoding="utf-8")

    def flatten(tree: Mapping[str, object], prefix: str) -> Iterable[tuple[str, str]]:
        for key, value in tree.items():
            if isinstance(value, Mapping):
                yield from flatten(value, f"{prefix}{key}.")
            else:
                yield f"{prefix}{key}", str(value)

    return dict(flatten(tomllib.loads(text), ""))


def say(key: str, lang: Language, **values: object) -> str:
    """Give the text of a key with its values filled in.

    Parameters
    ----------
    key
        Dotted key, the same in both languages.
    lang
        The language.
    **values
        What the text's ``{placeholders}`` stand for.

    Returns
    -------
    str
        The text.

    Raises
    ------
    KeyError
        If the key or a value of its text is missing.

    Examples
    --------
    >>> say("band.g13", "en")
    'grades 1-3'
    """
    return catalogue(lang)[key].format_map(values)


def has_han(texts: Iterable[object]) -> bool:
    """Tell whether any of the texts holds a Chinese character.

    Parameters
    ----------
    texts
        Anything; values that are not text are passed over.

    Returns
    -------
    bool
        True at the first Chinese character.

    Examples
    --------
    >>> has_han(["Longhe", "龙河"])
    True
    """
    return any(isinstance(t, str) and _HAN.search(t) for t in texts)


def language(lang: str = "auto", samples: Iterable[object] = ()) -> Language:
    """Settle on a language.

    Parameters
    ----------
    lang
        ``"zh"``, ``"en"`` or ``"auto"``.
    samples
        Texts of the county, which decide under ``"auto"``; where there are
        none, the language of the machine decides.

    Returns
    -------
    Language
        The language to write in.

    Raises
    ------
    ValueError
        If ``lang`` is none of the three.

    Examples
    --------
    >>> language("auto", ["龙河县"])
    'zh'
    """
    if lang in LANGUAGES:
        return lang
    if lang != "auto":
        message = f"lang: zh, en, auto; not {lang!r}"
        raise ValueError(message)
    texts = [t for t in samples if isinstance(t, str) and t]
    if texts:
        return "zh" if has_han(texts) else "en"
    return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"
