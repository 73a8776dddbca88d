"""The state of a coach between instants, and the feedback that follows from it."""

import math
from collections import Counter
from collections.abc import Iterator
from typing import Literal

import numpy as np

from laban.core.answers.coaching import Level, State
from laban.core.arrays import BoolArray
from laban.errors import InvalidValueError
from laban.features.angles import MAIN_ANGLES
from laban.tasks.coaching.exercise import Exercise
from laban.tasks.coaching.fault_rules import RuleWatch
from laban.tasks.coaching.feedback import DoneRepetition, Feedback, Hint, JointFeedback, Workout
from laban.tasks.coaching.form_measures import other_side
from laban.tasks.coaching.hints import Candidate, HintBoard, joint_hint
from laban.tasks.coaching.observation import Observation, Target
from laban.tasks.coaching.progress import PhaseTracker, height
from laban.tasks.coaching.repetition_scorer import RepetitionTracker
from laban.tasks.coaching.smoothing import ConditionTimer, ExponentialMovingAverage
from laban.tasks.comparison.settings import CoachSettings
from laban.tasks.comparison.similarity import difference_limit_deg

_OTHER_ANGLES = tuple(map(other_side, MAIN_ANGLES))
_SMOOTHED_S = 0.3
_MEASURED_SHARE = 0.5  # of the joints that matter: with fewer seen there is no feedback
_OTHER_SIDE = 0.85  # of the error: the other side must be this much closer to be taken
_TOLD_S = 2.0  # of a repetition that is over
_LONGEST_STEP_S = 1.0


class Session:
    """All state between instants."""

    def __init__(self, exercise: Exercise, settings: CoachSettings) -> None:
        self._exercise, self._settings, self._is_hold = exercise, settings, exercise.is_hold
        self._places: list[PhaseTracker] = []
        self._chosen = 0
        self._apart = ExponentialMovingAverage(len(MAIN_ANGLES), over_s=_SMOOTHED_S)
        self._score = ExponentialMovingAverage(1, over_s=_SMOOTHED_S)
        self._perfect, self._rules = ConditionTimer(1), RuleWatch(exercise.faults)
        self._repeating = RepetitionTracker(exercise, away=settings.away)
        self._board = HintBoard(after_s=settings.hint_after_s, least_s=settings.hint_least_s)
        self._said: tuple[float, Hint] | None = None
        self._first_s = self._last_s = float("nan")
        self._held_s = self._scored_s = self._score_sum = 0.0
        self._hints: Counter[str] = Counter()

    def nobody(self, time_s: float, state: State = "absent") -> Feedback:
        """Feedback for an instant at which the trainee cannot be measured."""
        if state == "absent":
            self._elapse(time_s)
        hint, _ = self._board.update((), time_s)
        count = len(self._repeating.done)
        return Feedback(
            time_s, state, count=count, held_s=self._held_s, hint=hint if state != "absent" else None
        )

    def step(self, sides: tuple[Observation, ...], target: Target, time_s: float) -> Feedback:
        """The feedback on the observation at ``time_s``."""
        step_s = self._elapse(time_s)
        sight, place = self._side(sides, target, time_s)
        measurable = sight.measurable[0] & target.matters
        if target.seen_share(measurable) < _MEASURED_SHARE:
            return self.nobody(time_s, "hidden")
        if place.error > self._settings.away:
            return self.nobody(time_s, "away")
        row = place.row
        phase = float("nan") if self._is_hold else row / target.last_row
        score = target.scores_percent(sight, row)
        # Hidden joints are tracked, but get no feedback.
        told = measurable & ~sight.measures.guessed[0]
        joints = self._joints(sight, target, row, told, time_s)
        resting = not self._is_hold and self._repeating.at_rest
        faults = self._rules.update(sight, target, phase, time_s, resting=resting)
        done, heard = self._repeat(
            sight, target, phase, time_s, score=score, error=place.error, faults=faults
        )
        smooth = float(self._score.update(np.array([score]), time_s)[0])
        state = self._state(smooth)
        self._add(state, smooth, step_s)
        hint = self._hint(joints, faults, heard, state, time_s)
        return Feedback(
            time_s=time_s,
            state=state,
            phase=phase,
            score_percent=smooth,
            level=self._level(state, smooth, time_s, hinted=hint is not None),
            count=len(self._repeating.done),
            held_s=self._held_s,
            hint=hint,
            joints=joints,
            faults=faults,
            done=done,
            mirrored=sight.is_mirrored,
        )

    def interrupt(self) -> None:
        """Discards an unfinished repetition."""
        self._repeating.interrupt()

    def workout(self) -> Workout:
        """The summary; no score where nothing was done: fidgeting is not a badly done squat."""
        done = tuple(self._repeating.done)
        is_scored = self._scored_s > 0 and (self._is_hold or bool(done))
        score = self._score_sum / self._scored_s if is_scored else float("nan")
        seconds = self._last_s - self._first_s if np.isfinite(self._first_s) else 0.0
        needed_fps = None if self._is_hold else self._repeating.needed_fps
        return Workout(
            self._exercise.name, seconds, done, self._held_s, score, dict(self._hints), needed_fps=needed_fps
        )

    def _elapse(self, time_s: float) -> float:
        """Seconds since the last instant, up to a limit."""
        if not np.isfinite(self._first_s):
            self._first_s = self._last_s = time_s
            return 0.0
        if time_s <= self._last_s:
            raise InvalidValueError(
                f"poses must come in order of time, got {time_s:.3f} s after {self._last_s:.3f} s"
            )
        step_s, self._last_s = time_s - self._last_s, time_s
        return min(step_s, _LONGEST_STEP_S)

    def _side(
        self, sides: tuple[Observation, ...], target: Target, time_s: float
    ) -> "tuple[Observation, PhaseTracker]":
        """The side that is closer to the reference; it changes only where the other is clearly closer."""
        if not self._places:
            self._places = [PhaseTracker(target) for _ in sides]
        for place, sight in zip(self._places, sides, strict=True):
            place.update(sight, time_s)
        if len(sides) == 2:
            own, other = self._places[self._chosen], self._places[1 - self._chosen]
            if other.error < _OTHER_SIDE * own.error:
                self._chosen = 1 - self._chosen
        return sides[self._chosen], self._places[self._chosen]

    def _joints(
        self, sight: Observation, target: Target, row: int, measurable: BoolArray, time_s: float
    ) -> tuple[JointFeedback, ...]:
        apart = sight.measures.angles_deg[0] - target.measures.angles_deg[row]
        smooth = self._apart.update(np.where(measurable, apart, np.nan), time_s)
        limits = difference_limit_deg(
            sight.measures.uncertainty_deg[0], np.zeros(len(apart)), floor_deg=self._settings.noise_floor_deg
        )
        limits = np.maximum(limits, target.tolerance_deg)
        names = _OTHER_ANGLES if sight.is_mirrored else MAIN_ANGLES
        return tuple(
            [
                JointFeedback(name, difference_deg, _verdict(difference_deg, limit_deg))
                for name, matters, difference_deg, limit_deg in zip(
                    names, target.matters.tolist(), smooth.tolist(), limits.tolist(), strict=True
                )
                if matters
            ]
        )

    def _repeat(
        self,
        sight: Observation,
        target: Target,
        phase: float,
        time_s: float,
        *,
        score: float,
        error: float,
        faults: tuple[str, ...],
    ) -> tuple[DoneRepetition | None, Hint | None]:
        if self._is_hold:
            return None, None
        counted = self._exercise.counting is not None
        value = float(sight.values[0, 0]) if counted else height(phase, target)
        return self._repeating.update(value, time_s, score=score, error=error, faults=faults)

    def _state(self, score: float) -> State:
        if self._is_hold:
            return "holding" if score >= self._settings.fighting_percent else "ready"
        return "ready" if self._repeating.at_rest else "moving"

    def _add(self, state: State, score: float, step_s: float) -> None:
        if state == "holding":
            self._held_s += step_s
        if state != "ready" and np.isfinite(score):
            self._score_sum += score * step_s
            self._scored_s += step_s

    def _level(self, state: State, score: float, time_s: float, *, hinted: bool) -> Level:
        """The current level; PERFECT and a hint are never given at once."""
        is_perfect = score >= self._settings.perfect_percent and not hinted
        perfect_s = self._perfect.update(np.array([is_perfect]), time_s)[0]
        if not np.isfinite(score) or (state == "ready" and not self._is_hold):
            return ""
        if score < self._settings.fighting_percent:
            return "fighting"
        return "perfect" if perfect_s >= self._settings.perfect_hold_s else "good"

    def _hint(
        self,
        joints: tuple[JointFeedback, ...],
        faults: tuple[str, ...],
        told: Hint | None,
        state: State,
        time_s: float,
    ) -> Hint | None:
        if told is not None:
            self._said = (time_s, told)
        candidates = [Candidate(Hint(f"fault:{name}"), at_once=True) for name in faults]
        if self._said is not None and time_s - self._said[0] < _TOLD_S:
            candidates.append(Candidate(self._said[1], at_once=True))
        if state != "ready" or self._is_hold:
            candidates += _joint_candidates(joints, self._exercise)
        hint, is_new = self._board.update(candidates, time_s)
        if hint is not None and is_new:
            self._hints[hint.key] += 1
        return hint


def _verdict(difference_deg: float, limit_deg: float) -> Literal["same", "differs", "unknown"]:
    if not math.isfinite(difference_deg):
        return "unknown"
    return "differs" if abs(difference_deg) > limit_deg else "same"


def _joint_candidates(joints: tuple[JointFeedback, ...], exercise: Exercise) -> Iterator[Candidate]:
    """Hints about joints, the worst relative to tolerance and weight first."""

    def urgency(one: JointFeedback) -> float:
        rule = exercise.joints.get(one.joint) or exercise.joints[other_side(one.joint)]
        return -abs(one.difference_deg) / rule.tolerance_deg * rule.weight

    for one in sorted([one for one in joints if one.verdict == "differs"], key=urgency):
        yield Candidate(joint_hint(one.joint, one.difference_deg))
