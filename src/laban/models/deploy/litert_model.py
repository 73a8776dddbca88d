"""An exported model, run by LiteRT with what the core install brings.

The file is a LiteRT network with its card appended as a zip member: LiteRT reads from the front, zip from the end.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import LifoQueue
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from laban.core.arrays import Array, Float32Array, IntArray
from laban.errors import InvalidValueError, LabanError, ModelError
from laban.models.card import ModelCard
from laban.models.inputs import ModelInput
from laban.models.protocol import Outputs, split_by_task
from laban.runtime.litert import load_interpreter

if TYPE_CHECKING:
    from ai_edge_litert.interpreter import Interpreter

CARD_MEMBER = "laban.json"
_MOST_BYTES = 2**28
_MOST_CARD_BYTES = 2**22
_ONE_LINE = 200


class LiteModel:
    """A model on LiteRT, of landmarks, images or clips. It may be called from several threads at once; up to
    ``threads`` of them run side by side. Every example is run by itself, so that its answer does not
    depend on the rest of the batch, bit for bit.
    """

    def __init__(self, card: ModelCard, network: bytes, *, name: str, threads: int = 1) -> None:
        if not isinstance(threads, int) or threads < 1:
            raise InvalidValueError(f"threads must be at least 1, got {threads!r}")
        self._card = card
        self._made_of = card, network, name, threads
        self._idle: LifoQueue[_Runner] = LifoQueue()
        for _ in range(threads):
            self._idle.put(_Runner.of(network, card, name=name))

    def __reduce__(self) -> tuple[Callable[..., "LiteModel"], tuple[ModelCard, bytes, str, int]]:
        """Interpreters cannot be pickled; another process builds its own from the same network."""
        return _rebuilt, self._made_of

    @property
    def card(self) -> ModelCard:
        """What the model says of itself."""
        return self._card

    def run(self, values: Array) -> Outputs:
        """Answers for N examples as ``card.input`` describes them."""
        checked = self._card.input.checked(values)
        runner = self._idle.get()
        try:
            found = runner.run(self._card.input, checked)
        finally:
            self._idle.put(runner)
        embedding = found.get("embedding", np.zeros((len(checked), 0), dtype=np.float32))
        return Outputs(split_by_task(self._card, found["logits"]), embedding, found.get("places"))


def _rebuilt(card: ModelCard, network: bytes, name: str, threads: int) -> LiteModel:
    return LiteModel(card, network, name=name, threads=threads)


def with_card(network: bytes, card: ModelCard) -> bytes:
    """The content of a model file: the network followed by its card, which replaces an earlier one."""
    text = json.dumps(card.to_json(), indent=1)
    file = io.BytesIO()
    file.write(without_card(network))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(CARD_MEMBER), text, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def without_card(content: bytes) -> bytes:
    """The network alone."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return content[: min(member.header_offset for member in archive.infolist())]
    except (zipfile.BadZipFile, ValueError):
        return content


def read_card(content: bytes, *, name: str) -> ModelCard:
    """The card in a model file's content; raises ModelError, naming the file, where there is none."""
    text = _card_text(content, name=name)
    try:
        return ModelCard.from_json(json.loads(text))
    except (LabanError, ValueError, RuntimeError) as error:
        raise ModelError(f"the card in {name} cannot be read: {str(error)[:_ONE_LINE]}") from error


def _card_text(content: bytes, *, name: str) -> str:
    """The text of the card in a model file's content; raises ModelError where there is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(CARD_MEMBER) as member:
            text = member.read(_MOST_CARD_BYTES + 1)
        if len(text) > _MOST_CARD_BYTES:
            raise ModelError(f"the card in {name} is larger than a card may be ({_MOST_CARD_BYTES} bytes)")
        return text.decode()
    except ModelError:
        raise
    except (ValueError, RuntimeError, EOFError, zlib.error) as error:
        raise ModelError(f"the card in {name} cannot be read: {str(error)[:_ONE_LINE]}") from error
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise ModelError(f"{name} is no model of Laban: it carries no card ({CARD_MEMBER})") from error


class _Tensor(TypedDict):
    """The part of LiteRT's description of a tensor that is used."""

    index: int
    shape: IntArray
    dtype: type


@dataclass(frozen=True, eq=False)
class _Runner:
    """One interpreter, its tensors by name, and the shapes of its outputs for one example."""

    name: str
    interpreter: "Interpreter"
    tensors: Mapping[str, int]
    outputs: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, network: bytes, card: ModelCard, *, name: str) -> "_Runner":
        interpreter = load_interpreter(network, name=name)
        details = _tensors_of(interpreter, name=name)
        _check_tensors(details, card, name=name)
        return cls(
            name,
            interpreter,
            {key: int(detail["index"]) for key, detail in details.items()},
            {key: _shape(details[key])[1:] for key in card.outputs},
        )

    def run(self, given: ModelInput, values: Array) -> dict[str, Float32Array]:
        """(N, ...) each output; ModelError where LiteRT cannot run the network."""
        found = {
            key: np.empty((len(values), *shape), dtype=np.float32) for key, shape in self.outputs.items()
        }
        try:
            for index in range(len(values)):
                for key, tensor in given.feed(values[index : index + 1]).items():
                    self.interpreter.set_tensor(self.tensors[key], tensor)
                self.interpreter.invoke()
                for key, held in found.items():
                    held[index] = self.interpreter.get_tensor(self.tensors[key])[0]
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{self.name} cannot be run by LiteRT: {error}") from error
        return found


def _tensors_of(interpreter: "Interpreter", *, name: str) -> dict[str, _Tensor]:
    """The tensors by the names of the signature. The signature's own runner must not outlive this: LiteRT
    refuses to run while another reference holds its tensors."""
    count = len(interpreter.get_signature_list())
    if count != 1:
        raise ModelError(f"{name} is no model of Laban: it has {count} signatures, expected 1")
    runner = interpreter.get_signature_runner()
    return {**runner.get_input_details(), **runner.get_output_details()}


def _check_tensors(details: Mapping[str, _Tensor], card: ModelCard, *, name: str) -> None:
    """Raises ModelError where the tensors of the file ``name`` do not fit its card."""
    wanted = {**card.input.tensors, **card.outputs}
    if set(details) != set(wanted):
        raise ModelError(
            f"{name} is no model of Laban that is given {card.input.words}: its tensors are "
            f"{', '.join(sorted(details))}"
        )
    for key, shape in wanted.items():
        held, expected = _shape(details[key]), (1, *shape)
        fits = len(held) == len(expected) and all(
            want in (None, have) for want, have in zip(expected, held, strict=True)
        )
        if not fits or details[key]["dtype"] is not np.float32:
            raise ModelError(
                f"the card in {name} does not fit its network: {key} is {held}, expected {expected}"
            )


def _shape(detail: _Tensor) -> tuple[int, ...]:
    return tuple(int(side) for side in detail["shape"])


def read_model_file(path: Path) -> bytes:
    """The content of a model file; raises ModelError where it cannot be read or is too large."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ModelError(f"{path} is larger than a model may be ({_MOST_BYTES} bytes)")
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"no model can be read from {path}: {error.strerror}") from error
