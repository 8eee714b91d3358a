"""Roadmap: the plan year by year, within money, time and seats."""

from layoutplan.roadmap.checking import assert_roadmap_valid
from layoutplan.roadmap.make import roadmap
from layoutplan.roadmap.noun import Roadmap
from layoutplan.roadmap.replan import replan

__all__ = ["Roadmap", "assert_roadmap_valid", "replan", "roadmap"]
