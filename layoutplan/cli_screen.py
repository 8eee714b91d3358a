"""What the commands share: the screen, progress, the reading of a county."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from layoutplan.cli_options import LANG
from layoutplan.county import County, read_county
from layoutplan.findings import Finding, findings_table
from layoutplan.sources.columns import Mapped, read_columns
from layoutplan.words import Language, say

out: Final = Console(highlight=False)
err: Final = Console(stderr=True, highlight=False)


def tell(key: str, lang: Language, **values: object) -> None:
    """Print one sentence.

    Parameters
    ----------
    key
        The key of the sentence in words, without ``cli.``.
    lang
        The language.
    **values
        What it names.
    """
    out.print(Text(say(f"cli.{key}", lang, **values)), soft_wrap=True)


@contextmanager
def steps(label: str) -> Iterator[Callable[[int, int, str], None]]:
    """Show a bar for anything that takes over a second.

    Parameters
    ----------
    label
        What is going on.

    Yields
    ------
    callable
        Takes how much is done, of how much, and what.
    """
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(label, total=None)

        def step(done: int, total: int, _what: str) -> None:
            bar.update(task, completed=done, total=total)

        yield step


def read(
    path: Path,
    columns: Path | None,
    *,
    crs: str,
    name: str,
    year: int,
    lang: str,
    coordinates: str = "auto",
) -> tuple[County, Mapped]:
    """Read a county and the mapping of its columns.

    Parameters
    ----------
    path
        The county.
    columns
        The file of the mapping.
    crs, name, year, lang, coordinates
        As in `layoutplan.read_county`.

    Returns
    -------
    tuple
        The county and the mapping.
    """
    mapped: Mapped = read_columns(columns, lang=lang) if columns else {}
    with steps(say("cli.reading", LANG)):
        county = read_county(
            path, columns=mapped, crs=crs, coordinates=coordinates, name=name, year=year, lang=lang
        )
    return county, mapped


def show_findings(found: Iterable[Finding], lang: Language) -> None:
    """Print findings as a table, worst first.

    Parameters
    ----------
    found
        The findings.
    lang
        The language.
    """
    shown = Table(show_lines=False)
    for heading in ("severity", "message", "cure"):
        shown.add_column(say(f"cli.{heading}_heading", lang), overflow="fold")
    for row in findings_table(found, lang=lang).to_dict("records"):
        severity = say(f"severity.{row['severity']}", lang)
        shown.add_row(Text(severity), Text(str(row["message"])), Text(str(row["cure"])))
    out.print(shown)
