"""What sees the frames of clips while a recogniser is trained, and where what was seen is kept."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from laban.errors import InvalidValueError
from laban.models.card import Task
from laban.models.image.sides import mirrored_labels
from laban.pipeline.dataset.scenes import grouped_by_scene, tells_groups
from laban.pipeline.dataset.values import Dataset, Item
from laban.pipeline.recording.cache import default_cache
from laban.pipeline.training.listening import Listener
from laban.pipeline.video.features import ClipSight, FramePool, FrameReader, Pixels, SeenClips, see_clips
from laban.pipeline.video.masked import PeopleFinder
from laban.pipeline.video.training.clips import LabelledClips, labelled_clips
from laban.pipeline.video.training.settings import ClipLearningSettings

if TYPE_CHECKING:
    from laban.models.video.backbones.frame import FrameBackbone

FEATURES = "frame-features"
"""The folder of a cache for what was seen in frames."""

_SCENES = "scenes"


@dataclass(frozen=True)
class Sight:
    """What sees the frames: ``reader`` for training, and ``frame`` makes the same in PyTorch for the export;
    ``people`` finds whom to mask."""

    reader: FrameReader
    frame: "Callable[[], FrameBackbone]"
    cache: Path | None = None
    workers: int = 1
    people: PeopleFinder | None = None


def sight_of(
    settings: ClipLearningSettings,
    *,
    weights: Path | None,
    workers: int,
    cache: Path | None = None,
    people: PeopleFinder | None = None,
) -> Sight:
    """The backbone of ``settings`` with the ``weights`` in a file; None for one that begins with nothing.

    What of it does not learn is converted for LiteRT when a frame must be seen that was not seen before. What was
    seen is kept in ``cache``, or next to the recordings of this user. Raises ModelError where the file holds no
    weights of this backbone.
    """
    from laban.models.video.backbones import backbone_kind, untrained
    from laban.models.video.backbones.weights import with_weights

    name, training = settings.training.backbone, settings.training
    if weights is None:
        return Sight(Pixels(), lambda: untrained(name), workers=workers, people=people)
    frame = partial(with_weights, backbone_kind(name), weights)
    frame()  # weights that do not fit are refused before any work is done
    if training.tune == "free":
        return Sight(Pixels(), frame, workers=workers, people=people)
    part = "" if training.tune == "frozen" else f" before {training.tune}"
    key = f"{name}{part} {hashlib.sha256(weights.read_bytes()).hexdigest()}"
    reader = FramePool(partial(_seeing, frame, settings), key=key, half=bool(part))
    return Sight(reader, frame, cache=cache or features_cache(), workers=workers, people=people)


def _seeing(frame: "Callable[[], FrameBackbone]", settings: ClipLearningSettings) -> bytes:
    """What of a backbone does not learn, for LiteRT."""
    from laban.models.deploy.convert import frame_to_lite
    from laban.models.video.backbones.frame import Before
    from laban.models.video.training import frozen_parts

    backbone = frame()
    width, height = settings.sampling.size_wh
    parts = frozen_parts(backbone, settings.training)
    seeing = backbone if parts == len(backbone.parts) else Before(backbone, parts)
    return frame_to_lite(seeing, (height, width, 3))


@dataclass(frozen=True, eq=False)
class LookedAt:
    """The ``clips`` of a dataset that could be read, and what was ``seen`` in each."""

    dataset: Dataset
    clips: LabelledClips
    seen: SeenClips


def features_cache() -> Path:
    """The folder of this user in which what was seen in frames is kept."""
    return default_cache().parent / FEATURES


def look_at(
    dataset: Dataset, settings: ClipLearningSettings, *, sight: Sight, listener: Listener
) -> LookedAt:
    """Looks at the frames of every labelled clip, and where nothing tells of groups at its scene; raises
    InvalidValueError where there is too little."""
    dataset = _with_scenes(dataset, settings, sight, listener)
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


def _with_scenes(
    dataset: Dataset, settings: ClipLearningSettings, sight: Sight, listener: Listener
) -> Dataset:
    labelled_clips(dataset)
    if settings.split == "random" or tells_groups(dataset):
        return dataset
    listener.stage(f"looking for clips of one scene among {len(dataset)}")
    return grouped_by_scene(
        dataset,
        cache=(sight.cache or features_cache()) / _SCENES,
        workers=sight.workers,
        progress=listener.step,
        folds=settings.folds or 2,
    )


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
