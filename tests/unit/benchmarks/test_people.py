"""The truth about the images is whole, and the lines made of it say what they should."""

import json

import numpy as np
import pytest
from benchmarks import people
from benchmarks.people_scores import Found, Truth


def all_seen():
    clips = {clip: people.load_clip(people.TRUTH / f"{clip}.json") for clip in people.CLIPS}
    return clips | people.load_fights(people.TRUTH / "fights_people.json")


@pytest.mark.parametrize(("name", "seen"), all_seen().items())
def test_boxes_lie_in_the_image_and_names_are_of_one_person(name, seen):
    width, height = seen.size_wh
    for frame in seen.frames.values():
        assert len({one.person for one in frame}) == len(frame)
        for one in frame:
            x0, y0, x1, y1 = one.box_xyxy_px
            assert 0 <= x0 < x1 <= width
            assert 0 <= y0 < y1 <= height
            assert one.kind in ("clear", "hard", "uncertain")


def test_there_are_enough_frames_to_say_something():
    seen = all_seen()
    assert all(len(seen[clip].frames) == 16 for clip in people.CLIPS)
    fights = people.load_fights(people.TRUTH / "fights_people.json")
    assert len(fights) == 100
    assert all(len(one.frames) == 1 for one in fights.values())


def test_the_truth_tells_how_it_was_made():
    for path in people.TRUTH.glob("*.json"):
        assert len(json.loads(path.read_text())["how"]) > 100


class FakeEngine:
    """Finds ann wherever she is, and a ghost in the second frame."""

    def __init__(self, detector):
        self.detector = detector

    def watch(self, video, *, wanted):
        ann = Found(np.array([10.0, 10.0, 30.0, 90.0]), np.array([20.0, 50.0]))
        ghost = Found(np.array([60.0, 10.0, 80.0, 90.0]), np.array([70.0, 50.0]))
        return people.Watched((1, 2, 0, 0), {0: [ann], 1: [ann, ghost], 2: []})


@pytest.fixture
def small_world(monkeypatch, tmp_path):
    ann = Truth("ann", (10, 10, 30, 90))
    seen = people.Seen((100, 100), {0: [ann], 1: [ann], 2: [ann]})
    monkeypatch.setattr(people, "_Engine", FakeEngine)
    monkeypatch.setattr(people, "asset_path", lambda clip: tmp_path / clip)
    monkeypatch.setattr(people, "load_clip", lambda path: seen)
    monkeypatch.setattr(people, "load_fights", lambda path: {"one": seen, "two": seen})
    monkeypatch.setattr(people, "FIGHTS", tmp_path)


def by_name(rows):
    return {one["what"]: one for one in rows}


def test_clips_are_counted_in_the_sampled_frames(small_world):
    rows = by_name(people.clip_rows())
    found = rows["people found in the sample clips, yolox"]
    assert found["value"] == pytest.approx(200 / 3)
    assert (found["at_least"], found["met"]) == (95, False)
    assert found["clips"]["demo"]["most_at_once"] == 2
    ghosts = rows["ghosts in the sample clips, yolox"]
    assert ghosts["value"] == pytest.approx(100 / 3)
    assert rows["ghosts in the sample clips, blazepose"]["met"] is None


def test_fights_are_shares_of_all_frames(small_world):
    rows = by_name(people.fight_rows())
    assert rows["fight frames with a person, yolox"]["value"] == 50.0
    assert rows["fight frames with a person, yolox"]["frames"] == 8
    assert rows["fight frames with two people, blazepose"]["value"] == 25.0
    assert rows["ghosts in fights, yolox"]["clips_with_ghosts"] == ["one", "two"]
    assert rows["people found in fights, blazepose"]["wanted"] == 6


def test_without_the_fights_their_lines_are_left_out_and_it_is_told(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(people, "FIGHTS", tmp_path / "absent")
    assert people.fight_rows() == []
    assert "left out" in capsys.readouterr().err
