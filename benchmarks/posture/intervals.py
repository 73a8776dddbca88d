"""Intervals: whether other augmented samples of real frames fall within the 95 % intervals.

Every fifth of the frames labelled for their view, at most 32. Each is sampled 16 times in changed crops, which
gives values and intervals as in `laban posture`; then 16 times again with other changes, and each of these values
is in its interval or not. The roll is taken as known and the error of estimated landmarks is left out: both are the
same in every sample.
"""

from collections import defaultdict

import numpy as np

from benchmarks.posture.clips import LabelledFrame, labelled_frames
from benchmarks.rows import Row, row
from laban.core.conversions import sequence_of_pose
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.pose.blazepose.jitter import JitterSettings, jittered_poses
from laban.pose.blazepose.landmarker import Landmarker
from laban.pose.blazepose.weights import load_weights
from laban.tasks.posture.camera_roll import Level
from laban.tasks.posture.catalogue import MEASURES
from laban.tasks.posture.measure import read_posture
from laban.tasks.posture.settings import PostureSettings
from laban.tasks.posture.uncertainty import mean_pose, noise_of_samples

_SETTINGS = PostureSettings(level=Level(0.0, 0.0, "known"))
_EVERY, _MOST = 5, 32
_LEAST, _HIGHEST = 0.90, 0.99


def interval_rows() -> list[Row]:
    """Coverage over all measures and frames, the worst measure's, and how wide intervals are."""
    landmarker = load_weights(model="full", detector="auto", precision="mixed").make_landmarker()
    inside: dict[str, list[bool]] = defaultdict(list)
    halves: dict[str, list[float]] = defaultdict(list)
    used = 0
    for frame in list(labelled_frames())[::_EVERY][:_MOST]:
        used += _evaluate(frame, landmarker, inside, halves)
    everything = [one for values in inside.values() for one in values]
    coverage = float(np.mean(everything))
    shares = {name: float(np.mean(values)) for name, values in inside.items()}
    degrees = [value for name, values in halves.items() if MEASURES[name].unit == "deg" for value in values]
    return [
        row("intervals: coverage of the 95 % interval", coverage, "", at_least=_LEAST, frames=used,
            values=len(everything), by_measure=shares),
        row("intervals: the same, not too wide", coverage, "", at_most=_HIGHEST),
        row("intervals: median half width of an angle", float(np.median(degrees)), "°"),
        row("intervals: median half width, craniovertebral angle", _middle(halves["craniovertebral_angle"]), "°"),
        row("intervals: median half width, trunk inclination", _middle(halves["trunk_inclination"]), "°"),
        row("intervals: median half width, tilt of the shoulders", _middle(halves["shoulder_tilt"]), "°"),
    ]  # fmt: skip


def _evaluate(
    frame: LabelledFrame,
    landmarker: Landmarker,
    inside: dict[str, list[bool]],
    halves: dict[str, list[float]],
) -> bool:
    image, pose = Frame.from_rgb(frame.image()), frame.pose()
    first, anew = (
        jittered_poses(image, pose, landmarker=landmarker, settings=JitterSettings(seed=seed))
        for seed in (0, 1)
    )
    if min(len(first), len(anew)) < 8:
        return False
    noise = noise_of_samples([first], averaged=len(first))
    own = read_posture(sequence_of_pose(mean_pose(first)), settings=_SETTINGS, noise=noise).measures
    fresh = [_values(look) for look in anew]
    for name, measured in own.items():
        if not np.isfinite(measured.value[0]):
            continue
        half = float(measured.noise[0])
        halves[name].append(half)
        others = [value[name] for value in fresh if np.isfinite(value[name])]
        inside[name] += [abs(value - float(measured.value[0])) <= half for value in others]
    return True


def _values(look: Pose) -> dict[str, float]:
    found = read_posture(sequence_of_pose(look), settings=_SETTINGS, noise=None).measures
    return {name: float(one.value[0]) for name, one in found.items()}


def _middle(values: list[float]) -> float:
    return float(np.median(values)) if values else float("nan")
