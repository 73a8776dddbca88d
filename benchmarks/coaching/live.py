"""The live coach: its position in the movement compared with offline alignment, and its time per update.

An exercise is learned from each of forty clips of Penn Action and the sample clips of one person. The trainee is
the same clip at 0.8 and 1.25 times its speed with the jitter of the engine (``jitter``). The offline alignment is
that of ``compare_movements``. No look-ahead is checked by stopping half way: all earlier feedback must be the same.

The time is that of ``Coach.update`` with all 33 joints, in pixels and metres, of a person who walks, with a
reference of 900 frames in which they walk for 30 s; on one core, in processor time, so that other work of the
machine is not counted, in the best of three runs.
"""

import time
from collections.abc import Iterator

import numpy as np

from benchmarks.coaching.jitter import shaken
from benchmarks.coaching.movements import person_in, whole_exercises
from benchmarks.recognition.speed import one_core
from benchmarks.rows import Row, row
from laban.core.arrays import Float64Array
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.core.space import Space
from laban.features.angles import MAIN_ANGLES
from laban.sequences.normalize import NormalizeSettings, normalize
from laban.sequences.resample import resample
from laban.sources import SyntheticScene
from laban.tasks.coaching.coach import Coach, coach_through
from laban.tasks.coaching.exercise import Exercise, JointRule
from laban.tasks.coaching.exercise_file import parse_exercise
from laban.tasks.coaching.exercise_text import exercise_text
from laban.tasks.coaching.learn_exercise import learn_exercise
from laban.tasks.coaching.observation import Target, see, space_for
from laban.tasks.comparison.movements import align_movements
from laban.tasks.comparison.settings import CoachSettings, MovementSettings

_SPEEDS = (0.8, 1.25)
_FPS = 30.0
_SETTINGS = CoachSettings(mirror="never")
_REFERENCE_S, _UPDATES, _RUNS = 30.0, 900, 3


def live_rows() -> list[Row]:
    """The difference of phase, whether the future is used, and the time of an update."""
    rng = np.random.default_rng(0)
    sample = [person_in(f"asset:single_person_cam0{number}") for number in (1, 2, 3, 4)]
    clips = [*whole_exercises(each=5, seed=1), *sample]
    runs = [_differences(clip, speed, rng) for clip in clips for speed in _SPEEDS]
    told = [one for one in runs if len(one)]
    each = [float(np.median(one)) for one in told]
    ahead = sum(_said_otherwise(clip) for clip in clips)
    times_ms = _update_times_ms()
    phase, length = "live phase against offline alignment", "% of the length"
    update = "a live update, 33 joints, reference of 900 frames"
    return [
        row(f"{phase}: median difference", float(np.median(each)), length, at_most=3.0, runs=len(told)),
        row(f"{phase}: p95 of runs", float(np.percentile(each, 95)), length),
        row("runs in which the live coach told no phase", len(runs) - len(told), f"of {len(runs)}"),
        row("instants at which a coach that saw no further says otherwise", ahead, "", at_most=0.0),
        row(f"{update}, p95", float(np.percentile(times_ms, 95)), "ms", at_most=3.0),
        row(f"{update}, median", float(np.median(times_ms)), "ms"),
    ]


def _learned(clip: PoseSequence) -> Exercise:
    return parse_exercise(exercise_text(learn_exercise(clip, name="clip")), where="clip")


def _differences(clip: PoseSequence, speed: float, rng: np.random.Generator) -> Float64Array:
    """(T,) the difference of phases at each instant at which the coach has one, in percent."""
    exercise = _learned(clip)
    attempt = resample(shaken(clip.replace(times_s=clip.times_s / speed), rng), fps=_FPS)
    said, _ = coach_through(exercise, attempt, settings=_SETTINGS)
    live = np.array([one.phase for one in said])
    offline = _offline_phases(exercise, attempt)
    apart = np.abs(live - offline)
    return np.asarray(100 * apart[np.isfinite(apart)])


def _offline_phases(exercise: Exercise, attempt: PoseSequence) -> Float64Array:
    """(T,) the phase of each of the attempt's instants, with all of it known."""
    target = Target(exercise, space=space_for(exercise, attempt.spaces))
    (sight,) = see(attempt, target, settings=_SETTINGS)
    found = align_movements(
        target.measures, sight.measures, settings=MovementSettings(mirror="never"), fps=_FPS
    )
    return found.rows_for_second(len(attempt)) / (len(target.measures) - 1)


def _said_otherwise(clip: PoseSequence) -> int:
    """At how many instants of the first half a coach gives other feedback once it knows the second half."""
    exercise, half = _learned(clip), len(clip) // 2
    whole, _ = coach_through(exercise, clip, settings=_SETTINGS)
    first, _ = coach_through(exercise, clip.take(slice(0, half)), settings=_SETTINGS)
    return sum(one.answer() != other.answer() for one, other in zip(whole, first, strict=False))


def _update_times_ms() -> Float64Array:
    scene = SyntheticScene(people=1, seconds=_REFERENCE_S, size_wh=(640, 480), seed=0)
    walker = resample(scene.recording().people[0], fps=_FPS)
    body = normalize(walker, settings=NormalizeSettings(space=Space.WORLD))
    reference = PoseSequence(body.times_s, body.skeleton, np.ones_like(body.visibility), body=body.body)
    reference = reference.take(slice(0, _UPDATES))
    exercise = Exercise("walk", "Walk", reference, {name: JointRule() for name in MAIN_ANGLES})
    runs = [_run_ms(exercise, walker) for _ in range(_RUNS)]
    return min(runs, key=lambda one: float(np.percentile(one, 95)))


def _run_ms(exercise: Exercise, walker: PoseSequence) -> Float64Array:
    coach, times_ms = Coach(exercise), []
    with one_core():
        for pose, time_s in _poses(walker):
            began = time.thread_time()
            coach.update(pose, time_s)
            times_ms.append(1000 * (time.thread_time() - began))
    return np.array(times_ms)


def _poses(sequence: PoseSequence) -> Iterator[tuple[Pose, float]]:
    for index, time_s in enumerate(sequence.times_s.tolist()):
        one = sequence.take(slice(index, index + 1))
        if one.image_px is not None and one.world_m is not None:
            yield (
                Pose(one.skeleton, one.image_px[0], one.visibility[0], world_m=one.world_m[0]),
                time_s,
            )
