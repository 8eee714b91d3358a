"""A county as one GeoPackage."""

import os
import tempfile
from pathlib import Path

import geopandas as gpd
import pyogrio

from layoutplan.county import County
from layoutplan.tables import COUNTY_TABLES

_DATE = "2000-01-01T00:00:00.000Z"
"""A GeoPackage carries the time of its last change: one fixed time keeps equal
counties equal to the byte."""


def write_county(county: County, path: str | Path) -> Path:
    """Write a county as a GeoPackage that `layoutplan.read_county` reads.

    Parameters
    ----------
    county
        The county.
    path
        The file; replaced as a whole if it exists.

    Returns
    -------
    pathlib.Path
        The file.

    Examples
    --------
    >>> import tempfile
    >>> import layoutplan as lp
    >>> folder = tempfile.mkdtemp()
    >>> path = write_county(lp.example.county(seed=1, villages=40), f"{folder}/made-up.gpkg")
    >>> len(lp.read_county(path).villages)
    40
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder:
        whole = Path(folder) / "county.gpkg"
        try:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _DATE})
            for name in COUNTY_TABLES:
                table = county.table(name)
                if len(table):
                    _write_layer(table, whole, name)
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
        os.replace(whole, path)  # noqa: PTH105 # atomic also where the target exists
    return path


def _write_layer(table: gpd.GeoDataFrame, path: Path, name: str) -> None:
    key = COUNTY_TABLES[name].key or ("road_id" if name == "roads" else "")
    frame = table.rename_axis(key).reset_index() if key and key not in table else table
    if not isinstance(frame, gpd.GeoDataFrame):
        frame = frame.reset_index(drop=True)
        pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG")
        return
    pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", promote_to_multi=False)
