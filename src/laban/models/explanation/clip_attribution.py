"""Attribution for clips: which frames, and which places in them, made a recogniser from pixels answer as it did.

Frames and places are hidden in turn (occlusion: Zeiler and Fergus 2014, section 4.2), which asks nothing of the
model but answers. A frame with a place hidden is seen once; the head then answers for any mixture of frames.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import numpy as np

from laban.core.arrays import (
    Array,
    BoolArray,
    Float32Array,
    Float64Array,
    FloatArray,
    ImageArray,
    frozen,
)
from laban.core.checks import choose, in_range
from laban.core.progress import Progress, unheard
from laban.models.explanation.occlusion import FILLS, hide
from laban.models.explanation.places import PLACE_FILLS, fill_of, hidden_at, patches
from laban.models.explanation.query import log_odds
from laban.models.explanation.spans import spans_over, spread_over, strong_runs

LEAST_NATS = 0.01
"""Smaller effects are those of the noise of a camera."""

_HEADS = 16  # clips that are answered at once


class FrameModel(Protocol):
    """What is asked about: it sees frames one by one, and answers from what it saw in T of them."""

    def features(self, images: ImageArray) -> Array:
        """(N, F) what is seen in images (N, H, W, 3) uint8, each by itself."""
        ...

    def logits(self, features: Float32Array) -> FloatArray:
        """(N, K) the calibrated answers for clips whose frames have these features (N, T, F)."""
        ...


@dataclass(frozen=True)
class ClipExplanationSettings:
    """``span`` of the frames is hidden at a time (a share of them), by the ``frame_fill`` of ``FILLS``.

    Places are the patches of a grid of ``grid_wh``. Hidden in all frames they are filled by the ``always_fill`` of
    ``PLACE_FILLS``, hidden around one frame by the ``moment_fill``: where the fill is another colour than the still
    background, hiding begins and ends with a change that the clip does not have. Of a clip with more than
    ``moments`` frames, places are hidden around that many of the most important ones.
    """

    span: float = 0.15
    grid_wh: tuple[int, int] = (7, 5)
    frame_fill: str = "mean"
    always_fill: str = "blur"
    moment_fill: str = "still"
    moments: int = 30

    def __post_init__(self) -> None:
        in_range(self.span, name="span", low=0.01, high=1.0)
        for side in self.grid_wh:
            in_range(side, name="grid_wh", low=1, high=32)
        choose(self.frame_fill, FILLS, what="fill of frames")
        for fill in (self.always_fill, self.moment_fill):
            choose(fill, PLACE_FILLS, what="fill of places")
        in_range(self.moments, name="moments", low=1, high=1000)

    @property
    def places(self) -> int:
        """How many patches the grid has."""
        return self.grid_wh[0] * self.grid_wh[1]


@dataclass(frozen=True, eq=False)
class ClipExplanation:
    """The evidence for ``label`` in a clip, in nats of its log-odds: how much hiding something takes away.

    ``score`` is the probability with nothing hidden. ``times`` (T,) is the effect of hiding whole frames,
    ``places`` (rows, columns) of hiding a place in all of them, ``map`` (T, rows, columns) of stilling it around
    one frame; 0 for frames that were not ``looked_at`` (T,). What is there all the time shows in ``places`` alone.
    Negative values are evidence against the answer.
    """

    label: int
    score: float
    times: Float64Array
    places: Float64Array
    map: Float64Array
    looked_at: BoolArray

    def __post_init__(self) -> None:
        rows, grid = len(self.times), self.places.shape
        shapes = {"times": (rows,), "places": grid, "map": (rows, *grid)}
        for name, shape in shapes.items():
            value = frozen(getattr(self, name), shape=shape, name=name, dtype=np.float64)
            object.__setattr__(self, name, value)
        object.__setattr__(
            self, "looked_at", frozen(self.looked_at, shape=(rows,), name="looked_at", dtype=np.bool_)
        )

    @property
    def peak(self) -> int:
        """The frame with the most evidence."""
        return int(np.argmax(self.times))

    @property
    def order(self) -> tuple[tuple[int, int], ...]:
        """Row and column of each place, that with the most evidence first."""
        columns = self.places.shape[1]
        flat = np.argsort(-self.places, axis=None, kind="stable")
        return tuple((int(at) // columns, int(at) % columns) for at in flat)

    def spans(self, *, share: float = 0.5) -> tuple[tuple[int, int], ...]:
        """Runs of frames, from and up to but without, that reach ``share`` of the strongest, strongest first."""
        return strong_runs(self.times, share=share, least=LEAST_NATS)


def explain_clip(
    model: FrameModel,
    images: ImageArray,
    *,
    label: int | None = None,
    settings: ClipExplanationSettings | None = None,
    progress: Progress | None = None,
) -> ClipExplanation:
    """Which of the frames ``images`` (T, H, W, 3), and which places in them, are evidence for ``label``, a position
    among the logits; None is the model's own answer.

    ``progress`` is called with the changed frames that were looked at.
    """
    chosen = settings or ClipExplanationSettings()
    seen = np.asarray(model.features(images), dtype=np.float32)
    own = model.logits(seen[None])
    asked = int(np.argmax(own[0])) if label is None else label
    query = _Query(model, seen, asked, float(log_odds(own, asked)[0]), chosen)
    times = query.times()
    looked_at = _looked_at(times, chosen)
    views = _Views(
        model, images, chosen, (len(images) + int(looked_at.sum())) * chosen.places, progress or unheard
    )
    everywhen = np.ones_like(looked_at)
    always = query.lost(query.mixed(everywhen, everywhen, views.hidden(everywhen, fill=chosen.always_fill)))
    cells = query.around(looked_at, views.hidden(looked_at, fill=chosen.moment_fill))
    columns, rows = chosen.grid_wh
    return ClipExplanation(
        label=asked,
        score=float(1 / (1 + np.exp(-query.base))),
        times=times,
        places=always.reshape(rows, columns),
        map=cells.reshape(len(images), rows, columns),
        looked_at=looked_at,
    )


@dataclass(frozen=True, eq=False)
class _Query:
    """One clip by its features (T, F), the answer that is explained and its log-odds ``base``."""

    model: FrameModel
    seen: Float32Array
    label: int
    base: float
    settings: ClipExplanationSettings

    @property
    def spans(self) -> BoolArray:
        return spans_over(len(self.seen), share=self.settings.span)

    def times(self) -> Float64Array:
        """(T,) the effect of hiding whole frames."""
        hidden = np.broadcast_to(self.spans[..., None], (*self.spans.shape, self.seen.shape[1]))
        return spread_over(self.spans, self.lost(hide(self.seen, hidden, fill=self.settings.frame_fill)))

    def around(self, looked_at: BoolArray, hidden: Float32Array) -> Float64Array:
        """(T, P) the effect of hiding each place around each frame that was looked at; ``hidden`` (R, P, F) are the
        features of these frames."""
        effects = np.zeros((len(self.spans), hidden.shape[1]))
        for at, span in enumerate(self.spans & looked_at):
            if span.any():
                effects[at] = self.lost(self.mixed(span, looked_at, hidden))
        return np.where(looked_at[:, None], spread_over(self.spans, effects), 0.0)

    def mixed(self, where: BoolArray, looked_at: BoolArray, hidden: Float32Array) -> Iterator[Float32Array]:
        """For each place the features (T, F) with it hidden in the frames ``where``; ``hidden`` (R, P, F) has a row
        for each frame that was looked at."""
        rows = where[looked_at]
        for place in range(hidden.shape[1]):
            features = self.seen.copy()
            features[where] = hidden[rows, place]
            yield features

    def lost(self, clips: Iterable[Float32Array]) -> Float64Array:
        """(M,) by how much clips (M, T, F) lower the log-odds."""
        waiting, logits = iter(clips), list[FloatArray]()
        while part := list(islice(waiting, _HEADS)):
            logits.append(self.model.logits(np.stack(part)))
        return np.asarray(self.base - log_odds(np.concatenate(logits), self.label))


class _Views:
    """What is seen in frames with places hidden; ``total`` of them are looked at in all."""

    def __init__(
        self,
        model: FrameModel,
        images: ImageArray,
        settings: ClipExplanationSettings,
        total: int,
        progress: Progress,
    ) -> None:
        self._model, self._images, self._total, self._progress = model, images, total, progress
        self._strengths = patches(settings.grid_wh, (images.shape[2], images.shape[1]))
        self._done = 0

    def hidden(self, which: BoolArray, *, fill: str) -> Float32Array:
        """(R, P, F) what is seen in each of the frames ``which`` (T,) with each place hidden."""
        shown = fill_of(self._images, fill=fill)
        found = [self._seen(image, shown) for image in self._images[which]]
        return np.asarray(np.stack(found), dtype=np.float32)

    def _seen(self, image: ImageArray, shown: Float32Array) -> Array:
        changed = np.stack([hidden_at(image, shown, one) for one in self._strengths])
        self._done += len(changed)
        seen = self._model.features(changed)
        self._progress(self._done, self._total)
        return seen


def _looked_at(times: Float64Array, settings: ClipExplanationSettings) -> BoolArray:
    """(T,) the frames around which places are hidden: all, or the most important."""
    chosen = np.zeros(len(times), dtype=np.bool_)
    chosen[np.argsort(-times, kind="stable")[: settings.moments]] = True
    return chosen
