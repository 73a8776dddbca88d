"""Gathers the material of an image classifier: squares around people, and their landmarks."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, ImageArray
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.progress import Progress
from laban.errors import AssetError, InvalidValueError, SourceError
from laban.models.image.view import View, shown, widened
from laban.pipeline.dataset.values import Skipped
from laban.pipeline.image.people import find_people, pose_box, whose
from laban.pipeline.image.subjects import Subject
from laban.pose.blazepose.engine import BlazePoseEngine, EngineSettings
from laban.pose.blazepose.person_mask import PersonMask
from laban.sources import Limits
from laban.sources.image import read_image

ROOM = 1.4
"""How much wider than its input an image is kept, so that it can be rotated and shifted."""
SCENE_PX = 512
"""The longest side of a scene that is kept for corruptions."""

_OTHER_DETECTOR = "blazepose"

Finder = Callable[[ImageArray], list[Pose]]


@dataclass(frozen=True, eq=False)
class Gathered:
    """N subjects that could be read: ``roomy`` (N, R, R, 3) squares wider than the input, ``exact`` (N, S, S,
    3) the input, ``poses`` of the people, None where nobody was found, and ``contents`` the images'
    SHA-256. ``failed`` are those that could not be read."""

    subjects: tuple[Subject, ...]
    roomy: ImageArray
    exact: ImageArray
    poses: tuple[Pose | None, ...]
    contents: tuple[str, ...]
    failed: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.subjects)


@dataclass(frozen=True, eq=False)
class Scene:
    """A subject cut from its image for corruptions: a square ``image``, its person's box in it,
    or None, and the mask (S, S) of the person, or None."""

    image: ImageArray
    box_xyxy_px: Float64Array | None
    mask: Float32Array | None


@dataclass
class _Parts:
    room: bool
    subjects: list[Subject] = field(default_factory=list)
    roomy: list[ImageArray] = field(default_factory=list)
    exact: list[ImageArray] = field(default_factory=list)
    poses: list[Pose | None] = field(default_factory=list)
    contents: list[str] = field(default_factory=list)
    failed: list[Skipped] = field(default_factory=list)


@contextmanager
def people_finder(*, model: str = "full", detector: str = "auto") -> Iterator[Finder]:
    """A function that finds everybody in an image, while the block lasts.

    Where the better detector finds nobody the other runs, if its weights are available: it finds more people who
    lie, and mistakes more furniture for people.
    """
    with ExitStack() as stack:
        engines = [stack.enter_context(BlazePoseEngine(EngineSettings(model=model, detector=detector)))]
        if engines[0].detector_name != _OTHER_DETECTOR:
            with suppress(AssetError):
                other = BlazePoseEngine(EngineSettings(model=model, detector=_OTHER_DETECTOR))
                engines.append(stack.enter_context(other))
        yield partial(find_people, engines)


def gather_images(
    subjects: Sequence[Subject],
    view: View,
    *,
    find: Finder | None,
    need_poses: bool,
    room: bool = True,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Gathered:
    """Reads every image once. People are searched with ``find`` where no box says who is meant or where landmarks
    are needed; an image that cannot be read is left out and reported. Without ``room`` no wider squares are kept,
    which take two thirds of the memory.

    Raises InvalidValueError where nothing is left.
    """
    parts, last = _Parts(room), _Read()
    for count, subject in enumerate(subjects, 1):
        try:
            image, content = last.image(subject, limits or Limits())
        except SourceError as error:
            parts.failed.append(Skipped(subject.name, " ".join(str(error).split())))
        else:
            _take(
                parts,
                subject,
                image,
                content,
                view,
                last,
                find if _looks(subject, view, need_poses) else None,
            )
        if progress is not None:
            progress(count, len(subjects))
    if not parts.subjects:
        first = parts.failed[0].reason if parts.failed else "no image has a class"
        raise InvalidValueError(f"none of {len(subjects)} images can be learned from: {first}")
    return Gathered(
        tuple(parts.subjects),
        np.stack(parts.roomy) if room else np.zeros((len(parts.subjects), 0, 0, 3), np.uint8),
        np.stack(parts.exact),
        tuple(parts.poses),
        tuple(parts.contents),
        tuple(parts.failed),
        _notes(parts, view, need_poses),
    )


def scene_of(subject: Subject, pose: Pose | None, view: View, masks: PersonMask | None) -> Scene:
    """The subject's surroundings, at most ``SCENE_PX`` wide, for corruptions."""
    image = read_image(subject.image.path, limits=Limits())
    size_wh = (image.shape[1], image.shape[0])
    box = _box(subject, pose, size_wh)
    square = widened(view.square(size_wh, box), ROOM)
    side = int(np.clip(round(square[2] - square[0]), view.side_px, SCENE_PX))
    scale = side / (square[2] - square[0])
    within = None if box is None else (box.reshape(2, 2) - square[:2]).reshape(4) * scale
    mask = None
    if masks is not None and pose is not None:
        found = masks.of(Frame.from_rgb(image, index=0, time_s=0.0), pose)
        grey = shown(np.repeat((found * 255).astype(np.uint8)[..., None], 3, 2), square, side_px=side)
        mask = _masked(grey, square, size_wh, side)
    return Scene(shown(image, square, side_px=side), within, mask)


def _masked(grey: ImageArray, square: Float64Array, size_wh: tuple[int, int], side: int) -> Float32Array:
    """The mask without the grey that stands for what lies outside the image."""
    scale = side / (square[2] - square[0])
    left, top = (np.maximum(0, -square[:2]) * scale).round().astype(int)
    right, bottom = ((np.minimum(np.array(size_wh), square[2:]) - square[:2]) * scale).round().astype(int)
    mask = np.zeros(grey.shape[:2], np.float32)
    mask[top:bottom, left:right] = grey[top:bottom, left:right, 0] / 255
    return mask


@dataclass
class _Read:
    """The last image read and its people: subjects of one image are consecutive."""

    path: str = ""
    held: tuple[ImageArray, str] | None = None
    people: list[Pose] | None = None

    def image(self, subject: Subject, limits: Limits) -> tuple[ImageArray, str]:
        path = subject.image.path
        if self.held is None or self.path != str(path):
            image = read_image(path, limits=limits)
            self.held = image, hashlib.sha256(path.read_bytes()).hexdigest()
            self.path, self.people = str(path), None
        return self.held

    def found(self, find: Finder) -> list[Pose]:
        if self.people is None and self.held is not None:
            self.people = find(self.held[0])
        return self.people or []


def _looks(subject: Subject, view: View, need_poses: bool) -> bool:
    boxed = subject.person is not None and subject.person.box_xyxy is not None
    return need_poses or (view.whose == "person" and not boxed)


def _take(
    parts: _Parts,
    subject: Subject,
    image: ImageArray,
    content: str,
    view: View,
    last: _Read,
    find: Finder | None,
) -> None:
    size_wh = (image.shape[1], image.shape[0])
    pose = whose(last.found(find), subject.box_px(size_wh)) if find is not None else None
    square = view.square(size_wh, _box(subject, pose, size_wh))
    parts.subjects.append(subject)
    parts.poses.append(pose)
    parts.contents.append(content)
    parts.exact.append(shown(image, square, side_px=view.side_px))
    if parts.room:
        parts.roomy.append(shown(image, widened(square, ROOM), side_px=round(view.side_px * ROOM)))


def _box(subject: Subject, pose: Pose | None, size_wh: tuple[int, int]) -> Float64Array | None:
    """The labelled box, else that of the person found."""
    labelled = subject.box_px(size_wh)
    return labelled if labelled is not None else None if pose is None else pose_box(pose)


def _notes(parts: _Parts, view: View, need_poses: bool) -> tuple[str, ...]:
    if view.whose != "person" and not need_poses:
        return ()
    nobody = sum(
        pose is None and (need_poses or subject.person is None)
        for pose, subject in zip(parts.poses, parts.subjects, strict=True)
    )
    what = "nothing is known of them" if need_poses else "all of the image is shown"
    return (f"In {nobody} of {len(parts.subjects)} images nobody was found: {what}.",) if nobody else ()
