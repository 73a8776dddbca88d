"""A body in a single image as a window of one row, so that landmark models learn from images as from movement."""

from collections.abc import Sequence

import numpy as np

from laban.core.arrays import Float32Array, IntArray
from laban.core.clock import WindowSpec
from laban.core.conversions import sequence_of_pose
from laban.core.pose import Pose
from laban.features.spec import FeatureSpec
from laban.models.card import Task
from laban.models.examples import UNLABELLED, Clip, Examples

INSTANT = WindowSpec(length_s=1 / 30, hop_s=1 / 30, fps=30.0)
"""A window of one row."""
SPEC = FeatureSpec(("xy", "world", "front"))


def values_of(poses: Sequence[Pose | None], spec: FeatureSpec = SPEC) -> Float32Array:
    """(N, 1, F) the features of bodies, NaN for nobody."""
    out = np.full((len(poses), 1, spec.width), np.nan, dtype=np.float32)
    for row, pose in zip(out, poses, strict=True):
        if pose is not None:
            row[0] = spec.compute(sequence_of_pose(pose)).values[0]
    return out


def examples_of_images(
    clips: Sequence[Clip],
    labels: IntArray,
    task: Task,
    poses: Sequence[Pose | None],
    *,
    spec: FeatureSpec = SPEC,
) -> Examples:
    """One example per image with its landmarks as values, and its name, group, split and subgroups as a clip;
    ``labels`` (N,) positions of classes."""
    count = len(clips)
    return Examples(
        spec,
        INSTANT,
        (task,),
        tuple(clips),
        values_of(poses, spec),
        np.asarray(labels, dtype=np.int64)[:, None],
        np.arange(count),
        np.zeros(count, dtype=np.int64),
        np.zeros(count),
    )


def with_mirrored(examples: Examples, becomes: IntArray) -> Examples:
    """The examples followed by their mirror images, each with the class that it ``becomes`` (K,), unlabelled where
    that is -1."""
    from dataclasses import replace

    order, sign = examples.spec.mirror
    labels = np.where(examples.labels >= 0, becomes[np.maximum(examples.labels, 0)], UNLABELLED)
    values = (examples.values[..., order] * sign).astype(np.float32)
    return replace(
        examples,
        values=np.concatenate([examples.values, values]),
        labels=np.concatenate([examples.labels, labels]),
        **{name: np.concatenate([getattr(examples, name)] * 2) for name in ("clip", "person", "start_s")},
    )
