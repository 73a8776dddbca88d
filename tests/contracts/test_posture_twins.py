"""Posture over time and its streaming twin say the same of the same frames, to the bit."""

import numpy as np
import pytest

from laban.core.conversions import pose_at
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33
from laban.sources.figure import Build, walking_body
from laban.tasks.posture.camera_roll import Level
from laban.tasks.posture.holding import PostureEvent
from laban.tasks.posture.settings import HoldingSettings, PostureSettings
from laban.tasks.posture.watch import PostureWatcher, hold_posture

SIZE_WH = (1280, 720)


def somebody(seed: int) -> PoseSequence:
    """Who turns, leans, leaves and comes back, at uneven times, with landmarks that are hidden now and then."""
    rng = np.random.default_rng(seed)
    times_s = np.cumsum(rng.choice([0.03, 0.05, 0.1, 0.4], 450))
    times_s[300:] += 7.0
    count = len(times_s)
    body = walking_body(Build(), stride_rad=np.zeros(count), swing_rad=np.zeros(count))
    yaw = np.repeat(rng.choice([-1.5, 0.0, 0.3, 1.6, 3.1], count // 50 + 1), 50)[:count]
    lean = np.repeat(rng.uniform(-0.3, 1.0, count // 60 + 1), 60)[:count]
    left, up, forward = np.moveaxis(body, -1, 0)
    above = up - 0.85
    upper = above > 0
    forward = forward + np.where(upper, above * np.sin(lean)[:, None], 0.0)
    up = np.where(upper, 0.85 + above * np.cos(lean)[:, None], up)
    across = forward * np.sin(yaw)[:, None] + left * np.cos(yaw)[:, None]
    away = -forward * np.cos(yaw)[:, None] + left * np.sin(yaw)[:, None]
    points = np.stack([across, -up, away], axis=2) + rng.normal(0, 0.004, (count, 33, 3))
    image = points[..., :2] * 300 + [640, 650]
    visibility = rng.uniform(0.45, 1.0, (count, 33))
    gone = np.zeros(count, dtype=bool)
    gone[100:130], gone[200:320] = True, True
    image[gone], points[gone], visibility[gone] = np.nan, np.nan, np.nan
    hips = points[:, [23, 24]].mean(axis=1, keepdims=True)
    return PoseSequence(
        times_s,
        BLAZEPOSE33,
        visibility.astype(np.float32),
        image_px=image.astype(np.float32),
        world_m=(points - hips).astype(np.float32),
        size_wh=SIZE_WH,
    )


def frames(sequence: PoseSequence) -> list[tuple[float, Pose | None]]:
    return [
        (float(time_s), pose_at(sequence, row) if seen else None)
        for row, (time_s, seen) in enumerate(zip(sequence.times_s, sequence.seen, strict=True))
    ]


def as_told(events: list[PostureEvent] | tuple[PostureEvent, ...]) -> list[str]:
    return [repr(one) for one in events]  # NaN is no equal of itself, its words are


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("settings", "holding"),
    [
        (PostureSettings(), HoldingSettings()),
        (
            PostureSettings(level=Level(4.0, 1.0, "x"), min_visibility=0.55),
            HoldingSettings(
                smooth_s=0.3, enter_s=0.5, leave_s=0.2, break_s=3.0, remind_after_s=2.0, remind_every_s=5.0
            ),
        ),
        (PostureSettings(mirrored=True), HoldingSettings(enter_s=0.0, leave_s=0.0, remind_after_s=0.0)),
    ],
)
def test_a_stream_is_told_what_the_sequence_is(
    seed: int, settings: PostureSettings, holding: HoldingSettings
) -> None:
    sequence = somebody(seed)
    offline = hold_posture(sequence, settings=settings, holding=holding)
    watcher = PostureWatcher(settings=settings, holding=holding)
    events = [
        event for time_s, pose in frames(sequence) for event in watcher.update(time_s, pose, size_wh=SIZE_WH)
    ]
    assert as_told(events) == as_told(offline.events)
    assert watcher.holding() == offline.holding
    assert {one.kind for one in events} >= {"band", "break"}


def test_nothing_is_known_before_it_is_seen() -> None:
    """What is told of the first half of a stream does not hang on the second."""
    sequence = somebody(4)
    half = sequence.take(slice(0, 225))
    whole = [one for one in hold_posture(sequence).events if one.time_s <= half.times_s[-1]]
    assert as_told(whole) == as_told(hold_posture(half).events)
