"""Checks left and right of all labelled people: by the labels alone, and by the pose engine."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from laban.core.arrays import ImageArray
from laban.core.pose import Pose
from laban.core.progress import Progress
from laban.core.skeleton import COCO17, map_skeleton
from laban.errors import SourceError
from laban.pipeline.image.findings import ImageAuditSettings
from laban.pipeline.image.people import whose
from laban.pipeline.image.scan import Seen
from laban.pipeline.image.sides import face_is_seen, side_contradictions, side_disagreements
from laban.pipeline.image.values import Person, Problem
from laban.sources import Limits
from laban.sources.image import read_image

_ALL_SEEN = 0.97
_SURE = 0.5
_LEAST_PEOPLE = 5

Finder = Callable[[ImageArray], list[Pose]]


def sides(
    seen: Sequence[Seen],
    settings: ImageAuditSettings,
    *,
    find: Finder | None = None,
    progress: Progress | None = None,
) -> Iterator[Problem]:
    """All people with COCO's 17 joints whose left and right contradict themselves or, with ``find``, the image."""
    tell = faces_tell([person for one in seen for person in one.image.people])
    for count, one in enumerate(seen, 1):
        people = [person for person in one.image.people if _has_sides(person)] if one.refused is None else []
        poses = _found(one, find) if people and find is not None else []
        for person in people:
            words = list(_contradictions(one, person, settings, tell)) or list(
                _disagreements(one, person, poses)
            )
            if words:
                yield Problem("sides-swapped", one.image.name, f"{person.where}: {words[0]}")
        if progress is not None:
            progress(count, len(seen))


def faces_tell(people: Sequence[Person]) -> bool:
    """Whether the flags of faces show who looks at the camera: where all are seen, a program has set them."""
    flags = [person.flags for person in people if person.flags is not None and _has_sides(person)]
    share = sum(face_is_seen(one) for one in flags) / max(len(flags), 1)
    return len(flags) < _LEAST_PEOPLE or share < _ALL_SEEN


def _has_sides(person: Person) -> bool:
    return person.joints is not None and len(person.joints) == len(COCO17)


def _contradictions(seen: Seen, person: Person, settings: ImageAuditSettings, tell: bool) -> Iterator[str]:
    if person.joints is not None and person.flags is not None:
        points = person.joints * seen.pixels
        yield from side_contradictions(points, person.flags, torso=settings.side_torso, faces_tell=tell)


def _disagreements(seen: Seen, person: Person, poses: Sequence[Pose]) -> Iterator[str]:
    if person.joints is None or person.flags is None or person.box_xyxy is None:
        return
    pose = whose(poses, person.box_xyxy * np.tile(seen.pixels, 2))
    if pose is not None:
        mapping = map_skeleton(pose.skeleton, COCO17)
        sure = np.asarray(mapping.apply_visibility(pose.visibility) >= _SURE)
        found = mapping.apply(pose.image_px)
        yield from side_disagreements(person.joints * seen.pixels, person.flags, found, sure)


def _found(seen: Seen, find: Finder | None) -> list[Pose]:
    try:
        return find(read_image(seen.image.path, limits=Limits())) if find is not None else []
    except SourceError:
        return []
