"""A body that stands and waves, made up, in the shapes in which files hold it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from laban.core.skeleton import COCO17

SIZE_WH = (1280, 720)
NAMES = COCO17.names
_Y = (0, 0, 0, 1, 1, 6, 6, 14, 14, 20, 20, 22, 22, 34, 34, 46, 46)
_X = (0, 0.7, -0.7, 1.5, -1.5, 4, -4, 6, -6, 6, -6, 3, -3, 3, -3, 3, -3)


def standing(frames: int = 12, *, left: float = 600.0, top: float = 200.0) -> np.ndarray:
    """(T, 17, 2) pixels, y down: 460 high, the right wrist going up and down, no two joints at one point."""
    body = np.stack([np.array(_X) * 10 + left, np.array(_Y) * 10.0 + top], axis=1)
    body += np.arange(34).reshape(17, 2) * 0.13
    points = np.repeat(body[None], frames, axis=0)
    points[:, 10, 1] -= 150 * (1 + np.sin(np.arange(frames) / 2))
    points[:, :, 0] += np.arange(frames)[:, None] * 0.7
    return points


def table(path: Path, points: np.ndarray, **before: Sequence[Any]) -> Path:
    """A CSV with named columns, ``before`` in front of them."""
    header = [*before, *(f"{name}_{axis}" for name in NAMES for axis in "xy")]
    rows = [",".join(header)]
    for index, values in enumerate(points.reshape(len(points), -1)):
        cells = [*(column[index] for column in before.values()), *(repr(float(one)) for one in values)]
        rows.append(",".join(map(str, cells)))
    path.write_text("\n".join(rows) + "\n")
    return path


def results(path: Path, points: np.ndarray) -> Path:
    """A list of COCO results."""
    flat = np.concatenate([points, np.full((*points.shape[:2], 1), 0.9)], axis=2).reshape(len(points), -1)
    found = [
        {"image_id": index, "category_id": 1, "keypoints": row.tolist(), "score": 0.9}
        for index, row in enumerate(flat)
    ]
    path.write_text(json.dumps(found))
    return path
