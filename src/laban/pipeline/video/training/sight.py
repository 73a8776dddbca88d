"""What sees the frames of clips while a recogniser is trained, and where what was seen is kept."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from laban.pipeline.recording.cache import default_cache
from laban.pipeline.video.features import FramePool, FrameReader, Pixels
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
    kept = cache or default_cache().parent / _CACHE
    return Sight(FramePool(network, key=key), frame, cache=kept, workers=workers)
