"""An exported model of clips on LiteRT: what sees a frame and what answers from the frames are run apart.

A stream so sees each of its frames once, however many windows they belong to.
"""

from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from laban.core.arrays import Array, Float32Array, ImageArray, IntArray
from laban.errors import ModelError
from laban.models.card import ModelCard
from laban.models.inputs import ClipInput
from laban.models.protocol import Outputs, split_by_task
from laban.runtime.litert import load_interpreter

if TYPE_CHECKING:
    from ai_edge_litert.interpreter import Interpreter, SignatureRunner

FRAME, HEAD = "frame", "head"
"""The signatures of a network of clips: the features of one frame, and the answer from those of all frames."""


class FrameNetwork:
    """The network of one frame: the signature ``frame`` of a LiteRT file. Used from one thread at a time."""

    def __init__(self, network: bytes, *, name: str) -> None:
        self._name = name
        # The runners need the interpreter to live as long as they do.
        self._interpreter = load_interpreter(network, name=name)
        if FRAME not in self._interpreter.get_signature_list():
            raise ModelError(f"{name} is no model of Laban that is given {ClipInput.words}")
        self._frame = self._interpreter.get_signature_runner(FRAME)
        shapes = _shapes(self._frame.get_output_details())
        if "features" not in shapes:
            raise ModelError(f"{name} is no model of Laban: its signature {FRAME!r} has no output 'features'")
        self.shape = shapes["features"][1:]

    def features(self, images: ImageArray) -> Float32Array:
        """(N, ...) the features of images (N, H, W, 3) uint8, each by itself."""
        found = np.empty((len(images), *self.shape), np.float32)
        for index, image in enumerate(images):
            found[index] = self._run(self._frame, image=image[None].astype(np.float32))["features"][0]
        return found

    def _run(self, runner: "SignatureRunner", **tensors: Float32Array) -> dict[str, Float32Array]:
        try:
            return {key: np.array(value) for key, value in runner(**tensors).items()}
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{self._name} cannot be run by LiteRT: {error}") from error


class _ClipNetwork(FrameNetwork):
    """Both signatures of the network of a card."""

    def __init__(self, card: ModelCard, given: ClipInput, network: bytes, *, name: str) -> None:
        super().__init__(network, name=name)
        _check(self._interpreter, given, card, name=name)
        self._head = self._interpreter.get_signature_runner(HEAD)

    def answer(self, features: Float32Array) -> dict[str, Float32Array]:
        """The outputs for the features (1, T, F) of one clip."""
        return self._run(self._head, features=features)


class ClipLiteModel:
    """A model of clips. It may be called from several threads, one at a time."""

    def __init__(self, card: ModelCard, network: bytes, *, name: str) -> None:
        if not isinstance(card.input, ClipInput):
            raise ModelError(f"{name} is a model of {card.input.words}, expected one of {ClipInput.words}")
        self._card, self._given = card, card.input
        self._network = _ClipNetwork(card, card.input, network, name=name)
        self._lock = Lock()

    @property
    def card(self) -> ModelCard:
        """What the model says of itself."""
        return self._card

    def run(self, values: Array) -> Outputs:
        """Answers for N clips (N, T, H, W, 3) uint8."""
        checked = self._given.checked(values)
        rows = np.zeros((len(checked), self._given.clock.length, *self._network.shape), np.float32)
        for row, clip in zip(rows, checked, strict=True):
            row[:] = self.features(clip)
        return self.answers(rows)

    def features(self, images: ImageArray) -> Float32Array:
        """(N, F) the features of images (N, H, W, 3) uint8, each by itself."""
        with self._lock:
            return self._network.features(images)

    def answers(self, features: Float32Array) -> Outputs:
        """The answers for clips whose frames have these features (N, T, F)."""
        with self._lock:
            made = [self._network.answer(clip[None]) for clip in features]
        if not made:
            none = np.zeros((0, sum(len(task.labels) for task in self._card.tasks)), np.float32)
            return Outputs(split_by_task(self._card, none), np.zeros((0, 0), np.float32))
        logits, embedding = (np.concatenate([one[name] for one in made]) for name in ("logits", "embedding"))
        return Outputs(split_by_task(self._card, logits), embedding)


def _check(interpreter: "Interpreter", given: ClipInput, card: ModelCard, *, name: str) -> None:
    """Raises ModelError where the signatures are not those of a model of clips, or their tensors not those that
    the card asks for."""
    if set(interpreter.get_signature_list()) != {FRAME, HEAD}:
        raise ModelError(f"{name} is no model of Laban that is given {given.words}")
    frame, head = (interpreter.get_signature_runner(one) for one in (FRAME, HEAD))
    seen = _shapes(frame.get_output_details()).get("features", ())
    answers = card.outputs["logits"]
    found = {
        "image": _shapes(frame.get_input_details()).get("image"),
        "features": _shapes(head.get_input_details()).get("features"),
        "logits": _shapes(head.get_output_details()).get("logits"),
    }
    wanted = {
        "image": (1, *given.frame),
        "features": (1, given.clock.length, *seen[1:]),
        "logits": (1, *answers),
    }
    for key, shape in wanted.items():
        if found[key] != shape:
            raise ModelError(
                f"the card in {name} does not fit its network: {key} is {found[key]}, expected {shape}"
            )
    if "embedding" not in head.get_output_details():
        raise ModelError(
            f"{name} is no model of Laban that is given {given.words}: it gives no embedding back"
        )


def _shapes(details: Mapping[str, Mapping[str, IntArray]]) -> dict[str, tuple[int, ...]]:
    return {key: tuple(int(side) for side in one["shape"]) for key, one in details.items()}
