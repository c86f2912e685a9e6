"""Worker processes, in which a function is computed for many tasks.

They are forked where that is safe: then they have what was imported and loaded before, tables and models, at no cost.
"""

from __future__ import annotations

import contextlib
import errno
import os
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import TYPE_CHECKING, Any, cast

from corptool.tasks import Each

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

AHEAD = 8
"""Enough for the others to go on while one task takes long: results come in order."""
Function = Callable[..., Any]


@contextlib.contextmanager
def pool(jobs: int, *, ahead: int = AHEAD) -> Iterator[Each]:
    """What computes a function for each tuple of arguments in worker processes, which wait for more until the end.

    So many tasks `ahead` a worker are taken before their turn, and no more: each may hold arrays, or what was read.
    """
    workers = _Workers(jobs, ahead * jobs)
    try:
        yield workers.each
    finally:
        workers.end()


def in_workers(function: Function, tasks: Iterable[tuple[Any, ...]], jobs: int, *, ahead: int = AHEAD) -> Iterator[Any]:
    """What a function gives for each tuple of arguments, computed by worker processes, in the order of the tasks."""
    with pool(jobs, ahead=ahead) as each:
        yield from each(function, tasks)


class _Workers:
    """Processes with a pipe each, made when there is work for them.

    Not those of `concurrent.futures`: its threads wait for ever for the rest of a result when a worker is stopped that
    was writing it. Here nothing is sent to a worker before it has given what it was asked for, so no pipe fills up, and
    without threads the next worker can be forked as well.
    """

    def __init__(self, jobs: int, ahead: int) -> None:
        self.jobs, self.ahead = jobs, ahead
        self.processes: dict[Connection, BaseProcess] = {}
        self.idle: list[Connection] = []
        self.busy: dict[Connection, int] = {}
        self.numbers = count()
        self.results: dict[int, bytes] = {}

    def each(self, function: Function, tasks: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        """What the function gives for each task, in order."""
        waiting: deque[int] = deque()
        for task in tasks:
            waiting.append(self._begin(function, task))
            while waiting and (len(waiting) > self.ahead or self._is_there(waiting[0])):
                yield self._result(waiting.popleft())
        while waiting:
            yield self._result(waiting.popleft())

    def end(self) -> None:
        """Let idle workers go, and stop the others: nobody wants the rest, and a task may be long."""
        for pipe, worker in self.processes.items():
            if pipe in self.idle:
                with contextlib.suppress(OSError):
                    pipe.send(None)
            else:
                worker.terminate()
        for pipe, worker in self.processes.items():
            worker.join()
            pipe.close()

    def _begin(self, function: Function, task: tuple[Any, ...]) -> int:
        if not self.idle and len(self.processes) < self.jobs:
            self._start()
        while not self.idle:
            self._collect()
        pipe, number = self.idle.pop(), next(self.numbers)
        self.busy[pipe] = number
        with _alive():
            pipe.send((function, task))
        return number

    def _start(self) -> None:
        from multiprocessing import get_context

        context: Any = get_context(_method())
        ours, theirs = context.Pipe()
        worker = context.Process(target=_work, args=(theirs,))
        with _signals_wait():
            worker.start()
            self.processes[ours] = worker
        theirs.close()  # or the next worker would hold it, and nobody see that this one is gone
        self.idle.append(ours)

    def _is_there(self, number: int) -> bool:
        self._collect(0)
        return number in self.results

    def _result(self, number: int) -> Any:
        while number not in self.results:
            self._collect()
        good, result = pickle.loads(self.results.pop(number))  # noqa: S301 - our worker wrote it
        if not good:
            raise result
        return result

    def _collect(self, seconds: float | None = None) -> None:
        """Wait until some worker has a result, so long at most; what was sent is kept as it is until its turn."""
        from multiprocessing.connection import wait

        for pipe in cast("list[Connection]", wait([*self.busy], seconds)):
            with _alive():
                result = pipe.recv_bytes()
            self.results[self.busy.pop(pipe)] = result
            self.idle.append(pipe)


@contextlib.contextmanager
def _alive() -> Iterator[None]:
    """Of a pipe whose other end is gone, say why that is so."""
    try:
        yield
    except (EOFError, OSError):
        why = "a worker process was killed (is there too little memory for so many?)"
        raise ChildProcessError(errno.ECHILD, why) from None


def _work(pipe: Connection) -> None:
    """Do what is asked, until nothing more is."""
    _live_and_die_with_parent()
    while asked := pipe.recv():
        function, task = asked
        try:
            done = pickle.dumps((True, function(*task)), pickle.HIGHEST_PROTOCOL)
        except BaseException as error:  # noqa: BLE001 - the parent raises it, whatever it is
            done = pickle.dumps((False, error))
        pipe.send_bytes(done)


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
