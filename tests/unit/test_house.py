"""The house: rooms look inwards only, words are complete, nothing speaks of where it was made."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from layoutplan.tables import COUNTY_TABLES, PLAN_TABLES
from layoutplan.words import catalogue

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "layoutplan"

ROOMS = (
    "words",
    "actions",
    "not_roads",
    "tables",
    "table_columns",
    "findings",
    "errors",
    "standards",
    "text_storage",
    "frozen_tables",
    "repeatable_workbook",
    "location",
    "sources",
    "validation",
    "county",
    "county_from_osm",
    "county_file",
    "template",
    "example",
    "network",
    "travel",
    "demand",
    "projection",
    "neighbours",
    "measures",
    "checks",
    "catchments",
    "model",
    "plan",
    "testing",
    "balance",
    "gates",
    "explain",
    "assessment",
    "robustness",
    "horizon",
    "roadmap",
    "supervision",
    "reports",
    "maps",
    "papers",
    "regions",
    "cli_options",
    "cli_screen",
    "cli_summary",
    "cli_written",
    "cli_from_forms",
    "cli_from_osm",
    "cli_project",
    "cli_ahead",
    "cli_roadmap",
    "cli_supervise",
    "cli_regions",
    "cli_papers",
    "cli",
)
"""From the innermost room to the outermost."""


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_rooms(path: Path) -> set[str]:
    """Give the rooms a file imports at run time; imports for typing alone do not count."""
    tree = parsed(path)
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "layoutplan":
                found |= {alias.name for alias in node.names}
            elif node.module.startswith("layoutplan."):
                found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("layoutplan.")}
    return found


SOURCES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


def test_the_house_is_told_room_by_room():
    told = (PACKAGE.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    names = {f"`{r}/`" if (PACKAGE / r).is_dir() else f"`{r}.py`" for r in ROOMS}
    assert {n for n in names if n not in told} == set()


def test_every_file_is_in_a_known_room():
    assert {room_of(p) for p in SOURCES} <= set(ROOMS)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_an_inner_room_never_imports_an_outer_one(path):
    here = ROOMS.index(room_of(path))
    outer = [r for r in imported_rooms(path) if r in ROOMS and ROOMS.index(r) > here]
    assert not outer


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_file_holds_one_idea(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500
    assert not re.search(r"utils?|helpers?|common|manager|misc", path.stem)


def test_both_languages_have_the_same_keys_and_placeholders():
    zh, en = catalogue("zh"), catalogue("en")
    assert set(zh) == set(en)

    def names(text):
        return {field for _, field, _, _ in Formatter().parse(text) if field}

    differ = [k for k in zh if names(zh[k]) != names(en[k])]
    # A sentence may leave out what the other language needs, but never name more than is given.
    allowed = [k for k in differ if k.startswith("finding.")]
    assert differ == allowed


def test_every_finding_code_has_words():
    codes = set()
    for path in SOURCES:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                for k in node.keywords:
                    if k.arg == "code" and isinstance(k.value, ast.Constant):
                        codes.add(k.value.value)
    assert len(codes) > 30
    missing = [c for c in codes if f"finding.{c}.what" not in catalogue("en")]
    assert not missing
    assert not [c for c in codes if f"finding.{c}.cure" not in catalogue("en")]


def test_every_column_has_headings_in_both_languages():
    for table in (*COUNTY_TABLES.values(), *PLAN_TABLES.values()):
        zh, en = [c.zh for c in table.columns], [c.en for c in table.columns]
        assert all(zh)
        assert all(en)
        assert len(set(zh)) == len(zh), table.name
        assert len(set(en)) == len(en), table.name


def test_importing_is_light():
    code = (
        "import sys, layoutplan; "
        "names = {'folium', 'scipy.optimize', 'networkx', 'typer', 'openpyxl'}; "
        "heavy = names & set(sys.modules); "
        "print(sorted(heavy))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_public_names_can_be_imported():
    import layoutplan

    for name in layoutplan.__all__:
        assert getattr(layoutplan, name) is not None
    for verb in ("standards", "network", "evaluate", "propose", "check", "travel_times"):
        assert callable(getattr(layoutplan, verb)), verb
    with pytest.raises(AttributeError, match="no attribute"):
        _ = layoutplan.no_such_name
