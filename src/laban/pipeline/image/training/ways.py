"""The protocol of both ways of classifying: by pixels, or by landmarks of the person."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from laban.core.arrays import Float32Array, Float64Array, ImageArray, IntArray

if TYPE_CHECKING:
    from laban.models.deploy.convert import Precision
    from laban.models.deploy.export import Shown
    from laban.models.training.loop import TrainingProgress
    from laban.models.training.trained import Trained

Scenery = tuple[ImageArray, Float64Array | None]
"""A square image and its person's box in it."""


class Way(Protocol):
    """Training, prediction and export of either way. ``precisions`` are those of its files."""

    precisions: "tuple[Precision, ...]"

    def fit(
        self, train: IntArray, validation: IntArray, progress: "Callable[[TrainingProgress], None]"
    ) -> None: ...

    @property
    def trained(self) -> "Trained":
        """The last trained network, not calibrated."""
        ...

    def logits(self, rows: IntArray) -> Float32Array:
        """(N, K) for subjects; NaN where nobody was found."""
        ...

    def logits_of(self, scenes: Sequence[Scenery]) -> Float32Array:
        """(N, K) for other images; NaN where nobody is found."""
        ...

    def places(self, rows: IntArray) -> Float32Array | None:
        """(N, H, W, K) the logits at each position of subjects' images; None for a way without positions."""
        ...

    def shown(self, test: IntArray) -> "Shown":
        """The examples that exported files are compared on."""
        ...
