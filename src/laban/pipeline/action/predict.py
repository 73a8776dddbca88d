"""Predicts from a model's name and a recording what everybody does, and draws it over the video."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from laban.core.arrays import ImageArray
from laban.core.checks import with_given
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.progress import Progress
from laban.core.sequence import Recording
from laban.core.spans import Timeline
from laban.models.card import ModelCard
from laban.models.deploy.zoo import open_model as open_exported
from laban.models.protocol import SequenceModel
from laban.pipeline.recording.draw import poses_in
from laban.pipeline.recording.prefetch import prefetched
from laban.render.skeletons import DrawStyle, draw_people
from laban.render.strip import draw_strip
from laban.render.timeline_text import span_words
from laban.render.video import VideoSettings, encoded
from laban.tasks.action.predict import predict_recording
from laban.tasks.action.timeline import UNKNOWN, ActionSettings

Model = SequenceModel | str | Path
"""A model, or its name: one that comes with Laban, a model file, the folder of a run."""

_AHEAD = 6
_TEXT_SCALE = 1.5  # labels are the message here, so they are larger than the ids of a plain overlay


@dataclass(frozen=True)
class ActionOverlaySettings:
    """How an overlay with labels looks and how it is encoded; ``strip`` puts the timeline below the image."""

    style: DrawStyle = field(default_factory=lambda: DrawStyle(text=_TEXT_SCALE))
    video: VideoSettings = field(default_factory=VideoSettings)
    strip: bool = True


def open_model(model: Model) -> SequenceModel:
    """The opened model, with the classes added to it.

    Raises UnknownNameError, FormatError or ModelError where there is none, and ModelError for a model of images.
    """
    opened = open_exported(model) if isinstance(model, str | Path) else model
    _ = opened.card.landmarks
    return opened


def predict(
    model: Model,
    recording: Recording,
    *,
    enter: float | None = None,
    leave: float | None = None,
    min_duration_s: float | None = None,
    cool_down_s: float | None = None,
    horizon_s: float | None = None,
    all_labels: bool | None = None,
    settings: ActionSettings | None = None,
) -> Timeline:
    """What everybody in ``recording`` does, and when: a span for each, with person, task, label and probability.

    ``model`` is the name of one that comes with Laban, a model file, the folder of a run, or a model. The options
    are the fields of ``ActionSettings``; those that are None are taken from ``settings``. Of a task with a
    background only the events are reported, unless ``all_labels``; windows that the model does not know are
    ``unknown``. Raises
    UnknownNameError for an unknown model, InvalidValueError where the recording cannot serve the model, with the
    reason.

    >>> from laban.sources import SyntheticScene
    >>> scene = SyntheticScene(people=1, falls=1, seconds=8.0)
    >>> [(span.person, span.label) for span in predict("fall", scene.recording())]
    [(0, 'fall')]
    """
    chosen = with_given(
        settings or ActionSettings(),
        enter=enter,
        leave=leave,
        min_duration_s=min_duration_s,
        cool_down_s=cool_down_s,
        horizon_s=horizon_s,
        all_labels=all_labels,
    )
    return predict_recording(open_model(model), recording, settings=chosen).timeline


def write_action_overlay(
    path: Path | str,
    recording: Recording,
    timeline: Timeline,
    frames: Iterable[Frame],
    *,
    card: ModelCard | None = None,
    settings: ActionOverlaySettings | None = None,
    progress: Progress | None = None,
) -> int:
    """Writes the video with each person's label and probability above the head, and the timeline below.

    Every frame of the source is kept at its own time. Labels of a task's background, where ``card`` names one, and
    ``unknown`` are grey in the strip. Returns how many frames were written; raises what the frames raise, and
    OutputError where the file cannot be written.
    """
    chosen = settings or ActionOverlaySettings()
    drawn = (
        (frame.time_s, image)
        for frame, image in _images(recording, timeline, frames, card=card, settings=chosen)
    )
    count = 0
    with prefetched(drawn, depth=_AHEAD) as ahead:
        for count, _ in enumerate(encoded(path, ahead, settings=chosen.video), start=1):
            if progress is not None:
                progress(count, None)
    return count


def labels_at(timeline: Timeline, poses: Iterable[Pose], time_s: float) -> list[str]:
    """For each pose its id and what its person does at ``time_s`` in the timeline."""
    now = timeline.at(time_s)
    return [
        " · ".join([str(pose.person), *(span_words(span) for span in now if span.person == pose.person)])
        for pose in poses
    ]


def _images(
    recording: Recording,
    timeline: Timeline,
    frames: Iterable[Frame],
    *,
    card: ModelCard | None,
    settings: ActionOverlaySettings,
) -> Iterable[tuple[Frame, ImageArray]]:
    strip = None
    backgrounds = [task.background for task in card.tasks if task.background] if card else []
    for frame in frames:
        poses = poses_in(recording, frame)
        labels = labels_at(timeline, poses, frame.time_s)
        image = draw_people(frame.image_rgb, poses, labels=labels, style=settings.style)
        if settings.strip:
            strip = strip or draw_strip(
                timeline,
                width_px=image.shape[1],
                start_s=0.0,
                end_s=float(recording.times_s[-1]) if len(recording.times_s) else 0.0,
                greyed=(UNKNOWN, *backgrounds),
            )
            image = np.concatenate([image, strip.at(frame.time_s)])
        yield frame, image
