"""PyTorch networks as LiteRT files, also with weights of lower precision."""

import contextlib
import io
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import torch
from torch import nn

from laban.core.arrays import Float32Array
from laban.errors import MissingExtraError
from laban.models.card import ModelCard
from laban.models.deploy.unrolled_lstm import unrolled

Precision = Literal["float32", "float16", "int8"]
Scheme = Literal["float32", "float16", "static int8", "dynamic int8"]
Given = Callable[[], Sequence[Mapping[str, Float32Array]]]
"""Makes input tensors for the ranges of a network's activations, only when they are needed."""

_SIGNATURE = "serving_default"


class _Named(nn.Module):
    """Gives a network's outputs their names in the file."""

    def __init__(self, network: nn.Module, names: Sequence[str]) -> None:
        super().__init__()
        self.network, self.names = network, tuple(names)

    def forward(self, **tensors: object) -> dict[str, object]:
        return dict(zip(self.names, self.network(**tensors), strict=True))


def to_lite(network: object, card: ModelCard) -> bytes:
    """The network for one example as a LiteRT file without a card: from the tensors of ``card.input`` to
    those of ``card.outputs``."""
    try:
        with silence():
            import litert_torch
    except ImportError as error:
        raise MissingExtraError(
            "export needs litert-torch; get it with: pip install 'laban[train]'"
        ) from error
    # Different tensors: given the same one twice, the converter merges the two inputs.
    example = {
        key: torch.full((1, *shape), float(at)) for at, (key, shape) in enumerate(card.input.tensors.items())
    }
    with silence(), tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.tflite"
        named = _Named(unrolled(network), tuple(card.outputs)).eval()
        litert_torch.convert(named, sample_kwargs=example).export(str(file))
        return file.read_bytes()


def _float32(network: bytes, given: Given) -> Iterator[tuple[Scheme, bytes]]:  # noqa: ARG001
    yield "float32", network


def _float16(network: bytes, given: Given) -> Iterator[tuple[Scheme, bytes]]:  # noqa: ARG001
    yield "float16", halved(network)


def _int8(network: bytes, given: Given) -> Iterator[tuple[Scheme, bytes]]:
    with contextlib.suppress(ValueError, RuntimeError):  # not every operation can be calibrated
        yield "static int8", quantized(network, given)
    yield "dynamic int8", quantized(network, None)


VARIANTS: Mapping[str, Callable[[bytes, Given], Iterator[tuple[Scheme, bytes]]]] = MappingProxyType(
    {"float32": _float32, "float16": _float16, "int8": _int8}
)
"""The ways to quantise a file, by precision."""


def halved(network: bytes) -> bytes:
    """Weights in 16 bits, widened when the file is loaded."""
    from ai_edge_quantizer import qtyping, recipe_manager
    from ai_edge_quantizer.quantizer import Quantizer

    recipe = recipe_manager.RecipeManager()
    weights = qtyping.TensorQuantizationConfig(num_bits=16, dtype=qtyping.TensorDataType.FLOAT)
    config = qtyping.OpQuantizationConfig(
        weight_tensor_config=weights,
        compute_precision=qtyping.ComputePrecision.FLOAT,
        explicit_dequantize=True,
    )
    for name in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
        recipe.add_quantization_config(
            ".*", getattr(qtyping.TFLOperationName, name), config, algorithm_key="float_casting"
        )
    with silence():
        result = Quantizer(network, recipe.get_quantization_recipe()).quantize(
            enable_progress_bar=False, enable_progress_report=False
        )
    return bytes(result.quantized_model)


def quantized(network: bytes, given: Given | None) -> bytes:
    """The network with weights in 8 bits; where inputs are ``given`` its activations too, within the
    ranges that these produce. Inputs and outputs stay float32."""
    from ai_edge_quantizer import qtyping, recipe_manager
    from ai_edge_quantizer.quantizer import Quantizer

    name = qtyping.TFLOperationName
    recipe = recipe_manager.RecipeManager()
    if given is not None:
        recipe.add_static_config(".*", name.ALL_SUPPORTED, activation_num_bits=8, weight_num_bits=8)
        for end in (name.INPUT, name.OUTPUT):
            recipe.add_quantization_config(".*", end, algorithm_key="no_quantize")
    else:
        recipe.add_dynamic_config(".*", name.ALL_SUPPORTED, num_bits=8)
    with silence():
        ranges = _ranges(network, recipe, given) if given is not None else None
        quantizer = Quantizer(network, recipe.get_quantization_recipe())
        result = quantizer.quantize(ranges, enable_progress_bar=False, enable_progress_report=False)
    return bytes(result.quantized_model)


def _ranges(network: bytes, recipe: object, given: Given) -> object:
    """The minimum and maximum of every activation: the quantiser's own running mean would clip rare values."""
    from ai_edge_quantizer.calibrator import Calibrator
    from ai_edge_quantizer.utils.qsv_utils import min_max_update

    calibrator = Calibrator(network, num_threads=1, qsv_update_func=min_max_update)
    calibrator.calibrate({_SIGNATURE: list(given())}, recipe)
    return calibrator.get_model_qsvs()


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Silences the converter's output, on which nobody can act; its errors still raise."""
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
    """Discards what Python or native code writes to a file descriptor."""
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
