"""Penn Action and NW-UCLA: whole clips on the splits that the data come with.

``penn_action``: 15 sports, the official split. 13 joints in the image, centred and scaled once for the clip (the
set ``scene``), 64 instants from the first frame to the last.

``nw_ucla``: 10 actions, cross-view: views 1 and 2 are learned, view 3 is the test. 20 joints in space, turned to
the front once for the clip (the set ``stage``), 64 instants. Two clips of a single frame are left out.

The model is the default, three small networks in one, which differ less from seed to seed than one large one.

All training clips are learned and the last epoch is kept, so that the test part chooses nothing. The settings were
chosen on parts of the training clips: a fifth of Penn Action's, and NW-UCLA's view 2 after learning view 1, where
one network and three did equally well; three were taken because results then depend less on the seed.
"""

from collections.abc import Callable
from dataclasses import replace

from benchmarks.recognition import sets
from benchmarks.recognition.beside import MODEL, Tested, beside_baselines, rows_of
from benchmarks.rows import Row, row
from laban.core.clock import WholeClip
from laban.features.spec import FeatureSpec
from laban.models.examples import Examples
from laban.models.training.splits import SplitSettings, split_examples
from laban.models.training.training_settings import TrainingSettings, default_recipe
from laban.pipeline.dataset import Dataset
from laban.pipeline.dataset.examples import examples_of
from laban.pipeline.dataset.recordings import Recordings

LENGTH = 64
_TRAINING_MINUTES = 10


def penn_rows(*, seed: int = 0) -> list[Row]:
    """The lines of Penn Action, with the time that training took."""
    settings = replace(default_recipe(), seed=seed)
    tested, examples = _tested(sets.penn_action, FeatureSpec(("scene",), "penn13"), settings)
    (task,) = examples.tasks
    minutes = tested.seconds[MODEL] / 60
    return [
        *rows_of(tested, "penn_action, official split", task, at_least=0.98),
        row("penn_action: training and testing", minutes, "min", at_most=_TRAINING_MINUTES),
    ]


def ucla_rows(*, seed: int = 0) -> list[Row]:
    """The lines of NW-UCLA."""
    recipe = default_recipe()
    tilted = None if recipe.augmentation is None else replace(recipe.augmentation, yaw_deg=35.0, tilt_deg=9.0)
    settings = replace(recipe, augmentation=tilted, epochs=60, seed=seed)
    tested, examples = _tested(sets.nw_ucla, FeatureSpec(("stage",), "kinect20"), settings)
    (task,) = examples.tasks
    return rows_of(tested, "nw_ucla, cross-view, one model", task, at_least=0.94)


def whole_clips(dataset: Dataset, spec: FeatureSpec) -> Examples:
    """One example for each clip of a dataset that holds its poses itself."""
    return examples_of(dataset, Recordings(dataset, {}), spec=spec, clock=WholeClip(LENGTH)).examples


def _tested(
    read: Callable[[], Dataset], spec: FeatureSpec, settings: TrainingSettings
) -> tuple[Tested, Examples]:
    dataset = read()
    examples = whole_clips(dataset, spec)
    (task,) = examples.tasks
    splits = split_examples(examples, settings=SplitSettings(by="data", validation=0.0))
    truth = {
        index: task.index(str(item.label_of(task.name)))
        for index, item in enumerate(dataset.items)
        if item.clip.split == "test"
    }
    return beside_baselines(examples, splits, settings, task=task, truth=truth), examples
