"""The tutorial's own recordings by its own recipe: HANDSWING against SWING, the published LSTM, 20 epochs.

Each file is one long recording: its first 60 % is learned, the next 20 % chooses the epoch, the last 20 % is
tested; windows of 60 and of 10 frames, one from every frame on, as the tutorial has them. BODYSWING has 58 rows,
fewer than a window of 60: the note of `laban train` about it is reported, and it is neither learned nor tested.
"""

from dataclasses import replace

from benchmarks.recognition.sets import DATA
from benchmarks.rows import Row, row
from laban.core.clock import WindowSpec
from laban.features.spec import FeatureSpec
from laban.models.evaluation.metrics import metrics_of
from laban.models.examples import Examples
from laban.models.training.split import Split
from laban.models.training.splits import SplitSettings, split_examples
from laban.models.training.torch_model import TorchModel
from laban.models.training.training_settings import published_recipe
from laban.pipeline.action.training.fitting import fit
from laban.pipeline.dataset import examples_of, open_dataset, recordings_of

_FPS = 30.0
_EPOCHS = 20


def tutorial_rows(*, seed: int = 0) -> list[Row]:
    """Accuracy of windows in the last part of each file."""
    dataset = open_dataset(DATA / "tutorial_actions", fps=_FPS, size_wh=(1280, 720))
    recordings = recordings_of(dataset)
    settings = replace(published_recipe(), epochs=_EPOCHS, seed=seed)
    rows = []
    for frames in (60, 10):
        clock = WindowSpec(length_s=frames / _FPS, hop_s=1 / _FPS, fps=_FPS)
        examples = examples_of(dataset, recordings, spec=FeatureSpec(("xy",)), clock=clock).examples
        parted = SplitSettings(by="time", validation=0.2, test=0.2, seed=seed)
        (whole,) = split_examples(examples, settings=parted)
        split = _without(whole, examples, examples.tasks[0].index("BODYSWING"))
        trained = fit(examples, split, settings, name="tutorial")
        test = examples.take(split.test)
        (task,) = examples.tasks
        said = TorchModel.of(trained).run(test.values).logits[0].argmax(axis=1)
        accuracy = metrics_of(task, test.labels[:, 0], said)["accuracy"]
        what = f"tutorial_actions by time, published LSTM, windows of {frames} frames: accuracy"
        rows.append(row(what, accuracy, "", at_least=1.0, windows=len(test), notes=list(whole.notes)))
    return rows


def _without(split: Split, examples: Examples, label: int) -> Split:
    parts = (split.train, split.validation, split.test)
    train, validation, test = (part[examples.labels[part, 0] != label] for part in parts)
    return replace(split, train=train, validation=validation, test=test)
