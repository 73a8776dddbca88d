"""People with manually labelled joints: keypoint files of COCO, CrowdPose and COCO-WholeBody.

All are evaluated on COCO's 17 joints, found by the names in the file. Joints that a data set does not label (the
face in CrowdPose) are left out, and so are those that COCO lacks (CrowdPose's head and neck, the feet, hands and
face of COCO-WholeBody).
"""

import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated

import numpy as np
from pydantic import BaseModel, Field, ValidationError

from laban.core.arrays import BoolArray, Float64Array
from laban.core.skeleton import COCO17
from laban.errors import FormatError
from laban.io.joint_names import joint_named

_VALUES = 3 * len(COCO17)
_BODY = tuple(name for name in COCO17.names if name.split("_")[-1] not in ("nose", "eye", "ear"))
"""The joints that a file must have: shoulders to ankles."""
_COCO_PLACES = tuple(range(len(COCO17)))
_Pixels = Annotated[float, Field(ge=-1e6, le=1e6)]


@dataclass(frozen=True, eq=False)
class TruePerson:
    """One marked person: ``image_px`` (17, 2) with NaN where a joint is not marked, ``area_px`` for OKS."""

    image_px: Float64Array
    area_px: float
    box_xywh_px: tuple[float, float, float, float]
    crowd: bool

    @property
    def marked(self) -> BoolArray:
        """(17,) which joints are marked, whether in sight or hidden."""
        marked: BoolArray = np.isfinite(self.image_px[:, 0])
        return marked


@dataclass(frozen=True, eq=False)
class TrueImage:
    """One image and everybody marked in it; ``size_wh`` in pixels where the file tells it."""

    number: int
    file_name: str
    people: tuple[TruePerson, ...]
    size_wh: tuple[int, int] | None = None


class _Image(BaseModel):
    id: int
    file_name: str
    width: int | None = None
    height: int | None = None

    @property
    def size_wh(self) -> tuple[int, int] | None:
        return None if self.width is None or self.height is None else (self.width, self.height)


class _Category(BaseModel):
    id: int
    keypoints: list[str] = []


class _Annotation(BaseModel):
    image_id: int
    category_id: int
    keypoints: list[_Pixels] = []
    bbox: Annotated[list[_Pixels], Field(min_length=4, max_length=4)]
    area: Annotated[float, Field(gt=0, le=1e12)] | None = None
    iscrowd: bool = False


class _File(BaseModel):
    images: list[_Image]
    annotations: list[_Annotation]
    categories: list[_Category] = []


def read_keypoint_truth(path: Path) -> tuple[TrueImage, ...]:
    """The images and people of a keypoint file in COCO's form, on COCO's 17 joints, in the file's order.

    Annotations of categories without joints are skipped. Raises FormatError where the file cannot be read, is
    not of this format, marks other joints, or names an image outside the folder of images.
    """
    content = _parsed(path)
    places = _places(content, path=path)
    _check_numbers(content, path=path)
    people: dict[int, list[TruePerson]] = {image.id: [] for image in content.images}
    for annotation in content.annotations:
        if annotation.image_id not in people:
            raise FormatError(f"{path}: a person belongs to image {annotation.image_id}, which is not listed")
        if annotation.keypoints:
            place = places.get(annotation.category_id, _COCO_PLACES)
            people[annotation.image_id].append(_person(annotation, place, path=path))
    return tuple(
        TrueImage(
            image.id, _inside(image.file_name, path=path), tuple(people[image.id]), size_wh=image.size_wh
        )
        for image in content.images
    )


def _parsed(path: Path) -> _File:
    try:
        return _File.model_validate(json.loads(path.read_bytes()))
    except OSError as error:
        raise FormatError(
            f"{path}: cannot be read ({error.strerror}); give a COCO keypoint JSON file"
        ) from error
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{path}: expected a COCO keypoint JSON file; {_reason(error)}") from error


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        if not first["loc"]:
            return "one object that holds images and annotations"
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return str(error).splitlines()[0]


def _places(content: _File, *, path: Path) -> dict[int, tuple[int, ...]]:
    """For each category with joints, where it has each of COCO's 17, −1 where it has not."""
    found = {}
    for category in content.categories:
        names = [joint_named(name) for name in category.keypoints]
        if not set(_BODY) <= set(names) and category.keypoints:
            raise FormatError(
                f"{path}: expected COCO's 17 joints, or shoulders to ankles at least, category {category.id} "
                f"names {len(category.keypoints)} others"
            )
        if category.keypoints:
            found[category.id] = tuple(names.index(joint) if joint in names else -1 for joint in COCO17.names)
    return found


def _check_numbers(content: _File, *, path: Path) -> None:
    numbers = {image.id for image in content.images}
    if len(numbers) < len(content.images):
        raise FormatError(f"{path}: expected a number of its own for each image, some appear twice")
    unlisted = {annotation.image_id for annotation in content.annotations} - numbers
    if unlisted:
        raise FormatError(f"{path}: a person belongs to image {min(unlisted)}, which is not listed")


def _person(annotation: _Annotation, places: tuple[int, ...], *, path: Path) -> TruePerson:
    if len(annotation.keypoints) % 3 or len(annotation.keypoints) // 3 <= max(places):
        raise FormatError(
            f"{path}: expected {_VALUES} values (x, y, v of 17 joints), or three for each joint that the category "
            f"names, got {len(annotation.keypoints)} in image {annotation.image_id}"
        )
    points = np.array(annotation.keypoints, dtype=np.float64).reshape(-1, 3)[list(places)]
    marked = (points[:, 2:] > 0) & (np.array(places) >= 0)[:, None]
    image_px = np.where(marked, points[:, :2], np.nan)
    x, y, width, height = annotation.bbox
    area = annotation.area if annotation.area is not None else max(width * height, 1.0)
    return TruePerson(image_px, area, (x, y, width, height), annotation.iscrowd)


def _inside(file_name: str, *, path: Path) -> str:
    name = PurePosixPath(file_name.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or {":", "\0"} & set(file_name):
        raise FormatError(f"{path}: the image {file_name!r} lies outside the folder of images")
    return str(name)
