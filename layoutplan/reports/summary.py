"""The first sheet: what a plan is, what it does, and what it leaves to people."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from layoutplan.assessment import Assessment
from layoutplan.assessment.worded import unit_text
from layoutplan.plan import Plan
from layoutplan.reports.names import apart, plan_title
from layoutplan.reports.workbook import WHOLE, Sheet, unit_format
from layoutplan.words import Language, catalogue, say

KEY_INDICATORS = (
    "travel_mean",
    "travel_p95",
    "travel_worst_tenth",
    "travel_within",
    "travel_beyond",
    "travel_none_near",
    "travel_unknown",
    "pupils_board",
    "pupils_bus",
    "pupils_moved",
    "moved_longer",
    "moved_extra_minutes",
    "schools_open",
    "action_close",
    "action_teaching_point",
    "action_primary_only",
    "action_nine_year",
    "action_expand",
    "action_board",
    "action_new",
    "places",
    "utilisation",
    "pupils_beyond_places",
    "schools_over_places",
    "class_size_mean",
    "schools_large_classes",
    "schools_over_size",
    "townships_without_junior",
    "capital",
    "annual",
    "annual_per_pupil",
)
"""The indicators that a reader looks for first."""

LEFT_TO_PEOPLE = ("parents", "hearing", "boarding", "safety", "estimates", "closing")
"""What a plan does not decide, in words below ``report.left``."""


@dataclass(frozen=True, kw_only=True)
class _Line:
    item: str
    value: object = None
    before: object = None
    unit: str = ""
    limit: float | None = None
    met: str = ""
    form: str = WHOLE
    part: bool = False
    across: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Summed:
    """A plan with its numbers, and another one that it is set beside.

    Parameters
    ----------
    plan
        The plan.
    done
        Its assessment.
    against, before
        The other plan and its assessment, where there is one.
    """

    plan: Plan
    done: Assessment
    against: Plan | None = None
    before: Assessment | None = field(default=None, repr=False)


def summary_sheet(summed: Summed, lang: Language) -> Sheet:
    """Set out the plan on one page.

    Parameters
    ----------
    summed
        The plan with its numbers.
    lang
        The language.

    Returns
    -------
    Sheet
        What it is, pupils, key indicators, what is left to people.
    """
    lines = [
        _part("report.part.plan", lang),
        *_what_it_is(summed.plan, lang),
        _part("report.part.pupils", lang),
        *_pupils(summed, lang),
        _part("report.part.indicators", lang),
        *_indicators(summed, lang),
        _part("report.part.left_to_people", lang),
        *(_Line(item=say(f"report.left.{what}", lang), across=True) for what in LEFT_TO_PEOPLE),
    ]
    return _laid_out(lines, summed, lang)


def _part(key: str, lang: Language) -> _Line:
    return _Line(item=say(key, lang), part=True)


def _what_it_is(plan: Plan, lang: Language) -> list[_Line]:
    solver, yuan = plan.solver, unit_text("yuan/year", lang)
    known = catalogue(lang)
    facts: list[tuple[str, object]] = [
        ("county", plan.county.name),
        ("year", str(plan.county.year) if plan.county.year else None),
        ("name", plan_title(plan.name, lang)),
        ("mode", known.get(f"mode.{plan.times.mode}", plan.times.mode)),
        ("standards", plan.standards.title_zh if lang == "zh" else plan.standards.title_en),
        ("status", solver.words(lang)),
    ]
    if solver.cut_by_clock:
        facts.append(("clock", say("report.clock", lang)))
    lines = [_Line(item=say(f"report.plan.{k}", lang), value=v) for k, v in facts]
    if solver.objective is not None:
        lines += [
            _Line(item=say("report.plan.objective", lang), value=solver.objective, unit=yuan),
            _Line(item=say("report.plan.bound", lang), value=solver.bound, unit=yuan),
            _Line(item=say("report.plan.gap", lang), value=solver.gap, form="0.00%"),
        ]
        lines += [
            _Line(item=say("report.plan.term", lang, term=_term(name, lang)), value=v, unit=yuan)
            for name, v in solver.terms.items()
            if v
        ]
    return lines


def _term(name: str, lang: Language) -> str:
    return catalogue(lang).get(f"term.{name}", name)


def _pupils(summed: Summed, lang: Language) -> list[_Line]:
    persons = unit_text("persons", lang)
    return [
        _Line(
            item=say(f"report.pupils.{what}", lang),
            value=getattr(summed.plan, f"pupils_{what}"),
            before=getattr(summed.against, f"pupils_{what}", None),
            unit=persons,
        )
        for what in ("in", "assigned", "unserved")
    ]


def _indicators(summed: Summed, lang: Language) -> list[_Line]:
    rows = summed.done.table
    county = rows[rows["level"] == "county"].set_index("indicator")
    limits = county["limit"].astype(float).to_dict()
    lines = []
    for name in (n for n in KEY_INDICATORS if n in county.index):
        unit, met = str(county.at[name, "unit"]), str(county.at[name, "met"])
        lines.append(
            _Line(
                item=say(f"indicator.{name}", lang),
                value=summed.done.value(name),
                before=summed.before.value(name) if summed.before is not None else None,
                unit=unit_text(unit, lang),
                limit=limits[name],
                met=say(f"assessment.met.{met}", lang) if met else "",
                form=unit_format(unit),
            )
        )
    return lines


def _laid_out(lines: Sequence[_Line], summed: Summed, lang: Language) -> Sheet:
    item, unit, limit, met = (
        say(f"report.column.{c}", lang) for c in ("item", "unit", "limit", "met")
    )
    this = apart(plan_title(summed.plan.name, lang), [item, unit, limit, met])
    columns: dict[str, list[object]] = {
        item: [n.item for n in lines],
        this: [n.value for n in lines],
    }
    numbers = [this, limit]
    if summed.against is not None:
        other = apart(plan_title(summed.against.name, lang), [item, unit, limit, met, this])
        difference = say("report.column.difference", lang, name=other)
        columns[other] = [n.before for n in lines]
        columns[difference] = [_minus(n.value, n.before) for n in lines]
        numbers += [other, difference]
    columns |= {
        unit: [n.unit for n in lines],
        limit: [n.limit for n in lines],
        met: [n.met for n in lines],
    }
    forms = [n.form for n in lines]
    no = say("assessment.met.no", lang)
    return Sheet(
        title=say("report.sheet.summary", lang),
        table=pd.DataFrame({k: pd.Series(v, dtype=object) for k, v in columns.items()}),
        formats=dict.fromkeys(numbers, forms),
        bold=frozenset(i for i, n in enumerate(lines) if n.part),
        marked=frozenset(i for i, n in enumerate(lines) if n.met == no),
        across=frozenset(i for i, n in enumerate(lines) if n.across),
        one_page=True,
    )


def _minus(one: object, other: object) -> float | None:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return float(one) - float(other)
    return None
