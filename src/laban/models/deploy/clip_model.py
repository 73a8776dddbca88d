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

_FRAME, _HEAD = "frame", "head"


class FrameNetwork:
    """What sees a frame, alone: a LiteRT network with the signature ``frame``. Used from one thread at a time."""

    def __init__(self, network: bytes, *, name: str) -> None:
        self._name = name
        # The runner needs the interpreter to live as long as it does.
        self._interpreter = load_interpreter(network, name=name)
        if _FRAME not in self._interpreter.get_signature_list():
            raise ModelError(f"{name} has no signature {_FRAME!r}")
        self._runner = self._interpreter.get_signature_runner(_FRAME)
        self.width = int(self._runner.get_output_details()["features"]["shape"][-1])

    def features(self, images: ImageArray) -> Float32Array:
        """(N, F) what is seen in images (N, H, W, 3) uint8, each by itself."""
        found = np.empty((len(images), self.width), np.float32)
        for index, image in enumerate(images):
            found[index] = _run(self._runner, self._name, image=image[None].astype(np.float32))["features"][0]
        return found


class ClipLiteModel:
    """A model of clips. It may be called from several threads, one at a time."""

    def __init__(self, card: ModelCard, network: bytes, *, name: str) -> None:
        if not isinstance(card.input, ClipInput):
            raise ModelError(f"{name} is a model of {card.input.words}, expected one of {ClipInput.words}")
        self._card, self._given, self._name = card, card.input, name
        self._lock = Lock()
        interpreter = load_interpreter(network, name=name)
        _check(interpreter, card.input, card, name=name)
        self._interpreter = interpreter
        self._frame, self._head = (interpreter.get_signature_runner(one) for one in (_FRAME, _HEAD))
        self.width = int(self._frame.get_output_details()["features"]["shape"][-1])

    @property
    def card(self) -> ModelCard:
        """What the model says of itself."""
        return self._card

    def run(self, values: Array) -> Outputs:
        """Answers for N clips (N, T, H, W, 3) uint8."""
        checked = self._given.checked(values)
        rows = np.zeros((len(checked), self._given.clock.length, self.width), np.float32)
        for row, clip in zip(rows, checked, strict=True):
            row[:] = self.features(clip)
        return self.answers(rows)

    def features(self, images: ImageArray) -> Float32Array:
        """(N, F) what is seen in images (N, H, W, 3) uint8, each by itself."""
        found = np.empty((len(images), self.width), np.float32)
        with self._lock:
            for index, image in enumerate(images):
                seen = _run(self._frame, self._name, image=image[None].astype(np.float32))
                found[index] = seen["features"][0]
        return found

    def answers(self, features: Float32Array) -> Outputs:
        """The answers for clips whose frames have these features (N, T, F)."""
        with self._lock:
            made = [_run(self._head, self._name, features=clip[None]) for clip in features]
        if not made:
            none = np.zeros((0, sum(len(task.labels) for task in self._card.tasks)), np.float32)
            return Outputs(split_by_task(self._card, none), np.zeros((0, 0), np.float32))
        logits, embedding = (np.concatenate([one[name] for one in made]) for name in ("logits", "embedding"))
        return Outputs(split_by_task(self._card, logits), embedding)


def _run(runner: "SignatureRunner", name: str, **tensors: Float32Array) -> dict[str, Float32Array]:
    try:
        return {key: np.array(value) for key, value in runner(**tensors).items()}
    except (ValueError, RuntimeError) as error:
        raise ModelError(f"{name} cannot be run by LiteRT: {error}") from error


def _check(interpreter: "Interpreter", given: ClipInput, card: ModelCard, *, name: str) -> None:
    """Raises ModelError where the signatures are not those of a model of clips, or their tensors not those that
    the card asks for."""
    if set(interpreter.get_signature_list()) != {_FRAME, _HEAD}:
        raise ModelError(f"{name} is no model of Laban that is given {given.words}")
    frame, head = (interpreter.get_signature_runner(one) for one in (_FRAME, _HEAD))
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
