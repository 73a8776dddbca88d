"""The space of a model's embeddings as in its training: the means of the classes and their spread."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from laban.core.arrays import Float64Array, FloatArray, IntArray, frozen
from laban.core.checks import in_range
from laban.errors import FormatError, InvalidValueError
from laban.models.card import ModelCard

STATISTICS = "embedding_statistics"
"""Under this name a card's ``about`` holds, for each task by name, what ``embedding_statistics`` gives."""

_VERSION = 1
_SHRINKAGE = (
    0.3  # towards a round spread: measured on Penn Action, 0.1 to 0.5 are alike, none at all is worse
)
_LARGEST = 4096
_LEAST_CLASSES = 2


def embedding_statistics(embedding: FloatArray, labels: IntArray) -> dict[str, object]:
    """What a card must hold about one task's training windows so that classes can be added later, as JSON.

    ``embedding`` (N, E) of the training windows, ``labels`` (N,) their positions, negative where there is none.
    The mean of each class and the spread of windows about the mean of their class. Put it at
    ``about[STATISTICS][task.name]``. About 6 E + 0.6 E² bytes a class and in all. Raises InvalidValueError where
    fewer than two classes have windows.
    """
    points = frozen(embedding, shape=("N", "E"), name="embedding", dtype=np.float64)
    classes = frozen(labels, shape=(len(points),), name="labels", dtype=np.int64)
    present = np.unique(classes[(classes >= 0) & np.isfinite(points).all(axis=1)])
    if len(present) < _LEAST_CLASSES:
        raise InvalidValueError(f"statistics need windows of at least two classes, got {len(present)}")
    means = np.stack([points[classes == one].mean(axis=0) for one in present])
    apart = np.concatenate([points[classes == one] - mean for one, mean in zip(present, means, strict=True)])
    covariance = apart.T @ apart / max(1, len(apart) - len(present))
    upper = covariance[np.triu_indices(len(covariance))]
    return {
        "version": _VERSION,
        "size": points.shape[1],
        "classes": present.tolist(),
        "means": packed(means),
        "covariance": packed(upper),
    }


@dataclass(frozen=True, eq=False)
class EmbeddingSpace:
    """``means`` (C, E) of the classes at ``classes``, and ``covariance`` (E, E) of windows about them.

    In the wider embedding of joined networks, the E columns from ``start`` on are this space."""

    classes: tuple[int, ...]
    means: Float64Array
    covariance: Float64Array
    start: int = 0

    @classmethod
    def of(cls, card: ModelCard, task: str) -> "EmbeddingSpace":
        """The space of a card; raises InvalidValueError where the card holds none."""
        held = card.about.get(STATISTICS)
        if not isinstance(held, Mapping) or task not in held:
            raise InvalidValueError(
                f"{card.name} holds no statistics of its embeddings for task {task!r}, which adding a class needs; "
                "train it again with this version"
            )
        return cls.from_json(held[task])

    @classmethod
    def from_json(cls, value: Any) -> "EmbeddingSpace":
        """From the value of ``embedding_statistics``; raises FormatError for anything else."""
        try:
            if value["version"] != _VERSION:
                raise FormatError(f"embedding statistics of version {value['version']}, expected {_VERSION}")
            size = int(in_range(value["size"], name="size", low=1, high=_LARGEST))
            classes = tuple(int(one) for one in value["classes"])
            means = unpacked(value["means"]).reshape(len(classes), size)
            start = int(in_range(value.get("start", 0), name="start", low=0, high=_LARGEST))
            covariance = np.zeros((size, size))
            covariance[np.triu_indices(size)] = unpacked(value["covariance"])
        except (KeyError, TypeError, ValueError) as error:
            raise FormatError(f"not the statistics of an embedding: {error}") from error
        return cls(classes, means, np.triu(covariance) + np.triu(covariance, 1).T, start)

    def place(self, embedding: FloatArray) -> Float64Array:
        """(N, E) relative to the mean of the classes, in units of the spread within a class."""
        points = self._own(np.asarray(embedding, dtype=np.float64))
        return np.asarray((points - self.means.mean(axis=0)) @ self._whitening)

    def _own(self, embedding: Float64Array) -> Float64Array:
        """The columns of this space in a wider embedding."""
        size = self.means.shape[1]
        return embedding if embedding.shape[-1] == size else embedding[:, self.start : self.start + size]

    def direction(self, embedding: FloatArray) -> Float64Array:
        """(N, E) unit vectors towards each embedding's place; cosines of these are similarities."""
        return unit(self.place(embedding))

    def strayed(self, places: FloatArray, *, count: int, scale: float = 1.0, seed: int = 0) -> Float64Array:
        """(N * count, E) directions to simulated windows of classes with the means ``places``."""
        source = np.random.default_rng(seed)
        noise = scale * source.normal(size=(count, self.covariance.shape[0])) @ self._spread
        return unit((places[:, None] + noise[None]).reshape(-1, places.shape[1]))

    @cached_property
    def _whitening(self) -> Float64Array:
        size = len(self.covariance)
        shrunk = (1 - _SHRINKAGE) * self.covariance + _SHRINKAGE * np.trace(self.covariance) / size * np.eye(
            size
        )
        widths, axes = np.linalg.eigh(shrunk)
        floor = max(float(widths.max()) * 1e-6, 1e-12)
        return np.asarray(axes / np.sqrt(np.maximum(widths, floor)))

    @cached_property
    def _spread(self) -> Float64Array:
        """(E, E) that turns white noise into the spread of a class whose mean is at ``place``."""
        widths, axes = np.linalg.eigh(self._whitening.T @ self.covariance @ self._whitening)
        return np.asarray((axes * np.sqrt(np.maximum(widths, 0.0))).T)


def unit(vectors: FloatArray) -> Float64Array:
    """Vectors (..., E) of length one; those without length stay as they are."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(length > 0, length, 1.0))


def packed(values: FloatArray) -> str:
    """Numbers as text, in single precision."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode()


def unpacked(text: str) -> Float64Array:
    """The numbers that were packed as text; raises ValueError where they are none or not finite."""
    values = np.frombuffer(base64.b64decode(text, validate=True), dtype="<f4").astype(np.float64)
    if not np.isfinite(values).all():
        raise ValueError("holds numbers that are not finite")
    return values
