"""How many searches may run side by side."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ALONE: ContextVar[bool] = ContextVar("alone", default=False)


@contextmanager
def one_core() -> Iterator[None]:
    """Let searches in this context use one core, as where each core has a county of its own.

    Yields
    ------
    None
        For a ``with`` statement.

    Examples
    --------
    >>> with one_core():
    ...     cores()
    1
    """
    token = _ALONE.set(True)
    try:
        yield
    finally:
        _ALONE.reset(token)


def cores() -> int:
    """Count the cores that a search may use.

    Returns
    -------
    int
        Those of this process, at least 1.

    Examples
    --------
    >>> cores() >= 1
    True
    """
    if _ALONE.get():
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
