"""Penn Action with held-out classes: detection of unknown classes, and calibration.

Three of the fifteen classes, drawn again for each seed, are left out of training. A fifth of the training clips of
the others sets the temperature; the figures are of the official test part: the calibration error of the classes
that were learned, and the area under the ROC curve of learned against held out, by the score that models carry.
"""

from dataclasses import replace

import numpy as np

from benchmarks.recognition import sets
from benchmarks.recognition.whole_clips import whole_clips
from benchmarks.rows import Row, row
from laban.core.arrays import BoolArray, IntArray
from laban.features.spec import FeatureSpec
from laban.models.evaluation.calibration import calibration_error, softmax
from laban.models.evaluation.open_set import known_scorer, open_set_metrics
from laban.models.examples import UNLABELLED, Examples
from laban.models.training.splits import SplitSettings, split_examples
from laban.models.training.torch_model import TorchModel
from laban.models.training.training_settings import default_recipe
from laban.pipeline.action.training.fitting import fit

HELD_OUT, DRAWS = 3, 3
_VALIDATION = 0.2


def unknown_rows(*, seed: int = 0) -> list[Row]:
    """Means over the draws, with each draw."""
    examples = whole_clips(sets.penn_action(), FeatureSpec(("scene",), "penn13"))
    found = [_draw(examples, seed + draw) for draw in range(DRAWS)]
    errors, areas, passed = (list(map(float, column)) for column in zip(*found, strict=True))
    what = f"penn_action, {HELD_OUT} classes held out"
    return [
        row(f"{what}: ECE after scaling", float(np.mean(errors)), "", at_most=0.05, draws=errors),
        row(f"{what}: AUROC of unknown", float(np.mean(areas)), "", at_least=0.90, draws=areas),
        row(
            f"{what}: unknown that pass where 95 % of the known do", float(np.mean(passed)), "", draws=passed
        ),
    ]


def _draw(examples: Examples, seed: int) -> tuple[float, float, float]:
    (task,) = examples.tasks
    strange = np.random.default_rng(seed).permutation(len(task.labels))[:HELD_OUT]
    is_strange = np.isin(examples.labels[:, 0], strange)
    (split,) = split_examples(examples, settings=SplitSettings(by="data", validation=_VALIDATION, seed=seed))
    shown = _without(examples, is_strange)
    known = replace(
        split, train=split.train[~is_strange[split.train]], validation=_of(split.validation, ~is_strange)
    )
    trained = fit(shown, known, replace(default_recipe(), seed=seed), name="unknown")
    test = examples.take(split.test)
    outputs = TorchModel.of(trained).run(test.values)
    own = ~is_strange[split.test]
    probabilities = softmax(outputs.logits[0], temperature=trained.card.heads[0].temperature)
    scores = known_scorer(trained.card, task.name)(outputs.logits[0], outputs.embedding)
    figures = open_set_metrics(scores[own], scores[~own])
    error = calibration_error(probabilities[own], test.labels[own, 0])
    return error, figures.auroc, figures.fpr_at_95


def _of(rows: IntArray, held: BoolArray) -> IntArray:
    return rows[held[rows]]


def _without(examples: Examples, strange: BoolArray) -> Examples:
    """The same windows, of which those of the classes held out have no label."""
    labels = np.where(strange[:, None], UNLABELLED, examples.labels)
    return replace(examples, labels=labels)
