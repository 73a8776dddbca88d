"""What sees each frame of a clip, by name: networks from images to features. One file each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from laban.core.checks import choose
from laban.models.modules import modules_by_name

if TYPE_CHECKING:
    from laban.models.video.backbones.frame import FrameBackbone


@dataclass(frozen=True)
class BackboneKind:
    """``title`` is its usual name; ``build`` makes it before it has learned anything."""

    title: str
    build: "Callable[[], FrameBackbone]"


SMALL = "small"
"""The backbone that begins with nothing, so that all of it always learns."""

BACKBONES = modules_by_name(
    __name__,
    ("efficientnet_lite0", "mobilenet_v2", "resnet18", "resnet50", "vgg16", SMALL),
    attribute="BACKBONE",
    kind=BackboneKind,
)
"""The backbones by name; called, an entry imports PyTorch."""


def backbone_kind(name: str) -> BackboneKind:
    """The backbone ``name``. Raises UnknownNameError with the nearest, and MissingExtraError without PyTorch."""
    return choose(name, BACKBONES, what="backbone")()


def untrained(name: str) -> "FrameBackbone":
    """The backbone ``name`` before it has learned anything."""
    return backbone_kind(name).build()
