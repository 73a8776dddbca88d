"""Exports a trained network of any kind as LiteRT files with its card, and compares each file with PyTorch."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypedDict

import numpy as np

from laban.core.answers import known
from laban.core.answers.image_metrics import ExportedClassifierAnswer
from laban.core.answers.metrics import ExportedAnswer
from laban.core.arrays import Array, Float32Array, IntArray
from laban.core.checks import choose
from laban.errors import InvalidValueError, ModelError
from laban.models.deploy.clip_model import FRAME
from laban.models.deploy.convert import VARIANTS, WHOLE, Precision, Scheme, to_lite
from laban.models.deploy.litert_model import with_card
from laban.models.deploy.loading import lite_model
from laban.models.evaluation.calibration import softmax
from laban.models.examples import UNLABELLED, Examples
from laban.models.inputs import ClipInput, ModelInput
from laban.models.protocol import Model, Outputs
from laban.models.training.torch_model import TorchModel
from laban.models.training.trained import Trained
from laban.models.training.weights_file import write_whole

MOST_DIFFERENCE = 1e-4
"""The largest difference of a probability that a float32 export may have."""

_MOST_EXAMPLES = 256
_MOST_CALIBRATION = 100
_MOST_LOSS = 0.01
_TIMED, _UNTIMED = 30, 3
_MOST_TIMED_S = 2.0


@dataclass(frozen=True, eq=False)
class Shown:
    """The N examples that a file is compared on, as ``card.input`` describes them, their labels (N, tasks),
    ``UNLABELLED`` where there is none, and examples for the ranges of activations."""

    values: Array
    labels: IntArray
    calibration: Array

    @classmethod
    def of(cls, examples: Examples) -> "Shown":
        """Up to 256 windows, also for the ranges."""
        count = min(len(examples), _MOST_EXAMPLES)
        some = examples.take(np.linspace(0, len(examples) - 1, count).astype(int)) if count else examples
        return cls(some.values, some.labels, some.values)

    def __len__(self) -> int:
        return len(self.values)


class _Parity(TypedDict):
    max_difference: float
    agreement: float
    accuracy: tuple[float | None, ...]
    accuracy_change: tuple[float | None, ...]


@dataclass(frozen=True)
class Exported:
    """An exported file, and how it compares with the network in PyTorch on the same ``examples``.

    ``scheme`` is the precision: ``float32``, ``float16`` (weights), ``static int8`` (weights and
    activations, ranges from examples) or ``dynamic int8`` (weights; activations are quantised as they come);
    ``max_difference`` is the largest difference of any probability and ``agreement`` the share of equal answers;
    ``accuracy`` is the file's for each task and ``accuracy_change`` its difference from PyTorch's, None where
    nothing is labelled; ``latency_ms`` is the median time of an example on one core.
    """

    path: Path
    precision: Precision
    scheme: Scheme
    size_bytes: int
    examples: int
    max_difference: float
    agreement: float
    accuracy: tuple[float | None, ...]
    accuracy_change: tuple[float | None, ...]
    latency_ms: float

    def answer(self) -> ExportedAnswer:
        """The answer for a model of windows."""
        return ExportedAnswer(
            path=self.path.name,
            precision=self.precision,
            scheme=self.scheme,
            size_bytes=self.size_bytes,
            windows=self.examples,
            max_difference=self.max_difference,
            agreement=self.agreement,
            accuracy=self.accuracy,
            accuracy_change=self.accuracy_change,
            latency_ms=known(self.latency_ms),
        )

    def image_answer(self) -> ExportedClassifierAnswer:
        """The answer for an image classifier, which has one task."""
        return ExportedClassifierAnswer(
            path=self.path.name,
            precision=self.precision,
            scheme=self.scheme,
            size_bytes=self.size_bytes,
            images=self.examples,
            max_difference=self.max_difference,
            agreement=self.agreement,
            accuracy=self.accuracy[0],
            accuracy_change=self.accuracy_change[0],
            latency_ms=known(self.latency_ms),
        )


def export(
    trained: Trained,
    path: Path,
    *,
    shown: Shown,
    precision: Precision = "float32",
    converted: bytes | None = None,
    expected: Outputs | None = None,
) -> Exported:
    """Writes ``trained`` to ``path`` and compares it with PyTorch on the examples ``shown``.

    With ``int8`` up to two networks are made, one with quantised activations and one with quantised weights alone;
    of those that lose at most one point of accuracy the smaller is kept, or else the one that loses less.
    ``converted`` is the result of ``to_lite`` and ``expected`` the answers of PyTorch, where they are known.

    Raises InvalidValueError where there is nothing to compare on, ModelError where a float32 export differs by more
    than ``MOST_DIFFERENCE``, and MissingExtraError without ``litert-torch``.
    """
    choose(precision, VARIANTS, what="precision")
    if not len(shown):
        raise InvalidValueError("an export is compared with PyTorch on real examples; none were given")
    theirs = expected or TorchModel.of(trained).run(shown.values)
    made = list(
        _tried(trained, converted or to_lite(trained.network, trained.card), shown, theirs, path, precision)
    )
    best, whole, model = min(made, key=lambda one: (max(_cost(one[0]), _MOST_LOSS), one[0].size_bytes))
    if best.scheme == "float32" and best.max_difference > MOST_DIFFERENCE:
        raise ModelError(
            f"the exported network differs from PyTorch by {best.max_difference:.2g} in a probability, at most "
            f"{MOST_DIFFERENCE:g} was expected; {path} was not written"
        )
    write_whole(path, whole)
    return replace(best, latency_ms=latency_ms(model, shown.values[:1]))


def latency_ms(model: Model, example: Array) -> float:
    """The median milliseconds that one example (1, ...) takes; one that takes long is not timed so often."""
    for _ in range(_UNTIMED):
        model.run(example)
    spent: list[float] = []
    while len(spent) < _TIMED and (len(spent) < _UNTIMED or sum(spent) < _MOST_TIMED_S):
        began = time.perf_counter()
        model.run(example)
        spent.append(time.perf_counter() - began)
    return float(np.median(spent) * 1e3)


_Made = tuple[Exported, bytes, Model]


def _tried(
    trained: Trained, network: bytes, shown: Shown, theirs: Outputs, path: Path, precision: Precision
) -> Iterator[_Made]:
    """Each precision that LiteRT can run, or all where it can run none."""
    for scheme, variant in VARIANTS[precision](network, partial(_ranged, trained.card.input, shown)):
        try:
            yield _compared(trained, variant, shown, theirs, path=path, precision=precision, scheme=scheme)
        except ModelError:
            if scheme != "static int8":
                raise


def _ranged(given: ModelInput, shown: Shown) -> Mapping[str, Sequence[Mapping[str, Float32Array]]]:
    """The input tensors of each signature for the calibration examples; of a clip its middle frame."""
    some = shown.calibration[:_MOST_CALIBRATION]
    if isinstance(given, ClipInput):
        return {FRAME: [{"image": clip[len(clip) // 2][None].astype(np.float32)} for clip in some]}
    return {WHOLE: [given.feed(given.checked(one[None])) for one in some]}


def _compared(
    trained: Trained,
    network: bytes,
    shown: Shown,
    theirs: Outputs,
    *,
    path: Path,
    precision: Precision,
    scheme: Scheme,
) -> _Made:
    """The metrics of a file, its content with a card that holds them, and the model."""
    model = lite_model(trained.card, network, name=path.name)
    pairs = list(zip(model.run(shown.values).logits, theirs.logits, strict=True))
    reached = [_accuracy(*pair, shown.labels[:, column]) for column, pair in enumerate(pairs)]
    differences = [float(np.abs(softmax(own) - softmax(other)).max()) for own, other in pairs]
    agreements = [float((own.argmax(1) == other.argmax(1)).mean()) for own, other in pairs]
    measured: _Parity = {
        "max_difference": max(differences),
        "agreement": min(agreements),
        "accuracy": tuple(own for own, _ in reached),
        "accuracy_change": tuple(change for _, change in reached),
    }
    held = {"scheme": scheme, "examples": len(shown), **measured}
    card = replace(trained.card, about={**trained.card.about, "export": held})
    content = with_card(network, card)
    made = Exported(path, precision, scheme, len(content), len(shown), **measured, latency_ms=float("nan"))
    return made, content, model


def _cost(exported: Exported) -> float:
    return max((-change for change in exported.accuracy_change if change is not None), default=0.0)


def _accuracy(own: Float32Array, theirs: Float32Array, labels: IntArray) -> tuple[float | None, float | None]:
    """The accuracy, and its difference from PyTorch's."""
    told = labels != UNLABELLED
    if not told.any():
        return None, None
    right, before = (float((logits.argmax(1) == labels)[told].mean()) for logits in (own, theirs))
    return right, right - before
