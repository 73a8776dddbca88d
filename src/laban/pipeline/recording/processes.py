"""The executor that runs tasks in separate processes."""

import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event

from laban.core.checks import in_range
from laban.core.progress import Progress
from laban.errors import LabanError
from laban.pipeline.recording.executor import TRANSIENT, Item, Result, Tally, Task, cancelled

_Report = tuple[int, float, float | None]
_POLL_S = 0.05
_MOST_REPORTS = 1000


class WorkerError(LabanError):
    """The process of a task died."""


@dataclass(frozen=True)
class Processes:
    """Runs tasks in newly started processes, in which each task opens or loads what it needs.

    A process that dies, for example for lack of memory, counts as a failure of each unfinished task. A script that
    uses it must begin its work under ``if __name__ == "__main__":``, because each process imports the script.
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
        tally = Tally(len(items), sizes, progress)
        left = dict.fromkeys(range(len(items)), retries)
        while left:
            with _worker_errors(), closing(self._round(task, items, [*left], tally, cancel)) as finished:
                for index, future in finished:
                    if isinstance(future.exception(), TRANSIENT) and left[index]:
                        left[index] -= 1
                    else:
                        yield index, future.result()
                        del left[index]

    def _round(
        self,
        task: Task[Item, Result],
        items: Sequence[Item],
        chosen: Sequence[int],
        tally: Tally,
        cancel: threading.Event | None,
    ) -> "Generator[tuple[int, Future[Result]]]":
        """Each of the chosen items once, in processes that end with the round."""
        # A fork would copy threads and networks in the middle of their work.
        context = get_context("spawn")
        reports, over = context.SimpleQueue(), context.Event()
        pool = ProcessPoolExecutor(
            min(self.workers, len(chosen)),
            mp_context=context,
            initializer=_initialise,
            initargs=(reports, over),
        )
        waiting: dict[Future[Result], int] = {}
        try:
            waiting |= {pool.submit(_run_in_worker, task, index, items[index]): index for index in chosen}
            while waiting:
                finished, _ = wait(waiting, timeout=_POLL_S, return_when=FIRST_COMPLETED)
                for at in _pending(reports):
                    tally.add(*at)
                if cancel is not None and cancel.is_set():
                    raise cancelled()
                for future in finished:
                    yield waiting.pop(future), future
        finally:
            over.set()
            pool.shutdown(wait=False, cancel_futures=True)
            while any(not future.done() for future in waiting):
                wait(waiting, timeout=_POLL_S)
                for _ in _pending(reports):
                    pass  # a worker whose queue is full would never end
            pool.shutdown()


def _pending(reports: "SimpleQueue[_Report]") -> Iterator[_Report]:
    """Progress reports of workers; a limited number at a time, because more keep coming."""
    for _ in range(_MOST_REPORTS):
        if reports.empty():
            return
        yield reports.get()


@contextmanager
def _worker_errors() -> Iterator[None]:
    """Raises WorkerError where a process died."""
    try:
        yield
    except BrokenExecutor as error:
        raise WorkerError(
            "a worker process died, perhaps for lack of memory; use fewer workers, or threads"
        ) from error


_shared: "tuple[SimpleQueue[_Report], Event] | None" = None
"""In a worker process: the queue of progress reports, and whether the work is over."""


def _initialise(reports: "SimpleQueue[_Report]", over: Event) -> None:
    global _shared
    _shared = reports, over


def _run_in_worker(task: Task[Item, Result], index: int, item: Item) -> Result:
    """A task in a worker process."""
    if _shared is None:
        raise RuntimeError("a task was given to a process that was not made for it")
    reports, over = _shared
    if over.is_set():
        raise cancelled()

    def advance(done: float, total: float | None) -> None:
        if over.is_set():
            raise cancelled()
        reports.put((index, done, total))

    return task(item, advance)
