"""The options of the command line, with their helps in the language of the machine."""

from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from layoutplan.words import Language, catalogue, language

LANG: Final[Language] = language()
HELP: Final = {
    key.removeprefix("cli."): text
    for key, text in catalogue(LANG).items()
    if key.startswith("cli.")
}

CountyPath = Annotated[Path, typer.Argument(metavar="COUNTY", help=HELP["county"])]
Out = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help=HELP["out"])]
OptionalOut = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="DIR", help=HELP["findings_out"])
]
ColumnsFile = Annotated[
    Path | None, typer.Option("--columns", metavar="FILE.toml", help=HELP["columns"])
]
WriteColumns = Annotated[
    Path | None,
    typer.Option("--write-columns", metavar="FILE.toml", help=HELP["write_columns"]),
]
Crs = Annotated[str, typer.Option("--crs", metavar="EPSG:n", help=HELP["crs"])]
Coordinates = Annotated[
    str,
    typer.Option("--coordinates", metavar="auto|as-is|gcj02|bd09|EPSG:n", help=HELP["coordinates"]),
]
Profile = Annotated[
    str, typer.Option("--standards", metavar="NAME|FILE.toml", help=HELP["standards"])
]
Mode = Annotated[
    Literal["walk", "bicycle", "car", "bus"], typer.Option("--mode", help=HELP["mode"])
]
Repairs = Annotated[str, typer.Option("--repair", metavar="auto|off|M", help=HELP["repair"])]
Heights = Annotated[Path | None, typer.Option("--elevation", metavar="FILE", help=HELP["heights"])]
Season = Annotated[Literal["flood", "snow"] | None, typer.Option("--season", help=HELP["season"])]
Lang = Annotated[Literal["auto", "zh", "en"], typer.Option("--lang", help=HELP["lang"])]
Name = Annotated[str, typer.Option("--name", help=HELP["name"])]
Year = Annotated[int, typer.Option("--year", help=HELP["year"])]
Sites = list[str] | None
Budget = Annotated[float | None, typer.Option("--budget", metavar="YUAN", help=HELP["budget"])]
AnnualBudget = Annotated[
    float | None, typer.Option("--annual-budget", metavar="YUAN", help=HELP["annual_budget"])
]
SchoolsMax = Annotated[
    int | None, typer.Option("--schools-max", metavar="N", help=HELP["schools_max"])
]
MovedMax = Annotated[int | None, typer.Option("--moved-max", metavar="N", help=HELP["moved_max"])]
Keep = Annotated[Sites, typer.Option("--keep", metavar="ID", help=HELP["keep"])]
Close = Annotated[Sites, typer.Option("--close", metavar="ID", help=HELP["close"])]
Freeze = Annotated[Sites, typer.Option("--freeze", metavar="ID", help=HELP["freeze"])]
MinPupils = Annotated[
    Sites, typer.Option("--min-pupils", metavar="KIND=N", help=HELP["min_pupils"])
]
IgnoreChoices = Annotated[bool, typer.Option("--ignore-choices", help=HELP["ignore_choices"])]
SplitVillages = Annotated[bool, typer.Option("--split-villages", help=HELP["split_villages"])]
Together = Annotated[bool, typer.Option("--together", help=HELP["together"])]
Contiguous = Annotated[bool, typer.Option("--contiguous", help=HELP["contiguous"])]
NoGates = Annotated[bool, typer.Option("--no-gates", help=HELP["no_gates"])]
SchoolBus = Annotated[bool, typer.Option("--bus", help=HELP["school_bus"])]
TimeLimit = Annotated[
    float, typer.Option("--time-limit", metavar="S", min=1, help=HELP["time_limit"])
]
Gap = Annotated[float, typer.Option("--gap", min=0, max=1, help=HELP["gap"])]
Seed = Annotated[int, typer.Option("--seed", help=HELP["seed"])]
