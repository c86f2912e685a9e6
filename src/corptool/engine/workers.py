"""Worker processes, in which a function is computed for many tasks.

They are forked where that is safe: then they have what was imported and loaded before, tables and models, at no cost.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from corptool.step import Each

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

AHEAD = 8
"""Enough for the others to go on while one task takes long: results come in order."""


@contextlib.contextmanager
def pool(jobs: int, *, ahead: int = AHEAD) -> Iterator[Each]:
    """What computes a function for each tuple of arguments in worker processes, which wait for more until the end.

    So many tasks `ahead` a worker are taken before their turn, and no more: each may hold arrays, or what was read.
    """
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import active_children, get_context

    with ProcessPoolExecutor(jobs, get_context(_method()), _live_and_die_with_parent) as processes:
        try:
            yield partial(_each, processes, ahead * jobs)
        except BaseException:  # nobody wants the rest, and a task may be long
            for worker in active_children():
                worker.terminate()
            raise
        finally:
            processes.shutdown(wait=True, cancel_futures=True)


def in_workers(
    function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]], jobs: int, *, ahead: int = AHEAD
) -> Iterator[Any]:
    """What a function gives for each tuple of arguments, computed by worker processes, in the order of the tasks."""
    with pool(jobs, ahead=ahead) as each:
        yield from each(function, tasks)


def _each(
    processes: ProcessPoolExecutor, ahead: int, function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]]
) -> Iterator[Any]:
    from concurrent.futures.process import BrokenProcessPool

    waiting: deque[Future[Any]] = deque()
    try:
        for task in tasks:
            with _signals_wait():  # the first task forks the workers
                waiting.append(processes.submit(function, *task))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        why = "a worker process was killed (is there too little memory for so many?)"
        raise ChildProcessError(errno.ECHILD, why) from None


def _method() -> str:
    """`fork` where no other thread runs, whose locks would stay locked for ever; macOS starts some of its own."""
    try:
        return "fork" if len(os.listdir("/proc/self/task")) == 1 else "spawn"
    except OSError:
        return "spawn"


@contextlib.contextmanager
def _signals_wait() -> Iterator[None]:
    """Hold signals back: a worker just forked would end as the parent does, and write what that had not written."""
    import signal

    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _live_and_die_with_parent() -> None:
    """Leave Ctrl-C, which reaches every process of a terminal, to the parent; end when the parent was killed."""
    import signal
    from multiprocessing import parent_process
    from threading import Thread

    parent = parent_process()
    assert parent

    def end() -> None:
        parent.join()
        os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT, signal.SIGTERM))
    Thread(target=end, daemon=True).start()
