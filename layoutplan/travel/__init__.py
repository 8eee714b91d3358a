"""Travel times from every village to every site."""

from layoutplan.travel.changed import minutes_changed
from layoutplan.travel.compute import travel_between, travel_times
from layoutplan.travel.lawful_way import LawfulWays, lawful_ways
from layoutplan.travel.noun import TravelTimes
from layoutplan.travel.side_by_side import nearest_side_by_side
from layoutplan.travel.walking_speed import at_walking_speeds, with_walking_speed

__all__ = [
    "LawfulWays",
    "TravelTimes",
    "at_walking_speeds",
    "lawful_ways",
    "minutes_changed",
    "nearest_side_by_side",
    "travel_between",
    "travel_times",
    "with_walking_speed",
]
