"""The tables in a notebook: what they show, marks that need no colours, escaped text."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from layoutplan.assessment import INDICATORS, assess, compare
from layoutplan.assessment.html import FIRST
from layoutplan.assessment.worded import number_text
from layoutplan.words import LANGUAGES, catalogue, say


class _Lines(HTMLParser):
    """The text of each cell, line by line, and the classes in it."""

    def __init__(self):
        super().__init__()
        self.lines, self.classes, self.open = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag not in ("br", "img"):
            self.open.append(tag)
        if tag == "tr":
            self.lines.append([])
            self.classes.append(set())
        elif tag in ("td", "th"):
            self.lines[-1].append("")
        if self.classes and "class" in dict(attrs):
            self.classes[-1].add(dict(attrs)["class"])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "tr" in self.open:
            self.lines[-1][-1] += data


def _lines(html):
    parser = _Lines()
    parser.feed(html)
    assert not parser.open, "every element is closed"
    return {line[0]: (line, classes) for line, classes in zip(parser.lines, parser.classes)}  # noqa: B905


def test_shown_first_are_indicators():
    assert set(FIRST) <= {i.name for i in INDICATORS}
    assert len(set(FIRST)) == len(FIRST)


def test_better_is_less_or_more():
    assert {i.better for i in INDICATORS} == {"", "less", "more"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_assessment_shows_values_limits_marks_and_documents(merged_plan, lang):
    html = assess(merged_plan, lang=lang)._repr_html_()
    lines = _lines(html)
    assert len([n for n in lines if n]) > len(INDICATORS)
    line, classes = lines[say("indicator.travel_beyond", lang)]
    _, county, g13, g46, _, unit, limit, source = line
    assert county == f"5 ✗ {say('assessment.mark.no', lang)}?"
    assert g13.startswith("5 ✗")
    assert g46.startswith("0 ✓")
    assert unit == catalogue(lang)["unit.persons"]
    assert limit == "0"
    assert merged_plan.standards["travel_limit_minutes_g13"].document in source
    assert f"? {catalogue(lang)['status.assumption']}" in source
    assert {"yes", "no"} <= classes
    # a confirmed limit has no question mark
    line, _ = lines[say("indicator.classes_large", lang)]
    assert line[1] == f"1 ✗ {say('assessment.mark.no', lang)}"
    assert "?" not in line[-1]


def test_number_that_is_missing_says_why(merged_plan):
    lines = _lines(assess(merged_plan, lang="en")._repr_html_())
    line, _ = lines[say("indicator.travel_mean_boarders", "en")]
    assert line[1] == say("assessment.reason.no_boarders", "en")
    line, _ = lines[say("indicator.travel_mean", "en")]
    assert say("assessment.left_out", "en", rows=1) in line[-1]


def test_balance_stands_beside_access(merged_plan):
    html = assess(merged_plan, lang="en")._repr_html_()
    at_once = html.split("<details>")[0]
    names = [n for n in FIRST if say(f"indicator.{n}", "en") in at_once]
    family = {i.name: i.family for i in INDICATORS}
    order = [family[n] for n in names]
    assert order[: order.index("balance")] == ["access"] * order.index("balance")
    assert "balance" in order


def test_names_are_text(merged_plan):
    evil = '<script>alert("x")</script>'
    plan = replace(merged_plan, name=evil)
    assert "<script>" not in assess(plan, lang="en")._repr_html_()
    html = compare(**{evil: plan, "b": plan})._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_nothing_comes_from_outside(merged_plan):
    html = assess(merged_plan, lang="zh")._repr_html_()
    assert not re.search(r"(src|href)=|url\(|@import|https?:", html)


def _today(plan):
    assignment = plan.assignment
    assignment.loc[assignment["village_id"] == "V5", ["site_id", "minutes"]] = ["C", 12.0]
    decisions = plan.decisions
    decisions.loc["C", ["action", "bands", "classes", "places"]] = ["keep", "g13 g46", 1, 30]
    decisions.loc[["B", "C"], "after_g13"] = [20, 5]
    tables = {
        **plan.tables,
        "assignment": assignment,
        "decisions": decisions,
        "moves": plan.moves.iloc[:0],
    }
    return replace(plan, name="today", tables=tables)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_comparison_says_better_and_worse(merged_plan, lang):
    both = compare(lang=lang, today=_today(merged_plan), proposed=merged_plan)
    lines = _lines(both._repr_html_())
    head = lines[say("assessment.column.indicator", lang)][0]
    assert head[1:4] == [
        say("plan.today", lang),
        say("plan.proposed", lang),
        say("assessment.column.difference", lang, name=say("plan.today", lang)),
    ]
    line, classes = lines[say("indicator.travel_beyond", lang)]
    assert line[1].startswith("0 ✓")
    assert line[2].startswith("5 ✗")
    assert line[3] == f"+5 ▼ {say('assessment.change.worse', lang)}"
    assert "no" in classes
    line, _ = lines[say("indicator.travel_within", lang)]
    # 140 of 145 instead of all 145
    assert line[3].startswith(f"−3.4 {say('unit.share_difference', lang)} ▼")  # noqa: RUF001
    line, _ = lines[say("indicator.pupils", lang)]
    assert line[3] == say("assessment.change.same", lang)
    # fewer schools are neither better nor worse
    line, _ = lines[say("indicator.schools_open", lang)]
    assert line[3] == "−1"  # noqa: RUF001


def test_numbers_as_people_write_them():
    assert number_text(0.9321, "share") == "93.2 %"
    assert number_text(-0.0001, "minutes") == "0.0"
    assert number_text(-12.34, "minutes") == "-12.3"
    assert number_text(0.42773, "index") == "0.428"
    assert number_text(float("nan"), "minutes") == "–"
