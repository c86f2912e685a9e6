"""Schedules the tasks of shards.py on a Ray cluster: on this machine, or on many that see the same folder or store.

Ray moves no article: a task is a function with the name of the job's folder and a number, and all that it reads and
writes is in files that appear whole. So a task whose worker dies is done again, and nothing can be there twice.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import reprlib
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TextIO

import click

from corptool import __version__, extras
from corptool.tasks import Each

AGAIN = 4
"""How often a task is done again whose worker died: what kills five workers will kill the sixth."""
AHEAD = 8
"""Tasks a processor that are in Ray at a time: some may carry arrays, and results come in order."""


@contextlib.contextmanager
def cluster(address: str | None, workers: int | None) -> Iterator[Each]:
    """A cluster, and what computes a function for each tuple of arguments on it.

    Without an address (or RAY_ADDRESS) it is one of this machine, which ends with us.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # or it warns
    ray = extras.load("ray", "ray", "--engine ray")
    address = address or os.environ.get("RAY_ADDRESS") or "local"
    ours = {"num_cpus": workers, "include_dashboard": False} if address == "local" else {}
    # what workers print belongs to their shard's summary; more of it would flood the terminal
    quiet = {"log_to_driver": False, "logging_level": "ERROR"}
    try:
        _reach(address)
        ray.init(address, **ours, **quiet)
    except (OSError, RuntimeError, ValueError) as error:
        raise click.ClickException(f"there is no Ray cluster at {address}: {error}") from None

    def each(function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        ahead = AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
        remote = ray.remote(_in_worker).options(num_cpus=1, max_retries=AGAIN, name=function.__name__)
        yield from _each(
            ray, lambda task: remote.remote(__version__, os.getcwd(), function, pickle.dumps(task)), tasks, ahead
        )

    try:
        with contextlib.redirect_stdout(_Output(sys.stdout)):
            yield each
    finally:
        ray.shutdown()


def _reach(address: str) -> None:
    """OSError: nobody is there. Ray itself would wait for many minutes."""
    import socket

    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host, int(port)), timeout=10).close()


class _Output:
    """Standard output for bytes alone, which are ours: Ray prints there that a worker died."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        """Nothing: it is in Ray's own log, and the task is done again."""
        return len(text)


def _in_worker(version: str, folder: str, function: Callable[..., Any], task: bytes) -> bytes:
    """What the function gives for its arguments. Both pickled by us: arrays that Ray brings are read-only."""
    with contextlib.suppress(OSError):  # where there is no such folder, all names must be whole
        os.chdir(folder)
    if version != __version__:
        raise click.ClickException(
            f"a worker has corptool {__version__}, and the command {version}: install one of them"
        )
    return pickle.dumps(function(*pickle.loads(task)))  # noqa: S301 - by us


def _each(ray: Any, submit: Callable[[Any], Any], tasks: Iterable[tuple[Any, ...]], ahead: int) -> Iterator[Any]:
    """The results in the order of the tasks. Where one fails, the others are done first: then they are done."""
    rest = iter(tasks)
    waiting = deque((_said(task), submit(task)) for task in islice(rest, ahead))
    failed: list[tuple[str, BaseException]] = []
    try:
        while waiting:
            task, reference = waiting.popleft()
            try:
                result = pickle.loads(ray.get(reference))  # noqa: S301 - by us
            except ray.exceptions.RayError as error:
                failed.append((task, error))
            for more in islice(rest, 1):
                waiting.append((_said(more), submit(more)))
            if not failed:
                yield result
    finally:
        for _, reference in waiting:
            ray.cancel(reference, force=True)
    if failed:
        raise _told(ray, failed)


def _said(task: tuple[Any, ...]) -> str:
    """What is told of a task that fails. It may carry arrays, which nobody holds here once they are in Ray."""
    return reprlib.repr(tuple(each for each in task if isinstance(each, str | int)))


def _told(ray: Any, failed: list[tuple[str, BaseException]]) -> BaseException:
    """What the user hears of tasks that failed."""
    task, error = failed[0]
    if isinstance(error, ray.exceptions.RayTaskError) and isinstance(error.cause, click.ClickException | OSError):
        return error.cause
    what = f"{type(error).__name__}: {str(error).strip().splitlines()[-1]}"
    more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    return click.ClickException(f"a task of the cluster failed for good: {task}{more}: {what}")
