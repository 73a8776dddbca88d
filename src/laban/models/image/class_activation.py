"""Class activation maps: where in an image a classifier found its answer."""

import numpy as np

from laban.core.arrays import Float32Array, FloatArray


def evidence(places: FloatArray, label: int) -> Float32Array:
    """(H, W) the evidence of each position for class ``label`` compared with the other classes on average; its mean
    is by how much the class's logit is above theirs. ``places`` (H, W, K)."""
    others = np.delete(places, label, axis=-1).mean(axis=-1) if places.shape[-1] > 1 else 0.0
    return np.asarray(places[..., label] - others, dtype=np.float32)


def share_within(held: FloatArray, mask: FloatArray) -> float:
    """The share of the positive evidence that lies within ``mask`` (S, S), 0 to 1.

    NaN where there is no positive evidence.
    """
    import cv2

    positive = np.maximum(np.asarray(held, dtype=np.float32), 0.0)
    size = (positive.shape[1], positive.shape[0])
    within = cv2.resize(np.asarray(mask, dtype=np.float32), size, interpolation=cv2.INTER_AREA)
    total = float(positive.sum())
    return float((positive * within).sum()) / total if total > 0 else float("nan")
