"""What happens in a video, from the poses of everybody in it and from its pixels together."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.progress import Progress
from laban.core.sequence import Recording
from laban.core.spans import Span
from laban.errors import ModelError
from laban.models.card import Task
from laban.models.deploy.zoo import FUSION_NAME, POSE_RUN, VIDEO_RUN, open_model
from laban.models.evaluation.clip_scores import log_probabilities, speaking_rows
from laban.models.fusion import Fusion
from laban.models.protocol import SequenceModel
from laban.pipeline.action.predict import open_model as open_sequence_model
from laban.pipeline.fusion.description import read_fusion
from laban.pipeline.video.prediction import ClipPredictions, ClipRecogniser, clip_recogniser
from laban.pipeline.video.streamed_model import ClipAnswer
from laban.tasks.action.answers import Answers
from laban.tasks.action.predict import predict_recording
from laban.tasks.action.timeline import ActionSettings

_SHARED = 0.5
"""Of a window of poses and a clip of pixels, the shorter must lie in the other by this share to be of it."""


@dataclass(frozen=True, eq=False)
class FusedRecogniser:
    """A recogniser from poses and one from pixels of the same task, and how they answer as one."""

    name: str
    fusion: Fusion
    pose: SequenceModel
    video: ClipRecogniser

    def __post_init__(self) -> None:
        own, other = self.pose.card.tasks, (self.video.head.task,)
        if own != other:
            raise ModelError(
                f"{self.name}: its models answer {_words(own)} and {_words(other)}; train it anew"
            )

    @property
    def task(self) -> Task:
        """The task of both."""
        return self.video.head.task

    def predict(
        self,
        path: Path,
        recording: Recording,
        *,
        settings: ActionSettings | None = None,
        fps: float | None = None,
        progress: Progress | None = None,
    ) -> ClipPredictions:
        """What happens in the video at ``path``, whose poses ``recording`` holds: an answer for a short video, or
        for each window of a longer one, without a person. Where nobody is seen, that of the pixels.

        Raises SourceError where the video cannot be read, InvalidValueError where the poses cannot serve the model.
        """
        poses = predict_recording(self.pose, recording)
        answers = poses.answers

        def amend(answer: ClipAnswer) -> Float64Array:
            return self.joined(answer, answers)

        found = self.video.predict(path, settings=settings, fps=fps, progress=progress, amend=amend)
        alone = [
            not len(rows_within(answers, start_s, end_s))
            for start_s, end_s in zip(found.start_s, found.end_s, strict=True)
        ]
        return replace(found, warnings=(*found.warnings, *poses.warnings, *_alone_words(alone)))

    def joined(self, answer: ClipAnswer, answers: Answers) -> Float64Array:
        """(K,) the probabilities of one clip of pixels and the windows of poses that lie in it."""
        rows = rows_within(answers, answer.start_s, answer.end_s)
        if not len(rows):
            return answer.probabilities
        told = answers.tasks[0].probabilities[rows]
        speaking = speaking_rows(answers.person[rows], told, self.task)
        pose = log_probabilities(told[speaking].mean(axis=0, keepdims=True))
        video = log_probabilities(answer.probabilities[None]) * self.video.head.temperature
        return np.asarray(np.exp(self.fusion.fused(pose, video)[0]))


def rows_within(answers: Answers, start_s: float, end_s: float) -> np.ndarray:
    """The windows that lie in a stretch of time, or it in them, by half at least."""
    clip = Span(start_s, max(start_s, end_s))
    windows = [
        Span(float(first), float(last)) for first, last in zip(answers.start_s, answers.end_s, strict=True)
    ]
    shares = [one.overlap_s(clip) >= _SHARED * min(one.duration_s, clip.duration_s) for one in windows]
    return np.flatnonzero(np.array(shares, dtype=bool))


def fused_recogniser(model: str | Path) -> FusedRecogniser | None:
    """The recogniser of a run of poses and pixels; None where ``model`` is the name or path of another.

    Raises FormatError for a damaged description, and ModelError where its models are absent or do not fit.
    """
    folder = Path(model)
    if not (folder / FUSION_NAME).is_file():
        return None
    fusion = read_fusion(folder)
    pose, video = (open_model(folder / name) for name in (POSE_RUN, VIDEO_RUN))
    recogniser = clip_recogniser(video)
    if recogniser is None:
        raise ModelError(
            f"{folder / VIDEO_RUN} holds a model of {video.card.input.words}, expected one of pixels"
        )
    return FusedRecogniser(folder.resolve().name, fusion, open_sequence_model(pose), recogniser)


def _words(tasks: tuple[Task, ...]) -> str:
    return "; ".join(f"{task.name} ({', '.join(task.labels)})" for task in tasks)


def _alone_words(alone: list[bool]) -> tuple[str, ...]:
    if not any(alone):
        return ()
    if len(alone) == 1:
        return ("nobody was found: it is answered from the pixels alone",)
    return (
        f"in {sum(alone)} of {len(alone)} windows nobody was found: they are answered from the pixels alone",
    )
