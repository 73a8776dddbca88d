"""From a source to the posture of a person in it, with intervals from test-time augmentation."""

from dataclasses import dataclass, replace

import numpy as np

from laban.core.arrays import ImageArray
from laban.core.conversions import pose_at, sequence_of_pose
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence, Recording
from laban.core.subject import biggest_person
from laban.pipeline.recording.settings import ExtractionSettings
from laban.pipeline.recording.subject import Side
from laban.pipeline.recording.video import open_frames, rate_given
from laban.pose.blazepose.jitter import JitterSettings, jittered_poses
from laban.pose.blazepose.weights import load_weights
from laban.tasks.posture.assess import assess_sequence
from laban.tasks.posture.measure import agreement_of, sight_before, values_of
from laban.tasks.posture.report import PostureReport
from laban.tasks.posture.rules import Rules
from laban.tasks.posture.settings import HoldingSettings, PostureSettings
from laban.tasks.posture.uncertainty import LandmarkNoise, assumed_noise, mean_pose, noise_of_samples
from laban.tasks.posture.views import VIEW_NAMES

LEAST_SAMPLES = 6
"""With fewer samples that found the person, typical noise is assumed."""
_INSTANTS = 6


@dataclass(frozen=True, eq=False)
class Assessment:
    """A report, its side, and the pose and image of a representative instant.

    ``image`` is None where the images of a recording are not available.
    """

    report: PostureReport
    side: Side
    pose: Pose
    time_s: float
    image: ImageArray | None
    others: tuple[int, ...] = ()


def assess_posture(
    recording: Recording,
    *,
    person: int | None = None,
    settings: PostureSettings | None = None,
    holding: HoldingSettings | None = None,
    rules: Rules | None = None,
    noise: LandmarkNoise | None = None,
) -> PostureReport:
    """The posture of a person in ``recording``: every measure with its interval, findings, and what cannot be seen.

    ``person`` is the biggest in the image if None. ``noise`` is the error of the landmarks, from
    ``noise_of_samples``; without it a typical one is assumed. Raises SourceError where nobody
    is there, and InvalidValueError where the landmarks cannot be measured.

    >>> from laban.sources import SyntheticScene
    >>> report = assess_posture(SyntheticScene(people=1, seconds=2.0).recording())
    >>> report.view.name, report.stance
    ('right side', 'standing')
    >>> lean = next(one for one in report.measured if one.name == "trunk_inclination")
    >>> lean.interval.low < lean.interval.value < lean.interval.high
    True
    """
    chosen = biggest_person(recording, person=person)
    return assess_sequence(
        recording.people[chosen], person=chosen, settings=settings, holding=holding, rules=rules, noise=noise
    )


def assess_side(
    side: Side,
    *,
    settings: PostureSettings,
    holding: HoldingSettings | None = None,
    rules: Rules | None = None,
    jitter: JitterSettings | None = None,
    extraction: ExtractionSettings | None = None,
) -> Assessment:
    """The posture of an opened source. Where its images are available, the noise of landmarks comes from augmented
    samples of some of them, and of a single image the mean of all samples is measured; without ``jitter`` a typical
    noise is assumed.

    Raises as ``assess_posture`` does, and AssetError without weights.
    """
    sequence, noise, image = side.sequence, None, side.image
    agreement: dict[str, float] | None = None
    if image is None and side.images is not None and side.is_pose:
        image = _image_of(side, float(sequence.times_s[0]))
    if jitter is not None and side.is_pose and image is not None:
        sequence, noise, agreement = _sampled_image(side, image, jitter, extraction, settings)
    elif jitter is not None and side.images is not None:
        noise = _sampled_frames(side, jitter, extraction)
    if noise is None and (image is not None or side.images is not None):
        noise = assumed_noise(sequence.skeleton, reason=_why_assumed(side, jitter, image))
    report = assess_sequence(
        sequence,
        person=side.person,
        settings=settings,
        holding=holding,
        rules=rules,
        noise=noise,
        agreement=agreement,
    )
    report = replace(report, warnings=(*report.warnings, *side.doubts))
    row = 0 if len(sequence) == 1 else usual_row(sequence, report, settings=settings)
    time_s = float(sequence.times_s[row]) if side.moment_s is None else side.moment_s
    if image is None and side.images is not None:
        image = _image_of(side, time_s)
    others = tuple(person for person in side.recording.people if person != side.person)
    return Assessment(report, side, pose_at(sequence, row, person=side.person), time_s, image, others)


def _why_assumed(side: Side, jitter: JitterSettings | None, image: ImageArray | None) -> str:
    """Why there are no augmented samples although there are images."""
    if jitter is None:
        return "the image was not looked at again"
    if image is not None and not _is_of(image, side.sequence):
        return "the image has another size than the one that the landmarks were taken of"
    return "this person was not found again in slightly changed images"


def usual_row(sequence: PoseSequence, report: PostureReport, *, settings: PostureSettings) -> int:
    """The instant, in the report's view, at which most measures are near their median."""
    sight = sight_before(sequence, settings=settings)
    measured = values_of(sight, [one.name for one in report.measured])
    columns = [
        np.abs(measured[one.name] - one.interval.value) / max(one.interval.half, 1e-6)
        for one in report.values
        if one.interval is not None
    ]
    far = np.stack(columns, axis=1) if columns else np.zeros((len(sequence), 1))
    known = np.isfinite(far)
    away = np.where(known, np.minimum(far, 3.0), 3.0).sum(axis=1)
    away[sight.views != VIEW_NAMES.index(report.view.name)] = np.inf
    return int(away.argmin())


def _sampled_image(
    side: Side,
    image: ImageArray,
    jitter: JitterSettings,
    extraction: ExtractionSettings | None,
    settings: PostureSettings,
) -> tuple[PoseSequence, LandmarkNoise | None, dict[str, float] | None]:
    """The mean of all samples of a single image, their noise, and the share in which each measure can be taken; the
    original pose where there are none."""
    sequence = side.sequence
    if not _is_of(image, sequence):
        return sequence, None, None  # no samples can be taken, which says nothing about the person
    found = _samples(side, 0, image, jitter, extraction)
    if len(found) < LEAST_SAMPLES:
        return sequence, None, {} if jitter.count >= LEAST_SAMPLES else None
    mean = sequence_of_pose(mean_pose(found), time_s=float(sequence.times_s[0]), size_wh=sequence.size_wh)
    agreement = agreement_of(found, settings=settings, size_wh=sequence.size_wh)
    return mean, noise_of_samples([found], averaged=len(found)), agreement


def _sampled_frames(
    side: Side, jitter: JitterSettings, extraction: ExtractionSettings | None
) -> LandmarkNoise | None:
    """The noise over some instants of a video."""
    sequence = side.sequence
    seen = np.flatnonzero(sequence.seen)
    rows = np.unique(seen[np.linspace(0, len(seen) - 1, _INSTANTS + 2).astype(int)[1:-1]])
    wanted = {round(float(sequence.times_s[row]), 6): int(row) for row in rows}
    found = []
    assert side.images is not None
    with open_frames(side.images, at_s=sequence.times_s[rows], fps=rate_given(side.recording)) as frames:
        for frame in frames:
            row = wanted.get(round(frame.time_s, 6))
            if row is not None:
                found.append(_samples(side, row, frame.image_rgb, jitter, extraction))
    enough = [one for one in found if len(one) >= LEAST_SAMPLES]
    return noise_of_samples(enough, averaged=1) if enough else None


def _samples(
    side: Side, row: int, image: ImageArray, jitter: JitterSettings, extraction: ExtractionSettings | None
) -> list[Pose]:
    chosen = extraction or ExtractionSettings()
    weights = load_weights(model=chosen.model, detector=chosen.detector, precision=chosen.precision)
    if not _is_of(image, side.sequence):
        return []
    pose = pose_at(side.sequence, row, person=side.person)
    return jittered_poses(Frame.from_rgb(image), pose, landmarker=weights.make_landmarker(), settings=jitter)


def _is_of(image: ImageArray, sequence: PoseSequence) -> bool:
    """Whether an image has the size of those that the landmarks were extracted from."""
    return sequence.size_wh in (None, (image.shape[1], image.shape[0]))


def _image_of(side: Side, time_s: float) -> ImageArray | None:
    assert side.images is not None
    with open_frames(side.images, at_s=np.array([time_s]), fps=rate_given(side.recording)) as frames:
        nearest = min(frames, key=lambda frame: abs(frame.time_s - time_s), default=None)
        return None if nearest is None else np.array(nearest.image_rgb)
