"""The poses of any source: taken from a video once and kept, or read where they are already."""

import warnings
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from laban.core.progress import Progress
from laban.core.sequence import Recording
from laban.errors import FormatError, LabanError, SourceError, UnknownFormatError
from laban.io import AssumptionWarning, format_of, load
from laban.io.formats import LoadOptions
from laban.pipeline.recording.cache import RecordingCache, default_cache
from laban.pipeline.recording.extract import extract_file
from laban.pipeline.recording.settings import ExtractionSettings, settings_for, unused_rate
from laban.pose.blazepose.weights import resolve_detector
from laban.sources.containers import VIDEO_FORMATS, absence, demuxer_of, read_head
from laban.sources.headers import is_image
from laban.sources.image import IMAGE_SUFFIXES, images_in
from laban.sources.photos import kind_of_images

_TRIED_FILES = 20


@dataclass(frozen=True)
class FoundPoses:
    """A recording, the images it belongs to where the source has them, and what was wrong with the source."""

    recording: Recording
    images: Path | None
    kept: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class PoseFile:
    """Facts that a file of poses may lack: frame rate, image size, and whether y grows upwards or comes first."""

    fps: float | None = None
    size_wh: tuple[int, int] | None = None
    flip_y: bool = False
    swap_xy: bool = False

    def options(self) -> LoadOptions:
        """The same, as ``load`` takes them."""
        return {"fps": self.fps, "size_wh": self.size_wh, "flip_y": self.flip_y, "swap_xy": self.swap_xy}


def has_images(path: Path) -> bool:
    """Whether ``path`` is a video, an image or a folder of images, from which poses are to be taken."""
    if path.is_dir():
        return any(one.suffix.lower() in IMAGE_SUFFIXES for one in path.iterdir())
    if path.suffix.lower() in IMAGE_SUFFIXES:
        return True
    head = read_head(path)
    return demuxer_of(head) is not None or is_image(head)


def is_poses(path: Path) -> bool:
    """Whether ``path`` is a file of poses of a known format."""
    if not path.is_file() or path.stat().st_size == 0 or has_images(path):
        return False
    try:
        format_of(path)
    except LabanError:
        return False
    return True


def poses_of(
    path: Path,
    *,
    settings: ExtractionSettings | None = None,
    cache: Path | None = None,
    progress: Progress | None = None,
    pose_file: PoseFile | None = None,
) -> FoundPoses:
    """The recording at ``path``, or that of a video or images, extracted once and kept in ``cache``.

    ``pose_file`` holds what a file of poses lacks; its rate is also that of a folder of images or a raw stream. A
    folder must hold the frames of a film: see ``check_film``.

    Raises SourceError where there is nothing, FormatError for a file that holds neither, AssetError without
    weights.
    """
    if not path.exists():
        raise SourceError(absence(path))
    said = pose_file or PoseFile()
    doubts = check_film(path)
    if not has_images(path):
        return _read(path, said)
    wanted = settings or ExtractionSettings()
    wanted = replace(wanted, detector=resolve_detector(wanted.detector), fps=said.fps or wanted.fps)
    chosen = settings_for(path, wanted)
    store = RecordingCache(cache or default_cache())
    store.prepare()
    target = store.path_for(path, chosen)
    store.save()
    target.parent.mkdir(parents=True, exist_ok=True)
    found = extract_file(path, target, settings=chosen, progress=progress)
    told = (*doubts, *found.warnings, *unused_rate(wanted, chosen))
    return FoundPoses(found.recording, path, kept=found.kept, warnings=told)


def check_film(path: Path) -> tuple[str, ...]:
    """Warnings about a folder of images as one film; none for any other source.

    Raises SourceError where it holds videos, or images that are photos: as one film they would show one person who
    teleports.
    """
    if not path.is_dir():
        return ()
    inside = (one for one in path.iterdir() if one.suffix.lower() not in IMAGE_SUFFIXES)
    if any(_is_video(one) for one in islice(inside, _TRIED_FILES)):
        raise SourceError(f"{path} is a folder of videos, expected one video; name the one that is meant")
    images = images_in(path)
    if len(images) < 2:
        return ()
    kind = kind_of_images(images)
    if kind.is_film:
        return ()
    if kind.is_film is None:
        return (f"its {len(images)} images are treated as one film, though they may be photos ({kind.why})",)
    raise SourceError(
        f"{path} holds {len(images)} photos ({kind.why}), expected one film; name one of them, or, if they are "
        f"its frames, make a recording of them first: `laban extract {path} --frames`"
    )


def _is_video(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0 and demuxer_of(read_head(path)) is not None


def _read(path: Path, pose_file: PoseFile) -> FoundPoses:
    """A file of poses, with assumptions as warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", AssumptionWarning)
        try:
            form = format_of(path)
            given = pose_file.options()
            recording = load(path, format=form.name, **form.usable(given))
        except UnknownFormatError as error:
            if "looks like" in str(error):
                raise
            raise FormatError(
                f"{path} is neither a video nor a file of poses; expected {VIDEO_FORMATS} "
                "content, an image, or a recording such as .parquet"
            ) from error
    assumed = [str(one.message) for one in caught if issubclass(one.category, AssumptionWarning)]
    unused = [
        f"{name} is not used: a {form.name} file contains it"
        for name in ("fps", "size_wh")
        if given.get(name) is not None and name not in form.read_options
    ]
    return FoundPoses(recording, None, warnings=tuple(dict.fromkeys([*assumed, *unused])))
