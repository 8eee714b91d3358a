"""What a command says at its end of a plan it has made."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer
from rich.text import Text

from layoutplan.cli_screen import err, tell
from layoutplan.words import Language, say

if TYPE_CHECKING:
    from layoutplan.plan import Plan

NEAREST_PLAN: Final = 3
"""Exit code: a plan was made, but no plan keeps all rules."""

_HARD: Final = (
    "over_places",
    "below_least_size",
    "township_without_junior",
    "above_greatest_size",
    "pupils_pushed",
    "pupils_farther",
    "unserved_no_road",
    "unserved_no_site",
    "unserved_none_open",
)
"""Findings that mean: no plan keeps the rules, and this is the nearest."""


def show_summary(plan: "Plan", out: Path, *, lang: Language) -> None:
    """Say how good a plan is, what it does, who is served, and which rules it cannot keep.

    Parameters
    ----------
    plan
        The plan.
    out
        The folder of its results.
    lang
        The language.

    Raises
    ------
    typer.Exit
        With `NEAREST_PLAN`, where the plan breaks a rule.
    """
    from layoutplan.reports.sheets import all_findings  # noqa: PLC0415 # slow to load

    actions = plan.decisions["action"].value_counts()
    counts = ", ".join(f"{say(f'action.{a}', lang)} {n}" for a, n in actions.items())
    tell("status", lang, status=plan.solver.words(lang))
    tell("actions", lang, actions=counts)
    tell(
        "pupils",
        lang,
        pupils_in=plan.pupils_in,
        assigned=plan.pupils_assigned,
        unserved=plan.pupils_unserved,
    )
    tell("results", lang, out=out)
    warned = sum(f.severity == "warning" for f in all_findings(plan))
    if warned:
        tell("warnings", lang, n=warned)
    broken = [f for f in plan.findings if f.severity == "warning" and f.code in _HARD]
    if broken:
        for finding in broken:
            err.print(Text(f"{finding.what(lang)} {finding.cure(lang)}"), soft_wrap=True)
        given = plan.solver.status == "given"
        err.print(Text(say("cli.breaks" if given else "cli.nearest", lang)), soft_wrap=True)
        raise typer.Exit(NEAREST_PLAN)
