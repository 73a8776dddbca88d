"""Draws a recording over its images, as videos, images and pages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from laban.core.arrays import BoolArray, Float32Array, FloatArray, ImageArray
from laban.core.checks import in_range
from laban.core.features import Features
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.progress import Progress
from laban.core.sequence import PoseSequence, Recording
from laban.errors import InvalidValueError, SourceError
from laban.pipeline.recording.prefetch import prefetched
from laban.render.curves import CurvesLayout, draw_curves
from laban.render.figure import ANGLE_ARMS
from laban.render.instants import nearest_frame, people_at, reach_of
from laban.render.page import PageSettings, write_page
from laban.render.sheet import SheetLayout, draw_sheet, sheet_frames, write_png
from laban.render.skeletons import DrawStyle, draw_people
from laban.render.video import VideoSettings, encoded
from laban.render.words import short_name

Angles = Mapping[int, Features]

SHOWN_ANGLES = ("left_elbow", "right_elbow", "left_knee", "right_knee")
"""The joints whose angles an overlay shows; more would hide the person."""

_AHEAD = 6


@dataclass(frozen=True)
class DrawingSettings:
    """What to draw of a recording; None means drawn unless something else was chosen.

    ``angles`` puts numbers at elbows and knees of the overlay, ``moments`` is the number of images on the sheet,
    ``source`` the video, where it has moved.
    """

    overlay: bool | None = None
    sheet: bool | None = None
    curves: bool | None = None
    angles: bool = True
    moments: int = 9
    source: Path | None = None

    def __post_init__(self) -> None:
        in_range(self.moments, name="moments", low=1, high=400)

    def chosen(self, *, nobody: bool) -> tuple[str, ...]:
        """The results wanted, by name; with ``nobody`` curves only where asked for, as there are none."""
        asked = {"overlay": self.overlay, "sheet": self.sheet, "curves": self.curves}
        named = tuple(name for name, choice in asked.items() if choice)
        open_choice = (name for name, choice in asked.items() if choice is None)
        return named or tuple(name for name in open_choice if not (nobody and name == "curves"))


@dataclass(frozen=True)
class OverlaySettings:
    """How an overlay looks and how it is encoded. ``angles`` are the joints with numbers."""

    style: DrawStyle = field(default_factory=DrawStyle)
    video: VideoSettings = field(default_factory=VideoSettings)
    angles: tuple[str, ...] = SHOWN_ANGLES


def joint_angles(recording: Recording) -> dict[int, Features]:
    """The joint angles of all people in degrees, from metres where the recording has them, else from pixels."""
    from laban.features import compute_joint_angles

    return {person: compute_joint_angles(sequence) for person, sequence in recording.people.items()}


def write_overlay(
    path: Path | str,
    recording: Recording,
    frames: Iterable[Frame],
    *,
    angles: Angles | None = None,
    settings: OverlaySettings | None = None,
    progress: Progress | None = None,
) -> int:
    """Writes the video with all people drawn over it, and returns its number of frames.

    Every frame of the source is kept at its own time; people are drawn where the recording has a frame near it, and
    scaled where the source has another size than the recording. ``angles`` (see ``joint_angles``) adds numbers;
    ``progress`` receives the count after each frame. Decoding and drawing run in parallel with encoding. Raises
    what the frames raise, and ``OutputError`` where the file cannot be written.
    """
    settings = settings or OverlaySettings()
    drawn = (
        (frame.time_s, draw_frame(recording, frame, angles=angles, settings=settings)) for frame in frames
    )
    count = 0
    with prefetched(drawn, depth=_AHEAD) as ahead:
        for count, _ in enumerate(encoded(path, ahead, settings=settings.video), start=1):
            if progress is not None:
                progress(count, None)
    return count


def is_photo(recording: Recording) -> bool:
    """Whether a recording is of one image, whose overlay is an image too."""
    return len(recording.times_s) == 1


def write_photo_overlay(
    path: Path | str, recording: Recording, frames: Iterable[Frame], *, angles: Angles | None = None
) -> Path:
    """Writes the first of ``frames`` with all people drawn over it as PNG; raises ``SourceError`` without one."""
    frame = next(iter(frames), None)
    if frame is None:
        raise SourceError(f"{recording.source} holds no image to draw over")
    return write_png(path, draw_frame(recording, frame, angles=angles))


def draw_frame(
    recording: Recording,
    frame: Frame,
    *,
    angles: Angles | None = None,
    settings: OverlaySettings | None = None,
) -> ImageArray:
    """A new image: the frame with the people that the recording has at its time."""
    settings = settings or OverlaySettings()
    at = nearest_frame(recording, frame.time_s, within_s=reach_of(recording))
    poses = poses_in(recording, frame)
    if at is None:
        return frame.image_rgb.copy()
    shown = None if angles is None else [_angles_at(recording, pose, at, angles, settings) for pose in poses]
    return draw_people(frame.image_rgb, poses, angles_deg=shown, style=settings.style)


def poses_in(recording: Recording, frame: Frame) -> list[Pose]:
    """The people that the recording has at the frame's time, in the pixels of the frame; none where it has none."""
    at = nearest_frame(recording, frame.time_s, within_s=reach_of(recording))
    return [] if at is None else _scaled(people_at(recording, frame=at), recording, frame.size_wh)


def write_sheet(
    path: Path | str,
    recording: Recording,
    frames: Iterable[Frame],
    *,
    count: int = 9,
    layout: SheetLayout | None = None,
) -> Path:
    """Writes a contact sheet of ``count`` moments as PNG; only those frames are converted to images.

    Raises ``SourceError`` where none of the frames belongs to the recording.
    """
    moments, images = _images_of(recording, frames, sheet_frames(recording, count=count))
    if not images:
        raise SourceError(
            f"no frame of the source lies at the recording's times, so it is not where {recording.source} "
            "was extracted from; name the right video with --source"
        )
    sized = _resized(recording, images[0].shape[:2])
    return write_png(path, draw_sheet(sized, images, moments, layout=layout))


def write_curves(
    path: Path | str, recording: Recording, *, angles: Angles, layout: CurvesLayout | None = None
) -> Path:
    """Writes the angle curves of all people as PNG. Raises ``MissingExtraError`` without matplotlib."""
    if not angles:
        raise InvalidValueError(f"nobody was found in {recording.source}, so there are no angles to draw")
    title = f"Angles · {short_name(recording.source)}"
    guessed = {person: _guessed(recording.people[person], table) for person, table in angles.items()}
    if any(one.any() for one in guessed.values()):
        title += " · dotted where joints are hidden"
    return write_png(path, draw_curves(angles, guessed=guessed, title=title, layout=layout))


def write_view(
    path: Path | str,
    recording: Recording,
    *,
    angles: Angles | None = None,
    settings: PageSettings | None = None,
) -> Path:
    """Writes one self-contained page: all people in 3D, and angle curves (``joint_angles`` where None)."""
    angles = joint_angles(recording) if angles is None else angles
    angles = {
        person: _seen_only(recording.people[person], table) if person in recording.people else table
        for person, table in angles.items()
    }
    return write_page(path, recording, angles=angles, settings=settings)


def _images_of(
    recording: Recording, frames: Iterable[Frame], wanted: Sequence[int]
) -> tuple[list[int], list[ImageArray]]:
    """The images of the recording's ``wanted`` frames in the source, which is read only as far as needed."""
    reach, missing = reach_of(recording), list(wanted)
    moments: list[int] = []
    images: list[ImageArray] = []
    for frame in frames:
        if missing and recording.times_s[missing[0]] - frame.time_s <= min(reach, 1e-3):
            if abs(recording.times_s[missing[0]] - frame.time_s) <= reach:
                moments.append(missing[0])
                images.append(frame.image_rgb)
            missing.pop(0)
        if not missing:
            break
    return moments, images


def _scaled(poses: Sequence[Pose], recording: Recording, size_wh: tuple[int, int]) -> list[Pose]:
    if recording.size_wh in (None, size_wh):
        return list(poses)
    factor = np.array(size_wh, np.float32) / np.array(recording.size_wh, np.float32)
    return [replace(pose, image_px=np.asarray(pose.image_px * factor, np.float32)) for pose in poses]


def _resized(recording: Recording, size_hw: tuple[int, ...]) -> Recording:
    size_wh = (size_hw[1], size_hw[0])
    if recording.size_wh in (None, size_wh):
        return recording
    factor = np.asarray(np.array(size_wh, np.float32) / np.array(recording.size_wh, np.float32), np.float32)
    people = {
        person: one.replace(size_wh=size_wh, image_px=_times(one.image_px, factor))
        for person, one in recording.people.items()
    }
    return recording.replace(people=people, size_wh=size_wh)


def _times(image_px: Float32Array | None, factor: Float32Array) -> FloatArray | None:
    return None if image_px is None else np.asarray(image_px * factor, np.float32)


def _angles_at(
    recording: Recording, pose: Pose, frame: int, angles: Angles, settings: OverlaySettings
) -> dict[str, float]:
    person = pose.person
    if person is None or person not in angles:
        return {}
    table = angles[person]
    row = frame - recording.start_of(person)
    (guessed,) = _guessed(recording.people[person].take(slice(row, row + 1)), table)
    return {
        joint: float(table.values[row, column])
        for column, joint in _angle_columns(table)
        if joint in settings.angles and not guessed[column]
    }


def _guessed(sequence: PoseSequence, table: Features) -> BoolArray:
    """(T, A) which values of a person's angles depend on hidden landmarks; False for columns that are no angles."""
    from laban.features.angles import JOINT_ANGLES, guessed_angles

    out = np.zeros((len(sequence), len(table.names)), dtype=bool)
    known = [column for column, name in enumerate(table.names) if name in JOINT_ANGLES]
    out[:, known] = guessed_angles(sequence, names=tuple(table.names[column] for column in known))
    return out


def _seen_only(sequence: PoseSequence, table: Features) -> Features:
    if len(table) != len(sequence):
        return table
    return replace(table, values=np.where(_guessed(sequence, table), np.nan, table.values))


def _angle_columns(table: Features) -> Iterator[tuple[int, str]]:
    for column, name in enumerate(table.names):
        joint = name.removesuffix("_deg").removesuffix("_angle")
        if joint in ANGLE_ARMS:
            yield column, joint
