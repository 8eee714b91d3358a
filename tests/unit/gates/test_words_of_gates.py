"""What the gates say: tables as declared, words for every code, safe HTML."""

from dataclasses import replace

import pytest
from two_schools import FOR_IT, A, B, votes

import layoutplan as lp
from layoutplan.gates import gates
from layoutplan.gates.check import Check
from layoutplan.gates.declared import (
    GATE_CHECKS,
    GATE_NAMES,
    GATE_TABLES,
    GATES,
    STEPS,
    VERDICTS,
)
from layoutplan.words import LANGUAGES, catalogue


def test_tables_keep_their_declaration(closing):
    done = closing(votes=FOR_IT)
    assert list(done.rows().columns) == [c.name for c in GATES.columns]
    assert list(done.check_rows().columns) == [c.name for c in GATE_CHECKS.columns]
    assert set(done.rows()["gate"]) == set(GATE_NAMES)
    assert set(done.rows()["status"]) <= {"confirmed", "assumption", "to-verify"}
    assert done.rows()["source"].str.contains("48号").all()
    for table in GATE_TABLES.values():
        for lang in LANGUAGES:
            headings = [getattr(c, lang) for c in table.columns]
            assert all(headings)
            assert len(set(headings)) == len(headings), table.name
        for column in table.columns:
            for option in column.options:
                key = {"kind": "kind", "in_plan": "action"}.get(column.name, column.name)
                assert f"{key}.{option}" in catalogue("zh"), (table.name, column.name)


def test_tables_are_copied_out(closing):
    done = closing()
    looked_at = done.proposals
    looked_at["pupils"] = 0
    assert done.proposals.loc["A", "pupils"] == 40


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_replace_every_code(closing, lang):
    done = closing(votes=FOR_IT)
    table = done.table(lang)
    verdict = next(c.zh if lang == "zh" else c.en for c in GATES.columns if c.name == "verdict")
    assert set(table[verdict]) == {catalogue(lang)["verdict.pass"]}
    assert not set(table.columns) & {"site_id", "township_id", "concerned"}
    text = done.opinion("A", lang)
    assert all(catalogue(lang)[f"gate.{g}"] in text for g in GATE_NAMES)
    assert done.opinion("B", lang) == ""


def test_every_check_has_words_for_what_it_can_say():
    import ast
    from pathlib import Path

    folder = Path(lp.__file__).parent / "gates"
    words = catalogue("en")
    spoken = {k.split(".")[1] for k in words if k.startswith("gate_check.")}
    literals = {
        n.value
        for path in (*folder.glob("by_*.py"), folder / "check.py")
        for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }
    assert spoken - {"vote_parents", "vote_hearing"} <= literals
    for name in spoken:
        said = {k.split(".")[2] for k in words if k.startswith(f"gate_check.{name}.")}
        assert said <= set(VERDICTS)
        assert said
    for step in STEPS:
        assert f"step.{step}" in words


def test_html_is_escaped_and_signed(draw):
    name = "<script>alert(1)</script>"
    county, times = draw(
        {"V1": (40, 0, 0)},
        {"A": A | {"name": name}, "B": B | {"name": "{braces} & <b>"}},
        {("V1", "A"): 5, ("V1", "B"): 40},
    )
    today = lp.evaluate(county, times)
    plan = lp.evaluate(county, times, today.decisions_with(A="close"))
    hostile = votes(("A", "parents", 1, 2, "2026-05-12")).assign(evidence="x'y&.pdf")
    html = gates(plan, votes=hostile)._repr_html_()
    assert "<script>" not in html
    assert "<b>" not in html
    assert "{braces}" in html
    assert "&lt;script&gt;" in html
    assert "✘" in html
    assert "color:#B84A00" in html


def test_verdicts_are_those_of_the_checks():
    bare = Check(site_id="A", gate="travel", name="seen", verdict="pass")
    assert bare.words("en", {}).startswith("No unsafe way")
    with pytest.raises(KeyError):
        replace(bare, verdict="fail").words("en", {})
