"""What every executor promises, wherever it works."""

import os
import threading
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from laban.core.progress import Progress
from laban.errors import InvalidValueError, SourceError
from laban.pipeline.recording.executor import CancelledError, Executor, Threads
from laban.pipeline.recording.processes import Processes, WorkerError

EXECUTORS = [Threads(1), Threads(3), Processes(2)]
everywhere = pytest.mark.parametrize("executor", EXECUTORS, ids=["one thread", "threads", "processes"])
COUNT = 5


def square(number: int, progress: Progress) -> int:
    for done in range(1, 4):
        progress(done, 3)
    return number * number


def broken(number: int, progress: Progress) -> int:
    if number == 2:
        raise SourceError(f"number {number} cannot be read")
    return square(number, progress)


def flaky(number: int, progress: Progress, *, folder: Path) -> int:
    """Fails as a disk may at its first try."""
    mark = folder / str(number)
    if not mark.exists():
        mark.touch()
        raise OSError(5, "Input/output error")
    return square(number, progress)


def endless(number: int, progress: Progress, *, folder: Path) -> int:
    """Works until it is told to end."""
    (folder / str(number)).touch()
    try:
        while True:
            progress(number, None)
    finally:
        (folder / str(number)).unlink()


def dying(number: int, progress: Progress, *, folder: Path) -> int:
    mark = folder / "died"
    if not mark.exists():
        mark.touch()
        os._exit(1)
    return square(number, progress)


def results(executor: Executor, task: Any, **options: Any) -> list[int]:
    found = dict(executor.map(task, range(COUNT), **options))
    return [found[index] for index in range(COUNT)]


@everywhere
def test_results_are_by_number_whoever_is_done_first(executor: Executor) -> None:
    assert results(executor, square) == [0, 1, 4, 9, 16]
    assert list(executor.map(square, [])) == []


@everywhere
def test_progress_is_the_sum_of_all_and_ends_at_its_total(executor: Executor) -> None:
    told: list[tuple[float, float | None]] = []
    results(executor, square, sizes=[3] * COUNT, progress=lambda *at: told.append(at))
    assert {total for _, total in told} == {3 * COUNT}
    assert max(done for done, _ in told) == told[-1][0] == 3 * COUNT
    guessed: list[tuple[float, float | None]] = []
    results(executor, square, progress=lambda *at: guessed.append(at))
    assert {total for _, total in guessed} == {3 * COUNT}


@everywhere
def test_the_first_error_is_raised_as_it_is(executor: Executor) -> None:
    with pytest.raises(SourceError, match="number 2 cannot be read"):
        results(executor, broken)


@everywhere
def test_what_is_no_fault_of_the_item_is_tried_again(executor: Executor, tmp_path: Path) -> None:
    assert results(executor, partial(flaky, folder=tmp_path), retries=1) == [0, 1, 4, 9, 16]
    for mark in tmp_path.iterdir():
        mark.unlink()
    with pytest.raises(OSError, match="Input/output"):
        results(executor, partial(flaky, folder=tmp_path))


@everywhere
def test_progress_that_raises_ends_the_work(executor: Executor, tmp_path: Path) -> None:
    def stop(done: float, total: float | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        results(executor, partial(endless, folder=tmp_path), progress=stop)
    assert list(tmp_path.iterdir()) == []


@everywhere
def test_work_can_be_cancelled_from_outside(executor: Executor, tmp_path: Path) -> None:
    cancel = threading.Event()

    def stop(done: float, total: float | None) -> None:
        cancel.set()

    with pytest.raises(CancelledError, match="stopped before it was done"):
        results(executor, partial(endless, folder=tmp_path), progress=stop, cancel=cancel)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(CancelledError):
        results(executor, square, cancel=cancel)


@everywhere
def test_whoever_has_enough_closes_the_results(executor: Executor, tmp_path: Path) -> None:
    with closing(executor.map(square, range(100))) as found:
        assert next(found)[1] in {number * number for number in range(100)}


@pytest.mark.parametrize("kind", [Threads, Processes])
def test_there_is_at_least_one_worker(kind: type[Threads] | type[Processes]) -> None:
    with pytest.raises(InvalidValueError, match="workers"):
        kind(0)


def test_a_process_that_dies_is_told_or_replaced(tmp_path: Path) -> None:
    assert results(Processes(2), partial(dying, folder=tmp_path), retries=2) == [0, 1, 4, 9, 16]
    (tmp_path / "died").unlink()
    with pytest.raises(WorkerError, match="use fewer workers, or threads"):
        results(Processes(2), partial(dying, folder=tmp_path))
