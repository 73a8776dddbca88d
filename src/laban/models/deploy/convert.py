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
from laban.models.deploy.clip_model import FRAME, HEAD
from laban.models.deploy.unrolled_lstm import unrolled
from laban.models.inputs import ClipInput

Precision = Literal["float32", "float16", "int8"]
Scheme = Literal["float32", "float16", "static int8", "dynamic int8"]
Given = Callable[[], Mapping[str, Sequence[Mapping[str, Float32Array]]]]
"""Makes input tensors for each signature, for the ranges of a network's activations, only when they are needed."""

WHOLE = "serving_default"
"""The only signature of a network that takes a whole example."""


class _Named(nn.Module):
    """Gives a network's outputs their names in the file."""

    def __init__(self, network: nn.Module, names: Sequence[str]) -> None:
        super().__init__()
        self.network, self.names = network, tuple(names)

    def forward(self, **tensors: object) -> dict[str, object]:
        found = self.network(**tensors)
        return dict(zip(self.names, found if isinstance(found, tuple) else (found,), strict=True))


class _Frame(_Named):
    """The same for the network of one frame: its name tells its tensors from the rest, which stays float32."""


def to_lite(network: object, card: ModelCard) -> bytes:
    """The network for one example as a LiteRT file without a card: from the tensors of ``card.input`` to those of
    ``card.outputs``. A network of clips has the two signatures ``FRAME`` and ``HEAD``."""
    of_clips = isinstance(card.input, ClipInput)
    return _converted(_clip_parts(network, card) if of_clips else _one_part(network, card))


def frame_to_lite(frame: nn.Module, shape: tuple[int, int, int]) -> bytes:
    """The network of one frame of ``shape`` (H, W, 3) as a LiteRT file with the signature ``FRAME``."""
    return _converted([_frame_part(frame, shape)])


_Part = tuple[str, nn.Module, Mapping[str, torch.Tensor]]
"""A signature, what it runs, and an example of its tensors."""


def _converted(parts: Sequence[_Part]) -> bytes:
    """A LiteRT file with a signature for each part. Raises MissingExtraError without ``litert-torch``."""
    try:
        with silence():
            import litert_torch
    except ImportError as error:
        raise MissingExtraError(
            "export needs litert-torch; get it with: pip install 'laban[train]'"
        ) from error
    with silence(), tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.tflite"
        converter = litert_torch
        for name, module, example in parts:
            converter = converter.signature(name, module.eval(), sample_kwargs=example)
        converter.convert().export(str(file))
        return file.read_bytes()


def _one_part(network: nn.Module, card: ModelCard) -> list[_Part]:
    # Different tensors: given the same one twice, the converter merges the two inputs.
    example = {
        key: torch.full((1, *shape), float(at)) for at, (key, shape) in enumerate(card.input.tensors.items())
    }
    return [(WHOLE, _Named(unrolled(network), tuple(card.outputs)), example)]


def _clip_parts(network: nn.Module, card: ModelCard) -> list[_Part]:
    frames, height, width, channels = card.input.shape
    frame = _frame_part(network.frame, (height, width, channels))
    with torch.no_grad():
        features = network.frame(frame[2]["image"])[:, None].repeat(1, frames, 1)
    head = _Named(unrolled(network.head), tuple(card.outputs))
    return [frame, (HEAD, head, {"features": features})]


def _frame_part(frame: nn.Module, shape: tuple[int, int, int]) -> _Part:
    return FRAME, _Frame(frame, ("features",)), {"image": torch.full((1, *shape), 1.0)}


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
    tensors = None if given is None else given()
    if tensors is not None and FRAME in tensors:
        for one in (name.CONV_2D, name.DEPTHWISE_CONV_2D, name.ADD, name.MEAN):
            recipe.add_static_config(f".*{_Frame.__name__}.*", one, activation_num_bits=8, weight_num_bits=8)
    elif tensors is not None:
        recipe.add_static_config(".*", name.ALL_SUPPORTED, activation_num_bits=8, weight_num_bits=8)
        for end in (name.INPUT, name.OUTPUT):
            recipe.add_quantization_config(".*", end, algorithm_key="no_quantize")
    else:
        recipe.add_dynamic_config(".*", name.ALL_SUPPORTED, num_bits=8)
    with silence():
        ranges = None if tensors is None else _ranges(network, recipe, tensors)
        quantizer = Quantizer(network, recipe.get_quantization_recipe())
        result = quantizer.quantize(ranges, enable_progress_bar=False, enable_progress_report=False)
    return bytes(result.quantized_model)


def _ranges(
    network: bytes, recipe: object, tensors: Mapping[str, Sequence[Mapping[str, Float32Array]]]
) -> object:
    """The minimum and maximum of every activation: the quantiser's own running mean would clip rare values."""
    from ai_edge_quantizer.calibrator import Calibrator
    from ai_edge_quantizer.utils.qsv_utils import min_max_update

    calibrator = Calibrator(network, num_threads=1, qsv_update_func=min_max_update)
    calibrator.calibrate({name: list(held) for name, held in tensors.items()}, recipe)
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
