"""What holds of every measure, whatever the body: turning the camera, mirroring, moving and scaling."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from laban.core.facing import compute_yaw_deg
from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33
from laban.tasks.posture.camera_roll import Level
from laban.tasks.posture.catalogue import MEASURES
from laban.tasks.posture.measure import mirrored, read_posture
from laban.tasks.posture.settings import PostureSettings
from laban.tasks.posture.uncertainty import assumed_noise

_BODY = np.zeros((33, 3))
_PLACES = {
    "ear": (0.08, -0.85, 0.0),
    "eye_outer": (0.05, -0.87, -0.1),
    "shoulder": (0.2, -0.5, 0.0),
    "elbow": (0.25, -0.2, 0.0),
    "wrist": (0.25, 0.05, -0.1),
    "hip": (0.1, 0.0, 0.0),
    "knee": (0.1, 0.42, 0.02),
    "ankle": (0.09, 0.85, 0.0),
}
for _name, _place in _PLACES.items():
    for _side, _sign in (("left", 1.0), ("right", -1.0)):
        _BODY[BLAZEPOSE33.index(f"{_side}_{_name}")] = np.array(_place) * [_sign, 1.0, 1.0]

bodies = st.tuples(
    arrays(np.float64, (33, 3), elements=st.floats(-0.03, 0.03)),
    st.sampled_from([0.0, 90.0, 180.0, -90.0]),
    st.floats(-10, 10),
)


def seen(
    drawn: tuple[np.ndarray, float, float], *, roll_deg: float = 0.0, scale: float = 300.0
) -> PoseSequence:
    noise, view_deg, off_deg = drawn
    yaw, roll = np.radians(view_deg + off_deg), np.radians(roll_deg)
    left, down, away = (_BODY + noise).T
    across, deep = left * np.cos(yaw) - away * np.sin(yaw), left * np.sin(yaw) + away * np.cos(yaw)
    x = np.cos(roll) * across - np.sin(roll) * down
    y = np.sin(roll) * across + np.cos(roll) * down
    points = np.stack([x, y, deep], axis=1)
    return PoseSequence(
        np.zeros(1),
        BLAZEPOSE33,
        np.ones((1, 33)),
        image_px=(points[None, :, :2] * scale + 2000),
        world_m=points[None],
    )


def measured(sequence: PoseSequence, *, roll_deg: float = 0.0, sd_deg: float = 0.0) -> dict[str, float]:
    options = PostureSettings(level=Level(roll_deg, sd_deg, "known"))
    found = read_posture(sequence, settings=options, noise=None).measures
    return {name: float(one.value[0]) for name, one in found.items() if one.known[0]}


def close(first: dict[str, float], second: dict[str, float], *, within: float = 0.05) -> bool:
    return first.keys() == second.keys() and all(abs(first[name] - second[name]) <= within for name in first)


@settings(max_examples=25, deadline=None)
@given(bodies, st.floats(-80, 80))
def test_a_known_roll_makes_no_difference(drawn: tuple[np.ndarray, float, float], roll_deg: float) -> None:
    plain = measured(seen(drawn))
    assert plain
    assert close(plain, measured(seen(drawn, roll_deg=roll_deg), roll_deg=roll_deg))


@settings(max_examples=25, deadline=None)
@given(bodies, st.floats(-9, 9))
def test_an_uncorrected_roll_turns_lines_by_just_that(
    drawn: tuple[np.ndarray, float, float], roll_deg: float
) -> None:
    plain, rolled = measured(seen(drawn)), measured(seen(drawn, roll_deg=roll_deg))
    for name in ("trunk_inclination", "neck_inclination", "shoulder_tilt", "hip_tilt"):
        if name in plain:
            assert abs(abs(rolled[name] - plain[name]) - abs(roll_deg)) < 0.05


@settings(max_examples=25, deadline=None)
@given(bodies)
def test_mirroring_swaps_sides(drawn: tuple[np.ndarray, float, float]) -> None:
    plain = seen(drawn)
    flipped = mirrored(plain)
    assert abs(compute_yaw_deg(flipped)[0] + compute_yaw_deg(plain)[0]) % 360 < 1e-2 or drawn[1] == 180.0
    before, after = measured(plain), measured(flipped)
    for name in before:
        if name in ("left_knee_alignment", "left_hip_angle", "left_knee_angle"):
            assert abs(after[name.replace("left", "right")] - before[name]) < 0.01
        elif "left" in MEASURES[name].positive:
            assert abs(after[name] + before[name]) < 0.02
        elif name in ("trunk_inclination", "neck_inclination", "forward_head", "craniovertebral_angle"):
            assert abs(after[name] - before[name]) < 0.02  # forward stays forward


@settings(max_examples=25, deadline=None)
@given(bodies, st.floats(40, 3000))
def test_size_makes_no_difference(drawn: tuple[np.ndarray, float, float], scale: float) -> None:
    assert close(measured(seen(drawn)), measured(seen(drawn, scale=scale)), within=0.5)


@settings(max_examples=20, deadline=None)
@given(bodies, st.floats(0, 5), st.floats(0, 5))
def test_a_less_sure_vertical_never_makes_an_interval_narrower(
    drawn: tuple[np.ndarray, float, float], one: float, other: float
) -> None:
    noise = assumed_noise(BLAZEPOSE33)
    less, more = (
        read_posture(seen(drawn), settings=PostureSettings(level=Level(0.0, sd, "x")), noise=noise).measures
        for sd in sorted((one, other))
    )
    for name in less:
        if less[name].known[0] and MEASURES[name].unit == "deg":
            assert more[name].roll[0] >= less[name].roll[0] - 1e-6
            assert np.isclose(more[name].noise[0], less[name].noise[0])
