"""The outcome of each of several sources, and the answers of commands that write files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from laban.core.answers.base import Answer
from laban.core.answers.timeline import SpanAnswer

Status = Literal["done", "kept", "failed"]


@dataclass(frozen=True)
class NoDetails(Answer):
    """No details: the source failed, or there are none."""


NO_DETAILS = NoDetails()


@dataclass(frozen=True)
class SourceOutcome(Answer):
    """The outcome of one source."""

    source: str
    """The file, folder or camera, as it was given."""
    status: Status
    """``done`` now, ``kept`` from an earlier run with the same options, or ``failed``."""
    outputs: tuple[str, ...]
    """Paths of the files that were written or kept."""
    reason: str | None
    """Why it failed, in one line; null where it did not."""
    details: Answer
    """What was found."""


@dataclass(frozen=True)
class ExtractionDetails(Answer):
    """The result of an extraction."""

    people: int
    """How many people were found and followed."""
    frames: int
    """How many frames the recording has."""
    fps: float | None
    """Frames processed per second; null where the recording was kept from an earlier run."""
    detector: str
    """The person detector that found them."""


@dataclass(frozen=True)
class ExtractedSource(SourceOutcome):
    """The outcome of one source of ``laban extract``."""

    details: ExtractionDetails | NoDetails
    """The result; empty where the source failed."""


@dataclass(frozen=True)
class PredictionDetails(Answer):
    """The predictions for one source."""

    model: str
    """The model's name."""
    people: int
    """How many people are in the source."""
    spans: tuple[SpanAnswer, ...]
    """The labelled spans in order of time."""
    warnings: tuple[str, ...]
    """Reasons why the answer may be wrong, in sentences."""


@dataclass(frozen=True)
class PredictedSource(SourceOutcome):
    """The outcome of one source of ``laban predict``."""

    details: PredictionDetails | NoDetails
    """The timeline; empty where the source failed."""


@dataclass(frozen=True)
class FetchedAsset(SourceOutcome):
    """The outcome of one asset of ``laban assets fetch``."""

    details: NoDetails
    """Always empty."""


@dataclass(frozen=True)
class AssetAnswer(Answer):
    """Weights or a sample in Laban's catalogue."""

    name: str
    """Its name for ``laban assets fetch``."""
    kind: Literal["weights", "sample"]
    """Weights of a network, or a sample clip."""
    about: str
    """What it is, in a sentence."""
    licence: str
    """The licence it comes under."""
    size_bytes: int
    """Its size in bytes."""
    sha256: str
    """The SHA-256 hash of its content, in hexadecimal digits."""
    path: str | None
    """Its path on this machine; null where it has not been fetched."""


@dataclass(frozen=True)
class DemoAnswer(Answer):
    """The files that ``laban demo`` made."""

    recording: str
    """Path of the recording."""
    overlay: str
    """Path of the video with the skeletons of all people."""
    sheet: str
    """Path of the contact sheet."""
    page: str
    """Path of the page in 3D."""
    people: int
    """How many people were found and followed."""
    frames: int
    """How many frames the recording has."""
    fps: float | None
    """Frames processed per second; null where the recording was kept from an earlier run."""
    detector: str
    """The person detector that found them."""
    elapsed_s: float
    """How long it took, in seconds."""


@dataclass(frozen=True)
class ConversionAnswer(Answer):
    """A file of poses that was converted to another format."""

    source: str
    """The file that was read."""
    output: str
    """The file that was written."""
    from_: str
    """The format that was read."""
    to: str
    """The format that was written."""
    people: int
    """How many people it holds."""
    frames: int
    """How many frames it holds."""


@dataclass(frozen=True)
class PageAnswer(Answer):
    """A page that was made."""

    page: str
    """Path of the page."""


@dataclass(frozen=True)
class AddedClassAnswer(Answer):
    """A class that was added to a model."""

    model: str
    """Path of the new model."""
    task: str
    """The task that it was added to."""
    label: str
    """The new label."""
    clips: tuple[str, ...]
    """The examples it was learned from."""
    threshold: float
    """The similarity from which on a window gets this label."""
    labels: tuple[str, ...]
    """All labels of the task after the addition."""


Drawings = Mapping[Literal["overlay", "sheet", "curves"], str]
"""Paths of the drawn images, by kind."""
