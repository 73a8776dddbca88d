"""What a run needs of a way of answering: looking at the picture, or at the landmarks of who is in it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from laban.core.arrays import Float32Array, Float64Array, ImageArray, IntArray
from laban.models.deploy.zoo import EXPORTED_NAME

if TYPE_CHECKING:
    from laban.models.training.training import Progress

NAMES = {"float32": EXPORTED_NAME, "float16": "model.float16.tflite", "int8": "model.int8.tflite"}
CHECKPOINT = "checkpoint"
Shown = tuple[ImageArray, Float64Array | None]
"""A square picture and its person's box in it."""


class Way(Protocol):
    """What a run needs of either: to learn, to answer, and to be written down."""

    def fit(
        self,
        train: IntArray,
        validation: IntArray,
        progress: "Callable[[Progress], None]",
        *,
        calibrate: bool = True,
    ) -> None: ...

    @property
    def temperature(self) -> float: ...

    @property
    def history(self) -> dict[str, Any]: ...

    def logits(self, rows: IntArray) -> Float32Array: ...

    def logits_of(self, scenes: Sequence[Shown]) -> Float32Array: ...

    def places(self, rows: IntArray) -> Float32Array | None: ...

    def write(
        self, folder: Path, name: str, about: dict[str, Any], test: IntArray
    ) -> list[dict[str, Any]]: ...


def history_of(epochs: Sequence[Any], best_epoch: int) -> dict[str, Any]:
    """Epochs as metrics.json holds them."""
    rows = [{**vars(one), "accuracy": list(one.accuracy)} for one in epochs]
    return {"epochs": rows, "best_epoch": best_epoch, "seconds": sum(one.seconds for one in epochs)}
