"""A trained classifier of pictures as LiteRT files that carry their card, and what each file is worth."""

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch

from laban.core.arrays import Float32Array, ImageArray, IntArray
from laban.core.checks import choose
from laban.errors import InvalidValueError, MissingExtraError, ModelError
from laban.models.deploy.export import MOST_DIFFERENCE, quantized_on, silence
from laban.models.deploy.litert_model import with_card
from laban.models.evaluation.calibration import softmax
from laban.models.image.card import PictureCard
from laban.models.image.classifier import Classifier
from laban.models.image.lite import LitePictureModel
from laban.models.training.weights_file import write_whole

_MOST_CALIBRATION = 100
_TIMED, _UNTIMED = 30, 5


@dataclass(frozen=True)
class ExportedPictures:
    """What was written, and how it compares with the network in PyTorch on the same pictures: the largest
    difference of a probability, the share of equal answers, the accuracy of both, and the median milliseconds
    a picture takes on one core."""

    path: Path
    precision: str
    size_bytes: int
    pictures: int
    max_difference: float
    agreement: float
    accuracy: float | None
    accuracy_change: float | None
    latency_ms: float


def export_pictures(
    classifier: Classifier,
    card: PictureCard,
    folder: Path,
    names: Mapping[str, str],
    *,
    calibration: Sequence[ImageArray],
    test: Sequence[ImageArray],
    labels: IntArray,
) -> list[ExportedPictures]:
    """Writes the classifier to ``folder`` once for each precision in ``names`` (precision to file name).

    ``calibration`` are pictures that were learned from, for the ranges of int8; ``test`` (with ``labels``, -1
    where there is none) those that files and PyTorch are compared on. Raises ModelError where the float32 file
    differs from PyTorch by more than ``MOST_DIFFERENCE`` in a probability.
    """
    if not len(test):
        raise InvalidValueError("an export is compared with PyTorch on real pictures; none were given")
    network = to_lite(classifier, side_px=card.view.side_px)
    theirs = _logits(classifier, test)
    made = []
    for precision, name in names.items():
        content = choose(precision, PRECISIONS, what="precision")(network, calibration)
        made.append(_written(content, card, folder / name, precision, test, labels, theirs))
    return made


def to_lite(classifier: Classifier, *, side_px: int) -> bytes:
    """The classifier for one picture as a LiteRT file without a card: ``image`` (1, S, S, 3) RGB 0 to 255 in,
    ``logits`` (1, K) and ``places`` (1, H, W, K) out."""
    try:
        with silence():
            import litert_torch
    except ImportError as error:
        raise MissingExtraError(
            "export needs litert-torch; get it with: pip install 'laban[train]'"
        ) from error
    image = {"image": torch.zeros(1, side_px, side_px, 3)}
    with silence(), tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.tflite"
        litert_torch.convert(classifier.eval(), sample_kwargs=image).export(str(file))
        return file.read_bytes()


def _float32(network: bytes, shown: Sequence[ImageArray]) -> bytes:  # noqa: ARG001
    return network


def _float16(network: bytes, shown: Sequence[ImageArray]) -> bytes:  # noqa: ARG001
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


def _int8(network: bytes, shown: Sequence[ImageArray]) -> bytes:
    return quantized_on(
        network, [{"image": image[None].astype(np.float32)} for image in shown[:_MOST_CALIBRATION]]
    )


PRECISIONS: Mapping[str, Callable[[bytes, Sequence[ImageArray]], bytes]] = MappingProxyType(
    {"float32": _float32, "float16": _float16, "int8": _int8}
)
"""How the numbers in a file are held."""


def _written(
    content: bytes,
    card: PictureCard,
    path: Path,
    precision: str,
    test: Sequence[ImageArray],
    labels: IntArray,
    theirs: Float32Array,
) -> ExportedPictures:
    model = LitePictureModel(card, content, name=path.name)
    own = model.run(test).logits
    difference = float(np.abs(softmax(own) - softmax(theirs)).max())
    if precision == "float32" and difference > MOST_DIFFERENCE:
        raise ModelError(
            f"the exported classifier differs from PyTorch by {difference:.2g} in a probability, at most "
            f"{MOST_DIFFERENCE:g} was expected; {path} was not written"
        )
    accuracy, change = _accuracy(own, theirs, labels)
    told: dict[str, Any] = {
        "precision": precision,
        "pictures": len(test),
        "max_difference": difference,
        "agreement": float((own.argmax(1) == theirs.argmax(1)).mean()),
        "accuracy": accuracy,
        "accuracy_change": change,
    }
    about = {**card.about, "export": told}
    whole = with_card(content, replace(card, about=about))
    write_whole(path, whole)
    return ExportedPictures(path, size_bytes=len(whole), latency_ms=latency_ms(model, test[0]), **told)


def latency_ms(model: LitePictureModel, image: ImageArray) -> float:
    """The median milliseconds that a picture takes."""
    for _ in range(_UNTIMED):
        model.run([image])
    spent = []
    for _ in range(_TIMED):
        began = time.perf_counter()
        model.run([image])
        spent.append(time.perf_counter() - began)
    return float(np.median(spent) * 1e3)


def _accuracy(own: Float32Array, theirs: Float32Array, labels: IntArray) -> tuple[float | None, float | None]:
    told = labels >= 0
    if not told.any():
        return None, None
    right, before = ((logits.argmax(1) == labels)[told].mean() for logits in (own, theirs))
    return float(right), float(right - before)


def _logits(classifier: Classifier, images: Sequence[ImageArray]) -> Float32Array:
    with torch.no_grad():
        parts = [
            classifier(torch.from_numpy(np.stack(images[start : start + 32])).float())["logits"]
            for start in range(0, len(images), 32)
        ]
    return np.asarray(torch.cat(parts).numpy())
