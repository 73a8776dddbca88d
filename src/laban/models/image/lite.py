"""An exported classifier of pictures, run by LiteRT with what the core install brings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, ImageArray
from laban.errors import InvalidValueError, ModelError
from laban.models.deploy.litert_model import (
    card_text,
    check_tensors,
    parsed_card,
    read_model_file,
    tensors_of,
)
from laban.models.evaluation.calibration import softmax
from laban.models.image.card import PictureCard
from laban.runtime.litert import load_interpreter


@dataclass(frozen=True, eq=False)
class PictureOutputs:
    """What a classifier said of N pictures: ``logits`` (N, K), and ``places`` (N, H, W, K), what each place of
    the picture alone would have said: their mean is the logits."""

    logits: Float32Array
    places: Float32Array

    def __len__(self) -> int:
        return len(self.logits)

    def probabilities(self, temperature: float) -> Float64Array:
        """(N, K)"""
        return softmax(self.logits, temperature=temperature)


class LitePictureModel:
    """A classifier on LiteRT, for one thread at a time. Every picture is run by itself."""

    def __init__(self, card: PictureCard, network: bytes, *, name: str, threads: int = 1) -> None:
        self.card = card
        self._interpreter = load_interpreter(network, name=name, threads=threads)
        self._tensors = {
            key: int(one["index"]) for key, one in _details(self._interpreter, card, name).items()
        }
        self._name = name

    def run(self, images_rgb: Sequence[ImageArray]) -> PictureOutputs:
        """Answers for pictures (S, S, 3) as ``shown`` makes them, S the side of the card's view."""
        side = self.card.view.side_px
        if any(image.shape != (side, side, 3) or image.dtype != np.uint8 for image in images_rgb):
            raise InvalidValueError(f"pictures must be ({side}, {side}, 3) uint8 for this classifier")
        answers = [self._one(image) for image in images_rgb]
        count = len(self.card.task.labels)
        if not answers:
            return PictureOutputs(np.zeros((0, count), np.float32), np.zeros((0, 1, 1, count), np.float32))
        logits, places = zip(*answers, strict=True)
        return PictureOutputs(np.stack(logits), np.stack(places))

    def _one(self, image: ImageArray) -> tuple[Float32Array, Float32Array]:
        try:
            self._interpreter.set_tensor(self._tensors["image"], image[None].astype(np.float32))
            self._interpreter.invoke()
            logits, places = (
                self._interpreter.get_tensor(self._tensors[name])[0] for name in ("logits", "places")
            )
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{self._name} cannot be run by LiteRT: {error}") from error
        return logits, places


def load_picture_model(path: Path | str, *, threads: int = 1) -> LitePictureModel:
    """The exported classifier in ``path``.

    Raises ModelError in one line where the file is absent, no classifier of pictures, or where its card does
    not fit its network.
    """
    name = str(path)
    content = read_model_file(Path(path))
    card = parsed_card(card_text(content, name=name), PictureCard.from_json, name=name)
    return LitePictureModel(card, content, name=name, threads=threads)


def _details(interpreter: Any, card: PictureCard, name: str) -> Mapping[str, Any]:
    details = tensors_of(interpreter, name=name)
    side, count = card.view.side_px, len(card.task.labels)
    wanted = {"image": (1, side, side, 3), "logits": (1, count), "places": (1, None, None, count)}
    check_tensors(details, wanted, name=name, what="classifier")
    return details
