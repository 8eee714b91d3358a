"""Names taken apart: what they are called, their number, their stage, their marks."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Named = Literal["schools", "villages"]

_TRADITIONAL: Final = (
    "學鎮鄉縣區莊灣橋龍東嶺門馬烏魚鳥車長開關陽陰陳張劉楊趙吳鄭鄧許韓馮葉蘇盧蔣賈蕭範鍾譚陸萬錢湯"
    "孫於興華國豐寶慶樂義禮愛實驗級點館園廣場幾屬辦溝澗澤潤濱濟溫漢瀘瀾溪嶼島崗峽巖礦廟壩塢壟壇"
    "墳圍圓團堅塊壽聖聯職藝業師範體電錦銀銅鐵鋼鄰鄒郵雲霧霽靈風飛鳳鴻鷺鶴鹽麥黃齊龜應廠廳廬庫"
    "戰擔據揚換損搖機條權樓樹橫歐歸殘歷曆環現畫畢當盤礎禪種稱積穩窯競筆節築簡糧紅納純紙線組結給絡"
    "絲經維綱網綠緣縱總績織繼續羅聞聲腳臨舊蓮蒼蓋蘆蘭處號蟲衛補裝製複見規視親覺觀計訓記講論設評詩話"
    "該詳語誠誤說調談請謝識證讓豎財貢貨貧貴費賓質賴贊趕跡軍軒輕輪輝轉達遠適遷選還邊鄖銘鋪錄鏡閘間閣"
    "隊階際隨險雙雜雞難頂項順須領頭題願類顯馳駝騎駿驛魯鮑麗麼點齋過進連運會標書寧賢勝榮無專員"
)
_SIMPLIFIED: Final = (
    "学镇乡县区庄湾桥龙东岭门马乌鱼鸟车长开关阳阴陈张刘杨赵吴郑邓许韩冯叶苏卢蒋贾萧范钟谭陆万钱汤"
    "孙于兴华国丰宝庆乐义礼爱实验级点馆园广场几属办沟涧泽润滨济温汉泸澜溪屿岛岗峡岩矿庙坝坞垄坛"
    "坟围圆团坚块寿圣联职艺业师范体电锦银铜铁钢邻邹邮云雾霁灵风飞凤鸿鹭鹤盐麦黄齐龟应厂厅庐库"
    "战担据扬换损摇机条权楼树横欧归残历历环现画毕当盘础禅种称积稳窑竞笔节筑简粮红纳纯纸线组结给络"
    "丝经维纲网绿缘纵总绩织继续罗闻声脚临旧莲苍盖芦兰处号虫卫补装制复见规视亲觉观计训记讲论设评诗话"
    "该详语诚误说调谈请谢识证让竖财贡货贫贵费宾质赖赞赶迹军轩轻轮辉转达远适迁选还边郧铭铺录镜闸间阁"
    "队阶际随险双杂鸡难顶项顺须领头题愿类显驰驼骑骏驿鲁鲍丽么点斋过进连运会标书宁贤胜荣无专员"
)
_SIMPLE: Final = str.maketrans(dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True)))
"""Traditional characters that are met in names of places and schools; not a whole table."""

_DIGITS: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"\u3007": 0, "两": 2}
_HAN_NUMBER: Final = "[零\u3007一二三四五六七八九十]{1,3}"
_ORDINAL: Final = re.compile(rf"第\s*({_HAN_NUMBER}|\d+)")
_COUNTED: Final = re.compile(
    rf"({_HAN_NUMBER})(?=小|初|高|中(?!心)|完小|校|村$|组|队|社区|居委|村民|村委|[)）号])"
)
_ROMAN: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8}
_LATIN_NUMBER: Final = re.compile(r"\b(?:no\.?\s*)?(viii|vii|vi|iv|v|iii|ii|i|\d+)\b")

_HEAD: Final = re.compile(r"^(?:\w{2,8}?(?:省|自治区))?(?:\w{2,6}?市)?(\w{2,6}?)(县|区)(?=\w{2})")
_TOWNSHIP: Final = re.compile(r"(?<=\w{2})(镇|乡|街道办事处|街道)")

_STAGES: Final = (
    ("nine_year", r"九年一贯制学校|九年制学校|九年一贯制|九义校|nine[- ]year"),
    ("senior", r"高级中学|完全中学|普通高中|高中|完中|senior|high school|secondary"),
    ("junior", r"初级中学|初中|中学校|中学|(?<=\d)中$|junior|middle"),
    ("primary", r"完全小学校|完全小学|小学校|小学|完小|(?<=\d)小$|primary|elementary|\bpry\b"),
    ("kindergarten", r"幼儿园|kindergarten|nursery"),
)
_MARKS: Final = (
    ("point", r"教学点|teaching point"),
    ("centre", r"中心学校|中心校|中心(?=小学|完小|完全小学|$)|central"),
    ("hope", r"希望(?=小学|学校|中学|初中)|hope"),
    ("branch", r"分校区|分校|分部|\bbranch\b|\bannex\b"),
    ("campus", r"[东南西北中新老本一二三]校区|(?:east|west|north|south|main) campus"),
)
_SCHOOL_WORDS: Final = re.compile(r"学校|\bschools?\b|\bsch\b")
_VILLAGE_KINDS: Final = (
    ("community", r"社区居民委员会|社区居委会|居民委员会|社区|居委会"),
    ("village", r"村民委员会|村委会|行政村|自然村|村庄|(?<=\w{2})村$|\bvillage\b"),
    ("group", r"村民小组|小组|(?<=\d)组$"),
)
_BETWEEN: Final = re.compile(r"[\W_]+")
_NUMBER: Final = re.compile(r"\d+")


@dataclass(frozen=True, kw_only=True)
class Folded:
    """A name in its parts.

    Parameters
    ----------
    stem
        What it is called, without county, township, stage and marks.
    numbers
        The numbers in it: the second primary school is not the third.
    stage
        The stage of a school or the kind of a village; empty where the name does not tell.
    marks
        Teaching point, central school, branch, campus, charity school.
    """

    stem: str
    numbers: tuple[int, ...]
    stage: str
    marks: frozenset[str]


def plain(name: str) -> str:
    """Write a name in one way: width, case, traditional characters, blanks.

    Parameters
    ----------
    name
        The name.

    Returns
    -------
    str
        The name in compatibility form (Unicode NFKC), simplified, in small letters and
        with single blanks.

    Examples
    --------
    >>> plain("龍河鎮　第Ⅱ小學")
    '龙河镇 第ii小学'
    """
    text = unicodedata.normalize("NFKC", name).casefold().translate(_SIMPLE)
    return " ".join(text.split())


def heads(names: Iterable[str]) -> frozenset[str]:
    """Find the names of counties that names begin with.

    Parameters
    ----------
    names
        Names in the form of `plain`.

    Returns
    -------
    frozenset of str
        What stands before 县 or 区 in more than one of them.

    Examples
    --------
    >>> sorted(heads(["龙河县第一小学", "龙河县实验小学", "金林镇小学"]))
    ['龙河']
    """
    found = Counter(m.group(1) for m in map(_HEAD.match, names) if m)
    return frozenset(head for head, times in found.items() if times > 1)


def fold(name: str, table: Named, *, heads: frozenset[str] = frozenset()) -> Folded:
    """Take a name apart.

    Parameters
    ----------
    name
        The name.
    table
        ``"schools"`` or ``"villages"``.
    heads
        Names of counties that may stand before it, with or without 县.

    Returns
    -------
    Folded
        Its parts.

    Examples
    --------
    >>> fold("龙河镇第一小学", "schools") == fold("龙河一小", "schools")
    True
    >>> fold("吴家湾村民委员会", "villages").stem
    '吴家湾'
    """
    text = plain(name)
    text = _without_head(text, heads)
    text, numbers = _numbers(text)
    stage, marks = "", set[str]()
    if table == "schools":
        for mark, pattern in _MARKS:
            # Which campus it is counts, not only that it is one.
            marks |= {f"{mark} {m[0]}" if mark == "campus" else mark
                      for m in re.finditer(pattern, text)}  # fmt: skip
            text = re.sub(pattern, "", text)
        stage, text = _first(text, _STAGES)
        text = _SCHOOL_WORDS.sub("", text)
    else:
        stage, text = _first(text, _VILLAGE_KINDS)
    text = _BETWEEN.sub("", _NUMBER.sub("", text))
    text = _TOWNSHIP.sub("", text, count=1)
    if table == "schools" and len(text) > 2:  # noqa: PLR2004 - a stem keeps two characters
        text = text.removesuffix("村")
    return Folded(stem=text, numbers=numbers, stage=stage, marks=frozenset(marks))


def _without_head(text: str, heads: frozenset[str]) -> str:
    found = _HEAD.match(text)
    if found and found.group(1) in heads:
        return text[found.end() :]
    for head in sorted(heads, key=len, reverse=True):
        if text.startswith(head) and len(text) > len(head) + 1:
            return text[len(head) :]
    return text


def _first(text: str, patterns: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    for kind, pattern in patterns:
        text, times = re.subn(pattern, "", text)
        if times:
            return kind, text
    return "", text


def _numbers(text: str) -> tuple[str, tuple[int, ...]]:
    """Write numbers in one way and give them; numbers in words of a name stay."""
    text = _ORDINAL.sub(lambda m: str(_value(m.group(1))), text)
    text = _COUNTED.sub(lambda m: str(_value(m.group(1))), text)
    text = _LATIN_NUMBER.sub(lambda m: f" {_ROMAN.get(m.group(1), m.group(1))} ", text)
    found = tuple(sorted(int(n) for n in re.findall(r"\d{1,6}", text)))
    return text, found


def _value(text: str) -> int:
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if ten:
        return 10 * (_DIGITS.get(tens, 1) if tens else 1) + (_DIGITS.get(ones, 0) if ones else 0)
    return int("".join(str(_DIGITS[c]) for c in text))
