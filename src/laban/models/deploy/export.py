"""A trained network as one LiteRT file that carries its card, and how well that file agrees with PyTorch."""

import contextlib
import io
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

from laban.core.arrays import Float32Array, Float64Array, IntArray
from laban.core.checks import choose
from laban.errors import InvalidValueError, MissingExtraError, ModelError
from laban.models.deploy.litert_model import LiteModel, with_card
from laban.models.deploy.unrolled_lstm import unrolled
from laban.models.examples import UNLABELLED, Examples
from laban.models.training.torch_model import TorchModel
from laban.models.training.training import Trained
from laban.models.training.weights_file import write_whole

Precision = Literal["float32", "int8"]
Scheme = Literal["float32", "static int8", "dynamic int8"]
MOST_DIFFERENCE = 1e-4
"""The largest difference of a probability that a float32 export may have."""

_MOST_WINDOWS = 256
_MOST_CALIBRATION = 100
_MOST_LOSS = 0.01
_SIGNATURE = "serving_default"


@dataclass(frozen=True)
class Exported:
    """What was written, and how it compares with the network in PyTorch on the same windows.

    ``scheme`` is ``float32``, ``static int8`` (weights and activations, ranges from the windows) or ``dynamic
    int8`` (weights; activations are quantised as they come); ``max_difference`` the largest difference of any
    probability; ``accuracy_change`` for each task the accuracy minus PyTorch's, None where no window is labelled.
    """

    path: Path
    scheme: Scheme
    size_bytes: int
    windows: int
    max_difference: float
    accuracy_change: tuple[float | None, ...]


def export(
    trained: Trained,
    path: Path,
    *,
    examples: Examples,
    precision: Precision = "float32",
    converted: bytes | None = None,
) -> Exported:
    """Writes ``trained`` to ``path`` and compares it with PyTorch on up to 256 windows of ``examples``.

    With ``int8`` two networks are made where the converter can, one with ranges of activations taken from these
    windows and one with weights in 8 bits alone; of those that cost no more than a point of accuracy the smaller
    is kept, or else the one that costs less. ``converted`` is what ``to_lite`` gave, where it was called before.
    Raises InvalidValueError where there are no windows to compare on, ModelError where a float32 export differs
    by more than ``MOST_DIFFERENCE``, and MissingExtraError without ``litert-torch``.
    """
    choose(precision, {"float32": 0, "int8": 0}, what="precision")
    if not len(examples):
        raise InvalidValueError("an export is compared with PyTorch on real windows; none were given")
    some = examples.take(np.linspace(0, len(examples) - 1, min(len(examples), _MOST_WINDOWS)).astype(int))
    content = converted or to_lite(trained)
    made = [
        compared
        for scheme, variant in _variants(content, some.values, precision)
        if (compared := _tried(trained, variant, some, path=path, scheme=scheme)) is not None
    ]
    best, whole = min(made, key=lambda one: (max(_cost(one[0]), _MOST_LOSS), one[0].size_bytes))
    if best.scheme == "float32" and best.max_difference > MOST_DIFFERENCE:
        raise ModelError(
            f"the exported network differs from PyTorch by {best.max_difference:.2g} in a probability, at most "
            f"{MOST_DIFFERENCE:g} was expected; {path} was not written"
        )
    write_whole(path, whole)
    return best


class _Named(nn.Module):
    """Gives the network's answers their names in the file."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, values: Tensor, known: Tensor) -> dict[str, Tensor]:
        logits, embedding = self.network(values, known)
        return {"logits": logits, "embedding": embedding}


def to_lite(trained: Trained) -> bytes:
    """The network for one window as a LiteRT file without a card: inputs ``values`` and ``known`` (1, L, F),
    outputs ``logits`` (1, sum K) and ``embedding`` (1, E)."""
    try:
        with silence():
            import litert_torch
    except ImportError as error:
        raise MissingExtraError(
            "export needs litert-torch; get it with: pip install 'laban[train]'"
        ) from error
    shape = (1, trained.card.clock.length, trained.card.spec.width)
    # Two tensors: given the same one twice, the converter takes the two inputs for one.
    window = {"values": torch.zeros(shape), "known": torch.ones(shape)}
    with silence(), tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.tflite"
        network = _Named(unrolled(trained.network)).eval()
        litert_torch.convert(network, sample_kwargs=window).export(str(file))
        return file.read_bytes()


def _variants(network: bytes, values: Float32Array, precision: Precision) -> Iterator[tuple[Scheme, bytes]]:
    if precision == "float32":
        yield "float32", network
        return
    with contextlib.suppress(ValueError, RuntimeError):  # not every operation can be calibrated
        yield "static int8", quantized(network, values, activations=True)
    yield "dynamic int8", quantized(network, values, activations=False)


def quantized(network: bytes, values: Float32Array, *, activations: bool) -> bytes:
    """The network with weights in 8 bits; with ``activations`` these too, within ranges seen in ``values``
    (N, L, F). What goes in and comes out stays float32."""
    shown = [_inputs(window[None]) for window in values[:_MOST_CALIBRATION]] if activations else None
    return quantized_on(network, shown)


def quantized_on(network: bytes, shown: Sequence[Mapping[str, Float32Array]] | None) -> bytes:
    """The network with weights in 8 bits; where inputs are ``shown`` its activations too, within the ranges that
    these have there. What goes in and comes out stays float32."""
    from ai_edge_quantizer import qtyping, recipe_manager
    from ai_edge_quantizer.quantizer import Quantizer

    name = qtyping.TFLOperationName
    recipe = recipe_manager.RecipeManager()
    if shown is not None:
        recipe.add_static_config(".*", name.ALL_SUPPORTED, activation_num_bits=8, weight_num_bits=8)
        for end in (name.INPUT, name.OUTPUT):
            recipe.add_quantization_config(".*", end, algorithm_key="no_quantize")
    else:
        recipe.add_dynamic_config(".*", name.ALL_SUPPORTED, num_bits=8)
    with silence():
        ranges = _ranges(network, recipe, shown) if shown is not None else None
        quantizer = Quantizer(network, recipe.get_quantization_recipe())
        result = quantizer.quantize(ranges, enable_progress_bar=False, enable_progress_report=False)
    return bytes(result.quantized_model)


def _ranges(network: bytes, recipe: Any, shown: Sequence[Mapping[str, Float32Array]]) -> Any:
    """The least and greatest of every activation: the quantiser's own running mean would cut off what is rare."""
    from ai_edge_quantizer.calibrator import Calibrator
    from ai_edge_quantizer.utils.qsv_utils import min_max_update

    calibrator = Calibrator(network, num_threads=1, qsv_update_func=min_max_update)
    calibrator.calibrate({_SIGNATURE: list(shown)}, recipe)
    return calibrator.get_model_qsvs()


def _inputs(values: Float32Array) -> dict[str, Float32Array]:
    known = np.isfinite(values)
    return {"values": np.where(known, values, np.float32(0)), "known": known.astype(np.float32)}


def _tried(
    trained: Trained, network: bytes, some: Examples, *, path: Path, scheme: Scheme
) -> tuple[Exported, bytes] | None:
    """The comparison; None where LiteRT does not take what the quantiser made of this network in all 8 bits."""
    try:
        return _compared(trained, network, some, path=path, scheme=scheme)
    except ModelError:
        if scheme != "static int8":
            raise
        return None


def _compared(
    trained: Trained, network: bytes, some: Examples, *, path: Path, scheme: Scheme
) -> tuple[Exported, bytes]:
    """The figures of a file, and its content with a card that tells of them."""
    lite = LiteModel(trained.card, network, name=path.name)
    own, theirs = lite.run(some.values), TorchModel.of(trained).run(some.values)
    pairs = list(zip(own.logits, theirs.logits, strict=True))
    difference = max(float(np.abs(_softmax(one) - _softmax(other)).max()) for one, other in pairs)
    change = tuple(_change(one, other, some.labels[:, column]) for column, (one, other) in enumerate(pairs))
    told = {
        "scheme": scheme,
        "windows": len(some),
        "max_difference": difference,
        "accuracy_change": list(change),
    }
    card = replace(trained.card, about={**trained.card.about, "export": told})
    content = with_card(network, card)
    return Exported(path, scheme, len(content), len(some), difference, change), content


def _cost(exported: Exported) -> float:
    return max((-change for change in exported.accuracy_change if change is not None), default=0.0)


def _change(own: Float32Array, theirs: Float32Array, labels: IntArray) -> float | None:
    told = labels != UNLABELLED
    if not told.any():
        return None
    right = [(logits.argmax(axis=1) == labels)[told].mean() for logits in (own, theirs)]
    return float(right[0] - right[1])


def _softmax(logits: Float32Array) -> Float64Array:
    raised = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Keeps the converter's talk, of which nothing can be acted on, off both outputs; its errors still raise."""
    level = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with warnings.catch_warnings(), _discarded(1), _discarded(2):
            warnings.simplefilter("ignore")
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                yield
    finally:
        logging.disable(level)


@contextlib.contextmanager
def _discarded(descriptor: int) -> Iterator[None]:
    """What is written to a descriptor, by Python or by what it calls, goes nowhere."""
    stream = {1: sys.stdout, 2: sys.stderr}[descriptor]
    stream.flush()
    kept = os.dup(descriptor)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), descriptor)
    try:
        yield
    finally:
        stream.flush()
        os.dup2(kept, descriptor)
        os.close(kept)
