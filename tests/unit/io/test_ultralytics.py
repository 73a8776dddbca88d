"""Detections frame by frame in JSON, as Ultralytics and people's own scripts write them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.io.standing import NAMES, SIZE_WH, standing

import laban
from laban.errors import FormatError
from laban.io import AssumptionWarning, format_of

POINTS = standing()


def found(points: np.ndarray, **more: Any) -> dict[str, Any]:
    """One detection as ``summary`` gives it."""
    low, high = points.min(axis=0), points.max(axis=0)
    box = {"x1": low[0], "y1": low[1], "x2": high[0], "y2": high[1]}
    keypoints = {"x": points[:, 0].tolist(), "y": points[:, 1].tolist(), "visible": [0.9] * len(points)}
    return {"name": "person", "class": 0, "confidence": 0.8, "box": box, **more, "keypoints": keypoints}


def dump(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


FILM = [[found(one)] for one in POINTS]
TRIPLES = np.concatenate([POINTS, np.full((12, 17, 1), 0.9)], axis=2)


@pytest.mark.parametrize(
    "content",
    [
        FILM,
        [json.dumps(frame) for frame in FILM],
        "\n".join(map(json.dumps, FILM)),
        "\n".join(json.dumps(json.dumps(frame, indent=2)) for frame in FILM),
        [{"frame": index, "results": frame} for index, frame in enumerate(FILM)],
        [{"frame": 11 - index, "detections": frame} for index, frame in enumerate(FILM[::-1])],
        {str(index): frame for index, frame in enumerate(FILM)},
        {f"img_{index}.jpg": FILM[index] for index in (3, 10, 2, 0, 1, 11, 4, 5, 6, 9, 8, 7)},
        {"fps": 30, "frames": FILM},
        [found(one, frame=index) for index, one in enumerate(POINTS)],
        [{"frame": index, "keypoints": one.tolist()} for index, one in enumerate(TRIPLES)],
        "\n".join(
            json.dumps({"frame": index, "keypoints": one.tolist()}) for index, one in enumerate(TRIPLES)
        ),
        [{"frame": index, "keypoints": one.ravel().tolist()} for index, one in enumerate(TRIPLES)],
        [
            {"frame": index, "people": [{"id": 0, "keypoints": one.tolist()}]}
            for index, one in enumerate(TRIPLES)
        ],
        [
            {"frame": index, "keypoints": dict(zip(NAMES, one.tolist(), strict=True))}
            for index, one in enumerate(TRIPLES)
        ],
        [
            {"frame": index, **dict(zip(NAMES, one.tolist(), strict=True))}
            for index, one in enumerate(TRIPLES)
        ],
    ],
    ids=range(16),
)
def test_frames_in_every_shape(tmp_path: Path, content: Any) -> None:
    path = dump(tmp_path / "x.json", content)
    assert format_of(path).name == "ultralytics"
    recording = laban.load(path, fps=20)
    assert list(recording.people) == [0]
    np.testing.assert_allclose(recording.times_s, np.arange(12) / 20)
    np.testing.assert_allclose(recording.people[0].image_px, POINTS, atol=1e-3)
    np.testing.assert_allclose(recording.people[0].visibility, 0.9, atol=1e-6)


def test_ids_scores_and_frames_without_anybody(tmp_path: Path) -> None:
    frames = [[found(one, track_id=3), found(one + np.array([300, 0]), track_id=7)] for one in POINTS]
    frames[4] = []
    frames[5] = [{"name": "ball", "class": 32, "confidence": 0.5, "box": {}}]
    recording = laban.load(dump(tmp_path / "x.json", frames))
    assert list(recording.people) == [3, 7]
    assert len(recording.times_s) == 12
    assert np.isnan(recording.people[7].image_px[4:6]).all()
    np.testing.assert_allclose(recording.people[7].image_px[6] - [300, 0], POINTS[6], atol=1e-3)
    assert recording.people[3].score[0] == pytest.approx(0.8)


def test_gaps_in_the_numbers_of_frames_stay(tmp_path: Path) -> None:
    content = [found(POINTS[index], frame=index) for index in (0, 1, 2, 8)]
    np.testing.assert_allclose(
        laban.load(dump(tmp_path / "x.json", content), fps=10).times_s, [0, 0.1, 0.2, 0.8]
    )


def test_one_list_is_one_image_unless_nobody_could_stand_so(tmp_path: Path) -> None:
    crowd = [found(POINTS[0] + [200 * index, 0]) for index in range(4)]
    with pytest.warns(AssumptionWarning, match="4 detections have no id"):
        assert len(laban.load(dump(tmp_path / "x.json", crowd)).times_s) == 1
    still = [found(one) for one in POINTS]
    with pytest.warns(AssumptionWarning, match="12 bodies each overlap the previous one"):
        recording = laban.load(dump(tmp_path / "x.json", still))
    np.testing.assert_allclose(recording.people[0].image_px, POINTS, atol=1e-3)


def test_shares_of_the_image_need_its_size(tmp_path: Path) -> None:
    path = dump(tmp_path / "x.json", [[found(one / SIZE_WH)] for one in POINTS])
    with pytest.raises(FormatError, match="--size"):
        laban.load(path)
    np.testing.assert_allclose(laban.load(path, size_wh=SIZE_WH).people[0].image_px, POINTS, atol=1e-2)


def test_a_joint_at_0_is_not_seen(tmp_path: Path) -> None:
    points = POINTS.copy()
    points[2, 4] = 0
    recording = laban.load(dump(tmp_path / "x.json", [[found(one)] for one in points]))
    assert np.argwhere(np.isnan(recording.people[0].image_px[..., 0])).tolist() == [[2, 4]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([[found(POINTS[0][:9])]], "9 joints"),
        ([[found(POINTS[0])], [found(POINTS[0][:9])]], "17 and 9 joints"),
        ([[{"keypoints": {"x": [1.0], "y": [1.0, 2.0]}}]], "must hold 1 numbers"),
        ([[{"keypoints": {"x": ["a"], "y": [1.0]}}]], "list of numbers"),
        ([[{"keypoints": [[1.0]] * 17}]], "x and y"),
        ([[{"keypoints": [1.0, 2.0]}]], "three numbers a joint"),
        ([[{"keypoints": 5}]], "list or an object"),
        ([[{"keypoints": [[0.0, 1.0]] * 5000}]], "more than the limit"),
        ([[3]], "list of objects"),
        ([[], []], "none of its detections"),
        (["not json"], "expected JSON"),
        ("3", "list with the detections"),
        ([found(POINTS[0], frame=1), {"frame": 1, "results": []}], "same number"),
        ([[{"keypoints": {"x": [1e39] * 17, "y": [5.0] * 17}}]], "infinite"),
        ('[[{"keypoints": {"x": [NaN], "y": [1]}}]]', "NaN"),
        ('[[{"keypoints": {"x": [1', ""),
    ],
    ids=range(16),
)
def test_what_is_none_is_refused_in_one_line(tmp_path: Path, content: Any, words: str) -> None:
    path = dump(tmp_path / "x.json", content)
    with pytest.raises(FormatError, match=rf"^cannot read [^\n]*{words}[^\n]*\Z"):
        laban.load(path, format="ultralytics")


def test_openpose_a_line_a_frame(tmp_path: Path) -> None:
    lines = [json.dumps({"people": [{"pose_keypoints_2d": one.ravel().tolist()}]}) for one in TRIPLES]
    recording = laban.load(dump(tmp_path / "x.jsonl", "\n".join(lines)), fps=10)
    np.testing.assert_allclose(recording.people[0].image_px, POINTS, atol=1e-3)
    np.testing.assert_allclose(recording.times_s, np.arange(12) / 10)
