"""Reads ahead in a separate thread, so that decoding and inference overlap."""

import queue
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")
_POLL_S = 0.1


class _End:
    """Marks the end of the items, with the error that ended them, if any."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


class _Reader(Generic[T]):
    """Fills a bounded queue until the items end, fail, or are no longer needed."""

    def __init__(self, items: Iterable[T], *, depth: int) -> None:
        self._items = items
        self._queue: queue.Queue[T | _End] = queue.Queue(maxsize=depth)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._fill, name="laban-decode", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[T]:
        while True:
            item = self._queue.get()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item

    def close(self) -> None:
        self._stop.set()
        self._thread.join()

    def _fill(self) -> None:
        try:
            for item in self._items:
                if not self._put(item):
                    return
            self._put(_End())
        except BaseException as error:  # raised again in the thread that reads
            self._put(_End(error))

    def _put(self, item: "T | _End") -> bool:
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=_POLL_S)
            except queue.Full:
                continue
            return True
        return False


@contextmanager
def prefetched(items: Iterable[T], *, depth: int) -> Iterator[Iterator[T]]:
    """The same items, read up to ``depth`` ahead in a thread that ends with the ``with`` block.

    An error while reading is raised where the items are used.
    """
    with closing(_Reader(items, depth=depth)) as reader:
        yield iter(reader)
