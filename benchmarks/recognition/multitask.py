"""Falls and fights at once: one encoder with two heads, the published recipe, and a model for each alone.

The clips of ``falls`` and ``fights`` by groups (subjects, and source videos), three folds. The published recipe
is one LSTM of 128 on 60 × 66 with one softmax over fall, fight and other. The clips of falls count as calm for
the other task, as nobody fights in them, and the calm surveillance clips too; of falls among the fights nothing
is said.

The model ``safety`` that comes with Laban is not one of these: in the clips of falls nobody else is in view, so
that a shared encoder that sees pairs learns that people in company do not fall. It holds the networks of ``fall``
and ``fight`` separately.

Accuracy and F1 are of clips over both tasks: a clip's answer for a task, the mean over the windows of everybody
in it, is right or wrong. Features and network are those of ``fights``, where they were compared on clips of
this test.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchmarks.recognition import fights, sets
from benchmarks.rows import Row, row
from laban.core.clock import WindowSpec
from laban.features.spec import FeatureSpec
from laban.models.evaluation.calibration import softmax
from laban.models.evaluation.clip_scores import clip_scores
from laban.models.evaluation.metrics import metrics_of
from laban.models.examples import Examples
from laban.models.training.splits import SplitSettings, split_examples
from laban.models.training.torch_model import TorchModel
from laban.models.training.training_settings import TrainingSettings, published_recipe
from laban.pipeline.action.training.fitting import fit
from laban.pipeline.dataset import Dataset, ExampleSettings, examples_of, recordings_of
from laban.pipeline.dataset.values import Item, whole_clip

SPEC = fights.SPEC
CLOCK = WindowSpec(length_s=2.0, hop_s=0.5, fps=30.0)
FOLDS = 3
_LEAST = 0.75
_RECIPE_EPOCHS = 60


def multitask_rows(*, seed: int = 0) -> list[Row]:
    """Mean over the tasks of accuracy and macro F1 of clips, for each way."""
    dataset = both()
    recordings = recordings_of(dataset)

    def examples(spec: FeatureSpec) -> Examples:
        return examples_of(
            dataset,
            recordings,
            spec=spec,
            clock=CLOCK,
            settings=ExampleSettings(min_overlap=0.2),
        ).examples

    deep, flat = examples(SPEC), examples(FeatureSpec(("xy",)))
    settings = two_headed(seed)
    recipe = replace(published_recipe(), epochs=_RECIPE_EPOCHS, heads="unified", seed=seed)
    heads = evaluated(deep, settings)
    one = evaluated(flat, recipe)
    alone = [evaluated(_only(deep, column), settings)[0] for column in range(len(deep.tasks))]
    told = {"two heads": heads, "published recipe, one softmax": one, "a model for each task": alone}
    means = {name: np.mean(found, axis=0) for name, found in told.items()}
    best = max(means["published recipe, one softmax"][0], means["a model for each task"][0])
    own = means["two heads"]
    what = "falls and fights at once"
    return [
        row(f"{what}, two heads: accuracy", own[0], "", at_least=_LEAST, tasks=heads),
        row(f"{what}, two heads: macro F1", own[1], "", at_least=_LEAST),
        row(f"{what}, two heads: above the better of the others by", own[0] - best, "", at_least=0.0),
        *(
            row(f"{what}, {name}: accuracy", value[0], "", macro_f1=float(value[1]), tasks=told[name])
            for name, value in means.items()
            if name != "two heads"
        ),
    ]


def two_headed(seed: int) -> TrainingSettings:
    """How the encoder with two heads is trained."""
    return replace(fights.TRAINING, seed=seed)


def both() -> Dataset:
    """Clips of either set, labelled for both tasks where the label is known."""
    falls, fights_ = sets.falls(), sets.fights()
    calm = whole_clip("no_fight"), whole_clip("no_fall")
    of_falls = tuple(
        Item(one.clip, {**one.labels, sets.FIGHT.name: (calm[0],)}, path=one.path) for one in falls.items
    )
    of_fights = tuple(
        one
        if one.label_of(sets.FIGHT.name) != sets.FIGHT.background
        else Item(one.clip, {**one.labels, sets.FALL.name: (calm[1],)}, path=one.path)
        for one in fights_.items
    )
    return Dataset("both", falls.root.parent, (*falls.tasks, *fights_.tasks), (*of_falls, *of_fights))


def evaluated(examples: Examples, settings: TrainingSettings) -> list[tuple[float, float]]:
    """(accuracy, macro F1) of clips for each task, every clip tested once."""
    truth: list[list[int]] = [[] for _ in examples.tasks]
    said: list[list[int]] = [[] for _ in examples.tasks]
    for split in split_examples(examples, settings=_split(settings)):
        trained = fit(examples, split, settings, name="both")
        test = examples.take(split.test)
        outputs = TorchModel.of(trained).run(test.values)
        for column, head in enumerate(trained.card.heads):
            probabilities = softmax(outputs.logits[column], temperature=head.temperature)
            scores = clip_scores(test, probabilities, task=head.task, people="all")
            truth[column] += scores.label.tolist()
            said[column] += scores.predicted.tolist()
    return [_figures(examples, column, truth[column], said[column]) for column in range(len(examples.tasks))]


def _split(settings: TrainingSettings) -> SplitSettings:
    """By groups; the published recipe keeps the best epoch, and so needs clips to choose it by."""
    chooses = settings.schedule == "constant"
    return SplitSettings(folds=FOLDS, validation=0.15 if chooses else 0.0, seed=settings.seed)


def _figures(
    examples: Examples, column: int, truth: Sequence[int], said: Sequence[int]
) -> tuple[float, float]:
    if not truth:
        return float("nan"), float("nan")
    found = metrics_of(examples.tasks[column], np.array(truth), np.array(said))
    return found["accuracy"], found["macro_f1"]


def _only(examples: Examples, column: int) -> Examples:
    """The same windows with one task."""
    return replace(examples, tasks=(examples.tasks[column],), labels=examples.labels[:, [column]])
