"""Pose estimators judged side by side on images in which a human has marked the joints."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
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
from laban.pose.protocol import StillEstimator
from laban.sources.gate import Limits
from laban.sources.image import read_image

Contestant = Callable[[], StillEstimator]
"""Opens an estimator for still images."""

"""Told how many images of how many are done."""


@dataclass(frozen=True)
class EvaluationSettings:
    """What is judged: every one of our ``model`` with every ``detector``, and MediaPipe.

    ``images`` is the folder of the images, by default that of the truth; ``threshold`` is PCK's.
    """

    images: Path | None = None
    model: tuple[str, ...] = ("full",)
    detector: tuple[str, ...] = ("blazepose", "yolox")
    mediapipe: bool = True
    threshold: float = 0.2


@dataclass(frozen=True)
class PoseScores:
    """How one estimator did: precision, correct points, people it found per image, seconds per image."""

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
    ours = {
        f"laban {model} + {detector}": _engine(model=model, detector=detector)
        for model in models
        for detector in detectors
    }
    theirs = {f"mediapipe {model}": _mediapipe(model=model) for model in models} if reference else {}
    return ours | theirs


def evaluate_pose(
    truth: str | Path,
    *,
    images: str | Path | None = None,
    contestants: Mapping[str, Contestant] | None = None,
    threshold: float = 0.2,
    progress: Progress | None = None,
) -> PoseEvaluation:
    """Runs the ``contestants`` over the images of a COCO keypoint file and scores what they find.

    ``images`` is the folder of the images, by default the file's own. An image that cannot be read is left
    out for everybody; an estimator that cannot be had is left out too; both are told in the result.
    ``threshold`` is PCK's, in torso lengths. Raises FormatError for a file of another format,
    SourceError where no image could be read, and MissingExtraError without the extra ``evaluate``.
    """
    truth = Path(truth)
    listed = read_keypoint_truth(truth)
    require_evaluator()  # Rather now than after an hour of images.
    with ExitStack() as held:
        opened, unavailable = _open_all(standard_contestants() if contestants is None else contestants, held)
        rounds = _Rounds(opened)
        skipped = _show_all(listed, Path(images or truth.parent), rounds, progress=progress)
    shown = tuple(image for image in listed if image.file_name not in skipped)
    if not shown:
        raise SourceError(_nothing_read(truth, skipped))
    return PoseEvaluation(
        images=len(shown),
        people=sum(len(image.people) for image in shown),
        scores=tuple(rounds.scores(name, shown, threshold=threshold) for name in opened),
        skipped=MappingProxyType(skipped),
        unavailable=MappingProxyType(unavailable),
    )


class _Rounds:
    """What each estimator has found so far, and how long it took."""

    def __init__(self, opened: Mapping[str, StillEstimator]) -> None:
        self._opened = opened
        self._found: dict[str, dict[int, list[Pose]]] = {name: {} for name in opened}
        self._seconds = dict.fromkeys(opened, 0.0)

    def show(self, number: int, frame: Frame) -> None:
        for name, estimator in self._opened.items():
            start = perf_counter()
            poses = estimator.detect(frame)
            self._seconds[name] += perf_counter() - start
            self._found[name][number] = [to_coco17(pose) for pose in poses]

    def scores(self, name: str, shown: Sequence[TrueImage], *, threshold: float) -> PoseScores:
        found = self._found[name]
        return PoseScores(
            name,
            compute_average_precision(shown, found),
            compute_correct_points(shown, found, threshold=threshold),
            people_per_image=sum(len(poses) for poses in found.values()) / len(shown),
            seconds_per_image=self._seconds[name] / len(shown),
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


def _show_all(
    listed: Sequence[TrueImage], folder: Path, rounds: _Rounds, *, progress: Progress | None
) -> dict[str, str]:
    """Shows every image to everybody; the ones that could not be read, with the reason."""
    skipped: dict[str, str] = {}
    for done, image in enumerate(listed, 1):
        try:
            rounds.show(image.number, _read(image, folder, index=done - 1))
        except SourceError as error:
            skipped[image.file_name] = str(error)
        if progress is not None:
            progress(done, len(listed))
    return skipped


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


def _engine(*, model: str, detector: str) -> Contestant:
    def build() -> StillEstimator:
        from laban.pose.blazepose.engine import BlazePoseEngine, EngineSettings

        return BlazePoseEngine(EngineSettings(model=model, detector=detector))

    return build


def _mediapipe(*, model: str) -> Contestant:
    def build() -> StillEstimator:
        from laban.pose.mediapipe import MediaPipeEstimator

        return MediaPipeEstimator(model=model, mode="image", num_poses=20)

    return build
