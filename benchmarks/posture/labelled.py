"""The same measures from labelled keypoints and from our landmarks, on the same images.

The 14 people of four COCO images were labelled by hand, and those of the falls frames by the engine's heavy
network and written as YOLO-pose; both are read back as labels, measured, and compared with the landmarks of the
default network. Compared are measures that both views allow, where both see the person from the
same side; COCO's 17 joints have no feet, no eye corners and no depth. The result is the median difference:
neither side is the truth.
Measures from the ear differ most: in our own landmarks BlazePose's ear, which is too far forward, is corrected, in
labels it is not.
"""

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from benchmarks.posture.labelled_set import write_clean
from benchmarks.posture.posture_of_labels import posture_of_labels
from benchmarks.recognition.sets import DATA
from benchmarks.rows import Row, row
from laban.core.conversions import sequence_of_pose
from laban.core.pose import Pose
from laban.errors import InvalidValueError
from laban.pipeline.image.gathering import Finder, people_finder
from laban.pipeline.image.open import open_images
from laban.pipeline.image.people import whose
from laban.pipeline.image.values import ImageSet, Person
from laban.sources import Limits
from laban.sources.image import read_image
from laban.tasks.posture.assess import assess_sequence
from laban.tasks.posture.report import PostureReport

_LEAST = 5
_SPOKEN = {"deg": ("an angle", "°"), "torso": ("a length", "torso")}
Pair = tuple[PostureReport, PostureReport]


def labelled_rows() -> list[Row]:
    """For each set the share of people seen from the same side, and the median differences by unit and by
    measure."""
    rows = []
    with tempfile.TemporaryDirectory() as place, people_finder() as find:
        coco = open_images(DATA / "coco_samples" / "test_coco.json")
        yolo = open_images(write_clean(Path(place) / "yolo").root)
        for name, images in (("COCO, labelled by hand", coco), ("YOLO-pose, labelled by heavy", yolo)):
            rows += _rows(name, list(_pairs(images, find)))
    return rows


def _rows(name: str, pairs: list[Pair]) -> list[Row]:
    what = f"measures of labels beside those of landmarks, {name}"
    same = [pair for pair in pairs if pair[0].view.name == pair[1].view.name]
    apart: dict[str, dict[str, list[float]]] = {"deg": {}, "torso": {}}
    for ours, theirs in same:
        for one in ours.measured:
            other = theirs[one.name]
            if one.interval and other.interval and one.measure.unit in apart:
                held = apart[one.measure.unit].setdefault(one.name, [])
                held.append(abs(one.interval.value - other.interval.value))
    rows = [row(f"{what}: same view", len(same) / max(len(pairs), 1), "", people=len(pairs))]
    for unit, measures in apart.items():
        every = [value for held in measures.values() for value in held]
        told = {key: float(np.median(held)) for key, held in measures.items() if len(held) >= _LEAST}
        if every:
            of, shown = _SPOKEN[unit]
            value = float(np.median(every))
            rows.append(row(f"{what}: median difference of {of}", value, shown, values=len(every), by=told))
    return rows


def _pairs(images: ImageSet, find: Finder) -> Iterator[Pair]:
    """Reports of all labelled people whom the engine finds too."""
    for image in images.images:
        image_rgb = read_image(image.path, limits=Limits())
        size_wh = (image_rgb.shape[1], image_rgb.shape[0])
        poses = find(image_rgb)
        for person in image.people:
            if person.box_xyxy is None or person.flags is None or not person.flags.any():
                continue
            pose = whose(poses, person.box_xyxy * np.tile(np.array(size_wh, dtype=float), 2))
            if pose is not None:
                yield from _both(person, pose, size_wh)


def _both(person: Person, pose: Pose, size_wh: tuple[int, int]) -> Iterator[Pair]:
    """Nothing of somebody whose shoulders and hips are not labelled."""
    with suppress(InvalidValueError):
        theirs = posture_of_labels(person, size_wh=size_wh)
        yield assess_sequence(sequence_of_pose(pose, size_wh=size_wh)), theirs
