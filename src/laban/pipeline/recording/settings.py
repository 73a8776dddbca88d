"""How people are extracted from a source: what decides the result, and how many networks run at once."""

import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from laban.core.checks import in_range, positive
from laban.pose.blazepose.engine import EngineSettings
from laban.sources import needs_rate

NETWORKS_PER_SPAN = 2


@dataclass(frozen=True)
class ExtractionSettings:
    """How people are extracted from a source.

    ``model``, ``detector``, ``precision`` and ``max_people`` as in ``EngineSettings``. ``every``: look at every
    Nth frame only. ``workers``: networks in parallel, one per core if None; the result does not depend on it.
    ``span_s`` and ``overlap_s``: how the source is cut. ``min_seen_s``: people seen for less are dropped.
    ``fps``: the frame rate of a source without one: a folder of images, or a raw stream.
    """

    model: str = "full"
    detector: str = "auto"
    precision: str = "mixed"
    max_people: int = 20
    every: int = 1
    workers: int | None = None
    span_s: float = 20.0
    overlap_s: float = 0.5
    min_seen_s: float = 0.3
    fps: float | None = None

    def __post_init__(self) -> None:
        in_range(self.every, name="every", low=1, high=100_000)
        positive(self.span_s, name="span_s")
        in_range(self.overlap_s, name="overlap_s", low=0.0, high=self.span_s)
        in_range(self.min_seen_s, name="min_seen_s", low=0.0)
        if self.fps is not None:
            in_range(self.fps, name="fps", low=1e-3, high=1e6)
        if self.workers is not None:
            in_range(self.workers, name="workers", low=1, high=1024)

    @property
    def networks(self) -> int:
        """How many networks run in parallel on this machine."""
        return self.workers or os.cpu_count() or 1

    def of_result(self) -> dict[str, object]:
        """The settings that decide the result, by name: not ``workers``, and ``fps`` only where it is given."""
        left_out = {"workers", *(("fps",) if self.fps is None else ())}
        return {key: value for key, value in asdict(self).items() if key not in left_out}

    def engine(self) -> EngineSettings:
        """The engine's settings for one span."""
        return EngineSettings(
            model=self.model,
            detector=self.detector,
            precision=self.precision,
            max_people=self.max_people,
            threads=min(NETWORKS_PER_SPAN, self.networks),
        )


def settings_for(source: Path, settings: ExtractionSettings) -> ExtractionSettings:
    """The settings, without a frame rate where ``source`` has its own."""
    if settings.fps is None or (source.exists() and needs_rate(source)):
        return settings
    return replace(settings, fps=None)


def unused_rate(given: ExtractionSettings, chosen: ExtractionSettings) -> tuple[str, ...]:
    """A warning for a frame rate that was given for a source with its own."""
    if given.fps == chosen.fps:
        return ()
    return (f"the rate of {given.fps:g} fps is not used: it has times of its own",)
