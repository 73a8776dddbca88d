"""Reading ahead: order, errors, and an end."""

import threading
import time
from collections.abc import Iterator

import pytest

from laban.pipeline.recording.prefetch import prefetched


def test_items_come_in_order() -> None:
    with prefetched(range(100), depth=3) as items:
        assert list(items) == list(range(100))


def test_an_error_while_reading_is_raised_where_items_are_used() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise OSError("the disk is gone")

    with prefetched(failing(), depth=3) as items:
        assert next(items) == 1
        with pytest.raises(OSError, match="the disk is gone"):
            next(items)


def test_leaving_early_ends_the_thread() -> None:
    before = threading.active_count()
    with prefetched(iter(int, 1), depth=2) as items:
        next(items)
    deadline_s = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline_s:
        time.sleep(0.01)
    assert threading.active_count() == before


def test_an_error_of_the_user_ends_the_thread_too() -> None:
    before = threading.active_count()
    with pytest.raises(ValueError, match="mine"), prefetched(iter(int, 1), depth=2):
        raise ValueError("mine")
    assert threading.active_count() == before


def test_no_more_than_the_depth_is_read_ahead() -> None:
    read = []

    def counting() -> Iterator[int]:
        for number in range(50):
            read.append(number)
            yield number

    with prefetched(counting(), depth=4) as items:
        next(items)
        time.sleep(0.3)
        assert len(read) <= 7
