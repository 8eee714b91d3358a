"""What may be done at each site, and what is asked of a plan."""

from layoutplan.measures.capacity import site_capacity
from layoutplan.measures.edited import checked_measures, with_defaults
from layoutplan.measures.names import MEASURES, MODULES, STATES
from layoutplan.measures.option_checks import check_options
from layoutplan.measures.options import PRICES, Options
from layoutplan.measures.table import site_measures

__all__ = [
    "MEASURES",
    "MODULES",
    "PRICES",
    "STATES",
    "Options",
    "check_options",
    "checked_measures",
    "site_capacity",
    "site_measures",
    "with_defaults",
]
