"""Two poses whose angles are known."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33, skeleton
from laban.core.space import Space
from laban.errors import InvalidValueError
from laban.tasks.comparison.measures import measure, mirrored
from laban.tasks.comparison.poses import compare_poses
from laban.tasks.comparison.settings import ComparisonSettings
from laban.tasks.comparison.similarity import published_scores

Mover = Callable[..., PoseSequence]


def turned(sequence: PoseSequence, degrees: float) -> PoseSequence:
    """About the vertical, in metres, and seen so in the image."""
    turn = np.radians(degrees)
    world = np.asarray(sequence.world_m, np.float64)
    x, z = world[..., 0], world[..., 2]
    out = world.copy()
    out[..., 0], out[..., 2] = np.cos(turn) * x - np.sin(turn) * z, np.sin(turn) * x + np.cos(turn) * z
    return sequence.replace(world_m=out, image_px=out[..., :2] * 300 + 320)


def test_the_figure_has_the_angles_that_were_asked_for(mover: Mover) -> None:
    asked = {"left_elbow": 90.0, "right_shoulder": 120.0, "left_knee": 120.0, "right_hip": 140.0}
    measures = measure(mover(asked), settings=ComparisonSettings(), space=Space.WORLD)
    found = dict(zip(compare_poses(mover(), mover()).joints, measures.angles_deg[0], strict=True))
    by_name = {one.joint: angle for one, angle in found.items()}
    assert {name: by_name[name] for name in asked} == pytest.approx(asked, abs=1e-3)


def test_a_pose_is_itself(mover: Mover) -> None:
    same = compare_poses(mover(), mover())
    assert same.scores.overall_percent == 100.0
    assert same.published is not None
    assert same.published.coordinate_percent == same.published.angle_percent == 100.0
    assert not same.mirrored
    assert not same.faults
    assert same.verdict == "the same pose"


def test_a_bent_joint_is_named_with_its_side_and_amount(mover: Mover) -> None:
    found = compare_poses(mover({"left_elbow": 110.0}), mover({"left_elbow": 170.0}))
    assert [one.joint for one in found.faults] == ["left_elbow"]
    assert found.faults[0].difference_deg == pytest.approx(-60.0, abs=1e-3)
    assert found.faults[0].uncertainty_deg >= 10.0


@pytest.mark.parametrize("amount", [2.0, 6.0, 9.9])
def test_differences_below_ten_degrees_are_never_faults(mover: Mover, amount: float) -> None:
    found = compare_poses(mover({"left_knee": 150.0 + amount}), mover({"left_knee": 150.0}))
    assert not found.faults
    assert all(one.verdict == "same" for one in found.joints)


def test_the_other_side_is_recognised_and_named(mover: Mover) -> None:
    found = compare_poses(
        mover({"right_shoulder": 150.0, "left_hip": 120.0}),
        mover({"left_shoulder": 150.0, "right_hip": 120.0}),
    )
    assert found.mirrored
    assert found.verdict == "the same pose, other side"
    assert found.scores.overall_percent == pytest.approx(100.0)
    assert found.plain.overall_percent < 70.0
    assert not found.faults


def test_the_other_side_may_be_refused(mover: Mover) -> None:
    sides = mover({"right_shoulder": 150.0}), mover({"left_shoulder": 150.0})
    found = compare_poses(*sides, settings=ComparisonSettings(mirror="never"))
    assert not found.mirrored
    assert {one.joint for one in found.faults} == {"left_shoulder", "right_shoulder"}


def test_a_symmetrical_pose_has_no_other_side(mover: Mover) -> None:
    assert not compare_poses(mover({"left_knee": 168.0}), mover()).mirrored


def test_mirroring_twice_is_the_body_itself(mover: Mover) -> None:
    body = measure(mover({"left_elbow": 60.0}), settings=ComparisonSettings(), space=Space.WORLD)
    again = mirrored(mirrored(body))
    for name in body.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(again, name), getattr(body, name))


def test_turn_matters_unless_it_is_ignored(mover: Mover) -> None:
    pose = mover({"left_shoulder": 120.0, "right_shoulder": 60.0})
    away = turned(pose, 50.0)
    strict = compare_poses(pose, away)
    free = compare_poses(pose, away, settings=ComparisonSettings(ignore_turn=True))
    assert strict.scores.coordinate_percent < 60.0
    assert free.scores.coordinate_percent == pytest.approx(100.0, abs=1e-3)
    assert free.scores.angle_percent == pytest.approx(100.0, abs=1e-3)
    assert strict.facing_deg == pytest.approx(50.0, abs=1e-3)
    assert any("50° apart" in one for one in strict.warnings)


def test_size_and_place_do_not_matter(mover: Mover) -> None:
    pose = mover({"left_shoulder": 90.0})
    small = pose.replace(image_px=pose.image_px * 0.3 + 40, world_m=pose.world_m * 0.6)  # type: ignore[operator]
    found = compare_poses(pose, small)
    assert found.scores.overall_percent == pytest.approx(100.0, abs=1e-3)
    assert found.published is not None
    assert found.published.coordinate_distance == pytest.approx(0.0, abs=1e-5)


def test_a_limb_that_points_at_the_camera_is_not_measured(mover: Mover) -> None:
    pose = mover()
    world = pose.world_m.copy()  # type: ignore[union-attr]
    elbow, wrist = (BLAZEPOSE33.index(f"left_{name}") for name in ("elbow", "wrist"))
    world[:, wrist] = world[:, elbow] + (0.02, 0.02, -0.26)
    pointing = pose.replace(world_m=world, image_px=world[..., :2] * 300 + 320)
    found = compare_poses(pointing, pose)
    joint = next(one for one in found.joints if one.joint == "left_elbow")
    assert joint.verdict == "unsure"
    assert joint.reason == "the left forearm points at the camera in the attempt"
    assert any("left elbow cannot be measured" in one for one in found.warnings)
    assert "left_elbow" not in {one.joint for one in found.faults}


def test_a_hidden_joint_is_unknown_and_told(mover: Mover) -> None:
    pose = mover()
    visibility = pose.visibility.copy()
    visibility[:, BLAZEPOSE33.index("right_knee")] = 0.1
    found = compare_poses(pose.replace(visibility=visibility), mover({"right_knee": 90.0}))
    verdicts = {one.joint: one.verdict for one in found.joints}
    assert verdicts["right_knee"] == verdicts["right_hip"] == "unknown"
    assert verdicts["left_knee"] == "same"
    assert "the right knee cannot be measured: not seen in the attempt" in found.warnings


@pytest.mark.parametrize(("visibility", "verdict"), [(0.4, "unsure"), (0.6, "differs")])
def test_of_a_joint_that_is_more_likely_hidden_than_not_no_fault_is_told(
    mover: Mover, visibility: float, verdict: str
) -> None:
    pose, straight = mover({"right_knee": 90.0}), mover({"right_knee": 170.0})
    seen = pose.visibility.copy()
    seen[:, BLAZEPOSE33.index("right_knee")] = visibility
    found = compare_poses(pose.replace(visibility=seen), straight)
    (knee,) = (one for one in found.joints if one.joint == "right_knee")
    assert knee.verdict == verdict
    assert knee.reason == ("hardly visible in the attempt" if verdict == "unsure" else "")


def test_little_visibility_makes_an_angle_less_sure(mover: Mover) -> None:
    sharp, faint = (
        measure(mover(visibility=seen), settings=ComparisonSettings(), space=Space.WORLD).uncertainty_deg
        for seen in (1.0, 0.5)
    )
    np.testing.assert_allclose(faint, 2 * sharp, rtol=1e-6)


def test_uncertainty_is_what_noise_on_landmarks_does(mover: Mover) -> None:
    """The law of propagation against landmarks that were moved at random."""
    sequence = mover({"left_elbow": 100.0, "left_knee": 150.0}, times_s=np.arange(4000) / 30, visibility=1.0)
    noise = np.random.default_rng(0).normal(size=sequence.image_px.shape) * 0.03 * 0.5 * 300  # type: ignore[union-attr]
    shaken = sequence.replace(image_px=sequence.image_px + noise, world_m=None)
    clear = measure(sequence, settings=ComparisonSettings(), space=Space.PIXEL)
    rough = measure(shaken, settings=ComparisonSettings(), space=Space.PIXEL)
    spread = rough.angles_deg.std(axis=0)
    bent = [0, 6]  # straight joints cannot be bent both ways
    np.testing.assert_allclose(spread[bent], clear.uncertainty_deg[0, bent], rtol=0.25)


def test_poses_are_taken_as_they_come_from_the_engine(mover: Mover) -> None:
    one = mover({"left_elbow": 100.0})
    assert one.image_px is not None
    assert one.world_m is not None
    pose = Pose(one.skeleton, one.image_px[0], one.visibility[0], world_m=one.world_m[0])
    assert compare_poses(pose, one).scores.overall_percent == pytest.approx(100.0)


def test_other_skeletons_are_compared_by_what_they_share(mover: Mover) -> None:
    one = mover({"left_elbow": 100.0}, world=False)
    found = compare_poses(one.to_skeleton(skeleton("coco17")), one)
    assert found.published is None
    assert found.scores.overall_percent == pytest.approx(100.0)


def test_wrong_use_is_told(mover: Mover) -> None:
    with pytest.raises(InvalidValueError, match="expected one pose, got 2 instants"):
        compare_poses(mover(times_s=np.arange(2.0)), mover())
    with pytest.raises(InvalidValueError, match="both sides must have"):
        compare_poses(mover(world=False), mover(), settings=ComparisonSettings(space="world"))
    with pytest.raises(InvalidValueError, match="mirror must be one of auto, never, always"):
        ComparisonSettings(mirror="perhaps")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def filmed(asset: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, PoseSequence]:
    """Real people, found anew in frames of the sample clip, as they are and in a mirror."""
    import cv2

    from laban.pipeline.recording.extract import extract
    from laban.sources import open_source

    clip = asset("demo")
    for name in ("blazepose_detector", "blazepose_landmarker_full"):
        asset(name)
    folder = tmp_path_factory.mktemp("frames")
    with open_source(clip) as source:
        rows = {"up": 0, "up still": 1, "crouched": 60, "side": 195, "walking": 90}
        images = {name: next(iter(source.frames(row, row + 1))).image_rgb for name, row in rows.items()}
    images["mirror"] = np.ascontiguousarray(images["side"][:, ::-1])
    found = {}
    for name, image in images.items():
        path = folder / f"{name}.png"
        cv2.imwrite(str(path), image[..., ::-1])
        recording = extract(path, detector="blazepose", workers=1)
        found[name] = max(recording.people.values(), key=lambda one: float(np.ptp(one.image_px[0, :, 1])))  # type: ignore[index]
    return found


def test_the_published_cases_come_out_on_real_frames(filmed: dict[str, PoseSequence]) -> None:
    """Of one pose both scores are high, of its mirror image the angles' only, of another pose none."""
    same = published_scores(filmed["up"], filmed["up still"])
    mirror = published_scores(filmed["side"], filmed["mirror"])
    other = published_scores(filmed["crouched"], filmed["walking"])
    assert same is not None
    assert same.coordinate_percent > 95.0
    assert same.angle_percent > 95.0
    assert mirror is not None
    assert mirror.coordinate_percent < 45.0
    assert mirror.angle_percent > 90.0
    assert other is not None
    assert other.coordinate_percent < 45.0
    assert other.angle_percent < 45.0


def test_a_mirrored_frame_is_the_same_pose_on_the_other_side(filmed: dict[str, PoseSequence]) -> None:
    found = compare_poses(filmed["mirror"], filmed["side"])
    assert found.mirrored
    assert found.verdict == "the same pose, other side"
