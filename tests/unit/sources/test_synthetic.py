from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from laban.core.body import torso_length
from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33
from laban.errors import InvalidValueError
from laban.sources import SyntheticScene, SyntheticSource

SCENE = SyntheticScene(people=3, seconds=8.0, seed=1)
HIP, NOSE = BLAZEPOSE33.index("left_hip"), BLAZEPOSE33.index("nose")


def people(scene: SyntheticScene) -> list[PoseSequence]:
    return list(scene.recording().people.values())


def image_px(sequence: PoseSequence) -> np.ndarray:
    assert sequence.image_px is not None
    return sequence.image_px


def world_m(sequence: PoseSequence) -> np.ndarray:
    assert sequence.world_m is not None
    return sequence.world_m


def test_equal_scenes_give_equal_truth_and_images() -> None:
    again = replace(SCENE)
    assert again.recording() == SCENE.recording()
    assert np.array_equal(again.image(1.3), SCENE.image(1.3))
    other = replace(SCENE, seed=2)
    assert other.recording() != SCENE.recording()
    assert not np.array_equal(other.image(1.3), SCENE.image(1.3))


def test_poses_at_any_time_are_those_of_the_recording() -> None:
    times_s = [0.0, 0.4321, 3.3]
    recording = SCENE.recording(times_s)
    for row, time_s in enumerate(times_s):
        for pose in SCENE.poses_at(time_s):
            sequence = recording.people[pose.person or 0]
            assert np.array_equal(pose.image_px, image_px(sequence)[row])
            assert np.array_equal(pose.visibility, sequence.visibility[row])


def test_everybody_is_of_human_size_and_moves_as_people_do() -> None:
    for sequence in people(SCENE):
        metres = world_m(sequence)
        height_m = np.ptp(metres[..., 1], axis=1)
        assert 1.3 < height_m.min() < height_m.max() < 2.0
        assert 0.35 < torso_length(metres, BLAZEPOSE33).min() < 0.65
        assert metres[:, 23:25].mean(axis=1) == pytest.approx(0, abs=1e-6)
        steps_px = np.linalg.norm(np.diff(image_px(sequence), axis=0), axis=2) * SCENE.fps
        assert steps_px.max() < 6.0 * 1.25 * SCENE.size_wh[1] / 3


def test_bones_do_not_stretch() -> None:
    """Thigh and shin keep their lengths, upright and fallen."""
    for sequence in people(replace(SCENE, falls=3)):
        for side in ("left", "right"):
            joints = [BLAZEPOSE33.index(f"{side}_{name}") for name in ("hip", "knee", "ankle")]
            for upper, lower in pairwise(joints):
                lengths = np.linalg.norm(world_m(sequence)[:, upper] - world_m(sequence)[:, lower], axis=1)
                assert np.ptp(lengths) < 1e-5


def test_neighbours_cross_and_the_nearer_hides_the_farther() -> None:
    near, far, _ = people(SCENE)
    order = np.sign(image_px(near)[:, HIP, 0] - image_px(far)[:, HIP, 0])
    assert (np.diff(order) != 0).any()
    meets = np.flatnonzero(np.diff(order))[0]
    trunk = [BLAZEPOSE33.index(f"{side}_hip") for side in ("left", "right")]
    assert far.visibility[meets, trunk].max() == 0
    assert near.visibility[meets, trunk].min() == 1
    assert far.visibility.mean() > 0.7


def test_nobody_leaves_the_image() -> None:
    for sequence in people(SCENE):
        middle = image_px(sequence).mean(axis=1)
        assert (middle > 0).all()
        assert (middle < SCENE.size_wh).all()


def test_a_fall_ends_flat_and_stays_so() -> None:
    scene = replace(SCENE, falls=1)
    (fall,) = scene.falls_seen
    assert (fall.label, fall.person) == ("fall", 0)
    upright, flat = scene.recording([fall.start_s, fall.end_s]).people[0], scene.recording([7.0]).people[0]
    heights_m = np.ptp(world_m(upright)[..., 1], axis=1)
    assert heights_m[0] > 1.3
    assert heights_m[1] < 0.6
    assert np.array_equal(world_m(upright)[1], world_m(flat)[0])
    during = world_m(scene.recording(np.linspace(fall.start_s, fall.end_s, 30)).people[0])
    assert np.diff(np.ptp(during[..., 1], axis=1)).max() < 0.01


def test_behind_a_pillar_nobody_is_seen() -> None:
    scene = replace(SCENE, pillar=True, people=1)
    (sequence,) = people(scene)
    behind = np.abs(image_px(sequence)[..., 0] - 0.42 * scene.size_wh[0]) < 0.069 * scene.size_wh[0]
    assert behind.any()
    assert sequence.visibility[behind].max() == 0
    assert people(replace(scene, pillar=False))[0].visibility[behind].min() == 1


def test_the_image_shows_people_where_the_truth_says() -> None:
    empty = replace(SCENE, people=0).image(2.0).astype(int)
    changed = np.abs(SCENE.image(2.0).astype(int) - empty).max(axis=2) > 20
    for pose in SCENE.poses_at(2.0):
        columns, rows = np.floor(pose.image_px[pose.visibility > 0]).astype(int).T
        assert changed[rows, columns].all()
    assert 0.02 < changed.mean() < 0.35


def test_nobody_is_an_empty_scene() -> None:
    scene = SyntheticScene(people=0, seconds=0.5)
    assert scene.poses_at(0.1) == []
    assert len(scene.recording().times_s) == 15
    assert dict(scene.recording().people) == {}


def test_a_source_looks_when_it_is_told() -> None:
    times_s = [0.0, 0.1, 0.5, 0.51]
    source = SyntheticSource(SCENE, times_s=times_s)
    frames = list(source.frames())
    assert [frame.time_s for frame in frames] == times_s
    assert np.array_equal(frames[2].image_rgb, SCENE.image(0.5))
    assert source.fps == pytest.approx(3 / 0.51)
    assert SyntheticSource(SCENE).fps == pytest.approx(30)
    assert SyntheticSource(SCENE, times_s=[0.0]).fps is None


@pytest.mark.parametrize("times_s", [[], [0.1, 0.2], [0.0, 0.2, 0.2], [0.0, float("nan")], [[0.0]]])
def test_times_that_do_not_increase_are_refused(times_s: list[float]) -> None:
    with pytest.raises(InvalidValueError, match="increase strictly"):
        SyntheticSource(SCENE, times_s=times_s)


@pytest.mark.parametrize(
    "options",
    [{"people": -1}, {"people": 9}, {"falls": 3}, {"seconds": 0}, {"fps": -1}, {"size_wh": (8, 8)}],
)
def test_scenes_that_cannot_be_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(InvalidValueError):
        SyntheticScene(**options)  # type: ignore[arg-type]
