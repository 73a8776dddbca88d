"""Live posture of one person, with changes as events."""

from collections.abc import Sequence

from laban.core.events import Event, event_id
from laban.core.frame import FrameInfo
from laban.core.pose import Pose
from laban.pipeline.recording.trainee import TraineeChoice
from laban.tasks.posture.holding import Holding, PostureEvent
from laban.tasks.posture.watch import PostureWatcher

_TASK = "posture"
_HARMLESS = ("unknown", "within")


class PostureWatch:
    """A ``PostureWatcher`` as one of the watchers of a live session: of ``person``, or of the biggest at first, who
    is kept even if others come nearer (``TraineeChoice``).

    A slump, a break, and a measure beyond a limit of its rule begin and end; a reminder and a change from one band
    to another are updates. ``changes`` are the posture's own events of the last frame.
    """

    def __init__(self, watcher: PostureWatcher, *, person: int | None = None) -> None:
        self._watcher, self._choice = watcher, TraineeChoice(person=person)
        self._open: dict[str, Event] = {}
        self._person: int | None = None
        self._last_s = 0.0
        self.changes: list[PostureEvent] = []

    def update(self, time_s: float, people: Sequence[Pose], info: FrameInfo) -> list[Event]:
        """The events of the next frame."""
        pose = self._choice.update(people, time_s)
        self._person = self._person if pose is None else pose.person
        self.changes = self._watcher.update(time_s, pose, size_wh=info.size_wh)
        self._last_s = time_s
        return [event for change in self.changes for event in self._events(change)]

    def finish(self) -> list[Event]:
        """Ends all open events at the last frame."""
        events = [
            one.ended(max(self._last_s, one.start_s), time_s=self._last_s) for one in self._open.values()
        ]
        self._open.clear()
        self.changes = []
        return events

    def holding(self) -> Holding:
        """The summary so far."""
        return self._watcher.holding()

    def _events(self, change: PostureEvent) -> list[Event]:
        label = _label(change)
        if _goes_on(change):
            return [self._going_on(label, change)]
        begun = self._open.pop(label, None)
        if begun is None:
            return []
        end_s = change.since_s if change.kind == "band" else change.time_s
        return [begun.ended(max(end_s, begun.start_s), time_s=change.time_s)]

    def _going_on(self, label: str, change: PostureEvent) -> Event:
        begun = self._open.get(label)
        if begun is not None:
            return begun.updated(time_s=change.time_s, reason=_reason(change))
        begun = self._open[label] = Event(
            id=event_id(_TASK, label, start_s=change.since_s, person=self._person),
            kind="begin",
            task=_TASK,
            label=label,
            person=self._person,
            start_s=change.since_s,
            time_s=change.time_s,
            reason=_reason(change),
        )
        return begun


def _label(change: PostureEvent) -> str:
    if change.kind == "band":
        return f"{change.measure} {change.direction}"
    return "break" if change.kind.startswith("break") else "slump"


def _goes_on(change: PostureEvent) -> bool:
    """Whether the change is a beginning rather than an end."""
    return change.band not in _HARMLESS if change.kind == "band" else not change.kind.endswith("_end")


def _reason(change: PostureEvent) -> str:
    return f"{change.words} ({change.band})" if change.kind == "band" else change.words
