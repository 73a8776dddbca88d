"""Predictions for many files: one pure task per file, which any executor can run."""

from collections.abc import Generator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from laban.core.progress import Progress
from laban.errors import LabanError
from laban.pipeline.action.predict import Model, open_model
from laban.pipeline.recording.executor import CancelledError, Executor, Threads, in_order
from laban.pipeline.recording.open import FoundPoses, PoseFile, has_images, poses_of
from laban.pipeline.recording.settings import ExtractionSettings
from laban.tasks.action.predict import Predictions, predict_recording
from laban.tasks.action.timeline import ActionSettings


@dataclass(frozen=True, eq=False)
class FilePrediction:
    """The poses of one file and what the model predicts from them."""

    poses: FoundPoses
    predictions: Predictions


FileResult = FilePrediction | LabanError | OSError
"""The prediction for one file, or the error that prevented it."""


@dataclass(frozen=True)
class PredictionTask:
    """Prediction for one file: a function of its fields and the path alone.

    A name or a path is opened for every file; a model that is open already is used as it is.
    """

    model: Model
    settings: ActionSettings | None = None
    extraction: ExtractionSettings | None = None
    cache: Path | None = None
    pose_file: PoseFile | None = None

    def __call__(self, path: Path, progress: Progress) -> FilePrediction:
        found = poses_of(
            path,
            settings=self.extraction,
            cache=self.cache,
            progress=progress,
            pose_file=self.pose_file,
        )
        predictions = predict_recording(open_model(self.model), found.recording, settings=self.settings)
        return FilePrediction(found, predictions)


def predict_files(
    task: PredictionTask,
    paths: Sequence[Path],
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Generator[FileResult]:
    """The result for each file, in the order of ``paths``; a file that fails does not stop the others.

    Results are the same bit for bit with any executor; by default files are processed one after the other, each
    when its result is requested. ``progress`` receives the frames of videos as poses are extracted. Close the
    generator to stop early.
    """
    groups = _groups(paths)
    run = _GroupTask(task)
    with closing((executor or Threads(1)).map(run, groups, progress=progress)) as finished:
        waiting: dict[int, FileResult] = {}
        results = in_order(finished)
        for position in range(len(paths)):
            while position not in waiting:
                waiting |= next(results)
            yield waiting.pop(position)


_Group = tuple[tuple[int, Path], ...]
"""Files with their positions among all files."""


@dataclass(frozen=True)
class _GroupTask:
    """Prediction for a few files, one after the other; errors are results."""

    task: PredictionTask

    def __call__(self, group: _Group, progress: Progress) -> dict[int, FileResult]:
        return {position: self._result(path, progress) for position, path in group}

    def _result(self, path: Path, progress: Progress) -> FileResult:
        try:
            return self.task(path, progress)
        except CancelledError:
            raise
        except (LabanError, OSError) as error:
            return error


def _groups(paths: Sequence[Path]) -> list[_Group]:
    """Each file by itself, but videos of equal size together: copies of one video share a recording in the
    cache, which two workers must not write at the same time."""
    groups: dict[Path | int, _Group] = {}
    for position, path in enumerate(paths):
        size = _video_size(path)
        key = path if size is None else size
        groups[key] = (*groups.get(key, ()), (position, path))
    return list(groups.values())


def _video_size(path: Path) -> int | None:
    with suppress(LabanError, OSError):
        if path.is_file() and has_images(path):
            return path.stat().st_size
    return None
