"""Trains one network, and completes its card from held-out examples."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from laban.core.arrays import IntArray
from laban.errors import InvalidValueError
from laban.models.card import Head, ModelCard
from laban.models.embedding_space import STATISTICS, embedding_statistics
from laban.models.evaluation.calibration import fit_temperature
from laban.models.evaluation.open_set import KNOWN_SCORE, known_scorer, unknown_threshold
from laban.models.examples import Examples
from laban.models.protocol import Outputs, SequenceModel
from laban.models.training.split import Split
from laban.models.training.training_settings import TrainingSettings

if TYPE_CHECKING:
    from laban.models.training.loop import TrainingProgress
    from laban.models.training.trained import Trained


def fit(
    examples: Examples,
    split: Split,
    settings: TrainingSettings,
    *,
    name: str,
    progress: "Callable[[TrainingProgress], None] | None" = None,
    resume: Path | None = None,
) -> "Trained":
    """Trains a network on the training part of ``split``, with temperatures and thresholds from its validation
    part. Where that is empty there are none: from training examples they would be far too optimistic."""
    from laban.models.training.landmarks import train
    from laban.models.training.torch_model import TorchModel

    learned, held_out = examples.take(split.train), examples.take(split.validation)
    trained = train(learned, held_out, settings, name=name, progress=progress, resume=resume)
    card = calibrated(TorchModel.of(trained), learned, held_out)
    return replace(trained, card=card)


def calibrated(model: SequenceModel, learned: Examples, held_out: Examples) -> ModelCard:
    """The card of ``model`` with a temperature and an out-of-distribution threshold for each task, from
    ``held_out``, and with the statistics of its embedding of ``learned`` that adding a class needs."""
    seen = model.run(learned.values)
    statistics = _statistics(seen, learned)
    scores = dict.fromkeys(statistics, "cosine_probability")
    about = {**model.card.about, STATISTICS: statistics, KNOWN_SCORE: scores}
    told = replace(model.card, about=about)
    if not len(held_out):
        return told
    outputs = model.run(held_out.values)
    heads = tuple(
        _head(told, outputs, held_out.labels[:, column], column) for column in range(len(told.heads))
    )
    return replace(told, heads=heads)


def _head(card: ModelCard, outputs: Outputs, labels: IntArray, column: int) -> Head:
    """Wrongly classified windows count as known too: they are of classes that were learned."""
    task, logits = card.heads[column].task, outputs.logits[column]
    head = Head(task, temperature=fit_temperature(logits, labels))
    cooled = replace(card, heads=(*card.heads[:column], head, *card.heads[column + 1 :]))
    scores = known_scorer(cooled, task.name)(logits, outputs.embedding)
    return replace(head, ood_threshold=unknown_threshold(scores[labels >= 0]))


def _statistics(outputs: Outputs, examples: Examples) -> dict[str, object]:
    held: dict[str, object] = {}
    for task in examples.tasks:
        try:
            held[task.name] = embedding_statistics(outputs.embedding, examples.labels_of(task.name))
        except InvalidValueError:
            continue  # a task with only one class: none can be added
    return held
