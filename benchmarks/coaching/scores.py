"""The published pose scores: on the same landmarks as another, plain implementation, and on real frames.

The plain implementation is written out with Python's own numbers and shares no line with the library. Both get
2,000 pairs of poses of Penn Action, drawn by seed. The published cases are looked for in frames of the sample clip
``demo``: one and its mirror image, two neighbours of somebody who stands, and two of somebody who crouches and of
somebody who walks.
"""

import math
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.recognition.sets import penn_action
from benchmarks.rows import Row, row
from laban.assets import asset_path
from laban.core.arrays import BoolArray, Float64Array, ImageArray
from laban.core.sequence import PoseSequence
from laban.core.skeleton import SKELETONS
from laban.pipeline.recording.extract import extract
from laban.sources import open_source
from laban.tasks.comparison.similarity import Scores, published_scores

_PAIRS = 2000
_FRAMES = {"standing": 0, "standing still": 1, "crouching": 60, "from the side": 195, "walking": 90}
_MAIN = (("shoulder", "elbow", "wrist"), ("elbow", "shoulder", "hip"), ("shoulder", "hip", "knee"))
_LOW, _HIGH = 60.0, 85.0  # percent: published are 42 and 97

Point = Sequence[float]


def score_rows() -> list[Row]:
    """Exactness of both formulas, and what the published cases come to."""
    apart = np.abs(np.array([_difference(*pair) for pair in _pairs()])).max(axis=0)
    return [
        row("published coordinate score, most off a plain implementation", apart[0], "", at_most=1e-6),
        row("published angle score, most off a plain implementation", apart[1], "", at_most=1e-6),
        *_case_rows(_filmed()),
    ]


def _case_rows(filmed: dict[str, PoseSequence]) -> list[Row]:
    cases = {
        "two frames of one pose": (filmed["standing"], filmed["standing still"], True, True),
        "a frame and its mirror image": (filmed["from the side"], filmed["mirror image"], False, True),
        "two poses": (filmed["crouching"], filmed["walking"], False, False),
    }
    rows = []
    for name, (first, second, *high) in cases.items():
        found = _scores(first, second)
        for kind, value, is_high in zip(
            ("coordinate", "angle"), (found.coordinate_percent, found.angle_percent), high, strict=True
        ):
            bound = {"at_least": _HIGH} if is_high else {"at_most": _LOW}
            rows.append(row(f"{name}: {kind} score", value, "%", **bound))
    return rows


def _difference(first: PoseSequence, second: PoseSequence) -> tuple[float, float]:
    """By how much both distances differ from the plain ones."""
    found = _scores(first, second)
    points = [_points(one) for one in (first, second)]
    return (
        found.coordinate_distance - _plain_coordinate_distance(*points),
        found.angle_distance - _plain_angle_distance(*points),
    )


def _plain_coordinate_distance(first: dict[str, Point], second: dict[str, Point]) -> float:
    vectors = []
    for points in (first, second):
        middle = [(a + b) / 2 for a, b in zip(points["left_hip"], points["right_hip"], strict=True)]
        vectors.append([value - middle[axis] for name in points for axis, value in enumerate(points[name])])
    dot = math.fsum(a * b for a, b in zip(*vectors, strict=True))
    lengths = [math.sqrt(math.fsum(a * a for a in vector)) for vector in vectors]
    return math.sqrt(max(0.0, 2 * (1 - dot / (lengths[0] * lengths[1]))))


def _plain_angle_distance(first: dict[str, Point], second: dict[str, Point]) -> float:
    terms = []
    for side in ("left", "right"):
        for before, at, after in (*_MAIN, ("hip", "knee", "ankle")):
            one, other = (
                plain_angle(*(points[f"{side}_{name}"] for name in (before, at, after)))
                for points in (first, second)
            )
            terms.append(abs(one - other) / ((one + other) / 2))
    return math.fsum(terms) / len(terms)


def plain_angle(before: Point, at: Point, after: Point) -> float:
    """The angle at a point in degrees, 0 to 180."""
    turn = math.atan2(before[1] - at[1], before[0] - at[0]) - math.atan2(after[1] - at[1], after[0] - at[0])
    degrees = abs(math.degrees(turn)) % 360
    return 360 - degrees if degrees > 180 else degrees


def _pairs() -> list[tuple[PoseSequence, PoseSequence]]:
    """Pairs of whole poses of different people."""
    rng = np.random.default_rng(0)
    whole = []
    for item in rng.permutation(np.array(penn_action().items, dtype=object))[: 2 * _PAIRS]:
        sequence = item.recording.people[0]
        seen = np.flatnonzero(_has_angles(np.asarray(sequence.image_px, dtype=np.float64)))
        whole += [sequence.take(slice(int(one), int(one) + 1)) for one in rng.permutation(seen)[:4]]
    order = rng.permutation(len(whole))[: 2 * _PAIRS]
    return [(whole[one], whole[other]) for one, other in order.reshape(-1, 2)]


def _has_angles(points: Float64Array) -> BoolArray:
    """(T,) where no joint is missing and no two of them are in one place."""
    apart = np.linalg.norm(points[:, :, None] - points[:, None], axis=-1)
    return np.asarray(
        (apart + np.eye(points.shape[1]) > 0).all(axis=(1, 2)) & np.isfinite(points).all(axis=(1, 2))
    )


def _points(sequence: PoseSequence) -> dict[str, Point]:
    values: Float64Array = np.asarray(sequence.image_px, dtype=np.float64)[0]
    return dict(zip(SKELETONS["penn13"].names, values.tolist(), strict=True))


def _scores(first: PoseSequence, second: PoseSequence) -> Scores:
    found = published_scores(first, second)
    if found is None:
        raise ValueError("poses of pixels and one skeleton have published scores")
    return found


def _filmed() -> dict[str, PoseSequence]:
    """Whoever is tallest in frames of the sample clip, found anew in each."""
    with open_source(asset_path("demo")) as source:
        images = {name: next(iter(source.frames(at, at + 1))).image_rgb for name, at in _FRAMES.items()}
    images["mirror image"] = np.ascontiguousarray(images["from the side"][:, ::-1])
    with tempfile.TemporaryDirectory() as folder:
        return {name: _tallest(image, Path(folder)) for name, image in images.items()}


def _tallest(image: ImageArray, folder: Path) -> PoseSequence:
    import cv2

    path = folder / "frame.png"
    cv2.imwrite(str(path), image[..., ::-1])
    people = extract(path, detector="blazepose", workers=1).people.values()
    return max(people, key=lambda one: float(np.ptp(np.asarray(one.image_px)[0, :, 1])))
