"""Values that look right and are not: marks for "not seen", swapped axes, shares for pixels, rates of files."""

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from laban.core.arrays import Float64Array
from laban.errors import FormatError
from laban.io.formats import load
from laban.io.loss import AssumptionWarning


def _walk(frames: int = 40, *, start: float = 300.0) -> Float64Array:
    """(T, 17, 2) pixels of somebody who moves slowly."""
    joints = np.random.default_rng(0).uniform([0, 0], [80, 240], (17, 2))
    path = np.stack([start + np.arange(frames), np.full(frames, 200.0)], axis=1)
    return joints + path[:, None]


def _results(points: Float64Array) -> list[dict[str, Any]]:
    flat = np.concatenate([points, np.full((*points.shape[:2], 1), 0.9)], axis=2).reshape(len(points), -1)
    return [
        {"image_id": index, "category_id": 1, "keypoints": row.tolist(), "score": 0.9}
        for index, row in enumerate(flat)
    ]


@pytest.mark.parametrize("form", ["npy", "coco"])
def test_a_joint_at_minus_one_is_not_seen(tmp_path: Path, form: str) -> None:
    points = _walk()
    points[5:9, 9] = -1
    path = tmp_path / f"poses.{form}"
    if form == "npy":
        np.save(path, points)
    else:
        path.write_text(json.dumps(_results(points)))
    with pytest.warns(AssumptionWarning, match="4 joints at -1 are taken as not seen"):
        sequence = load(path, format=form, size_wh=(1280, 720)).people[0]
    assert sequence.image_px is not None
    assert np.isnan(sequence.image_px[5:9, 9]).all()
    assert np.isfinite(np.delete(sequence.image_px, 9, axis=1)).all()


@pytest.mark.parametrize("people", [1, 2])
def test_an_array_by_person_first_is_refused(tmp_path: Path, people: int) -> None:
    path = tmp_path / "poses.npy"
    np.save(path, np.stack([_walk(start=300.0 * (person + 1)) for person in range(people)]))
    with pytest.raises(FormatError, match="swap the first two axes"):
        load(path)


def test_a_crowd_in_one_image_is_people(tmp_path: Path) -> None:
    path = tmp_path / "poses.npy"
    places = np.random.default_rng(1).uniform(0, 2000, (1, 30, 1, 2))
    np.save(path, _walk(1)[:, None] + places)
    assert len(load(path).people) == 30


@pytest.mark.parametrize("sized", [True, False])
def test_a_pickle_of_shares_is_scaled_by_its_image_or_refused(tmp_path: Path, sized: bool) -> None:
    points = _walk()
    clip = {"frame_dir": "walk", "label": 0, "total_frames": 40, "keypoint": points[None] / [1280, 720]}
    path = tmp_path / "poses.pkl"
    path.write_bytes(pickle.dumps([{**clip, **({"img_shape": (720, 1280)} if sized else {})}]))
    if not sized:
        with pytest.raises(FormatError, match="img_shape"):
            load(path)
        return
    np.testing.assert_allclose(load(path).people[0].image_px, points, rtol=1e-5)


@pytest.mark.parametrize("content", [{"fps": 25}, {"metadata": {"frameRate": 25.0}}])
def test_the_rate_beside_mediapipe_frames_is_the_clock(tmp_path: Path, content: dict[str, Any]) -> None:
    landmarks = [{"x": 0.5 + index / 100, "y": index / 40, "z": 0.0} for index in range(33)]
    frames = [{"frame": index, "landmarks": landmarks} for index in range(3)]
    path = tmp_path / "poses.json"
    path.write_text(json.dumps({**content, "frames": frames}))
    recording = load(path, size_wh=(1280, 720))
    np.testing.assert_allclose(recording.times_s, [0, 0.04, 0.08])
    assert "assumed" not in recording.metadata
    np.testing.assert_allclose(load(path, size_wh=(1280, 720), fps=50).times_s, [0, 0.02, 0.04])
