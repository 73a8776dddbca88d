"""The skeleton pickle of PYSKL and MMAction2: many annotated clips, each with the keypoints of its people.

``{"split": {…}, "annotations": [{"frame_dir", "total_frames", "img_shape" (h, w), "label",
"keypoint" (M, T, V, C), "keypoint_score" (M, T, V)}, …]}``. C is 2 for pixels and 3 for metres in the camera's
axes (x left, y up, z away, as in Kinect data). A joint of zeros is missing (NaN) if its score is 0 too or
there are no scores. Pickles are read by an unpickler that only builds containers and numbers.
"""

import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, to_float32
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import SKELETONS, Skeleton
from laban.core.skeleton import skeleton as skeleton_named
from laban.errors import FormatError, InvalidValueError, UnknownNameError
from laban.io.annotations import Annotation, Unusable, read_clips
from laban.io.assumptions import clock_of, noted
from laban.io.axis_order import x_first
from laban.io.coordinates import are_shares
from laban.io.files import reading, replacing
from laban.io.loss import (
    field_losses,
    mean_fps,
    metadata_losses,
    skeleton_losses,
    time_losses,
    warn_of_loss,
)
from laban.io.people import given, on_skeleton, pixels_of
from laban.io.world import hip_centred

LOSS: Final = (
    "person ids, depth_px, body, score, metadata, unevenness of the times, unseen rows at either end; world_m (or "
    "with space='world' the pixels, the visibility staying); joints outside coco17 (or the skeleton asked for); an "
    "unknown visibility becomes 1"
)
SPACES: Final = ("image", "world")
_USUAL: Final = {(17, 2): "coco17", (25, 3): "ntu25", (18, 2): "openpose18"}


def read(
    path: Path,
    *,
    index: int | None = None,
    name: str | None = None,
    fps: float | None = None,
    skeleton: str | None = None,
) -> Recording:
    """One clip of a file: the first, the one at ``index``, or the one whose ``frame_dir`` is ``name``.

    Without ``fps`` the one that Laban noted in the clip, else 30. 17, 18 and 25 joints are taken for
    coco17, openpose18 and ntu25, as in PYSKL, unless the clip or ``skeleton`` says otherwise.
    """
    with reading(path, form="PYSKL pickle"):
        chosen = _chosen(read_clips(path), index=index, name=name)
        return recording_of_annotation(chosen, fps=fps, skeleton=skeleton)


def recording_of_annotation(
    annotation: Annotation, *, fps: float | None = None, skeleton: str | None = None
) -> Recording:
    """The people of one clip as a recording; a person who is never seen is left out."""
    joints = _skeleton(annotation, asked=skeleton)
    clock = clock_of(annotation.fps if fps is None else fps)
    times_s = clock.times_s(annotation.points.shape[1])
    people, note = _people(annotation, joints, times_s)
    label = {} if annotation.label is None else {"label": annotation.label}
    metadata = noted("pyskl", clock.note, note, **label)
    return Recording(annotation.name, times_s, people, annotation.size_wh, metadata)


def write(
    recording: Recording,
    path: Path,
    *,
    skeleton: str | None = None,
    space: str | None = None,
    label: int | None = None,
) -> None:
    """Writes one clip, named after the recording's source, its label from ``label`` or the metadata, else −1.

    The clip is named in the splits train and val, because PYSKL and MMAction2 need them.

    ``space`` is ``image`` or ``world``, by default ``image`` where there are pixels. ``skeleton`` is coco17
    for pixels and the recording's own for metres unless another is named.
    """
    people = recording.people
    if not people or not len(recording.times_s):
        raise InvalidValueError("the recording has no people, a PYSKL clip needs at least one")
    space = space or ("image" if all(one.image_px is not None for one in people.values()) else "world")
    if space not in SPACES:
        raise InvalidValueError(f"space must be image or world, got {space!r}")
    own = next(iter(people.values())).skeleton.name
    target = skeleton_named(skeleton or ("coco17" if space == "image" else own))
    clip = _clip(recording, on_skeleton(people, target), target, space=space)
    if label is None:
        noted_label = recording.metadata.get("label", -1)
        label = noted_label if type(noted_label) is int else -1
    name, fps = clip["frame_dir"], mean_fps(recording.times_s)
    content = {
        "split": {"train": [name], "val": [name]},
        "annotations": [{**clip, "label": label, "fps": fps}],
    }
    with replacing(path) as temporary:
        temporary.write_bytes(pickle.dumps(content, protocol=4))
    losses = [*field_losses(people.values(), kept=("image_px" if space == "image" else "world_m",))]
    losses += ["the class (label -1; training wants a number from 0: pass label=)"] if label < 0 else []
    losses += ["person ids (numbered from 0 instead)"] if list(people) != list(range(len(people))) else []
    losses += [*time_losses(recording.times_s, fps=fps), *skeleton_losses(people.values(), target)]
    warn_of_loss([*losses, *metadata_losses(recording)], form="a PYSKL pickle")


def _chosen(clips: Sequence[Annotation | Unusable], *, index: int | None, name: str | None) -> Annotation:
    """The requested clip, else the first that can be used."""
    if not clips:
        raise FormatError("it holds no clips")
    named = next((place for place, one in enumerate(clips) if one.name == name), None)
    if name is not None and named is None:
        raise UnknownNameError(f"no clip is called {name!r}; there are {len(clips)}")
    usable = (place for place, one in enumerate(clips) if isinstance(one, Annotation))
    position = named if named is not None else next(usable, 0) if index is None else index
    if not 0 <= position < len(clips):
        raise FormatError(f"clip {position} was asked for, it holds {len(clips)}")
    chosen = clips[position]
    if isinstance(chosen, Unusable):
        raise FormatError(chosen.reason)
    return chosen


def _skeleton(annotation: Annotation, *, asked: str | None) -> Skeleton:
    joints, dimensions = annotation.points.shape[2:]
    name = asked or annotation.skeleton or _USUAL.get((joints, dimensions))
    if name is None:
        raise FormatError(
            f"{joints} joints in {dimensions}D are not a known body; pass skeleton= (--skeleton NAME)"
        )
    found = skeleton_named(name) if name in SKELETONS or asked else None
    if found is None or len(found) != joints:
        raise FormatError(
            f"the clip has {joints} joints, which does not fit {name[:60]!r}; pass skeleton= (--skeleton NAME)"
        )
    return found


def _people(
    annotation: Annotation, skeleton: Skeleton, times_s: Float64Array
) -> tuple[dict[int, PoseSequence], dict[str, object]]:
    people: dict[int, PoseSequence] = {}
    notes: dict[str, object] = {}
    for person, (points, visibility) in enumerate(zip(annotation.points, annotation.visibility, strict=True)):
        seen = np.flatnonzero(given(points).any(axis=1))
        if len(seen):
            rows = slice(int(seen[0]), int(seen[-1]) + 1)
            fields, note = _coordinates(points[rows], skeleton, size_wh=annotation.size_wh)
            notes |= note
            people[person] = PoseSequence(
                times_s[rows], skeleton, to_float32(visibility[rows]), size_wh=annotation.size_wh, **fields
            )
    return people, notes


def _coordinates(
    points: Float64Array, skeleton: Skeleton, *, size_wh: tuple[int, int] | None
) -> tuple[dict[str, Float32Array], dict[str, object]]:
    if points.shape[2] == 2:
        return {"image_px": to_float32(_pixels(x_first(points).astype(np.float64), size_wh=size_wh))}, {}
    centred, note = hip_centred(points * np.array([-1.0, -1.0, 1.0]), skeleton)
    return {"world_m": to_float32(centred)}, note


def _pixels(points: Float64Array, *, size_wh: tuple[int, int] | None) -> Float64Array:
    """Pixels, even if a clip holds shares of its image."""
    if not are_shares(points):
        return points
    if size_wh is None:
        raise FormatError("its coordinates run from 0 to 1, and it has no img_shape; expected pixels")
    return points * np.array(size_wh, dtype=np.float64)


def _clip(
    recording: Recording, people: Mapping[int, PoseSequence], target: Skeleton, *, space: str
) -> dict[str, object]:
    dimensions = 2 if space == "image" else 3
    shape = (len(people), len(recording.times_s), len(target))
    points, scores = np.zeros((*shape, dimensions), np.float32), np.zeros(shape, np.float32)
    for place, (person, sequence) in enumerate(people.items()):
        rows = slice(recording.start_of(person), recording.start_of(person) + len(sequence))
        values = _written(sequence, person=person, space=space)
        missing = ~given(values)
        points[place, rows] = np.where(missing[..., None], 0.0, values)
        known = np.where(np.isnan(sequence.visibility), 1.0, sequence.visibility)
        scores[place, rows] = np.where(missing, 0.0, known)
    size = {} if recording.size_wh is None else {"img_shape": recording.size_wh[::-1]}
    return {
        "frame_dir": Path(recording.source).name or "clip",
        "total_frames": len(recording.times_s),
        **size,
        **({"original_shape": size["img_shape"]} if size else {}),
        "keypoint": points,
        "keypoint_score": scores,
        "skeleton": target.name,
    }


def _written(sequence: PoseSequence, *, person: int, space: str) -> Float32Array:
    if space == "image":
        return pixels_of(sequence, person=person)
    if sequence.world_m is None:
        raise InvalidValueError(f"space='world' needs world_m, person {person} has none")
    return sequence.world_m * np.array([-1, -1, 1], dtype=np.float32)
