"""Live action recognition: the beginnings and ends of what a model recognises, as events."""

from collections.abc import Callable, Sequence

from laban.core.events import Event, event_id
from laban.core.frame import FrameInfo
from laban.core.pose import Pose
from laban.models.protocol import SequenceModel
from laban.tasks.action.frame_rates import FrameRateMonitor
from laban.tasks.action.timeline import ActionSettings
from laban.tasks.action.watch import ActionEvent, ActionWatcher


class ActionWatch:
    """An ``ActionWatcher`` as one of the watchers of a live session.

    ``on_warning`` is called once for each task of the model with too low a frame rate. Raises what
    ``ActionWatcher`` raises.
    """

    def __init__(
        self,
        model: SequenceModel,
        *,
        settings: ActionSettings | None = None,
        on_warning: Callable[[str], None] | None = None,
    ) -> None:
        self._watcher = ActionWatcher(model, settings=settings)
        self._rates, self._warn = FrameRateMonitor(model.card), on_warning or (lambda _: None)

    def update(self, time_s: float, people: Sequence[Pose], _: FrameInfo) -> list[Event]:
        """The events of this frame; people without an id are ignored."""
        changes = self._watcher.update(time_s, people)
        for sentence in self._rates.add(time_s):
            self._warn(sentence)
        return [action_event(one) for one in changes]

    def finish(self) -> list[Event]:
        """Ends all open events; the watcher can then be used for another stream."""
        changes = self._watcher.finish()
        for sentence in self._rates.finish():
            self._warn(sentence)
        return [action_event(one) for one in changes]


def action_event(change: ActionEvent) -> Event:
    """A change as the event of a live session."""
    span = change.span
    return Event(
        id=event_id(span.task, span.label, start_s=span.start_s, person=span.person),
        kind=change.kind,
        task=span.task,
        label=span.label,
        person=span.person,
        start_s=span.start_s,
        end_s=span.end_s if change.kind == "end" else None,
        time_s=change.time_s,
        probability=span.score,
    )
