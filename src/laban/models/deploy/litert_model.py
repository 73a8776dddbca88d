"""An exported model, run by LiteRT with what the core install brings.

The file is a LiteRT network with its card appended as a zip member: LiteRT reads from the front, zip from the end.
"""

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import LifoQueue
from typing import Any, Protocol, TypeVar

import numpy as np

from laban.core.arrays import BoolArray, Float32Array, frozen
from laban.errors import InvalidValueError, LabanError, ModelError
from laban.models.card import ModelCard
from laban.models.protocol import Outputs
from laban.runtime.litert import load_interpreter

T = TypeVar("T")

CARD_MEMBER = "laban.json"
_MOST_BYTES = 2**28
_MOST_CARD_BYTES = 2**22
_ONE_LINE = 200


class LiteModel:
    """A SequenceModel on LiteRT. It may be called from several threads at once; up to ``threads`` of them run
    side by side. Every window is run by itself, so that its answer is the same to the bit in any company.
    """

    def __init__(self, card: ModelCard, network: bytes, *, name: str, threads: int = 1) -> None:
        if not isinstance(threads, int) or threads < 1:
            raise InvalidValueError(f"threads must be at least 1, got {threads!r}")
        self._card = card
        self._idle: LifoQueue[_Runner] = LifoQueue()
        for _ in range(threads):
            self._idle.put(_Runner.of(network, card, name=name))

    @property
    def card(self) -> ModelCard:
        """What the model says of itself."""
        return self._card

    def run(self, values: Float32Array) -> Outputs:
        """Answers for (N, L, F) values, NaN where something is not known."""
        shape = ("N", self._card.clock.length, self._card.spec.width)
        windows = frozen(values, shape=shape, name="values")
        known = np.isfinite(windows)
        runner = self._idle.get()
        try:
            logits, embedding = runner.run(np.where(known, windows, np.float32(0)), known)
        finally:
            self._idle.put(runner)
        ends = np.cumsum([len(task.labels) for task in self._card.tasks])[:-1]
        return Outputs(tuple(np.split(logits, ends, axis=1)), embedding)


def load_lite_model(path: Path | str, *, threads: int = 1) -> LiteModel:
    """The exported model in ``path``.

    Raises ModelError in one line where the file is absent, too large, no LiteRT network, has no card, or has a
    card that does not fit the network.
    """
    content = read_model_file(Path(path))
    return LiteModel(read_card(content, name=str(path)), content, name=str(path), threads=threads)


class Carried(Protocol):
    """Any card that a model file carries."""

    def to_json(self) -> str: ...


def with_card(network: bytes, card: Carried) -> bytes:
    """The content of a model file: the network with its card behind it, in place of one it may already have."""
    file = io.BytesIO()
    file.write(without_card(network))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(CARD_MEMBER), card.to_json(), zipfile.ZIP_DEFLATED)
    return file.getvalue()


def without_card(content: bytes) -> bytes:
    """The network alone."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return content[: min(member.header_offset for member in archive.infolist())]
    except (zipfile.BadZipFile, ValueError):
        return content


def read_card(content: bytes, *, name: str) -> ModelCard:
    """The card in a model file's content; raises ModelError where there is none."""
    return parsed_card(card_text(content, name=name), ModelCard.from_json, name=name)


def parsed_card(text: str, parse: Callable[[str], T], *, name: str) -> T:
    """What ``parse`` makes of a card's text; raises ModelError, naming the file, where it makes nothing."""
    try:
        return parse(text)
    except (LabanError, ValueError, RuntimeError) as error:
        raise ModelError(f"the card in {name} cannot be read: {str(error)[:_ONE_LINE]}") from error


def card_text(content: bytes, *, name: str) -> str:
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


@dataclass(frozen=True, eq=False)
class _Runner:
    """One interpreter and which of its tensors is which."""

    name: str
    interpreter: Any
    tensors: Mapping[str, int]
    widths: tuple[int, int]

    @classmethod
    def of(cls, network: bytes, card: ModelCard, *, name: str) -> "_Runner":
        interpreter = load_interpreter(network, name=name)
        details = tensors_of(interpreter, name=name)
        _check(details, card, name=name)
        return cls(
            name,
            interpreter,
            {key: int(detail["index"]) for key, detail in details.items()},
            (int(details["logits"]["shape"][1]), int(details["embedding"]["shape"][1])),
        )

    def run(self, values: Float32Array, known: BoolArray) -> tuple[Float32Array, Float32Array]:
        """(N, K) logits and (N, E) embeddings; ModelError where LiteRT cannot run the network to its end."""
        logits, embedding = (np.empty((len(values), width), dtype=np.float32) for width in self.widths)
        try:
            for index in range(len(values)):
                self._set("values", values[index : index + 1])
                self._set("known", known[index : index + 1].astype(np.float32))
                self.interpreter.invoke()
                logits[index] = self._get("logits")
                embedding[index] = self._get("embedding")
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{self.name} cannot be run by LiteRT: {error}") from error
        return logits, embedding

    def _set(self, tensor: str, values: Float32Array) -> None:
        self.interpreter.set_tensor(self.tensors[tensor], values)

    def _get(self, tensor: str) -> Any:
        return self.interpreter.get_tensor(self.tensors[tensor])[0]


def tensors_of(interpreter: Any, *, name: str) -> dict[str, Any]:
    """The tensors by the names of the signature. The signature's own runner must not outlive this: LiteRT runs
    nothing while somebody else holds its insides."""
    count = len(interpreter.get_signature_list())
    if count != 1:
        raise ModelError(f"{name} is no model of Laban: it has {count} signatures, expected 1")
    runner = interpreter.get_signature_runner()
    return {**runner.get_input_details(), **runner.get_output_details()}


def _check(details: Mapping[str, Any], card: ModelCard, *, name: str) -> None:
    window = (1, card.clock.length, card.spec.width)
    labels = sum(len(task.labels) for task in card.tasks)
    wanted = {"values": window, "known": window, "logits": (1, labels), "embedding": (1, None)}
    check_tensors(details, wanted, name=name, what="model")


def check_tensors(
    details: Mapping[str, Any], wanted: Mapping[str, tuple[int | None, ...]], *, name: str, what: str
) -> None:
    """Raises ModelError where the tensors of the file ``name`` are not those that its card asks for; None is any
    length, and ``what`` is what such a file is called."""
    if set(details) != set(wanted):
        raise ModelError(f"{name} is no {what} of Laban: its tensors are {', '.join(sorted(details))}")
    for key, shape in wanted.items():
        held = tuple(int(side) for side in details[key]["shape"])
        fits = len(held) == len(shape) and all(
            want in (None, have) for want, have in zip(shape, held, strict=True)
        )
        if not fits or details[key]["dtype"] is not np.float32:
            raise ModelError(
                f"the card in {name} does not fit its network: {key} is {held}, expected {shape}"
            )


def read_model_file(path: Path) -> bytes:
    """The content of a model file; raises ModelError where it cannot be read or is too large."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ModelError(f"{path} is larger than a model may be ({_MOST_BYTES} bytes)")
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"no model can be read from {path}: {error.strerror}") from error
