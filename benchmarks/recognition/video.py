"""Recognisers from pixels as ``laban train-video`` makes them, by group and on a random split.

``fights``: 200 surveillance clips in five folds by source video (see ``sets.fights``). ``generated_actions``: 140
clips of a video generator in 7 classes, those of one number and class a group; they show that the code learns, and
nothing about life. Every figure is of the shipped command with its default settings, or with those named in
the row; the accuracy on a random split, where clips of one source lie on both sides, is printed for comparison.
"""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.recognition import sets
from benchmarks.rows import Row, row
from laban.assets import asset_path
from laban.core.answers.clip_metrics import ClipMetrics
from laban.pipeline.dataset import open_dataset
from laban.pipeline.dataset.values import Dataset
from laban.pipeline.recording.settings import ExtractionSettings
from laban.pipeline.video.masked import ExtractedPeople
from laban.pipeline.video.training.run import learn_clips
from laban.pipeline.video.training.settings import SMALL, ClipLearningSettings
from laban.pipeline.video.training.sight import sight_of

_FOLDS, _WORKERS = 5, 2
_NUMBER = re.compile(r"(\w+)/(?:baseline|lora)_(\d+)")


def video_rows() -> list[Row]:
    """The rows of both data sets."""
    return list(_all_rows())


def _all_rows() -> Iterator[Row]:
    settings = ClipLearningSettings(folds=_FOLDS)
    fights = _learned(sets.fights(), replace(settings, masked=True))
    yield from _rows("fights by source, RGB", fights, at_least=0.78)
    yield from _masked("fights by source, RGB", fights)
    yield from _comparison(fights)
    small = ClipLearningSettings(network=SMALL, folds=_FOLDS, versions=1)
    yield from _rows("fights by source, lrcn-small from scratch", _learned(sets.fights(), small))
    yield from _rows("generated actions by number, RGB", _learned(_generated(), settings), at_least=0.85)


def _rows(what: str, metrics: ClipMetrics, *, at_least: float | None = None) -> Iterator[Row]:
    yield row(f"{what}: accuracy", _value(metrics.clips.accuracy), "", at_least=at_least)
    random = metrics.random
    if random is not None:
        yield row(f"{what}: accuracy on a random split, which flatters", _value(random.accuracy), "")


def _masked(what: str, metrics: ClipMetrics) -> Iterator[Row]:
    """The same tests without people, and with people alone; both and the unmasked of clips that people are in."""
    held = metrics.masked
    if held is None:
        return
    yield row(f"{what}: accuracy on clips with people", _value(held.unmasked.accuracy), "")
    yield row(f"{what}: accuracy with people masked", _value(held.people_masked.accuracy), "")
    yield row(f"{what}: accuracy with the background masked", _value(held.background_masked.accuracy), "")


def _value(figure: float | None) -> float:
    return float("nan") if figure is None else figure


def _comparison(metrics: ClipMetrics) -> Iterator[Row]:
    for other in metrics.others:
        yield row(f"fights by source, RGB, {other.network}: accuracy", _value(other.accuracy), "")


def _generated() -> Dataset:
    """The clips with the same number and class as one group."""
    dataset = open_dataset(sets.DATA / "generated_actions")
    items = tuple(
        replace(item, clip=replace(item.clip, group=_group(item.clip.name))) for item in dataset.items
    )
    return replace(dataset, items=items)


def _group(name: str) -> str:
    found = _NUMBER.search(name)
    return name if found is None else f"{found[1]} {found[2]}"


def _learned(dataset: Dataset, settings: ClipLearningSettings) -> ClipMetrics:
    weights = None if settings.learns_to_see else asset_path("efficientnet_lite0")
    people = ExtractedPeople(ExtractionSettings(workers=1)) if settings.masked else None
    sight = sight_of(settings, weights=weights, workers=_WORKERS, people=people)
    with tempfile.TemporaryDirectory() as folder:
        return learn_clips(dataset, Path(folder) / "run", settings, sight=sight).metrics
