"""Write the made-up county into a folder: ``python -m layoutplan.example geodata``."""

import sys
from pathlib import Path

from layoutplan.county_file import write_county
from layoutplan.example import county, county_tables, deliver

DEMO_SEED = 3


def main(folder: Path) -> None:
    """Write the county as a GeoPackage and as a bureau would deliver it.

    Parameters
    ----------
    folder
        The folder.
    """
    write_county(county(DEMO_SEED), folder / "demo.gpkg")
    deliver(county_tables(DEMO_SEED), folder / "bureau")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "geodata"))
