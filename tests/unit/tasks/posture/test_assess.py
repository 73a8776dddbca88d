"""Reports: values with intervals, findings, what is withheld and why."""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.posture.figures import Built, facing_bodies, seen, side_bodies

from laban.core.body import torso_length
from laban.core.conversions import pose_at, sequence_of_pose
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33, SKELETONS
from laban.errors import InvalidValueError
from laban.sources import SyntheticScene
from laban.tasks.posture.assess import LEAST_AGREEMENT, MOST_INSTANTS, assess_sequence
from laban.tasks.posture.camera_roll import Level
from laban.tasks.posture.catalogue import MEASURES, joints_of
from laban.tasks.posture.measure import agreement_of, mirrored
from laban.tasks.posture.report import Interval, MeasuredValue, PostureReport
from laban.tasks.posture.settings import PostureSettings
from laban.tasks.posture.uncertainty import assumed_noise, mean_pose, noise_of_samples
from laban.tasks.posture.visits import compare_visits

KNOWN = Level(0.0, 0.0, "known")


def body(**wanted: float) -> Built:
    return next(
        one for one in side_bodies() if all(one.truth[name] == value for name, value in wanted.items())
    )


def shown(built: Built, view: str = "right side", *, torso_px: float = 150.0) -> Pose:
    return seen(built, view=view, roll_deg=0.0, torso_px=torso_px)


def looks_at(pose: Pose, *, sd_torso: float, count: int = 16, torso_px: float = 150.0) -> list[Pose]:
    rng = np.random.default_rng(0)
    return [
        Pose(
            pose.skeleton,
            pose.image_px + rng.normal(0, sd_torso * torso_px, (33, 2)),
            pose.visibility,
            world_m=None if pose.world_m is None else pose.world_m + rng.normal(0, 0.005, (33, 3)),
        )
        for _ in range(count)
    ]


def report(pose: Pose, *, level: Level = KNOWN, **changes: object) -> PostureReport:
    settings = PostureSettings(level=level, **changes)  # type: ignore[arg-type]
    noise = noise_of_samples([looks_at(pose, sd_torso=0.002)], averaged=16)
    return assess_sequence(sequence_of_pose(pose, size_wh=(4000, 4000)), settings=settings, noise=noise)


def test_a_leaning_trunk_is_found_and_an_upright_one_is_not() -> None:
    leaning = report(shown(body(trunk_inclination=30.0, neck_inclination=12.0)))
    assert leaning["trunk_inclination"].verdict == "finding"
    assert leaning["trunk_inclination"].severity == "slight"
    assert leaning["trunk_inclination"] in leaning.findings
    upright = report(shown(body(trunk_inclination=0.0, neck_inclination=12.0)))
    assert upright["trunk_inclination"].verdict == "within"


def test_a_value_beyond_its_limit_is_no_finding_where_the_interval_is_not() -> None:
    pose = shown(body(trunk_inclination=30.0, neck_inclination=12.0))
    unsure = report(pose, level=Level(0.0, 8.0, "a bad guess"))
    assert unsure["trunk_inclination"].verdict == "unsure"
    assert unsure["trunk_inclination"].severity is None
    assert "trunk_inclination" not in {one.name for one in unsure.findings}


def test_the_worst_findings_come_first() -> None:
    order = ["marked", "moderate", "slight"]
    found = [
        one.severity for one in report(shown(body(trunk_inclination=30.0, neck_inclination=50.0))).findings
    ]
    assert len(found) > 1
    assert found == sorted(found, key=order.index)


def test_noise_makes_intervals_wider() -> None:
    pose = shown(body(trunk_inclination=0.0, neck_inclination=12.0))
    halves = []
    for sd in (0.002, 0.02):
        noise = noise_of_samples([looks_at(pose, sd_torso=sd)], averaged=16)
        found = assess_sequence(sequence_of_pose(pose), settings=PostureSettings(level=KNOWN), noise=noise)
        assert found["trunk_inclination"].interval is not None
        halves.append(found["trunk_inclination"].interval.noise)
    assert halves[1] == pytest.approx(10 * halves[0], rel=0.2)


def test_the_interval_holds_as_many_fresh_looks_as_it_says() -> None:
    pose = shown(body(trunk_inclination=9.0, neck_inclination=12.0))
    everything = looks_at(pose, sd_torso=0.02, count=76)
    first, fresh = everything[:16], everything[16:]
    noise = noise_of_samples([first], averaged=16)
    settings = PostureSettings(level=KNOWN)
    own = assess_sequence(sequence_of_pose(mean_pose(first)), settings=settings, noise=noise)
    for name in ("trunk_inclination", "knee_angle", "plumb_hip"):
        interval = own[name].interval
        assert interval is not None
        values = [
            assess_sequence(sequence_of_pose(look), settings=settings, noise=noise)[name].interval
            for look in fresh
        ]
        inside = [abs(one.value - interval.value) <= interval.noise for one in values if one is not None]
        assert 0.85 <= np.mean(inside) <= 1.0


def test_centimetres_come_with_the_bodys_height() -> None:
    pose = shown(body(trunk_inclination=0.0, neck_inclination=50.0))
    plain, tall = report(pose), report(pose, body_height_cm=180.0)
    assert plain["forward_head"].in_cm is None
    value, cm = tall["forward_head"].interval, tall["forward_head"].in_cm
    assert value is not None
    assert cm is not None
    assert cm.value == pytest.approx(value.value * 0.30 * 180)
    assert cm.half / cm.value > value.half / value.value
    assert tall["trunk_inclination"].in_cm is None


def test_what_this_view_cannot_give_is_withheld_with_its_reason() -> None:
    found = report(shown(body(trunk_inclination=0.0, neck_inclination=12.0)))
    assert found["shoulder_tilt"].verdict == "withheld"
    assert found["shoulder_tilt"].reason == "seen from the front or back only"
    assert found.view.name == "right side"
    assert any("from the front or back" in words for words in found.unseen)


def test_hidden_hips_take_their_measures_with_them() -> None:
    pose = shown(next(facing_bodies()), "front")
    dim = pose.visibility.copy()
    dim[[BLAZEPOSE33.index("left_hip"), BLAZEPOSE33.index("right_hip")]] = 0.2
    found = report(Pose(pose.skeleton, pose.image_px, dim, world_m=pose.world_m))
    assert found["hip_tilt"].reason == "not seen: hips"
    assert found["shoulder_tilt"].interval is not None


def test_somebody_who_sits_has_no_plumb_line() -> None:
    pose = shown(body(trunk_inclination=0.0, neck_inclination=12.0))
    points = pose.image_px.copy()
    for side in ("left", "right"):
        hip, knee, ankle = (
            points[BLAZEPOSE33.index(f"{side}_{joint}")] for joint in ("hip", "knee", "ankle")
        )
        knee[:] = hip + np.float32([120.0, 0.0])
        ankle[:] = knee + np.float32([0.0, 120.0])
    found = report(Pose(pose.skeleton, points, pose.visibility, world_m=pose.world_m))
    assert found.stance == "sitting"
    assert found["plumb_ear"].reason.endswith("this person sits")
    assert found["trunk_inclination"].interval is not None


def test_somebody_who_lies_is_not_measured_and_is_told_so() -> None:
    upright = shown(body(trunk_inclination=0.0, neck_inclination=12.0))
    lying = Pose(
        upright.skeleton,
        upright.image_px[:, ::-1].copy(),
        upright.visibility,
        world_m=upright.world_m[:, [1, 0, 2]].copy(),
    )
    found = report(lying)
    assert found.stance == "lying"
    assert not found.measured
    assert "lies down" in found["trunk_inclination"].reason
    assert any("lies down" in words for words in found.warnings)


def test_small_people_unsure_people_and_raised_phones_are_warned_of() -> None:
    small = report(shown(body(trunk_inclination=0.0, neck_inclination=12.0), torso_px=20.0))
    assert any("small in the image" in words for words in small.warnings)
    pose = shown(next(facing_bodies()), "front")
    doubtful = report(Pose(pose.skeleton, pose.image_px, pose.visibility, world_m=pose.world_m, score=0.5))
    assert any("not sure that this is a person" in words for words in doubtful.warnings)
    points = pose.image_px.copy()
    points[BLAZEPOSE33.index("left_wrist")] = points[BLAZEPOSE33.index("nose")] = points[[11, 12]].mean(
        axis=0
    )
    selfie = report(Pose(pose.skeleton, points, pose.visibility, world_m=pose.world_m))
    assert any("--mirrored" in words for words in selfie.warnings)
    assert not any("--mirrored" in words for words in report(pose).warnings)


def test_a_mirrored_report_swaps_sides() -> None:
    pose = shown(next(facing_bodies()), "front")
    plain = report(pose)
    reflected = pose_at(mirrored(sequence_of_pose(pose, size_wh=(4000, 4000))), 0)
    told = report(reflected, mirrored=True)
    for name in ("shoulder_tilt", "left_knee_alignment"):
        first, second = plain[name].interval, told[name].interval
        assert first is not None
        assert second is not None
        assert second.value == pytest.approx(first.value, abs=1e-3)


def test_nobody_is_an_error() -> None:
    empty = PoseSequence(np.zeros(1), BLAZEPOSE33, np.zeros((1, 33)), image_px=np.full((1, 33, 2), np.nan))
    with pytest.raises(InvalidValueError, match="nobody is seen"):
        assess_sequence(empty)


def test_looks_must_be_enough_and_of_one_skeleton() -> None:
    pose = shown(next(facing_bodies()), "front")
    with pytest.raises(InvalidValueError, match="at least 4 looks"):
        noise_of_samples([[pose] * 3], averaged=1)
    with pytest.raises(InvalidValueError, match="got none"):
        noise_of_samples([], averaged=1)


def test_assumed_noise_is_seeded_and_has_the_spread_it_says() -> None:
    one, other = assumed_noise(BLAZEPOSE33), assumed_noise(BLAZEPOSE33)
    assert np.array_equal(one.residuals, other.residuals)
    shoulder = one.residuals[:, BLAZEPOSE33.index("left_shoulder")]
    ankle = one.residuals[:, BLAZEPOSE33.index("left_ankle")]
    assert shoulder.std() < ankle.std()
    assert np.allclose(one.residuals.mean(axis=0), 0.0, atol=1e-9)


def test_intervals_add_up_as_squares_and_scale() -> None:
    one = Interval(2.0, noise=3.0, roll=4.0)
    assert (one.half, one.low, one.high) == (5.0, -3.0, 7.0)
    assert one.scaled(10.0).half == pytest.approx(50.0)
    assert one.scaled(10.0, sd=0.1).half > 50.0


def test_a_change_between_visits_is_sure_only_beyond_the_error_of_both() -> None:
    first, same, other = (
        report(shown(body(trunk_inclination=angle, neck_inclination=12.0))) for angle in (0.0, 0.0, 9.0)
    )
    still = {one.name: one for one in compare_visits([first, same])}
    moved = {one.name: one for one in compare_visits([first, same, other])}
    assert still["trunk_inclination"].sure == (False, False)
    assert moved["trunk_inclination"].sure == (False, False, True)
    assert moved["trunk_inclination"].changes[2] == pytest.approx(9.0, abs=0.1)
    assert "shoulder_tilt" not in moved
    proxy = moved["craniovertebral_angle"].errors[2]
    assert proxy is not None
    interval = first["craniovertebral_angle"].interval
    assert interval is not None
    assert proxy < interval.half  # what the stand-in costs is the same at both visits
    with pytest.raises(InvalidValueError, match="two visits"):
        compare_visits([first])


def test_a_long_sequence_is_measured_at_some_instants_and_followed_at_all() -> None:
    pose = shown(body(trunk_inclination=30.0, neck_inclination=12.0))
    one = sequence_of_pose(pose)
    count = 2 * MOST_INSTANTS
    long = PoseSequence(
        np.arange(count) / 5,
        one.skeleton,
        np.repeat(one.visibility, count, axis=0),
        image_px=np.repeat(one.image_px, count, axis=0),
        world_m=np.repeat(one.world_m, count, axis=0),
    )
    found = assess_sequence(long, settings=PostureSettings(level=KNOWN))
    assert found["trunk_inclination"].share == 1.0
    assert found.holding is not None
    assert found.holding.watched_s == pytest.approx((count - 1) / 5)


@pytest.mark.parametrize(
    ("value", "half", "words"),
    [
        (-20.0, 15.0, "5° to 35°"),
        (20.0, 15.0, "5° to 35°"),
        (-2.0, 5.0, "3° left higher to 7° right higher"),
        (2.0, 5.0, "3° right higher to 7° left higher"),
    ],
)
def test_an_interval_counts_the_way_that_its_words_name(value: float, half: float, words: str) -> None:
    assert MeasuredValue("shoulder_tilt", "within", Interval(value, half)).range_words == words


def test_an_interval_of_a_plain_angle_keeps_its_signs() -> None:
    assert MeasuredValue("knee_angle", "within", Interval(170.0, 8.0)).range_words == "162° to 178°"
    assert MeasuredValue("knee_angle", "withheld").range_words == ""


def test_the_noise_says_why_it_is_assumed() -> None:
    assert assumed_noise(BLAZEPOSE33).origin == "assumed: there are no images to look at again"
    assert assumed_noise(BLAZEPOSE33, reason="not looked at").origin == "assumed: not looked at"


@pytest.mark.parametrize("part", ["noise", "roll", "proxy", "turn"])
def test_every_part_of_an_interval_widens_it(part: str) -> None:
    parts = {"noise": 1.0, "roll": 2.0, "proxy": 4.0, "turn": 8.0}
    whole, without = Interval(10.0, **parts), Interval(10.0, **(parts | {part: 0.0}))
    assert whole.half == pytest.approx(85.0**0.5)
    assert whole.half**2 - without.half**2 == pytest.approx(parts[part] ** 2)
    assert (whole.low, whole.high) == pytest.approx((10 - whole.half, 10 + whole.half))


def test_few_looks_and_single_poses_make_noise_wider() -> None:
    """Student's t of as many differences, for one further value beside the mean of those that were averaged."""
    pose = shown(body(trunk_inclination=9.0, neck_inclination=12.0))
    noise = noise_of_samples([looks_at(pose, sd_torso=0.01)], averaged=16)

    def half(**changes: int) -> float:
        found = assess_sequence(
            sequence_of_pose(pose), settings=PostureSettings(level=KNOWN), noise=replace(noise, **changes)
        )
        interval = found["trunk_inclination"].interval
        assert interval is not None
        return interval.noise

    assert noise.freedom == 15
    assert half(averaged=1) / half(averaged=16) == pytest.approx((2 / (1 + 1 / 16)) ** 0.5)
    assert half(freedom=3) / half(freedom=15) == pytest.approx(3.182446 / 2.131450, rel=1e-5)


def test_each_source_of_doubt_reaches_the_interval_of_what_it_touches() -> None:
    built = body(trunk_inclination=9.0, neck_inclination=12.0)
    pose = shown(built)
    found = report(pose, level=Level(0.0, 2.0, "a guess"))
    trunk, neck = found["trunk_inclination"].interval, found["craniovertebral_angle"].interval
    assert trunk is not None
    assert neck is not None
    assert trunk.roll == pytest.approx(1.96 * 2.0, rel=0.05)
    assert trunk.noise > 0
    assert neck.proxy > 0  # what stands for the tragus and the seventh vertebra is not them
    straight = report(pose)["trunk_inclination"].interval
    assert straight is not None
    assert straight.roll == 0


def test_the_noise_is_that_of_all_looks_and_not_of_a_sample_of_them() -> None:
    pose = shown(body(trunk_inclination=9.0, neck_inclination=12.0))
    looks = looks_at(pose, sd_torso=0.01, count=4)
    spread_px = np.std([one.image_px for one in looks], axis=0, ddof=1)
    middle = mean_pose(looks)
    torso_px = torso_length(middle.image_px, middle.skeleton)
    found = noise_of_samples([looks], averaged=4).residuals.std(axis=0)
    np.testing.assert_allclose(found * torso_px, spread_px, rtol=1e-4)


def agreed(share: float, *, name: str = "trunk_inclination") -> MeasuredValue:
    """What becomes of a sure finding where so many looks agree that it can be measured."""
    pose = shown(body(trunk_inclination=30.0, neck_inclination=12.0))
    noise = noise_of_samples([looks_at(pose, sd_torso=0.002)], averaged=16)
    agreement = dict.fromkeys(MEASURES, share)
    sequence = sequence_of_pose(pose, size_wh=(4000, 4000))
    settings = PostureSettings(level=KNOWN)
    return assess_sequence(sequence, settings=settings, noise=noise, agreement=agreement)[name]


def test_a_finding_needs_looks_that_agree_that_it_can_be_measured() -> None:
    assert agreed(1.0).verdict == agreed(LEAST_AGREEMENT).verdict == "finding"
    doubted = agreed(LEAST_AGREEMENT - 0.1)
    assert (doubted.verdict, doubted.severity) == ("unsure", None)
    assert doubted.reason == "can be measured in 80% of slightly changed images only"
    assert doubted.interval == agreed(1.0).interval  # the value stays, with its interval


def test_of_somebody_who_is_not_found_again_nothing_is_a_finding() -> None:
    pose = shown(body(trunk_inclination=30.0, neck_inclination=12.0))
    settings = PostureSettings(level=KNOWN)
    found = assess_sequence(sequence_of_pose(pose, size_wh=(4000, 4000)), settings=settings, agreement={})
    assert found.findings == ()
    assert found["trunk_inclination"].reason == "this person is not found again in slightly changed images"
    nobody_looked = assess_sequence(sequence_of_pose(pose, size_wh=(4000, 4000)), settings=settings)
    assert nobody_looked["trunk_inclination"].verdict == "finding"


def test_looks_agree_by_the_share_in_which_a_measure_can_be_taken() -> None:
    """A knee hidden in every fourth look is measured in the others; one look from the front has no trunk lean."""
    pose = shown(body(trunk_inclination=9.0, neck_inclination=12.0))
    hidden = pose.visibility.copy()
    hidden[[BLAZEPOSE33.index(f"{side}_knee") for side in ("left", "right")]] = 0.1
    looks = [replace(pose, visibility=hidden) if index % 4 == 0 else pose for index in range(8)]
    turned = seen(next(facing_bodies()), view="front", roll_deg=0.0, torso_px=150.0)
    settings = PostureSettings(level=KNOWN)
    assert agreement_of(looks, settings=settings)["knee_angle"] == 0.75
    assert agreement_of(looks, settings=settings)["trunk_inclination"] == 1.0
    assert agreement_of([*looks, turned], settings=settings)["trunk_inclination"] == pytest.approx(8 / 9)


@pytest.mark.parametrize("name", sorted(SKELETONS))
def test_whatever_landmarks_there_are_what_can_be_measured_is(name: str) -> None:
    """A skeleton without ears or feet takes measures away and nothing else."""
    walker = SyntheticScene(people=1, seconds=1.0).recording().people[0].to_skeleton(SKELETONS[name])
    if not walker.skeleton.has("left_shoulder", "right_shoulder", "left_hip", "right_hip"):
        with pytest.raises(InvalidValueError, match="lacks"):
            assess_sequence(walker)
        return
    found = assess_sequence(walker)
    assert found.holding is not None
    measured = {one.name for one in found.measured}
    lacking = {
        name for name, one in MEASURES.items() if not walker.skeleton.has(*joints_of(one, walker.skeleton))
    }
    assert not measured & lacking
    assert lacking or measured
