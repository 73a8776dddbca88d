"""Executors, which run tasks in parallel: the protocol, and threads of this process (``processes`` has processes).

A task is a function of its item and nothing else, so that its result depends neither on where it runs nor on how
many others run. Running tasks on other machines takes another ``Executor``.
"""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeVar

from laban.core.checks import in_range
from laban.core.progress import Progress, unheard
from laban.errors import LabanError

Item = TypeVar("Item")
Result = TypeVar("Result")
Task = Callable[[Item, Progress], Result]
"""Called with an item and a function for its own progress; an error raised by that function ends the task. For
other processes the task, its items and its results must be picklable."""

TRANSIENT = (OSError, BrokenExecutor)
"""Errors that are not the fault of a task's item, so that it may be retried."""


class CancelledError(LabanError):
    """The work was cancelled, or stopped because another part of it failed."""


def outcome_of(work: Callable[[], Result]) -> Result | LabanError:
    """What ``work`` gives, or the error of its item, so that the others go on. That it was cancelled is no item's
    error, and is raised."""
    try:
        return work()
    except CancelledError:
        raise
    except LabanError as error:
        return error


class Executor(Protocol):
    """Runs a task for many items in parallel."""

    def map(
        self,
        task: Task[Item, Result],
        items: Sequence[Item],
        *,
        sizes: Sequence[float] | None = None,
        progress: Progress | None = None,
        retries: int = 0,
        cancel: threading.Event | None = None,
    ) -> Generator[tuple[int, Result]]:
        """Yields the number of each item with its result, as each is done.

        ``progress`` is called with the amount that all tasks have done and their total: the sum of ``sizes`` where
        given, else an estimate from the items already begun. A task that fails through no fault of its item (an
        OSError, a worker that died) is retried up to ``retries`` times. The first error, also one that
        ``progress`` raises, ends the other tasks and is raised; once ``cancel`` is set that is CancelledError.
        Close the iterator to stop before the last result; this ends the tasks too.
        """
        ...


@dataclass(frozen=True)
class Threads:
    """Runs tasks in threads: for work that releases Python's lock, such as networks and decoders.

    With one worker the tasks run in the calling thread, one after the other.

    >>> def double(number: int, progress: Progress) -> int:
    ...     progress(1, 1)
    ...     return 2 * number
    >>> dict(sorted(Threads(2).map(double, [4, 5, 6])))
    {0: 8, 1: 10, 2: 12}
    """

    workers: int = 1

    def __post_init__(self) -> None:
        in_range(self.workers, name="workers", low=1, high=1024)

    def map(
        self,
        task: Task[Item, Result],
        items: Sequence[Item],
        *,
        sizes: Sequence[float] | None = None,
        progress: Progress | None = None,
        retries: int = 0,
        cancel: threading.Event | None = None,
    ) -> Generator[tuple[int, Result]]:
        """See ``Executor.map``."""
        tally, stop = Tally(len(items), sizes, progress), Stop(cancel)

        def work(index: int) -> Result:
            return _tried(task, items[index], partial(_advance, tally, stop, index), stop, retries=retries)

        if self.workers == 1 or len(items) <= 1:
            yield from ((index, work(index)) for index in range(len(items)))
        else:
            yield from self._side_by_side(work, len(items), stop)

    def _side_by_side(
        self, work: Callable[[int], Result], count: int, stop: "Stop"
    ) -> Iterator[tuple[int, Result]]:
        pool = ThreadPoolExecutor(min(self.workers, count), thread_name_prefix="laban-task")
        waiting = {pool.submit(work, index): index for index in range(count)}
        try:
            while waiting:
                finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield waiting.pop(future), future.result()
        finally:
            stop.over.set()
            pool.shutdown(cancel_futures=True)


def in_order(finished: Iterable[tuple[int, Result]]) -> Iterator[Result]:
    """The results of ``Executor.map`` in the order of their items; each waits until those before it are done.

    >>> list(in_order([(1, "b"), (0, "a"), (2, "c")]))
    ['a', 'b', 'c']
    """
    early: dict[int, Result] = {}
    expected = 0
    for index, result in finished:
        early[index] = result
        while expected in early:
            yield early.pop(expected)
            expected += 1


@dataclass
class Tally:
    """Adds up the progress of all tasks."""

    count: int
    sizes: Sequence[float] | None
    progress: Progress | None
    _done: dict[int, float] = field(default_factory=dict)
    _totals: dict[int, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, index: int, done: float, total: float | None) -> None:
        with self._lock:
            self._done[index] = done
            if total is not None:
                self._totals[index] = max(done, total)
            (self.progress or unheard)(sum(self._done.values()), self._total())

    def _total(self) -> float | None:
        if self.sizes is not None:
            return sum(self.sizes)
        known = len(self._totals)
        return round(sum(self._totals.values()) * self.count / known) if known else None


@dataclass(frozen=True)
class Stop:
    """Whether the work is over, because a part of it failed or it was cancelled."""

    cancel: threading.Event | None
    over: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        if self.over.is_set() or (self.cancel is not None and self.cancel.is_set()):
            raise cancelled()


def _tried(task: Task[Item, Result], item: Item, progress: Progress, stop: "Stop", *, retries: int) -> Result:
    """The result of the task, retried where it fails through no fault of its item."""
    for _ in range(retries):
        with suppress(*TRANSIENT):
            stop.check()
            return task(item, progress)
    stop.check()
    return task(item, progress)


def _advance(tally: Tally, stop: "Stop", index: int, done: float, total: float | None) -> None:
    stop.check()
    tally.add(index, done, total)


def cancelled() -> CancelledError:
    return CancelledError("the work was stopped before it was done; run it again to go on")
