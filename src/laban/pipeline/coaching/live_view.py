"""The live image of a coached workout, frame by frame."""

import numpy as np

from laban.core.arrays import Float64Array, ImageArray
from laban.core.facing import yaw_deg_of
from laban.core.pose import Pose
from laban.core.space import Space
from laban.errors import InvalidValueError
from laban.pipeline.coaching.workout import CoachedFrame
from laban.render.coaching.live_image import LiveMessages, Shown, draw_live
from laban.render.coaching.reference import ReferenceFigure, reference_figure
from laban.render.text import can_write
from laban.tasks.coaching.exercise import Exercise, View
from laban.tasks.coaching.feedback import Feedback
from laban.tasks.coaching.messages import Messages, load_messages

_TURNS_WITHIN_S = 0.6
_PAUSE_S = 0.8
_SHOWN_FROM_DEG: dict[View, float] = {"front": 0.0, "any": 35.0, "side": 75.0}
"""The direction of the reference until a trainee is seen: the one that shows most of the movement."""


class LiveImage:
    """Draws the instants of one workout in order of time.

    The reference turns smoothly with the trainee, and plays by itself while nobody follows it. With ``mirror``
    everything but text is mirrored.
    """

    def __init__(self, exercise: Exercise, words: Messages, *, mirror: bool = False) -> None:
        self._exercise, self._words, self._mirror = exercise, drawable_messages(words), mirror
        self._turn = _direction(_SHOWN_FROM_DEG[exercise.view])
        self._turned_s: float | None = None
        self._last: tuple[CoachedFrame, ImageArray] | None = None
        own = reference_figure(exercise.reference.coordinates(Space.BODY), exercise.reference.skeleton)
        self._figures = {False: own, True: own.mirrored()}

    def draw(self, instant: CoachedFrame) -> ImageArray:
        """A new image of one instant; of the same instant again the same image."""
        if self._last is None or self._last[0] is not instant:
            self._last = instant, self._drawn(instant)
        return self._last[1]

    def _drawn(self, instant: CoachedFrame) -> ImageArray:
        if instant.frame is None:
            raise InvalidValueError("there is no image to draw on: only landmarks arrived")
        said = instant.feedback
        figure = self._figures[said.mirrored]
        shown = Shown(
            reference=figure,
            pose=instant.trainee,
            phase=self._phase(said),
            turn_deg=self._turned(instant.trainee, figure, said.time_s),
            joints={one.joint: one.verdict for one in said.joints},
            flipped=self._mirror,
        )
        return draw_live(instant.frame.image_rgb, shown, live_words(said, self._exercise, self._words))

    def _phase(self, said: Feedback) -> float:
        """The position in the reference: the trainee's, or its own while there is no trainee."""
        if np.isfinite(said.phase) and said.state == "moving":
            return said.phase
        duration_s = self._exercise.duration_s
        return (said.time_s % (duration_s + _PAUSE_S)) / duration_s if duration_s > 0 else 0.0

    def _turned(self, pose: Pose | None, figure: ReferenceFigure, time_s: float) -> float:
        """The direction of the reference in degrees: a mean over time, because depth from one camera is noisy."""
        seen = float("nan")
        if pose is not None and pose.world_m is not None:
            seen = float(yaw_deg_of(None, pose.world_m[None], pose.skeleton)[0])
        if np.isfinite(seen) and np.isfinite(figure.yaw_deg):
            passed_s = np.inf if self._turned_s is None else time_s - self._turned_s
            share = 1.0 - np.exp(-passed_s / _TURNS_WITHIN_S)
            self._turn = (1 - share) * self._turn + share * _direction(seen - figure.yaw_deg)
            self._turned_s = time_s
        return float(np.degrees(np.arctan2(self._turn[1], self._turn[0])))


def _direction(turn_deg: float) -> Float64Array:
    turn = np.radians(turn_deg)
    return np.array([np.cos(turn), np.sin(turn)])


def live_words(said: Feedback, exercise: Exercise, words: Messages) -> LiveMessages:
    """The texts on the image of one instant."""
    return LiveMessages(
        title=words.title(exercise),
        count=clock(said.held_s) if exercise.is_hold else str(said.count),
        unit=words.say("labels.held" if exercise.is_hold else "labels.count"),
        sentence=words.situation(said),
        score=words.say("labels.score"),
        score_percent=said.score_percent,
        phase=said.phase,
        level=said.level,
        level_word=words.level(said.level),
        is_hint=said.hint is not None,
    )


def clock(seconds: float) -> str:
    """Elapsed whole seconds, with minutes if any.

    >>> clock(7.9), clock(75.0)
    ('7', '1:15')
    """
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}" if minutes else str(rest)


def drawable_messages(words: Messages) -> Messages:
    """The same messages if they can be drawn on this machine, else those in English with the exercise's advice."""
    return words if can_draw(words) else Messages("en", load_messages("en").texts, words.advice)


def can_draw(words: Messages) -> bool:
    """Whether every letter of a language can be drawn; with OpenCV 4 only those of English and Indonesian can."""
    return all(map(_writable, words.texts.values()))


def _writable(text: str) -> bool:
    return can_write(text.replace("°", ""))
