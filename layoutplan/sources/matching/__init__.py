"""The same school or village in two files: matches, duplicates, and ids over the years."""

from layoutplan.sources.matching.answers import read_answers, write_questions
from layoutplan.sources.matching.duplicates import duplicates
from layoutplan.sources.matching.lineage import KINDS_OF_CHANGE, Traced, apply_lineage
from layoutplan.sources.matching.match import match_rows
from layoutplan.sources.matching.noun import Matches

__all__ = [
    "KINDS_OF_CHANGE",
    "Matches",
    "Traced",
    "apply_lineage",
    "duplicates",
    "match_rows",
    "read_answers",
    "write_questions",
]
