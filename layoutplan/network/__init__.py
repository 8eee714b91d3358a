"""Road networks: which roads are joined, who may use them and how places get onto them."""

from layoutplan.network.barriers import Barriers
from layoutplan.network.elevation import Elevation, read_elevation
from layoutplan.network.islands import disconnected, disconnected_findings
from layoutplan.network.metric import metric_crs
from layoutplan.network.modes import MODES, Mode
from layoutplan.network.repair import Repair
from layoutplan.network.road_network import RoadNetwork, network, network_of_roads
from layoutplan.network.seasons import SEASONS, Season
from layoutplan.network.snap import Attachment, attach

__all__ = [
    "MODES",
    "SEASONS",
    "Attachment",
    "Barriers",
    "Elevation",
    "Mode",
    "Repair",
    "RoadNetwork",
    "Season",
    "attach",
    "disconnected",
    "disconnected_findings",
    "metric_crs",
    "network",
    "network_of_roads",
    "read_elevation",
]
