"""Posture over time: of a whole sequence, and its streaming twin that takes poses as they come."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.conversions import sequence_of_pose
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.errors import InvalidValueError
from laban.tasks.posture.holding import Holding, PostureEvent
from laban.tasks.posture.measure import sight_before, values_of
from laban.tasks.posture.observation import STANCES, Observation
from laban.tasks.posture.rules import Rules, default_rules
from laban.tasks.posture.settings import HoldingSettings, PostureSettings
from laban.tasks.posture.track import Track


@dataclass(frozen=True)
class Held:
    """The changes, and their summary."""

    events: tuple[PostureEvent, ...]
    holding: Holding


def hold_posture(
    sequence: PoseSequence,
    *,
    settings: PostureSettings | None = None,
    holding: HoldingSettings | None = None,
    rules: Rules | None = None,
) -> Held:
    """How the posture of ``sequence`` is held: the events of ``PostureWatcher``, and their summary.

    Raises InvalidValueError where it has no pixels, or its skeleton no shoulders and hips.
    """
    sight = sight_before(sequence, settings=settings or PostureSettings())
    track = Track(rules or default_rules(), holding or HoldingSettings())
    events: list[PostureEvent] = []
    values = values_of(sight, track.measures)
    for row, time_s in enumerate(sight.times_s.tolist()):
        events += _step(track, sight, values, row, time_s)
    return Held(tuple(events), track.holding())


class PostureWatcher:
    """The streaming twin of ``hold_posture``, for one person's poses."""

    def __init__(
        self,
        *,
        settings: PostureSettings | None = None,
        holding: HoldingSettings | None = None,
        rules: Rules | None = None,
    ) -> None:
        self._settings = settings or PostureSettings()
        self._track = Track(rules or default_rules(), holding or HoldingSettings())
        self._last_s = -np.inf

    def update(
        self, time_s: float, pose: Pose | None, *, size_wh: tuple[int, int] | None = None
    ) -> list[PostureEvent]:
        """The changes in the next frame; ``pose`` is None where nobody is seen.

        Raises InvalidValueError where the time is not later, or where the pose cannot be measured.
        """
        if time_s <= self._last_s:
            raise InvalidValueError(
                f"frames must come in order of time, got {time_s:.3f} s after {self._last_s:.3f} s"
            )
        self._last_s = time_s
        if pose is None:
            nothing = dict.fromkeys(self._track.measures, float("nan"))
            return self._track.step(time_s, nothing, seen=False, stance="unclear")
        one = sequence_of_pose(pose, time_s=time_s, size_wh=size_wh)
        sight = sight_before(one, settings=self._settings)
        return _step(self._track, sight, values_of(sight, self._track.measures), 0, time_s)

    def holding(self) -> Holding:
        """The summary so far."""
        return self._track.holding()


def _step(
    track: Track, sight: Observation, values: Mapping[str, Float64Array], row: int, time_s: float
) -> list[PostureEvent]:
    now = {}
    for name in track.measures:
        now[name] = float(values[name][row])
    return track.step(time_s, now, seen=not sight.away[row], stance=STANCES[int(sight.stances[row])])
