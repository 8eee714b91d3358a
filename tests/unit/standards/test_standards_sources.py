"""Every number shipped in a profile is the one in the texts that were read.

The texts stand beside the project and are not part of it; without them these tests are
skipped.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files

import pytest
from numbers_of_texts import FACT, PROFILES, SEEN_AGAIN, TEXT

from layoutplan.standards import profiles, standards

WORDS = {"three": 3}

HALVED = "除以2"


@pytest.fixture(scope="module")
def domain(shared):
    folder = shared / "domain"
    if not folder.is_dir():
        pytest.skip("the texts are not here")
    return folder


@cache
def read(folder):
    facts = tomllib.loads((folder / "facts.toml").read_text(encoding="utf-8"))["fact"]
    rows = tomllib.loads((folder / "standards.toml").read_text(encoding="utf-8"))["profile"]
    texts = [
        (folder / name).read_text(encoding="utf-8")
        for name in ("practice.md", "standards.toml", "facts.toml")
    ]
    return {f["id"]: f for f in facts}, rows, "\n".join(texts)


def step(value, name):
    """Go one step down: a key, a place in a list, or the row of this id in a list."""
    if isinstance(value, dict):
        return value[name]
    if name.isdecimal():
        return value[int(name)]
    return next(row for row in value if row["id"] == name)


def looked_up(folder, source):
    """Give what a path leads to, how it must hold the number, and whether it is certain."""
    kind, _, rest = source.partition(" ")
    facts, rows, texts = read(folder)
    if kind == TEXT:
        assert rest in texts, rest
        return rest, "~", True
    path, _, how = rest.partition(" ")
    # Keys may hold a dot nowhere, so that a path is its names between dots.
    names = path.split(".")
    value, certain = facts if kind == FACT else rows, None
    for name in names:
        value = step(value, name)
        if isinstance(value, dict):
            certain = value.get("confidence", value.get("status", certain))
    return value, how, certain in {"two texts", "confirmed", None}


def holds(value, how, number):
    if not how:
        return float(value) == number
    text = str(value)
    if how == "~half":
        return HALVED in text and number * 2 == 1
    wanted = number * 100 if how == "~%" else number
    found = [float(n) for n in re.findall(r"\d+(?:\.\d+)?", text)]
    return wanted in found + [n for word, n in WORDS.items() if word in text]


def own(profile):
    """Rows that a profile's own file holds, without those it extends."""
    file = files("layoutplan.standards").joinpath("profiles", f"{profile}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))["standard"]


def test_every_profile_is_compared():
    assert set(PROFILES) == set(profiles().index)


@pytest.mark.parametrize("profile", sorted(set(PROFILES) - {"cn-layout-national"}))
def test_every_number_of_a_profile_is_compared(profile):
    numbers = {s["id"] for s in own(profile) if s["status"] != "assumption"}
    assert numbers == set(PROFILES[profile])


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_numbers_are_those_of_the_texts(domain, profile):
    given = standards(profile)
    wrong = {}
    for name, source in PROFILES[profile].items():
        value, how, _ = looked_up(domain, source)
        if kind_of(source) == TEXT:
            how = "~"
        if not holds(value, how, given[name].value):
            wrong[name] = (given[name].value, value)
    assert wrong == {}


def kind_of(source):
    return source.partition(" ")[0]


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_no_number_is_more_certain_than_its_text(domain, profile):
    given = standards(profile)
    bold = [
        name
        for name, source in PROFILES[profile].items()
        if given[name].status == "confirmed" and not looked_up(domain, source)[2]
    ]
    assert set(bold) == SEEN_AGAIN.get(profile, set())


def test_the_comparison_can_fail(domain):
    assert not holds(*looked_up(domain, "fact size_relaxed_max.value.nine_year")[:2], 3001)
    assert not holds(*looked_up(domain, "fact size_relaxed_max.value.if ~")[:2], 2011)
    assert not looked_up(domain, "fact size_relaxed_max.value.nine_year")[2]
    with pytest.raises(KeyError):
        looked_up(domain, "fact size_relaxed_max.value.ten_year")
