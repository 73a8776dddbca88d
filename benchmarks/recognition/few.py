"""Penn Action: classes added from one, three and five clips, and whether explanations are faithful."""

from dataclasses import replace

import numpy as np

from benchmarks.add_class import add_class_rows
from benchmarks.explanation import explanation_rows
from benchmarks.recognition import sets
from benchmarks.recognition.whole_clips import whole_clips
from benchmarks.rows import Row
from laban.features.spec import FeatureSpec
from laban.models.examples import Examples
from laban.models.protocol import SequenceModel
from laban.models.training.split import Split
from laban.models.training.splits import SplitSettings, split_examples
from laban.models.training.torch_model import TorchModel
from laban.models.training.training_settings import default_recipe
from laban.pipeline.action.training.fitting import fit

_EPOCHS = 25
_EXPLAINED = 40
_FIRST_SEED = 100  # the rules were chosen on draws from 0 on


def few_rows(*, seed: int = 0) -> list[Row]:
    """The lines of both."""
    examples = whole_clips(sets.penn_action(), FeatureSpec(("scene",), "penn13"))
    (split,) = split_examples(examples, settings=SplitSettings(by="data", validation=0.0))
    training, test = examples.take(split.train), examples.take(split.test)
    (task,) = examples.tasks
    added = add_class_rows(
        lambda known, draw: trained(known, seed + _FIRST_SEED + draw), training, test, task=task.name
    )
    some = test.take(range(0, len(test), max(1, len(test) // _EXPLAINED)))
    return [*added, *explanation_rows(trained(training, seed), some.values, name="penn_action")]


def trained(examples: Examples, seed: int) -> SequenceModel:
    """The default model of all these examples, somewhat shorter trained."""
    everything = replace(default_recipe(), epochs=_EPOCHS, seed=seed)
    whole = _all_of(examples)
    return TorchModel.of(fit(examples, whole, everything, name="few"))


def _all_of(examples: Examples) -> Split:
    """All of them to learn from."""
    none = np.zeros(0, dtype=np.int64)
    return Split("all", np.arange(len(examples)), none, none)
