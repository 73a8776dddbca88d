"""Poses, pixels and both on fights, as ``laban train --inputs pose,video`` makes and reports them.

The 200 clips of ``sets.fights`` in five folds by source video, the same for all three, and the same beside it on a
random split. The weights are chosen on the validation part of each fold. Poses are seen by speeds, carriage,
confidence and the pair, as the shipped recogniser of fights sees them (see ``fights``); all else is the default.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.recognition import fights, sets
from benchmarks.rows import Row, row
from laban.assets import asset_path
from laban.core.answers.fusion_metrics import FusionMetrics, InputFigures
from laban.pipeline.action.training.settings import LearningSettings
from laban.pipeline.dataset import recordings_of
from laban.pipeline.fusion.run import learn_both
from laban.pipeline.fusion.settings import FusionSettings, PixelSettings
from laban.pipeline.video.training.sight import sight_of

_FOLDS, _WORKERS = 5, 2
_NAMES = {"pose": "poses", "video": "pixels", "both": "both"}
_LEAST = {"both": (0.80, 0.87)}
_NO_TARGET = (None, None)


def both_rows() -> Iterator[Row]:
    """Accuracy, AUROC and recall at 5 % false alarms of each alone and of both."""
    metrics = _learned()
    for one in metrics.inputs:
        accuracy, auroc = _LEAST.get(one.inputs, _NO_TARGET)
        what = f"fights by source, {_NAMES[one.inputs]}"
        yield row(f"{what}: accuracy", _known(one.accuracy), "", at_least=accuracy, of=metrics.clips.count)
        yield row(f"{what}: AUROC", _known(one.auroc), "", at_least=auroc)
        yield row(f"{what}: recall at 5 % false alarms", _known(one.recall_at_5), "")
    ahead = round(_ahead(metrics.inputs) * metrics.clips.count)
    of = f"of {metrics.clips.count} clips"
    yield row("fights by source, both: ahead of the better alone by", ahead, of, at_least=1)
    for one in metrics.random:
        what = f"fights on a random split, which flatters, {_NAMES[one.inputs]}"
        yield row(f"{what}: accuracy", _known(one.accuracy), "")
    yield row("fights: clips in which nobody is found", metrics.without_people, of)


def _learned() -> FusionMetrics:
    dataset = sets.fights()
    settings = FusionSettings.of(LearningSettings(features=fights.SPEC.sets, folds=_FOLDS), PixelSettings())
    sight = sight_of(settings.video, weights=asset_path("efficientnet_lite0"), workers=_WORKERS)
    with tempfile.TemporaryDirectory() as folder:
        return learn_both(
            dataset, recordings_of(dataset), Path(folder) / "run", settings, sight=sight
        ).metrics


def _ahead(figures: Sequence[InputFigures]) -> float:
    accuracy = {one.inputs: _known(one.accuracy) for one in figures}
    return accuracy["both"] - max(accuracy["pose"], accuracy["video"])


def _known(figure: float | None) -> float:
    return float("nan") if figure is None else figure
