"""What a summary says about recordings whose content is known."""

from collections.abc import Callable

import numpy as np
import pytest

from laban.core.sequence import PoseSequence, Recording
from laban.errors import InvalidValueError
from laban.pipeline.recording.summary import QualityLimits, seen_spans, summarise

Walk = Callable[..., PoseSequence]


def recording_of(sequence: PoseSequence, **changes: object) -> Recording:
    return Recording("walk.mp4", sequence.times_s, {1: sequence}, size_wh=sequence.size_wh).replace(**changes)


def warnings_of(sequence: PoseSequence) -> str:
    return "; ".join(summarise(recording_of(sequence)).people[0].warnings)


def test_a_good_recording_needs_no_warning(walk: Walk) -> None:
    summary = summarise(recording_of(walk()))
    one = summary.people[0]
    assert (summary.frames, summary.coverage, summary.warnings, one.warnings) == (90, 1.0, (), ())
    assert summary.rate_hz == pytest.approx(30)
    assert one.visibility == pytest.approx(0.95)
    assert [(span.start_s, span.end_s, span.person) for span in one.spans] == [(0, pytest.approx(3.0), 1)]
    assert one.height_share == pytest.approx(1100 * 1.58 / 4 / 720, rel=0.08), (
        "1.58 m at 4 m with f = 1100 px"
    )
    assert one.tremble < 0.01


def test_a_person_who_lies_is_as_large_as_one_who_stands(walk: Walk) -> None:
    standing = walk()
    assert standing.image_px is not None
    width, height = standing.size_wh or (0, 0)
    lying = standing.replace(image_px=standing.image_px[..., ::-1], size_wh=(height, width))
    one, other = (summarise(recording_of(body)).people[0] for body in (standing, lying))
    assert other.height_share * width == pytest.approx(one.height_share * height)


def test_gaps_divide_the_time_seen_unless_they_are_short(two_walkers: Recording) -> None:
    second = summarise(two_walkers).people[1]
    assert [(round(span.start_s, 3), round(span.end_s, 3)) for span in second.spans] == [
        (0.5, 1.5),
        (1.833, 3.0),
    ]
    assert second.frames_seen == 65
    assert second.coverage == pytest.approx(65 / 75)
    bridged = summarise(two_walkers, limits=QualityLimits(bridge_s=0.4)).people[1]
    assert len(bridged.spans) == 1


def test_every_seen_frame_lies_in_a_span_and_no_other_does() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        seen = rng.random(40) < 0.6
        points = np.where(seen[:, None, None], 1.0, np.nan) * np.ones((40, 17, 2))
        from laban.core.skeleton import COCO17

        sequence = PoseSequence(np.arange(40) / 25, COCO17, np.ones((40, 17)), image_px=points)
        spans = seen_spans(sequence, person=0, step_s=0.04)
        inside = [bool(spans.at(time + 1e-6)) for time in sequence.times_s]
        assert inside == seen.tolist()


def test_known_noise_is_measured(walk: Walk) -> None:
    still = walk(speed=0.0)
    still = still.replace(image_px=np.repeat(still.image_px[:1], 90, axis=0))
    torso = np.linalg.norm(
        still.image_px[0, [11, 12]].mean(axis=0) - still.image_px[0, [23, 24]].mean(axis=0)
    )
    noise = np.random.default_rng(0).normal(0, 0.06 * torso, still.image_px.shape)
    shaky = still.replace(image_px=still.image_px + noise)
    assert summarise(recording_of(shaky)).people[0].tremble == pytest.approx(0.06, rel=0.1)
    assert "trembles (" in warnings_of(shaky)


def test_each_fault_has_its_words(walk: Walk) -> None:
    whole = walk()
    assert "small in the image" in warnings_of(walk(depth_m=25.0))
    assert "half hidden" in warnings_of(whole.replace(visibility=np.full((90, 33), 0.3)))
    holes = whole.image_px.copy()
    holes[10:80:2] = holes[11:80:2] = np.nan
    assert "missing in 78% of the frames" in warnings_of(whole.replace(image_px=holes))
    brief = summarise(recording_of(whole, people={1: whole.take(slice(0, 12))})).people[0]
    assert brief.warnings == ("seen for 0.4 s only",)
    assert warnings_of(whole.replace(image_px=np.full((90, 33, 2), np.nan))) == "never seen"


def test_nobody_is_said_and_no_error() -> None:
    summary = summarise(Recording("empty.mp4", np.arange(5) / 25, {}, metadata={"warnings": ["cut short"]}))
    assert summary.warnings == ("nobody was found", "cut short")
    assert summary.coverage == 0.0
    assert summarise(Recording("none", np.array([]), {})).warnings == ("the recording has no frames",)


def test_uneven_times_are_told() -> None:
    times = np.array([0.0, 0.04, 0.08, 0.3])
    assert any("uneven" in words for words in summarise(Recording("phone.mp4", times, {})).warnings)


def test_world_coordinates_alone_can_be_summed_up(walk: Walk) -> None:
    bare = walk().replace(image_px=None, size_wh=None)
    one = summarise(Recording("a.trc", bare.times_s, {1: bare})).people[0]
    assert np.isnan(one.height_share)
    assert one.warnings == ()


def test_limits_are_checked() -> None:
    with pytest.raises(InvalidValueError, match="coverage"):
        QualityLimits(coverage=1.5)
