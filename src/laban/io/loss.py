"""Warnings about what a format cannot keep and what was assumed on reading."""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import Skeleton, map_skeleton

_FIELDS: Final = ("image_px", "depth_px", "world_m", "body", "score")


class LossWarning(UserWarning):
    """A recording was written in a format that cannot hold all of it; the message says what was left out."""


class AssumptionWarning(UserWarning):
    """A file lacks something that a recording needs; the message says what was assumed."""


def warn_of_loss(losses: Iterable[str], *, form: str) -> None:
    """One ``LossWarning`` that lists ``losses``, or none where the list is empty."""
    listed = tuple(dict.fromkeys(losses))
    if listed:
        warnings.warn(f"{form} cannot hold: {'; '.join(listed)}", LossWarning, stacklevel=4)


_HEARD: Final[ContextVar[list[str] | None]] = ContextVar("heard", default=None)


@contextmanager
def hearing() -> Iterator[list[str]]:
    """The assumptions made inside the block, as sentences to keep with the recording; they are also warned of."""
    said: list[str] = []
    token = _HEARD.set(said)
    try:
        yield said
    finally:
        _HEARD.reset(token)


def warn_of_assumption(message: str, *, noted: bool = True) -> None:
    """Warns of an assumption made on reading. ``noted`` is False if the recording's metadata has it in another
    form."""
    said = _HEARD.get()
    if said is not None and noted:
        said.append(message)
    warnings.warn(message, AssumptionWarning, stacklevel=4)


def field_losses(people: Iterable[PoseSequence], *, kept: Iterable[str]) -> list[str]:
    """The fields that anyone has and the format does not keep."""
    kept = tuple(kept)
    people = tuple(people)
    return [
        name
        for name in _FIELDS
        if name not in kept and any(getattr(sequence, name) is not None for sequence in people)
    ]


def skeleton_losses(people: Iterable[PoseSequence], target: Skeleton) -> list[str]:
    """The joints that mapping the people onto ``target`` drops, estimates and leaves missing."""
    sources = {sequence.skeleton.name: sequence.skeleton for sequence in people}
    return [loss for source in sources.values() for loss in _mapping_losses(source, target)]


def time_losses(times_s: Float64Array, *, fps: float) -> list[str]:
    """The times, if they deviate from frame ÷ fps by more than a tenth of a millisecond."""
    uniform = np.arange(len(times_s)) / fps
    if len(times_s) == 0 or np.abs(times_s - uniform).max() <= 1e-4:
        return []
    return [f"the frame times (a steady {fps:g} frames per second is taken instead)"]


def lost_times(times_s: Float64Array) -> list[str]:
    """The times, for a format that cannot store them."""
    return [f"frame times (load with fps={mean_fps(times_s):g})"]


def detection_losses(recording: Recording, target: Skeleton, *, kept: Iterable[str]) -> list[str]:
    """What is lost if every frame lists its people by the joints of ``target`` and nothing else."""
    people = recording.people.values()
    return [
        *lost_times(recording.times_s),
        "image size",
        *field_losses(people, kept=kept),
        *skeleton_losses(people, target),
        *metadata_losses(recording),
    ]


def metadata_losses(recording: Recording) -> list[str]:
    """The metadata, if there is any."""
    return ["metadata"] if recording.metadata else []


def mean_fps(times_s: Float64Array, *, default: float = 30.0) -> float:
    """Frames per second between the first and the last time; ``default`` where there are fewer than two."""
    if len(times_s) < 2:
        return default
    return float((len(times_s) - 1) / (times_s[-1] - times_s[0]))


def _mapping_losses(source: Skeleton, target: Skeleton) -> list[str]:
    if source == target:
        return []
    mapping = map_skeleton(source, target)
    parts = {"dropped": mapping.dropped, "estimated": mapping.derived, "missing": mapping.missing}
    return [f"{target.name} joints {what}: {', '.join(names)}" for what, names in parts.items() if names]
