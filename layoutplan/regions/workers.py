"""Where counties are worked on: in this process, or by Dask's workers, ours or the user's."""

import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding

if TYPE_CHECKING:
    from distributed import Client

_PATIENCE = "10s"
"""How long a scheduler may take to answer at all."""


class Workers(Protocol):
    """Does one function for many things, in any order."""

    def each(
        self, function: Callable[..., Any], things: Sequence[Any], *, names: Sequence[str]
    ) -> Iterator[tuple[int, Any]]:
        """Give the place of each thing with its result, or the exception it ended in."""
        ...  # pragma: no cover


class Here:
    """Work in the plain loop of one process.

    Parameters
    ----------
    tries
        How often a thing is tried that ends in a fault.
    """

    def __init__(self, *, tries: int) -> None:
        self._tries = tries

    def each(
        self, function: Callable[..., Any], things: Sequence[Any], *, names: Sequence[str]
    ) -> Iterator[tuple[int, Any]]:
        """Work on one thing after the other.

        Parameters
        ----------
        function
            What is done.
        things
            With what.
        names
            Their names.

        Yields
        ------
        tuple
            The place of a thing, and its result or the exception it ended in.
        """
        del names
        for place, thing in enumerate(things):
            yield place, self._tried(function, thing)

    def _tried(self, function: Callable[..., Any], thing: object) -> Any:  # noqa: ANN401
        fault: Exception | None = None
        for _ in range(self._tries):
            try:
                return function(thing)
            except Exception as error:  # noqa: BLE001 # one county's fault stops no other
                fault = error
        return fault


class OnDask:
    """The workers of a Dask client.

    Parameters
    ----------
    client
        The client.
    tries
        How often a thing is tried that ends in a fault. A thing whose worker dies is
        given to another worker, as the client's scheduler is set up to do.
    """

    def __init__(self, client: "Client", *, tries: int) -> None:
        self._client = client
        self._tries = tries

    def each(
        self, function: Callable[..., Any], things: Sequence[Any], *, names: Sequence[str]
    ) -> Iterator[tuple[int, Any]]:
        """Hand all things to the workers and give results as they come.

        Parameters
        ----------
        function
            What is done; it must be importable on the workers.
        things
            With what.
        names
            Their names, seen on Dask's dashboard.

        Yields
        ------
        tuple
            The place of a thing, and its result or the exception it ended in.
        """
        from distributed import as_completed  # noqa: PLC0415 # of the extra `scale`

        futures = [
            self._client.submit(
                function, thing, key=f"{name}-{id(self):x}-{n}", retries=self._tries - 1, pure=False
            )
            for n, (name, thing) in enumerate(zip(names, things, strict=True))
        ]
        place = {f.key: n for n, f in enumerate(futures)}
        try:
            for future in as_completed(futures):
                fault = future.exception()
                yield place[future.key], future.result() if fault is None else fault
                # What is done is let go at once, so that no worker keeps a province.
                future.release()
        finally:
            with contextlib.suppress(Exception):
                self._client.cancel(futures)


@contextmanager
def workers_of(
    client: "Client | str | None", *, workers: int, memory: str, tries: int, lang: str
) -> Iterator[Workers]:
    """Find the workers: the user's, or a cluster of processes on this machine.

    Parameters
    ----------
    client
        A client of the user's, which is used as it is; the address of a scheduler; or None.
    workers
        How many processes are started where there is no client; 0 for the plain loop.
    memory
        What each of them may use, as Dask takes it: beyond it a worker is started anew.
    tries
        How often a county is tried that ends in a fault.
    lang
        The language of messages.

    Yields
    ------
    Workers
        The workers.

    Raises
    ------
    OptionsError
        If Dask is not installed or the scheduler does not answer.
    """
    if client is None and workers == 0:
        yield Here(tries=tries)
        return
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415 # of the extra `scale`
    except ImportError:
        raise OptionsError(Finding(code="scale_missing"), lang=lang) from None
    if isinstance(client, Client):
        yield OnDask(client, tries=tries)
        return
    if isinstance(client, str):
        with _reached(client, lang=lang) as reached:
            yield OnDask(reached, tries=tries)
        return
    quiet = logging.ERROR
    with (
        LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, memory_limit=memory,
            dashboard_address=None, silence_logs=quiet, host="127.0.0.1",
        ) as cluster,
        Client(cluster) as own,
    ):  # fmt: skip
        yield OnDask(own, tries=tries)


@contextmanager
def _reached(address: str, *, lang: str) -> "Iterator[Client]":
    from distributed import Client  # noqa: PLC0415 # of the extra `scale`

    try:
        reached = Client(address, timeout=_PATIENCE)
    except (OSError, ValueError, TimeoutError) as error:
        why = str(error) or type(error).__name__
        found = Finding(code="scheduler_unreachable", values={"address": address, "why": why})
        raise OptionsError(found, lang=lang) from None
    with reached:
        yield reached
