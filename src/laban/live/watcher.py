"""The protocol of watchers: people in, frame by frame; events out."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from laban.core.events import Event
from laban.core.frame import FrameInfo
from laban.core.pose import Pose


@runtime_checkable
class Watcher(Protocol):
    """Watches one stream for one task.

    Frames are given in order of time, each once and with all the people in it. A watcher keeps what it needs and
    modifies nothing, so that any number of watchers can share the same frames.
    """

    def update(self, time_s: float, people: Sequence[Pose], info: FrameInfo, /) -> list[Event]:
        """The events that became known with the frame at ``time_s`` (seconds on the stream's clock).

        Raises InvalidValueError if the time is not later than the previous one.
        """
        ...

    def finish(self) -> list[Event]:
        """The events that became known at the end of the stream; open events are ended."""
        ...
