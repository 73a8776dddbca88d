"""What sees the frames of clips while a recogniser is trained, and where what was seen is kept."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from laban.errors import InvalidValueError
from laban.models.card import Task
from laban.models.image.sides import mirrored_labels
from laban.pipeline.dataset.values import Dataset, Item
from laban.pipeline.recording.cache import default_cache
from laban.pipeline.training.listening import Listener
from laban.pipeline.video.features import ClipSight, FramePool, FrameReader, Pixels, SeenClips, see_clips
from laban.pipeline.video.training.clips import LabelledClips, labelled_clips
from laban.pipeline.video.training.settings import ClipLearningSettings

if TYPE_CHECKING:
    from torch import nn

_CACHE = "frame-features"


@dataclass(frozen=True)
class Sight:
    """What sees the frames: ``reader`` for training, and ``frame`` makes the same in PyTorch for the export."""

    reader: FrameReader
    frame: "Callable[[], nn.Module]"
    cache: Path | None = None
    workers: int = 1


def sight_of(
    settings: ClipLearningSettings, *, weights: Path | None, workers: int, cache: Path | None = None
) -> Sight:
    """The backbone of ``settings`` with the published ``weights``; None for one that learns to see.

    It is converted for LiteRT when a frame must be seen that was not seen before. What was seen is kept in
    ``cache``, or next to the recordings of this user.
    """
    from laban.models.video.backbones import Pooled, untrained

    if weights is None:
        return Sight(Pixels(), lambda: untrained(settings.backbone), workers=workers)
    path = weights
    width, height = settings.sampling.size_wh

    def frame() -> "nn.Module":
        return Pooled.pretrained(path)

    def network() -> bytes:
        from laban.models.deploy.convert import frame_to_lite

        return frame_to_lite(frame(), (height, width, 3))

    key = f"{settings.backbone} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    kept = cache or features_cache()
    return Sight(FramePool(network, key=key), frame, cache=kept, workers=workers)


@dataclass(frozen=True, eq=False)
class LookedAt:
    """The ``clips`` of a dataset that could be read, and what was ``seen`` in each."""

    dataset: Dataset
    clips: LabelledClips
    seen: SeenClips


def features_cache() -> Path:
    """The folder of this user in which what was seen in frames is kept."""
    return default_cache().parent / _CACHE


def look_at(
    dataset: Dataset, settings: ClipLearningSettings, *, sight: Sight, listener: Listener
) -> LookedAt:
    """Looks at the frames of every labelled clip; raises InvalidValueError where there is too little."""
    clips = labelled_clips(dataset)
    listener.stage(f"looking at {len(clips.items)} clips")
    seen = see_clips(
        [path_of(item) for item in clips.items],
        [clip.name for clip in clips.clips],
        ClipSight(
            settings.sampling,
            sight.reader,
            mirror=_may_mirror(clips.task),
            cache=sight.cache,
            fps=fps_of(dataset),
        ),
        workers=sight.workers,
        progress=listener.step,
    )
    return LookedAt(dataset, clips.seen(seen), seen)


def path_of(item: Item) -> Path:
    """The video of a clip."""
    if item.path is None:
        raise InvalidValueError(f"{item.clip.name} has no video")
    return item.path


def fps_of(dataset: Dataset) -> float | None:
    """The frames per second of clips without times."""
    fps = dataset.reading.get("fps")
    return float(fps) if isinstance(fps, int | float) else None


def _may_mirror(task: Task) -> bool:
    """Whether no class becomes another, or none, in a mirror."""
    becomes = mirrored_labels(task.labels)
    return bool((becomes == np.arange(len(task.labels))).all())
