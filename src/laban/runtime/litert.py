"""One LiteRT network, loaded once and run many times from one thread at a time."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from laban.core.arrays import Float32Array
from laban.errors import ModelError

if TYPE_CHECKING:
    from ai_edge_litert.interpreter import Interpreter

T = TypeVar("T")

_STDERR = 2
_NOTICE = b"Created TensorFlow Lite XNNPACK delegate for CPU"


class _FirstLoad:
    """Suppresses the notice that LiteRT writes to stderr when a process loads its first network.

    LiteRT writes it directly to file descriptor 2 and has no setting to turn it off.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._over = False

    @contextmanager
    def quietly(self) -> Iterator[None]:
        if self._over:
            yield
            return
        with self._lock:
            with stderr_without(_NOTICE):
                yield
            self._over = True


@contextmanager
def stderr_without(notice: bytes) -> Iterator[None]:
    """Holds back what the process writes to stderr, and passes it on at the end without lines with ``notice``."""
    try:
        stderr = os.dup(_STDERR)
    except OSError:  # a process without stderr, such as one behind a window
        yield
        return
    with tempfile.TemporaryFile() as held, os.fdopen(stderr, "wb") as stream:
        os.dup2(held.fileno(), _STDERR)
        try:
            yield
        finally:
            os.dup2(stream.fileno(), _STDERR)
            held.seek(0)
            stream.writelines(line for line in held if notice not in line)


_FIRST_LOAD = _FirstLoad()


class Network:
    """A network with one input; ``run`` fills the input and reads the outputs in place."""

    def __init__(self, model: bytes, *, name: str) -> None:
        self._interpreter = load_interpreter(model, name=name)
        self._input = self._interpreter.get_input_details()[0]
        self._outputs = [detail["index"] for detail in self._interpreter.get_output_details()]
        self.name = name

    @property
    def input_shape(self) -> tuple[int, ...]:
        return tuple(int(side) for side in self._input["shape"])

    def run(self, fill: Callable[[Float32Array], object], read: Callable[[list[Float32Array]], T]) -> T:
        """Calls ``fill`` with the input tensor to be written in place, runs, and returns what ``read`` makes of the
        output tensors. Neither may keep a reference to a tensor: the next run writes into the same memory.
        """
        fill(self._interpreter.tensor(self._input["index"])())
        self._interpreter.invoke()
        return read([self._interpreter.tensor(index)() for index in self._outputs])


def load_interpreter(model: bytes, *, name: str, threads: int = 1) -> "Interpreter":
    """LiteRT's interpreter with its memory allocated; raises ModelError where the bytes are not a network."""
    from ai_edge_litert.interpreter import Interpreter

    try:
        with _FIRST_LOAD.quietly():
            interpreter = Interpreter(model_content=model, num_threads=threads)
            interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise ModelError(f"{name} cannot be loaded by LiteRT: {error}") from error
    return interpreter


def read_model(path: Path, *, name: str) -> bytes:
    """The bytes of a model file."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{name} cannot be read from {path}: {error.strerror}") from error
