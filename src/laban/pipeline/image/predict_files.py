"""Predictions of an image classifier for many files: pure tasks of a few images, which any executor can run."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from laban.core.progress import Progress
from laban.errors import LabanError, SourceError
from laban.pipeline.image.gathering import Finder, people_finder
from laban.pipeline.image.prediction import ImageModel, LocatedAnswer
from laban.pipeline.recording.executor import Executor, in_order
from laban.sources import Limits
from laban.sources.containers import absence, demuxer_of, read_head
from laban.sources.image import IMAGE_SUFFIXES, read_image

_CHUNK = 16
"""Images per task: opening the pose networks takes as long as a few images."""

ImageResult = list[LocatedAnswer] | LabanError | OSError
"""The answers for one image, or the error that prevented them."""


@dataclass(frozen=True)
class ImagePredictionTask:
    """Predictions for a few images: a function of its fields and the paths alone.

    ``pose_model`` and ``detector`` name the pose networks, which are opened only for a model that needs people.
    """

    model: ImageModel
    pose_model: str = "full"
    detector: str = "auto"

    def __call__(self, paths: Sequence[Path], progress: Progress) -> list[ImageResult]:
        out = []
        for done, result in enumerate(self.results(paths), 1):
            out.append(result)
            progress(done, len(paths))
        return out

    def results(self, paths: Sequence[Path]) -> Iterator[ImageResult]:
        """The result for each image, each when it is requested."""
        with ExitStack() as stack:
            try:
                find = self._finder(stack)
            except LabanError as error:
                yield from (error for _ in paths)
                return
            for path in paths:
                yield self._result(path, find)

    def _finder(self, stack: ExitStack) -> Finder | None:
        if not self.model.needs_people:
            return None
        return stack.enter_context(people_finder(model=self.pose_model, detector=self.detector))

    def _result(self, path: Path, find: Finder | None) -> ImageResult:
        try:
            image = read_image(_checked(path, self.model), limits=Limits())
            return self.model.answers(image, find(image) if find is not None else [])
        except (LabanError, OSError) as error:
            return error


def predict_image_files(
    task: ImagePredictionTask,
    paths: Sequence[Path],
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Generator[ImageResult]:
    """The result for each image, in the order of ``paths``; an image that fails does not stop the others.

    Results are the same bit for bit with any executor; by default images are processed one after the other, each
    when its result is requested. ``progress`` receives the images done and their number where an executor is given.
    """
    if executor is None:
        yield from task.results(paths)
        return
    chunks = [paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK)]
    with closing(executor.map(task, chunks, sizes=[*map(len, chunks)], progress=progress)) as finished:
        for results in in_order(finished):
            yield from results


def _checked(path: Path, model: ImageModel) -> Path:
    """``path`` itself; raises SourceError where it is absent or a video."""
    if not path.exists():
        raise SourceError(absence(path))
    if path.suffix.lower() not in IMAGE_SUFFIXES and demuxer_of(read_head(path)) is not None:
        raise SourceError(
            f"{path} is a video, and {model.name} answers images; save the frames that matter first"
        )
    return path
