"""What the READMEs say is so: their code runs, their commands and links exist."""

import re
import shutil
from pathlib import Path

import pytest

import layoutplan as lp
from layoutplan import cli
from layoutplan.county_file import write_county
from layoutplan.example import county_tables

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh.md")
DOCUMENTS = (*READMES, "CONTRIBUTING.md", "CHANGELOG.md", "geodata/README.md")

KEPT = "2134100999"
"""The school that the README keeps by hand."""


def blocks(name, language):
    text = (ROOT / name).read_text(encoding="utf-8")
    fenced = re.findall(r"^```(\w*)\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    return [inner for said, inner in fenced if said == language]


def smaller(path):
    """Write a county in place of the demo, with the school that the README keeps."""
    tables = county_tables(3, villages=30)
    schools = tables["schools"]
    named = schools.index[schools["kind"].eq("primary")][0]
    tables["schools"] = schools.rename(index={named: KEPT})
    tables["flows"]["school_id"] = tables["flows"]["school_id"].replace(named, KEPT)
    return write_county(lp.County.from_tables(**tables, name="霁川县", year=2025), path)


@pytest.mark.parametrize("county", ["small", pytest.param("demo", marks=pytest.mark.slow)])
def test_the_python_runs(county, tmp_path, monkeypatch):
    """Run the English README; the Chinese one holds the same code, as the next test shows."""
    name = READMES[0]
    (tmp_path / "geodata").mkdir()
    if county == "demo":
        shutil.copy(ROOT / "geodata" / "demo.gpkg", tmp_path / "geodata")
    else:
        smaller(tmp_path / "geodata" / "demo.gpkg")
    monkeypatch.chdir(tmp_path)
    names = {}
    # One after the other, as a reader types them.
    for code in blocks(name, "python"):
        exec(compile(code, name, "exec"), names)  # noqa: S102 # our own README
    lp.assert_plan_valid(names["today"])
    lp.assert_plan_valid(names["plan"])
    lp.assert_plan_valid(names["mine"])
    assert names["mine"].decisions.loc[KEPT, "action"] == "keep"
    assert (tmp_path / "review.html").stat().st_size > 100_000
    assert (tmp_path / "plan.xlsx").exists()


def test_both_readmes_run_the_same_code_and_commands():
    def bare(text):
        return [re.sub(r"\s*#.*", "", line).strip() for line in text.splitlines()]

    for language in ("python", "toml", ""):
        one, other = (blocks(name, language) for name in READMES)
        assert [bare(b) for b in one] == [bare(b) for b in other]


@pytest.mark.parametrize("name", READMES)
def test_the_commands_exist(name):
    said = set(re.findall(r"layoutplan ([\w-]+)", "\n".join(blocks(name, ""))))
    known = {c.name or c.callback.__name__ for c in cli.app.registered_commands}
    known |= {g.name for g in cli.app.registered_groups}
    assert {"demo", "check", "propose", "evaluate", "compare"} <= said
    assert said <= known
    assert "pip install uv && uv run layoutplan demo" in (ROOT / name).read_text(encoding="utf-8")
    assert "pip install uv && uv run pytest" in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_links_lead_somewhere(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        if not link.startswith("http"):
            assert (ROOT / name).parent.joinpath(link).exists(), link


def test_the_picture_is_a_picture():
    assert (ROOT / "geodata" / "review-map.png").read_bytes().startswith(b"\x89PNG")
