"""The poses of any source: taken from a video once and kept, or read where they are already."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from laban.core.sequence import Recording
from laban.errors import FormatError, SourceError, UnknownFormatError
from laban.pipeline.dataset.cache import RecordingCache, default_cache
from laban.pipeline.extraction import ExtractionSettings, extract_file
from laban.pose.blazepose.weights import resolve_detector
from laban.sequences.io import AssumptionWarning, load
from laban.sources.containers import demuxer_of, read_head
from laban.sources.image import IMAGE_SUFFIXES

Progress = Callable[[float, float | None], None]


@dataclass(frozen=True)
class FoundPoses:
    """A recording, the pictures it belongs to where the source has them, and what was wrong with the source."""

    recording: Recording
    pictures: Path | None
    kept: bool = False
    warnings: tuple[str, ...] = ()


def has_pictures(path: Path) -> bool:
    """Whether ``path`` is a video, a picture or a folder of pictures, from which poses are to be taken."""
    if path.is_dir():
        return any(one.suffix.lower() in IMAGE_SUFFIXES for one in path.iterdir())
    return path.suffix.lower() in IMAGE_SUFFIXES or demuxer_of(read_head(path)) is not None


def poses_of(
    path: Path,
    *,
    settings: ExtractionSettings | None = None,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> FoundPoses:
    """The recording at ``path``, or that of the pictures there, extracted once and kept in ``cache``.

    Raises SourceError where there is nothing, FormatError for a file that holds neither, AssetError without
    weights.
    """
    if not path.exists():
        raise SourceError(f"{path} does not exist; check the path")
    if not has_pictures(path):
        return _read(path)
    chosen = settings or ExtractionSettings()
    chosen = replace(chosen, detector=resolve_detector(chosen.detector))
    store = RecordingCache(cache or default_cache())
    store.prepare()
    target = store.path_for(path, chosen)
    store.save()
    target.parent.mkdir(parents=True, exist_ok=True)
    found = extract_file(path, target, settings=chosen, progress=progress)
    return FoundPoses(found.recording, path, kept=found.kept, warnings=found.warnings)


def _read(path: Path) -> FoundPoses:
    """A file of poses; what had to be assumed of it is told as a warning of the source."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", AssumptionWarning)
        try:
            recording = load(path)
        except UnknownFormatError as error:
            raise FormatError(
                f"{path} is neither a video nor a file of poses; expected mp4, mov, mkv, webm, avi or mpegts "
                "content, a picture, or a recording such as .parquet"
            ) from error
    assumed = [str(one.message) for one in caught if issubclass(one.category, AssumptionWarning)]
    return FoundPoses(recording, None, warnings=tuple(dict.fromkeys(assumed)))
