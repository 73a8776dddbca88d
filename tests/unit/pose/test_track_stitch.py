"""Spans of one recording, cut apart and joined again."""

import numpy as np
import pytest
from benchmarks.identity_scenes import SIZE_WH, make_scene

from laban.core.body import torso_length
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33
from laban.errors import InvalidValueError
from laban.pose.tracking.stitch import drop_ghosts, match_people, renumber, stitch


@pytest.fixture(scope="module")
def whole():
    scene = make_scene(4, people=3, seconds=8.0)
    people = {}
    for person, (points, visible) in enumerate(zip(scene.image_px, scene.visible, strict=True)):
        image = np.where(visible[:, None, None], points, np.nan)
        rows = slice(int(np.flatnonzero(visible)[0]), int(np.flatnonzero(visible)[-1]) + 1)
        visibility = np.where(visible[:, None], np.full(33, 0.9), np.nan)
        people[person] = PoseSequence(
            scene.times_s[rows], BLAZEPOSE33, visibility[rows], image_px=image[rows], size_wh=SIZE_WH
        )
    return Recording("scene", scene.times_s, people, size_wh=SIZE_WH)


def span(recording, start, stop, *, names):
    """Frames start to stop of a recording, its people under other ids."""
    times = recording.times_s[start:stop]
    people = {}
    for person, one in recording.people.items():
        inside = (one.times_s >= times[0]) & (one.times_s <= times[-1])
        rows = np.flatnonzero(inside & one.seen)
        if len(rows):
            people[names[person]] = one.take(slice(rows[0], rows[-1] + 1))
    return recording.replace(times_s=times, people=people)


@pytest.mark.parametrize("cut", [60, 90, 120])
def test_spans_that_share_frames_join_to_the_whole(whole, cut):
    left = span(whole, 0, cut + 10, names={0: 0, 1: 1, 2: 2})
    right = span(whole, cut, len(whole.times_s), names={0: 2, 1: 0, 2: 1})
    joined = stitch([left, right])
    order = sorted(
        whole.people,
        key=lambda person: (
            whole.people[person].times_s[0],
            np.median(whole.people[person].image_px[0, :, 0]),
        ),
    )
    assert list(joined.people) == list(range(len(whole.people)))
    for given, person in enumerate(order):
        assert joined.people[given] == whole.people[person]


def test_ids_do_not_hang_on_the_order_of_detection(whole):
    exchanged = whole.replace(people={person: whole.people[2 - person] for person in range(3)})
    found, other = (renumber(one) for one in (whole, exchanged))
    assert dict(found.people) == dict(other.people)
    together = [one for one in found.people.values() if one.times_s[0] == whole.times_s[0]]
    assert len(together) > 1
    assert np.all(np.diff([np.median(one.image_px[0, :, 0]) for one in together]) > 0)


def test_the_mapping_names_everybody_seen_by_both(whole):
    left = span(whole, 0, 100, names={0: 5, 1: 6, 2: 7})
    right = span(whole, 60, 200, names={0: 2, 1: 0, 2: 1})
    assert match_people(left, right) == {2: 5, 0: 6, 1: 7}


def test_people_seen_for_a_moment_are_dropped(whole):
    ghost = whole.people[0].take(slice(0, 3))
    assert set(drop_ghosts(whole.replace(people={**whole.people, 9: ghost})).people) == {0, 1, 2}


def test_spans_out_of_order_are_refused(whole):
    names = {0: 0, 1: 1, 2: 2}
    with pytest.raises(InvalidValueError, match="order of time"):
        stitch([span(whole, 100, 200, names=names), span(whole, 0, 110, names=names)])


def test_nothing_to_stitch_is_refused():
    with pytest.raises(InvalidValueError, match="at least one"):
        stitch([])


@pytest.mark.parametrize(("moved_torsos", "matched"), [(0.3, True), (0.8, False)])
def test_people_too_far_apart_in_shared_frames_are_not_the_same(whole, moved_torsos, matched):
    one = whole.people[0]
    torso_px = np.nanmedian(torso_length(one.image_px, one.skeleton))
    moved = one.replace(image_px=one.image_px + np.array([moved_torsos * torso_px, 0], dtype=np.float32))
    alone = whole.replace(people={0: one})
    assert (match_people(alone, whole.replace(people={5: moved})) == {5: 0}) is matched


@pytest.mark.parametrize("every", [5, 8, 12])
def test_in_slow_frames_somebody_seen_once_or_twice_is_dropped_and_people_stay(whole, every):
    times_s = whole.times_s[::every]
    slow = {person: thin(one, times_s) for person, one in whole.people.items()}
    ghost = slow[0].take(slice(0, 2))
    slow_recording = whole.replace(times_s=times_s, people={**slow, 9: ghost})
    assert set(drop_ghosts(slow_recording).people) == {0, 1, 2}


@pytest.mark.parametrize("every", [6, 12])
def test_spans_of_slow_frames_join_to_the_whole(whole, every):
    times_s = whole.times_s[::every]
    slow = whole.replace(times_s=times_s, people={k: thin(v, times_s) for k, v in whole.people.items()})
    cut = len(times_s) // 2
    left = span(slow, 0, cut + 4, names={0: 0, 1: 1, 2: 2})
    right = span(slow, cut, len(times_s), names={0: 2, 1: 0, 2: 1})
    assert match_people(left, right) == {2: 0, 0: 1, 1: 2}


def thin(sequence, times_s):
    """The rows of a sequence at the times that are kept."""
    return sequence.take(np.isin(sequence.times_s, times_s))


def test_shared_frames_are_those_of_the_earlier_span(whole):
    alone = whole.replace(people={0: whole.people[0]})
    later = span(alone, 60, len(whole.times_s), names={0: 0})
    (one,) = later.people.values()
    moved = later.replace(people={0: one.replace(image_px=one.image_px + np.float32(1))})
    joined = stitch([span(alone, 0, 80, names={0: 0}), moved]).people[0]
    before, after = joined.times_s <= whole.times_s[79], joined.times_s > whole.times_s[79]
    truth = whole.people[0]
    np.testing.assert_array_equal(joined.image_px[before], truth.image_px[: before.sum()])
    np.testing.assert_array_equal(joined.image_px[after], truth.image_px[before.sum() :] + np.float32(1))


def walker(times_s, *, speed_px_s=0.0, at=(300.0, 200.0), scale=1.0, hips=True):
    """One standing body that moves to the right; its trunk is 100 pixels long."""
    points = np.zeros((33, 2))
    for name, place in {"left_shoulder": (0, -100), "right_shoulder": (0, -100), "nose": (0, -150)}.items():
        points[BLAZEPOSE33.index(name)] = place
    image = np.array(at) + scale * points + np.array([speed_px_s, 0]) * np.asarray(times_s)[:, None, None]
    return PoseSequence(
        np.asarray(times_s), BLAZEPOSE33, np.full((len(times_s), 33), 0.9), image_px=image, size_wh=SIZE_WH
    )


def matched_after(gap_s, **later):
    """Whether somebody who walks 100 pixels a second and leaves at 1 s is the one who comes ``gap_s`` later."""
    first, second = np.arange(0, 1.01, 0.1), np.arange(0, 1.01, 0.1) + 1 + gap_s
    speed = later.pop("was_px_s", 100.0)
    earlier = Recording("a", first, {0: walker(first, speed_px_s=speed)}, size_wh=SIZE_WH)
    return match_people(earlier, Recording("b", second, {7: walker(second, **later)}, size_wh=SIZE_WH)) == {
        7: 0
    }


@pytest.mark.parametrize(("gap_s", "matched"), [(0.5, True), (2.0, True), (2.2, False)])
def test_somebody_out_of_sight_at_the_cut_is_known_again_for_two_seconds(gap_s, matched):
    assert matched_after(gap_s, was_px_s=0.0) is matched


def test_somebody_out_of_sight_at_the_cut_is_looked_for_where_they_went():
    # A trunk and 2.5 a second are allowed from where the walk of 800 pixels a second has led, slowing down.
    gone_px = 800 + 800 * (1 - np.exp(-0.5))
    for away_px, matched in ((0, True), (-215, True), (-235, False), (215, True), (235, False)):
        assert matched_after(0.5, was_px_s=800.0, at=(300 + gone_px + away_px, 200)) is matched


def test_somebody_of_another_size_after_the_cut_is_somebody_else():
    assert matched_after(0.5, was_px_s=0.0, scale=2.0)
    assert not matched_after(0.5, was_px_s=0.0, scale=3.0)


def test_of_two_who_come_back_each_is_the_nearer_one():
    first, second = np.arange(0, 1.01, 0.1), np.arange(1.5, 2.5, 0.1)
    earlier = Recording("a", first, {0: walker(first), 1: walker(first, at=(420.0, 200.0))}, size_wh=SIZE_WH)
    later = Recording(
        "b",
        second,
        {5: walker(second, at=(430.0, 200.0)), 6: walker(second, at=(310.0, 200.0))},
        size_wh=SIZE_WH,
    )
    assert match_people(earlier, later) == {5: 1, 6: 0}


def test_of_two_frames_everybody_seen_stays_and_nobody_else():
    two = np.array([0.0, 0.1])
    never = walker(two)
    never = never.replace(image_px=np.full_like(never.image_px, np.nan), visibility=np.full((2, 33), np.nan))
    recording = Recording("a", two, {0: walker(two), 1: walker(two[:1]), 2: never}, size_wh=SIZE_WH)
    assert set(drop_ghosts(recording).people) == {0, 1}
    assert set(drop_ghosts(recording.replace(times_s=two[:1], people={1: walker(two[:1])})).people) == {1}
