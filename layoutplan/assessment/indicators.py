"""All indicators, in the order in which they are shown.

A new indicator is a function from a plan to rows in one of the families, one
line here, and its text ``indicator.<name>`` in both languages.
"""

from typing import Final

from layoutplan.assessment import access, capacity, change, network
from layoutplan.assessment.rows import Indicator
from layoutplan.tables import ACTIONS, KINDS

INDICATORS: Final[tuple[Indicator, ...]] = (
    Indicator(name="travel_mean", unit="minutes", measure=access.travel_mean),
    Indicator(name="travel_p95", unit="minutes", measure=access.travel_p95),
    Indicator(name="travel_worst", unit="minutes", measure=access.travel_worst),
    Indicator(name="travel_worst_tenth", unit="minutes", measure=access.travel_worst_tenth),
    Indicator(name="travel_within", unit="share", measure=access.travel_within),
    Indicator(name="travel_beyond", unit="persons", measure=access.travel_beyond),
    Indicator(name="travel_none_near", unit="persons", measure=access.travel_none_near),
    Indicator(name="travel_unknown", unit="persons", measure=access.travel_unknown),
    Indicator(name="pupils_unserved", unit="persons", measure=access.pupils_unserved),
    Indicator(name="pupils_moved", unit="persons", measure=change.pupils_moved),
    Indicator(name="pupils_moved_share", unit="share", measure=change.pupils_moved_share),
    Indicator(name="moved_longer", unit="persons", measure=change.moved_longer),
    Indicator(name="moved_extra_minutes", unit="minutes", measure=change.moved_extra_minutes),
    Indicator(name="pupils", unit="persons", measure=capacity.pupils),
    Indicator(name="pupils_in_schools", unit="persons", measure=capacity.pupils_in_schools),
    Indicator(name="places", unit="persons", measure=capacity.places),
    Indicator(name="utilisation", unit="share", measure=capacity.utilisation),
    Indicator(name="pupils_beyond_places", unit="persons", measure=capacity.pupils_beyond_places),
    Indicator(name="schools_over_places", unit="schools", measure=capacity.schools_over_places),
    Indicator(name="class_size_mean", unit="persons/class", measure=capacity.class_size_mean),
    Indicator(name="schools_large_classes", unit="schools", measure=capacity.schools_large_classes),
    Indicator(name="classes_large", unit="classes", measure=capacity.classes_large),
    Indicator(
        name="schools_extra_large_classes",
        unit="schools",
        measure=capacity.schools_extra_large_classes,
    ),
    Indicator(name="classes_extra_large", unit="classes", measure=capacity.classes_extra_large),
    Indicator(name="schools_over_size", unit="schools", measure=capacity.schools_over_size),
    Indicator(name="schools_open", unit="schools", measure=network.schools_open),
    *(
        Indicator(name=f"schools_{kind}", unit="schools", measure=network.schools_of_kind(kind))
        for kind in KINDS
    ),
    *(
        Indicator(
            name=f"action_{action}", unit="schools", measure=network.schools_with_action(action)
        )
        for action in ACTIONS
        if action != "unused"
    ),
    Indicator(
        name="schools_without_pupils", unit="schools", measure=network.schools_without_pupils
    ),
    *(
        Indicator(name=f"schools_size_{n}", unit="schools", measure=network.schools_of_size(n))
        for n in range(1, len(network.SIZE_CLASSES) + 2)
    ),
    Indicator(
        name="townships_without_junior",
        unit="townships",
        measure=network.townships_without_junior,
    ),
    Indicator(name="capital", unit="yuan", measure=change.capital),
    Indicator(name="annual", unit="yuan/year", measure=change.annual),
    Indicator(name="annual_per_pupil", unit="yuan/year", measure=change.annual_per_pupil),
)
"""The indicators."""
