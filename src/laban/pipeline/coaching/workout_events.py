"""The events of a workout: hints, held poses, and repetitions."""

import math

from laban.core.events import Event, event_id
from laban.tasks.coaching.feedback import DoneRepetition, Feedback

_TASK = "coaching"


class WorkoutEvents:
    """The events of one workout, from the coach's feedback frame by frame."""

    def __init__(self) -> None:
        self._open: dict[str, Event] = {}
        self._last_s = 0.0

    def of(self, said: Feedback, *, person: int | None) -> list[Event]:
        """The events of the current feedback."""
        self._last_s = said.time_s
        now = _going_on(said)
        events = [self._ended(label) for label in list(self._open) if label not in now]
        events += [
            self._begun(label, reason, person) for label, reason in now.items() if label not in self._open
        ]
        return [*events, *([_repetition(said.done, said.time_s, person)] if said.done is not None else [])]

    def finish(self) -> list[Event]:
        """Ends all open events at the last frame."""
        return [self._ended(label) for label in list(self._open)]

    def _begun(self, label: str, reason: str, person: int | None) -> Event:
        start_s = self._last_s
        begun = self._open[label] = Event(
            id=event_id(_TASK, label, start_s=start_s, person=person),
            kind="begin",
            task=_TASK,
            label=label,
            person=person,
            start_s=start_s,
            time_s=start_s,
            reason=reason,
        )
        return begun

    def _ended(self, label: str) -> Event:
        return self._open.pop(label).ended(self._last_s, time_s=self._last_s)


def _going_on(said: Feedback) -> dict[str, str]:
    """The current conditions by label, with their reasons."""
    now = {"holding": ""} if said.state == "holding" else {}
    if said.hint is not None:
        joint = said.hint.joint
        now[f"hint {said.hint.key}" + (f" {joint}" if joint else "")] = ", ".join(said.faults)
    return now


def _repetition(done: DoneRepetition, time_s: float, person: int | None) -> Event:
    score = [] if math.isnan(done.score_percent) else [f"score {done.score_percent:.0f} %"]
    return Event(
        id=event_id(_TASK, "repetition", start_s=done.start_s, person=person),
        kind="end",
        task=_TASK,
        label="repetition",
        person=person,
        start_s=done.start_s,
        end_s=done.end_s,
        time_s=time_s,
        reason=", ".join([*score, *done.faults]),
    )
