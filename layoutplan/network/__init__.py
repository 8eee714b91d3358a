"""Road networks: which roads are joined, who may use them and how places get onto them."""

from layoutplan.network.metric import metric_crs
from layoutplan.network.modes import MODES, Mode
from layoutplan.network.road_network import RoadNetwork, network, network_of_roads
from layoutplan.network.snap import Attachment, attach

__all__ = [
    "MODES",
    "Attachment",
    "Mode",
    "RoadNetwork",
    "attach",
    "metric_crs",
    "network",
    "network_of_roads",
]
