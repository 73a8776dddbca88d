"""Live recognition from pixels: the beginnings and ends of what a model sees in the whole scene, as events."""

from collections.abc import Sequence

from laban.core.events import Event
from laban.core.frame import FrameInfo
from laban.core.pose import Pose
from laban.errors import InvalidValueError
from laban.pipeline.action.watch import action_event
from laban.pipeline.video.stream import ClipStream
from laban.tasks.action.timeline import Change
from laban.tasks.action.watch import ActionEvent


class ClipWatch:
    """A ``ClipStream`` as one of the watchers of a live session: it looks at the frames, and at nobody in them.

    The events are those of ``ClipRecogniser.predict`` on the same frames.
    """

    def __init__(self, stream: ClipStream) -> None:
        self._stream = stream
        self._last_s: float | None = None

    def update(self, time_s: float, _: Sequence[Pose], info: FrameInfo) -> list[Event]:
        """The events of this frame. Raises InvalidValueError where the frame itself is not given."""
        if info.frame is None:
            raise InvalidValueError("a recogniser from pixels watches images, got landmarks alone")
        if self._last_s is not None and time_s <= self._last_s:
            raise InvalidValueError(
                f"frames must come in order of time, got {time_s:.3f} s after {self._last_s:.3f} s"
            )
        self._last_s = time_s
        return _events(self._stream.add(info.frame), time_s)

    def finish(self) -> list[Event]:
        """Ends all open events."""
        time_s, self._last_s = self._last_s, None
        return [] if time_s is None else _events(self._stream.finish(), time_s)


def _events(changes: Sequence[Change], time_s: float) -> list[Event]:
    return [action_event(ActionEvent(one.kind, time_s, one.span)) for one in changes]
