"""Evaluates a finished recogniser from pixels on labelled clips that it did not learn from."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from laban.core.answers.clip_metrics import ClipClassifierName, ClipEvaluation
from laban.core.arrays import Float32Array, IntArray
from laban.core.progress import Progress, unheard
from laban.errors import InvalidValueError
from laban.models.card import ModelCard, Task
from laban.models.evaluation.image_metrics import evaluate_whole_clips
from laban.pipeline.action.training.matching import for_model
from laban.pipeline.dataset.values import Dataset, Item, Skipped
from laban.pipeline.training.learned_from import LearnedFrom, fingerprint, learned_from
from laban.pipeline.video.features import ClipSight, FramePool, FrameReader, SeenClips, see_clips
from laban.pipeline.video.prediction import ClipRecogniser
from laban.pipeline.video.sampling import ClipSampling
from laban.pipeline.video.training.answers import hardest_clips, label_errors
from laban.pipeline.video.training.clips import usable_clips
from laban.pipeline.video.training.sight import fps_of, path_of


@dataclass(frozen=True)
class EvaluatedClips:
    """The metrics, and the clips that could not be read."""

    metrics: ClipEvaluation
    failed: tuple[Skipped, ...]


def frame_pool(model: Path) -> FramePool:
    """What sees frames as the exported model in the file ``model`` does, from as many threads as ask."""
    content = model.read_bytes()
    return FramePool(lambda: content, key=f"model {hashlib.sha256(content).hexdigest()}")


def evaluate_clips(
    recogniser: ClipRecogniser,
    dataset: Dataset,
    *,
    reader: FrameReader,
    cache: Path | None = None,
    workers: int = 1,
    task: str | None = None,
    progress: Progress | None = None,
) -> EvaluatedClips:
    """The metrics of ``recogniser`` on the clips of ``dataset`` that it did not learn from, each shown whole.

    ``reader`` sees frames as the recogniser does, and what it saw is kept in ``cache``. Clips that cannot be read
    are left out and named, as are labels that the recogniser does not know. Where it learned from all clips the
    metrics are of these, and a note says so. ``task`` is as in ``for_model``. Raises InvalidValueError where
    nothing is labelled with a label of the recogniser, SourceError where no clip can be read.
    """
    dataset, notes = for_model(dataset, recogniser.model.card, task=task)
    found = _understood(dataset, recogniser.head.task)
    seen = see_clips(
        [path_of(item) for item in found.items],
        [item.clip.name for item in found.items],
        ClipSight(
            ClipSampling(recogniser.given.clock.length, recogniser.given.size_wh),
            reader,
            cache=cache,
            fps=fps_of(dataset),
        ),
        workers=workers,
        progress=progress or unheard,
    )
    found = found.take(seen.rows)
    learned = _learned(recogniser.model.card, found, seen)
    rows = np.setdiff1d(np.arange(len(found.items)), learned.left_out)
    left_out = (*dataset.skipped, *found.left_out, *seen.failed)
    told = (
        *learned.notes,
        *notes,
        *found.notes,
        *dataset.notes,
        *(f"{one.name} was left out: {one.reason}" for one in left_out),
    )
    metrics = _metrics(recogniser, found.take(rows), seen.forms[0][rows], told, learned, data=dataset.name)
    return EvaluatedClips(metrics, seen.failed)


@dataclass(frozen=True, eq=False)
class _Clips:
    """N clips and the positions of their labels (N,) in a recogniser's task."""

    items: tuple[Item, ...]
    labels: IntArray
    left_out: tuple[Skipped, ...]
    notes: tuple[str, ...]

    def take(self, rows: Sequence[int] | IntArray) -> "_Clips":
        return replace(self, items=tuple(self.items[row] for row in rows), labels=self.labels[list(rows)])


def _understood(dataset: Dataset, task: Task) -> _Clips:
    """The videos with a label that the recogniser knows."""
    held = dataset.task(task.name)
    usable, left_out = usable_clips(dataset, held)
    labels = [str(item.label_of(task.name)) for item in usable]
    known = [row for row, label in enumerate(labels) if label in task.labels]
    if not known:
        first = f"; {left_out[0].name}: {left_out[0].reason}" if left_out and not usable else ""
        raise InvalidValueError(
            f"the model answers {task.name}: {', '.join(task.labels)}; the data has labels for {held.name}: "
            f"{', '.join(held.labels)}: nothing to evaluate{first or '; rename the labels'}"
        )
    strange = [label for label in held.labels if label in set(labels) - set(task.labels)]
    notes = [f"{task.name}: the model does not know the label {one!r}; left out." for one in strange]
    places = np.array([task.labels.index(labels[row]) for row in known], dtype=np.int64)
    return _Clips(tuple(usable[row] for row in known), places, left_out, tuple(notes))


def _learned(card: ModelCard, clips: _Clips, seen: SeenClips) -> LearnedFrom:
    return learned_from(
        card,
        {row: frozenset([fingerprint(content)]) for row, content in enumerate(seen.contents)},
        names={row: item.clip.name for row, item in enumerate(clips.items)},
    )


def _metrics(
    recogniser: ClipRecogniser,
    clips: _Clips,
    features: Float32Array,
    notes: tuple[str, ...],
    learned: LearnedFrom,
    *,
    data: str,
) -> ClipEvaluation:
    """``features`` (N, T, F) are those of the clips' frames."""
    head, held = recogniser.head, [item.clip for item in clips.items]
    logits = recogniser.model.answers(features).logits[0]
    figures = evaluate_whole_clips(head.task, clips.labels, logits, held, temperature=head.temperature)
    return ClipEvaluation(
        version=1,
        kind="clips",
        model=_name(recogniser),
        task=head.task.name,
        labels=head.task.labels,
        clips=figures.images,
        calibration=figures.calibration,
        subgroups=figures.subgroups,
        hardest=hardest_clips(held, figures),
        label_errors=label_errors(figures),
        notes=notes,
        data=data,
        learned=learned.answer() if learned.is_told else None,
    )


def _name(recogniser: ClipRecogniser) -> ClipClassifierName:
    """As the card tells it; a card that holds no settings names the whole architecture only."""
    card, given = recogniser.model.card, recogniser.given
    settings = card.about.get("training", {})
    told: Mapping[str, object] = settings if isinstance(settings, Mapping) else {}
    return ClipClassifierName(
        card.name,
        str(told.get("network", card.architecture)),
        str(told.get("backbone", "unknown")),
        given.clock.length,
        given.size_wh,
        given.clock.length_s,
    )
