"""What a run needs of a way of answering: looking at the image, or at the landmarks of who is in it."""

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
    """What a run needs of either: to learn, to answer, to be exported. ``precisions`` are those of its files."""

    precisions: "tuple[Precision, ...]"

    def fit(
        self, train: IntArray, validation: IntArray, progress: "Callable[[TrainingProgress], None]"
    ) -> None: ...

    @property
    def trained(self) -> "Trained":
        """What was learned last; it is not calibrated."""
        ...

    def logits(self, rows: IntArray) -> Float32Array:
        """(N, K) for subjects; NaN where nobody was found."""
        ...

    def logits_of(self, scenes: Sequence[Scenery]) -> Float32Array:
        """(N, K) for other images; NaN where nobody is found."""
        ...

    def places(self, rows: IntArray) -> Float32Array | None:
        """(N, H, W, K) what each place of the images of subjects says; None for a way that looks at no places."""
        ...

    def shown(self, test: IntArray) -> "Shown":
        """What exported files are compared on."""
        ...
