"""Explaining plans: causes and cures of broken rules, why a decision, what if, which else."""

from layoutplan.explain.alternatives import alternatives
from layoutplan.explain.alternatives_noun import Alternatives, Frontier
from layoutplan.explain.causes import causes
from layoutplan.explain.causes_noun import Causes
from layoutplan.explain.frontier import frontier
from layoutplan.explain.reasons import reasons
from layoutplan.explain.what_if import what_if
from layoutplan.explain.what_if_noun import WhatIf
from layoutplan.explain.why import why
from layoutplan.explain.why_noun import Why

__all__ = [
    "Alternatives",
    "Causes",
    "Frontier",
    "WhatIf",
    "Why",
    "alternatives",
    "causes",
    "frontier",
    "reasons",
    "what_if",
    "why",
]
