"""Movements aligned with themselves, unchanged and played at other speeds.

Forty exercises of Penn Action and the sample clips of one person. A clip aligned with itself must cost nothing.
Played at half to double speed, evenly or slowing down and speeding up between the two, each instant of the
reference has a true partner; the error is how far from it the alignment is, as a share of the attempt's length. The
last row adds noise of 3 % of the torso to every landmark.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.coaching.movements import person_in, whole_exercises
from benchmarks.rows import Row, row
from laban.core.arrays import Float64Array
from laban.core.body import torso_length
from laban.core.sequence import PoseSequence
from laban.tasks.comparison.movements import align_movements, compare_movements
from laban.tasks.comparison.preprocess import clock_fps, measured_movement
from laban.tasks.comparison.settings import MovementSettings

_SPEEDS = (0.5, 0.67, 0.8, 1.25, 1.5, 2.0)
_FPS = 30.0
_NOISE_TORSO = 0.03
_UNIT = "% of the length"
_SETTINGS = MovementSettings(mirror="never")

Warp = Callable[[Float64Array], Float64Array]
"""From a clip's times, in seconds from its begin, to those at which the same is shown in another tempo."""


def phase_rows() -> list[Row]:
    """The cost of self-alignment, and the errors of phase at other speeds."""
    clips = [*whole_exercises(each=5), *(person_in(f"asset:single_person_cam0{n}") for n in (1, 2, 3, 4))]
    even = [_error(clip, _at_speed(speed)) for clip in clips for speed in _SPEEDS]
    uneven = [_error(clip, varying(clip, faster=faster)) for clip in clips for faster in (True, False)]
    noisy = [_error(_shaken(clip, seed), _at_speed(0.67)) for seed, clip in enumerate(clips)]
    beside = "a clip beside itself"
    return [
        row("self-alignment: greatest cost", max(map(_own_cost, clips)), "", at_most=0.0, clips=len(clips)),
        row(f"{beside} at 0.5× to 2×: median error of phase", _median(even), _UNIT, at_most=2.0),
        row(f"{beside} at 0.5× to 2×: error of phase, p95", float(np.percentile(even, 95)), _UNIT),
        row(f"{beside} from 0.5× to 2× and back: median error of phase", _median(uneven), _UNIT, at_most=2.0),
        row(f"{beside} at 0.67× with noise: median error of phase", _median(noisy), _UNIT),
    ]


def _median(values: list[float]) -> float:
    return float(np.median(values))


def _own_cost(clip: PoseSequence) -> float:
    fps = clock_fps(clip, fps=_FPS)
    measures = measured_movement(
        clip, settings=_SETTINGS, space=_SETTINGS.space_for(clip.spaces), fps=fps, what="the clip"
    )
    return align_movements(measures, measures, settings=_SETTINGS, fps=fps).mean_cost


def _error(clip: PoseSequence, warp: Warp) -> float:
    """The median distance of partners from the true ones, in percent of the attempt's length."""
    began = clip.replace(times_s=clip.times_s - clip.times_s[0])
    attempt = began.replace(times_s=warp(began.times_s))
    found = compare_movements(attempt, began, settings=_SETTINGS)
    off = np.abs(found.attempt_s - warp(found.times_s))
    return float(100 * np.median(off) / attempt.times_s[-1])


def _at_speed(speed: float) -> Warp:
    return lambda times_s: times_s / speed


def varying(clip: PoseSequence, *, faster: bool) -> Warp:
    """Half speed at the ends and double in the middle, or the other way round."""
    length_s = float(clip.times_s[-1] - clip.times_s[0])
    at = np.linspace(0, length_s, 1000)
    share = np.sin(np.pi * at / length_s) ** 2
    speed = 2.0 ** (2 * share - 1 if faster else 1 - 2 * share)
    shown_s = np.concatenate([[0.0], np.cumsum(np.diff(at) / speed[1:])])
    return lambda times_s: np.asarray(np.interp(times_s, at, shown_s))


def _shaken(clip: PoseSequence, seed: int) -> PoseSequence:
    points = np.asarray(clip.image_px, dtype=np.float64)
    torso = float(np.nanmedian(torso_length(points, clip.skeleton)))
    noise = np.random.default_rng(seed).normal(size=points.shape) * _NOISE_TORSO * torso
    return clip.replace(image_px=(points + noise).astype(np.float32), world_m=None)
