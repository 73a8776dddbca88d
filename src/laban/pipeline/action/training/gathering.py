"""Gathers examples that one model can learn from, from a dataset's poses."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from laban.core.space import Space
from laban.errors import InvalidValueError
from laban.models.examples import Examples
from laban.pipeline.action.training.settings import LearningSettings
from laban.pipeline.dataset import ClassCoverage, Dataset, Recordings, Skipped, coverage_of, examples_of
from laban.pipeline.dataset.one_source import one_source
from laban.pipeline.dataset.similar_labels import similar_labels
from laban.pipeline.dataset.used import shrunk, used_clips

_BY_GROUP = ("auto", "group", "data")
"""Splits whose results depend on the groups."""


@dataclass(frozen=True, eq=False)
class Material:
    """The training material of a run. ``left_out`` are files and clips without examples, with the reason;
    ``warnings`` name what makes metrics unreliable: classes that lose clips, and groups that seem to share a
    source; ``clips_fps`` the frames per second of clips, by their position among the examples' clips."""

    dataset: Dataset
    examples: Examples
    coverage: tuple[ClassCoverage, ...]
    left_out: tuple[Skipped, ...]
    notes: tuple[str, ...]
    data_sha256: str
    warnings: tuple[str, ...] = ()
    clips_fps: Mapping[int, float] = field(default_factory=dict)


def gather(dataset: Dataset, recordings: Recordings, settings: LearningSettings) -> Material:
    """The examples, on the skeleton that most clips have; clips of another are left out and listed.

    Raises InvalidValueError where nothing is left to learn from.
    """
    skeleton, flat = _body_of(recordings)
    gathered = examples_of(
        dataset,
        recordings,
        spec=settings.spec(skeleton, flat=flat),
        clock=settings.clock,
        settings=settings.examples,
    )
    left_out = (*dataset.skipped, *recordings.failed, *gathered.left_out)
    coverage = coverage_of(dataset, recordings)
    lost = [one.sentence for one in shrunk(used_clips(dataset, gathered.examples))]
    shared = [one.sentence for one in one_source(dataset, recordings)] if settings.split in _BY_GROUP else []
    spelt = [one.sentence for one in similar_labels(dataset)]
    warnings = (*spelt, *lost, *shared)
    notes = (*warnings, *recordings.notes)
    return Material(
        dataset,
        gathered.examples,
        coverage,
        left_out,
        notes,
        gathered.data_sha256,
        tuple(warnings),
        gathered.clips_fps,
    )


def _body_of(recordings: Recordings) -> tuple[str, bool]:
    """The most frequent skeleton, and whether its sequences have coordinates in the image."""
    bodies = Counter(
        (sequence.skeleton.name, Space.PIXEL in sequence.spaces)
        for _, recording in recordings
        if recording is not None
        for sequence in recording.people.values()
    )
    if not bodies:
        raise InvalidValueError(
            f"nobody was found in any clip of {recordings.dataset.name}; laban train-video learns from the pixels "
            "alone"
        )
    return bodies.most_common(1)[0][0]
