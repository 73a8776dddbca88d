"""The test of one split: the clips, the answers to them, and the network to be asked again."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from laban.core.arrays import Array, Float32Array, FloatArray, ImageArray, IntArray
from laban.pipeline.video.features import FrameReader

if TYPE_CHECKING:
    from laban.models.training.trained import Trained


@dataclass(frozen=True, eq=False)
class TestedClips:
    """The clips ``rows`` (N,) of a test, and the calibrated answers ``logits`` (N, K) of ``trained`` to them."""

    __test__ = False

    rows: IntArray
    logits: FloatArray
    trained: "Trained"
    temperature: float

    def answers(self, forms: Array) -> FloatArray:
        """(M, K) calibrated answers to clips as they are seen, (M, T, ...)."""
        from laban.models.video.training import logits_of

        return logits_of(self.trained, forms) / self.temperature


@dataclass(frozen=True, eq=False)
class AskedNetwork:
    """The network of a test as it is asked about hidden frames. ``reader`` sees them as its backbone does; None
    where the backbone is its own."""

    tested: TestedClips
    reader: FrameReader | None

    def features(self, images: ImageArray) -> Array:
        """(N, F) what is seen in images (N, H, W, 3)."""
        if self.reader is not None:
            return self.reader.features(images)
        from laban.models.video.training import features_of

        return features_of(self.tested.trained, images)

    def logits(self, features: Float32Array) -> FloatArray:
        """(N, K) the answers for clips (N, T, F)."""
        return self.tested.answers(features)
