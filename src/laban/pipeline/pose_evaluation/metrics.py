"""Metrics of poses: mean average precision by OKS, and PCK."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from laban.core.arrays import BoolArray, Float64Array, FloatArray
from laban.core.body import torso_length
from laban.core.checks import positive
from laban.core.pose import Pose
from laban.core.skeleton import COCO17
from laban.errors import InvalidValueError, MissingExtraError
from laban.pipeline.pose_evaluation.ground_truth import TrueImage, TruePerson

Predictions = Mapping[int, Sequence[Pose]]

_CATEGORY = 1


@dataclass(frozen=True)
class AveragePrecision:
    """COCO's metrics, each from 0 to 1 (NaN where there is nobody to find): the mean over OKS 0.50 to 0.95,
    precision at 0.50 and 0.75, and the mean recall."""

    mean: float
    at_50: float
    at_75: float
    recall: float


@dataclass(frozen=True)
class CorrectPoints:
    """PCK: ``share`` of ``points`` marked joints of ``people`` that were found; NaN where there are none."""

    share: float
    points: int
    people: int


def to_coco17(pose: Pose) -> Pose:
    """The same pose on COCO's 17 joints; joints it does not have are NaN."""
    return pose.to_skeleton(COCO17)


def compute_average_precision(truth: Sequence[TrueImage], predictions: Predictions) -> AveragePrecision:
    """COCO's keypoint metrics by object keypoint similarity (cocodataset.org/#keypoints-eval).

    ``predictions`` maps an image's number to poses on COCO's 17 joints; at most the best 20 by ``score``
    count in each image. A NaN joint counts as wrong. Needs the extra ``evaluate``.
    """
    coco_class, evaluation_class = _evaluator()
    _check_skeletons(predictions)
    known = coco_class(_truth_document(truth))
    found = known.loadRes(_result_rows(truth, predictions))
    evaluation = evaluation_class(known, found, iouType="keypoints", print_function=_silent)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    mean, at_50, at_75, recall = (_figure(evaluation.stats[place]) for place in (0, 1, 2, 5))
    return AveragePrecision(mean, at_50, at_75, recall)


def compute_correct_points(
    truth: Sequence[TrueImage], predictions: Predictions, *, threshold: float = 0.2
) -> CorrectPoints:
    """PCK: the share of marked joints that lie within ``threshold`` torso lengths of the true place.

    The torso length is that of the true person, mid-shoulder to mid-hip; people without both shoulders and
    both hips marked have none and do not count, nor do crowds. Each pose stands for at most one person, and
    poses are given to people so that as many joints as possible are right; all joints of a person without
    a pose are wrong, and so is a NaN joint.
    """
    positive(threshold, name="threshold")
    _check_skeletons(predictions)
    right = points = people = 0
    for image in truth:
        measured = [person for person in image.people if _torso_px(person) > 0]
        right += _right_points(measured, predictions.get(image.number, ()), threshold=threshold)
        points += sum(int(person.marked.sum()) for person in measured)
        people += len(measured)
    return CorrectPoints(right / points if points else float("nan"), points, people)


def require_evaluator() -> None:
    """Raises MissingExtraError where the extra ``evaluate`` is not installed."""
    _evaluator()


def _evaluator() -> tuple[Any, Any]:
    try:
        from faster_coco_eval import COCO, COCOeval_faster
    except ImportError as error:
        raise MissingExtraError(
            "mAP needs faster-coco-eval; get it with: pip install 'laban[evaluate]'"
        ) from error
    return COCO, COCOeval_faster


def _silent(*_: object) -> None:
    """Silences the evaluator's own printing."""


def _figure(value: float) -> float:
    """COCO writes -1 where there is nothing to measure."""
    return float(value) if value >= 0 else float("nan")


def _check_skeletons(predictions: Predictions) -> None:
    others = {pose.skeleton.name for poses in predictions.values() for pose in poses} - {COCO17.name}
    if others:
        raise InvalidValueError(
            f"scores need poses on coco17, got {', '.join(sorted(others))}; use to_coco17"
        )


def _truth_document(truth: Sequence[TrueImage]) -> dict[str, object]:
    people = [(image.number, person) for image in truth for person in image.people]
    return {
        "images": [{"id": image.number, "file_name": image.file_name} for image in truth],
        "categories": [{"id": _CATEGORY, "name": "person", "keypoints": list(COCO17.names)}],
        "annotations": [_truth_row(row, number, person) for row, (number, person) in enumerate(people, 1)],
    }


def _truth_row(row: int, number: int, person: TruePerson) -> dict[str, object]:
    return {
        "id": row,
        "image_id": number,
        "category_id": _CATEGORY,
        "keypoints": _flat(person.image_px, third=np.where(person.marked, 2.0, 0.0)),
        "num_keypoints": int(person.marked.sum()),
        "area": person.area_px,
        "bbox": list(person.box_xywh_px),
        "iscrowd": int(person.crowd),
    }


def _result_rows(truth: Sequence[TrueImage], predictions: Predictions) -> list[dict[str, object]]:
    return [
        {
            "image_id": image.number,
            "category_id": _CATEGORY,
            "keypoints": _flat(pose.image_px, third=np.ones(len(COCO17))),
            "score": pose.score,
        }
        for image in truth
        for pose in predictions.get(image.number, ())
    ]


def _flat(image_px: FloatArray, *, third: Float64Array) -> list[float]:
    """x, y and a third value a joint; COCO writes an absent joint as zeros."""
    rows = np.column_stack([np.nan_to_num(image_px, nan=0.0), third])
    values: list[float] = rows.astype(np.float64).ravel().tolist()
    return values


def _torso_px(person: TruePerson) -> float:
    """The true torso length; 0 for a crowd and where it is not known."""
    length = float(torso_length(person.image_px, COCO17))
    return 0.0 if person.crowd or np.isnan(length) else length


def _right_points(people: Sequence[TruePerson], poses: Sequence[Pose], *, threshold: float) -> int:
    if not people or not poses:
        return 0
    from scipy.optimize import linear_sum_assignment

    right = np.array(
        [[_right(person, pose, threshold=threshold).sum() for pose in poses] for person in people]
    )
    rows, columns = linear_sum_assignment(right, maximize=True)
    return int(right[rows, columns].sum())


def _right(person: TruePerson, pose: Pose, *, threshold: float) -> BoolArray:
    distance_px = np.linalg.norm(pose.image_px - person.image_px, axis=1)
    right: BoolArray = distance_px <= threshold * _torso_px(person)
    return right
