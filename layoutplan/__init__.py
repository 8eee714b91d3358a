"""Plans the layout of a county's schools, with a proven gap, for people to decide.

The verbs: `read_county`, `check`, `travel_times`, `standards`, `evaluate`, `propose`,
`assess`, `compare`, `review_map`, `write_report`. What they take and give is frozen;
tables are plain (Geo)DataFrames indexed by id.
"""

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

# These two verbs carry the name of their room. Imported at once, the verb stays
# where Python would otherwise put the room when it is imported later.
from layoutplan.network import RoadNetwork, network
from layoutplan.standards import Standard, Standards, standards

if TYPE_CHECKING:
    from layoutplan import example
    from layoutplan.assessment import Assessment, assess, compare
    from layoutplan.checks import check
    from layoutplan.county import County, read_county
    from layoutplan.errors import (
        DataError,
        InfeasibleError,
        InternalError,
        LayoutPlanError,
        OptionsError,
        SolverError,
        TravelError,
    )
    from layoutplan.maps import review_map
    from layoutplan.measures import Options, site_measures
    from layoutplan.plan import Plan, evaluate, propose
    from layoutplan.reports import write_report
    from layoutplan.testing import assert_plan_valid
    from layoutplan.travel import TravelTimes, travel_times

__version__: Final = "0.1.0"

_WHERE: Final = {
    "Assessment": "assessment",
    "assess": "assessment",
    "compare": "assessment",
    "check": "checks",
    "County": "county",
    "read_county": "county",
    "DataError": "errors",
    "InfeasibleError": "errors",
    "InternalError": "errors",
    "LayoutPlanError": "errors",
    "OptionsError": "errors",
    "SolverError": "errors",
    "TravelError": "errors",
    "review_map": "maps",
    "Options": "measures",
    "site_measures": "measures",
    "Plan": "plan",
    "evaluate": "plan",
    "propose": "plan",
    "write_report": "reports",
    "assert_plan_valid": "testing",
    "TravelTimes": "travel",
    "travel_times": "travel",
}

__all__ = [
    "Assessment",
    "County",
    "DataError",
    "InfeasibleError",
    "InternalError",
    "LayoutPlanError",
    "Options",
    "OptionsError",
    "Plan",
    "RoadNetwork",
    "SolverError",
    "Standard",
    "Standards",
    "TravelError",
    "TravelTimes",
    "assert_plan_valid",
    "assess",
    "check",
    "compare",
    "evaluate",
    "example",
    "network",
    "propose",
    "read_county",
    "review_map",
    "site_measures",
    "standards",
    "travel_times",
    "write_report",
]

logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import a name when it is first used: folium, the solver and typer take time."""
    if name == "example":
        return import_module("layoutplan.example")
    if name not in _WHERE:
        message = f"module 'layoutplan' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"layoutplan.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted([*__all__, "__version__"])
