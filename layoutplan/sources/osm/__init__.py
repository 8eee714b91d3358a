"""OpenStreetMap extracts to the tables of a county."""

from layoutplan.sources.osm.places import SETTLED
from layoutplan.sources.osm.reading import ATTRIBUTION
from layoutplan.sources.osm.tables import OsmTables, read_osm

__all__ = ["ATTRIBUTION", "SETTLED", "OsmTables", "read_osm"]
