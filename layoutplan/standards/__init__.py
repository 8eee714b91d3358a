"""Standards: the numbers a county is held to, each with document, article and status.

`standards` loads a profile by name, several as one, or a county's own TOML file;
`profiles` lists those that come with the library; `verdicts` holds data to the rules
that rest on the numbers.
"""

from layoutplan.standards.listing import profiles, standards_table
from layoutplan.standards.load import standards, standards_from
from layoutplan.standards.noun import STATUSES, Standard, Standards, Status
from layoutplan.standards.rules import Each, KOfN, Limit, Mean, Range, Rule, Severity
from layoutplan.standards.verdicts import VERDICT_COLUMNS, Verdict, verdicts

__all__ = [
    "STATUSES",
    "VERDICT_COLUMNS",
    "Each",
    "KOfN",
    "Limit",
    "Mean",
    "Range",
    "Rule",
    "Severity",
    "Standard",
    "Standards",
    "Status",
    "Verdict",
    "profiles",
    "standards",
    "standards_from",
    "standards_table",
    "verdicts",
]
