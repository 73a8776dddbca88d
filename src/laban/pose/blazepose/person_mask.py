"""Which pixels of an image are the person: the mask branch of the landmark network, which the engine removes."""

import numpy as np

from laban.assets import asset_path
from laban.core.arrays import Float32Array, Float64Array
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33
from laban.pose.blazepose.graph_pruning import keep_outputs
from laban.pose.blazepose.regions import Region, region_from_points
from laban.pose.blazepose.sampling import sample_rgb
from laban.pose.blazepose.weights import MODELS
from laban.runtime.litert import Network, read_model

_MASK_OUTPUT = 2
_REACH = 1.1
"""The circle around the body extends beyond the farthest landmark from the hips, for the top of the head."""
_HIPS = tuple(BLAZEPOSE33.index(name) for name in ("left_hip", "right_hip"))
_SHOULDERS = tuple(BLAZEPOSE33.index(name) for name in ("left_shoulder", "right_shoulder"))
_BODY = [
    BLAZEPOSE33.index(name)
    for name in ("nose", "left_wrist", "right_wrist", "left_ankle", "right_ankle", "left_knee", "right_knee")
]


class PersonMask:
    """The segmentation output of BlazePose's landmark network; one instance serves one thread."""

    def __init__(self, *, model: str = "full") -> None:
        name = MODELS[model]
        content = keep_outputs(read_model(asset_path(name), name=name), wanted=(_MASK_OUTPUT,))
        self._network = Network(content, name=name)
        self._size = self._network.input_shape[1]

    def of(self, frame: Frame, pose: Pose) -> Float32Array:
        """(H, W) the probability that each pixel of ``frame`` belongs to the person of ``pose``."""
        import cv2

        region = _region(pose)
        matrix = region.sampling_matrix(self._size)
        crop = sample_rgb(frame, matrix, size=self._size)
        logits = self._network.run(
            lambda tensor: np.multiply(crop, np.float32(1 / 255), out=tensor[0]),
            lambda outputs: outputs[0][0, ..., 0].copy(),
        )
        probability = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
        placed = cv2.warpAffine(probability, matrix, frame.size_wh, flags=cv2.INTER_LINEAR)
        return np.asarray(placed, dtype=np.float32)


def _region(pose: Pose) -> Region:
    """The square that contains the whole body, with hips in the middle and shoulders up."""
    points = pose.image_px.astype(np.float64)
    hips, shoulders = (points[list(part)].mean(axis=0) for part in (_HIPS, _SHOULDERS))
    up = shoulders - hips
    length = float(np.hypot(*up))
    reach = float(np.linalg.norm(points[_BODY] - hips, axis=1).max()) * _REACH
    direction: Float64Array = up / length if length > 0 else np.array([0.0, -1.0])
    return region_from_points(hips, hips + direction * max(reach, 1.0))
