"""What the commands share: the screen and progress."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

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
