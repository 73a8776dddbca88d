"""What watches a stream: people in, frame by frame; what begins, changes and ends out."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from laban.core.events import Event
from laban.core.frame import FrameInfo
from laban.core.pose import Pose


@runtime_checkable
class Watcher(Protocol):
    """Watches one stream for one thing.

    Frames are given in order of time, each once and with all the people in it. A watcher keeps what it needs of
    them and changes nothing, so that any number of watchers can share the same frames.
    """

    def update(self, time_s: float, people: Sequence[Pose], info: FrameInfo, /) -> list[Event]:
        """What became known by the frame at ``time_s`` (seconds on the clock of the stream).

        Raises InvalidValueError where the time is not later than those before.
        """
        ...

    def finish(self) -> list[Event]:
        """What became known by the end of the stream: whatever was going on ends."""
        ...
