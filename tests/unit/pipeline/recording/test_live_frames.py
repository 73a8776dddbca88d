"""Frames as they come: the newest of a camera."""

import threading
from collections.abc import Iterator

from laban.core.frame import Frame
from laban.pipeline.recording.live_frames import LatestFrame


def test_a_stall_does_not_keep_the_watching_from_stopping() -> None:
    stop, go_on = threading.Event(), threading.Event()

    def stalled() -> Iterator[Frame]:
        go_on.wait(5.0)
        yield from ()

    latest = LatestFrame(stalled(), stop=stop)
    threading.Timer(0.05, stop.set).start()
    assert list(latest) == []
    go_on.set()
    latest.close()
