"""Evaluates pose estimators on the same images with manually labelled joints."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from types import MappingProxyType

from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.progress import Progress
from laban.errors import AssetError, MissingExtraError, ModelError, SourceError
from laban.pipeline.pose_evaluation.ground_truth import TrueImage, read_keypoint_truth
from laban.pipeline.pose_evaluation.metrics import (
    AveragePrecision,
    CorrectPoints,
    compute_average_precision,
    compute_correct_points,
    require_evaluator,
    to_coco17,
)
from laban.pipeline.recording.executor import Executor, Threads, in_order
from laban.pose.protocol import StillEstimator
from laban.sources.image import read_image
from laban.sources.limits import Limits

Contestant = Callable[[], StillEstimator]
"""Opens an estimator for still images."""

_CHUNK = 16
"""Images per task: opening an estimator takes as long as a few images."""


@dataclass(frozen=True)
class EvaluationSettings:
    """What is evaluated: each of our ``model`` with each ``detector``, and MediaPipe.

    ``images`` is the folder of the images, by default that of the truth; ``threshold`` is PCK's.
    """

    images: Path | None = None
    model: tuple[str, ...] = ("full",)
    detector: tuple[str, ...] = ("blazepose", "yolox")
    mediapipe: bool = True
    threshold: float = 0.2


@dataclass(frozen=True)
class PoseScores:
    """The scores of one estimator: precision, correct points, people found per image, seconds per image."""

    name: str
    average_precision: AveragePrecision
    correct_points: CorrectPoints
    people_per_image: float
    seconds_per_image: float


@dataclass(frozen=True)
class PoseEvaluation:
    """The scores of all estimators on the same ``images`` images with ``people`` marked people.

    ``skipped`` maps an image to why it could not be read; ``unavailable`` maps an estimator to why it could
    not be opened, and how to get it.
    """

    images: int
    people: int
    scores: tuple[PoseScores, ...]
    skipped: Mapping[str, str]
    unavailable: Mapping[str, str]


def standard_contestants(
    *,
    models: Sequence[str] = ("full",),
    detectors: Sequence[str] = ("blazepose", "yolox"),
    reference: bool = True,
) -> dict[str, Contestant]:
    """Our engine with each model and detector and, as ``reference``, MediaPipe with each model."""
    ours: dict[str, Contestant] = {
        f"laban {model} + {detector}": partial(_engine, model=model, detector=detector)
        for model in models
        for detector in detectors
    }
    theirs = {f"mediapipe {model}": partial(_mediapipe, model=model) for model in models} if reference else {}
    return ours | theirs


def evaluate_pose(
    truth: str | Path,
    *,
    images: str | Path | None = None,
    contestants: Mapping[str, Contestant] | None = None,
    threshold: float = 0.2,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> PoseEvaluation:
    """Runs the ``contestants`` over the images of a COCO keypoint file and scores what they find.

    ``images`` is the folder of the images, by default the file's own. An image that cannot be read is left
    out for all; an estimator that cannot be opened is left out too; both are reported in the result.
    ``threshold`` is PCK's, in torso lengths. ``executor`` runs one task per few images, each with estimators of its
    own; what is found does not depend on it, but the time per image does where tasks share the processor. By
    default one image follows the other. Raises FormatError for a file of another format,
    SourceError where no image could be read, and MissingExtraError without the extra ``evaluate``.
    """
    truth = Path(truth)
    listed = read_keypoint_truth(truth)
    require_evaluator()  # Better now than after an hour of images.
    task = _DetectionTask(
        dict(standard_contestants() if contestants is None else contestants), Path(images or truth.parent)
    )
    size = max(1, len(listed)) if executor is None else _CHUNK
    indexed = tuple(enumerate(listed))
    chunks = [indexed[start : start + size] for start in range(0, max(1, len(listed)), size)]
    with closing(
        (executor or Threads(1)).map(task, chunks, sizes=[*map(len, chunks)], progress=progress)
    ) as parts:
        found = _joined(list(in_order(parts)))
    shown = tuple(image for image in listed if image.file_name not in found.skipped)
    if not shown:
        raise SourceError(_nothing_read(truth, found.skipped))
    return PoseEvaluation(
        images=len(shown),
        people=sum(len(image.people) for image in shown),
        scores=tuple(_scores(name, found, shown, threshold=threshold) for name in found.poses),
        skipped=MappingProxyType(found.skipped),
        unavailable=MappingProxyType(found.unavailable),
    )


@dataclass(frozen=True, eq=False)
class _Detections:
    """For each estimator the poses by the number of the image, and the seconds that took."""

    poses: dict[str, dict[int, list[Pose]]]
    seconds: dict[str, float]
    skipped: dict[str, str]
    unavailable: dict[str, str]


@dataclass(frozen=True)
class _DetectionTask:
    """All estimators on a few images, with their positions: a function of its fields and the images alone."""

    contestants: dict[str, Contestant]
    folder: Path

    def __call__(self, images: Sequence[tuple[int, TrueImage]], progress: Progress) -> _Detections:
        with ExitStack() as held:
            opened, unavailable = _open_all(self.contestants, held)
            found = _Detections({name: {} for name in opened}, dict.fromkeys(opened, 0.0), {}, unavailable)
            for done, (index, image) in enumerate(images, 1):
                try:
                    frame = _read(image, self.folder, index=index)
                except SourceError as error:
                    found.skipped[image.file_name] = str(error)
                else:
                    _detect(opened, image.number, frame, found)
                progress(done, len(images))
            return found


def _detect(opened: Mapping[str, StillEstimator], number: int, frame: Frame, found: _Detections) -> None:
    for name, estimator in opened.items():
        start = perf_counter()
        poses = estimator.detect(frame)
        found.seconds[name] += perf_counter() - start
        found.poses[name][number] = [to_coco17(pose) for pose in poses]


def _joined(parts: Sequence[_Detections]) -> _Detections:
    """What was found in all images; estimators that could not be opened for some of them are unavailable."""
    unavailable = {name: reason for part in parts for name, reason in part.unavailable.items()}
    names = [name for name in parts[0].poses if name not in unavailable]
    return _Detections(
        {name: {key: held for part in parts for key, held in part.poses[name].items()} for name in names},
        {name: sum(part.seconds[name] for part in parts) for name in names},
        {name: reason for part in parts for name, reason in part.skipped.items()},
        unavailable,
    )


def _scores(name: str, found: _Detections, shown: Sequence[TrueImage], *, threshold: float) -> PoseScores:
    poses = found.poses[name]
    return PoseScores(
        name,
        compute_average_precision(shown, poses),
        compute_correct_points(shown, poses, threshold=threshold),
        people_per_image=sum(len(one) for one in poses.values()) / len(shown),
        seconds_per_image=found.seconds[name] / len(shown),
    )


def _open_all(
    contestants: Mapping[str, Contestant], held: ExitStack
) -> tuple[dict[str, StillEstimator], dict[str, str]]:
    opened: dict[str, StillEstimator] = {}
    unavailable: dict[str, str] = {}
    for name, build in contestants.items():
        try:
            opened[name] = build()
        except (AssetError, MissingExtraError, ModelError) as error:
            unavailable[name] = str(error)
        else:
            held.callback(opened[name].close)
    return opened, unavailable


def _read(image: TrueImage, folder: Path, *, index: int) -> Frame:
    frame = Frame.from_rgb(read_image(folder / image.file_name, limits=Limits()), index=index)
    if image.size_wh not in (None, frame.size_wh):
        raise SourceError(
            f"{folder / image.file_name} is {frame.size_wh} pixels, but its joints were marked on "
            f"{image.size_wh}; use the images that belong to the file"
        )
    return frame


def _nothing_read(truth: Path, skipped: Mapping[str, str]) -> str:
    if not skipped:
        return f"{truth} lists no images"
    reason = next(iter(skipped.values()))
    return f"none of the {len(skipped)} images of {truth} could be read; the first: {reason}"


def _engine(*, model: str, detector: str) -> StillEstimator:
    from laban.pose.blazepose.engine import BlazePoseEngine, EngineSettings

    return BlazePoseEngine(EngineSettings(model=model, detector=detector))


def _mediapipe(*, model: str) -> StillEstimator:
    from laban.pose.mediapipe import MediaPipeEstimator

    return MediaPipeEstimator(model=model, mode="image", num_poses=20)
