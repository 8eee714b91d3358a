"""Invented Chinese names, made by putting characters together."""

from dataclasses import dataclass
from typing import Final

import numpy as np

COUNTY_NAME: Final = "霁川县"
"""The name of the invented county."""

COUNTY_CODE: Final = "349901"
"""A division code that is not assigned to any county."""

_QUALITIES: Final = "青云石柳竹松梅白黄清龙凤双金银高长平永安新兴福和桃杏荷枫茶麦泉玉古明文德义仁"
_GROUNDS: Final = "河山岭桥塘湾冲畈坪岗坡店铺集庙井墩圩埠口洲园林泉溪沟坝峰寨渡"
_WHERE: Final = "上下东西南北大小前后老新中"
_FAMILIES: Final = (
    "张王李刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
)
_GIVEN: Final = "伟芳娜敏静强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红建国春梅志远晓峰文斌立新海燕"


@dataclass(frozen=True, kw_only=True)
class Names:
    """Names in the order in which they are given out.

    Parameters
    ----------
    towns
        Two characters each, without the word for town.
    villages
        Two or three characters each, without the word for village.
    people
        Names of persons.
    """

    towns: list[str]
    villages: list[str]
    people: list[str]


def make_names(rng: np.random.Generator, *, towns: int, villages: int) -> Names:
    """Make names that differ from each other.

    Parameters
    ----------
    rng
        The random numbers.
    towns
        How many names for towns.
    villages
        How many names for villages.

    Returns
    -------
    Names
        The names.
    """
    short = [a + b for a in _QUALITIES for b in _GROUNDS if a != b]
    placed = [w + g + b for w in _WHERE for g in _QUALITIES for b in _GROUNDS if w != g != b]
    family = [f + "家" + b for f in _FAMILIES for b in _GROUNDS]
    short = _shuffled(rng, short)
    placed = _shuffled(rng, placed)
    family = _shuffled(rng, family)
    town_names = short[:towns]
    # Half of the villages of two characters, the others of three.
    two = short[towns : towns + min((villages + 1) // 2, len(short) - towns)]
    clans = family[: min(villages // 4, len(family))]
    three = placed[: villages - len(two) - len(clans)]
    people = [
        str(rng.choice(list(_FAMILIES))) + "".join(rng.choice(list(_GIVEN), rng.integers(1, 3)))
        for _ in range(towns)
    ]
    return Names(towns=town_names, villages=_shuffled(rng, two + clans + three), people=people)


def _shuffled(rng: np.random.Generator, words: list[str]) -> list[str]:
    """Shuffle words."""
    return [words[i] for i in rng.permutation(len(words))]
