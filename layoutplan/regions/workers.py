"""Where counties are worked on: in this process, or by Dask's workers, ours or the user's."""

import contextlib
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from multiprocessing import current_process
from typing import TYPE_CHECKING, Any, Protocol

from layoutplan.errors import OptionsError
from layoutplan.findings import Finding
from layoutplan.text_storage import quick_text

if TYPE_CHECKING:
    from distributed import Client, Future, LocalCluster

_PATIENCE = "10s"
"""How long a scheduler may take to answer at all."""

_FIRST_WORKER = 60.0
"""Seconds that its first worker may take to come, where the scheduler is found by address."""

_LOST = "distributed.deploy.lost-worker-timeout"
_NEVER = "365 days"
"""When a cluster gives up a worker that died. Not after its usual 15 s: a worker that starts
slowly, or dies again, would never be started anew, and the run would wait for ever."""

_PROFILED = "distributed.worker.profile.enabled"
"""Whether a worker looks a hundred times a second at what it does: nobody looks at it here."""

_PRELOADED = "layoutplan.regions.quick_worker"
"""Loaded by each worker as it starts, also by one that takes the place of another."""

_LONGEST_NAME = 60
"""Of a name on Dask's dashboard."""


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
                # As in workers of our own.
                with quick_text():
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
        """Hand things to the workers, as many as can be worked on, and give results as they come.

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

        waiting = enumerate(zip(names, things, strict=True))
        place: dict[str, int] = {}

        def hand_out(number: int) -> "list[Future[Any]]":
            handed = []
            for n, (name, thing) in islice(waiting, number):
                # Names come from files, keys must differ.
                key = f"{name[:_LONGEST_NAME]}-{id(self):x}-{n}"
                place[key] = n
                handed.append(
                    self._client.submit(
                        function, thing, key=key, retries=self._tries - 1, pure=False
                    )
                )
            return handed

        begun = hand_out(self._threads())
        held = {f.key: f for f in begun}
        arriving = as_completed(begun)
        try:
            for future in arriving:
                fault = future.exception()
                result = future.result() if fault is None else fault
                # What is done is let go at once, so that no worker keeps a province.
                future.release()
                del held[future.key]
                more = hand_out(self._threads() - len(held))
                held |= {f.key: f for f in more}
                arriving.update(more)
                yield place[future.key], result
        finally:
            with contextlib.suppress(Exception):
                self._client.cancel(list(held.values()))

    def _threads(self) -> int:
        """Count what can be worked on at one time.

        No more is handed out: with a worker that dies, all that it was given is blamed, and
        a county that kills its workers must not take those down that wait behind it.
        """
        return max(int(sum(self._client.nthreads().values())), 1)


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
        If Dask is not installed, the scheduler does not answer or has no worker, or an option
        is no client or size of memory.
    """
    if client is None and workers == 0:
        yield Here(tries=tries)
        return
    try:
        import dask  # noqa: PLC0415 # of the extra `scale`
        from dask.utils import parse_bytes  # noqa: PLC0415
        from distributed import Client  # noqa: PLC0415
    except ImportError:
        raise OptionsError(
            Finding(code="scale_missing", values={"package": "Dask"}), lang=lang
        ) from None
    if isinstance(client, Client):
        yield OnDask(client, tries=tries)
        return
    if isinstance(client, str):
        with _reached(client, lang=lang) as reached:
            yield OnDask(reached, tries=tries)
        return
    if client is not None:
        raise _wrong("client", client, lang)
    try:
        enough = parse_bytes(memory) > 0
    except (ValueError, TypeError, AttributeError):
        enough = False
    if not enough:
        raise _wrong("memory", memory, lang)
    _leave_if_run_again()
    with (
        dask.config.set({_LOST: _NEVER, _PROFILED: False}),
        _started(workers, memory, lang=lang) as cluster,
        Client(cluster) as own,
    ):
        yield OnDask(own, tries=tries)


def _started(workers: int, memory: str, *, lang: str) -> "LocalCluster":
    from distributed import LocalCluster  # noqa: PLC0415 # of the extra `scale`

    try:
        return LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, memory_limit=memory,
            dashboard_address=None, silence_logs=logging.CRITICAL, host="127.0.0.1",
            preload=[_PRELOADED],
        )  # fmt: skip
    except (RuntimeError, OSError) as error:
        cause = error.__cause__ or error
        why = str(cause) or type(cause).__name__
        found = Finding(code="workers_not_started", values={"why": why})
        raise OptionsError(found, lang=lang) from None


def _leave_if_run_again() -> None:
    """End a process that is only about to become a worker.

    Each new process runs the script once more that started it, up to its guard
    ``if __name__ == "__main__":``. Without one it would come here, and start workers of its
    own; it leaves, and the first process says what is missing.
    """
    if getattr(current_process(), "_inheriting", False):
        sys.exit(1)


def _wrong(option: str, given: object, lang: str) -> OptionsError:
    found = Finding(code="bad_option", column=option, values={"value": given})
    return OptionsError(found, lang=lang)


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
        _require_worker(reached, address, lang=lang)
        yield reached


def _require_worker(client: "Client", address: str, *, lang: str) -> None:
    """Refuse to wait for ever where a scheduler has no workers.

    Something is asked first: a cluster that grows with its work starts a worker for it.
    """
    asked = client.submit(int, pure=False)
    try:
        client.wait_for_workers(1, timeout=_FIRST_WORKER)
    except TimeoutError:
        values = {"address": address, "seconds": f"{_FIRST_WORKER:.0f}"}
        found = Finding(code="scheduler_without_workers", values=values)
        raise OptionsError(found, lang=lang) from None
    finally:
        asked.cancel()
