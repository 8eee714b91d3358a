"""Plans the layout of a county's schools, with a proven gap, for people to decide.

The verbs: `read_county`, `check`, `travel_times`, `standards`, `evaluate`, `propose`,
`assess`, `compare`, `review_map`, `write_report`. What they take and give is frozen;
tables are plain (Geo)DataFrames indexed by id.
"""

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

# These verbs carry the name of their room. Imported at once, the verb stays
# where Python would otherwise put the room when it is imported later.
from layoutplan.gates import gates
from layoutplan.network import (
    Barriers,
    Repair,
    RoadNetwork,
    disconnected,
    network,
    read_elevation,
)
from layoutplan.roadmap import Roadmap, assert_roadmap_valid, replan, roadmap
from layoutplan.standards import (
    Standard,
    Standards,
    profiles,
    standards,
    standards_from,
    standards_table,
    verdicts,
)

if TYPE_CHECKING:
    from layoutplan import balance, example, supervision
    from layoutplan.assessment import Assessment, assess, before_after, class_table, compare
    from layoutplan.checks import check
    from layoutplan.county import County, read_county
    from layoutplan.county_from_osm import from_osm
    from layoutplan.errors import (
        DataError,
        InfeasibleError,
        InternalError,
        LayoutPlanError,
        OptionsError,
        SolverError,
        TravelError,
    )
    from layoutplan.explain import (
        Alternatives,
        Causes,
        Frontier,
        WhatIf,
        Why,
        alternatives,
        causes,
        frontier,
        reasons,
        what_if,
        why,
    )
    from layoutplan.gates import Gates, must_keep
    from layoutplan.horizon import (
        PlanAhead,
        Waiting,
        assert_plan_ahead_valid,
        cost_over_years,
        propose_ahead,
        waiting,
        yearly_cost,
    )
    from layoutplan.location.center import p_center
    from layoutplan.location.checking import assert_located_valid
    from layoutplan.location.coverage import coverage
    from layoutplan.location.locate import locate
    from layoutplan.location.located import Located
    from layoutplan.location.siting import Siting
    from layoutplan.maps import review_map
    from layoutplan.maps.explore import explore
    from layoutplan.maps.picture import map_picture
    from layoutplan.maps.road_map import road_map
    from layoutplan.measures import Options, site_measures
    from layoutplan.neighbours import village_neighbours
    from layoutplan.network.areas import nearest_site_areas, nearest_site_roads
    from layoutplan.network.change import with_standards, without_roads
    from layoutplan.network.flows import flows
    from layoutplan.network.interchange import from_networkx
    from layoutplan.network.isochrones import isochrone_areas, isochrone_roads
    from layoutplan.network.new_road import with_road
    from layoutplan.network.paths import paths
    from layoutplan.papers import (
        write_paper,
        write_papers,
        write_pdf,
        write_rectification,
        write_supervision,
    )
    from layoutplan.plan import Plan, evaluate, propose
    from layoutplan.projection import (
        EarlyWarning,
        Projection,
        backtest,
        backtest_births,
        early_warning,
        project,
    )
    from layoutplan.regions import Regions, plan_regions
    from layoutplan.reports import (
        read_schedule,
        write_findings,
        write_findings_layers,
        write_report,
        write_roadmap,
    )
    from layoutplan.robustness import Sensitivity, sensitivity
    from layoutplan.sources.coordinates import (
        from_wgs84,
        gauss_kruger,
        settle_places,
        to_wgs84,
    )
    from layoutplan.sources.forms import SchoolForms, read_forms
    from layoutplan.sources.matching import (
        Matches,
        Traced,
        apply_lineage,
        duplicates,
        match_rows,
        write_questions,
    )
    from layoutplan.sources.population import DemandPoints, demand_points
    from layoutplan.supervision import Ledger, SupervisionReport, init_ledger, open_ledger
    from layoutplan.template import write_templates
    from layoutplan.testing import assert_plan_valid
    from layoutplan.travel import (
        LawfulWays,
        TravelTimes,
        at_walking_speeds,
        lawful_ways,
        minutes_changed,
        nearest_side_by_side,
        travel_times,
    )

__version__: Final = "0.1.0"

_WHERE: Final = {
    "Assessment": "assessment",
    "assess": "assessment",
    "before_after": "assessment",
    "class_table": "assessment",
    "compare": "assessment",
    "check": "checks",
    "County": "county",
    "read_county": "county",
    "from_osm": "county_from_osm",
    "DataError": "errors",
    "InfeasibleError": "errors",
    "InternalError": "errors",
    "LayoutPlanError": "errors",
    "OptionsError": "errors",
    "SolverError": "errors",
    "TravelError": "errors",
    "Alternatives": "explain",
    "Causes": "explain",
    "Frontier": "explain",
    "alternatives": "explain",
    "frontier": "explain",
    "WhatIf": "explain",
    "Why": "explain",
    "causes": "explain",
    "reasons": "explain",
    "what_if": "explain",
    "why": "explain",
    "Gates": "gates",
    "must_keep": "gates",
    "PlanAhead": "horizon",
    "Waiting": "horizon",
    "assert_plan_ahead_valid": "horizon",
    "cost_over_years": "horizon",
    "propose_ahead": "horizon",
    "waiting": "horizon",
    "yearly_cost": "horizon",
    "p_center": "location.center",
    "Located": "location.located",
    "assert_located_valid": "location.checking",
    "locate": "location.locate",
    "coverage": "location.coverage",
    "Siting": "location.siting",
    "explore": "maps.explore",
    "review_map": "maps",
    "Options": "measures",
    "site_measures": "measures",
    "village_neighbours": "neighbours",
    "paths": "network.paths",
    "flows": "network.flows",
    "nearest_site_roads": "network.areas",
    "nearest_site_areas": "network.areas",
    "isochrone_roads": "network.isochrones",
    "isochrone_areas": "network.isochrones",
    "without_roads": "network.change",
    "with_standards": "network.change",
    "with_road": "network.new_road",
    "from_networkx": "network.interchange",
    "minutes_changed": "travel",
    "map_picture": "maps.picture",
    "road_map": "maps.road_map",
    "Plan": "plan",
    "evaluate": "plan",
    "propose": "plan",
    "write_paper": "papers",
    "write_papers": "papers",
    "write_pdf": "papers",
    "write_rectification": "papers",
    "write_supervision": "papers",
    "Projection": "projection",
    "project": "projection",
    "EarlyWarning": "projection",
    "backtest": "projection",
    "backtest_births": "projection",
    "early_warning": "projection",
    "Regions": "regions",
    "plan_regions": "regions",
    "read_schedule": "reports",
    "write_findings": "reports",
    "write_findings_layers": "reports",
    "write_report": "reports",
    "write_roadmap": "reports",
    "Sensitivity": "robustness",
    "sensitivity": "robustness",
    "from_wgs84": "sources.coordinates",
    "gauss_kruger": "sources.coordinates",
    "settle_places": "sources.coordinates",
    "to_wgs84": "sources.coordinates",
    "SchoolForms": "sources.forms",
    "read_forms": "sources.forms",
    "assert_plan_valid": "testing",
    "LawfulWays": "travel",
    "TravelTimes": "travel",
    "at_walking_speeds": "travel",
    "lawful_ways": "travel",
    "nearest_side_by_side": "travel",
    "travel_times": "travel",
    "Matches": "sources.matching",
    "Traced": "sources.matching",
    "apply_lineage": "sources.matching",
    "duplicates": "sources.matching",
    "match_rows": "sources.matching",
    "write_questions": "sources.matching",
    "DemandPoints": "sources.population",
    "demand_points": "sources.population",
    "write_templates": "template",
    "Ledger": "supervision",
    "SupervisionReport": "supervision",
    "init_ledger": "supervision",
    "open_ledger": "supervision",
}

__all__ = [
    "Alternatives",
    "Assessment",
    "Barriers",
    "Causes",
    "County",
    "DataError",
    "DemandPoints",
    "EarlyWarning",
    "Frontier",
    "Gates",
    "InfeasibleError",
    "InternalError",
    "LawfulWays",
    "LayoutPlanError",
    "Ledger",
    "Located",
    "Matches",
    "Options",
    "OptionsError",
    "Plan",
    "PlanAhead",
    "Projection",
    "Regions",
    "Repair",
    "RoadNetwork",
    "Roadmap",
    "SchoolForms",
    "Sensitivity",
    "Siting",
    "SolverError",
    "Standard",
    "Standards",
    "SupervisionReport",
    "Traced",
    "TravelError",
    "TravelTimes",
    "Waiting",
    "WhatIf",
    "Why",
    "alternatives",
    "apply_lineage",
    "assert_located_valid",
    "assert_plan_ahead_valid",
    "assert_plan_valid",
    "assert_roadmap_valid",
    "assess",
    "at_walking_speeds",
    "backtest",
    "backtest_births",
    "balance",
    "before_after",
    "causes",
    "check",
    "class_table",
    "compare",
    "cost_over_years",
    "coverage",
    "demand_points",
    "disconnected",
    "duplicates",
    "early_warning",
    "evaluate",
    "example",
    "explore",
    "flows",
    "from_networkx",
    "from_osm",
    "from_wgs84",
    "frontier",
    "gates",
    "gauss_kruger",
    "init_ledger",
    "isochrone_areas",
    "isochrone_roads",
    "lawful_ways",
    "locate",
    "map_picture",
    "match_rows",
    "minutes_changed",
    "must_keep",
    "nearest_side_by_side",
    "nearest_site_areas",
    "nearest_site_roads",
    "network",
    "open_ledger",
    "p_center",
    "paths",
    "plan_regions",
    "profiles",
    "project",
    "propose",
    "propose_ahead",
    "read_county",
    "read_elevation",
    "read_forms",
    "read_schedule",
    "reasons",
    "replan",
    "review_map",
    "road_map",
    "roadmap",
    "sensitivity",
    "settle_places",
    "site_measures",
    "standards",
    "standards_from",
    "standards_table",
    "supervision",
    "to_wgs84",
    "travel_times",
    "verdicts",
    "village_neighbours",
    "waiting",
    "what_if",
    "why",
    "with_road",
    "with_standards",
    "without_roads",
    "write_findings",
    "write_findings_layers",
    "write_paper",
    "write_papers",
    "write_pdf",
    "write_questions",
    "write_rectification",
    "write_report",
    "write_roadmap",
    "write_supervision",
    "write_templates",
    "yearly_cost",
]

logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import a name when it is first used: folium, the solver and typer take time."""
    if name in {"balance", "example", "supervision"}:
        return import_module(f"layoutplan.{name}")
    if name not in _WHERE:
        message = f"module 'layoutplan' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"layoutplan.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted([*__all__, "__version__"])
